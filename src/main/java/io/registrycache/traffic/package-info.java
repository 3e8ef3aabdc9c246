/** Transfers through the program, and those that watch them: the access log, metrics, the status page. */
@NullMarked
package io.registrycache.traffic;

import org.jspecify.annotations.NullMarked;
