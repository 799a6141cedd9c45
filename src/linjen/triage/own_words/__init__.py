"""Own words: what a text says of danger, of findings, and of why somebody seeks care."""
