package io.registrycache.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LastingStateTest {

    private final Logger log = new LoggerContext().getLogger("test");
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final LastingState state =
            new LastingState(log, "upstream=a layers=not_stored", "upstream=a layers=stored");

    @BeforeEach
    void listen() {
        log.setLevel(Level.INFO);
        log.addAppender(logged);
        logged.start();
    }

    @Test
    void shouldLogOneWarningWhenItBeginsAndOneLineWhenItEnds() {
        state.isOver();
        state.holds("disk full");
        state.holds("disk full");
        state.holds("another reason");
        state.isOver();
        state.isOver();

        assertThat(logged.list)
                .extracting(event -> event.getLevel() + " " + event.getFormattedMessage())
                .containsExactly(
                        "WARN upstream=a layers=not_stored why=\"disk full\"",
                        "INFO upstream=a layers=stored after_seconds=0");
    }

    @Test
    void shouldWarnAgainWhenItBeginsAgain() {
        state.holds("disk full");
        state.isOver();
        state.holds("disk full");

        assertThat(logged.list).hasSize(3);
    }
}
