package io.registrycache.rig;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports to listen on. */
public final class Ports {

    private static final int LOWEST = 10_000;
    /** Linux gives ports from 32768 on to connections: one of those may be taken by the time that a server wants it. */
    private static final int HIGHEST = 32_000;

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /** A port of 127.0.0.1 that is free, and that was not returned before in this JVM. */
    public static int free() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port) && GIVEN.add(port)) {
                return port;
            }
        }
    }

    /** Makes sure that it is not another program that answers in place of the one to be started. */
    static void requireFree(int port) {
        if (!isFree(port)) {
            throw new IllegalStateException("port " + port + " is in use");
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
