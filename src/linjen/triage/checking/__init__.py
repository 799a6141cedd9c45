"""The linter: every fault of a protocol file with file, line and reason."""
