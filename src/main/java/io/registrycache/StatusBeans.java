package io.registrycache;

import io.registrycache.config.CacheConfig;
import io.registrycache.config.PublicUrl;
import io.registrycache.management.HealthAnswer;
import io.registrycache.management.Metrics;
import io.registrycache.process.Children;
import io.registrycache.relay.ManagementConnections;
import io.registrycache.status.PullPrefix;
import io.registrycache.status.Statistics;
import io.registrycache.status.StatusApi;
import io.registrycache.status.StatusHeaders;
import io.registrycache.status.StatusPage;
import io.registrycache.status.StorageUse;
import io.registrycache.status.Traffic;
import org.apache.camel.spi.Registry;

/** The beans of the routes for operators: {@code management} and {@code status}. */
record StatusBeans(
        CacheConfig config,
        LiveUpstreams live,
        Children children,
        Ways ways,
        Traffic traffic,
        Statistics statistics,
        Metrics metrics) {

    void bind(Registry beans) {
        beans.bind("managementConnections", new ManagementConnections(config.managementNames()));
        beans.bind("healthAnswer", new HealthAnswer());
        beans.bind("traffic", traffic);
        beans.bind("statistics", statistics);
        beans.bind("metrics", metrics);
        beans.bind("statusHeaders", new StatusHeaders());
        beans.bind("statusPage", new StatusPage());
        beans.bind("statusApi", statusApi());
    }

    private StatusApi statusApi() {
        StorageUse storageUse = new StorageUse(ways.storages(), ways.eviction());
        PullPrefix pullPrefix =
                new PullPrefix(config.host(), config.port(), config.publicUrl().map(PublicUrl::reference));
        return new StatusApi(pullPrefix, live, children, ways.rateLimits(), traffic, storageUse);
    }
}
