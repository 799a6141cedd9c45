"""Documenting a closed case, and judging the triage's level."""
