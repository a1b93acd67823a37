/**
 * Kills CXT, over and over, and counts what became of everything: a short run in the build, and a program in src/trial
 * that runs for as long as asked. docs/reliability.md says how, and has its tables.
 */
package io.cxt.kill;
