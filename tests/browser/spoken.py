"""What a screen reader would say: live regions as they change, and the page's headings and controls by their names.

No real screen reader runs here. What is listened to is what they build on: the accessibility tree's roles and names,
and the changes of live regions. How a person with a screen reader finds it is not tested by this.
"""

from __future__ import annotations

from playwright.async_api import Page

#: Keeps every text that appears in a live region, with how urgently it is said, as a reader would: once a change.
_LISTEN = """() => {
  const said = (window.__said = []);
  const live = (node) => {
    const one = (node.nodeType === 1 ? node : node.parentElement)?.closest("[role=status],[role=alert],[aria-live]");
    if (!one || one.getAttribute("aria-live") === "off") return null;
    for (let up = one; up; up = up.parentElement) {
      if (up.hidden || up.inert || getComputedStyle(up).display === "none") return null;
    }
    return one;
  };
  const hear = (changes) => {
    const regions = new Set();
    for (const change of changes) {
      const one = live(change.target);
      if (one) regions.add(one);
      for (const node of change.addedNodes) {
        if (node.nodeType !== 1) continue;
        for (const inner of [node, ...node.querySelectorAll("[role=alert]")]) {
          if (inner.getAttribute("role") === "alert" && live(inner)) regions.add(inner);
        }
      }
    }
    for (const one of regions) {
      const words = one.innerText.trim().replace(/\\s+/g, " ");
      const urgent = one.getAttribute("role") === "alert" || one.getAttribute("aria-live") === "assertive";
      if (words) said.push((urgent ? "! " : "") + words);
    }
  };
  new MutationObserver(hear).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["hidden"],
  });
}"""

_HEADINGS = """() => [...document.querySelectorAll("main h1, main h2, main h3")]
  .filter((one) => one.offsetParent !== null)
  .map((one) => one.tagName.slice(1) + " " + one.innerText.trim().replace(/\\s+/g, " "))"""


async def listen(page: Page) -> None:
    """Hear the page from its beginning, and every page that comes after it in this window."""
    await page.add_init_script(f"document.addEventListener('DOMContentLoaded', {_LISTEN})")


async def said(page: Page) -> list[str]:
    """What has been said on this page so far, in order; '! ' before what interrupts."""
    heard: list[str] = await page.evaluate("window.__said ?? []")
    return heard


async def wait_for(page: Page, words: str) -> str:
    """The first thing said that holds these words."""
    await page.wait_for_function("(words) => (window.__said ?? []).some((one) => one.includes(words))", arg=words)
    return next(one for one in await said(page) if words in one)


async def headings(page: Page) -> list[str]:
    """The headings in order, each with its level before it: how one looks over a page without seeing it."""
    found: list[str] = await page.evaluate(_HEADINGS)
    return found


async def nameless(page: Page) -> list[str]:
    """Controls that a reader would call only "button", "link" or "edit"."""
    tree = await page.locator("body").aria_snapshot()
    kinds = ("button", "link", "textbox", "combobox", "checkbox", "radio")
    lines = [line.strip().removeprefix("- ").rstrip(":") for line in tree.splitlines()]
    return [line for line in lines if line.split(" [")[0] in kinds]
