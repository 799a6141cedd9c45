"""Larm: warning signs in what residents write, heard, answered and counted."""
