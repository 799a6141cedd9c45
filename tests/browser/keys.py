"""A person who has only a keyboard: every stop of the focus must be seen, and none may hold her."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

#: What stands in the focus: its words, whether a ring of at least 2 px is drawn for it, and whether it can be seen.
_LOOK = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const ring = (part) => { const s = getComputedStyle(part);
    return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none"; };
  const label = one.closest("label") ?? (one.id ? document.querySelector(`label[for="${CSS.escape(one.id)}"]`) : null);
  const span = label?.querySelector("span");
  const shown = [one, one.closest(".lj-card"), label, span, one.nextElementSibling].filter(Boolean);
  let box = one.getBoundingClientRect();
  if (box.width < 4 && label) box = label.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max((Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2, 1), innerHeight - 2);
  const top = document.elementFromPoint(x, y);
  const meet = (part) => part && top && (part.contains(top) || top.contains(part));
  const near = meet(one) || meet(label);
  return { tag: one.tagName.toLowerCase(), type: one.type ?? "", name: one.name ?? "", value: one.value ?? "",
    words: (one.innerText || label?.innerText || one.getAttribute("aria-label") || "").trim().replace(/\\s+/g, " "),
    href: one.getAttribute("href") ?? "", id: one.id, ring: shown.some(ring),
    seen: box.bottom > 0 && box.top < innerHeight && Boolean(near) };
}"""


class Keyboard:
    """Walks with Tab, arrows, Space and Enter; complains about focus that is lost, unseen or covered."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def look(self) -> dict[str, Any] | None:
        """What has the focus; None when nothing has."""
        found: dict[str, Any] | None = await self.page.evaluate(_LOOK)
        return found

    async def tab(self, *, back: bool = False) -> dict[str, Any] | None:
        """One step on; what has the focus then has been found to be visible."""
        await self.page.keyboard.press("Shift+Tab" if back else "Tab")
        found = await self.look()
        if found:
            assert found["ring"], f"no visible focus on {self.page.url}: {found}"
            assert found["seen"], f"focus outside the window or covered on {self.page.url}: {found}"
        return found

    async def to(self, words: str = "", **wanted: str) -> dict[str, Any]:
        """Tab until the focus is on what has these words or attributes."""
        passed = []
        for _ in range(80):
            found = await self.tab()
            if found and words in found["words"] and all(found[key] == value for key, value in wanted.items()):
                return found
            passed.append(found and (found["words"] or found["name"] or found["id"]))
        raise AssertionError(f"never came to {words or wanted} on {self.page.url}: {passed}")

    async def press(self, words: str = "", *, key: str = "Enter", **wanted: str) -> None:
        """Go to a link or button and press it; the next page is open afterwards."""
        await self.to(words, **wanted)
        before = self.page.url
        await self.page.keyboard.press(key)
        await self.page.wait_for_url(lambda url: url != before)

    async def choose(self, name: str, value: str) -> None:
        """Go to a group of choices and choose with arrows, or tick a box with Space."""
        found = await self.to(name=name)
        if found["type"] == "checkbox":
            await self.page.keyboard.press("Space")
            return
        await self.page.keyboard.press("Space")
        for _ in range(30):
            here = await self.look()
            assert here, "the arrows lost the focus"
            assert here["name"] == name
            if here["value"] == value:
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} has no {value}")

    async def write(self, text: str, **wanted: str) -> None:
        """Go to a field and write in it."""
        await self.to(**wanted)
        await self.page.keyboard.type(text)

    async def walk_through(self) -> list[str]:
        """From the top of the page through every stop and out at its end; what was passed."""
        await self.page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0); }")
        stops: list[str] = []
        for _ in range(150):
            found = await self.tab()
            if found is None:
                return stops
            stops.append(f"{found['tag']} {found['words'] or found['name'] or found['id']}")
            if len(stops) > 2 and stops[0] == stops[-1] and found["words"]:
                return stops[:-1]
        raise AssertionError(f"the focus is held on {self.page.url}: {stops[-12:]}")
