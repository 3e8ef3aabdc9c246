/** The HTTP surface as a table: requests, and the answers that a registry has to give. */
package io.registrycache.surface;
