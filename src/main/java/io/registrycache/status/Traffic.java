package io.registrycache.status;

import io.registrycache.request.Operation;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.TransferObserver;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Keeps the transfers in flight, and adds up those that ended; in bounded memory. */
public final class Traffic implements TransferObserver {

    private final Map<Transfer, Live> inFlight = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Periods lastHour;
    private final Periods lastWeek;
    private Sums total = Sums.NOTHING;
    private volatile Instant since;
    private volatile boolean changed;
    private final MostPulled mostPulled = new MostPulled();

    public Traffic() {
        this(Clock.systemUTC());
    }

    Traffic(Clock clock) {
        this.lastHour = new Periods(clock, Duration.ofMinutes(1), 60);
        this.lastWeek = new Periods(clock, Duration.ofHours(1), 7 * 24);
        this.since = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public void began(Transfer transfer) {
        inFlight.put(transfer, new Live(numbers.incrementAndGet(), transfer));
    }

    @Override
    public void ended(Transfer transfer) {
        Live live = inFlight.remove(transfer);
        if (live == null) {
            return;
        }
        RegistryRequest request = transfer.request().filter(Traffic::isContent).orElse(null);
        add(Outcome.of(transfer), request == null ? 0 : 1, live.unaccounted());
        if (request != null && isPull(request) && transfer.status() == 200) {
            mostPulled.pulled(new Image(request.upstream().name(), request.repository(), ":" + request.reference()));
        }
    }

    /** Adds the bytes that have gone out since the last time, so that a long transfer counts while it lasts. */
    public void account() {
        inFlight.values().forEach(this::account);
    }

    private void account(Live live) {
        long bytes = live.unaccounted();
        if (bytes > 0) {
            add(Outcome.of(live.transfer()), 0, bytes);
        }
    }

    private synchronized void add(Outcome outcome, int requests, long bytes) {
        lastHour.add(outcome, requests, bytes);
        lastWeek.add(outcome, requests, bytes);
        total = total.plus(outcome, requests, bytes);
        changed = true;
    }

    /** Goes on where an earlier run of the program ended. */
    synchronized void restore(Recorded earlier) {
        Instant began = Instant.parse(earlier.since());
        List<Periods.Period> hours =
                earlier.hours().stream().map(Recorded.Hour::period).toList();
        since = began;
        total = earlier.total();
        lastWeek.restore(hours);
        mostPulled.restore(
                earlier.mostPulled().stream().map(Recorded.Pulls::pulls).toList());
    }

    /** Whether there was traffic since {@link #recorded} was called. */
    boolean isChanged() {
        return changed;
    }

    /** The last result of {@link #recorded} is lost. */
    void isUnrecorded() {
        changed = true;
    }

    synchronized Recorded recorded() {
        changed = false;
        return new Recorded(
                since.toString(),
                total,
                lastWeek.all().stream()
                        .filter(hour -> !hour.sums().isNothing())
                        .map(Recorded.Hour::of)
                        .toList(),
                mostPulled.all().stream().map(Recorded.Pulls::of).toList());
    }

    private static boolean isContent(RegistryRequest request) {
        return request.operation() == Operation.MANIFEST || request.operation() == Operation.BLOB;
    }

    /** Every client begins a pull by asking once for the tag, with HEAD or GET, and goes on by digest. */
    private static boolean isPull(RegistryRequest request) {
        return request.isForTag();
    }

    /** How many transfers go on, of those of which it is known whose they are. */
    public Map<String, Long> inFlightByUpstream() {
        return inFlight.keySet().stream()
                .flatMap(transfer -> transfer.request().stream())
                .collect(Collectors.groupingBy(request -> request.upstream().name(), Collectors.counting()));
    }

    /** The transfers of one upstream that go on. */
    public Set<Transfer> inFlight(String upstream) {
        return inFlight.keySet().stream()
                .filter(transfer -> transfer.request()
                        .filter(request -> request.upstream().name().equals(upstream))
                        .isPresent())
                .collect(Collectors.toSet());
    }

    public int inFlight() {
        return inFlight.size();
    }

    /** Those that go on for longest. */
    List<Live> longest(int most) {
        return inFlight.values().stream()
                .sorted(Comparator.comparingLong(Live::number))
                .limit(most)
                .toList();
    }

    List<Periods.Period> lastHour() {
        return lastHour.all();
    }

    List<Periods.Period> lastWeek() {
        return lastWeek.all();
    }

    synchronized Sums total() {
        return total;
    }

    /** When the total began. */
    Instant since() {
        return since;
    }

    MostPulled mostPulled() {
        return mostPulled;
    }
}
