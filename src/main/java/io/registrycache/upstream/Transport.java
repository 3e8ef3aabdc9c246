package io.registrycache.upstream;

/** The connections to an upstream and to the hosts that it names. */
public interface Transport {

    /** Sends a request, and closes the connection when the response is abandoned. */
    Call send(Outgoing request, Receiver receiver);

    /** A request whose response has not come to its end. */
    interface Call {

        /** Abandons the response; the receiver hears {@link Receiver#failed} unless it has heard of an end before. */
        void cancel();

        /** Nanoseconds since it was sent, or was to be; 0 while it waits for others to end. */
        long age();

        /** Stops reading the body, or continues. */
        void read(boolean on);
    }
}
