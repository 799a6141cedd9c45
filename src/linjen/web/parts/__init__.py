"""The building blocks of the pages, and the page that shows them all."""
