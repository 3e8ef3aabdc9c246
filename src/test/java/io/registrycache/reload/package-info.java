/** Random edits of the configuration under load: a site whose upstreams change, clients that know what is right, edits. */
package io.registrycache.reload;
