"""The phone's pages: Swedish, phone-sized, without script, and plainly marked as a simulator."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from linjen.simulators.bankid.orders import FAILED_HINTS, PENDING_HINTS, Order
from linjen.simulators.bankid.persons import Person

_REASONS = {
    "qr_not_bankid": "Texten är ingen BankID-kod. Kopiera allt, från ”bankid.” till slutet.",
    "qr_forged": "Koden hör till en annan inloggning. Läs av den igen.",
    "qr_too_old": "Koden byts varje sekund. Läs av den som visas nu.",
    "no_such_order": "Inloggningen är avslutad. Starta en ny på sidan där du loggar in.",
    "not_started": "Läs av QR-koden först, så kan du välja person.",
    "person_missing": "Välj först vem du är.",
    "person_unknown": "Välj en av personerna i listan.",
    "mrtd_missing": "Läs av ID-handlingen först.",
    "hint_unknown": "Välj ett av svaren i listan.",
    "fault_unknown": "Välj ett av felen i listan.",
    "unreadable": "Skicka fälten som formulär eller JSON.",
    "no_such_page": "Här finns ingen sida. Gå till början, så hittar du rätt.",
}
_FAULT_NAMES = {
    503: "Underhåll (503)",
    500: "Internt fel (500)",
    429: "För många anrop (429)",
    408: "För långsamt (408)",
    401: "Obehörig (401)",
}


def stylesheet() -> bytes:
    """The one style sheet."""
    return files("linjen.simulators").joinpath("phone.css").read_bytes()


def public(person: Person) -> dict[str, str]:
    """What the JSON list tells about a person."""
    return {"name": person.name, "personal_number": person.personal_number, "note": person.note}


def home(orders: list[Order]) -> str:
    """What is waiting to be scanned or signed; it looks again every other second."""
    cards = "".join(_card(order) for order in orders)
    waiting = cards or '<p class="calm">Här visas inloggningen så snart du startar den på sidan där du loggar in.</p>'
    body = f"""<h1>Hej! Vad vill du göra?</h1>
{waiting}
<nav><a href="/paste">Klistra in en QR-kod</a><a href="/faults">Låt BankID svara med fel</a></nav>"""
    return _page("BankID-simulator", body, refresh_s=2)


def paste() -> str:
    """Where the text of a QR code is pasted."""
    body = """<h1>Klistra in QR-koden</h1>
<form method="post" action="/scan"><label for="qr">Kodens innehåll</label>
<textarea id="qr" name="qr" rows="4" required autocomplete="off" spellcheck="false"></textarea>
<button>Läs av</button></form><nav><a href="/">Till början</a></nav>"""
    return _page("Klistra in QR-koden", body)


def order(order: Order, persons: list[Person]) -> str:
    """One started order: who are you, then sign or cancel."""
    kind = "Identifiering" if order.kind == "auth" else "Underskrift"
    text = order.request.visible_text
    shown = f'<blockquote class="text">{escape(text)}</blockquote>' if text else ""
    if order.started_at is None:
        step = _scan_button(order)
    elif order.person is None:
        step = _persons(order, persons)
    else:
        step = _confirm(order, order.person)
    body = f"""<h1>{kind} hos Linjen</h1>
{shown}{step}
{_small_form("/cancel", order, "Avbryt", "quiet")}
{_hints(order)}"""
    return _page(kind, body)


def done(outcome: str) -> str:
    """After the last tap, when the person goes on at another screen."""
    if outcome == "signed":
        head, text = "Klart!", "Gå tillbaka till skärmen där du började."
    else:
        head, text = "Avslutat", "Du kan starta en ny inloggning när du vill."
    body = f'<h1>{head}</h1><p class="calm">{text}</p><nav><a href="/">Till början</a></nav>'
    return _page(head, body)


def faults() -> str:
    """The errors that the next call can be answered with."""
    choices = "".join(f'<option value="{status}">{name}</option>' for status, name in _FAULT_NAMES.items())
    body = f"""<h1>Låt BankID svara med fel</h1>
<form method="post" action="/fault"><label for="status">Svar på nästa anrop</label>
<select id="status" name="status">{choices}</select>
<label for="times">Antal gånger</label><input id="times" name="times" type="number" value="2" min="0" max="99">
<button>Spara</button></form><nav><a href="/">Till början</a></nav>"""
    return _page("Fel på beställning", body)


def refusal(reason: str) -> str:
    """Why that could not be done, and the way on."""
    text = _REASONS.get(reason, _REASONS["no_such_page"])
    return _page("Ett steg till", f'<h1>Ett steg till</h1><p>{text}</p><nav><a href="/">Till början</a></nav>')


def _card(order: Order) -> str:
    kind = "Identifiering" if order.kind == "auth" else "Underskrift"
    if order.started_at is None:
        way_on = _scan_button(order)
    else:
        way_on = f'<a class="button" href="/order?order={escape(order.handle)}">Fortsätt</a>'
    return f'<section class="card"><h2>{kind} hos Linjen</h2>{way_on}</section>'


def _scan_button(order: Order) -> str:
    return _small_form("/scan", order, "Skanna QR-koden på skärmen", "")


def _small_form(action: str, order: Order, label: str, look: str) -> str:
    handle = f'<input type="hidden" name="order" value="{escape(order.handle)}">'
    return f'<form method="post" action="{action}">{handle}<button class="{look}">{label}</button></form>'


def _persons(order: Order, persons: list[Person]) -> str:
    buttons = "".join(
        f'<li><button name="person" value="{person.personal_number}" class="person">'
        f"<strong>{escape(person.name)}</strong> <span>{_spaced(person.personal_number)}</span>"
        f"{f'<em>{escape(person.note)}</em>' if person.note else ''}</button></li>"
        for person in persons
    )
    handle = f'<input type="hidden" name="order" value="{escape(order.handle)}">'
    return f'<h2>Vem är du?</h2><form method="post" action="/person">{handle}<ul>{buttons}</ul></form>'


def _confirm(order: Order, person: Person) -> str:
    who = f'<p class="who"><strong>{escape(person.name)}</strong> <span>{_spaced(person.personal_number)}</span></p>'
    if order.request.requirement.mrtd and not order.mrtd_read:
        return who + _small_form("/mrtd", order, "Läs av ID-handlingen", "")
    return who + _small_form("/sign", order, "Skriv under", "")


def _hints(order: Order) -> str:
    groups = (("Väntar", PENDING_HINTS), ("Avslutas", FAILED_HINTS))
    choices = "".join(
        f'<optgroup label="{label}">{"".join(f"<option>{hint}</option>" for hint in hints)}</optgroup>'
        for label, hints in groups
    )
    return f"""<details><summary>Välj ett annat svar</summary>
<form method="post" action="/hint"><input type="hidden" name="order" value="{escape(order.handle)}">
<label for="hint">Svar till inloggningen</label><select id="hint" name="hint">{choices}</select>
<button class="quiet">Svara så</button></form></details>"""


def _spaced(personal_number: str) -> str:
    return f"{personal_number[:8]}-{personal_number[8:]}"


def _page(title: str, body: str, refresh_s: int = 0) -> str:
    refresh = f'<meta http-equiv="refresh" content="{refresh_s}">' if refresh_s else ""
    return f"""<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} – simulator</title>{refresh}<link rel="stylesheet" href="/phone.css"></head>
<body><header>Simulator för demo och test. Påhittade personer, inget riktigt BankID.</header>
<main>{body}</main></body></html>"""
