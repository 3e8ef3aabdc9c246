package io.registrycache.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The upstreams, and every name that means one of them; the first is the default. */
public final class Upstreams {

    private final List<Upstream> all;
    private final Map<String, Upstream> byName = new HashMap<>();

    public Upstreams(List<Upstream> all) {
        if (all.isEmpty()) {
            throw new ConfigException("CONFIG", "has no upstream; give at least one, such as [\"ghcr.io\"]");
        }
        this.all = List.copyOf(all);
        all.forEach(upstream -> claim(upstream.name(), upstream));
        all.forEach(upstream -> upstream.aliases().forEach(alias -> claim(alias, upstream)));
        // Names that nobody asked for yield to those that somebody did.
        all.forEach(upstream -> upstream.customaryNames().forEach(name -> byName.putIfAbsent(name, upstream)));
        all.forEach(upstream -> byName.putIfAbsent(upstream.url().getRawAuthority(), upstream));
    }

    /** This list and more upstreams behind it. */
    public Upstreams with(List<Upstream> more) {
        List<Upstream> both = new ArrayList<>(all);
        both.addAll(more);
        return new Upstreams(both);
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

    /** Every name and alias, for tests and logs. */
    public Map<String, Upstream> index() {
        return Collections.unmodifiableMap(byName);
    }

    private void claim(String name, Upstream upstream) {
        Upstream holder = byName.putIfAbsent(name, upstream);
        if (holder != null) {
            throw new ConfigException(
                    "CONFIG[" + all.indexOf(upstream) + "]",
                    "the name \"" + name + "\" is taken by " + holder
                            + "; give one of them another \"name\" (and aliases)");
        }
    }
}
