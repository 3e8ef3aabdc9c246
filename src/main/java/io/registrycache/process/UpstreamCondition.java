package io.registrycache.process;

import io.registrycache.upstream.Reachability;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How an upstream is served: its child's state, and whether the upstream itself can be reached. */
public record UpstreamCondition(ChildState child, Reachability upstream) {

    /** All that {@link #name} can be. */
    public static final List<String> NAMES = List.of("Serving", "Unreachable", "Starting", "BackingOff", "Stopped");

    /** One word for health, metrics, JMX and the log: the worst state. */
    public String name() {
        return isServing() && upstream instanceof Reachability.Unreachable ? "Unreachable" : child.name();
    }

    public boolean isServing() {
        return child instanceof ChildState.Serving;
    }

    public boolean isWell() {
        return name().equals("Serving");
    }

    /** The problem, or nothing. */
    public String why() {
        return isServing() && upstream instanceof Reachability.Unreachable outage ? outage.why() : child.reason();
    }

    /** Since when it is so, if that is known. */
    public Optional<Instant> since() {
        if (isServing() && upstream instanceof Reachability.Unreachable outage) {
            return Optional.of(outage.since());
        } else if (child instanceof ChildState.Serving serving) {
            return Optional.of(serving.since());
        }
        return child instanceof Starting starting ? Optional.of(starting.since()) : Optional.empty();
    }

    /** When it is tried again, if it is. */
    public Optional<Instant> next() {
        if (isServing() && upstream instanceof Reachability.Unreachable outage) {
            return Optional.of(outage.next());
        }
        return child instanceof ChildState.BackingOff backingOff ? Optional.of(backingOff.until()) : Optional.empty();
    }
}
