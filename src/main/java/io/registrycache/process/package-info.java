/**
 * The child registries, one per upstream: how each is configured, launched, watched and ended.
 *
 * <pre>
 * routes/registry-process   timer → exec → ChildRegistry.execute: launch, watch until it ends
 *                                 → ChildRegistry.awaitLaunch: back-off
 * routes/upstream           AwaitChild: the port of the child, as soon as it answers
 * </pre>
 *
 * {@link io.registrycache.process.ChildState} says what follows each event in the life of a child.
 */
@NullMarked
package io.registrycache.process;

import org.jspecify.annotations.NullMarked;
