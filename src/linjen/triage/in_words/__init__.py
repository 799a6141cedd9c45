"""A version in plain Swedish, for clinicians who read, compare and approve it."""
