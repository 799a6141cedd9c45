"""Signing in and out, for residents and staff."""
