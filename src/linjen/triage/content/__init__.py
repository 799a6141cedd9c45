"""The protocol files: their shape, how they are loaded, compiled, taken apart and written back."""
