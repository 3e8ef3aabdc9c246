/** Referrers of a manifest: asked of the upstream, fresh for a few seconds, and stored for its outages. */
@NullMarked
package io.registrycache.referrers;

import org.jspecify.annotations.NullMarked;
