package io.registrycache.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.registrycache.config.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.camel.LoggingLevel;
import org.apache.camel.component.exec.ExecCommand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a child says at its end; the child is a shell, for a registry cannot be told when to say something. */
class ChildRegistryTest {

    private final BlockingQueue<String> reasons = new LinkedBlockingQueue<>();

    @TempDir
    private Path storage;

    private RunFolder folder;
    private ChildRegistry child;

    @BeforeEach
    void aChild() throws IOException {
        folder = RunFolder.open(
                Map.of("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", storage.toString()),
                List.of(Upstream.of("test", "ghcr.io", "", List.of(), Map.of())));
        ChildSettings settings =
                new ChildSettings(Map.of("PATH", "/usr/bin:/bin"), new ObjectMapper().createObjectNode());
        child = new ChildRegistry("ghcr.io", folder, port -> settings, List::of, new Reasons());
        child.start();
    }

    @AfterEach
    void close() throws IOException {
        child.close();
        folder.close();
    }

    private final class Reasons implements ChildRegistry.Observer {
        @Override
        public void launching() {}

        @Override
        public void answers(long pid, int port) {}

        @Override
        public void ended(ChildState.BackingOff next) {
            reasons.add(next.why());
        }
    }

    private void run(String script) {
        child.execute(new ExecCommand(
                "sh", List.of("-c", script), null, Long.MAX_VALUE, null, null, null, false, LoggingLevel.OFF));
    }

    @RepeatedTest(20)
    void shouldKnowWhyAChildEndedAtOnce() {
        run("echo 'panic: no such bucket'; exit 2");
        assertThat(reasons).containsExactly("it ended with exit code 2: no such bucket");
    }

    @Test
    void shouldSayThatAChildGaveNoReason() {
        run("exit 3");
        assertThat(reasons).containsExactly("it ended with exit code 3, without a reason");
    }

    @Test
    void shouldLetAChildSpeakUntilItsEnd() {
        Path running = storage.resolve("running-now");
        Path end = storage.resolve("end");
        String speak = "trap 'for i in 1 2 3; do echo a transfer goes on; sleep 0.1; done; : > %s; exit' TERM; ";
        Thread watch = new Thread(() -> run((speak + ": > %s; while :; do sleep 0.05; done").formatted(end, running)));
        watch.start();
        await().until(() -> Files.exists(running));

        child.stop();

        await().untilAsserted(() -> assertThat(end).exists());
    }

    @Test
    void shouldLetAChildThatIsReplacedGoOnUntilItIsEnded() throws Exception {
        Path running = storage.resolve("running-now");
        Path end = storage.resolve("end");
        Thread watch = new Thread(
                () -> run("trap ': > %s; exit' TERM; : > %s; while :; do sleep 0.05; done".formatted(end, running)));
        watch.start();
        await().until(() -> Files.exists(running));

        Runnable ending = child.replace();

        // Another one can be launched.
        watch.join(5_000);
        assertThat(watch.isAlive()).isFalse();
        child.awaitLaunch();
        assertThat(reasons).isEmpty();
        assertThat(child.hasReplaced()).isTrue();
        assertThat(end).doesNotExist();
        ending.run();
        assertThat(end).exists();
        await().until(() -> !child.hasReplaced());
        assertThat(child.restarts()).isZero();
    }
}
