"""Åldersgränser: from which ages a child has cases, has them alone, and is a child no more (routine F014, F015).

One place for all of them; docs/decisions/cases-of-children.md says why they are no settings.
"""

from __future__ import annotations

#: The youngest with a case of her own; a younger child is helped on the phone.
CASE_FROM_YEARS = 1
#: From this birthday on, at midnight in Sweden, she signs in herself, and her cases are hers alone.
OWN_FROM_YEARS = 13
#: Until this birthday a guardian's children are hers to name at all.
ADULT_FROM_YEARS = 18
