package io.registrycache;

import io.registrycache.config.CacheConfig;
import io.registrycache.warm.Endpoint;
import io.registrycache.warm.ImageName;
import io.registrycache.warm.ImagePull;
import io.registrycache.warm.PlatformChoice;
import io.registrycache.warm.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** {@code warm compose.yaml}: pulls images through the running program, so that they are stored. */
final class WarmCommand {

    private static final int IMAGES = 3;
    private static final int LAYERS = 6;

    private final CacheConfig config;
    private final Endpoint endpoint;
    /** Why each could not be pulled. */
    private final Map<String, String> failures = new TreeMap<>();

    WarmCommand(CacheConfig config) {
        this.config = config;
        this.endpoint = new Endpoint(config.host(), config.port());
    }

    /** Pulls the images that the arguments name, and returns the exit code. */
    int run(List<String> arguments) throws Exception {
        WarmArguments read = WarmArguments.of(arguments, config);
        List<ImageName> images = read.images();
        if (!endpoint.isOpen()) {
            System.err.println("docker-registry-cache: no docker-registry-cache answers on port " + config.port()
                    + "; start the program, or give its CACHE_HOST and CACHE_PORT");
            return 1;
        }
        Progress progress = new Progress(System.out, Terminal.isOutput(), images.size());
        pull(images, read.platforms(), progress);
        progress.end();
        System.out.println((images.size() - failures.size()) + " of " + images.size() + " images are cached, "
                + progress.amount() + " pulled");
        failures.forEach((image, why) -> System.err.println("docker-registry-cache: " + image + ": " + why));
        return failures.isEmpty() ? 0 : 1;
    }

    private void pull(List<ImageName> images, PlatformChoice platforms, Progress progress) throws Exception {
        ExecutorService layers = Executors.newFixedThreadPool(LAYERS);
        ExecutorService several = Executors.newFixedThreadPool(IMAGES);
        ImagePull pull = new ImagePull(endpoint, layers, progress::received);
        List<Future<?>> all = new ArrayList<>();
        for (ImageName image : images) {
            all.add(several.submit(() -> pull(pull, image, platforms, progress)));
        }
        for (Future<?> each : all) {
            each.get();
        }
        several.shutdown();
        layers.shutdown();
    }

    private void pull(ImagePull pull, ImageName image, PlatformChoice platforms, Progress progress) {
        try {
            ImagePull.Done done = pull.pull(image, platforms);
            progress.over(image + ": cached, " + done.pulled() + " of " + done.blobs() + " layers pulled");
        } catch (IOException | RuntimeException e) {
            String why = e.getMessage() == null ? e.toString() : e.getMessage();
            synchronized (failures) {
                failures.put(image.toString(), why);
            }
            progress.over(image + ": FAILED");
        }
    }
}
