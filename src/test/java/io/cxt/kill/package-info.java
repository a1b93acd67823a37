/**
 * Kills CXT, over and over, and counts what became of everything. A program ({@link io.cxt.kill.KillRun}) that runs for
 * as long as asked, and a short run of it in the build. docs/reliability.md says how, and has its tables.
 */
package io.cxt.kill;
