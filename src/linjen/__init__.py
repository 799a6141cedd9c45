"""Linjen: the open, self-hosted system for the first line of digital care."""

__version__ = "0.1.0"
