"""A number that a form or an address carries: plain digits within bounds, however much is sent in their place."""

from __future__ import annotations

#: The largest of the smallest column that a number of a form goes to.
SMALL = 32_767
#: The largest that goes to any: how a case, a note or a draft stood when its page was drawn.
LARGE = 999_999_999


def whole_number(text: str, otherwise: int = 0, *, most: int = SMALL) -> int:
    """What was typed as a number of 0 to `most`; `otherwise`, which nobody can choose, for what is none.

    Only 0-9 count: int() would take "1_0" and the digits of other scripts, and more of them than a column holds.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGE))):
        return otherwise
    number = int(text)
    return number if number <= most else otherwise
