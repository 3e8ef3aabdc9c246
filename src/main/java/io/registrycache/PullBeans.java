package io.registrycache;

import io.netty.channel.EventLoopGroup;
import io.registrycache.catalog.Catalog;
import io.registrycache.catalog.ListTags;
import io.registrycache.catalog.TagLists;
import io.registrycache.catalog.TagsOffline;
import io.registrycache.config.CacheConfig;
import io.registrycache.process.AwaitChild;
import io.registrycache.process.Children;
import io.registrycache.referrers.FindReferrers;
import io.registrycache.relay.BucketCheck;
import io.registrycache.relay.ChildPipeline;
import io.registrycache.relay.ChildRefused;
import io.registrycache.relay.ClientConnections;
import io.registrycache.relay.ConnectionErrors;
import io.registrycache.relay.DoorAnswer;
import io.registrycache.relay.DoorReader;
import io.registrycache.relay.ErrorAnswer;
import io.registrycache.relay.EventLoops;
import io.registrycache.relay.FindManifest;
import io.registrycache.relay.Found;
import io.registrycache.relay.FreshTags;
import io.registrycache.relay.FromFetch;
import io.registrycache.relay.FromStorage;
import io.registrycache.relay.HomePage;
import io.registrycache.relay.ManifestCheck;
import io.registrycache.relay.PassedCaches;
import io.registrycache.relay.RegistryBinding;
import io.registrycache.relay.RequestReader;
import io.registrycache.relay.SharedBlob;
import io.registrycache.request.Pull.Finding;
import io.registrycache.upstream.Authorize;
import io.registrycache.upstream.SendToUpstream;
import java.util.List;
import org.apache.camel.spi.Registry;

/**
 * The beans of the routes that a pull takes: {@code front-door}, {@code upstream}, {@code fetch}, {@code back-door} and
 * {@code errors}.
 */
record PullBeans(
        CacheConfig config,
        LiveUpstreams live,
        Children children,
        Ways ways,
        EventLoopGroup eventLoops,
        ClientConnections clientConnections) {

    void bind(Registry beans) {
        bindConnections(beans);
        bindSteps(beans);
        bindManifests(beans);
        bindLists(beans);
        bindFindings(beans);
        bindBackDoor(beans);
    }

    private void bindConnections(Registry beans) {
        beans.bind("acceptor", EventLoops.acceptor());
        beans.bind("eventLoops", eventLoops);
        beans.bind("clientConnections", clientConnections);
        beans.bind("connectionErrors", new ConnectionErrors());
        beans.bind("relayPipeline", new ChildPipeline());
    }

    private void bindSteps(Registry beans) {
        beans.bind("requestReader", new RequestReader(live));
        beans.bind("homePage", new HomePage(live, config.managementHost(), config.managementPort()));
        beans.bind("fromStorage", new FromStorage(ways.stores()));
        beans.bind("sharedBlob", new SharedBlob(ways.answers(), ways.stores(), eventLoops));
        beans.bind("bucketCheck", new BucketCheck(ways.buckets(), ways.fetches(), eventLoops));
        beans.bind("fromFetch", new FromFetch(ways.fetches(), ways.answers(), eventLoops));
        beans.bind("awaitChild", new AwaitChild(children, eventLoops));
        beans.bind("childRefused", new ChildRefused(ways.answers()));
        beans.bind("errorAnswer", new ErrorAnswer());
        beans.bind("authorize", new Authorize());
        beans.bind("sendToUpstream", new SendToUpstream());
    }

    private void bindManifests(Registry beans) {
        FreshTags fresh = new FreshTags(System::nanoTime);
        ManifestCheck check = new ManifestCheck(ways.answers(), ways.monitors(), ways.stores(), fresh, eventLoops);
        beans.bind("findManifest", new FindManifest(ways.monitors(), ways.stores(), fresh));
        beans.bind("manifestCheck", check);
    }

    private void bindLists(Registry beans) {
        TagsOffline tagsOffline = new TagsOffline(ways.storages(), children);
        TagLists tagLists = new TagLists(ways.answers(), ways::isReachable, tagsOffline);
        beans.bind("listTags", new ListTags(tagLists, eventLoops));
        beans.bind("findReferrers", new FindReferrers(ways.referrers(), eventLoops));
        beans.bind("catalog", new Catalog(live, children));
    }

    /** The predicates by which routes choose the next tier. */
    private static void bindFindings(Registry beans) {
        beans.bind("answered", new Found(Finding.ANSWERED));
        beans.bind("atChild", new Found(Finding.AT_CHILD));
        beans.bind("confirmed", new Found(Finding.CONFIRMED));
        beans.bind("fresh", new Found(Finding.FRESH));
        beans.bind("outage", new Found(Finding.OUTAGE));
    }

    private void bindBackDoor(Registry beans) {
        PassedCaches passed = new PassedCaches();
        beans.bind("registryBinding", new RegistryBinding(passed));
        beans.bind("doorConnections", new ClientConnections(List.of()));
        beans.bind("doorReader", new DoorReader(ways.doors(), passed));
        beans.bind("doorAnswer", new DoorAnswer(ways.answers(), eventLoops));
    }
}
