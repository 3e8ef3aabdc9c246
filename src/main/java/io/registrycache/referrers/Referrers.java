package io.registrycache.referrers;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.registrycache.referrers.ReferrersAnswer.Page;
import io.registrycache.referrers.ReferrersAnswer.Refused;
import io.registrycache.request.Digest;
import io.registrycache.request.ManifestType;
import io.registrycache.request.NextPage;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.ContentStore;
import io.registrycache.storage.ReferrerLists;
import io.registrycache.upstream.Answer;
import io.registrycache.upstream.Answers;
import io.registrycache.upstream.ReachabilityMonitor;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The referrers of one upstream's manifests: the upstream's list, or, where it has no such API, the index behind the
 * tag that clients write instead. An answer holds for a few seconds, for all clients; the last one is stored and stands
 * in while the upstream does not answer.
 */
public final class Referrers {

    private static final Duration FRESH = Duration.ofSeconds(5);
    private static final long MOST_FRESH = 4 << 20;
    /** If the upstream takes longer, the stored list is the answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    /** Reads lists, and files: neither is for an event loop. */
    private static final ExecutorService READERS =
            Executors.newFixedThreadPool(2, new DefaultThreadFactory("referrers", true));

    /** Requests that came through different caches are not one: two that wait for each other would be a loop. */
    private record Key(String target, String caches) {}

    private final Answers upstream;
    private final ReachabilityMonitor monitor;
    private final KeptReferrers kept;
    private final AsyncCache<Key, ReferrersAnswer> fresh = Caffeine.newBuilder()
            .maximumWeight(MOST_FRESH)
            .weigher((Key key, ReferrersAnswer answer) -> 512 + (answer instanceof Page page ? page.index().length : 0))
            .expireAfterWrite(FRESH)
            .executor(Runnable::run)
            .buildAsync();

    /**
     * Of one upstream.
     *
     * @param store of the upstream, if its storage is the file system
     * @param lists that stand in for the upstream
     */
    public Referrers(Answers upstream, ReachabilityMonitor monitor, Optional<ContentStore> store, ReferrerLists lists) {
        this.upstream = upstream;
        this.monitor = monitor;
        this.kept = new KeptReferrers(lists, store);
    }

    /** Never completes exceptionally. */
    CompletableFuture<ReferrersAnswer> of(RegistryRequest request) {
        Key key = new Key(request.upstreamTarget(), request.caches());
        CompletableFuture<ReferrersAnswer> answer = fresh.get(key, (same, executor) -> find(request));
        return answer.whenComplete((known, failure) -> {
            if (known instanceof Refused) {
                // The upstream's refusals are remembered where it is asked.
                fresh.asMap().remove(key, answer);
            }
        });
    }

    private CompletableFuture<ReferrersAnswer> find(RegistryRequest request) {
        if (monitor.isCertain()) {
            return ask(request);
        }
        return CompletableFuture.supplyAsync(() -> kept.find(request), READERS)
                .thenCompose(
                        found -> found.isPresent() ? CompletableFuture.completedFuture(found.get()) : ask(request));
    }

    private CompletableFuture<ReferrersAnswer> ask(RegistryRequest request) {
        CompletableFuture<ReferrersAnswer> asked = fromUpstream(request);
        return asked.copy()
                .completeOnTimeout(late(request), PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .thenComposeAsync(answer -> answer instanceof Page ? asked : standIn(request, asked), READERS);
    }

    private static Refused late(RegistryRequest request) {
        return new Refused(RegistryError.upstreamDown(request.upstream().name(), "did not answer in time"));
    }

    /** The stored list, or else the late answer of the upstream. */
    private CompletableFuture<ReferrersAnswer> standIn(
            RegistryRequest request, CompletableFuture<ReferrersAnswer> asked) {
        Optional<Page> found = kept.find(request);
        return found.isPresent() ? CompletableFuture.completedFuture(found.get()) : asked;
    }

    private CompletableFuture<ReferrersAnswer> fromUpstream(RegistryRequest request) {
        return upstream.get(request, request.upstreamTarget())
                .thenCompose(
                        answer -> lacksReferrers(answer) ? fromTag(request) : CompletableFuture.completedFuture(answer))
                .thenApplyAsync(answer -> read(request, answer), READERS)
                .exceptionally(failure ->
                        new Refused(Answers.refusal(request.upstream().name(), failure)));
    }

    private static boolean lacksReferrers(Answer answer) {
        return answer instanceof Answer.Refused refused && refused.error().status() == 404;
    }

    /** The tag under which clients put an index of referrers where a registry has none. */
    private CompletableFuture<Answer> fromTag(RegistryRequest request) {
        Digest subject = Digest.of(request.reference());
        String hex = subject.hex();
        RegistryRequest tag =
                request.forManifest(subject.algorithm() + "-" + hex.substring(0, Math.min(64, hex.length())));
        return upstream.get(tag, tag.upstreamTarget())
                .thenApply(answer ->
                        answer instanceof Answer.Found found && !found.type().startsWith(ManifestType.INDEX)
                                ? new Answer.Refused(RegistryError.noReferrers())
                                : answer);
    }

    private ReferrersAnswer read(RegistryRequest request, Answer answer) {
        Page page = Page.EMPTY;
        if (answer instanceof Answer.Found found) {
            try {
                page = new Page(
                        ReferrersIndex.read(found.body().orElse(new byte[0]), request.artifactType()),
                        NextPage.query(found.link(), request.reference()));
            } catch (IOException e) {
                return malformed(request);
            }
        } else if (answer instanceof Answer.Refused refused && refused.error().status() != 404) {
            return new Refused(refused.error());
        }
        kept.keep(request, page);
        return page;
    }

    private static Refused malformed(RegistryRequest request) {
        return new Refused(
                RegistryError.malformed(request.upstream().name(), "sends something else than a list of referrers"));
    }
}
