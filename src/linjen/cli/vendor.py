"""Put the front-end libraries that npm fetched (and checked by hash) where we serve them from."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TARGET = ROOT / "src/linjen/web/static/vendor"
FILES = {
    "htmx.min.js": "node_modules/htmx.org/dist/htmx.min.js",
    "hx-sse.min.js": "node_modules/htmx.org/dist/ext/hx-sse.min.js",
    "hx-csp.min.js": "node_modules/htmx.org/dist/ext/hx-csp.min.js",
    "htmx.LICENSE": "node_modules/htmx.org/LICENSE",
}


def main() -> None:
    """Copy each file; a missing one is an error, so that set-up never half succeeds."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        shutil.copyfile(ROOT / source, TARGET / name)


if __name__ == "__main__":
    main()
