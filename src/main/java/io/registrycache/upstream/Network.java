package io.registrycache.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the upstreams as the children have it, from the same variables: {@code https_proxy} and its like,
 * {@code SSL_CERT_FILE} and {@code SSL_CERT_DIR}. Rules: Go's golang.org/x/net/http/httpproxy and crypto/x509.
 */
final class Network {

    private static final Logger LOG = LoggerFactory.getLogger(Network.class);

    private Network() {}

    static HttpClient client(Map<String, String> environment, Duration connectTimeout) {
        // The JDK would else not give a proxy its password for a tunnel.
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .proxy(new EnvironmentProxies(environment));
        SSLContext trust = trust(environment);
        return trust == null ? builder.build() : builder.sslContext(trust).build();
    }

    /** What a proxy wants to see, when the way to the target leads through one that wants a password; or nothing. */
    static String proxyAuthorization(Map<String, String> environment, URI target) {
        String given = variable(environment, target.getScheme() + "_proxy");
        if (given.isBlank() || isExempt(environment, target.getHost())) {
            return "";
        }
        String user = proxyUrl(given).getUserInfo();
        return user == null ? "" : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable SSLContext trust(Map<String, String> environment) {
        List<Path> files = new ArrayList<>();
        String file = environment.getOrDefault("SSL_CERT_FILE", "");
        if (!file.isBlank()) {
            files.add(Path.of(file));
        }
        for (String folder : environment.getOrDefault("SSL_CERT_DIR", "").split(":")) {
            addFiles(folder, files);
        }
        if (files.isEmpty()) {
            return null;
        }
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            files.forEach(certificates -> addCertificates(certificates, store));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            LOG.warn("certificates of SSL_CERT_FILE or SSL_CERT_DIR are not used: {}", e.getMessage());
            return null;
        }
    }

    private static void addFiles(String folder, List<Path> files) {
        if (folder.isBlank()) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of(folder))) {
            entries.forEach(files::add);
        } catch (IOException e) {
            LOG.debug("SSL_CERT_DIR {}: {}", folder, e.getMessage());
        }
    }

    private static void addCertificates(Path file, KeyStore store) {
        try (InputStream pem = Files.newInputStream(file)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
        } catch (IOException | GeneralSecurityException e) {
            LOG.debug("{} holds no certificates: {}", file, e.getMessage());
        }
    }

    private static boolean isExempt(Map<String, String> environment, String host) {
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
            return true;
        }
        for (String exempt : variable(environment, "no_proxy").split(",")) {
            String name = exempt.strip().replaceFirst("^\\*?\\.", "").replaceFirst(":[0-9]+$", "");
            if (name.equals("*") || host.equals(name) || (!name.isEmpty() && host.endsWith("." + name))) {
                return true;
            }
        }
        return false;
    }

    private static String variable(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, environment.getOrDefault(name.toUpperCase(Locale.ROOT), ""));
    }

    private static URI proxyUrl(String text) {
        return URI.create(text.contains("://") ? text : "http://" + text);
    }

    private static final class EnvironmentProxies extends ProxySelector {

        private final Map<String, String> environment;

        EnvironmentProxies(Map<String, String> environment) {
            this.environment = environment;
        }

        @Override
        public List<Proxy> select(URI target) {
            String given = variable(environment, target.getScheme() + "_proxy");
            if (given.isBlank() || isExempt(environment, target.getHost())) {
                return List.of(Proxy.NO_PROXY);
            }
            URI url = proxyUrl(given);
            int port = url.getPort() < 0 ? 80 : url.getPort();
            return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(url.getHost(), port)));
        }

        @Override
        public void connectFailed(URI target, SocketAddress proxy, IOException failure) {
            LOG.debug("proxy {} for {}: {}", proxy, target.getHost(), failure.getMessage());
        }
    }
}
