"""A shift heard, not seen: everything is found by its role and its name, and what happens is said once, in words.

The clinic's checklist, point 31. See spoken.py for what this can and cannot show.
"""

from __future__ import annotations

import re
from itertools import pairwise

from playwright.async_api import Page, expect

from tests.browser.shift import Shift, nurse_at
from tests.browser.spoken import headings, listen, nameless, said, wait_for
from tests.browser.talking import say
from tests.browser.windows import DESKTOP, PHONE, Windows


async def _looks_over(page: Page, *wanted: str) -> None:
    """The page has one first heading, its headings go down by one step at a time, and each control has a name."""
    found = await headings(page)
    levels = [int(one[0]) for one in found]
    assert levels.count(1) == 1 and levels[0] == 1, found
    assert all(after - before <= 1 for before, after in pairwise(levels)), found
    for words in wanted:
        assert any(words in one for one in found), (words, found)
    assert not await nameless(page)


async def test_a_shift_by_ear(windows: Windows, shift: Shift) -> None:
    windows.watch.expect("422")
    resident = await windows.resident("Siv Molin", PHONE)
    nurse = await nurse_at(windows, "Ulf Dahl", DESKTOP)
    await listen(nurse)
    await nurse.goto(f"{windows.url}/clinic/ledger")
    await _looks_over(nurse, "Patientliggare")
    case = await shift.arrives(2, "andningsbesvar", "Andfådd i trappan", by="lively_siv")
    told = await wait_for(nurse, "ndningsbesvär")
    assert [one for one in await said(nurse) if "ndningsbesvär" in one] == [told], "a new case is said once"
    await nurse.get_by_role("button", name=re.compile("Ta emot ?: Andningsbesvär")).press("Enter")
    await nurse.wait_for_url(f"**/clinic/cases/{case}*")
    await expect(nurse.locator("#chat[data-ready]")).to_be_attached()
    await _looks_over(nurse)
    await _talks(nurse, resident, windows, case)
    await _ends(nurse, case)


async def _talks(nurse: Page, resident: Page, windows: Windows, case: str) -> None:
    box = nurse.get_by_role("textbox", name="Meddelande")
    await box.focus()
    await nurse.keyboard.type("Hej Siv! Hur länge har du varit andfådd?")
    await nurse.get_by_role("button", name="Skicka", exact=True).press("Enter")
    await resident.goto(f"{windows.url}/cases/{case}")
    await expect(resident.locator("#chat[data-ready]")).to_be_attached()
    await say(resident, "Sedan i går kväll.")
    told = await wait_for(nurse, "Sedan i går kväll.")
    assert "Siv Molin" in told, "who has written is said with the words"
    assert [one for one in await said(nurse) if "Sedan i går kväll." in one] == [told], "and only once"
    log = nurse.get_by_role("log")
    await expect(log).to_contain_text("Sedan i går kväll.")


async def _ends(nurse: Page, case: str) -> None:
    await nurse.get_by_role("link", name="Avsluta", exact=True).first.press("Enter")
    await nurse.wait_for_url(f"**/clinic/cases/{case}/closings*")
    await _looks_over(nurse, "Hur slutade ärendet?")
    await nurse.get_by_role("button", name="Avsluta ärendet").press("Enter")
    summary = nurse.get_by_role("alert").or_(nurse.locator(".lj-errors")).first
    await expect(summary).to_be_focused()
    await nurse.get_by_role("radio", name="Råd och egenvård").check()
    await nurse.get_by_role("button", name="Avsluta ärendet").press("Enter")
    await nurse.wait_for_url("**/clinic/ledger*")
    await expect(nurse.get_by_role("status").filter(has_text="avslutat")).to_be_attached()
