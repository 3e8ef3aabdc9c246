package io.registrycache;

import io.registrycache.config.CacheConfig;
import io.registrycache.config.ConfigException;
import io.registrycache.config.Upstream;
import io.registrycache.process.RegistryVersion;
import io.registrycache.process.StorageAccess;
import io.registrycache.process.StorageFolders;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks this machine: storage, ports, the program of the children. */
final class LocalCheck {

    private static final int PATIENCE_MILLIS = 2000;
    private static final long GIGABYTE = 1_000_000_000;

    private final CacheConfig config;
    private final CheckReport report;

    LocalCheck(CacheConfig config, CheckReport report) {
        this.config = config;
        this.report = report;
    }

    /** Prints the configuration that concerns this machine. */
    void print() {
        report.fact("routes", config.routes().toString());
        report.fact("registry", config.registryCommand().toString());
        report.fact("storage", storage());
        report.fact("clients", config.host() + ":" + config.port());
        report.fact("management", config.managementHost() + ":" + config.managementPort());
        config.jmx().ifPresent(jmx -> report.fact("JMX", jmx.host() + ":" + jmx.port()));
    }

    void check(Collection<Upstream> upstreams) {
        checkProgram();
        checkStorage(upstreams);
        checkPorts();
    }

    private String storage() {
        Optional<Path> root = StorageFolders.root(config.environment());
        if (root.isEmpty()) {
            return config.environment().getOrDefault("REGISTRY_STORAGE", "");
        }
        String text = root.get() + ", at most " + config.limit();
        try {
            FileStore disk = Files.getFileStore(StorageAccess.existing(root.get()));
            return text + "; " + disk.getUsableSpace() / GIGABYTE + " GB of " + disk.getTotalSpace() / GIGABYTE
                    + " GB are free";
        } catch (IOException e) {
            return text;
        }
    }

    private void checkProgram() {
        try {
            report.ok(RegistryVersion.of(config.registryCommand()));
        } catch (IOException e) {
            report.problem(
                    "REGISTRY_COMMAND: " + config.registryCommand() + " does not run: " + e.getMessage(),
                    "install it again, or say where another registry is");
        }
    }

    private void checkStorage(Collection<Upstream> upstreams) {
        Set<Path> folders = new LinkedHashSet<>();
        StorageFolders.root(config.environment()).ifPresent(folders::add);
        upstreams.forEach(
                upstream -> StorageFolders.of(upstream, config.environment()).ifPresent(folders::add));
        Set<Path> obstacles = new LinkedHashSet<>();
        folders.forEach(folder -> StorageAccess.obstacle(folder).ifPresent(obstacles::add));
        obstacles.forEach(path -> report.problem(
                "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: " + path + " cannot be written",
                "give a folder that this user may write to, or change the owner of this one"));
        if (!folders.isEmpty() && obstacles.isEmpty()) {
            report.ok("the storage can be written");
        }
    }

    private void checkPorts() {
        List<ListenAddress> all;
        try {
            all = ListenAddress.all(config);
        } catch (ConfigException e) {
            report.problem(e);
            return;
        }
        boolean runs = isCache();
        for (ListenAddress address : all) {
            checkPort(address, runs);
        }
    }

    private void checkPort(ListenAddress address, boolean runs) {
        try {
            if (address.isInUse() && runs) {
                report.note(address.portVariable() + ": " + address.port()
                        + " is in use, as a docker-registry-cache runs; that is right if it is this one");
            } else if (address.isInUse()) {
                report.problem(
                        address.portVariable() + ": " + address.port() + " is in use on " + address.host()
                                + " by another program",
                        "give a port that is free");
            }
        } catch (ConfigException e) {
            report.problem(e);
        }
    }

    /** Whether this program, or another run of it, answers where clients pull. */
    private boolean isCache() {
        boolean isAny = config.host().equals("0.0.0.0") || config.host().equals("::");
        String host = isAny ? "127.0.0.1" : config.host();
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create(
                            "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + config.port() + "/v2/")
                    .toURL()
                    .openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(PATIENCE_MILLIS);
            connection.setReadTimeout(PATIENCE_MILLIS);
            String status = connection.getHeaderField("Cache-Status");
            connection.disconnect();
            return status != null && status.startsWith("docker-registry-cache");
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
