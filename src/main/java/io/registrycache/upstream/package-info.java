/** What an upstream itself says, asked only when its child has failed: the truth behind an error, and whether it is there. */
@NullMarked
package io.registrycache.upstream;

import org.jspecify.annotations.NullMarked;
