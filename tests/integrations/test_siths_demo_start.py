"""The simulated provider starts only where it is allowed, from a good staff file, inside a program or as one."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from linjen.core.errors import Misconfigured
from linjen.simulators.staff_idp import serve
from linjen.simulators.staff_idp.card_holders import read_card_holders
from tests.integrations.siths_journeys import (
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT_URI,
    STAFF,
    begun,
    siths_client,
)


async def test_it_refuses_to_start_where_simulators_are_not_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "staff.json").write_text(json.dumps(STAFF))
    for value in (None, "", "1", "true"):
        monkeypatch.delenv("LINJEN_SIMULATORS", raising=False)
        if value is not None:
            monkeypatch.setenv("LINJEN_SIMULATORS", value)
        with pytest.raises(Misconfigured, match="simulators_not_allowed"):
            await serve(tmp_path / "staff.json", CLIENT_ID, CLIENT_SECRET, [REDIRECT_URI])


@pytest.mark.parametrize("text", ["", "{}", "[]", '[{"given_name": "Karin"}]', '[{"hsa": 1}]'])
def test_a_staff_file_that_is_no_good(tmp_path: Path, text: str) -> None:
    (tmp_path / "staff.json").write_text(text)
    with pytest.raises(Misconfigured, match="staff_file"):
        read_card_holders(tmp_path / "staff.json")


async def test_it_runs_as_a_program_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINJEN_SIMULATORS", "allowed")
    (tmp_path / "staff.json").write_text(json.dumps(STAFF))
    process = await _start_program(tmp_path / "staff.json")
    assert process.stdout
    try:
        issuer = json.loads(await asyncio.wait_for(process.stdout.readline(), timeout=30))["issuer"]
        async with siths_client(issuer) as siths:
            assert (await siths.finish(*await begun(siths))).given_name == "Karin"
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), timeout=10) == 0


async def test_as_a_program_it_says_why_it_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINJEN_SIMULATORS", raising=False)
    (tmp_path / "staff.json").write_text(json.dumps(STAFF))
    process = await _start_program(tmp_path / "staff.json")
    _, said = await asyncio.wait_for(process.communicate(), timeout=30)
    assert process.returncode == 2
    assert said.startswith(b"LINJEN_SIMULATORS: ")


async def _start_program(staff_file: Path) -> asyncio.subprocess.Process:
    arguments = ["--staff-file", str(staff_file), "--redirect-uri", REDIRECT_URI]
    arguments += ["--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "linjen.simulators.staff_idp",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
