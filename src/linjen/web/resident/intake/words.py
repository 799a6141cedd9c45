"""Med egna ord: what the resident writes herself, first of all; the tripwire reads it (routine F004)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response

from linjen.cases.intake.interview import keep_state, set_words
from linjen.cases.intake.start import Intake, keep_text
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.visible import is_visible, plain_text
from linjen.triage import choose
from linjen.triage.asking.forms import written_in
from linjen.triage.asking.plausible import FALLBACK
from linjen.triage.state import LONGEST_WORDS
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.flow import form_reasons, has_reasons
from linjen.web.resident.intake.sheet import Fault, Sheet, open_sheet
from linjen.web.resident.intake.step import MAX_WORDS_BODY, Step, Values, is_outdated, leave, passed, routes_of, save
from linjen.web.routing import post_page


def typed_text(exchange: Exchange, field: str, *, needed: str = "") -> tuple[str, list[Fault]]:
    """A long text as it was typed, never cut, and what to change; `needed` is the key of the words for an empty one."""
    value = exchange.form.get(field, "")
    raw = plain_text(value).strip() if isinstance(value, str) else ""
    text = "".join(char for char in raw if char in "\n\t" or not _is_unreadable(char))
    if len(text) > LONGEST_WORDS:
        words = exchange.say("intake.words.too_long", longest=LONGEST_WORDS, over=len(text) - LONGEST_WORDS)
        return text, [Fault(field, words)]
    if not is_visible(text):
        text = ""
    if needed and not text:
        return text, [Fault(field, exchange.say(needed))]
    return text, []


def _is_unreadable(char: str) -> bool:
    return ord(char) < 32 or 0xD800 <= ord(char) <= 0xDFFF


class WordsStep(Step):
    """The page with the big box."""

    name = "words"
    max_body = MAX_WORDS_BODY

    def stored(self, sheet: Sheet) -> Values:
        """What was written before."""
        return {"text": sheet.intake.text}

    def read(self, sheet: Sheet) -> tuple[Values, list[Fault]]:
        """The text, which must hold something."""
        needed = "intake.words.missing_admin" if sheet.is_admin else "intake.words.missing"
        text, faults = typed_text(sheet.exchange, "text", needed=needed)
        return {"text": text}, faults

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """When another window has saved something else, that is shown beside what was typed here."""
        other = sheet.intake.text if sheet.intake.text != values["text"] else ""
        return {"other": other, "longest": LONGEST_WORDS, "child": bool(sheet.about)}

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """New words are read anew: other contact reasons may fit, and the tripwire listens."""
        text: str = values["text"]
        read_anew = {"reasons", "language"} if text != sheet.intake.text else set()
        steps = [name for name in sheet.intake.passed if name not in read_anew]
        intake = msgspec.structs.replace(sheet.intake, text=text, passed=steps)
        if not sheet.is_triaged:
            steps = [name for name in intake.passed if name != "about" or text == sheet.intake.text]
            # An interview about other words would be asked on where it stands, once the triage is on again.
            interview = intake.interview if text == sheet.intake.text else {}
            intake = msgspec.structs.replace(
                intake, passed=steps, protocol=sheet.protocols.stamp, interview=interview
            )  # fmt: skip
            return msgspec.structs.replace(intake, passed=passed(intake, "words"))
        later = [*written_in(sheet.protocols, form_reasons(sheet), intake.form), intake.extra]
        state = set_words(sheet.protocols, sheet.state, sheet.triage_patient, text, later)
        if not has_reasons(sheet.protocols, state):
            intake = msgspec.structs.replace(intake, reasons=[FALLBACK], passed=passed(intake, "reasons"))
            state = choose(sheet.protocols, state, [FALLBACK])
        return keep_state(intake, state)


STEP = WordsStep()


@post_page("/intakes/{case_id:str}/words/draft", verb="write_intake", who="resident", max_body=MAX_WORDS_BODY)
async def keep_words(exchange: Exchange) -> Response[Any]:
    """What stands in the box when the page is left: kept as it is, unless another window has gone on.

    The button "Spara och fortsätt senare" leads home; the page's script, which nobody waits for, gets 204 or 409.
    """
    later = exchange.text_of("do", longest=20) == "later"
    text, faults = typed_text(exchange, "text")
    try:
        async with exchange.site.database.transaction() as db:
            sheet = await open_sheet(db, exchange)
            if faults or is_outdated(sheet):
                newer = is_outdated(sheet)
                return STEP.draw(sheet, {"text": text}, faults, newer=newer) if later else _too_late()
            if sheet.state is None:
                intake = msgspec.structs.replace(sheet.intake, text=text)
                await keep_text(db, exchange.site.sealer, sheet.draft, intake)
            elif not later:
                return _too_late()  # words that have been read are changed by a button, so that they are read anew
            elif text:
                await save(db, sheet, await STEP.keep(db, sheet, {"text": text}))
    except Refused as refused:
        return await leave(exchange, refused) if later else _too_late()
    return exchange.redirect("/home") if later else Response(None, status_code=204)


def _too_late() -> Response[Any]:
    return Response(None, status_code=409)


ROUTES = [*routes_of(STEP), keep_words]
