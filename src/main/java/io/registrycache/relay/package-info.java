/**
 * Bytes between channels: the only place that touches a buffer.
 *
 * <pre>
 * client ── HttpRequestDecoder ─ ClientConnection ─ HttpObjectAggregator (idle) ─ Camel's handler ── routes
 *              HttpResponseEncoder ◄─┘   ▲ head and content, straight
 *                                        │
 * child ─── HttpClientCodec ─────── ChildConnection ─ Camel's handler (an empty response, when all is sent)
 * </pre>
 *
 * A layer goes from ChildConnection to ClientConnection and is never a Camel body; the exchange lasts until its last
 * byte is written. A child's channel is read only when its client's channel has room, so that memory stays constant.
 */
@NullMarked
package io.registrycache.relay;

import org.jspecify.annotations.NullMarked;
