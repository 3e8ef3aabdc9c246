package io.registrycache.warm;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.registrycache.config.Upstream;
import io.registrycache.config.WarmUp;
import io.registrycache.log.LastingState;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pulls the images of each upstream's {@code warm}, as often as it says. */
public final class WarmUps implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WarmUps.class);
    private static final int LAYERS = 4;
    /** The time after which a failed image is tried again. */
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(5);

    /** When an upstream's images are due; those of another configuration are due at once. */
    private record Plan(WarmUp warmUp, long dueNanos) {
        boolean isOver(WarmUp current) {
            return !warmUp.equals(current) || System.nanoTime() - dueNanos >= 0;
        }
    }

    private final Supplier<Collection<Upstream>> upstreams;
    private final Endpoint endpoint;
    private final ExecutorService images = Executors.newSingleThreadExecutor(new DefaultThreadFactory("warm", true));
    private final ExecutorService layers =
            Executors.newFixedThreadPool(LAYERS, new DefaultThreadFactory("warm-layer", true));
    private final AtomicBoolean running = new AtomicBoolean();
    private final Map<String, Plan> plans = new HashMap<>();
    private final Map<String, LastingState> failing = new HashMap<>();

    /**
     * Pulls nothing yet.
     *
     * @param upstreams those that there are now
     */
    public WarmUps(Supplier<Collection<Upstream>> upstreams, Endpoint endpoint) {
        this.upstreams = upstreams;
        this.endpoint = endpoint;
    }

    /** Begins the pulls that are due, unless the last round is not over; returns at once. */
    public void check() {
        boolean isWanted = upstreams.get().stream()
                .anyMatch(upstream -> !upstream.warmUp().images().isEmpty());
        if (isWanted && !endpoint.isClosed() && running.compareAndSet(false, true)) {
            images.execute(() -> {
                try {
                    pullDue();
                } finally {
                    running.set(false);
                }
            });
        }
    }

    private void pullDue() {
        Collection<Upstream> now = upstreams.get();
        plans.keySet().retainAll(now.stream().map(Upstream::name).toList());
        failing.keySet().retainAll(names(now));
        for (Upstream upstream : now) {
            WarmUp warmUp = upstream.warmUp();
            Plan plan = plans.get(upstream.name());
            if (!warmUp.images().isEmpty() && (plan == null || plan.isOver(warmUp))) {
                boolean isWhole = pullAll(upstream);
                Duration pause =
                        isWhole || warmUp.every().compareTo(AFTER_FAILURE) < 0 ? warmUp.every() : AFTER_FAILURE;
                plans.put(upstream.name(), new Plan(warmUp, System.nanoTime() + pause.toNanos()));
            }
        }
    }

    private static Set<String> names(Collection<Upstream> upstreams) {
        return upstreams.stream()
                .flatMap(upstream -> upstream.warmUp().images().stream().map(image -> name(upstream.name(), image)))
                .collect(Collectors.toSet());
    }

    private static String name(String upstream, String image) {
        return "upstream=" + upstream + " image=" + image;
    }

    private boolean pullAll(Upstream upstream) {
        PlatformChoice platforms = new PlatformChoice(upstream.warmUp().platforms());
        boolean isWhole = true;
        for (String image : List.copyOf(upstream.warmUp().images())) {
            isWhole &= pull(upstream.name(), image, platforms);
        }
        return isWhole;
    }

    private boolean pull(String upstream, String image, PlatformChoice platforms) {
        LastingState cold = cold(upstream, image);
        AtomicLong bytes = new AtomicLong();
        try {
            ImagePull.Done done =
                    new ImagePull(endpoint, layers, bytes::addAndGet).pull(ImageName.in(upstream, image), platforms);
            cold.isOver();
            LOG.debug(
                    "upstream={} image={} blobs={} pulled={} bytes={}",
                    upstream,
                    image,
                    done.blobs(),
                    done.pulled(),
                    bytes);
            return true;
        } catch (IOException | IllegalArgumentException e) {
            if (!endpoint.isClosed()) {
                cold.holds(String.valueOf(e.getMessage()));
            }
            return false;
        }
    }

    private LastingState cold(String upstream, String image) {
        return failing.computeIfAbsent(
                name(upstream, image), it -> new LastingState(LOG, it + " warm=false", it + " warm=true"));
    }

    /** Ends the pulls that are under way. */
    @Override
    public void close() {
        endpoint.close();
        images.shutdownNow();
        layers.shutdownNow();
    }
}
