/**
 * Random edits of the configuration under load: a site whose upstreams change, clients that know the right answers,
 * edits.
 */
package io.registrycache.reload;
