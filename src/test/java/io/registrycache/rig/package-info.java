/**
 * The real programs that the tests run against, each started and ended by one class.
 *
 * <pre>
 * Skopeo, DockerDaemon, HttpProbe, Download     clients
 * Containerd, MirrorClient ← Recipe             clients, set up as the documentation says
 *   → CacheProcess                              this program, as its users start it
 *     → UpstreamRegistry  ← OciImage            an upstream, and the images that are pushed into it
 * </pre>
 */
package io.registrycache.rig;
