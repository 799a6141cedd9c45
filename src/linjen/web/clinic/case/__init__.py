"""The page of one case: its head, what was said and answered, why, pictures, what has happened."""
