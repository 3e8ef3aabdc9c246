package io.registrycache.config;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * An upstream with all that determines how it is asked and stored.
 *
 * @param inherited the environment of all upstreams; holds secrets
 * @param certificates that are trusted on the way to it, as a digest; nothing for the system's
 */
public record Configured(Upstream upstream, Map<String, String> inherited, String certificates) {

    public Configured {
        Map<String, String> own = new HashMap<>(inherited);
        // It holds all upstreams; and how operators look on concerns none.
        own.keySet().removeIf(name -> name.equals("CONFIG") || name.startsWith("JMX_"));
        inherited = Map.copyOf(own);
    }

    public String name() {
        return upstream.name();
    }

    /** The environment with the upstream's variables over it. */
    public Map<String, String> environment() {
        return upstream.environment(inherited);
    }

    /** Whether the upstream is asked at the same place in the same way. */
    public boolean isAskedAs(Configured other) {
        return upstream.url().equals(other.upstream.url())
                && certificates.equals(other.certificates)
                && environment().equals(other.environment());
    }

    /** The keys and variables in which it differs, without values, which may be secret. */
    public List<String> differences(Configured before) {
        Set<String> found = new LinkedHashSet<>();
        Upstream now = upstream;
        Upstream old = before.upstream;
        note(found, "registry", now.url(), old.url());
        note(found, "aliases", now.aliases(), old.aliases());
        note(found, "limit", now.retention().limit(), old.retention().limit());
        note(found, "keep", now.retention().keep(), old.retention().keep());
        note(found, "pin", now.retention().pins(), old.retention().pins());
        note(found, "fresh", now.tagChecks().fresh(), old.tagChecks().fresh());
        note(found, "immutable", now.tagChecks().immutable(), old.tagChecks().immutable());
        note(found, "warm", now.warmUp(), old.warmUp());
        note(found, "certificates", certificates, before.certificates);
        noteVariables(found, environment(), before.environment());
        noteVariables(found, inherited, before.inherited);
        return List.copyOf(found);
    }

    private static void note(Set<String> found, String key, Object now, Object before) {
        if (!now.equals(before)) {
            found.add(key);
        }
    }

    private static void noteVariables(Set<String> found, Map<String, String> now, Map<String, String> before) {
        Set<String> names = new TreeSet<>(now.keySet());
        names.addAll(before.keySet());
        names.removeIf(name -> Objects.equals(now.get(name), before.get(name)));
        found.addAll(names);
    }

    /** Without the environment, which holds secrets. */
    @Override
    public String toString() {
        return upstream.toString();
    }
}
