"""Every page that staff can open is walked in a browser; a new one has a line in tests/browser/test_clinic_pages.py."""

from __future__ import annotations

import re

from linjen.web.pages import all_pages
from tests.browser.test_clinic_pages import walked

#: What the walks need not open: files, what a script fetches, pages before the sign-in, and the triage's own content.
_ELSEWHERE = re.compile(
    r"/clinic(/sign-in.*|/units|/chats|/phrase-list)?|/clinic/cases/\{case_id:str\}/pictures/.*|.*/stream|.*export"
    r"|/manage/triage.*"
)


def _kinds() -> set[str]:
    """The addresses of all pages that staff can open, with a star for what is between."""
    found = set()
    for handler in all_pages():
        for path in handler.paths:
            staff = path.startswith(("/clinic", "/manage"))
            if staff and "GET" in {str(one) for one in handler.http_methods} and not _ELSEWHERE.fullmatch(path):
                found.add(re.sub(r"\{[^}]*\}", "*", path))
    return found


def test_the_walks_go_to_every_page_that_staff_can_open() -> None:
    assert len(_kinds()) > 50
    assert _kinds() - walked() == set(), "a page that no walk opens"
