"""The id that a form makes: the same form twice is one, and another text under the same id is never lost in silence."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import httpx
import pytest

from linjen.core.database import Connection, Database
from linjen.core.errors import Unavailable
from tests.region import Person, Region
from tests.stories.test_actions import add
from tests.stories.test_attestation import ask, sara
from tests.stories.test_handover import pass_on, to
from tests.stories.test_outreach import begin
from tests.stories.test_phrases import OWN
from tests.stories.test_ticket import form, issue

_FIRST, _SECOND = "Det som skrevs först", "Det som skrevs sedan"
_OLD_PAGE = "Sidan var gammal. Det du skrev finns kvar här: skicka igen."

Send = Callable[[Person, Region, UUID, str], Awaitable[httpx.Response]]


async def _note(who: Person, region: Region, form_id: UUID, text: str, case: str = "held_by_karin") -> httpx.Response:
    data = {"note": text, "note_id": str(form_id)}
    return await who.post(f"/clinic/cases/{region.cases[case]}/notes", data)


async def _action(who: Person, region: Region, form_id: UUID, text: str, case: str = "held_by_karin") -> httpx.Response:
    return await add(who, region.cases[case], text=text, action_id=form_id)


async def _asked(who: Person, region: Region, form_id: UUID, text: str, case: str = "held_by_karin") -> httpx.Response:
    return await ask(who, region.cases[case], sara(), form_id, attest_note=text)


async def _handover(
    who: Person, region: Region, form_id: UUID, text: str, case: str = "held_by_karin"
) -> httpx.Response:
    return await pass_on(who, region.cases[case], to("physician"), note=text, handover_id=str(form_id))


async def _ticket(who: Person, region: Region, form_id: UUID, text: str, case: str = "held_by_karin") -> httpx.Response:
    return await issue(who, region.cases[case], form(note=text, ticket_id=str(form_id)))


async def _begun(who: Person, region: Region, form_id: UUID, text: str) -> httpx.Response:
    return await begin(who, region.actors.residents["gustav"], text=text, case_id=str(form_id))


async def _phrase(who: Person, region: Region, form_id: UUID, text: str) -> httpx.Response:
    return await who.post(OWN, {"title": "Vi ses", "short": "", "body": text, "phrase_id": str(form_id)})


_OF_CASES = {
    "note": ("notes", _note), "action": ("actions", _action), "attestation": ("attestations", _asked),
    "handover": ("handovers", _handover), "ticket": ("tickets", _ticket),
}  # fmt: skip
_ALL: dict[str, tuple[str, Send]] = {
    **_OF_CASES, "outreach": ("cases where begun_by is not null", _begun),
    "phrase": ("phrases where staff_id is not null", _phrase),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(_ALL))
async def test_another_text_under_the_same_id_is_given_back_and_sent_by_the_next_press(
    region: Region, name: str
) -> None:
    karin, form_id = await region.staff("karin", "ankaret"), uuid4()
    table, send = _ALL[name]
    before = await region.value(f"select count(*) from {table}")
    assert (await send(karin, region, form_id, _FIRST)).status_code == 303
    assert (await send(karin, region, form_id, _FIRST)).status_code == 303, "the same once more is one"
    again = await send(karin, region, form_id, _SECOND)
    assert again.status_code == 409
    assert _SECOND in again.text
    if name == "handover":  # it has left her hands, so that there is nothing to press again
        assert "Ärendet är redan överlämnat" in again.text
        return
    assert _OLD_PAGE in again.text
    assert str(form_id) not in again.text, "the form that is drawn anew has an id of its own"
    assert await region.value(f"select count(*) from {table}") == int(str(before)) + 1
    fresh = re.findall(r'name="(?:\w+_id)" value="([0-9a-f-]{36})"', again.text)
    assert len(fresh) == 1
    assert (await send(karin, region, UUID(fresh[0]), _SECOND)).status_code == 303
    assert await region.value(f"select count(*) from {table}") == int(str(before)) + 2


@pytest.mark.parametrize("name", sorted(_OF_CASES))
async def test_an_id_of_another_case_is_refused_and_what_was_written_stays(region: Region, name: str) -> None:
    karin, form_id = await region.staff("karin", "ankaret"), uuid4()
    assert (await karin.post(f"/clinic/cases/{region.cases['waiting']}/claims")).status_code == 303
    table, send = _OF_CASES[name]
    before = await region.value(f"select count(*) from {table}")
    assert (await send(karin, region, form_id, _FIRST)).status_code == 303
    answer = await send(karin, region, form_id, _SECOND, "waiting")
    assert answer.status_code == 422
    assert _SECOND in answer.text
    assert _OLD_PAGE in answer.text
    assert await region.value(f"select count(*) from {table}") == int(str(before)) + 1


async def test_another_receiver_or_another_message_to_the_patient_is_no_double_press(region: Region) -> None:
    karin, case_id, same = await region.staff("karin", "ankaret"), region.cases["held_by_karin"], str(uuid4())
    first = {"handover_id": same, "note": _FIRST, "tell": "Du hör av oss"}
    assert (await pass_on(karin, case_id, to("physician"), **first)).status_code == 303
    assert (await pass_on(karin, case_id, to("physician"), **first)).status_code == 303
    told = await pass_on(karin, case_id, to("physician"), **first | {"tell": "Läkaren ringer dig i morgon"})
    assert told.status_code == 409
    assert "Läkaren ringer dig i morgon" in told.text
    assert (await pass_on(karin, case_id, to("physiotherapist"), **first)).status_code == 409


async def test_a_second_comment_on_what_is_attested_already_is_told_and_stays(region: Region) -> None:
    karin, sara_, form_id = await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), uuid4()
    case_id = region.cases["held_by_karin"]
    await ask(karin, case_id, sara(), form_id)
    url = f"/clinic/cases/{case_id}/attestations/{form_id}/answers"
    assert [(await sara_.post(url, {"comment": _FIRST})).status_code for _ in range(2)] == [303, 303]
    second = await sara_.post(url, {"comment": _SECOND})
    assert second.status_code == 409
    assert _SECOND in second.text


def _away(_: Database) -> contextlib.AbstractAsyncContextManager[Connection]:
    raise Unavailable("database_unreachable")


async def test_what_was_written_is_shown_again_where_the_database_is_away(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    karin.http.headers["accept-language"] = "en"
    case_id = region.cases["held_by_karin"]
    monkeypatch.setattr(Database, "connection", _away)
    answer = await _note(karin, region, uuid4(), _FIRST)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert _FIRST in answer.text
    assert "Tjänsten är tillfälligt stängd" in answer.text, "Swedish for staff, whatever the browser asks for"
    hers = await gustav.post(f"/cases/{case_id}/messages", {"text": _SECOND, "message_id": str(uuid4())})
    assert hers.status_code == 503
    assert _SECOND in hers.text
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    other = await karin.http.post(f"/clinic/cases/{case_id}/notes", data={"note": _FIRST}, headers=foreign)
    assert _FIRST not in other.text
