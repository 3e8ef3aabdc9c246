package io.registrycache.status;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.process.Children;
import io.registrycache.process.UpstreamChild;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.Transfer;
import io.registrycache.upstream.RateLimit;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;

/** The answers of {@code /api}; see docs/api.md. */
public final class StatusApi {

    private static final int MOST_TRANSFERS = 50;
    private static final int MOST_PULLED = 10;

    record UpstreamStatus(
            String name,
            String url,
            boolean isDefault,
            List<String> aliases,
            Condition status,
            @Nullable RequestsLeft rateLimit,
            @Nullable ManifestRequests manifestRequests,
            @JsonUnwrapped StoredFigures stored) {}

    record RequestsLeft(long limit, long remaining, String at) {}

    record ManifestRequests(long sent, long saved) {}

    record TransferStatus(
            long id,
            String method,
            String upstream,
            String repository,
            String reference,
            String kind,
            String from,
            String client,
            long sent,
            @Nullable Long length,
            long milliseconds) {}

    record Transfers(int inFlight, List<TransferStatus> longest) {}

    record Saved(long bytes, long upstreamRequests) {}

    record PulledImage(String image, String pull, long count) {}

    record Status(
            String upSince,
            String now,
            String since,
            String pullPrefix,
            List<UpstreamStatus> upstreams,
            Transfers transfers,
            Sums total,
            Saved saved,
            StorageUse.Total storage,
            List<PulledImage> mostPulled) {}

    record Minute(String minute, Sums sums) {}

    record TrafficStatus(List<Minute> minutes, List<Recorded.Hour> hours) {}

    record FoundImage(String upstream, String repository, String reference, String pull, String cached) {}

    record Images(List<FoundImage> images, boolean more, List<String> unavailable) {}

    private final Instant upSince = Instant.now();
    private final PullPrefix pullPrefix;
    private final Supplier<Upstreams> upstreams;
    private final Children children;
    private final Map<String, RateLimit> rateLimits;
    private final Traffic traffic;
    private final StorageUse storageUse;
    private final ImageSearch search;

    /**
     * Answers about these.
     *
     * @param rateLimits by upstream
     */
    public StatusApi(
            PullPrefix pullPrefix,
            Supplier<Upstreams> upstreams,
            Children children,
            Map<String, RateLimit> rateLimits,
            Traffic traffic,
            StorageUse storageUse) {
        this.pullPrefix = pullPrefix;
        this.upstreams = upstreams;
        this.children = children;
        this.rateLimits = rateLimits;
        this.traffic = traffic;
        this.storageUse = storageUse;
        this.search = new ImageSearch(upstreams, children);
    }

    /** Everything that changes from moment to moment. */
    public Status status(@Variable("askedHost") @Nullable String askedHost) {
        String prefix = pullPrefix.at(askedHost);
        Sums total = traffic.total();
        return new Status(
                upSince.toString(),
                Instant.now().toString(),
                traffic.since().toString(),
                prefix,
                upstreamStatus(upstreams.get()),
                new Transfers(
                        traffic.inFlight(),
                        traffic.longest(MOST_TRANSFERS).stream()
                                .flatMap(live -> transferStatus(live).stream())
                                .toList()),
                total,
                new Saved(total.bytesFromCache(), total.hits()),
                storageUse.total(),
                traffic.mostPulled().top(MOST_PULLED).stream()
                        .map(pulls -> new PulledImage(
                                pulls.image().name(), prefix + pulls.image().name(), pulls.count()))
                        .toList());
    }

    /** The last hour by minute, and the last week by hour. */
    public TrafficStatus traffic() {
        traffic.account();
        return new TrafficStatus(
                traffic.lastHour().stream()
                        .map(it -> new Minute(it.begin().toString(), it.sums()))
                        .toList(),
                traffic.lastWeek().stream().map(Recorded.Hour::of).toList());
    }

    /** Cached images with all words of the query in their names; reads folders. */
    public Images images(@Variable("query") @Nullable String query, @Variable("askedHost") @Nullable String askedHost) {
        String prefix = pullPrefix.at(askedHost);
        ImageSearch.Found found = search.find(decoded(query));
        List<FoundImage> images =
                found.images().stream().map(one -> foundImage(one, prefix)).toList();
        return new Images(images, found.more(), found.unavailable());
    }

    private static FoundImage foundImage(ImageSearch.Cached cached, String prefix) {
        Image image = cached.image();
        return new FoundImage(
                image.upstream(),
                image.repository(),
                image.reference(),
                prefix + image.name(),
                cached.isWhole() ? "whole" : "partly");
    }

    private static String decoded(@Nullable String query) {
        if (query == null) {
            return "";
        }
        try {
            return URLDecoder.decode(query, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return query;
        }
    }

    private List<UpstreamStatus> upstreamStatus(Upstreams now) {
        return now.all().stream()
                .flatMap(upstream -> children
                        .find(upstream.name())
                        .map(child -> upstreamStatus(upstream, upstream.equals(now.byDefault()), child))
                        .stream())
                .toList();
    }

    private UpstreamStatus upstreamStatus(Upstream upstream, boolean isDefault, UpstreamChild child) {
        return new UpstreamStatus(
                upstream.name(),
                upstream.url().toString(),
                isDefault,
                upstream.aliases(),
                Condition.of(child.condition()),
                requestsLeft(rateLimits.get(upstream.name())),
                manifestRequests(rateLimits.get(upstream.name())),
                storageUse.of(upstream.name()));
    }

    private static @Nullable RequestsLeft requestsLeft(@Nullable RateLimit rateLimit) {
        return Optional.ofNullable(rateLimit)
                .flatMap(RateLimit::said)
                .map(it -> new RequestsLeft(it.limit(), it.remaining(), it.at().toString()))
                .orElse(null);
    }

    private static @Nullable ManifestRequests manifestRequests(@Nullable RateLimit rateLimit) {
        return rateLimit == null
                ? null
                : new ManifestRequests(
                        rateLimit.metered().sent(), rateLimit.metered().saved());
    }

    private static Optional<TransferStatus> transferStatus(Live live) {
        Transfer transfer = live.transfer();
        return transfer.request()
                .map(request -> new TransferStatus(
                        live.number(),
                        transfer.asked().method().name(),
                        request.upstream().name(),
                        request.repository(),
                        request.reference(),
                        kind(request),
                        from(transfer),
                        transfer.client() instanceof InetSocketAddress address ? address.getHostString() : "",
                        transfer.sent(),
                        transfer.length() < 0 ? null : transfer.length(),
                        transfer.nanos() / 1_000_000));
    }

    private static String from(Transfer transfer) {
        return switch (transfer.source()) {
            case STORAGE -> "cache";
            case UPSTREAM -> "upstream";
            default -> "child";
        };
    }

    private static String kind(RegistryRequest request) {
        return request.operation().name().toLowerCase(Locale.ROOT);
    }
}
