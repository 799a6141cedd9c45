"""The seeded region and its simulated residents."""
