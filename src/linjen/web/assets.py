"""The files of static/: what there is, what is in them, and their addresses, which hold a hash and are kept for ever.

They are read and changed as many small files. What a page needs together goes to the browser as one: on a telephone far
from a mast each request more is a sixth of a second.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static"

#: Name of what is sent, and the files in it, in the order of their rules. Those files are not sent by themselves.
JOINED_SHEETS: Final[Mapping[str, tuple[str, ...]]] = {
    "css/page.css": (
        "css/tokens.css", "css/ground.css", "css/forms.css", "css/parts.css", "css/print.css", "css/actions.css",
        "css/sign_in.css", "css/resident.css",
    ),
    "css/work.css": ("css/clinic.css", "css/desk.css", "css/phrases.css"),
}  # fmt: skip
#: Modules that a script asks for together; each may be asked for by itself, too.
JOINED_MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "js/talk.js": (
        "js/live.js", "js/outbox.js", "js/newer.js", "js/bubbles.js", "js/following.js", "js/draft.js", "js/reads.js",
        "js/merging.js", "js/unsent.js", "js/signed_out.js",
    ),
}  # fmt: skip

_EXPORT: Final = re.compile(r"^export ((?:async )?(?:function|const) (\w+))", re.MULTILINE)


@cache
def names() -> frozenset[str]:
    """What can be asked for: an address that anybody can make up never reaches the file system, nor the memory."""
    alone = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()}
    inside = {name for parts in JOINED_SHEETS.values() for name in parts}
    return frozenset((alone - inside) | JOINED_SHEETS.keys() | JOINED_MODULES.keys())


@cache
def content_of(name: str) -> bytes:
    """What is sent under this name, one of `names`. Raises OSError for any other."""
    if name in JOINED_SHEETS:
        return b"".join((STATIC / part).read_bytes() for part in JOINED_SHEETS[name])
    if name in JOINED_MODULES:
        return "".join(_in_its_own_scope(part) for part in JOINED_MODULES[name]).encode()
    return (STATIC / name).read_bytes()


@cache
def static_url(name: str) -> str:
    """The address of one of `names`."""
    return f"/static/{hashlib.sha256(content_of(name)).hexdigest()[:12]}/{name}"


def _in_its_own_scope(name: str) -> str:
    """A module inside another: what it keeps for itself stays its own, and what it exports is exported.

    It works for modules that import nothing at their head, of which ours are all (tests/house/test_assets.py).
    """
    source = (STATIC / name).read_text("utf-8")
    exported = ", ".join(found[2] for found in _EXPORT.finditer(source))
    inside = _EXPORT.sub(r"\1", source)
    return f"// {name}\nexport const {{ {exported} }} = (() => {{\n{inside}\nreturn {{ {exported} }};\n}})();\n"
