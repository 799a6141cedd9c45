"""Speed and memory, measured beside their limits: a file a bench."""
