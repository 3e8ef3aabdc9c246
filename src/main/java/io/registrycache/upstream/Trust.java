package io.registrycache.upstream;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.registrycache.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which certificates are trusted, from {@code SSL_CERT_FILE} and {@code SSL_CERT_DIR}. Rules: Go's crypto/x509. */
public final class Trust {

    private static final Logger LOG = LoggerFactory.getLogger(Trust.class);

    private Trust() {}

    /** Reads the certificates, which takes a moment. */
    public static SslContext of(Map<String, String> environment) throws IOException {
        // BoringSSL takes a third less CPU than the JDK's TLS.
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                .endpointIdentificationAlgorithm("HTTPS");
        List<Path> files = files(environment);
        if (!files.isEmpty()) {
            try {
                builder.trustManager(trust(files, isSystemTrusted(environment)));
            } catch (GeneralSecurityException e) {
                LOG.warn("certificates of SSL_CERT_FILE or SSL_CERT_DIR are not used: {}", e.getMessage());
            }
        }
        return builder.build();
    }

    /**
     * Refuses a file without certificates where there have been some.
     *
     * @throws ConfigException that names it
     */
    public static void requireCertificates(Map<String, String> environment) {
        String file = environment.getOrDefault("SSL_CERT_FILE", "");
        if (!file.isBlank() && certificates(Path.of(file)).isEmpty()) {
            throw new ConfigException("SSL_CERT_FILE", file + " holds no certificates; give a file of PEM");
        }
    }

    /** The problems of the variables, a sentence for each with its fix. */
    public static List<String> mistakes(Map<String, String> environment) {
        List<String> found = new ArrayList<>();
        try {
            requireCertificates(environment);
        } catch (ConfigException e) {
            found.add(String.valueOf(e.getMessage()));
        }
        for (String folder : environment.getOrDefault("SSL_CERT_DIR", "").split(":")) {
            if (!folder.isBlank() && !Files.isReadable(Path.of(folder))) {
                found.add("SSL_CERT_DIR: " + folder + " cannot be read; give a folder with files of PEM");
            }
        }
        return found;
    }

    /** The files in which certificates are looked for, those of a folder, too. */
    public static List<Path> files(Map<String, String> environment) {
        List<Path> files = new ArrayList<>();
        String file = environment.getOrDefault("SSL_CERT_FILE", "");
        if (!file.isBlank()) {
            files.add(Path.of(file));
        }
        for (String folder : environment.getOrDefault("SSL_CERT_DIR", "").split(":")) {
            addFiles(folder, files);
        }
        return files;
    }

    /** A variable that is not set means the system's own certificates, as in every program written in Go. */
    private static boolean isSystemTrusted(Map<String, String> environment) {
        return environment.getOrDefault("SSL_CERT_FILE", "").isBlank()
                || environment.getOrDefault("SSL_CERT_DIR", "").isBlank();
    }

    private static TrustManagerFactory trust(List<Path> files, boolean withSystem)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (Path file : files) {
            for (Certificate certificate : certificates(file)) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
        }
        if (withSystem) {
            addSystemCertificates(store);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust;
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

    private static Collection<? extends Certificate> certificates(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(pem);
        } catch (IOException | GeneralSecurityException e) {
            LOG.debug("{} holds no certificates: {}", file, e.getMessage());
            return List.of();
        }
    }
}
