package io.registrycache.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An element of {@code no_proxy}.
 *
 * @param entry {@code *}, a name, {@code .name} for all names below it, an address, or a network such as
 *     {@code 10.0.0.0/8}; names and addresses may have a port; lower case
 */
record Exemption(String entry) {

    private static final Pattern NETWORK = Pattern.compile("([0-9a-f.:]+)/([0-9]{1,3})");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]+(?:\\.[0-9]+){3}|[0-9a-f]*:[0-9a-f:.]*");
    private static final Pattern WITH_PORT = Pattern.compile("(.*[^:]):([0-9]{1,5})");

    boolean covers(String host, int port) {
        Matcher network = NETWORK.matcher(entry);
        if (network.matches()) {
            return isWithin(unbracketed(host), network.group(1), Integer.parseInt(network.group(2)));
        }
        Matcher withPort = WITH_PORT.matcher(entry);
        boolean hasPort = withPort.matches() && !ADDRESS.matcher(entry).matches();
        if (hasPort && Integer.parseInt(withPort.group(2)) != port) {
            return false;
        }
        String name = unbracketed(hasPort ? withPort.group(1) : entry).replaceFirst("^\\*\\.", ".");
        if (name.equals("*")) {
            return true;
        }
        return name.startsWith(".") ? host.endsWith(name) : unbracketed(host).equals(name) || host.endsWith("." + name);
    }

    private static boolean isWithin(String host, String network, int bits) {
        if (!ADDRESS.matcher(host).matches()) {
            return false;
        }
        try {
            // Both are numbers, so a name is not looked up.
            byte[] address = InetAddress.getByName(host).getAddress();
            byte[] prefix = InetAddress.getByName(network).getAddress();
            if (address.length != prefix.length || bits > 8 * prefix.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
