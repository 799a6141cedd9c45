"""Biljetter: a patient is sent on to another unit, and what becomes of it (state machine 3.2)."""
