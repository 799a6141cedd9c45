"""Residents, guardians and staff."""
