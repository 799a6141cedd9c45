"""Nothing written goes unread: every later message is heard, in order and once, whoever holds the case or closes it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from linjen.cases.alarms.alarm_counts import measure_listening
from linjen.cases.alarms.alarms import list_alarms
from linjen.core.ids import new_id
from linjen.triage.own_words.listening import Listener
from linjen.triage.own_words.unheard import FAULT, LANGUAGE
from tests.region import Person, Region
from tests.stories.test_clinic_case import read

CHEST, FAINT = "Nu har jag jätteont i bröstet", "Jag svimmade nyss"
_WITHIN_S = 25


async def heard(region: Region, case_id: UUID, wanted: int) -> list[tuple[str, str]]:
    """(code, quote) of what was heard in a case's chat, in order, once there is so much of it."""
    async with asyncio.timeout(_WITHIN_S):
        while True:
            async with region.site.database.transaction() as db:
                alarms = [one for one in await list_alarms(db, region.site.sealer, case_id) if one.in_chat]
            if len(alarms) >= wanted:
                return [(one.code, one.quote) for one in alarms]
            await asyncio.sleep(0.1)


async def all_read(region: Region) -> None:
    """Wait until nothing is left to be heard."""
    async with asyncio.timeout(_WITHIN_S):
        while True:
            async with region.site.database.connection() as db:
                if not (await measure_listening(db)).unheard:
                    return
            await asyncio.sleep(0.1)


async def state_of(region: Region, case_id: UUID) -> tuple[object, object]:
    """The case's priority and state."""
    row = await region.site.database.fetch_row("select priority, state from visits where case_id = $1", case_id)
    assert row is not None
    return row["priority"], row["state"]


@asynccontextmanager
async def deaf(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """No process that listens can be reached."""

    async def gone(_: Listener, texts: Sequence[str]) -> list[dict[str, str]]:
        raise OSError("no such process")

    with monkeypatch.context() as patch:
        patch.setattr(Listener, "_ask", gone)
        yield


async def waiting(region: Region) -> tuple[UUID, Person]:
    """A case of low urgency that nobody holds, and its writer."""
    case_id = region.cases["waiting"]
    await region.site.database.execute("update visits set priority = 5 where case_id = $1", case_id)
    return case_id, await region.resident("astrid")


async def test_what_is_written_while_nothing_can_listen_is_heard_afterwards_in_order_and_once(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, astrid = await waiting(region)
    async with deaf(monkeypatch):
        for text in (FAINT, "Hur länge måste jag vänta?", CHEST):
            assert (await astrid.say(case_id, text)).status_code == 201
        await asyncio.sleep(2.5)
        async with region.site.database.connection() as db:
            waits = await measure_listening(db)
        assert waits.unheard == 3
        assert waits.oldest_s > 1
        assert await state_of(region, case_id) == (5, "queued")
    found = await heard(region, case_id, 2)
    await all_read(region)
    found = await heard(region, case_id, 2)
    assert found[0] == ("gen.syncope", "Jag svimmade nyss")
    assert "chest.pain" in {code for code, _ in found[1:]}
    assert len(found) == len(set(found)), "each was heard once"
    assert (await state_of(region, case_id))[0] in {1, 2}
    messages = "select count(*) from events where case_id = $1 and kind = 'alarm_heard'"
    assert await region.value(messages, case_id) == 2, "one row for each message that spoke of something"


async def test_one_message_that_cannot_be_read_is_shown_to_staff_and_holds_up_nobody(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, astrid = await waiting(region)
    ask = Listener._ask

    async def fragile(self: Listener, texts: Sequence[str]) -> list[dict[str, str]]:
        if any("knepigt" in text for text in texts):
            raise ValueError("as many answers as texts")
        return await ask(self, texts)

    monkeypatch.setattr(Listener, "_ask", fragile)
    await astrid.say(case_id, "Det här är knepigt att läsa")
    await astrid.say(case_id, CHEST)
    found = await heard(region, case_id, 2)
    assert found[0] == (FAULT, "Det här är knepigt att läsa")
    assert "chest.pain" in {code for code, _ in found[1:]}
    page = await read(await region.staff("karin", "ankaret"), case_id)
    assert "Linjen kunde inte läsa meddelandet. Läs det själv." in page


async def test_a_message_in_english_is_heard_and_one_in_another_language_is_told_to_staff(region: Region) -> None:
    case_id, astrid = await waiting(region)
    await astrid.say(case_id, "I have severe chest pain and can hardly breathe")
    assert "chest.pain" in {code for code, _ in await heard(region, case_id, 1)}
    before = len(await heard(region, case_id, 1))
    await astrid.say(case_id, "Ho un forte dolore al petto e non riesco a respirare")
    found = await heard(region, case_id, before + 1)
    assert found[-1] == (LANGUAGE, "Ho un forte dolore al petto e non riesco a respirare")
    page = await read(await region.staff("karin", "ankaret"), case_id)
    assert "Skrivet på ett språk som Linjen inte läser" in page
    assert "Brådskande ord i chatten:" in page


async def test_two_signs_in_one_message_are_two_alarms_and_the_most_urgent_decides(region: Region) -> None:
    case_id, astrid = await waiting(region)
    await astrid.say(case_id, "Jag har svimmat två gånger och vill inte leva längre")
    codes = {code for code, _ in await heard(region, case_id, 2)}
    assert {"gen.syncope", "psych.suicidal"} <= codes
    levels = await region.value("select min(level) from alarms where case_id = $1", case_id)
    assert (await state_of(region, case_id))[0] == levels
    assert await region.value("select count(*) from events where case_id = $1 and kind = 'alarm_heard'", case_id) == 1


async def test_the_same_words_twice_are_two_messages_and_the_second_is_shown_too(region: Region) -> None:
    case_id, astrid = await waiting(region)
    await astrid.say(case_id, FAINT)
    await heard(region, case_id, 1)
    await astrid.say(case_id, FAINT)
    assert await heard(region, case_id, 2) == [("gen.syncope", "Jag svimmade nyss")] * 2


async def test_a_message_that_is_sent_again_with_the_same_id_is_heard_once_and_cannot_be_changed(
    region: Region,
) -> None:
    case_id, astrid = await waiting(region)
    message_id = new_id()
    for text in (FAINT, FAINT, "Jag mår bra"):
        await astrid.say(case_id, text, message_id)
    await all_read(region)
    assert await heard(region, case_id, 1) == [("gen.syncope", "Jag svimmade nyss")]
    stored = await region.value("select count(*) from messages where case_id = $1 and by_kind = 'resident'", case_id)
    assert stored == 2, "the opening and one message"


async def test_a_round_that_is_repeated_after_a_fault_writes_nothing_twice(region: Region) -> None:
    case_id, astrid = await waiting(region)
    await astrid.say(case_id, FAINT)
    await heard(region, case_id, 1)
    events = "select count(*) from events where case_id = $1 and kind = 'alarm_heard'"
    before = await region.value(events, case_id)
    await region.site.database.execute("update event_cursors set txid = '3', id = 0 where name = 'listening'")
    await all_read(region)
    assert await heard(region, case_id, 1) == [("gen.syncope", "Jag svimmade nyss")]
    assert await region.value(events, case_id) == before


async def test_an_empty_message_is_not_sent_so_nothing_is_there_to_be_read(region: Region) -> None:
    case_id, astrid = await waiting(region)
    assert (await astrid.say(case_id, "   \n")).status_code == 422
    assert await region.value("select count(*) from messages where case_id = $1", case_id) == 1


async def test_a_case_that_was_given_back_is_raised_in_the_ledger_for_everybody(region: Region) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    await region.site.database.execute("update visits set priority = 4 where case_id = $1", case_id)
    assert (await karin.post(f"/clinic/cases/{case_id}/releases")).status_code == 303
    async with bo.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        await gustav.say(case_id, CHEST)
        _, _, row = await ear.wait_for("row", f'id="case-{case_id}" class="lj-row-1"', within_s=_WITHIN_S)
    assert 'data-state="queued"' in row
    assert CHEST not in row, "a ledger says that it is urgent, never what was written"


async def closed_with_words(region: Region, monkeypatch: pytest.MonkeyPatch, text: str = CHEST) -> UUID:
    """A case that Karin closed before anybody or anything had read the last message."""
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin = await region.staff("karin", "ankaret")
    async with deaf(monkeypatch):
        await gustav.say(case_id, text)
        closing = {"reason": "advice"}
        assert (await karin.post(f"/clinic/cases/{case_id}/closings", closing)).status_code == 303
    return case_id


async def test_what_was_written_before_a_case_was_closed_is_heard_and_stands_above_the_ledger(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    bo = await region.staff("bo", "ankaret")
    async with bo.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        case_id = await closed_with_words(region, monkeypatch)
        before = await region.value("select priority from visits where case_id = $1", case_id)
        await heard(region, case_id, 1)
        await ear.wait_for("reload", within_s=_WITHIN_S)
    assert await state_of(region, case_id) == (before, "closed"), "a closed case stays closed"
    ledger = (await bo.get("/clinic/ledger")).text
    assert "Skrivet innan ärendet avslutades" in ledger
    assert f"/clinic/cases/{case_id}#case-alarms" in ledger
    assert CHEST not in ledger
    shown = await region.value("select shown from access_log where verb = 'ledger' order by id desc limit 1")
    assert case_id in shown  # type: ignore[operator]
    page = (await bo.get(f"/clinic/cases/{case_id}")).text
    assert "Ärendet var redan avslutat" in page
    assert "Ett varningstecken hördes i ett meddelande som kom innan ärendet avslutades" in page
    for action in re.findall(r'action="(/clinic/cases/[^"]+/verdicts)"', page):
        await bo.post(action, {"verdict": "right"})
    assert "Skrivet innan ärendet avslutades" not in (await bo.get("/clinic/ledger")).text
    lena = await region.staff("lena", "lyktan")
    assert str(case_id) not in (await lena.get("/clinic/ledger")).text


async def test_her_own_closed_case_tells_the_resident_to_call_112_and_how_to_go_on(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await closed_with_words(region, monkeypatch)
    await heard(region, case_id, 1)
    gustav = await region.resident("gustav")
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert "Ärendet avslutades innan någon hann läsa det du skrev" in page
    assert 'href="tel:112"' in page
    assert "Sök vård på nytt" in page


async def test_what_she_takes_back_herself_is_heard_too(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, astrid = await waiting(region)
    async with deaf(monkeypatch):
        await astrid.say(case_id, CHEST)
        await astrid.post(f"/cases/{case_id}/withdrawals")
    await heard(region, case_id, 1)
    assert (await state_of(region, case_id))[1] == "closed"
    assert f"/clinic/cases/{case_id}" in (await (await region.staff("karin", "ankaret")).get("/clinic/ledger")).text


async def test_a_case_that_was_closed_after_it_was_heard_does_not_come_back(region: Region) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin = await region.staff("karin", "ankaret")
    await gustav.say(case_id, CHEST)
    await heard(region, case_id, 1)
    alarms = await region.site.database.fetch("select id from alarms where case_id = $1", case_id)
    dealt_with = {"reason": "advice", "dealt_with": "yes", "alarm": [str(row["id"]) for row in alarms]}
    answer = await karin.post(f"/clinic/cases/{case_id}/closings", dealt_with)
    assert answer.status_code == 303
    assert "Skrivet innan ärendet avslutades" not in (await karin.get("/clinic/ledger")).text
    assert 'href="tel:112" class' not in (await gustav.get(f"/cases/{case_id}")).text
    assert "Du skrev" not in (await gustav.get(f"/cases/{case_id}")).text


async def test_the_last_words_of_the_longest_message_are_heard(region: Region) -> None:
    case_id, astrid = await waiting(region)
    text = "Jag har haft ont i foten i en vecka. " * 210 + CHEST
    assert 7_700 < len(text) < 8_000
    await astrid.say(case_id, text)
    assert "chest.pain" in {code for code, _ in await heard(region, case_id, 1)}


async def test_nothing_is_kept_of_a_hit_when_its_event_cannot_be_written(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, astrid = await waiting(region)

    async def broken(*args: object) -> None:
        raise RuntimeError("no events today")

    with monkeypatch.context() as patch:
        patch.setattr("linjen.cases.alarms.listening.record", broken)
        await astrid.say(case_id, CHEST)
        await asyncio.sleep(3)
        assert await region.value("select count(*) from alarms where case_id = $1", case_id) == 0
        assert (await state_of(region, case_id))[0] == 5
    await heard(region, case_id, 1)


async def test_the_open_desk_of_a_case_shows_the_words_and_the_new_level_above_the_talk(region: Region) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    await region.site.database.execute("update visits set priority = 4 where case_id = $1", case_id)
    karin = await region.staff("karin", "ankaret")
    async with karin.listen(f"/clinic/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        await gustav.say(case_id, CHEST)
        _, _, data = await ear.wait_for("alarm_heard", within_s=_WITHIN_S)
    assert data == "alarm_heard", "the stream says that it happened, never what was written"
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    level = page[page.index('id="case-level"') :].split("</span></span>")[0]
    assert "lj-urgency-1" in level
    assert re.search(
        r'id="talk-alarm" data-fresh[^>]*><p class="lj-talk-alarm">.*?<q dir="auto">[^<]*ont i bröstet', page
    )
    await karin.say(case_id, "Jag ringer dig nu.")
    assert "lj-talk-alarm" not in (await karin.get(f"/clinic/cases/{case_id}")).text


async def test_who_works_with_another_case_is_told_that_one_is_urgent_and_nothing_else_of_it(region: Region) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin, lena = await region.staff("karin", "ankaret"), await region.staff("lena", "lyktan")
    mona = await region.staff("mona", "ankaret")
    other, hers, admin = region.cases["waiting"], region.cases["at_lyktan"], region.cases["admin"]
    async with (
        karin.listen(f"/clinic/cases/{other}/stream") as ear,
        lena.listen(f"/clinic/cases/{hers}/stream") as far,
        mona.listen(f"/clinic/cases/{admin}/stream") as secretary,
    ):
        for one in (ear, far, secretary):
            await one.wait_for("hello")
        await gustav.say(case_id, "Jag har blivit lite hes")
        await gustav.say(case_id, CHEST)
        kind, _, data = await ear.wait_for("urgent", within_s=_WITHIN_S)
        assert (kind, data) == ("urgent", "1")
        await asyncio.sleep(0.5)
        for name, one in (("another unit", far), ("a secretary", secretary)):
            assert "urgent" not in {kind for kind, _, _ in one.heard}, name
        assert [kind for kind, _, _ in ear.heard].count("urgent") == 1, "a mild sign disturbs nobody"
