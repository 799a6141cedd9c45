"""HSA-id: the name of a unit or a member of staff in the national directory, in one canonical spelling."""

from __future__ import annotations

import re
from typing import Final

from linjen.core.errors import Invalid

OID: Final = "1.2.752.129.2.1.4.1"
LONGEST: Final = 32  # characters, from the directory's published schemas

_FORM = re.compile(r"SE[0-9]{10}-[A-Z0-9]([A-Z0-9-]*[A-Z0-9])?")


def parse_hsa_id(text: str) -> str:
    """The canonical HSA-id in `text`: SE, ten digits, hyphen, suffix, in capitals, at most 32 characters.

    HSA-ids are compared without regard to case, so everything is stored and looked up in capitals.
    Raises Invalid with field "hsa_id" and the reason hsa_id_empty, hsa_id_too_long or hsa_id_form.
    """
    tidy = text.strip()
    if not tidy:
        raise Invalid("hsa_id_empty", field="hsa_id")
    if len(tidy) > LONGEST:
        raise Invalid("hsa_id_too_long", field="hsa_id")
    # Tested before upper(): some letters outside ASCII become ASCII capitals by it.
    canonical = tidy.upper() if tidy.isascii() else ""
    if not _FORM.fullmatch(canonical):
        raise Invalid("hsa_id_form", field="hsa_id")
    return canonical
