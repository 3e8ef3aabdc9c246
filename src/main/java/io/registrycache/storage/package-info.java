/** What a child has stored in the file system and can never change, found without asking the child. */
@NullMarked
package io.registrycache.storage;

import org.jspecify.annotations.NullMarked;
