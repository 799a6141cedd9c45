"""`--lively`: simulated residents who sign in, are triaged by the real interview, send and answer, all by HTTP.

Their pace is gentle: a new case every minute or so, an answer some seconds after a nurse has written. They use nothing
that a real browser could not use, so that a visitor sees the ledger live, and the demo tries itself all the time.
"""

from __future__ import annotations

import asyncio
import random
from urllib.parse import parse_qs, urlsplit

import aiohttp
import msgspec

from linjen.core import clock
from linjen.core.logs import get_log
from linjen.demo.visitor import Fields, Form, Shown, Visitor

log = get_log(__name__)

_MOST_STEPS = 40
_FIRST_PAUSE_S = (4.0, 8.0)
_PAUSE_S = (35.0, 80.0)
_ANSWER_S = (4.0, 12.0)
_STAYS_S = 30 * 60


class Persona(msgspec.Struct, frozen=True):
    """Somebody who will write in: who signs in, what she writes, what is true, and what she answers in the chat."""

    name: str
    entry: str
    text: str
    facts: dict[str, str] = {}
    child: str = ""
    answers: tuple[str, ...] = ("Tack för snabbt svar!", "Absolut, det gör jag.", "Tack, då vet jag.")


PERSONAS = (
    Persona("Selma Lund", "symptom", "Jag har haft ont i halsen i fyra dagar och det gör ont att svälja.",
            {"gen.duration_days": "4", "gen.fever": "yes"},
            answers=("Ja, jag hade 38,4 i morse.", "Nej, ingen i familjen är sjuk.", "Tack, det låter bra!")),
    Persona("Tage Holm", "symptom", "Hostat i två veckor, mest på natten.", {"gen.duration_days": "14"},
            answers=("Det är torrhosta.", "Nej, jag röker inte.", "Tack för hjälpen.")),
    Persona("Rut Engman", "admin", "Hej! Kan jag få ett intyg om mina vaccinationer inför en resa?"),
    Persona("Valter Ros", "symptom", "Ont i ryggen sedan jag lyfte en byrå i lördags.", {"gen.duration_days": "3"},
            answers=("Det strålar inte ner i benen.", "Jag kan gå, men det tar emot.", "Tack, då provar jag det.")),
    Persona("Nadja Falk", "symptom", "Det svider när jag kissar och jag måste gå ofta.", {"gen.duration_days": "2"},
            answers=("Nej, ingen feber.", "Jag är inte gravid.", "Tack!")),
    Persona("Edvin Strand", "symptom", "Jag blir andfådd när jag går i trappan, det är nytt sedan i går.",
            {"resp.dyspnea": "yes", "gen.duration_days": "1"},
            answers=("Ja, jag kan prata hela meningar.", "Nej, inte ont i bröstet.", "Jag kommer direkt.")),
    Persona("Siv Molin", "admin", "Jag vill förnya mitt recept på blodtrycksmedicin.",
            answers=("Det är samma apotek som förut.", "Tack så mycket!")),
    Persona("Joel Sand", "symptom", "Röda kliande utslag på armarna sedan i går kväll.", {"gen.duration_days": "1"},
            answers=("Jag har bytt tvättmedel.", "Nej, det har inte spridit sig.", "Tack, då gör jag så.")),
)  # fmt: skip


class Livelihood:
    """All of them, one after the other, until cancelled."""

    def __init__(self, url: str, phone_url: str, numbers: dict[str, str]) -> None:
        self._url = url
        self._phone_url = phone_url
        self._numbers = numbers

    async def go_on(self) -> None:
        """A new case now and then; each writer stays a while to answer."""
        talks: set[asyncio.Task[None]] = set()
        pause = _FIRST_PAUSE_S
        try:
            while True:
                for persona in random.sample(PERSONAS, len(PERSONAS)):
                    await asyncio.sleep(random.uniform(*pause))
                    pause = _PAUSE_S
                    task = asyncio.create_task(self._live(persona))
                    talks.add(task)
                    task.add_done_callback(talks.discard)
        finally:
            for task in talks:
                task.cancel()

    async def _live(self, persona: Persona) -> None:
        try:
            async with Visitor(self._url) as visitor:
                await sign_in(visitor, self._phone_url, self._numbers[persona.name])
                case = await write_in(visitor, persona)
                async with asyncio.timeout(_STAYS_S):
                    await talk(visitor, persona, case)
        except (aiohttp.ClientError, OSError, LookupError) as error:
            log.info("lively_resident_left", why=type(error).__name__)


async def sign_in(visitor: Visitor, phone_url: str, person: str) -> None:
    """Sign in with BankID on the same device; the simulated phone signs. LookupError if the page is not as expected."""
    choose = await visitor.get("/sign-in")
    form = next(form for form in choose.forms if form.fields.get("device") == "same")
    order = await visitor.send(form)
    start = next(link for link in order.links() if "autostarttoken" in link)
    token = parse_qs(urlsplit(start).query)["autostarttoken"][0]
    async with aiohttp.ClientSession(phone_url, timeout=aiohttp.ClientTimeout(20)) as phone:
        async with phone.post("/start", data={"autostarttoken": token}):
            await asyncio.sleep(0.5)
        sign = {"order": token, "person": person}
        async with phone.post("/sign", data=sign, allow_redirects=False) as signed:
            back = signed.headers.get("location", "")
    for _ in range(15):
        page = await visitor.get(back or order.path)
        back = ""
        if page.path == "/home":
            return
        await asyncio.sleep(1)
    raise LookupError("the sign-in did not reach the home page")


async def write_in(visitor: Visitor, persona: Persona) -> str:
    """From the home card to the receipt; the case's address. LookupError when the way is not found."""
    home = await visitor.get("/home")
    form = next(form for form in home.forms if form.fields.get("entry") == persona.entry)
    page = await visitor.send(form)
    for _ in range(_MOST_STEPS):
        if page.path.endswith("/emergency"):
            raise LookupError("the page says 112: she rings")
        if page.path.endswith("/receipt"):
            return f"/cases/{page.path.split('/')[2]}"
        page = await visitor.send(*_next_step(page, persona))
        await asyncio.sleep(random.uniform(0.2, 0.8))
    raise LookupError(f"no receipt after {_MOST_STEPS} pages")


def _next_step(page: Shown, persona: Persona) -> tuple[Form, Fields]:
    """The form that leads on from a page of the intake, filled in as the persona would."""
    forms = [form for form in page.forms if "withdraw" not in form.action and "remove" not in form.action]
    if page.path.endswith("/self-care"):
        forms = [form for form in forms if not form.action.endswith("/follow")]
    if not forms:
        raise LookupError(f"nothing leads on from {page.path.rsplit('/', 1)[-1]}")
    form = max(forms, key=lambda form: len(form.choices) + len(form.fields))
    return form, _filled(form, persona)


def _filled(form: Form, persona: Persona) -> Fields:
    """Facts where they are asked for; otherwise no, don't know, or the first that is offered."""
    fields: Fields = {}
    for name, kind in form.kinds.items():
        offered = form.choices.get(name, [])
        if kind == "radio":
            wanted = (persona.facts.get(name, ""), "stated", "no", "allow", "unknown", offered[0])
            fields[name] = next(value for value in wanted if value in offered)
        elif kind == "button" and "next" in offered:
            fields[name] = "next"
        elif kind == "checkbox" and f"{name}.unknown" in form.kinds and offered == ["yes"]:
            if persona.facts.get(name) == "yes":
                fields[name] = ["yes"]
        elif kind == "checkbox" and name == "none":
            if not any(form.choices.get(code) == ["yes"] and value == "yes" for code, value in persona.facts.items()):
                fields[name] = ["1"]
        elif kind == "checkbox" and not name.endswith(".unknown"):
            fields[name] = [offered[0]]
        elif kind == "textarea" and not form.fields.get(name):
            fields[name] = persona.text if name in {"words", "text"} else ""
        elif kind in {"text", "date"} and not form.fields.get(name) and f"{name}.unknown" not in form.kinds:
            fields[name] = persona.facts.get(name, _today() if kind == "date" else "Samma som förra gången")
        elif f"{name}.unknown" in form.kinds:
            fields[name] = persona.facts.get(name, "")
            if not fields[name]:
                fields[f"{name}.unknown"] = form.choices[f"{name}.unknown"][0]
    return fields


def _today() -> str:
    return clock.local_date(clock.now()).isoformat()


async def talk(visitor: Visitor, persona: Persona, case: str) -> None:
    """Listen to the case, and answer a while after a nurse has written; leave when it is closed."""
    answers = iter(persona.answers)
    async for event, data in visitor.listen(f"{case}/stream"):
        if event == "closed":
            return
        if event == "message_sent" and 'data-by="staff"' in data:
            await asyncio.sleep(random.uniform(*_ANSWER_S))
            answer = next(answers, None)
            if answer is None:
                return
            page = await visitor.get(case)
            form = next(form for form in page.forms if form.action.endswith("/messages"))
            await visitor.send(form, {"text": answer})
