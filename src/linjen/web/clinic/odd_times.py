"""A booked time that may be a slip of the hand is asked about once: who sends the same time once more means it.

The form holds in `anyway` the time that it has been asked about, so that another one is asked about anew.
"""

from __future__ import annotations

from collections.abc import Mapping

from linjen.core.errors import Invalid


def ask_once(typed: Mapping[str, str], reason: str, *, is_odd: bool) -> None:
    """Invalid(`reason`) at "time" where the time of `typed` (on, time, anyway) is odd and was not asked about."""
    if is_odd and typed["anyway"] != _time_of(typed):
        raise Invalid(reason, "time")


def asked(typed: Mapping[str, str], error: Invalid, reason: str) -> dict[str, str]:
    """What is typed, for the form that is drawn with `error`: whether it has asked, and about which time."""
    return {**typed, "anyway": _time_of(typed) if error.reason == reason else ""}


def _time_of(typed: Mapping[str, str]) -> str:
    return f"{typed['on']}T{typed['time']}"
