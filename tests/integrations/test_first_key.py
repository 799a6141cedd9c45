"""`linjen key` makes the first key and no other, and `linjen demo` on a folder in use says so in words."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from linjen.cli.main import main
from linjen.core.postgres import Embedded, cluster_of


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own environment counts."""
    for name in ("LINJEN_CONFIG", "LINJEN_DSN", "LINJEN_OWNER_DSN", "LINJEN_MASTER_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_the_first_key_is_made_once_and_never_over_old_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "keys" / "master.key"
    assert main(["key", "--data", str(tmp_path)]) == 0
    made = key.read_bytes()
    assert str(key) in capsys.readouterr().out
    assert key.stat().st_mode & 0o777 == 0o600
    assert main(["key", "--data", str(tmp_path)]) == 2
    assert "it stays as it is" in capsys.readouterr().err
    assert key.read_bytes() == made
    key.unlink()
    cluster_of(tmp_path).mkdir(parents=True)
    assert main(["key", "--data", str(tmp_path)]) == 2
    assert "put that file back" in capsys.readouterr().err
    assert not key.exists()


async def test_a_second_demo_on_the_same_folder_says_so_and_names_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINJEN_SIMULATORS", "allowed")
    first = Embedded(tmp_path)
    await asyncio.to_thread(first.start)
    try:
        status = await asyncio.to_thread(_in_a_process, tmp_path)
    finally:
        await asyncio.to_thread(first.stop)
    assert status[0] == 1
    assert str(tmp_path) in status[1]
    assert "in use" in status[1]
    assert "data_folder_in_use" not in status[1]


def _in_a_process(folder: Path) -> tuple[int, str]:
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    command = [sys.executable, "-m", "linjen.cli.main", "demo", "--port", "0", "--data", str(folder), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr
