/** What an upstream itself says: what a stored tag means now, the truth behind a child's error, and whether it is there. */
@NullMarked
package io.registrycache.upstream;

import org.jspecify.annotations.NullMarked;
