"""Hem, Mina ärenden och de andra flikarna: two ways in, an honest clock, and what is hers to go on with."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from linjen.cases.intake.follow_advice import follow_advice
from linjen.cases.waiting.answer_times import Usual
from linjen.core import clock
from linjen.core.ids import new_id
from linjen.demo.world import id_of
from linjen.records.promise import Outlook
from linjen.units.schedule import Closure, Schedule, week_of
from linjen.web.resident.promise_words import promise_for_dialogue, promise_for_new, promise_for_waiting
from linjen.web.words import say
from tests.plain_http import plain_client
from tests.region import Region
from tests.stories.test_ledger import owner_does

WEEK = Schedule(week=week_of("8-16", "8-16", "8-16", "8-16", "8-14.30", "", ""))


def swedish(key: str, **values: object) -> str:
    return say("sv", key, **values)


def at(text: str) -> datetime:
    """An instant of May 2023 on the Swedish clock: "15 09.30" is Monday the 15th."""
    day, wall = text.split()
    return datetime.strptime(f"2023-05-{day} {wall}", "%Y-%m-%d %H.%M").replace(tzinfo=clock.STOCKHOLM)


# -- the clock in words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "now", "answer"),
    [
        ("15 09.30", "Ankaret är öppen nu, till i dag kl. 16.00.", "Ärenden läses nu"),
        ("15 16.10", "svarar på pågående ärenden till i dag kl. 16.30 och öppnar igen i morgon kl. 08.00", "Då börjar"),
        ("15 20.00", "Ankaret är bemannad igen i morgon kl. 08.00.", "Då börjar nya ärenden läsas"),
        ("19 15.30", "Ankaret är bemannad igen på måndag kl. 08.00.", "Då börjar nya ärenden läsas"),
        ("17 22.00", "Ankaret är bemannad igen på fredag kl. 08.00.", "Då börjar nya ärenden läsas"),  # Ascension Day
    ],
)
def test_the_home_page_says_who_is_there_and_when_next(when: str, now: str, answer: str) -> None:
    promise = promise_for_new(WEEK, at(when), swedish, "sv", "Ankaret")
    assert now in promise.now
    assert promise.answer.startswith(answer)


def test_a_closed_unit_says_when_it_opens_and_one_without_hours_points_to_the_phone() -> None:
    paused = Schedule(week=WEEK.week, closures=(Closure(at("15 06.00"), at("17 06.00"), "acute", ""),))
    promise = promise_for_new(paused, at("15 09.30"), swedish, "sv", "Ankaret")
    assert "tillfälligt stängd och öppnar igen på onsdag kl. 08.00" in promise.now
    nothing = promise_for_new(Schedule(week=week_of(*[""] * 7)), at("15 09.30"), swedish, "sv", "Ankaret")
    assert (nothing.now, nothing.answer) == (
        "Ring Ankaret för att få veta när den är bemannad.", "Ring 1177 om du vill ha råd nu.",
    )  # fmt: skip


def test_recent_answers_make_a_time_and_a_time_that_has_passed_is_never_promised() -> None:
    known = Outlook(Usual(60, 20))
    usual = promise_for_new(WEEK, at("15 09.30"), swedish, "sv", "Ankaret", known)
    assert usual.answer == "8 av 10 får svar senast i dag kl. 10.30."
    late = promise_for_waiting(
        WEEK, at("15 09.30"), at("15 11.00"), 3, swedish, "sv", "Ankaret", Outlook(Usual(60, 20))
    )
    assert late.answer.startswith("Just nu tar det längre tid än vanligt")
    night = promise_for_waiting(
        WEEK, at("15 15.50"), at("15 22.00"), 3, swedish, "sv", "Ankaret", Outlook(Usual(60, 20))
    )
    assert night.answer.startswith("Då börjar ditt ärende läsas")


@pytest.mark.parametrize(
    ("urgency", "sent", "now", "late"),
    [
        (2, "15 09.30", "15 11.29", False), (2, "15 09.30", "15 11.31", True),
        (2, "15 06.00", "15 09.59", False),  # nobody was there to read it before eight
        (2, "15 09.30", "15 22.00", True), (1, "15 09.30", "15 11.31", True), (3, "15 09.30", "15 11.31", False),
    ],
)  # fmt: skip
def test_an_urgent_case_that_has_waited_too_long_is_told_so_and_what_to_do(
    urgency: int, sent: str, now: str, late: bool
) -> None:
    promise = promise_for_waiting(
        WEEK, at(sent), at(now), urgency, swedish, "sv", "Ankaret", deadline_minutes=120
    )  # fmt: skip
    assert promise.answer.startswith("Det har tagit längre tid än vi lovade") is late, promise.answer
    if late:
        assert (promise.kind, promise.urgent) == ("warning", True)
        assert f"ring {'112' if urgency == 1 else '1177'} nu" in promise.answer


def test_a_waiting_case_at_night_is_promised_nothing_before_somebody_is_there() -> None:
    promise = promise_for_waiting(WEEK, at("15 09.30"), at("15 22.00"), 3, swedish, "sv", "Ankaret")
    assert promise.now == "Ankaret är bemannad igen i morgon kl. 08.00."
    assert promise.answer.startswith("Då börjar ditt ärende läsas")
    urgent = promise_for_waiting(WEEK, at("15 20.00"), at("15 22.00"), 2, swedish, "sv", "Ankaret")
    assert (urgent.urgent, urgent.kind) == (True, "warning")
    assert "1177" in urgent.answer
    held = promise_for_dialogue(WEEK, at("15 22.00"), swedish, "sv", "Ankaret", "Karin")
    assert "Karin" not in held.answer


# -- pages -----------------------------------------------------------------------------------------------------------


async def test_home_has_the_two_ways_in_the_draft_and_the_open_cases(region: Region) -> None:
    astrid = await region.resident("astrid")
    page = (await astrid.get("/home")).text
    for words in (
        "Hej Astrid", "Sök vård", "Administrativa frågor", 'name="entry" value="symptom"', 'value="admin"',
        "Här görs inga medicinska bedömningar", "Fortsätt", f'/intakes/{region.cases["draft"]}', "Sparas till och med",
        f'/cases/{region.cases["waiting"]}', f'/cases/{region.cases["child"]}', "Gäller Elsa Nyberg", "tel:112",
        "tel:1177", "Hälsocentralen Ankaret är",
    ):  # fmt: skip
        assert words in page, words
    assert str(region.cases["teen"]) not in page
    assert '<q dir="auto">Jag har ont i huvudet</q>' in page, "drafts are told apart by how they begin"


@pytest.mark.parametrize(("when", "words"), [("09.30", "öppen nu"), ("23.00", "bemannad igen i morgon kl. 08.00")])
async def test_the_clock_on_home_follows_the_hour(
    region: Region, monkeypatch: pytest.MonkeyPatch, when: str, words: str
) -> None:
    monday = clock.local(clock.now()) + timedelta(days=(7 - clock.local(clock.now()).weekday()) % 7 or 7)
    hour, minute = when.split(".")
    then = monday.replace(hour=int(hour), minute=int(minute)).astimezone(UTC)
    await region.site.database.execute("delete from closures")
    monkeypatch.setattr(clock, "now", lambda: then)
    astrid = await region.resident("astrid")
    page = (await astrid.get("/home")).text
    assert words in page


async def test_who_has_no_case_yet_is_told_in_general(region: Region) -> None:
    henrik = await region.resident("henrik")
    await region.site.database.execute(
        "update cases set opened_by = $1, patient_id = $1 where patient_id = $2",
        region.actors.residents["olle"], region.actors.residents["henrik"],
    )  # fmt: skip
    home, cases = (await henrik.get("/home")).text, (await henrik.get("/cases")).text
    assert "När du har valt vårdenhet ser du när den är bemannad" in home
    assert "Du har inga ärenden ännu" in cases


async def test_an_answer_shows_as_unread_in_both_lists_until_it_is_read(region: Region) -> None:
    case = region.cases["held_by_karin"]
    gustav, karin = await region.resident("gustav"), await region.staff("karin", "ankaret")
    assert "1 oläst" not in (await gustav.get("/home")).text
    seq = (await karin.say(case, "Svar")).json()["seq"]
    for path in ("/home", "/cases"):
        assert "1 oläst<" in (await gustav.get(path)).text
    await gustav.post(f"/cases/{case}/reads", {"seq": str(seq)})
    assert "oläst" not in (await gustav.get("/home")).text


async def test_a_draft_is_left_with_one_press_and_is_gone(region: Region) -> None:
    astrid, draft = await region.resident("astrid"), region.cases["draft"]
    answer = await astrid.post(f"/cases/{draft}/withdrawals")
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    again = await astrid.post(f"/cases/{draft}/withdrawals")
    assert (again.status_code, again.headers["location"]) == (303, "/home")
    assert str(draft) not in (await astrid.get("/home")).text
    assert await region.value("select count(*) from intakes where case_id = $1", draft) == 0
    assert (await (await region.resident("gustav")).post(f"/cases/{draft}/withdrawals")).status_code == 404


async def test_a_draft_whose_time_is_out_is_not_offered(region: Region) -> None:
    astrid, draft = await region.resident("astrid"), region.cases["draft"]
    await region.site.database.execute(
        "update intakes set expires_at = now() - interval '1 minute' where case_id = $1", draft
    )
    assert str(draft) not in (await astrid.get("/home")).text


async def test_accepted_self_care_stays_readable_as_a_closed_case(region: Region) -> None:
    amina, case = await region.resident("amina"), region.cases["self_care"]
    async with region.site.database.transaction() as db:
        await follow_advice(db, region.site.sealer, region.actors.resident("amina"), case)
    assert "Du valde att följa egenvårdsråden" in (await amina.get(f"/cases/{case}")).text


async def test_my_cases_are_sorted_by_how_they_stand_and_hold_nobody_elses(region: Region) -> None:
    amina = await region.resident("amina")
    page = (await amina.get("/cases")).text
    order = [page.index(words) for words in (">Påbörjade<", ">Pågående<")]
    assert order == sorted(order)
    assert "Bo Hellström, sjuksköterska, har tagit emot ditt ärende" in page
    for name in ("waiting", "held_by_karin", "closed", "teen"):
        assert str(region.cases[name]) not in page
    listed = "select count(*) from access_log where verb = 'list' and by_id = $1"
    assert await region.value(listed, region.actors.residents["amina"]) == 1


async def test_recent_answers_of_the_unit_become_a_time_on_home(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    await answered(region, 10, minutes=40)
    monday = clock.local(clock.now()) + timedelta(days=(7 - clock.local(clock.now()).weekday()) % 7 or 7)
    then = monday.replace(hour=9, minute=0, second=0, microsecond=0).astimezone(UTC)
    await region.site.database.execute("delete from closures")
    monkeypatch.setattr(clock, "now", lambda: then)
    page = (await (await region.resident("gustav")).get("/home")).text
    assert "8 av 10 får svar senast i dag kl. 09.40." in page


async def answered(region: Region, many: int, minutes: int) -> None:
    """Let so many cases of urgency 3 have been answered at Ankaret after so many minutes, last Wednesday morning."""
    today = clock.local(clock.now())
    wednesday = (today - timedelta(days=(today.weekday() - 2) % 7 or 7)).replace(hour=9, minute=0, second=0)
    karin, unit = id_of("staff/karin"), id_of("unit/ankaret")
    await region.site.database.execute("delete from actions")
    await owner_does(region, "delete from messages where by_kind = 'staff'")
    await region.site.database.execute("update visits set priority = 4 where priority = 3")
    for number in range(many):
        message, visit, queued = new_id(), new_id(), wednesday + timedelta(minutes=number)
        async with region.site.database.transaction() as db:
            await db.execute(
                "insert into visits (id, case_id, unit_id, priority, state, queued_at, closed_at, close_reason)"
                " select $1, id, $3, 3, 'closed', $4, $4, 'advice' from cases where id = $2",
                visit, region.cases["closed"], unit, queued,
            )  # fmt: skip
            await db.execute(
                "insert into messages (id, case_id, seq, by_kind, by_id, body_sealed, sent_at)"
                " values ($1, $2, $3, 'staff', $4, 'x', $5)",
                message, region.cases["closed"], 1000 + number, karin, queued + timedelta(minutes=minutes),
            )  # fmt: skip


@pytest.mark.parametrize("path", ["/profile", "/support", "/accessibility", "/privacy", "/complaints"])
async def test_the_other_pages_open_in_both_languages(region: Region, path: str) -> None:
    astrid = await region.resident("astrid")
    swedish_page = await astrid.get(path)
    await region.site.database.execute("update sessions set language = 'en' where kind = 'resident'")
    english_page = await astrid.get(path)
    assert (swedish_page.status_code, english_page.status_code) == (200, 200)
    assert '<html lang="sv"' in swedish_page.text
    assert '<html lang="en"' in english_page.text
    assert "0771" not in swedish_page.text, "a real number must not be shown by an invented region"


@pytest.mark.parametrize(
    "path", ["/", "/units", "/about/cost", "/support", "/accessibility", "/privacy", "/complaints", "/about/nothing"]
)
async def test_who_has_signed_in_reads_public_pages_within_her_own_tabs(region: Region, path: str) -> None:
    astrid = await region.resident("astrid")
    page = (await astrid.get(path)).text
    assert "lj-tabbar" in page
    assert 'action="/sign-out"' in page
    async with plain_client(base_url=region.url) as anybody:
        page = (await anybody.get(path)).text
    assert "lj-tabbar" not in page
    assert 'href="/sign-in"' in page
    assert 'href="/support"' in page


async def test_the_privacy_page_says_who_answers_for_it_by_which_law_and_where_to_turn(region: Region) -> None:
    async with plain_client(base_url=region.url, headers={"accept-language": "sv"}) as anybody:
        page = (await anybody.get("/privacy")).text
        for words in (
            "personuppgiftsansvarig",
            "artikel 6.1 c",
            "9.2 h",
            "(2008:355)",
            "IMY",
            "IVO",
            "dataskyddsombudet",
        ):
            assert words in page, words
        assert "Kontakta Region Exempel" in page
        contact = "ombudet@exempel.se"
        region.site.settings = msgspec.structs.replace(region.site.settings, data_protection_contact=contact)
        assert contact in (await anybody.get("/privacy")).text


async def test_the_privacy_page_promises_nothing_that_is_not_done(region: Region) -> None:
    """Nothing that was sent is erased yet (tests/stories/test_expiry.py), so no years are named."""
    astrid = await region.resident("astrid")
    swedish_page = (await astrid.get("/privacy")).text
    await region.site.database.execute("update sessions set language = 'en' where kind = 'resident'")
    english_page = (await astrid.get("/privacy")).text
    assert "sparas tills vidare" in swedish_page
    assert "kept until further notice" in english_page
    assert not re.search(
        r"\d+ år\b|\d+ years", (swedish_page + english_page).replace("12 år", "").replace("12 years", "")
    )


async def test_the_profile_shows_her_children_and_her_sign_ins_and_no_personal_number(region: Region) -> None:
    astrid = await region.resident("astrid")
    await region.resident("astrid")
    page = (await astrid.get("/profile")).text
    for words in ("Astrid Nyberg", "Elsa", "Det här fönstret", "Hälsocentralen Ankaret"):
        assert words in page, words
    assert page.count("Inloggad ") == 2
    assert not re.search(r"\b(19|20)\d{6}[-+]?\d{4}\b", page)


async def test_the_pages_of_a_resident_are_not_for_staff_nor_for_nobody(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    for path in ("/home", "/cases", "/profile"):
        answer = await karin.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")
    for path in ("/accessibility", "/privacy", "/complaints"):
        assert (await karin.get(path)).status_code == 200


async def test_the_choice_before_the_sign_in_is_carried_through_and_a_link_alone_begins_nothing(region: Region) -> None:
    henrik = await region.resident("henrik")
    page = (await henrik.get("/home/symptom")).text
    assert page.count("data-begin") == 1
    assert "js/begin.js" in page
    assert "data-begin" not in (await henrik.get("/home")).text
    assert (await henrik.get("/home/else")).status_code == 404
    assert await region.value("select count(*) from cases where phase = 'intake' and opened_by = $1",
                              region.actors.residents["henrik"]) == 0  # fmt: skip
    astrid = await region.resident("astrid")
    assert "data-begin" not in (await astrid.get("/home/symptom")).text, "a draft waits: she chooses herself"


async def test_who_is_under_age_reads_that_what_she_writes_is_hers(region: Region) -> None:
    told = "Dina vårdnadshavare kan inte logga in och läsa det."
    assert told in (await (await region.resident("nils")).get("/home")).text
    assert told not in (await (await region.resident("astrid")).get("/home")).text
