"""The ledger's pages: the list, its views and tools, and the next in turn."""
