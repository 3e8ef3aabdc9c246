package io.registrycache.rig;

import io.registrycache.request.Pull;
import io.registrycache.request.RegistryRequest;

/** A request without a client, for steps of routes that are tested by themselves. */
public final class UnroutedPull implements Pull {

    private final RegistryRequest request;
    private RegistryRequest stored;
    private Finding finding = Finding.NOTHING;
    private int port;

    public UnroutedPull(RegistryRequest request) {
        this.request = request;
        this.stored = request;
    }

    @Override
    public RegistryRequest request() {
        return request;
    }

    @Override
    public Finding finding() {
        return finding;
    }

    @Override
    public void found(Finding what) {
        finding = what;
    }

    @Override
    public void found(Finding what, RegistryRequest inStorage) {
        finding = what;
        stored = inStorage;
    }

    @Override
    public RegistryRequest stored() {
        return stored;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void sendTo(int child) {
        port = child;
    }
}
