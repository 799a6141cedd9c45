"""The ledger and the case by keys, filters at once, a strip that leads to one's chats, and what 500 rows cost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_accessibility import Looker, look
from tests.browser.windows import DESKTOP, PHONE, Windows

#: Makes the table 500 rows long, as copies of its own, and says how long a filter and a live row then take, in ms:
#: the script alone, and until the browser has laid the page out; the least of seven tries.
_MEASURE = """async () => {
  const body = document.querySelector('#ledger-queued');
  const first = body.querySelector('tr');
  const hex = (n) => String(n).padStart(12, '0');
  for (let n = body.rows.length; n < 500; n += 1) {
    const row = first.cloneNode(true);
    row.id = `case-00000000-0000-4000-8000-${hex(n)}`;
    row.dataset.sort = `1-5-${hex(n)}`;
    row.dataset.priority = String(1 + (n % 5));
    body.append(row);
  }
  const box = document.querySelector('.lj-filters input[value="3"]');
  const field = document.getElementById('ledger-q');
  const timed = (does) => {
    const began = performance.now();
    does();
    const worked = performance.now();
    document.body.getBoundingClientRect();
    return [worked - began, performance.now() - began];
  };
  const typed = (text) => { field.value = text; field.dispatchEvent(new Event('input')); };
  const html = body.rows[250].outerHTML;
  const live = (n) => new MessageEvent('row', { data: html.replace('data-unread="', `data-unread="${n}`) });
  const times = { filter: [], all: [], type: [], update: [] };
  for (let n = 1; n < 8; n += 1) {
    times.filter.push(timed(() => box.click()));
    times.all.push(timed(() => box.click()));
    times.type.push(timed(() => typed('ont')));
    typed('');
    document.body.getBoundingClientRect();
    times.update.push(timed(() => window.ledgerStream.dispatchEvent(live(n))));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const least = (all, part) => Math.round(10 * Math.min(...all.map((one) => one[part]))) / 10;
  const figures = ([name, all]) => [name, { script: least(all, 0), shown: least(all, 1) }];
  const found = Object.fromEntries(Object.entries(times).map(figures));
  return { rows: body.rows.length, ...found };
}"""

__all__ = ["look"]

_FOLLOW = """
const Real = window.EventSource;
window.EventSource = class extends Real { constructor(...all) { super(...all); window.ledgerStream = this; } };
"""


async def _at(page: Page) -> str:
    return str(await page.evaluate("() => document.activeElement?.id || document.activeElement?.tagName"))


async def _no_wider(page: Page, width: int) -> None:
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= width


async def test_a_nurse_takes_reads_and_moves_between_her_chats_by_keys(windows: Windows) -> None:
    page = await windows.nurse("Karin Lindqvist", DESKTOP)
    await page.keyboard.press("?")
    await expect(page.locator("#keys-help")).to_be_visible()
    await expect(page.locator("#keys-help h2")).to_be_focused()  # and not the button at its end
    await page.keyboard.press("n")
    await expect(page.locator("#keys-help")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    first = page.locator("#ledger tr[data-sort]:not([hidden]) a.lj-reason").first
    await expect(first).to_be_focused()
    await page.keyboard.press("n")
    await page.wait_for_url("**/clinic/cases/*")
    await expect(page.locator("#chat[data-ready]")).to_be_visible()
    await page.keyboard.press("m")
    assert await _at(page) == "composer-text"
    await page.keyboard.type("n g 1 a a ?")
    await page.keyboard.press("AltGraph+2")
    await expect(page.locator("#composer-text")).to_have_value(re.compile(r"^n g 1 a a \?"))
    await page.keyboard.press("Escape")
    assert await _at(page) == "BODY"
    chips = page.locator("#my-chats a")
    assert await chips.count() > 1
    here = page.url
    await page.keyboard.press("g")
    await page.keyboard.press(str(1 + await chips.evaluate_all("all => all.findIndex((one) => !one.ariaCurrent)")))
    await page.wait_for_url(lambda url: url != here and "/clinic/cases/" in url)
    assert await page.evaluate("() => document.documentElement.scrollHeight") <= 768, "one case on one screen"
    await page.keyboard.press("a")
    await page.keyboard.press("l")
    await page.wait_for_url("**/handovers")
    await page.keyboard.press("g")
    await page.keyboard.press("l")
    await page.wait_for_url("**/clinic/ledger*")
    await page.goto(f"{windows.url}/clinic/document")  # a page without the strip
    await page.keyboard.press("g")
    await page.keyboard.press("1")
    await page.wait_for_url("**/clinic/cases/*")


async def test_keys_rest_with_control_and_for_who_has_switched_them_off(windows: Windows) -> None:
    page = await windows.nurse("Bo Hellström", DESKTOP)
    await page.evaluate(
        """() => document.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', ctrlKey: true, altKey: true}))"""
    )
    await page.keyboard.press("f")
    await expect(page.locator("#ledger-filter")).to_have_attribute("open", "")
    await page.keyboard.press("Escape")
    await page.goto(f"{windows.url}/clinic/keys")
    await page.locator("[name=single_keys]").uncheck()
    await page.locator("#key_filter").fill("alt+f")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_text("Tangenterna är sparade.")).to_be_visible()
    await page.goto(f"{windows.url}/clinic/ledger")
    await page.keyboard.press("?")
    await page.keyboard.press("n")
    await expect(page.locator("#keys-help")).to_be_hidden()
    await page.keyboard.press("Alt+f")
    await expect(page.locator("#ledger-filter")).to_have_attribute("open", "")
    assert "/clinic/ledger" in page.url
    await page.reload()
    await expect(page.locator("#ledger-filter")).not_to_have_attribute("open", "")
    await page.evaluate(  # as a Mac tells it, where Alt and the key of F write a sign
        "() => document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ƒ', code: 'KeyF', altKey: true}))"
    )
    await expect(page.locator("#ledger-filter")).to_have_attribute("open", "")
    await page.goto(f"{windows.url}/clinic/keys")
    await page.get_by_role("button", name="Återställ alla tangenter").click()
    await expect(page.get_by_text("Tangenterna är sparade.")).to_be_visible()


async def test_filters_and_names_at_once_and_what_500_rows_cost(windows: Windows) -> None:
    page = await windows.nurse("Bo Hellström", DESKTOP)
    await page.add_init_script(_FOLLOW)
    await page.goto(f"{windows.url}/clinic/ledger")
    rows = page.locator("#ledger tr[data-sort]:not([hidden])")
    everything = await rows.count()
    await page.locator("#ledger-filter summary").click()
    await page.locator('.lj-filters input[name="entry"][value="admin"]').check()
    assert 0 < await rows.count() < everything
    assert page.url.endswith("?entry=admin")
    await page.locator("#ledger-clear").click()
    await expect(rows).to_have_count(everything)
    await page.keyboard.press("Escape")
    await page.locator("#ledger-q").fill("ingrid")
    await expect(rows).not_to_have_count(0)
    assert "ingrid" not in page.url.lower()
    await page.locator("#ledger-q").fill("zzzz")
    await expect(page.get_by_text("Inget ärende stämmer.")).to_be_visible()
    await page.locator("#ledger-q").fill("")
    await expect(page.get_by_text("Inget ärende stämmer.")).to_be_hidden()
    await expect(rows).to_have_count(everything)
    measured = await page.evaluate(_MEASURE)
    print("500 rows, ms:", measured)
    assert measured["rows"] == 500
    assert all(measured[does]["script"] < 100 for does in ("filter", "all", "type", "update")), measured


async def test_a_colleague_is_seen_writing_and_the_phone_holds_it_all(windows: Windows) -> None:
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    mine = karin.locator("#ledger-held tr[data-sort^='0-'] a.lj-reason").first
    case = str(await mine.get_attribute("href"))
    bo = await windows.nurse("Bo Hellström", PHONE)
    await bo.goto(f"{windows.url}/clinic/ledger/unit")
    await mine.click()
    await expect(karin.locator("#chat[data-ready]")).to_be_visible()
    row = bo.locator(f"[data-presence='{case.rpartition('/')[2]}']")
    await expect(row).to_have_text("Karin Lindqvist läser")
    await karin.locator("#composer-text").press_sequentially("Hej")
    await expect(row).to_have_text("Karin Lindqvist skriver")
    await _no_wider(bo, 360)
    await bo.goto(windows.url + case)
    await expect(bo.locator(".lj-case-bar .lj-presence")).to_have_text("Karin Lindqvist skriver")
    await _no_wider(bo, 360)
    await karin.locator("#composer-text").fill("")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_what_folds_out_of_the_ledger_is_accessible(windows: Windows, look: Looker, size: dict[str, Any]) -> None:
    page = await windows.nurse("Karin Lindqvist", size)
    await expect(page.locator("#my-chats a").first).to_be_visible()
    await look(page)
    for fold in ("#ledger-filter", "#ledger-saved"):
        await page.locator(f"{fold} > summary").click()
        await look(page)
        await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.locator("#keys-help")).to_be_visible()
    await look(page)
