"""The phones' page: what has arrived at which number, and what the gateway is to do wrong next. Without script."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from itertools import groupby

from linjen.core.clock import local
from linjen.simulators.sms.gateway import MISHAPS, Message

_STATES = {"sent": "På väg till telefonen", "delivered": "Har kommit fram", "failed": "Kom inte fram"}
_WORDS = {
    "refuse": "Vägra meddelandet",
    "busy": "Svara ”försök senare”",
    "fault": "Svara med internt fel",
    "hang": "Ta emot meddelandet och svara aldrig",
    "cut": "Ta emot meddelandet och bryt förbindelsen",
    "lost": "Meddela att telefonen inte fick det",
    "twice": "Rapportera leveransen två gånger",
    "silent": "Rapportera ingenting",
}


def stylesheet() -> bytes:
    """The look of every simulated phone, and of the messages on it."""
    return (
        files("linjen.simulators").joinpath("phone.css").read_bytes()
        + files(__package__).joinpath("messages.css").read_bytes()
    )


def home(messages: list[Message], mishaps: list[str]) -> str:
    """A phone for each number, the latest message first; it looks again every other second."""
    by_number = groupby(sorted(messages, key=lambda one: (one.to, -one.at.timestamp())), key=lambda one: one.to)
    phones = "".join(_phone(number, list(some)) for number, some in by_number)
    empty = '<p class="calm">Här visas sms:en så snart de skickas. Ingen riktig telefon får något.</p>'
    body = f"<h1>Telefoner</h1>{phones or empty}{_choose(mishaps)}"
    return _page("Sms-simulator", body)


def _phone(number: str, messages: list[Message]) -> str:
    rows = "".join(
        f'<li><p class="from">{escape(one.sender)} <time>{local(one.at):%H.%M.%S}</time></p>'
        f"<blockquote>{escape(one.text)}</blockquote><p>{_STATES[one.state]}</p></li>"
        for one in messages
    )
    return f'<section class="card"><h2>{escape(number)}</h2><ul>{rows}</ul></section>'


def _choose(mishaps: list[str]) -> str:
    options = "".join(f'<option value="{name}">{_WORDS[name]}</option>' for name in MISHAPS)
    told = "".join(f"<li>{_WORDS[name]}</li>" for name in mishaps)
    queue = f"<p>Nästa gånger:</p><ol>{told}</ol>" if told else ""
    return f"""<details{" open" if told else ""}><summary>Låt något gå fel</summary>{queue}
<form method="post" action="/mishaps"><label for="mishap">Vid nästa sms</label>
<select id="mishap" name="mishap">{options}</select><button>Spara</button></form></details>"""


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><meta http-equiv="refresh" content="4"><link rel="stylesheet" href="/phones.css"></head>
<body><header>Simulator för demo och test. Inga riktiga telefoner, inga riktiga sms.</header>
<main>{body}</main></body></html>"""
