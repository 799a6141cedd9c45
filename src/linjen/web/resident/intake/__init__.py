"""Söka vård and Administrativa frågor: from the start to the receipt, a page for each step."""
