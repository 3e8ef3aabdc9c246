/** Hostile input: requests that are made at random from a seed, and what may come of them. */
package io.registrycache.fuzz;
