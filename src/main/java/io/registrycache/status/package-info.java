/**
 * The status page and the JSON that it reads: what goes through, what is stored, and how each upstream is doing. Nothing
 * here changes anything.
 */
@NullMarked
package io.registrycache.status;

import org.jspecify.annotations.NullMarked;
