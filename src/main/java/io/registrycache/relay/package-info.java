/**
 * Bytes between channels: the only place that touches a buffer.
 *
 * <pre>
 * client ── HttpRequestDecoder ─ ClientConnection ─ HttpObjectAggregator (idle) ─ Camel's handler ── routes
 *              HttpResponseEncoder ◄─┘   ▲ head and content, straight
 *                                        │
 * child ─── HttpClientCodec ─────── ChildConnection ─ Camel's handler (an empty response, when all is sent)
 *
 * storage ─ FileBody ───► ClientConnection   sendfile
 * spool ─── SpoolBody ──► ClientConnection   sendfile, as far as the download is
 * upstream ─ UpstreamConnection ─► a fetch's spool; or DirectBody ─► ClientConnection, if the disk is full
 * </pre>
 *
 * {@link io.registrycache.relay.ClientState} and {@link io.registrycache.relay.ChildConnectionState} say what follows each
 * event on a connection; the handlers do it.
 *
 * <p>A layer is never a Camel body; the exchange lasts until its last byte is written. A child's channel is read only when
 * its client's channel has room, so that memory stays constant. The back door's connections are those of the front door
 * with children as clients.
 */
@NullMarked
package io.registrycache.relay;

import org.jspecify.annotations.NullMarked;
