package io.registrycache.rig;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The client skopeo; references are written {@code 127.0.0.1:<port>/<name>:<tag>}. */
public record Skopeo(Optional<Credentials> credentials) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public static Skopeo anonymous() {
        return new Skopeo(Optional.empty());
    }

    public static Skopeo as(Credentials credentials) {
        return new Skopeo(Optional.of(credentials));
    }

    /**
     * Copies an image into an OCI layout of its own, and returns the digest in the index of that layout.
     *
     * @param options more of skopeo's, such as {@code --all}
     */
    public String copy(String reference, Path layout, String... options) throws IOException {
        skopeo("copy", "--src-")
                .and("--src-tls-verify=false", "--preserve-digests")
                .and(options)
                .and("docker://" + reference, "oci:" + layout + ":copied")
                .run();
        return JSON.readTree(layout.resolve("index.json").toFile())
                .at("/manifests/0/digest")
                .textValue();
    }

    /** Copies an image of any format as it is, one file for each blob, and {@code manifest.json}. */
    public void copyToFolder(String reference, Path folder) {
        skopeo("copy", "--src-")
                .and("--src-tls-verify=false", "docker://" + reference, "dir:" + folder)
                .run();
    }

    /** The manifest or index as it is served. */
    public String inspectRaw(String reference) {
        return skopeo("inspect", "--")
                .and("--tls-verify=false", "--raw", "docker://" + reference)
                .run();
    }

    /** The tags of a repository. */
    public List<String> listTags(String repository) throws IOException {
        String answer = skopeo("list-tags", "--")
                .and("--tls-verify=false", "docker://" + repository)
                .run();
        List<String> tags = new ArrayList<>();
        for (JsonNode tag : JSON.readTree(answer).path("Tags")) {
            tags.add(tag.textValue());
        }
        return tags;
    }

    private Command skopeo(String verb, String prefix) {
        Command command = Command.of(
                // The result of a test must not depend on the machine's policy or platform.
                Environment.required("skopeo"),
                "--insecure-policy",
                "--override-os=linux",
                "--override-arch=amd64",
                verb);
        return credentials
                .map(it -> command.and(prefix + "creds", it.user() + ":" + it.password()))
                .orElseGet(() -> command.and(prefix + "no-creds"));
    }
}
