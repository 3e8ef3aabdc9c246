package io.registrycache.config;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The upstreams, and every name that means one of them; the first is the default. */
public final class Upstreams {

    private final List<Upstream> all;
    private final Map<String, Upstream> byName = new HashMap<>();

    public Upstreams(List<Upstream> configured) {
        this(configured, List.of());
    }

    private Upstreams(List<Upstream> configured, List<Upstream> inYaml) {
        if (configured.isEmpty()) {
            throw new ConfigException("CONFIG", "has no upstream; give at least one, such as [\"ghcr.io\"]");
        }
        this.all = Stream.concat(configured.stream(), inYaml.stream()).toList();
        for (int i = 0; i < all.size(); i++) {
            claim(place(i, configured.size()), all.get(i).name(), all.get(i));
        }
        for (int i = 0; i < all.size(); i++) {
            for (String alias : all.get(i).aliases()) {
                claim(place(i, configured.size()), alias, all.get(i));
            }
        }
        // Names that are not in the configuration yield to those that are.
        all.forEach(upstream -> upstream.customaryNames().forEach(name -> byName.putIfAbsent(name, upstream)));
        all.forEach(upstream -> byName.putIfAbsent(upstream.url().getRawAuthority(), upstream));
    }

    /** This list and, behind it, the upstreams that YAML routes name. */
    public Upstreams with(List<Upstream> inYaml) {
        return new Upstreams(all, inYaml);
    }

    private static String place(int index, int configured) {
        return index < configured ? "CONFIG[" + index + "]" : "upstreams.camel.yaml";
    }

    public List<Upstream> all() {
        return all;
    }

    public Upstream byDefault() {
        return all.get(0);
    }

    /** The upstream of that name or alias, or of that {@code host:port}. */
    public Optional<Upstream> find(String name) {
        return Optional.ofNullable(byName.get(name.toLowerCase(Locale.ROOT)));
    }

    /** The names, for a message: {@code ghcr.io, quay.io}. */
    public String names() {
        return all.stream().map(Upstream::name).collect(Collectors.joining(", "));
    }

    private void claim(String place, String name, Upstream upstream) {
        Upstream holder = byName.putIfAbsent(name, upstream);
        if (holder != null) {
            throw new ConfigException(
                    place,
                    "the name \"" + name + "\" is taken by " + holder
                            + "; give one of them another \"name\" (and aliases)");
        }
    }
}
