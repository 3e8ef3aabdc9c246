package io.registrycache.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate authority that only a test trusts, and a server's certificate from it for names of the test's choice. */
public final class Authority implements AutoCloseable {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private final TempFolder folder = TempFolder.create();
    private final KeyStore store;

    private Authority(List<String> validity, String... names) {
        try {
            String hosts = Stream.of(names).map(name -> "dns:" + name).collect(Collectors.joining(","));
            keytool(List.of(), "-alias", "ca", "-dname", "CN=test CA", "-ext", "bc:c");
            String alternatives = "san=ip:127.0.0.1" + (names.length == 0 ? "" : "," + hosts);
            keytool(validity, "-alias", "server", "-dname", "CN=test", "-signer", "ca", "-ext", alternatives);
            store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(folder.resolve("store.p12"))) {
                store.load(in, PASSWORD);
            }
            Files.createDirectory(folder.resolve("trusted"));
            write("trusted/ca.pem", "CERTIFICATE", store.getCertificate("ca").getEncoded());
            write("server.pem", "CERTIFICATE", store.getCertificate("server").getEncoded());
            write("server.key", "PRIVATE KEY", store.getKey("server", PASSWORD).getEncoded());
        } catch (IOException | GeneralSecurityException e) {
            folder.close();
            throw new IllegalStateException(e);
        }
    }

    public static Authority of(String... names) {
        return new Authority(List.of(), names);
    }

    /** The same, but the server's certificate was good ten days ago. */
    public static Authority expired(String... names) {
        return new Authority(List.of("-startdate", "-10d", "-validity", "2"), names);
    }

    private void keytool(List<String> validity, String... what) {
        Command.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair")
                .and("-keystore", folder.resolve("store.p12").toString(), "-storetype", "PKCS12")
                .and("-storepass", new String(PASSWORD), "-keyalg", "EC", "-groupname", "secp256r1")
                .and(validity.toArray(new String[0]))
                .and(what)
                .run();
    }

    private void write(String file, String kind, byte[] der) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                folder.resolve(file), "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    /** A folder with nothing but the authority's certificate in it. */
    public Path trustedFolder() {
        return folder.resolve("trusted");
    }

    public Path trusted() {
        return folder.resolve("trusted/ca.pem");
    }

    public Path certificate() {
        return folder.resolve("server.pem");
    }

    public Path key() {
        return folder.resolve("server.key");
    }

    /** For a server of the test's own. */
    SSLContext server() {
        try {
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            Key key = store.getKey("server", PASSWORD);
            Certificate[] chain = {store.getCertificate("server"), store.getCertificate("ca")};
            own.setKeyEntry("server", key, PASSWORD, chain);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        folder.close();
    }
}
