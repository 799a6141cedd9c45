"""The ledger: who waits, in which order, in whose queue, and for how long."""
