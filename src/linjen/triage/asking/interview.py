"""The interview: begin, choose a reason, the next page, answers, going back; each gives a new state."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from linjen.core.errors import Invalid
from linjen.triage.asking.agenda import MORE, Due, due_blocks, more_due, still_to_ask
from linjen.triage.asking.confirming import MOST_CODES, stated_in
from linjen.triage.asking.remembering import remembered
from linjen.triage.asking.standing import fired_now
from linjen.triage.asking.wording import Put, asked, put, put_help
from linjen.triage.content.library import Protocols
from linjen.triage.state import LONGEST_WORDS, Asked, AskedPage, Page, Patient, Sex, State, TextReading, Value, Writer

#: Headings that share a page where their questions fit on one: each says by itself what it asks.
_SHARING = frozenset({"question", "risk_groups"})
#: So few warning signs that are left over share one, too.
_FEW = 3


def begin(
    protocols: Protocols,
    age_years: float,
    sex: Sex = "unknown",
    writer: Writer = "self",
    text: str = "",
    name: str = "",
    on: date | None = None,
) -> State:
    """A new interview about a patient of `age_years` (years, may be a fraction). Raises Invalid("bad_age").

    `on` is the day the text was written, so that "sen i måndags" can be counted.
    """
    if not (isinstance(age_years, int | float) and math.isfinite(age_years) and 0 <= age_years <= 130):
        raise Invalid("bad_age", field="age_years")
    reading = protocols.read(text[:LONGEST_WORDS])
    state = State(
        Patient(float(age_years), sex, writer, name), (text,), reading, protocols.stamp,
        written_on=on.isoformat() if on else "",
    )  # fmt: skip
    return _listened(protocols, msgspec.structs.replace(state, suspected=_suspects(protocols, {}, reading)))


def _listened(protocols: Protocols, state: State) -> State:
    """The interview with what its texts state, to be confirmed."""
    texts = (text[:LONGEST_WORDS] for text in state.texts)
    return msgspec.structs.replace(state, stated=stated_in(protocols, texts, state.written_on))


def choose(protocols: Protocols, state: State, reasons: Iterable[str]) -> State:
    """The contact reasons that the resident picked, the main one first. Raises Invalid("unknown_reason")."""
    picked = tuple(dict.fromkeys(reasons))
    for id in picked:
        if id not in protocols.vocabulary.reasons:
            raise Invalid("unknown_reason", field="reasons", reason_id=id)
    return _replayed(protocols, msgspec.structs.replace(state, chosen=picked), state.answers)


def add_text(protocols: Protocols, state: State, text: str) -> State:
    """Own words written later in the interview: they can only raise, through the tripwire's questions."""
    suspected = _suspects(protocols, state.suspected, protocols.read(text[:LONGEST_WORDS]))
    answers = standing_answers(protocols, state.answers, suspected.keys() - state.suspected.keys())
    changed = msgspec.structs.replace(state, texts=(*state.texts, text), suspected=suspected, answers=answers)
    return _listened(protocols, changed)


def standing_answers(protocols: Protocols, answers: Mapping[str, Value], heard: Iterable[str]) -> dict[str, Value]:
    """The answers without those that the newly `heard` codes speak against: a "nej" is asked again, never overruled."""
    doubted = {one for code in heard for one in (code, *protocols.vocabulary.ancestors(code))}
    return {code: value for code, value in answers.items() if value is True or code not in doubted}


def _suspects(protocols: Protocols, before: Mapping[str, str], reading: TextReading) -> dict[str, str]:
    known = protocols.vocabulary.findings
    found = {code: reading.quotes.get(code, "") for code in reading.red_flags if code in known}
    return {**found, **before}


@remembered
def is_emergency(protocols: Protocols, state: State) -> bool:
    """Is a rule of level 1 certain already? Then nothing more is asked."""
    return any(rule.level == 1 and rule.certain for rule in fired_now(protocols, state))


def next_page(protocols: Protocols, state: State, language: str = "sv") -> Page | None:
    """The next page, or None when nothing that is left can change the outcome. `language` is sv or en."""
    if (found := _next(protocols, state)) is None:
        return None
    due, codes = found
    number = 1 + sum(page.id.partition("#")[0] == due.id for page in state.pages)
    return _page(protocols, state, due, codes, number, language)


def is_all_asked(protocols: Protocols, state: State) -> bool:
    """Is there no next page? Asked without putting it into words."""
    return _next(protocols, state) is None


@remembered
def _next(protocols: Protocols, state: State) -> tuple[Due, tuple[str, ...]] | None:
    """The heading that is next, and its codes."""
    if is_emergency(protocols, state):
        return None
    found: tuple[Due, list[str]] | None = None
    for due in still_to_ask(protocols, state):
        before = set(due.codes) if found is None else {*found[1], *due.codes}
        # What another open code would rule out waits for the answer to that one.
        ready = [code for code in due.codes if not set(protocols.vocabulary.ancestors(code)) & before]
        if found is None and ready:
            found = due, ready[:MOST_CODES]
        elif found is not None and due.kind in _SHARING and len(ready) == len(due.codes):
            new = [code for code in ready if code not in found[1]]
            if len(found[1]) + len(new) > MOST_CODES:
                break
            found = more_due(protocols), [*found[1], *new]
        if found is not None and not _shares(*found):
            break
    return (found[0], tuple(found[1])) if found else None


def _shares(due: Due, codes: list[str]) -> bool:
    """Whether what is asked next may stand on the same page."""
    return due.kind in _SHARING or (due.kind == "red_flags" and len(due.codes) == len(codes) <= _FEW)


def _page(protocols: Protocols, state: State, due: Due, codes: Iterable[str], number: int, language: str) -> Page:
    text, shown = _heading(protocols, state.patient, due, language)
    return Page(
        id=due.id if number == 1 else f"{due.id}#{number}",
        kind=due.kind,
        text=text,
        help=put_help(protocols, language, due.id, due.help, due.help_en),
        codes=tuple(_asked(protocols, state, code, language) for code in codes),
        language=shown,
    )


def _asked(protocols: Protocols, state: State, code: str, language: str) -> Asked:
    """One code as it stands on a page, with the writer's own words where they speak of it."""
    one, stated = asked(protocols, state.patient, code, language), state.stated.get(code)
    quote = state.suspected.get(code) or (stated.words if stated else "")
    return msgspec.structs.replace(one, quote=quote, stated=stated.value if stated else None) if quote else one


def _heading(protocols: Protocols, patient: Patient, due: Due, language: str) -> Put:
    """The heading for the writer; one that quotes her speaks to her, whomever the interview is about."""
    file = protocols.languages.get(language)
    if file is not None and (own := file.wording.get(due.id)):
        return Put(own, language)
    if due.kind == "tripwire":
        return Put(due.text_en, "en") if language != "sv" and due.text_en else Put(due.text, "sv")
    return put(protocols, patient, language, due.id, due.text, due.text_other, due.text_en, due.text_other_en)


def answer(protocols: Protocols, state: State, answers: Mapping[str, Value]) -> State:
    """Take answers (code to value, None for "vet inte") to the present page, or change earlier ones.

    After a change, later answers are kept as far as their questions are still asked. Own words in an answer pass the
    tripwire. Raises Invalid("unknown_code") or Invalid("bad_value") with `code`; then nothing is taken.
    """
    taken = {code: checked(protocols, code, value) for code, value in answers.items()}
    if any(code in state.answers and state.answers[code] != value for code, value in taken.items()):
        return _replayed(protocols, state, {**state.answers, **taken})
    return _advanced(protocols, _taken(protocols, state, taken))


def free_answers(protocols: Protocols, answers: Mapping[str, Value]) -> list[str]:
    """What was answered in own words."""
    findings = protocols.vocabulary.findings
    return [value for code, value in answers.items() if isinstance(value, str) and findings[code].type == "text"]


def _taken(protocols: Protocols, state: State, taken: Mapping[str, Value]) -> State:
    page = next_page(protocols, state)
    on_page = tuple(asked.code for asked in page.codes if asked.code in taken) if page else ()
    pages = (*state.pages, AskedPage(page.id, on_page)) if page and on_page else state.pages
    suspected = state.suspected
    for text in free_answers(protocols, taken):
        suspected = _suspects(protocols, suspected, protocols.read(text))
    heard = suspected.keys() - state.suspected.keys()
    answers = standing_answers(protocols, {**state.answers, **taken}, heard)
    return msgspec.structs.replace(state, answers=answers, pages=pages, suspected=suspected)


def _replayed(protocols: Protocols, state: State, answers: Mapping[str, Value]) -> State:
    """The interview from its start with the same texts and choice, keeping `answers` for what is asked again."""
    suspected: dict[str, str] = {}
    for text in state.texts:
        suspected = _suspects(protocols, suspected, protocols.read(text[:LONGEST_WORDS]))
    kept = {**state.kept, **answers}
    fresh = msgspec.structs.replace(state, answers={}, pages=(), suspected=suspected, kept=kept)
    return _advanced(protocols, _listened(protocols, fresh))


def _advanced(protocols: Protocols, state: State) -> State:
    """The interview taken on with answers kept from before a change, up to the first page that needs the resident."""
    while state.kept and (page := next_page(protocols, state)):
        known = {asked.code: state.kept[asked.code] for asked in page.codes if asked.code in state.kept}
        if not known:
            break
        state = _taken(protocols, state, known)
    return state


def page_at(protocols: Protocols, state: State, index: int, language: str = "sv") -> Page | None:
    """An answered page again, counted from 0, for going back; its values stand in `state.answers`."""
    if not 0 <= index < len(state.pages):
        return None
    asked_page = state.pages[index]
    base, _, number = asked_page.id.partition("#")
    due = next((due for due in due_blocks(protocols, state) if due.id == base), None)
    due = due or (more_due(protocols) if base == MORE else Due(base, "question", "", asked_page.codes))
    return _page(protocols, state, due, asked_page.codes, int(number or 1), language)


def checked(protocols: Protocols, code: str, value: Value) -> Value:
    """The value of an answer as it is stored. Raises Invalid("unknown_code") or Invalid("bad_value")."""
    finding = protocols.vocabulary.findings.get(code)
    if finding is None:
        raise Invalid("unknown_code", field=code, code=code)
    if value is None:
        return None
    if finding.type == "number":
        return _checked_number(protocols, code, value)
    fits = {
        "bool": isinstance(value, bool),
        "enum": isinstance(value, str) and value in finding.values,
        "text": isinstance(value, str) and len(value) <= LONGEST_WORDS,
    }
    if not fits[finding.type]:
        raise Invalid("bad_value", field=code, code=code)
    return value


def _checked_number(protocols: Protocols, code: str, value: Value) -> float:
    words = protocols.words.get(code)
    low, high = words.range if words and words.range else (0.0, 100_000.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise Invalid("bad_value", field=code, code=code, low=low, high=high)
    return float(value)
