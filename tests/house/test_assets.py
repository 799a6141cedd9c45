"""What goes to the browser as one: nothing is left out, nothing is sent twice, and the joined script is a script."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from linjen.web.assets import JOINED_MODULES, JOINED_SHEETS, STATIC, content_of, names

_TEMPLATES = sorted(STATIC.parent.rglob("*.html"))
_EXPORTED = re.compile(r"^export (?:async )?(?:function|const) (\w+)", re.MULTILINE)
_TELL_EXPORTS = (
    "globalThis.document = { getElementById() {} }; console.log(Object.keys(await import('./one.mjs')).sort().join())"
)
_ASKED = re.compile(r"static\(['\"]([\w./-]+)['\"]\)")


def asked_for() -> set[str]:
    """Every file that a template asks for by its name."""
    return {name for one in _TEMPLATES for name in _ASKED.findall(one.read_text("utf-8"))}


def test_every_sheet_reaches_a_page_and_by_one_way() -> None:
    inside = [name for parts in JOINED_SHEETS.values() for name in parts]
    assert len(inside) == len(set(inside))
    sheets = {f"css/{one.name}" for one in STATIC.glob("css/*.css")}
    asked = {name for name in asked_for() if name.startswith("css/")}
    assert asked == (sheets - set(inside)) | JOINED_SHEETS.keys()


def test_a_page_asks_for_nothing_that_is_not_sent() -> None:
    assert asked_for() <= names()
    assert not any(name in names() for parts in JOINED_SHEETS.values() for name in parts)


@pytest.mark.parametrize("name", JOINED_MODULES)
def test_modules_that_are_joined_import_nothing_and_export_by_declaration(name: str) -> None:
    for part in JOINED_MODULES[name]:
        source = (STATIC / part).read_text("utf-8")
        assert not re.search(r"^import\b|^export (default|\{|\*|let|class)|^\} from", source, re.MULTILINE), part
        assert re.search(r"^export ", source, re.MULTILINE), part


@pytest.mark.parametrize("name", JOINED_MODULES)
def test_a_joined_script_is_read_and_exports_what_its_parts_do(name: str, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed here")
    (tmp_path / "one.mjs").write_bytes(content_of(name))
    sources = ((STATIC / part).read_text("utf-8") for part in JOINED_MODULES[name])
    wanted = sorted(found for one in sources for found in _EXPORTED.findall(one))
    done = subprocess.run(
        [node, "--input-type=module", "-e", _TELL_EXPORTS], cwd=tmp_path, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.stdout.strip().split(",") == wanted, done.stderr
