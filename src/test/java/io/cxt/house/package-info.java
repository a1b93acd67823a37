/** The rules of the house, as tests. */
package io.cxt.house;
