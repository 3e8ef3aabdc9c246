/** What the environment and its files say, checked; the rest of the program gets records. */
@NullMarked
package io.registrycache.config;

import org.jspecify.annotations.NullMarked;
