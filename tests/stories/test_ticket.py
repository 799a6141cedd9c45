"""Biljett: the patient goes on to another unit with what the sender chose to send along, and with nothing else."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta
from html import unescape
from uuid import UUID, uuid4

import httpx
import pytest

from linjen.core import clock
from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does

HISTORY = "Hostan har varat i tre veckor, ingen feber"
NOTE = "Önskar bedömning av andningen"
TELL = "Jag ger dig en biljett till Hälsocentralen Lyktan."
_EVENTS = "select count(*) from events where case_id = $1 and kind = $2"


def unit(key: str, resource: str = "") -> str:
    """The value of the page's list."""
    return f"{id_of(f'unit/{key}')}/{resource}" if resource else str(id_of(f"unit/{key}"))


def day(ahead: int = 14) -> str:
    """So many days from now."""
    return (clock.local_date(clock.now()) + timedelta(days=ahead)).isoformat()


def form(to: str = "", **fields: str) -> dict[str, str]:
    """What the dialogue holds when everything is filled in."""
    filled = {"kind": "drop_in", "to": to or unit("lyktan"), "history": HISTORY, "note": NOTE, "last_on": day(),
              "tell": TELL, "ticket_id": str(uuid4())}  # fmt: skip
    return filled | fields


def shown_in(html: str) -> str:
    """The token that a preview carries, '' for another page."""
    found = re.search(r'name="shown" value="([^"]+)"', html)
    return unescape(found[1]) if found else ""


async def preview(person: Person, case_id: UUID, filled: dict[str, str]) -> httpx.Response:
    """Press Förhandsgranska."""
    return await person.post(f"/clinic/cases/{case_id}/tickets", {**filled, "step": "preview"})


async def issue(person: Person, case_id: UUID, filled: dict[str, str]) -> httpx.Response:
    """Look at the preview, and issue just that."""
    shown = shown_in((await preview(person, case_id, filled)).text)
    return await person.post(f"/clinic/cases/{case_id}/tickets", {**filled, "step": "issue", "shown": shown})


async def issued(region: Region, to: str = "", **fields: str) -> UUID:
    """A ticket that Karin has issued from Gustav's case; its id."""
    filled = form(to, **fields)
    answer = await issue(await region.staff("karin", "ankaret"), region.cases["held_by_karin"], filled)
    assert answer.status_code == 303, answer.text
    return UUID(filled["ticket_id"])


async def happened(region: Region, kind: str, case: str = "held_by_karin") -> object:
    """How often a case has had an event."""
    return await region.value(_EVENTS, region.cases[case], kind)


async def state(region: Region, ticket_id: UUID) -> object:
    """How the ticket stands."""
    return await region.value("select state from tickets where id = $1", ticket_id)


async def test_nothing_of_the_history_is_there_until_somebody_copies_it_and_that_is_logged(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    path, filled = f"/clinic/cases/{case_id}/tickets", form(history="", note="")
    page = (await karin.get(path)).text
    box = re.search(r'<textarea[^>]* id="history"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert box is not None
    assert box[1] == ""
    assert "Hälsocentralen Lyktan" in page
    assert "Rehabenheten Exempel, fysioterapeut" in page
    plain = (await preview(karin, case_id, filled)).text
    assert "Ingen anamnes följer med" in plain
    assert "Hostan vill inte ge med sig" not in plain
    copied = await karin.post(path, {**filled, "step": "copy"})
    assert "Hostan vill inte ge med sig" in copied.text
    logged = "select count(*) from access_log where case_id = $1 and verb = 'copy_to_ticket'"
    assert await region.value(logged, case_id) == 1
    assert await region.value("select count(*) from tickets") == 0


async def test_the_preview_shows_exactly_what_leaves_and_only_that_is_issued(region: Region) -> None:
    karin, case_id, filled = await region.staff("karin", "ankaret"), region.cases["held_by_karin"], form()
    page = (await preview(karin, case_id, filled)).text
    for words in (HISTORY, NOTE, TELL, "Lyktan Vård AB", "Gustav Öberg", "Karin Lindqvist", "loggas"):
        assert words in page, words
    assert await region.value("select count(*) from tickets") == 0
    path, shown = f"/clinic/cases/{case_id}/tickets", shown_in(page)
    changed = await karin.post(path, {**filled, "history": "Något annat", "step": "issue", "shown": shown})
    assert "Det här lämnar ärendet" in changed.text
    assert "Något annat" in changed.text
    unseen = await karin.post(path, {**filled, "step": "issue"})
    assert "Det här lämnar ärendet" in unseen.text
    assert await region.value("select count(*) from tickets") == 0
    again = await karin.post(path, {**filled, "step": "edit"})
    assert HISTORY in again.text
    assert 'name="shown"' not in again.text
    assert (await issue(karin, case_id, filled)).headers["location"] == f"/clinic/cases/{case_id}#case-tickets"
    assert await region.value("select count(*) from tickets") == 1


async def test_the_patient_is_told_and_reads_every_word_and_the_disclosure_is_logged(region: Region) -> None:
    case_id, ticket_id = region.cases["held_by_karin"], await issued(region)
    gustav = await region.resident("gustav")
    for path in (f"/cases/{case_id}", "/cases"):
        page = (await gustav.get(path)).text
        for words in ("Biljett till Hälsocentralen Lyktan", HISTORY, NOTE, "Gäller till och med"):
            assert words in page, (path, words)
    assert TELL in (await gustav.get(f"/cases/{case_id}")).text
    english = (await (await _english(region)).get(f"/cases/{case_id}")).text
    assert "Ticket to Hälsocentralen Lyktan" in english
    logged = "select shown from access_log where case_id = $1 and verb = 'disclose_ticket'"
    assert await region.value(logged, case_id) == [ticket_id]
    stored = str(await region.site.database.fetch("select * from tickets"))
    assert HISTORY not in stored
    assert NOTE not in stored
    bo = await region.staff("bo", "ankaret")
    page = (await bo.get(f"/clinic/cases/{case_id}")).text
    assert "Karin Lindqvist skickade en biljett till Hälsocentralen Lyktan hos en annan vårdgivare" in page
    assert "Gäller till och med" in page


async def _english(region: Region) -> Person:
    gustav = await region.resident("gustav")
    await region.site.database.execute("update sessions set language = 'en' where person_id = $1",
                                       region.actors.residents["gustav"])  # fmt: skip
    return gustav


async def test_inside_the_provider_nothing_is_disclosed_and_the_patient_may_go_untold(region: Region) -> None:
    case_id = region.cases["held_by_karin"]
    said = await region.value("select count(*) from messages where case_id = $1", case_id)
    await issued(region, unit("rehab", "physiotherapist"), tell="", kind="booking")
    assert await region.value("select count(*) from messages where case_id = $1", case_id) == said
    assert await region.value("select count(*) from access_log where verb = 'disclose_ticket'") == 0
    assert "tid bokas" in (await (await region.resident("gustav")).get(f"/cases/{case_id}")).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"to": ""}, "Välj en enhet"), ({"to": "hej"}, "Välj en enhet"),
        ({"to": "00000000-0000-4000-8000-000000000000"}, "Välj en enhet"),
        ({"to": "rehab"}, "Välj en enhet"), ({"to": "rehab/nurse"}, "Välj en enhet"),
        ({"to": "lyktan/physician"}, "Välj en enhet"), ({"kind": "visit"}, "Välj drop-in"),
        ({"last_on": "i morgon"}, "Välj en dag"), ({"last_on": "ahead -1"}, "Välj en dag"),
        ({"last_on": "ahead 91"}, "Välj en dag"), ({"tell": " "}, "det ska patienten få veta"),
        ({"note": "o" * 2_001}, "Skriv högst 2000 tecken"), ({"history": "o" * 20_001}, "Skriv högst 20000 tecken"),
    ],
)  # fmt: skip
async def test_what_is_forged_or_missing_is_told_with_everything_that_was_typed(
    region: Region, fields: dict[str, str], words: str
) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    key, _, resource = fields.get("to", "").partition("/")
    if key in {"rehab", "lyktan"}:
        fields = {"to": unit(key, resource)}
    elif fields.get("last_on", "").startswith("ahead"):
        fields = {"last_on": day(int(fields["last_on"].split()[1]))}
    answer = await preview(karin, case_id, form() | fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert (NOTE if "note" not in fields else HISTORY) in answer.text
    assert await region.value("select count(*) from tickets") == 0


async def test_the_same_form_twice_is_one_ticket_and_one_message(region: Region) -> None:
    karin, case_id, filled = await region.staff("karin", "ankaret"), region.cases["held_by_karin"], form()
    shown = shown_in((await preview(karin, case_id, filled)).text)
    said = await region.value("select count(*) from messages where case_id = $1", case_id)
    path, sent = f"/clinic/cases/{case_id}/tickets", {**filled, "step": "issue", "shown": shown}
    answers = await asyncio.gather(*(karin.post(path, sent) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await happened(region, "ticket_issued") == 1
    assert await region.value("select count(*) from messages where case_id = $1", case_id) == int(str(said)) + 1
    await karin.post(f"/clinic/cases/{case_id}/releases")
    assert (await karin.post(path, sent)).status_code == 303  # it left her hands, and was issued before
    assert await region.value("select count(*) from tickets") == 1


async def test_only_the_holder_issues_and_who_comes_late_keeps_what_she_wrote(region: Region) -> None:
    bo, lena = await region.staff("bo", "ankaret"), await region.staff("lena", "lyktan")
    case_id = region.cases["held_by_karin"]
    late = await preview(bo, case_id, form())
    assert late.status_code == 409
    assert HISTORY in late.text
    assert "Karin Lindqvist" in late.text
    assert (await preview(lena, case_id, form())).status_code == 404
    assert (await preview(await region.staff("karin", "ankaret"), region.cases["closed"], form())).status_code == 409
    refused = "select refused from access_log where case_id = $1 and verb = 'issue_ticket' and refused is not null"
    assert await region.value(refused, case_id) in {"not_yours", "case"}
    assert await region.value("select count(*) from tickets") == 0


async def test_its_sender_takes_it_back_also_when_a_colleague_does_and_nobody_else(region: Region) -> None:
    ticket_id = await issued(region)
    path = f"/clinic/tickets/{ticket_id}/withdrawals"
    ulf, lena = await region.staff("ulf", "bjorken"), await region.staff("lena", "lyktan")
    assert (await ulf.post(path)).status_code == 404
    assert (await lena.post(path)).status_code == 409  # she may read it, and return it, but it is not hers to take back
    assert await state(region, ticket_id) == "issued"
    refused = "select count(*) from access_log where verb = 'withdraw_ticket' and refused is not null"
    assert await region.value(refused) == 2
    bo = await region.staff("bo", "ankaret")
    answers = await asyncio.gather(*(bo.post(path) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await state(region, ticket_id) == "cancelled"
    assert await happened(region, "ticket_withdrawn") == 1
    page = (await (await region.resident("gustav")).get(f"/cases/{region.cases['held_by_karin']}")).text
    assert "går inte längre att använda" in page


async def test_without_its_event_nothing_was_issued_and_nothing_withdrawn(region: Region) -> None:
    ticket_id = await issued(region)
    for kind in ("ticket_issued", "ticket_withdrawn"):
        await owner_does(region, f"alter table events add constraint no_{kind} check (kind <> '{kind}') not valid")
    said = "select count(*) from messages where case_id = $1"
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    before = await region.value(said, case_id)
    assert (await issue(karin, case_id, form())).status_code == 500
    assert await region.value("select count(*) from tickets") == 1
    assert await region.value(said, case_id) == before
    assert await region.value("select count(*) from access_log where verb = 'disclose_ticket'") == 1
    assert (await karin.post(f"/clinic/tickets/{ticket_id}/withdrawals")).status_code == 500
    assert await state(region, ticket_id) == "issued"


async def test_a_handover_to_another_provider_is_refused_and_leads_to_the_ticket(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    page = (await karin.get(f"/clinic/cases/{case_id}/handovers")).text
    assert f"/clinic/cases/{case_id}/tickets" in page
    answer = await karin.post(
        f"/clinic/cases/{case_id}/handovers", {"to": f"{unit('lyktan')}/nurse", "handover_id": str(uuid4())}
    )
    assert answer.status_code == 409
    assert "biljett" in answer.text


def test_days_are_days() -> None:
    assert date.fromisoformat(day(1)) > date.fromisoformat(day(0))
