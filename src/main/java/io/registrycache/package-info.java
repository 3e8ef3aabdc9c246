/** The program: {@link io.registrycache.RegistryCache} wires the packages below to the routes in {@code routes/}. */
@NullMarked
package io.registrycache;

import org.jspecify.annotations.NullMarked;
