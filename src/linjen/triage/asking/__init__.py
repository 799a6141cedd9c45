"""The interview: what is asked next, what the answers mean, and where it ends."""
