package io.registrycache.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.registrycache.config.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.LoggingLevel;
import org.apache.camel.component.exec.ExecCommand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last output of a child; the child is a shell, as a registry cannot be made to print a line. */
class ChildRegistryTest {

    private final BlockingQueue<String> reasons = new LinkedBlockingQueue<>();

    @TempDir
    private Path storage;

    private RunFolder folder;
    private ChildRegistry child;
    private ChildLauncher.Settings settings = port -> new ChildSettings(
            Map.of("PATH", "/usr/bin:/bin", "PORT", Integer.toString(port)), new ObjectMapper().createObjectNode());
    private Runnable whenItAnswers = () -> {};

    @BeforeEach
    void aChild() throws IOException {
        folder = RunFolder.open(
                Map.of("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", storage.toString()),
                List.of(Upstream.of("test", "ghcr.io", "", List.of(), Map.of())));
        child = new ChildRegistry("ghcr.io", folder, port -> settings.on(port), List::of, new Reasons());
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
        public void became(ChildState before, ChildState next) {
            if (next instanceof ChildState.Serving) {
                whenItAnswers.run();
            } else if (next instanceof ChildState.BackingOff) {
                reasons.add(next.reason());
            }
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

    /** Runs a script elsewhere, until the child is there. */
    private Thread inBackground(String script) {
        Thread watch = new Thread(() -> run(script));
        watch.start();
        return watch;
    }

    private static Stream<ProcessHandle> leftWith(String argument) {
        return ProcessHandle.current()
                .descendants()
                .filter(it -> it.info().commandLine().orElse("").contains(argument));
    }

    @Test
    void shouldLetNobodyWaitForALaunch() throws InterruptedException {
        CountDownLatch launching = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ChildLauncher.Settings quick = settings;
        settings = port -> {
            launching.countDown();
            await().until(() -> goOn.await(1, TimeUnit.SECONDS));
            return quick.on(port);
        };
        Thread watch = inBackground("exit 0");
        launching.await();

        CompletableFuture<Integer> restarts = CompletableFuture.supplyAsync(child::restarts);
        CompletableFuture<ChildState> state = CompletableFuture.supplyAsync(child::state);

        assertThat(restarts).succeedsWithin(Duration.ofMillis(500)).isEqualTo(0);
        assertThat(state).succeedsWithin(Duration.ofMillis(500)).isInstanceOf(Starting.Launching.class);
        goOn.countDown();
        watch.join();
    }

    @Test
    void shouldDestroyAChildThatCannotBeNoted() throws IOException {
        folder.close();

        run("sleep 98765");

        assertThat(reasons).hasSize(1).first().asString().contains("is left");
        await().untilAsserted(() -> assertThat(leftWith("sleep 98765")).isEmpty());
    }

    @Test
    void shouldDestroyAChildThatCannotBeWatched() {
        whenItAnswers = () -> {
            throw new IllegalStateException("no more threads");
        };

        run("mkdir v2; exec python3 -m http.server --bind 127.0.0.1 $PORT");

        assertThat(reasons).containsExactly("java.lang.IllegalStateException: no more threads");
        await().untilAsserted(() -> assertThat(leftWith("http.server")).isEmpty());
    }

    @Test
    void shouldDestroyAChildWhoseRouteIsStopped() throws InterruptedException {
        Thread watch = inBackground("sleep 87654");
        await().until(() -> leftWith("sleep 87654").findAny().isPresent());

        watch.interrupt();
        watch.join();

        assertThat(reasons).containsExactly("its route was stopped");
        await().untilAsserted(() -> assertThat(leftWith("sleep 87654")).isEmpty());
    }

    @Test
    void shouldLaunchInAFolderThatWasRemoved() throws IOException {
        Files.delete(folder.path().resolve("running"));
        Files.delete(folder.path());

        run("exit 4");

        assertThat(reasons).containsExactly("it ended with exit code 4, without a reason");
        assertThat(folder.path().resolve("running")).exists();
    }

    @Test
    void shouldLaunchAtOnceAndOnlyOneWhenItIsStartedAgain() throws Exception {
        Thread watch = inBackground("trap 'sleep 0.5; exit' TERM; : > %s; while :; do sleep 0.05; done"
                .formatted(storage.resolve("running-now")));
        await().until(() -> Files.exists(storage.resolve("running-now")));
        CompletableFuture<Void> stop = CompletableFuture.runAsync(child::stop);
        await().until(() -> child.state() instanceof Stopped.Ending);
        child.start();
        CompletableFuture<Void> next = CompletableFuture.runAsync(() -> {
            try {
                child.awaitLaunch();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(next).as("while the other runs").isNotDone();
        stop.join();
        watch.join();
        assertThat(next).succeedsWithin(Duration.ofMillis(200));
        assertThat(reasons).as("it was told to end").isEmpty();
    }
}
