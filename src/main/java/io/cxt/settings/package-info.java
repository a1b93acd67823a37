/**
 * How a setting is found, read and refused.
 *
 * <p>What the settings mean is known by the package that each of them is for.
 */
package io.cxt.settings;
