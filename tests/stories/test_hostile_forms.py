"""Forms that come back as no page of ours sends them: told in plain words, never a defect, and the rest goes on.

The pages of one unit and of one case are opened as staff, and each field of each of their forms is sent once with what
nobody means. Daily a few of these for each field, in turn; all of them with bin/soak.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import httpx
import pytest
from lxml import html
from structlog.testing import capture_logs

from linjen.demo.world import id_of
from linjen.web import rate
from linjen.web.numbers import whole_number
from tests.region import Person, Region

_UNIT = f"/manage/units/{id_of('unit/ankaret')}"
_MOMENTS = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-12-01T00:00:00")

#: These may take the case away from who holds it: they are tried when the others have been.
_ENDS = ("/closings", "/signposts", "/handovers", "/returns", "/releases", "/asynchronous", "/tickets")

#: What nobody means: unreadable, beyond each column and each calendar, of another shape, and much.
HOSTILE = (
    "\x00", "a\x00b", "9999-12-31", "32768", "2147483648", "9999999999", "9" * 5_000, "-1", "a" * 10_000,
    "0001-01-01", "٣", "²", "1_0", "NaN", "[]", "null", '{"a": 1}', "\u202e\u2066", "%s {0} {name}",
    *_MOMENTS, *(f'[{{"from_at":"{one}","until_at":"{one}","kind":"acute","reason":"x"}}]' for one in _MOMENTS),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _unhurried() -> Iterator[None]:
    rate.forget()
    yield
    rate.forget()


async def send(person: Person, path: str, fields: Mapping[str, Any]) -> httpx.Response:
    """The answer; whatever was sent, it is no defect."""
    with capture_logs() as logs:
        answer = await person.post(path, fields)
    defects = [str(one.get("exc_info")) for one in logs if one["event"] == "defect"]
    assert (answer.status_code < 500, defects) == (True, []), (path, str(fields)[:200], answer.text[:200])
    return answer


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("closures", {"kind": "acute", "from_on": "2031-05-15", "until_on": "9999-12-31", "reason": "x"}),
        *(("closures", {"kind": "acute", "from_on": "2031-05-15", "drawn_at": at, "reason": "x"}) for at in _MOMENTS),
        *(("closures", {"kind": "acute", "from_on": "2031-05-15", "reason": "x", "was": one})
          for one in HOSTILE if one.startswith("[{")),
        ("handovers", {"note": "no", "minutes": "5", "was_note": "no", "was_minutes": "2147483648"}),
        ("handovers", {"note": "no", "minutes": "5", "was_note": "no", "was_minutes": "32768"}),
        ("reply-days", {"days": "3", "was": "9999999999"}), ("reply-days", {"days": "9999999999", "was": "2"}),
        ("chat-limit", {"chats": "3", "was": "9999999999"}), ("message", {"text": "a\x00", "was": ""}),
        ("message", {"text": "Hej", "was": "a\x00"}),
        ("load-limits", {"waiting": "4", "late": "3", "was_late": "99999"}),
    ],
)  # fmt: skip
async def test_a_setting_that_nobody_means_changes_nothing(region: Region, path: str, fields: dict[str, str]) -> None:
    disa = await region.staff("disa")
    assert (await send(disa, f"{_UNIT}/{path}", fields | {"step": "save"})).status_code in {409, 422}
    assert await region.value("select count(*) from setting_versions") == 0


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("priorities", "level"), ("priorities", "was"), ("closings", "drawn_at"), ("triage-verdicts", "verdict"),
        ("interpreters", "was"), ("contacts", "was_phone"), ("keepings", "until"), ("further-questions", "reason"),
        ("invitations", "invite"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("sent", ["\x00", "1234567890", "a" * 300])
async def test_a_hidden_field_of_a_case_that_came_back_otherwise(
    region: Region, path: str, field: str, sent: str
) -> None:
    karin = await region.staff("karin", "ankaret")
    fields = {"level": "2", "why": "Hen är sämre", "reason": "advice", field: sent}
    answer = await send(karin, f"/clinic/cases/{region.cases['held_by_karin']}/{path}", fields)
    assert answer.status_code in {303, 404, 409, 422}


@pytest.mark.parametrize(
    ("phone", "words"),
    [("\x00", "Vi kunde inte läsa"), ("0" * 300, "Vi behöver att du kontrollerar uppgifterna"), ("0701740605", "Välj")],
)
async def test_a_number_to_call_that_is_none(region: Region, phone: str, words: str) -> None:
    gustav, case = await region.resident("gustav"), region.cases["held_by_karin"]
    answer = await send(gustav, f"/cases/{case}/calls", {"call_id": str(uuid4()), "phone": phone, "times": "\x00"})
    assert answer.status_code == 422
    assert words in answer.text


def test_a_number_is_plain_digits_within_bounds() -> None:
    assert [whole_number(one, -1) for one in ("0", "7", "007", "32767")] == [0, 7, 7, 32_767]
    for one in ("", " 7", "-1", "32768", "9" * 5_000, "٣", "²", "1_0", "1e2", "7.0", "\x007"):
        assert whole_number(one, -1) == -1, one


class _Form:
    """A form as its page has drawn it: where it goes, and what it sends when nothing is touched."""

    def __init__(self, page: str, drawn: Any) -> None:
        self.path = urlsplit(urljoin(page, drawn.get("action") or page)).path
        self.fields: dict[str, list[str]] = {}
        for one in drawn.xpath(".//input[@name]|.//select[@name]|.//textarea[@name]|.//button[@name]"):
            self.fields.setdefault(one.get("name"), []).extend(_values(one))

    @property
    def names(self) -> list[str]:
        return [name for name in self.fields if name not in {"csrf", "step"}]


def _values(field: Any) -> list[str]:
    if field.tag == "select":
        chosen = field.xpath(".//option[@selected]/@value") or field.xpath(".//option/@value")
        return [str(one) for one in chosen[:1]]
    if field.tag == "textarea":
        return [field.text or ""]
    if field.get("type") in {"radio", "checkbox"}:
        return [field.get("value", "on")] if field.get("checked") is not None else []
    return [field.get("value") or ""]


async def _forms(person: Person, pages: list[str]) -> AsyncIterator[_Form]:
    """Every form of the pages and of those that they lead to, within the same unit or case; each address once."""
    seen, sent = set(pages), set[str]()
    root = pages[0]
    while pages:
        page = pages.pop(0)
        answer = await person.get(page)
        if answer.status_code != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        tree: Any = html.fromstring(answer.text)
        for drawn in tree.xpath("//main//form"):
            form = _Form(page, drawn)
            if (drawn.get("method") or "get").lower() == "post" and form.path not in sent:
                sent.add(form.path)
                yield form
        for link in tree.xpath("//main//a/@href"):
            path = urlsplit(urljoin(page, link)).path
            if path.startswith(f"{root}/") and path not in seen and not re.search(r"stream|\.(pdf|json)$", path):
                seen.add(path)
                pages.append(path)


async def _attack(person: Person, pages: list[str], many: int) -> set[str]:
    """Send every field of every form with `many` of what nobody means, in turn; the addresses that were tried."""
    turn, tried = 0, set()
    forms = [form async for form in _forms(person, pages)]
    for form in sorted(forms, key=lambda one: one.path.endswith(_ENDS)):
        tried.add(form.path.rsplit("/", maxsplit=1)[-1])
        for name in form.names:
            for _ in range(many):
                rate.forget()
                await send(person, form.path, form.fields | {name: HOSTILE[turn % len(HOSTILE)]})
                turn += 1
    return tried


@pytest.mark.parametrize("many", [1, pytest.param(len(HOSTILE), marks=pytest.mark.soak)])
async def test_no_form_of_a_unit_breaks_by_what_is_sent(region: Region, many: int) -> None:
    tried = await _attack(await region.staff("disa"), [_UNIT], many)
    assert tried >= {"closures", "handovers", "reply-days", "message", "deadlines", "load-limits"}


@pytest.mark.parametrize("many", [1, pytest.param(len(HOSTILE), marks=pytest.mark.soak)])
async def test_no_form_of_a_case_breaks_by_what_is_sent(region: Region, many: int) -> None:
    root = f"/clinic/cases/{region.cases['held_by_karin']}"
    more = ["priorities", "further-questions", "invitations", "keepings", "patient", "visits", "reminders"]
    tried = await _attack(await region.staff("karin", "ankaret"), [root, *(f"{root}/{one}" for one in more)], many)
    assert tried >= {"priorities", "closings", "handovers", "contacts", "interpreters", "asynchronous"}
