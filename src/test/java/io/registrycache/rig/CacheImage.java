package io.registrycache.rig;

import java.io.IOException;

/** The image that the project's Dockerfile builds, on base images made of this machine's own programs. */
public final class CacheImage {

    private CacheImage() {}

    /** Builds it, with a version, in a daemon that can pull nothing. */
    public static void build(DockerDaemon docker, String tag, String version) throws IOException {
        try (MavenMirror mirror = MavenMirror.start()) {
            String arguments = docker.beside(
                            "src/test/docker/base-images", System.getProperty("java.home"), mirror.url())
                    .run();
            docker.command("build", "--network=host", "--tag=" + tag, "--build-arg=VERSION=" + version)
                    .and(arguments.strip().split(" "))
                    .and(".")
                    .run();
        }
    }
}
