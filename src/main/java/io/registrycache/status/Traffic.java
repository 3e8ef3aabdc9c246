package io.registrycache.status;

import io.registrycache.request.Operation;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.TransferObserver;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Keeps what goes through at the moment, and adds up what went through; in bounded memory. */
public final class Traffic implements TransferObserver {

    private final Map<Transfer, Live> inFlight = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final LastHour lastHour;
    private final MostPulled mostPulled = new MostPulled();

    public Traffic() {
        this(Clock.systemUTC());
    }

    Traffic(Clock clock) {
        this.lastHour = new LastHour(clock);
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
        lastHour.add(Outcome.of(transfer), request == null ? 0 : 1, live.unaccounted());
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
            lastHour.add(Outcome.of(live.transfer()), 0, bytes);
        }
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

    int inFlight() {
        return inFlight.size();
    }

    /** Those that go on for longest. */
    List<Live> longest(int most) {
        return inFlight.values().stream()
                .sorted(Comparator.comparingLong(Live::number))
                .limit(most)
                .toList();
    }

    LastHour lastHour() {
        return lastHour;
    }

    MostPulled mostPulled() {
        return mostPulled;
    }
}
