package io.registrycache;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.registrycache.config.LogConfig;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Sets up the log. Not in XML, whose parser would take a twentieth of the start and of the classes. */
public final class Logging extends ContextAwareBase implements Configurator {

    private static final List<String> LIBRARIES =
            List.of("org.apache.camel", "io.netty", "io.micrometer", "com.github", "javax", "sun", "jdk");

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        setContext(context);
        // One line per event, with key=value; nothing per request above DEBUG.
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(console(
                ConsoleTarget.SystemErr,
                pattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSX,UTC} %-5level %logger{0} %msg%n%ex{8}")));
        // A log step of a user's route has the route's id as its logger.
        root.setLevel(Level.INFO);
        LIBRARIES.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
        // A child that ends is told by its state.
        context.getLogger("org.apache.camel.component.exec").setLevel(Level.OFF);

        Logger access = context.getLogger("access");
        access.setLevel(Level.INFO);
        access.setAdditive(false);
        access.addAppender(droppingWhenFull(console(ConsoleTarget.SystemOut, pattern("%msg%n"))));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Prints the configured level in the configured format; lines of libraries below WARN only on request. */
    static void adjust(LogConfig config) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        Logging logging = new Logging();
        logging.setContext(context);
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.valueOf(config.level()));
        if (config.isJson()) {
            JsonEncoder encoder = new JsonEncoder();
            encoder.setContext(context);
            encoder.setWithFormattedMessage(true);
            encoder.setWithMessage(false);
            encoder.setWithArguments(false);
            encoder.setWithContext(false);
            encoder.setWithSequenceNumber(false);
            encoder.setWithNanoseconds(false);
            encoder.setWithMDC(false);
            encoder.setWithKVPList(false);
            encoder.setWithMarkers(false);
            encoder.start();
            root.detachAndStopAllAppenders();
            root.addAppender(logging.console(ConsoleTarget.SystemErr, encoder));
        }
    }

    private Encoder<ILoggingEvent> pattern(String pattern) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern);
        encoder.start();
        return encoder;
    }

    private ConsoleAppender<ILoggingEvent> console(ConsoleTarget target, Encoder<ILoggingEvent> encoder) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget(target.getName());
        console.setEncoder(encoder);
        console.start();
        return console;
    }

    /** A line per request: under a flood lines are dropped rather than requests held up. */
    private AsyncAppender droppingWhenFull(ConsoleAppender<ILoggingEvent> console) {
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setNeverBlock(true);
        queue.setQueueSize(8192);
        queue.setDiscardingThreshold(0);
        queue.addAppender(console);
        queue.start();
        return queue;
    }
}
