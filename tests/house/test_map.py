"""docs/map.md is the captions of all modules; `python -m tests.house.test_map` writes it anew."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/linjen"
MAP = ROOT / "docs/map.md"


def draw_map() -> str:
    """The map: a heading per folder, a line per module."""
    lines = ["# Map of the house", "", "Generated from each module's first line: `python -m tests.house.test_map`."]
    folder = None
    for path in sorted(SOURCE.rglob("*.py"), key=lambda path: (path.parent, path.name)):
        if path.parent != folder:
            folder = path.parent
            lines += ["", f"## {folder.relative_to(SOURCE.parent)}"]
            caption = (
                (ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or "")
                if (folder / "__init__.py").exists()
                else ""
            )
            if caption:
                lines.append(caption.splitlines()[0])
            lines.append("")
        if path.name != "__init__.py":
            caption = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
            lines.append(f"- `{path.name}` {caption.splitlines()[0] if caption else ''}")
    return "\n".join(lines) + "\n"


def test_the_map_is_up_to_date() -> None:
    assert MAP.read_text("utf-8") == draw_map(), "run python -m tests.house.test_map"


if __name__ == "__main__":
    MAP.write_text(draw_map(), "utf-8")
