"""The patient around her cases: finding her, protection, consents, what else she has here."""
