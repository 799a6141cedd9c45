"""Administrationen: who administers sees her unit and its people, nothing of others', and every look is logged."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from linjen.core import clock
from linjen.core.ids import new_id
from linjen.core.swedish import date_words
from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.test_ledger import owner_does

ANKARET, BJORKEN = f"/manage/units/{id_of('unit/ankaret')}", f"/manage/units/{id_of('unit/bjorken')}"
LOGGED = "select count(*) from access_log where by_id = $1 and verb = $2 and {} = any(shown) and refused is null"


def swedish(text: str) -> datetime:
    """An instant on the Swedish wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.STOCKHOLM)


def rows(html: str) -> list[str]:
    """The text of each row of the page's tables."""
    found = re.findall(r"<tr[ >].*?</tr>", html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row.split(">", 1)[1]).split()) for row in found]


async def test_the_unit_shows_hours_staffing_today_and_what_is_coming(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    await region.site.database.execute("delete from closures")
    for begins, ends, kind, reason in (
        ("2030-03-04 12:00", "2030-03-04 16:00", "planned", "Utbildning"),
        ("2030-02-01 08:00", "2030-02-01 09:00", "acute", "Redan över"),
        ("2030-04-19 09:00", "2030-04-19 12:00", "holiday_open", "Påsk"),
    ):
        await region.site.database.execute(
            "insert into closures values ($1, $2, $3, $4, $5, $6)",
            new_id(), id_of("unit/ankaret"), swedish(begins), swedish(ends), kind, reason,
        )  # fmt: skip
    monkeypatch.setattr(clock, "now", lambda: swedish("2030-02-15 09:30"))
    disa = await region.staff("disa")
    page = (await disa.get(ANKARET)).text
    shown = rows(page)
    assert "Måndag Kl. 08.00–16.00 Till kl. 16.30" in shown
    assert "Fredag Kl. 08.00–14.30 Till kl. 15.00" in shown
    assert "Söndag Stängt" in shown
    assert 'aria-current="date"><th scope="row">Fredag' in page
    assert "I dag, 15 februari 2030" in page
    assert "Öppet för invånare: Kl. 08.00–14.30" in page
    assert "Hälsocentralen Ankaret är öppen nu, till i dag kl. 14.30." in page
    assert "Planerad stängning 4 mars 2030, kl. 12.00 4 mars 2030, kl. 16.00 Utbildning" in shown
    assert "Öppet på helgdag 19 april 2030, kl. 09.00 19 april 2030, kl. 12.00 Påsk" in shown
    assert "Redan över" not in page
    for words in ("Region Exempel Primärvård", "SE5599990011-A001", "070-174 06 11", 'href="/manage/units"'):
        assert words in page, words


async def test_a_holiday_is_named(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    await region.site.database.execute("delete from closures")
    monkeypatch.setattr(clock, "now", lambda: swedish("2030-05-01 09:30"))
    page = (await (await region.staff("disa")).get("/manage/units")).text
    assert any("Stängt (Första maj)" in row for row in rows(page))


async def test_the_people_of_the_unit_with_role_and_time_ended_ones_too(region: Region) -> None:
    maja = await region.staff("maja")
    page = (await maja.get("/manage/users")).text
    living, ended = (rows(part) for part in page.split('id="ended"'))
    karin = "Karin Lindqvist Sjuksköterska SE5599990011-1001 Hälsocentralen Ankaret Sjuksköterska"
    assert any(f"{karin} {since} Tills vidare" in living for since in _dates(90))
    assert any(row.startswith("Mona Berg") and "Medicinsk sekreterare" in row for row in living)
    assert not any("Ivar" in row for row in living)
    assert any(row.startswith("Ivar Norén") and row.endswith(_dates(1)) for row in ended)
    assert not re.search("Ulf|Lena|Fadime|Björken", page)
    names = [row.split()[1] for row in living[1:]]
    assert names.index("Ahmadi") < names.index("Berg") < names.index("Lindqvist") < names.index("Sund")


def _dates(days: int) -> tuple[str, ...]:
    """The day so many days ago: as it is now, and as it was when the region was seeded, should midnight lie between."""
    ago = clock.now() - timedelta(days=days)
    return tuple(date_words(clock.local_date(at)) for at in (ago, ago - timedelta(hours=1)))


async def test_a_closed_account_stands_among_the_ended(region: Region) -> None:
    await region.site.database.execute("update staff set active = false where id = $1", id_of("staff/bo"))
    page = (await (await region.staff("maja")).get("/manage/users")).text
    bo = next(row for row in rows(page.split('id="ended"')[1]) if row.startswith("Bo "))
    assert "Kontot är stängt" in bo


async def test_every_look_is_logged_with_what_was_shown_and_every_refusal_too(region: Region) -> None:
    maja, who = await region.staff("maja"), id_of("staff/maja")
    for path, verb, shown in (
        ("/manage", "see_unit", id_of("unit/ankaret")), ("/manage/units", "see_unit", id_of("unit/ankaret")),
        (ANKARET, "see_unit", id_of("unit/ankaret")), ("/manage/users", "see_staff", id_of("staff/karin")),
    ):  # fmt: skip
        before = await region.value(LOGGED.format("$3"), who, verb, shown)
        assert (await maja.get(path)).status_code == 200
        assert await region.value(LOGGED.format("$3"), who, verb, shown) == before + 1, path  # type: ignore[operator]
    assert (await maja.get(BJORKEN)).status_code == 404
    refused = "select count(*) from access_log where by_id = $1 and verb = 'see_unit' and refused = 'unit'"
    assert await region.value(refused, who) == 1


async def test_if_the_log_cannot_be_written_nothing_is_shown(region: Region) -> None:
    maja = await region.staff("maja")
    await owner_does(region, "alter table access_log add constraint broken check (verb <> 'see_staff') not valid")
    answer = await maja.get("/manage/users")
    assert answer.status_code >= 500
    assert "Karin" not in answer.text


@pytest.mark.parametrize("path", ["/manage", "/manage/users", "/manage/units", ANKARET])
@pytest.mark.parametrize("who", ["karin", "mona", "lena", "ivar"])
async def test_who_administers_nothing_meets_no_page(region: Region, path: str, who: str) -> None:
    answer = await (await region.staff(who)).get(path)
    assert answer.status_code == 404
    assert "Ahmadi" not in answer.text


async def test_the_navigation_marks_the_page_and_links_only_to_what_may_be_opened(region: Region) -> None:
    maja, disa = await region.staff("maja"), await region.staff("disa")
    for path in ("/manage", "/manage/users", "/manage/units"):
        nav = re.search(r"<nav.*?</nav>", (await maja.get(path)).text, re.DOTALL)
        assert nav
        assert re.findall(r'href="([^"]+)" aria-current="page"', nav[0]) == [path]
        assert re.findall(r'<a href="([^"]+)"', nav[0]) == ["/manage", "/manage/users", "/manage/units"]
    assert "/manage/users" not in (await disa.get("/manage")).text
    assert (await disa.get("/manage/users")).status_code == 404
    await region.site.database.execute(
        "insert into assignments (id, staff_id, unit_id, role) values ($1, $2, $3, 'user_admin')",
        new_id(), id_of("staff/karin"), id_of("unit/ankaret"),
    )  # fmt: skip
    assert 'href="/clinic">' in (await (await region.staff("karin", "ankaret")).get("/manage")).text


async def test_the_head_of_the_unit_sees_it_and_nothing_of_its_cases_or_its_people(region: Region) -> None:
    gunvor = await region.staff("gunvor")
    assert "Hälsocentralen Ankaret" in (await gunvor.get("/manage")).text
    assert (await gunvor.get(ANKARET)).status_code == 200
    assert (await gunvor.get(BJORKEN)).status_code == 404
    page = (await gunvor.get("/manage/units")).text
    assert 'href="/manage/users"' not in page
    assert 'href="/manage/triage"' not in page
    assert (await gunvor.get("/manage/users")).status_code == 404
    assert (await gunvor.post(f"{ANKARET}/chat-limit", {"chats": "3"})).status_code == 404
    forged = await region.staff("gunvor", "ankaret")
    for path in ("/clinic/ledger", f"/clinic/cases/{region.cases['waiting']}"):
        assert (await forged.get(path)).status_code == 404, path


async def test_she_lands_at_the_administration_and_keeps_her_own_number(region: Region) -> None:
    gunvor = await region.staff("gunvor")
    assert (await gunvor.get("/clinic")).headers["location"] == "/manage"
    assert 'href="/clinic/profile"' in (await gunvor.get("/manage")).text
    answer = await gunvor.post("/clinic/profile", {"when": "no", "phone": "070-174 06 93"})
    assert answer.status_code == 303
    assert "070-174 06 93" in (await gunvor.get("/clinic/profile")).text


def _links_under(page: str, section: str) -> list[str]:
    """Where the cards of a section lead, the last part of each address."""
    part = page.split(f'id="{section}"')[1].split("</ul>", maxsplit=1)[0]
    return [href.rpartition("/")[2] for href in re.findall(r'<h3><a href="([^"]+)"', part)]


async def test_what_she_follows_and_what_she_decides_stand_apart_each_with_its_link(region: Region) -> None:
    disa, gunvor = await region.staff("disa"), await region.staff("gunvor")
    hers = (await disa.get(ANKARET)).text
    decides = [
        "hours",
        "closures",
        "message",
        "referrals",
        "handovers",
        "deadlines",
        "queues",
        "reply-days",
        "shutting",
    ]
    assert _links_under(hers, "settings") == decides
    assert "Så är enheten inställd" not in hers
    leads = (await gunvor.get(ANKARET)).text
    assert _links_under(leads, "follow") == ["load", "ratings", "block-openings", "versions", "ledger"]
    assert _links_under(leads, "settings") == ["hours", "closures", "message"]
    decided = leads.split('id="decided"')[1]
    for words in ("Patienten kan svara i 2 dagar", "En medarbetare får ha 7 chattar", "Bara de färdiga texterna"):
        assert words in decided, words
    for href in [*decides, "load", "ratings"]:
        assert (await disa.get(f"{ANKARET}/{href}")).status_code == 200, href


@pytest.mark.parametrize("path", ["", "/load", "/closures", "/phrases/new", "/shutting"])
async def test_a_page_has_each_name_once_and_a_way_back(region: Region, path: str) -> None:
    page = (await (await region.staff("disa")).get(f"{ANKARET}{path}")).text
    names = re.findall(r'\sid="([^"]+)"', page)
    assert len(names) == len(set(names)), sorted({one for one in names if names.count(one) > 1})
    assert 'class="lj-back"' in page
