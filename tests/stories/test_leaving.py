"""Inför stängning: what is suggested follows whose turn it is, and what the patient is told the hour and the choice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from types import SimpleNamespace
from uuid import UUID

import pytest

from linjen.demo.world import id_of
from linjen.web.clinic.moves import leaving
from linjen.web.clinic.moves.day_end import Closing
from linjen.web.clinic.waiting import ledger
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does

#: A Tuesday and its next day: Ankaret is open 8–16, and its staff leaves at 16.30, Swedish winter time.
_MORNING = datetime(2026, 11, 24, 9, 56, tzinfo=UTC)
_NEAR, _LATE = _MORNING.replace(hour=14, minute=20), _MORNING.replace(hour=17)
_KIND = "select v.kind || ' ' || v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
_DAYS = "select v.until_on - current_date from cases c join visits v on v.id = c.visit_id where c.id = $1"
_TURN = "select turn from cases where id = $1"
_NIGHT, _PAST_MIDNIGHT = _MORNING.replace(hour=21, minute=18), _MORNING.replace(hour=23, minute=30)
_CLOSES, _TAKES_OVER = "Vi stänger för dagen", "Jag behöver lämna nu. En kollega tar över ditt ärende"


def _at(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """Let this page be read at an instant; everything else goes on by the real clock, as sessions must."""
    monkeypatch.setattr(leaving, "clock", SimpleNamespace(now=lambda: at))


async def _case(region: Region, *, turn: str = "staff", level: int = 3, since: datetime = _MORNING) -> UUID:
    """What Karin holds: opened and read, so that nothing of it is unread."""
    case_id = region.cases["held_by_karin"]
    await owner_does(
        region, f"update cases set turn = '{turn}', turn_at = '{since}', staff_unread = 0 where id = '{case_id}'"
    )
    moved = f"priority = {level}, queued_at = '{since}', claimed_at = '{since}'"
    await owner_does(region, f"update visits set {moved} where case_id = '{case_id}'")
    return case_id


async def _page(karin: Person, case_id: UUID) -> tuple[str, dict[str, str]]:
    """The part of the page that is about the case, and its form as a browser without a script sends it."""
    page = (await karin.get("/clinic/leaving?out=1")).text
    part = page.partition(f'<section class="lj-panel lj-stack" aria-labelledby="c-{case_id}"')[2]
    part = part.partition("</section>")[0]
    chosen, was = re.search(r'value="(\w+)" checked', part), re.search(r'name="was-[^"]*" value="([^"]*)"', part)
    box = re.search(r"<textarea[^>]*>([^<]*)</textarea>", part)
    assert chosen and was and box, page
    names = {"do": chosen[1], "was": was[1], "tell": box[1]}
    return unescape(part), {f"{name}-{case_id}": unescape(value) for name, value in names.items()}


def _warning(part: str) -> str:
    return part.partition('<div class="lj-notice lj-warning lj-tight">')[2].partition("</div>")[0]


async def _told(region: Region, case_id: UUID) -> str:
    return unescape((await (await region.resident("gustav")).get(f"/cases/{case_id}")).text)


async def test_who_leaves_in_the_middle_of_the_day_tells_nobody_that_the_unit_closes(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, _MORNING)
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region, level=2)
    part, form = await _page(karin, case_id)
    assert form[f"do-{case_id}"] == "queue"
    assert _CLOSES not in part, "neither in the box nor in what it changes to"
    assert (await karin.post("/clinic/leaving", form)).status_code == 303
    told = await _told(region, case_id)
    assert _TAKES_OVER in told
    assert _CLOSES not in told


@pytest.mark.parametrize("at", [_NEAR, _LATE])
async def test_near_closing_and_after_it_the_patient_is_told_when_it_is_read_again(
    region: Region, monkeypatch: pytest.MonkeyPatch, at: datetime
) -> None:
    _at(monkeypatch, at)
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region)
    part, form = await _page(karin, case_id)
    assert _TAKES_OVER not in part
    assert (await karin.post("/clinic/leaving", form)).status_code == 303
    told, before, after = await _told(region, case_id), "Vi stänger för dagen", "Vi har stängt för dagen"
    assert f"{after if at == _LATE else before}. En kollega fortsätter med ditt ärende 25 november 2026" in told
    assert (before if at == _LATE else after) not in told


@pytest.mark.parametrize(("at", "turn", "words"), [
    (_MORNING, "resident", "Jag behöver lämna nu, men jag är kvar"), (_NEAR, "resident", "Vi stänger för dagen, men"),
    (_NIGHT, "resident", "Vi har stängt för dagen, men jag är kvar"), (_NIGHT, "staff", "Vi har stängt för dagen. En"),
    (_PAST_MIDNIGHT, "resident", "Jag behöver lämna nu, men jag är kvar"),
])  # fmt: skip
async def test_why_she_goes_is_said_in_words_that_are_true_at_the_hour(
    region: Region, monkeypatch: pytest.MonkeyPatch, at: datetime, turn: str, words: str
) -> None:
    _at(monkeypatch, at)
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region, turn=turn, since=at)
    assert (await _page(karin, case_id))[1][f"tell-{case_id}"].startswith(words)


async def test_an_urgent_case_at_night_says_that_nobody_is_there_before_its_time_is_out_and_what_to_do(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Level 2 has two hours, and the unit opens at eight: nobody goes on with it, whatever the queue is called."""
    _at(monkeypatch, _NIGHT)
    karin = await region.staff("karin", "ankaret")
    case_id = await _case(region, level=2, since=_NIGHT - timedelta(minutes=11))
    part, form = await _page(karin, case_id)
    warning = _warning(part)
    for words in (
        "Ärendet har brådskandegrad 2.", "Svarstiden går ut i morgon kl. 00.07.",
        "Ingen är på enheten förrän den öppnar i morgon kl. 08.00.", "Kontakta patienten nu, innan du går: ring,",
        "1177, en jourmottagning eller 112",
    ):  # fmt: skip
        assert words in warning
    assert part.count("Svarstiden går ut") == 1
    assert "låt en kollega ta över" not in part
    assert "Lägg tillbaka i kön, en kollega fortsätter när enheten öppnar i morgon kl. 08.00" in part
    assert (await karin.post("/clinic/leaving", form)).status_code == 303, "she is warned, and not held back"
    assert "Vänta inte till dess om du behöver hjälp tidigare: ring 1177" in await _told(region, case_id)


@pytest.mark.parametrize(("level", "turn", "since", "words"), [
    (3, "staff", _NIGHT - timedelta(hours=20), "Svarstiden går ut i morgon kl. 02.18."),
    (3, "staff", _NIGHT - timedelta(hours=25), "Svarstiden gick ut i dag kl. 21.18."),
    (2, "resident", _NIGHT, "Ärendet har brådskandegrad 2 och ska inte bli liggande."),
])  # fmt: skip
async def test_what_else_waits_past_its_time_at_night_is_warned_about(
    region: Region, monkeypatch: pytest.MonkeyPatch, level: int, turn: str, since: datetime, words: str
) -> None:
    _at(monkeypatch, _NIGHT)
    karin = await region.staff("karin", "ankaret")
    part, _ = await _page(karin, await _case(region, level=level, turn=turn, since=since))
    warning = _warning(part)
    assert words in warning
    assert "Ingen är på enheten förrän den öppnar i morgon kl. 08.00." in warning
    assert ("Omprioritera ärendet innan du går" in warning) == (level == 3)
    assert ("Kontakta patienten nu" in warning) == (level == 2)
    assert "lägg tillbaka ärendet i kön" not in part, "as if somebody were there"


@pytest.mark.parametrize(("at", "level", "since"), [
    (_MORNING, 2, _MORNING), (_MORNING, 3, _MORNING - timedelta(hours=30)), (_NIGHT, 3, _NIGHT), (_NEAR, 4, _NEAR),
])  # fmt: skip
async def test_who_leaves_colleagues_or_what_can_wait_until_they_come_is_not_warned(
    region: Region, monkeypatch: pytest.MonkeyPatch, at: datetime, level: int, since: datetime
) -> None:
    _at(monkeypatch, at)
    karin = await region.staff("karin", "ankaret")
    part, _ = await _page(karin, await _case(region, level=level, since=since))
    assert "Ingen är på enheten" not in part
    assert "ingen på enheten" not in part
    assert ("en kollega fortsätter när enheten öppnar" in part) == (at == _NIGHT)


async def test_near_closing_the_warning_says_when_the_staff_leaves(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, _NEAR)
    karin = await region.staff("karin", "ankaret")
    warning = _warning((await _page(karin, await _case(region, level=2, since=_NEAR)))[0])
    assert "Personalen går kl. 16.30. Sedan är ingen på enheten förrän den öppnar i morgon kl. 08.00." in warning


async def test_to_wait_is_suggested_only_where_the_patient_is_to_speak(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, _MORNING)
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region)
    part, form = await _page(karin, case_id)
    assert form[f"do-{case_id}"] == "queue", "what is opened is not answered"
    assert "Patienten väntar på svar. Svarstiden går ut " in part
    assert (await karin.say(case_id, "Hur mår du nu?")).status_code == 201
    part, form = await _page(karin, case_id)
    assert form[f"do-{case_id}"] == "async"
    assert "Patienten väntar på svar" not in part
    assert "Gör asynkront till 27 november 2026" in part
    gustav = await region.resident("gustav")
    assert (await gustav.say(case_id, "Sämre.")).status_code == 201
    assert (await _page(karin, case_id))[1][f"do-{case_id}"] == "queue"


async def test_an_unanswered_case_is_promised_an_answer_before_its_deadline(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Level 3 is answered within 24 hours, so 10.56 of the next day is the last that can be promised."""
    _at(monkeypatch, _MORNING)
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region)
    part, form = await _page(karin, case_id)
    assert "Gör asynkront till 25 november 2026 kl. 10.56" in part
    assert (await karin.post("/clinic/leaving", form | {f"do-{case_id}": "async"})).status_code == 303
    assert await region.value(_DAYS, case_id) == 1
    assert "Du får svar av mig senast 25 november 2026 kl. 10.56." in await _told(region, case_id)
    assert await region.value(_TURN, case_id) == "staff", "a promise is no answer"


async def test_what_cannot_be_answered_in_time_is_not_made_asynchronous(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, _MORNING)
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region, since=_MORNING - timedelta(hours=20))
    part, form = await _page(karin, case_id)
    assert 'value="async"' not in part
    assert "svarstiden går ut innan du är här igen" in part
    answer = await karin.post("/clinic/leaving", form | {f"do-{case_id}": "async", f"tell-{case_id}": "Mina ord"})
    assert answer.status_code == 409
    assert "Mina ord" in answer.text
    assert await region.value(_KIND, case_id) == "drop_in in_progress"


@pytest.mark.parametrize("turn", ["staff", "resident"])
async def test_of_an_urgent_case_a_warning_stands_before_the_choice_and_it_can_be_chosen(
    region: Region, monkeypatch: pytest.MonkeyPatch, turn: str
) -> None:
    _at(monkeypatch, _MORNING)
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region, turn=turn, level=2)
    part, form = await _page(karin, case_id)
    assert form[f"do-{case_id}"] == "queue"
    said = part.partition('<div class="lj-notice lj-warning lj-tight">')[2].partition("Gör asynkront till 25 nov")[0]
    assert "Ärendet har brådskandegrad 2" in said
    assert ("patienten har inte fått svar" in said) == (turn == "staff")
    assert (await karin.post("/clinic/leaving", form | {f"do-{case_id}": "async"})).status_code == 303
    assert await region.value(_KIND, case_id) == "async in_progress"


@pytest.mark.parametrize(("turn", "drawn", "chosen", "told", "not_told"), [
    ("resident", "async", "queue", _TAKES_OVER, "så läser jag det senast"),
    ("staff", "queue", "async", "Du får svar av mig senast", "En kollega tar över"),
])  # fmt: skip
async def test_without_a_script_too_what_is_sent_fits_what_was_chosen(
    region: Region, monkeypatch: pytest.MonkeyPatch, turn: str, drawn: str, chosen: str, told: str, not_told: str
) -> None:
    _at(monkeypatch, _MORNING)
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region, turn=turn)
    _, form = await _page(karin, case_id)
    assert form[f"do-{case_id}"] == drawn
    assert (await karin.post("/clinic/leaving", form | {f"do-{case_id}": chosen})).status_code == 303
    page = await _told(region, case_id)
    assert told in page
    assert not_told not in page


@pytest.mark.parametrize("words", ["Jag ringer dig i morgon.", ""])
async def test_what_she_has_written_herself_is_sent_whatever_she_chooses(
    region: Region, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    _at(monkeypatch, _MORNING)
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region, turn="resident")
    said = "select count(*) from messages where case_id = $1 and by_kind = 'staff'"
    before = int(str(await region.value(said, case_id)))
    _, form = await _page(karin, case_id)
    form |= {f"do-{case_id}": "queue", f"tell-{case_id}": words}
    assert (await karin.post("/clinic/leaving", form)).status_code == 303
    assert await region.value(said, case_id) == before + bool(words)
    page = await _told(region, case_id)
    assert words in page
    assert _TAKES_OVER not in page


async def test_an_untouched_pass_twice_is_one_message(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    _at(monkeypatch, _MORNING)
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region, turn="resident")
    said = "select count(*) from messages where case_id = $1 and by_kind = 'staff'"
    before = int(str(await region.value(said, case_id)))
    _, form = await _page(karin, case_id)
    for number, choice in enumerate(("async", "queue"), 1):
        sent = form | {f"do-{case_id}": choice}
        assert [(await karin.post("/clinic/leaving", sent)).status_code for _ in range(2)] == [303, 303], choice
        assert await region.value(said, case_id) == before + number


async def test_a_promise_with_a_word_changed_is_still_no_answer(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, _MORNING)
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region)
    _, form = await _page(karin, case_id)
    words = form[f"tell-{case_id}"] + " Hälsningar Karin"
    assert (
        await karin.post("/clinic/leaving", form | {f"do-{case_id}": "async", f"tell-{case_id}": words})
    ).status_code == 303
    assert "Hälsningar Karin" in await _told(region, case_id)
    assert await region.value(_TURN, case_id) == "staff"


async def test_the_page_of_one_case_promises_without_answering_too(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region)
    page = unescape((await karin.get(f"/clinic/cases/{case_id}/asynchronous")).text)
    own = re.search(r"<textarea[^>]*>([^<]*)</textarea>", page)
    assert own
    changed = own[1].replace("senast", "allra senast", 1) + " Hälsningar Karin"
    for words, turn in ((own[1], "staff"), (changed, "staff"), ("Det låter bra. Vila i dag.", "resident")):
        await karin.post(f"/clinic/cases/{case_id}/asynchronous", {"days": "2", "tell": words})
        assert await region.value(_TURN, case_id) == turn


@pytest.mark.parametrize(("turn", "level", "said"), [
    ("staff", 3, ["Patienten väntar på svar"]), ("resident", 2, ["Ärendet har brådskandegrad 2"]), ("resident", 3, []),
])  # fmt: skip
async def test_the_page_of_one_case_warns_of_what_should_not_wait(
    region: Region, turn: str, level: int, said: list[str]
) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region, turn=turn, level=level)
    page = (await karin.get(f"/clinic/cases/{case_id}/asynchronous")).text
    assert [one for one in ("Patienten väntar på svar", "Ärendet har brådskandegrad 2") if one in page] == said


async def test_before_a_pause_in_the_day_the_patient_is_told_of_the_same_day(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, _MORNING)
    karin, case_id = await region.staff("karin", "ankaret"), await _case(region)
    unit = f"unit_id = '{id_of('unit/ankaret')}'"
    await owner_does(region, f"update opening_hours set closes = '11:30' where {unit}")
    await owner_does(
        region, f"insert into opening_hours select unit_id, weekday, '12:30', '16:00' from opening_hours where {unit}"
    )
    _, form = await _page(karin, case_id)
    assert "En kollega tar över ditt ärende i dag när vi öppnar igen kl. 12.30" in form[f"tell-{case_id}"]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (_MORNING, "Enheten är öppen till kl. 16.00."),
        (_NEAR, "Enheten stänger kl. 16.00. Personalen är kvar till kl. 16.30."),
        (_LATE, "Enheten är stängd. Den öppnar i morgon kl. 08.00."),
    ],
)
async def test_the_page_says_at_any_hour_where_the_unit_stands_in_its_day(
    region: Region, monkeypatch: pytest.MonkeyPatch, at: datetime, words: str
) -> None:
    _at(monkeypatch, at)
    karin = await region.staff("karin", "ankaret")
    await _case(region)
    assert words in (await karin.get("/clinic/leaving")).text


async def test_the_ledger_says_when_the_unit_closes_and_its_staff_leaves(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2026, 5, 15, 14, tzinfo=UTC)
    karin = await region.staff("karin", "ankaret")
    for near, words in (
        (Closing(at, at + timedelta(minutes=30)), "Enheten stänger kl. 16.00. Personalen är kvar till kl. 16.30."),
        (Closing(None, at), "Enheten har stängt. Personalen är kvar till kl. 16.00."),
    ):
        monkeypatch.setattr(ledger, "closing_near", lambda *_, near=near: near)
        assert words in (await karin.get("/clinic/ledger")).text
    monkeypatch.setattr(ledger, "closing_near", lambda *_: None)
    assert "Personalen är kvar" not in (await karin.get("/clinic/ledger")).text
