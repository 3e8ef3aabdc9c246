/** Answers an operator: health, metrics, and JMX from another machine. */
@NullMarked
package io.registrycache.management;

import org.jspecify.annotations.NullMarked;
