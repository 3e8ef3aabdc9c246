package io.registrycache.upstream;

/** Kinds of failures on the way to an upstream. */
public enum Obstacle {
    NO_SUCH_HOST("no such host"),
    REFUSED("connection refused"),
    NO_ROUTE("no route to host"),
    TIMEOUT("connecting takes too long"),
    PROXY_CREDENTIALS("the proxy does not accept the credentials (407 Proxy Authentication Required)"),
    PROXY("the proxy does not connect"),
    CERTIFICATE_DATE("its certificate has expired, or is not valid yet"),
    CERTIFICATE_NAME("its certificate is for another name"),
    CERTIFICATE_TRUST("its certificate is not trusted"),
    TLS("TLS fails"),
    SILENCE("sent nothing for 15 s"),
    OTHER("the connection broke");

    private final String words;

    Obstacle(String words) {
        this.words = words;
    }

    /** As messages say it, without an address. */
    public String words() {
        return words;
    }
}
