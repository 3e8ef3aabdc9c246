/** Requests of clients, their upstream, and error answers, in the words of the registry API; without I/O. */
@NullMarked
package io.registrycache.request;

import org.jspecify.annotations.NullMarked;
