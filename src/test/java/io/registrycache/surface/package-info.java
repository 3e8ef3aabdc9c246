/** The HTTP surface as a table: what is asked, and what a registry has to answer. */
package io.registrycache.surface;
