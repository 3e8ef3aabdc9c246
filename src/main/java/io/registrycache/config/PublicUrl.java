package io.registrycache.config;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Where clients find the cache from outside, behind a port mapping or a TLS proxy.
 *
 * @param reference the prefix of an image's name, {@code cache.example.com} or {@code 10.0.0.5:5000}
 */
public record PublicUrl(String reference) {

    private static final String NAME = "PUBLIC_URL";

    static Optional<PublicUrl> of(Map<String, String> environment) {
        String text = environment.getOrDefault(NAME, "").strip();
        return text.isEmpty() ? Optional.empty() : Optional.of(parse(text));
    }

    private static PublicUrl parse(String text) {
        URI url = url(text);
        boolean isTls = "https".equalsIgnoreCase(url.getScheme());
        if (!isTls && !"http".equalsIgnoreCase(url.getScheme())) {
            throw mistake(text, "begins with neither https:// nor http://");
        }
        if (text.contains("@")) {
            throw new ConfigException(NAME, "has a user in it; give the host only, such as https://cache.example.com");
        }
        if (url.getRawPath().length() > 1 || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw mistake(text, "has more than a host and a port, which an image's name has no place for");
        }
        Authority authority = Authority.find(url).orElseThrow(() -> mistake(text, "has no host"));
        if (authority.port() == 0 || authority.port() > 65_535) {
            throw mistake(text, "has a port out of range");
        }
        return new PublicUrl(reference(authority, isTls));
    }

    private static URI url(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw mistake(text, "is not a URL");
        }
    }

    /** Clients take a first part without a dot or a port for a user of Docker Hub. */
    private static String reference(Authority authority, boolean isTls) {
        boolean isHost = authority.port() >= 0
                || authority.host().contains(".")
                || authority.host().equals("localhost");
        return isHost ? authority.hostAndPort() : authority.host() + (isTls ? ":443" : ":80");
    }

    private static ConfigException mistake(String text, String what) {
        String shown = (text.length() > 80 ? text.substring(0, 80) + "…" : text).replaceAll("\\p{Cntrl}", "?");
        return new ConfigException(
                NAME, '"' + shown + "\" " + what + "; give a URL such as https://cache.example.com or http://10.0.0.5");
    }

    /** Without the port. */
    String host() {
        return reference.replaceFirst(":[0-9]+$", "");
    }
}
