"""Fraser: ready words of a unit or of one person, their fields to fill in, and the gentle hints on how to write."""
