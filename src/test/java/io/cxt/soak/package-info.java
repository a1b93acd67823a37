/**
 * Sends many chats through the distribution and looks at what the process takes meanwhile. A program
 * ({@link io.cxt.soak.SoakRun}), not a test: it takes minutes. docs/reliability.md has its table.
 */
package io.cxt.soak;
