/** What an operator asks the program: health, and JMX from another machine. */
@NullMarked
package io.registrycache.management;

import org.jspecify.annotations.NullMarked;
