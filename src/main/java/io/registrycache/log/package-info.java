/** How lasting states are logged. */
@NullMarked
package io.registrycache.log;

import org.jspecify.annotations.NullMarked;
