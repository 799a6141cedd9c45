"""A part that never looks at the page it is drawn on is made once; one that does is given each page."""

from __future__ import annotations

from pathlib import Path

from linjen.web.templates import Sources, environment


def source_of(template: str) -> str:
    """A template as the engine gets it."""
    env = environment("sv")
    assert env.loader is not None
    return env.loader.get_source(env, template)[0]


def test_parts_without_the_page_are_imported_once() -> None:
    assert 'from "parts/forms.html" import error_summary %}' in source_of("resident/intake/page.html")


def test_parts_that_show_something_of_the_page_are_given_it() -> None:
    """The form token stands in the macro of the hidden fields."""
    assert 'from "resident/intake/parts.html" import hidden, onward with context %}' in source_of(
        "resident/intake/questions.html"
    )


def test_a_part_that_imports_one_that_asks_for_the_page_asks_for_it_too(tmp_path: Path) -> None:
    parts = {
        "inner": "{% macro a() %}{{ page.csrf }}{% endmacro %}",
        "outer": '{% from "inner.html" import a with context %}{% macro b() %}{{ a() }}{% endmacro %}',
        "plain": '{% macro c(x) %}{{ x }}{{ t("parts.yes") }}{{ caller() }}{% endmacro %}',
        "page": "".join(f'{{% from "{part}.html" import x with context %}}\n' for part in ("inner", "outer", "plain")),
    }
    for name, text in parts.items():
        (tmp_path / f"{name}.html").write_text(text)
    sources = Sources("sv", tmp_path)
    assert sources.get_source(environment("sv"), "page.html")[0].splitlines() == [
        '{% from "inner.html" import x with context %}',
        '{% from "outer.html" import x with context %}',
        '{% from "plain.html" import x %}',
    ]
