/**
 * Sends many chats, or many files, through the distribution and looks at what the process takes meanwhile. Programs
 * ({@link io.cxt.soak.SoakRun}, {@link io.cxt.soak.FilesRun}), not tests: they take minutes. docs/reliability.md has
 * their figures.
 */
package io.cxt.soak;
