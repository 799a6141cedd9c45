"""Own words to questions to urgency 1-5: pure functions, protocols as data."""
