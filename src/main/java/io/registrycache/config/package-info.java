/** What the environment says, read once at start and checked; the rest of the program gets records. */
@NullMarked
package io.registrycache.config;

import org.jspecify.annotations.NullMarked;
