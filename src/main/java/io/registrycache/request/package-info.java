/** What a client asks, of which upstream, and how an error is said: the registry API's words, and no I/O. */
@NullMarked
package io.registrycache.request;

import org.jspecify.annotations.NullMarked;
