/** What the ledger keeps to itself, measured from beside it. */
package io.cxt.ledger;
