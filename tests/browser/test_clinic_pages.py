"""Every page of the clinic and of a unit's administration: axe finds nothing, 320 pixels are enough, light and dark."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Page, expect

from linjen.core.database import Database
from linjen.demo.running import Demo
from linjen.demo.world import id_of
from tests.browser.pictures import film
from tests.browser.shift import nurse_at
from tests.browser.test_accessibility import SMALL, Looker
from tests.browser.windows import Windows, sign_in_nurse

#: By the axe that the look in the light has left in the page; only what depends on the colours.
_IN_THE_DARK = """() => axe.run({ runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } })
  .then((all) => all.violations.flatMap((one) => one.nodes.map((node) => `${one.id} ${node.html.slice(0, 160)}`)))"""

LISTS = (
    "/clinic/ledger", "/clinic/ledger/handed", "/clinic/ledger/answer", "/clinic/ledger/unit", "/clinic/ledger/invited",
    "/clinic/mine", "/clinic/booked", "/clinic/attestations", "/clinic/attestations/mine", "/clinic/mentions",
    "/clinic/corrections", "/clinic/calls",
    "/clinic/tickets", "/clinic/document", "/clinic/profile", "/clinic/keys", "/clinic/support",
    "/clinic/phrases", "/clinic/phrases/new", "/clinic/patients",
)  # fmt: skip
#: In a state that the walk looks for in their words, too.
_STATES = (
    "/clinic/silent",
    "/clinic/sms",
    "/clinic/leaving",
    "/clinic/locked",
    "/clinic/tickets/*",
    "/clinic/phrases/*",
)
OF_A_PATIENT = ("", "/asynchronous", "/calls", "/bookings")
OF_A_HELD_CASE = (
    "", "/patient", "/patient-tickets", "/visits", "/handovers", "/asynchronous", "/closings", "/reminders",
    "/keepings", "/actions", "/further-questions", "/bookings", "/bookings?kind=scheduled", "/tickets", "/signposts",
    "/invitations", "/notes", "/phrases", "/attestations", "/corrections", "/releases",
)  # fmt: skip
OF_A_CLOSED_CASE = ("", "/record", "/triage-verdicts")
OF_A_WAITING_CASE = ("", "/patient", "/pictures", "/priorities")
#: Of Frida's case at Björken, where she has blocked what Ankaret wrote.
BESIDE_A_BLOCK = ("/visits", "/consent-openings", "/emergency-openings")
ANSWERS = ("/answers", "/follow-ups", "/forwardings")
_UNIT = f"/manage/units/{id_of('unit/ankaret')}"
_PRINTED = f"/clinic/units/{id_of('unit/ankaret')}/ledger"
ADMINISTRATION = (
    (
        "Gunvor Sjö",
        (
            "/manage",
            "/manage/units",
            _UNIT,
            f"{_UNIT}/load",
            _PRINTED,
            f"{_UNIT}/message",
            f"{_UNIT}/ratings",
            f"{_UNIT}/block-openings",
        ),
    ),
    (
        "Disa Holm",
        (
            "/manage/phrases",
            f"{_UNIT}/phrases",
            f"{_UNIT}/phrases/new",
            f"{_UNIT}/referrals",
            f"{_UNIT}/queues",
            f"{_UNIT}/reply-days",
            f"{_UNIT}/handovers",
            f"{_UNIT}/deadlines",
            f"{_UNIT}/chat-limit",
            f"{_UNIT}/own-sms",
            f"{_UNIT}/load-limits",
            f"{_UNIT}/shutting",
            f"{_UNIT}/closures",
            f"{_UNIT}/hours",
            f"{_UNIT}/versions",
            "/manage/units/new",
            "/manage/support",
            "/manage/service-status",
            _UNIT,
        ),
    ),
    ("Maja Ek", ("/manage", "/manage/users", "/manage/units", _UNIT)),
)

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")

_HELD = """
select c.id from cases c join visits v on v.id = c.visit_id where v.state = 'in_progress' and v.holder_id = $1
order by v.kind <> 'drop_in', exists (select from tickets t where t.case_id = c.id) desc limit 1
"""
_WAITING = """
select c.id from cases c join visits v on v.id = c.visit_id join residents p on p.id = c.patient_id
where v.state = 'queued' and v.unit_id = $1 and v.queued_at <= now() and v.for_role = 'nurse'
order by (p.protected = 'yes') = $2 desc, c.id limit 1
"""
_CLOSED = """
select v.case_id from visits v join cases c on c.visit_id = v.id where v.state = 'closed' and v.unit_id = $1
and v.closed_by = $2 and c.entry = 'symptom' order by v.id desc limit 1
"""


class Walk:
    """Goes from page to page in one window and looks at each in light and dark."""

    def __init__(self, page: Page, url: str, film_name: str) -> None:
        self.page = page
        self.url = url
        self.film_name = film_name
        #: What the next pages are of, for the names of their pictures.
        self.of = ""
        self.look = Looker()

    async def to(self, path: str, heading: str = "") -> None:
        """Open a page, which must be a page and not a refusal, and look at it."""
        answer = await self.page.goto(self.url + path)
        assert answer is not None and answer.status == 200, (path, answer and answer.status)
        await self.here(self.of + re.sub(r"\W+", "-", _ID.sub("", path)).strip("-"), heading)

    async def here(self, name: str, heading: str = "") -> None:
        """Look at what the window shows now."""
        if heading:
            await expect(self.page.locator("main")).to_contain_text(heading)
        await self.look(self.page)
        await self.page.emulate_media(color_scheme="dark")
        for one in await self.page.evaluate(_IN_THE_DARK):
            self.look.found.append(f"{name} in the dark: {one}")
        await self.page.emulate_media(color_scheme="light")
        await film(self.page, self.film_name, name, whole=True)

    def judge(self) -> None:
        """Fail with everything that was found."""
        assert self.look.looked
        assert not self.look.found, "\n".join(self.look.found)


def walked() -> set[str]:
    """The pages that the walks go to, a star for each id; tests/house/test_walks.py holds them against the routes."""
    cases = {f"/clinic/cases/*{part}" for part in (*OF_A_HELD_CASE, *OF_A_CLOSED_CASE, *OF_A_WAITING_CASE)}
    cases |= {f"/clinic/cases/*/attestations/*{answer}" for answer in ANSWERS}
    patients = {f"/clinic/patients/*{part}" for part in OF_A_PATIENT}
    administration = {_ID.sub("*", path) for _, paths in ADMINISTRATION for path in paths}
    cases |= {f"/clinic/cases/*{part}" for part in BESIDE_A_BLOCK}
    cases |= {"/clinic/cases/*/further-questions/*", "/clinic/cases/*/elsewhere/*"}
    return {*LISTS, *_STATES} | cases | patients | administration | {
        "/manage/units/*/phrases/*", "/manage/units/*/versions/*",
    }  # fmt: skip


class Ground:
    """The cases of the demo that the walk goes to, found anew: other tests may have moved some."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def _one(self, sql: str, *values: Any) -> UUID:
        found = await self.database.fetch_value(sql, *values)
        assert isinstance(found, UUID), sql
        return found

    async def held(self) -> UUID:
        return await self._one(_HELD, id_of("staff/karin"))

    async def waiting(self, *, protected: bool) -> UUID:
        return await self._one(_WAITING, id_of("unit/ankaret"), protected)

    async def closed(self) -> UUID:
        return await self._one(_CLOSED, id_of("unit/ankaret"), id_of("staff/karin"))

    async def patient(self, case_id: UUID) -> UUID:
        return await self._one("select patient_id from cases where id = $1", case_id)


@pytest.fixture
async def troubled(demo: Demo) -> AsyncIterator[Ground]:
    """A case of Karin's has been silent for 24 hours, and an SMS of it did not arrive."""
    ground = Ground(demo.site.database)
    # What she held when the unit's day ended has gone back to its queue: she has it from now on, whatever the hour.
    await ground.database.execute(
        "update visits v set state = 'in_progress', holder_id = $1, claimed_at = now() from cases c"
        " where c.visit_id = v.id and v.state <> 'closed' and exists (select from tickets t where t.case_id = c.id)",
        id_of("staff/karin"),
    )
    case_id = await ground.held()
    await ground.database.execute(
        "insert into silences (case_id, since_seq, since_at, due_at, flagged_at) values ($1, 10000,"
        " now() - interval '25 hours', now() - interval '1 hour', now()) on conflict (case_id) do update"
        " set since_seq = 10000, flagged_at = now()", case_id,
    )  # fmt: skip
    await ground.database.execute(
        "insert into sms (id, kind, cause, to_kind, case_id, state, reason, tries) values"
        " ($1, 'new_message', $2, 'resident', $3, 'failed', 'unreachable', 3)", uuid4(), f"test/{uuid4()}", case_id,
    )  # fmt: skip
    yield ground
    await ground.database.execute("delete from silences where case_id = $1", case_id)
    await ground.database.execute(
        "update sms set settled_at = now(), settled_how = 'phone' where case_id = $1", case_id
    )


async def test_every_list_and_form_of_the_clinic_in_light_and_dark(windows: Windows, troubled: Ground) -> None:
    walk = Walk(await windows.nurse("Karin Lindqvist", SMALL), windows.url, "clinic")
    for path in LISTS:
        await walk.to(path)
    await walk.to("/clinic/silent", "Påminn")
    await walk.to("/clinic/sms", "Hur nåddes")
    await walk.to("/clinic/leaving", "Vad händer med ärendet?")
    patient = await troubled.patient(await troubled.held())
    for part in OF_A_PATIENT:
        await walk.to(f"/clinic/patients/{patient}{part}")
    await walk.to(f"/clinic/phrases/{await _own_phrase(walk)}")
    asked = await _of_who_was_asked(windows)
    for one in (walk, asked):
        one.judge()


async def _own_phrase(walk: Walk) -> str:
    """The id of a phrase of Karin's own, written if she has none."""
    await walk.page.goto(f"{walk.url}/clinic/phrases")
    own = walk.page.locator("a[href^='/clinic/phrases/']:not([href$='/new'])")
    if not await own.count():
        await walk.page.goto(f"{walk.url}/clinic/phrases/new")
        await walk.page.locator("main input.lj-input").first.fill("Morgon")
        await walk.page.locator("main textarea").first.fill("God morgon! Nu läser jag ditt ärende.")
        await walk.page.locator("main form button[type=submit]").last.click()
        await walk.page.wait_for_url("**/clinic/phrases*")
    return str(await own.first.get_attribute("href")).rpartition("/")[2]


async def _of_who_was_asked(windows: Windows) -> Walk:
    """Sara, who has been asked to look at a case and leaves her screen locked; her session is this test's own."""
    page = await windows.open(SMALL)
    await sign_in_nurse(page, windows.url, "Sara Ahmadi")
    walk = Walk(page, windows.url, "physician")
    for path in ("/clinic/ledger", "/clinic/attestations"):
        await walk.to(path)
    await page.locator(".lj-work-list a").first.click()
    await walk.here("asked")
    for answer in ANSWERS:
        found = await page.locator(f"#case-attestations a[href$='{answer}']").first.get_attribute("href")
        await walk.to(str(found))
        await page.go_back()
    await page.evaluate("document.querySelector('form[action=\"/clinic/locked\"]').requestSubmit()")
    await page.wait_for_url("**/clinic/locked")
    await walk.to("/clinic/locked", "låst")
    return walk


async def test_every_page_of_a_case_in_light_and_dark(windows: Windows, troubled: Ground) -> None:
    walk = Walk(await windows.nurse("Karin Lindqvist", SMALL), windows.url, "clinic")
    held = await troubled.held()
    await _write_and_leave(walk, held)
    for of, case_id, parts in (
        ("held-", held, OF_A_HELD_CASE),
        ("closed-", await troubled.closed(), OF_A_CLOSED_CASE),
        ("waiting-", await troubled.waiting(protected=True), OF_A_WAITING_CASE),
    ):
        walk.of = of
        for part in parts:
            await walk.to(f"/clinic/cases/{case_id}{part}")
    walk.of = ""
    tickets = "select id from tickets where case_id = $1 limit 1"
    await walk.to(f"/clinic/tickets/{await troubled.database.fetch_value(tickets, held)}")
    await _ask_further(walk, held)
    walk.judge()


async def _write_and_leave(walk: Walk, case_id: UUID) -> None:
    """A message that is not sent: its own page asks what is to become of it when the case is let go."""
    await walk.page.goto(f"{walk.url}/clinic/cases/{case_id}")
    await expect(walk.page.locator("#chat[data-ready]")).to_be_attached()
    await walk.page.locator("#composer-text").fill("Hej! Jag återkommer om provsvaret.")
    await expect(walk.page.locator("#draft-state")).to_have_text("Sparat utkast")


async def _ask_further(walk: Walk, case_id: UUID) -> None:
    """Further questions that Karin asks herself, to their first page."""
    page = walk.page
    await page.goto(f"{walk.url}/clinic/cases/{case_id}/further-questions")
    await page.select_option("#reason", "hosta")
    await page.get_by_label("Jag frågar patienten nu").check()
    await page.get_by_role("button", name="Nästa").click()
    await page.wait_for_url("**/further-questions/*")
    await walk.here("further-question", "Hosta")
    await walk.to(f"/clinic/cases/{case_id}", "Svara tillsammans med patienten")


async def _change_and_undo(walk: Walk) -> None:
    """A setting in all its steps: looked at, changed once more, saved, listed and taken back."""
    page, saved = walk.page, "**/deadlines?done=1"
    await page.goto(f"{walk.url}{_UNIT}/deadlines")
    await page.locator("#level_3").fill("12")
    await page.get_by_role("button", name="Granska ändringen").click()
    await walk.here("deadlines-preview", "12 timmar")
    await page.get_by_role("button", name="Ändra", exact=True).click()
    await expect(page.locator("#level_3")).to_have_value("12")
    await page.locator("#level_3").fill("18")
    await page.get_by_role("button", name="Granska ändringen").click()
    await page.get_by_role("button", name="Spara").click()
    await page.wait_for_url(saved)
    await page.goto(f"{walk.url}{_UNIT}/message")
    await page.get_by_label("Meddelande").fill("Bo är sjuk i dag.\nRing 0000 om telefonerna tystnar.")
    await page.get_by_role("button", name="Granska ändringen").click()
    await walk.here("message-preview", "Ring 0000")
    await walk.to(f"{_UNIT}/versions", "18 timmar")
    await page.get_by_role("link", name="Ångra").first.click()
    await walk.here("undo-preview", "Inget är gjort än")
    await page.get_by_role("button", name="Ångra ändringen").click()
    await page.wait_for_url("**/versions?done=1")
    await walk.here("versions-undone", "Ångrat av Disa Holm")


async def _open_a_unit(walk: Walk) -> None:
    """A new unit in the place of Ankaret: what is missing, how it will be, and what is left to do."""
    page, unit = walk.page, _UNIT.rpartition("/")[2]
    await page.goto(f"{walk.url}/manage/units/new?replaces={unit}")
    await page.get_by_role("button", name="Granska enheten").click()
    await walk.here("new-unit-errors", "Skriv enhetens namn")
    await page.get_by_label("Enhetens namn").fill("Hälsocentralen Granen")
    await page.get_by_label("HSA-id").fill("SE5599990011-G001")
    await page.get_by_label("Vårdgivare").select_option("Region Exempel Primärvård")
    await page.get_by_label("Telefon").fill("070-174 06 15")
    await page.get_by_role("radio", name="Ja").check()
    await page.get_by_role("button", name="Granska enheten").click()
    await walk.here("new-unit-preview", "fraser följer med")
    await page.get_by_role("button", name="Lägg upp enheten").click()
    await page.wait_for_url("**/manage/units/new?opened=*")
    await walk.here("new-unit-opened", "Hälsocentralen Granen är upplagd")
    await walk.to("/manage/units", "Hälsocentralen Granen är upplagd men tar inte emot ärenden än")


async def test_every_page_beside_a_block_in_light_and_dark(windows: Windows, demo: Demo) -> None:
    case_id = await demo.site.database.fetch_value(
        "select c.id from cases c join residents r on r.id = c.patient_id join visits v on v.id = c.visit_id"
        " where r.given_name = 'Frida' and v.unit_id = $1 order by c.id desc limit 1", id_of("unit/bjorken"),
    )  # fmt: skip
    await demo.site.database.execute(
        "update visits set state = 'queued', holder_id = null, closed_at = null, closed_by = null, close_reason = null,"
        " claimed_at = null where case_id = $1", case_id,
    )  # fmt: skip
    windows.watch.expect("status of 422")
    walk = Walk(await nurse_at(windows, "Ulf Dahl", SMALL), windows.url, "blocked")
    for part in BESIDE_A_BLOCK:
        await walk.to(f"/clinic/cases/{case_id}{part}")
    await walk.page.goto(f"{walk.url}/clinic/cases/{case_id}/emergency-openings")
    await walk.page.get_by_role("button", name="Öppna i nödläge").click()
    await walk.here("emergency-errors", "Välj ett skäl")
    await walk.page.goto(f"{walk.url}/clinic/cases/{case_id}/visits")
    await walk.page.get_by_role("link", name="Ärende på Rehabenheten Exempel").click()
    await walk.here("elsewhere", "Gör övningarna")
    walk.judge()


async def test_every_page_of_a_units_administration_in_light_and_dark(windows: Windows) -> None:
    looks = []
    for name, paths in ADMINISTRATION:
        page = await windows.open(SMALL)
        await page.goto(f"{windows.url}/clinic")
        await page.get_by_role("link", name="Logga in med SITHS").click()
        await page.get_by_role("link", name=name).click()
        await expect(page.locator("h1")).to_be_visible()
        walk = Walk(page, windows.url, "manage-" + name.partition(" ")[0].lower())
        for path in paths:
            await walk.to(path)
        if name.startswith("Gunvor"):
            await page.goto(f"{windows.url}/manage")
            await expect(page.locator("#try")).to_contain_text("Belastning")
            await expect(page.locator("#try")).not_to_contain_text("fraser")  # which she does not keep
        if name.startswith("Disa"):
            await page.goto(f"{windows.url}{_UNIT}/phrases")
            one = page.locator("a[href*='/phrases/']:not([href$='/new'])").first
            await walk.to(str(await one.get_attribute("href")))
            await _change_and_undo(walk)
            windows.watch.expect("status of 422")
            await _open_a_unit(walk)
        looks.append(walk)
    for walk in looks:
        walk.judge()
