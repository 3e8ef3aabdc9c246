/** Pulls images before clients ask for them, through the program's own endpoint, so that pulls of clients are warm. */
@NullMarked
package io.registrycache.warm;

import org.jspecify.annotations.NullMarked;
