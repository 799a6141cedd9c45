"""Spärr: what a patient keeps from the provider's other units, what of it they see, and how it is opened."""
