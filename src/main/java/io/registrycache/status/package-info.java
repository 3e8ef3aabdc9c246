/**
 * The status page and the JSON that it reads: the traffic, the storage, and the state of each upstream. Nothing
 * here changes anything.
 */
@NullMarked
package io.registrycache.status;

import org.jspecify.annotations.NullMarked;
