package io.registrycache.catalog;

import static io.registrycache.request.Json.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.log.LastingState;
import io.registrycache.process.Children;
import io.registrycache.process.UpstreamChild;
import io.registrycache.request.Page;
import io.registrycache.request.Pull;
import io.registrycache.storage.StoredRepositories;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists the cached repositories of all upstreams, each with its upstream's name before it. Reads the file system, so
 * that a child may be down; asks the child where the storage is something else. Both block. A repository is
 * listed also if it lost layers: a look at each image would take several times as long.
 */
public final class Catalog implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);
    /** The most that a child gives at once. */
    private static final int CHILD_PAGE = 1_000;
    /** Clients that give no limit seldom follow a link. */
    private static final int LIMIT = 10_000;

    private final Supplier<Upstreams> upstreams;
    private final Children children;
    private final StoredRepositories repositories = new StoredRepositories();
    private final Map<String, LastingState> missing = new ConcurrentHashMap<>();

    public Catalog(Supplier<Upstreams> upstreams, Children children) {
        this.upstreams = upstreams;
        this.children = children;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Page asked = exchange.getVariable(Pull.VARIABLE, Pull.class).request().page();
        Page page =
                asked.isLimited() && asked.size() <= LIMIT ? asked : new Page(LIMIT, asked.last(), asked.namespace());
        List<String> found = find(page);
        List<String> shown = page.cut(found);
        if (shown.size() < found.size() && !shown.isEmpty()) {
            exchange.getMessage().setHeader("Link", page.linkAfter("/v2/_catalog", shown.get(shown.size() - 1)));
        }
        exchange.getMessage().setBody(JSON.writeValueAsBytes(Map.of("repositories", shown)));
    }

    /** The page and, if there are more, at least one entry of the next. */
    private List<String> find(Page page) {
        List<String> found = new ArrayList<>();
        int slash = page.last().indexOf('/');
        String lastUpstream = slash < 0 ? page.last() : page.last().substring(0, slash);
        List<String> names =
                upstreams.get().all().stream().map(Upstream::name).sorted().toList();
        for (String upstream : names) {
            int order = upstream.compareTo(lastUpstream);
            if (order >= 0 && found.size() <= page.size()) {
                String after = order == 0 && slash >= 0 ? page.last().substring(slash + 1) : "";
                Optional<UpstreamChild> child = children.find(upstream);
                if (child.isPresent()) {
                    collect(child.get(), after, page.size() + 1, found);
                }
            }
        }
        return found;
    }

    private void collect(UpstreamChild child, String after, int enough, List<String> found) {
        String upstream = child.upstream().name();
        Optional<Path> folder = child.folder();
        LastingState state = missing.computeIfAbsent(
                upstream,
                name -> new LastingState(
                        LOG, "upstream=" + name + " catalog=missing", "upstream=" + name + " catalog=listed"));
        try {
            if (folder.isPresent()) {
                repositories
                        .in(folder.get(), after, enough - found.size())
                        .forEach(repository -> found.add(upstream + "/" + repository));
            } else {
                collectFrom(child, after, enough, found);
            }
            state.isOver();
        } catch (IOException e) {
            state.holds(e.toString());
        }
    }

    private static void collectFrom(UpstreamChild child, String after, int enough, List<String> found)
            throws IOException {
        String last = after;
        List<String> part;
        do {
            part = ask(child, last);
            part.forEach(repository -> found.add(child.upstream().name() + "/" + repository));
            last = part.isEmpty() ? last : part.get(part.size() - 1);
        } while (part.size() == CHILD_PAGE && found.size() < enough);
    }

    private static List<String> ask(UpstreamChild child, String last) throws IOException {
        String target = "/v2/_catalog?n=" + CHILD_PAGE + "&last=" + URLEncoder.encode(last, StandardCharsets.UTF_8);
        List<String> part = new ArrayList<>();
        for (JsonNode repository : ChildList.ask(child, target).path("repositories")) {
            part.add(repository.asText());
        }
        return part;
    }
}
