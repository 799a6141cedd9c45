"""Care providers, care units and their hours."""
