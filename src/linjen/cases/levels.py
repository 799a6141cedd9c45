"""Brådskandegrad: the levels of urgency, 1 the most urgent, and which of them cannot wait."""

from __future__ import annotations

from typing import Final

LEVELS: Final = (1, 2, 3, 4, 5)
#: This and what is more urgent stands before whatever has waited longer, is told at once, and is never put off.
URGENT: Final = 2
