/** Reads and checks the environment and its files; the rest of the program gets records. */
@NullMarked
package io.registrycache.config;

import org.jspecify.annotations.NullMarked;
