package io.registrycache.catalog;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.registrycache.request.NextPage;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.Names;
import io.registrycache.upstream.Answer;
import io.registrycache.upstream.Answers;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * The tags of all upstreams' repositories: page by page as the upstream lists them, and the stored ones while it says
 * nothing. The whole list of an upstream that does not page is held for the next pages of it.
 */
public final class TagLists {

    /** From the first page of a list to the last one that needs no further question. */
    private static final Duration HELD = Duration.ofSeconds(10);

    private static final long MOST_HELD = 8 << 20;

    /** Reads lists, and folders: neither is for an event loop. */
    private static final ExecutorService READERS =
            Executors.newFixedThreadPool(2, new DefaultThreadFactory("tags", true));

    private record Repository(String upstream, String name) {
        static Repository of(RegistryRequest request) {
            return new Repository(request.upstream().name(), request.repository());
        }
    }

    private final Map<String, Answers> answers;
    private final Predicate<String> isReachable;
    private final TagsOffline stored;
    private final Cache<Repository, Names> held = Caffeine.newBuilder()
            .maximumWeight(MOST_HELD)
            .weigher((Repository repository, Names names) -> 512 + names.size())
            .expireAfterWrite(HELD)
            .executor(Runnable::run)
            .build();

    /**
     * For all upstreams at once, by their names.
     *
     * @param isReachable whether an upstream of this name answers
     * @param stored for those that do not
     */
    public TagLists(Map<String, Answers> answers, Predicate<String> isReachable, TagsOffline stored) {
        this.answers = answers;
        this.isReachable = isReachable;
        this.stored = stored;
    }

    /** Completes exceptionally with a {@link RegistryException} if there is not a list. */
    CompletableFuture<TagPage> of(RegistryRequest request) {
        Names all = request.page().last().isEmpty() ? null : held.getIfPresent(Repository.of(request));
        if (all != null) {
            return CompletableFuture.supplyAsync(() -> TagPage.of(all, request), READERS);
        }
        if (isReachable.test(request.upstream().name())) {
            return ask(request);
        }
        return CompletableFuture.supplyAsync(() -> stored.find(request), READERS)
                .thenCompose(
                        found -> found.map(CompletableFuture::completedFuture).orElseGet(() -> ask(request)));
    }

    private CompletableFuture<TagPage> ask(RegistryRequest request) {
        return requireNonNull(answers.get(request.upstream().name()))
                .get(request, request.upstreamTarget())
                .thenApplyAsync(answer -> read(request, answer), READERS);
    }

    private TagPage read(RegistryRequest request, Answer answer) {
        try {
            if (answer instanceof Answer.Found found) {
                return page(request, UpstreamTags.read(found));
            }
        } catch (IOException e) {
            throw refusal(
                    RegistryError.malformed(request.upstream().name(), "sends something else than a list of tags"));
        }
        Optional<TagPage> page = stored.find(request);
        return page.orElseThrow(() -> refusal(((Answer.Refused) answer).error()));
    }

    private TagPage page(RegistryRequest request, UpstreamTags tags) {
        if (!tags.areAll(request)) {
            String link = tags.next().isEmpty() ? "" : NextPage.link(request, tags.next());
            return new TagPage(tags.names().all(), link);
        }
        TagPage page = TagPage.of(tags.names(), request);
        if (!page.link().isEmpty()) {
            held.put(Repository.of(request), tags.names());
        }
        return page;
    }

    private static CompletionException refusal(RegistryError error) {
        return new CompletionException(error.exception());
    }
}
