/** The chaos run: a site of three upstreams and a cache, clients that pull from it, and one who breaks things. */
package io.registrycache.chaos;
