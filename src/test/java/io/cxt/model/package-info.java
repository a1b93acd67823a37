/**
 * A model of the protocol: several instances, step by step, in an order that a seed decides. What keeps the promise is
 * real ({@link io.cxt.ledger.Deliveries}, the pace, the audit's chains and checkpoints, SQLite and PostgreSQL); time, CXone
 * and what Camel does around them are played. {@link io.cxt.model.World} has the steps, {@link io.cxt.model.Invariants}
 * what must hold after each.
 */
package io.cxt.model;
