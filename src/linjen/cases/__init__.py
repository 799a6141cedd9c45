"""The case: its states, how it is loaded, and one file per verb."""
