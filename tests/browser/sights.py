"""What eyes would find on a page: text that is cut off or covers other text, and words that nobody translated."""

from __future__ import annotations

import re

from playwright.async_api import Page

from linjen.web.words.made_up import CLOSE, OPEN

_LEAVES = "p, h1, h2, h3, h4, li, dt, dd, label, summary, legend, button, a, time"
_SEEN = """(one) => { const box = one.getBoundingClientRect(), look = getComputedStyle(one);
  return box.width > 2 && box.height > 2 && look.visibility !== "hidden" && look.clipPath === "none"
    && one.checkVisibility() && one.innerText?.trim(); }"""

#: Texts whose box is smaller than they are, and pairs of texts that lie over each other.
_BAD = f"""() => {{
  const seen = {_SEEN}, found = [];
  const fixed = (one) => one.closest(".lj-tabbar, .lj-session, .lj-newer, .lj-skip, dialog");
  const all = [...document.querySelectorAll({_LEAVES!r})].filter((one) => seen(one) && !fixed(one));
  for (const one of document.querySelectorAll("body *")) {{
    if (!seen(one) || fixed(one) || one.closest("textarea, select, progress")) continue;
    const look = getComputedStyle(one);
    const cuts = ["hidden", "clip"].includes(look.overflowX) || ["hidden", "clip"].includes(look.overflowY);
    if (cuts && (one.scrollWidth > one.clientWidth + 2 || one.scrollHeight > one.clientHeight + 2))
      found.push(`cut off: ${{one.innerText.trim().slice(0, 60)}}`);
  }}
  const leaves = all.filter((one) => !one.querySelector({_LEAVES!r}));
  const boxes = leaves.map((one) => {{ const range = document.createRange(); range.selectNodeContents(one);
    return [one, [...range.getClientRects()].filter((box) => box.width > 2)]; }});
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {{
    const [a, mine] = boxes[i], [b, others] = boxes[j];
    if (a.contains(b) || b.contains(a)) continue;
    const over = mine.some((x) => others.some((y) =>
      Math.min(x.right, y.right) - Math.max(x.left, y.left) > 3
      && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 6));
    const words = (one) => one.innerText.trim().slice(0, 40);
    if (over) found.push(`over each other: ${{words(a)}} / ${{words(b)}}`);
  }}
  return found;
}}"""

#: Every text that is shown or read aloud and is said to be in the language of the page.
_TEXTS = """() => {
  const own = document.documentElement.lang, found = [];
  const ours = (one) => (one.closest("[lang]")?.lang ?? own) === own && !one.closest("script, style, template, bdi");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (ours(walker.currentNode.parentElement)) found.push(walker.currentNode.data);
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const one of document.querySelectorAll(`[${name}]`)) if (ours(one)) found.push(one.getAttribute(name));
  return found.map((text) => text.trim()).filter(Boolean);
}"""

_WORD = re.compile(r"[A-Za-zÅÄÖåäö]{3,}")
_MADE_UP = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_PUT_IN = re.compile("\u2068[^\u2068\u2069]*\u2069")


async def find_bad_sights(page: Page) -> list[str]:
    """Text that is cut off, and text over other text, as the page is shown now."""
    found: list[str] = await page.evaluate(_BAD)
    return found


async def find_untranslated(page: Page, known: set[str], content: str) -> list[str]:
    """Words of a page in the made-up language that are not of it.

    Names and dates are `known`; what stands word for word in `content`, the triage's own texts, is not of the pages.
    """
    texts: list[str] = await page.evaluate(_TEXTS)
    rest = [" ".join(bare(text).split()).strip(" :,.”“") for text in texts]
    return [text for text in rest if set(_WORD.findall(text)) - known and text not in content]


def bare(text: str) -> str:
    """What is left of a text when all that was translated, and all that was put into it, is taken out."""
    before = ""
    while before != text:
        before, text = text, _PUT_IN.sub(" ", _MADE_UP.sub(" ", text))
    return text
