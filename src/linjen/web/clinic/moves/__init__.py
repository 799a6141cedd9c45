"""A dialogue for every movement of a case."""
