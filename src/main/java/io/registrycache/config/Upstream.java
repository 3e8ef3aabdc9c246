package io.registrycache.config;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An upstream registry.
 *
 * @param name the first path segment that clients type, lower case
 * @param url scheme, host and perhaps a port, nothing more
 * @param aliases other first segments that mean this upstream
 * @param variables the child's environment beside the inherited one; holds secrets
 * @param retention how much of it is stored, and for how long
 * @param tagChecks how often it is asked for the digest of a stored tag
 * @param warmUp images that are pulled before a client asks for them
 */
public record Upstream(
        String name,
        URI url,
        List<String> aliases,
        Map<String, String> variables,
        Retention retention,
        TagChecks tagChecks,
        WarmUp warmUp) {

    private static final String DOCKER_HUB = "registry-1.docker.io";
    private static final Set<String> DOCKER_HUB_NAMES = Set.of(DOCKER_HUB, "docker.io", "index.docker.io");
    /** One component of a repository name, as the distribution specification has it. */
    private static final Pattern SEGMENT = Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*");

    private static final Pattern PROXY = Pattern.compile("(?i)(?:https?|no)_proxy");

    public Upstream {
        aliases = List.copyOf(aliases);
        variables = Map.copyOf(variables);
    }

    /**
     * Makes an upstream from the text of a user.
     *
     * @param place where it was written, for messages, such as {@code CONFIG[2]}
     * @param registry a host, or an http or https URL of one
     * @param name the name that was given, or blank for the URL's host
     */
    public static Upstream of(
            String place, String registry, String name, List<String> aliases, Map<String, String> variables) {
        URI url = url(place + ".registry", registry);
        String chosen = name.isBlank() ? Authority.of(url).host() : name;
        return new Upstream(
                segment(place + ".name", chosen),
                url,
                aliases.stream()
                        .map(alias -> segment(place + ".aliases", alias))
                        .toList(),
                variables,
                Retention.NONE,
                TagChecks.ALWAYS,
                WarmUp.NONE);
    }

    /** The same upstream with bounds of its own. */
    public Upstream with(Retention bounds) {
        return new Upstream(name, url, aliases, variables, bounds, tagChecks, warmUp);
    }

    /** The same upstream with its tags checked otherwise. */
    public Upstream with(TagChecks checks) {
        return new Upstream(name, url, aliases, variables, retention, checks, warmUp);
    }

    /** The same upstream with images to be kept warm. */
    public Upstream with(WarmUp images) {
        return new Upstream(name, url, aliases, variables, retention, tagChecks, images);
    }

    /** Docker Hub is the one registry where a name of a single segment is short for {@code library/<name>}. */
    public boolean isDockerHub() {
        return DOCKER_HUB_NAMES.contains(name)
                || DOCKER_HUB_NAMES.contains(Authority.of(url).host());
    }

    /** The names that every client uses for Docker Hub, when this is Docker Hub. */
    public Set<String> customaryNames() {
        return isDockerHub() ? DOCKER_HUB_NAMES : Set.of();
    }

    /**
     * The environment of all upstreams with this one's variables over it.
     *
     * <p>Proxies are named in upper case or in lower case; here the one replaces the other.
     */
    public Map<String, String> environment(Map<String, String> inherited) {
        Map<String, String> merged = new HashMap<>(inherited);
        for (String name : variables.keySet()) {
            if (PROXY.matcher(name).matches()) {
                merged.remove(name.toLowerCase(Locale.ROOT));
                merged.remove(name.toUpperCase(Locale.ROOT));
            }
        }
        merged.putAll(variables);
        return merged;
    }

    private static URI url(String place, String registry) {
        String text = registry.strip().toLowerCase(Locale.ROOT);
        if (text.contains("@")) {
            throw new ConfigException(
                    place,
                    "has credentials in it; give them as variables REGISTRY_PROXY_USERNAME and REGISTRY_PROXY_PASSWORD");
        }
        URI url = parse(place, text);
        if (!url.getScheme().equals("https") && !url.getScheme().equals("http")) {
            throw new ConfigException(place, quoted(registry) + " is neither https:// nor http://");
        }
        Authority authority = Authority.find(url)
                .orElseThrow(() ->
                        new ConfigException(place, quoted(registry) + " has no host; give one, such as \"ghcr.io\""));
        if (authority.port() == 0 || authority.port() > 65_535) {
            throw new ConfigException(place, quoted(registry) + " has a port out of range; give 1 to 65535");
        }
        if (!url.getRawPath().isEmpty() && !url.getRawPath().equals("/")) {
            throw new ConfigException(place, quoted(registry) + " has a path; give the host only");
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new ConfigException(place, "has a query or a fragment; give the host only");
        }
        // docker.io itself serves web pages; its registry is elsewhere.
        String host = authority.host().equals("docker.io") ? DOCKER_HUB : authority.host();
        return URI.create(url.getScheme() + "://" + new Authority("", host, authority.port()).hostAndPort());
    }

    private static URI parse(String place, String text) {
        try {
            return URI.create(text.contains("://") ? text : "https://" + text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(place, quoted(text) + " is not a URL; give a host, such as \"ghcr.io\"");
        }
    }

    private static String segment(String place, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!SEGMENT.matcher(lower).matches() || lower.length() > 128) {
            throw new ConfigException(
                    place,
                    quoted(name) + " cannot be the first part of an image's name;"
                            + " give a name of letters and digits, with single . _ or - between them");
        }
        return lower;
    }

    private static String quoted(String text) {
        String shown = text.length() > 80 ? text.substring(0, 80) + "…" : text;
        return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
    }

    /** Without the variables, which hold secrets. */
    @Override
    public String toString() {
        return name + " (" + url + ")";
    }
}
