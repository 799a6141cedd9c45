"""Stand-ins for closed outside systems, speaking their real wire protocols; for the demo and the tests only."""

from __future__ import annotations

import os
from collections.abc import Mapping

from linjen.core.errors import Misconfigured

PERMISSION = "LINJEN_SIMULATORS"


def require_permission(environ: Mapping[str, str] | None = None, *, allowed: bool = False) -> None:
    """Raise Misconfigured unless the demo or a test has said that simulators may run here.

    They say it with `allowed=True` or with the environment variable LINJEN_SIMULATORS=allowed. A simulator lets anybody
    sign in as anybody, so it must never start beside real data by mistake.
    """
    env = os.environ if environ is None else environ
    if not allowed and env.get(PERMISSION) != "allowed":
        why = "simulators let anybody sign in as anybody; only the demo and the tests set it to 'allowed'"
        raise Misconfigured("simulators_not_allowed", setting=PERMISSION, why=why)
