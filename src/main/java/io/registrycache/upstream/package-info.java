/**
 * How an upstream is asked: its tokens, redirects, proxies and certificates, its refusals, and whether it can be reached.
 *
 * <pre>
 * Answers (small: manifests, heads, lists) ─┐
 * fetch (blobs) ────────────────────────────┴► Question ► routes/ask-upstream: Authorize, SendToUpstream ► Transport
 *                                                             Tokens ────────────────────────────────────►
 *                                                             ReachabilityMonitor hears of every answer and failure
 * </pre>
 */
@NullMarked
package io.registrycache.upstream;

import org.jspecify.annotations.NullMarked;
