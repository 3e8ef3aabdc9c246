package io.registrycache.chaos;

import io.registrycache.rig.Command;
import io.registrycache.rig.Download;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Breaks one thing after another, and measures how long cached content is not served. */
public record Mischief(Site site, Tally tally, Random random, Instant end) implements Runnable {

    @Override
    public void run() {
        Instant start = Instant.now();
        Duration third = Duration.between(start, end).dividedBy(3);
        boolean killed = false;
        boolean restarted = false;
        while (Instant.now().isBefore(end)) {
            pause(1_000 + random.nextInt(2_000));
            int upstream = random.nextInt(site.upstreams().size());
            if (!killed && Instant.now().isAfter(start.plus(third))) {
                killed = true;
                measured("the program killed and started", upstream, () -> site.restart("KILL"));
            } else if (!restarted && Instant.now().isAfter(start.plus(third.multipliedBy(2)))) {
                restarted = true;
                measured("the program ended and started", upstream, () -> site.restart("TERM"));
            } else {
                one(upstream);
            }
        }
    }

    private void one(int upstream) {
        UpstreamRegistry registry = site.upstreams().get(upstream);
        switch (random.nextInt(4)) {
            case 0 -> measured("a child killed", upstream, () -> signalTheChild(upstream, "KILL"));
            case 1 -> measured("a child stopped (SIGSTOP)", upstream, () -> signalTheChild(upstream, "STOP"));
            case 2 -> {
                measured("an upstream gone", upstream, registry::stop);
                pause(2_000 + random.nextInt(3_000));
                registry.start();
            }
            default -> {
                measured(
                        "an upstream that never answers",
                        upstream,
                        () -> registry.program().signal("STOP"));
                pause(2_000 + random.nextInt(3_000));
                registry.program().signal("CONT");
            }
        }
    }

    private void signalTheChild(int upstream, String signal) {
        site.cache().program().children().stream()
                .filter(child -> commandLine(child).endsWith("/" + Site.name(upstream) + ".json"))
                .forEach(child -> send(signal, child));
    }

    private static String commandLine(long pid) {
        return ProcessHandle.of(pid).flatMap(it -> it.info().commandLine()).orElse("");
    }

    private void send(String signal, long pid) {
        try {
            Command.of("kill", "-" + signal, Long.toString(pid)).run();
        } catch (IllegalStateException e) {
            tally.answer("mischief came too late");
        }
    }

    /** Asks for the cached tags until they are served. */
    private void measured(String what, int upstream, Runnable mischief) {
        PushedImage image = site.image(upstream, 0);
        Instant since = Instant.now();
        mischief.run();
        while (!served(upstream, image)) {
            if (Duration.between(since, Instant.now()).compareTo(Duration.ofSeconds(60)) > 0) {
                tally.wrong("not served a minute after: " + what);
                return;
            }
            pause(20);
        }
        tally.recovered(what, Duration.between(since, Instant.now()));
    }

    private boolean served(int upstream, PushedImage image) {
        try {
            String url = site.cache().url() + "/v2/" + Site.name(upstream) + "/" + image.name() + "/manifests/1";
            Download.Result result =
                    Download.of(url).header("Accept: " + image.mediaType()).run();
            return result.status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }
}
