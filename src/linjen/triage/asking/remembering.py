"""What follows from an interview's state, worked out once for each state however often it is asked for.

A state never changes, nor does the content: each answer makes a new state. So what is known of one is kept with it, for
as long as it lives. A page of the intake asks for the same things many times over.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from linjen.triage.content.library import Protocols
from linjen.triage.state import State

Result = TypeVar("Result")
Rest = ParamSpec("Rest")


def remembered(
    work: Callable[Concatenate[Protocols, State, Rest], Result],
) -> Callable[Concatenate[Protocols, State, Rest], Result]:
    """`work` with its result kept; whatever it is given besides the two must follow from them, too."""
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def known(protocols: Protocols, state: State, /, *rest: Rest.args, **named: Rest.kwargs) -> Result:
        held: tuple[Protocols, Result] | None = state.__dict__.get(name)
        if held is None or held[0] is not protocols:
            held = state.__dict__[name] = (protocols, work(protocols, state, *rest, **named))
        return held[1]

    return known
