"""Errors with a named reason: what a caller can act on, and what a page can put into words."""

from __future__ import annotations


class LinjenError(Exception):
    """Base of every error that Linjen raises on purpose.

    `reason` is a stable snake_case name; pages and logs look their words up by it. It never holds data of a person.
    """

    def __init__(self, reason: str, **detail: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
        #: Whether the refused attempt has its row in the access log already: it is written once, whoever sees it first.
        self.is_noted = False


class NotFound(LinjenError):
    """There is no such thing, or not for this person: the two must look the same."""

    def __init__(self, reason: str = "not_found", **detail: object) -> None:
        super().__init__(reason, **detail)


class Refused(LinjenError):
    """The person is known and the thing is visible, but the rule named by `reason` says no."""


class Invalid(LinjenError):
    """The input cannot be taken. `reason` names the rule and `field` the input, where there is one."""

    def __init__(self, reason: str, field: str = "", **detail: object) -> None:
        super().__init__(reason, **detail)
        self.field = field


class Reused(Invalid):
    """The id that a form brought belongs to something else already: `elsewhere` to another's or another case's, else to
    what the same person wrote here in other words. Her form is drawn anew with what she typed and a fresh id.
    """

    def __init__(self, field: str, *, elsewhere: bool = False) -> None:
        super().__init__("reused", field)
        self.elsewhere = elsewhere


def must_repeat(field: str, *, ours: bool, same: bool) -> None:
    """A form whose id is known already is the same form once more, or raises Reused: nothing typed is lost in silence.

    `ours` says that it was this person's in this place, `same` that it held the same.
    """
    if not (ours and same):
        raise Reused(field, elsewhere=not ours)


class Unavailable(LinjenError):
    """An outside system or the database cannot be reached now; trying again later may help."""


class Misconfigured(LinjenError):
    """A setting is wrong; raised at start, with the setting's name and why."""
