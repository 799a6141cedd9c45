"""Somebody is set protected: a colleague's open pages of her show it and lose her number, and what is typed stays."""

from __future__ import annotations

import re
from uuid import UUID

from playwright.async_api import expect

from tests.browser.talking import take
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.browser.writing_in import ask

_NUMBER = "070-174 06 21"


async def test_pages_that_show_no_talk_follow_too(windows: Windows) -> None:
    database = windows.demo.site.database
    gustav = await windows.resident("Gustav Öberg", PHONE)
    case = await ask(gustav, "Jag vill förnya mitt recept.")
    of_case = "where id = (select patient_id from cases where id = $1)"
    before = await database.fetch_row(f"select protected, phone from residents {of_case}", UUID(case))
    assert before is not None
    await database.execute(f"update residents set protected = 'no', phone = '+46701740621' {of_case}", UUID(case))
    karin, bo = await windows.nurse("Karin Lindqvist", DESKTOP), await windows.nurse("Bo Hellström", DESKTOP)
    await take(karin, case)
    form = await windows.nurse("Bo Hellström", PHONE)
    try:
        async with bo.expect_response(re.compile("stream.apart")):
            await bo.goto(f"{windows.url}/clinic/cases/{case}/patient")
        await expect(bo.get_by_text(_NUMBER)).to_be_visible()
        async with form.expect_response(re.compile("stream.apart")):
            await form.goto(f"{windows.url}/clinic/cases/{case}/notes")
        await form.locator("textarea").first.fill("Jag ringer laboratoriet")
        await karin.goto(f"{windows.url}/clinic/cases/{case}/patient")
        await karin.locator("#patient-protection button").first.click()
        await expect(karin.locator("#case-protected .lj-protected")).to_be_visible()
        await expect(bo.locator("#case-protected .lj-protected")).to_be_visible()
        await expect(bo).to_have_title(re.compile("Person med skyddade personuppgifter"))
        await expect(bo.get_by_text(_NUMBER)).to_have_count(0)
        await expect(bo.locator("input[name=phone]")).to_have_count(0)
        await expect(form.locator("main .lj-protected")).to_be_visible()
        await expect(form.locator("textarea").first).to_have_value("Jag ringer laboratoriet")
        await expect(karin).to_have_title(re.compile("Person med skyddade personuppgifter"))
        await karin.get_by_role("button", name="Jag har öppnat journalen").click()
        await karin.get_by_label("Varför gäller skyddet inte längre?").fill("Det var fel person")
        await karin.get_by_role("button", name="Sätt Skyddad identitet till Nej").click()
        await expect(bo.locator("#case-protected .lj-protected")).to_have_count(0)
        await expect(form.locator("main .lj-protected")).to_have_count(0)
    finally:
        await database.execute(
            f"update residents set protected = $2, phone = $3, protected_set_by = null, protected_set_at = null"
            f" {of_case}", UUID(case), before["protected"], before["phone"],
        )  # fmt: skip


async def test_a_line_that_was_away_for_long_has_missed_nothing(windows: Windows) -> None:
    """What was set meanwhile is told by nobody when the line is back: the pages ask."""
    windows.watch.expect("ERR_INTERNET_DISCONNECTED")
    database, hub = windows.demo.site.database, windows.demo.site.hub
    gustav = await windows.resident("Gustav Öberg", PHONE)
    case = await ask(gustav, "Jag vill förnya mitt recept.")
    of_case = "where id = (select patient_id from cases where id = $1)"
    before = await database.fetch_row(f"select protected from residents {of_case}", UUID(case))
    assert before is not None
    await database.execute(f"update residents set protected = 'no' {of_case}", UUID(case))
    apart, talk = await windows.nurse("Bo Hellström", DESKTOP), await windows.nurse("Karin Lindqvist", DESKTOP)
    try:
        for page, path, stream in ((apart, "/patient", "stream.apart"), (talk, "", "/stream$")):
            async with page.expect_response(re.compile(stream)):
                await page.goto(f"{windows.url}/clinic/cases/{case}{path}")
        await expect(talk.locator("#chat[data-ready]")).to_be_visible()
        for page in (apart, talk):
            await page.context.set_offline(True)
        hub.end_streams()  # a browser that is told to be offline keeps the line that it has
        await database.execute(f"update residents set protected = 'yes' {of_case}", UUID(case))
        for page in (apart, talk):
            await page.context.set_offline(False)
            await expect(page.locator("#case-protected .lj-protected")).to_be_visible(timeout=10_000)
    finally:
        await database.execute(f"update residents set protected = $2 {of_case}", UUID(case), before["protected"])
