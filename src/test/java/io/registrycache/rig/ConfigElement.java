package io.registrycache.rig;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Elements of the cache's CONFIG. */
public final class ConfigElement {

    private ConfigElement() {}

    /** An upstream without credentials. */
    public static String of(String name, String url) {
        return json(name, url).toString();
    }

    /** An upstream that asks for credentials. */
    public static String of(String name, String url, Credentials credentials) {
        ObjectNode element = json(name, url);
        element.putObject("variables")
                .put("REGISTRY_PROXY_USERNAME", credentials.user())
                .put("REGISTRY_PROXY_PASSWORD", credentials.password());
        return element.toString();
    }

    /** An upstream with one variable of its own. */
    public static String of(String name, String url, String variable, String value) {
        ObjectNode element = json(name, url);
        element.putObject("variables").put(variable, value);
        return element.toString();
    }

    /** An element with more fields, such as {@code "limit": "1GB"}. */
    public static String with(String element, String fields) {
        return element.substring(0, element.length() - 1) + "," + fields + "}";
    }

    private static ObjectNode json(String name, String url) {
        return JsonNodeFactory.instance.objectNode().put("registry", url).put("name", name);
    }
}
