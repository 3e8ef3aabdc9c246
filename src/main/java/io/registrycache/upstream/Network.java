package io.registrycache.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the upstreams as the children have it, from the same variables: {@code https_proxy} and its like,
 * {@code SSL_CERT_FILE} and {@code SSL_CERT_DIR}. Rules: Go's crypto/x509.
 */
final class Network {

    private static final Logger LOG = LoggerFactory.getLogger(Network.class);

    private Network() {}

    static HttpClient client(Map<String, String> environment, Proxies proxies, Duration connectTimeout) {
        // The JDK would else not give a proxy its password for a tunnel.
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        // Java 17 keeps idle connections for 20 minutes, in which many a NAT forgets them; newer ones for these
        // seconds.
        System.setProperty("jdk.httpclient.keepalive.timeout", "30");
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .proxy(proxies);
        SSLContext trust = trust(environment);
        return trust == null ? builder.build() : builder.sslContext(trust).build();
    }

    private static @Nullable SSLContext trust(Map<String, String> environment) {
        List<Path> files = new ArrayList<>();
        String file = environment.getOrDefault("SSL_CERT_FILE", "");
        if (!file.isBlank()) {
            files.add(Path.of(file));
        }
        String folders = environment.getOrDefault("SSL_CERT_DIR", "");
        for (String folder : folders.split(":")) {
            addFiles(folder, files);
        }
        if (files.isEmpty()) {
            return null;
        }
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            files.forEach(certificates -> addCertificates(certificates, store));
            if (file.isBlank() || folders.isBlank()) {
                // The one that is not set means the system's own, as it does for a child.
                addSystemCertificates(store);
            }
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

    private static void addSystemCertificates(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory system = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        system.init((KeyStore) null);
        for (TrustManager manager : system.getTrustManagers()) {
            if (manager instanceof X509TrustManager certificates) {
                for (Certificate certificate : certificates.getAcceptedIssuers()) {
                    store.setCertificateEntry(Integer.toString(store.size()), certificate);
                }
            }
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
}
