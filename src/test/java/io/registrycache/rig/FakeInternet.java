package io.registrycache.rig;

import java.util.Map;

/** Docker Hub, with its token service, and GitHub's registry, under their real names and with TLS, behind a proxy. */
public final class FakeInternet implements AutoCloseable {

    private final Authority authority = Authority.of("registry-1.docker.io", "auth.docker.io", "ghcr.io");
    private final UpstreamRegistry hub = UpstreamRegistry.open();
    private final TokenGate gate = TokenGate.withTls(hub, authority, "https://auth.docker.io");
    private final UpstreamRegistry ghcr = UpstreamRegistry.open();
    private final UpstreamRegistry ghcrWithTls = UpstreamRegistry.open(
            Ports.free(),
            Map.of(
                    "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                    ghcr.storage().toString(),
                    "REGISTRY_HTTP_TLS_CERTIFICATE",
                    authority.certificate().toString(),
                    "REGISTRY_HTTP_TLS_KEY",
                    authority.key().toString()));

    private FakeInternet() {}

    public static FakeInternet start() {
        return new FakeInternet();
    }

    public Authority authority() {
        return authority;
    }

    /** Docker Hub for pushes. */
    public UpstreamRegistry hub() {
        return hub;
    }

    /** GitHub's registry for pushes. */
    public UpstreamRegistry ghcr() {
        return ghcr;
    }

    /** Where each host is. */
    public Map<String, Integer> map() {
        return Map.of(
                "registry-1.docker.io", gate.port(), "auth.docker.io", gate.port(), "ghcr.io", ghcrWithTls.port());
    }

    @Override
    public void close() {
        gate.close();
        hub.close();
        ghcrWithTls.close();
        ghcr.close();
        authority.close();
    }
}
