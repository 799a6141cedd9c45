"""A program of its own that starts an embedded database, says where it is, and waits until it is told to stop."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from linjen.core.errors import LinjenError
from linjen.core.postgres import Embedded


def main() -> int:
    """`embedded_life.py DIR`: one line of JSON when ready, or with the reason it was refused; ends with its input."""
    embedded = Embedded(Path(sys.argv[1]))
    try:
        embedded.start()
    except LinjenError as refused:
        print(json.dumps({"reason": refused.reason, "why": str(refused.detail)}), flush=True)
        return 1
    print(json.dumps({"pid": embedded.pid, "app": embedded.app_dsn, "me": os.getuid()}), flush=True)
    sys.stdin.read()
    embedded.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
