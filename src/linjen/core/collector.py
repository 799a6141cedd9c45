"""Python's garbage collector, held back where it only costs: while much is built that lives as long as the program."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


def spare_the_collector() -> None:
    """Let the garbage collector pass over what lives as long as the program, and look at the rest less often.

    With its usual thresholds it took a tenth of the time of a message, and found nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@contextlib.contextmanager
def collector_waits() -> Iterator[None]:
    """No collection inside: reading the protocols and the lexicon took half as long again, and nothing was found."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
