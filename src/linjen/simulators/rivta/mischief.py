"""What the simulator can be told to do wrong, so that every way a service fails can be seen and tested."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["fault", "delay", "result", "status", "garbage", "doctype", "wrong_answer"]


class Mischief(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One instruction, for the next `times` calls of `contract` (`*` is any).

    fault: a SOAP fault with `text`. delay: an honest answer after `seconds`. result: the result code `text` (listing).
    status: the bare HTTP status `status`. garbage: bytes that are no XML. doctype: an honest answer with a document
    type and an entity before it. wrong_answer: a well-formed answer to something else.
    """

    kind: Kind
    contract: str = "*"
    times: int = 1
    text: str = ""
    seconds: float = 0.0
    status: int = 503


class Mischiefs:
    """The instructions not yet used up; the first that fits is taken."""

    def __init__(self) -> None:
        self._told: list[Mischief] = []

    def tell(self, mischief: Mischief) -> None:
        self._told.append(mischief)

    def clear(self) -> None:
        self._told.clear()

    def take(self, contract: str) -> Mischief | None:
        for told in self._told:
            if told.contract in {"*", contract}:
                told.times -= 1
                if told.times < 1:
                    self._told.remove(told)
                return told
        return None
