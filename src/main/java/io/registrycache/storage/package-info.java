/** Content in the file system where a child keeps it: found without asking the child, and taken in for it. */
@NullMarked
package io.registrycache.storage;

import org.jspecify.annotations.NullMarked;
