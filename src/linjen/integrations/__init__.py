"""One file per outside system, each a real client of its wire protocol."""
