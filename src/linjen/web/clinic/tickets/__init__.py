"""Biljetter: writing one, reading one, and the unit's list."""
