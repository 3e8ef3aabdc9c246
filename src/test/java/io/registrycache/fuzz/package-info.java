/** Hostile input: requests that are made at random from a seed, and the answers that are allowed. */
package io.registrycache.fuzz;
