/**
 * One download of a blob for all clients that want it.
 *
 * <pre>
 * Fetches ── one Fetch per upstream and digest ──► Spool (the file, and which parts of it are there)
 *     └─ FetchQueue: so many at a time               ▲ written through Arrival by Downloads, one per part at a time
 * routes/fetch                                       │ read by any number of clients, each at its own pace
 *   Download: claim a part ► ask-upstream ► receive ─┘
 *                 ▲                 │ cut
 *                 └── growing pause ┘
 * </pre>
 *
 * A whole and verified spool becomes stored content. Clients may leave at any time; the download goes on.
 */
@NullMarked
package io.registrycache.fetch;

import org.jspecify.annotations.NullMarked;
