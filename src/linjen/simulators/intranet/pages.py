"""What a region's own pages for its staff may look like: three short pages, without script."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from importlib.resources import files

_TRAINING = """<h1>Utbildning i Linjen</h1>
<p class="calm">Här lägger regionen sina kurser. Innehållet på den här sidan är ett exempel.</p>
<section class="card"><h2>Webbkurs, 30 minuter</h2><p>För alla som ska arbeta med ärenden: ta emot, svara, lämna över
och avsluta.</p></section>
<section class="card"><h2>Att skriva till patienter</h2><p>Tydligt och vänligt, utan fackord. Med övningar.</p>
</section>
<section class="card"><h2>För enhetschefer</h2><p>Öppettider, bemanning, fraser och uppföljning.</p></section>"""

_STATUS = """<h1>Driftinformation</h1>
<p class="calm">Här berättar regionen om störningar och planerade stopp. Innehållet på den här sidan är ett exempel.</p>
<section class="card"><h2>Nu</h2><p>Allt fungerar.</p></section>
<section class="card"><h2>Planerade stopp</h2><p>Inga.</p></section>"""

_FORM = """<form method="post" action="/forslag"><label for="text">Vad kan bli bättre?</label>
<textarea id="text" name="text" rows="6" maxlength="4000"></textarea>
<p>Skriv inget om en patient här.</p><button>Skicka förslaget</button></form>"""
_THANKS = '<p class="calm" role="status">Tack! Ditt förslag är skickat.</p>'


def training(region: str) -> str:
    """The region's courses."""
    return _page("Utbildning", region, _TRAINING)


def status(region: str) -> str:
    """What does not work just now, and what will be stopped."""
    return _page("Driftinformation", region, _STATUS)


def suggestions(region: str, *, thanks: bool = False) -> str:
    """The form for what could be better; after it has been sent its thanks stand above it."""
    return _page("Förbättringsförslag", region, f"<h1>Förbättringsförslag</h1>{_THANKS if thanks else ''}{_FORM}")


PAGES: dict[str, Callable[[str], str]] = {"/utbildning": training, "/driftinformation": status, "/forslag": suggestions}


def stylesheet() -> bytes:
    """The look of all simulated pages."""
    return files("linjen.simulators").joinpath("phone.css").read_bytes()


def _page(title: str, region: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} – {escape(region)}</title><link rel="stylesheet" href="/page.css"></head>
<body><header>{escape(region)}, sidor för personal. Simulator för demo och test.</header>
<main>{body}</main></body></html>"""
