/** What goes through the program, for those who watch it. */
@NullMarked
package io.registrycache.traffic;

import org.jspecify.annotations.NullMarked;
