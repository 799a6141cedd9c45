"""Notices: what is told outside the program because something happened: SMS, and what becomes of them."""
