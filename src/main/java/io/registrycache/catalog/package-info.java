/** Lists: the tags of a repository, and the repositories of all upstreams, with the names that clients type. */
@NullMarked
package io.registrycache.catalog;

import org.jspecify.annotations.NullMarked;
