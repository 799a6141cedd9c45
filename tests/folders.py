"""Where the tests' databases lie: in memory where there is room, since a disk remembers every file that was deleted.

Each test makes a database of some three hundred files and drops it. ext4 does not give out the place of a file again
for some seconds after it is gone and looks through all of them for each new one: that was a third of the suite's time.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
_ENOUGH_BYTES = 3 * 1024**3


def database_folder(prefix: str) -> Path:
    """A new folder that a database server of another user may walk through; its maker removes it."""
    in_memory = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if in_memory else None))
    folder.chmod(0o755)
    return folder


def copy_of(folder: Path) -> str:
    """How a test's database is made of its template, where the server's files are in `folder`.

    In memory a copy of the files costs a third less than a log of their pages, and brings along what each first
    connection would work out about the tables. On a disk its two checkpoints would wait for what other tests wrote.
    """
    return "strategy file_copy" if folder.is_relative_to(_MEMORY) else ""
