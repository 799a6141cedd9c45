"""A staff member's own desk: settings, keys, own number, support."""
