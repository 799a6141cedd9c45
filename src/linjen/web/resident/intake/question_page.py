"""One page of questions between form and triage: its fields as they stand and as they were sent; how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linjen.triage import Asked, Page, Value
from linjen.triage.asking.wording import is_before_number
from linjen.triage.own_words.tripwire import ALARM_LEVELS, finding_levels
from linjen.triage.state import LONGEST_WORDS
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.answers import (
    NO,
    UNKNOWN,
    YES,
    answer_words,
    confirmed,
    filled_in,
    is_to_confirm,
    read_answer,
    sent_fields,
)
from linjen.web.resident.intake.around import in_other_language
from linjen.web.resident.intake.sheet import Fault


def filled_page(page: Page, said: Mapping[str, Value]) -> dict[str, str]:
    """The fields of a page as they stand for what was said."""
    fields: dict[str, str] = {}
    for asked in page.codes:
        fields |= filled_in(asked, said)
    return fields


def read_page(exchange: Exchange, page: Page) -> tuple[dict[str, str], dict[str, Any], list[Fault]]:
    """The fields of a page as they were sent, the answers by code, and what has to be changed before they count."""
    fields: dict[str, str] = {}
    for asked in page.codes:
        fields |= sent_fields(exchange, asked)
    if exchange.form.get("do") == "all" and _all_at_once(page):
        fields |= {one.code: confirmed(one) for one in page.codes if not fields[one.code]}
    if _is_list(page):
        fields, fault = _ticked(exchange, page.codes, fields)
        if fault is not None:
            return fields, {}, [fault]
    found = {asked.code: read_answer(exchange, asked, fields) for asked in page.codes}
    return fields, found, [one for one in found.values() if isinstance(one, Fault)]


def page_values(exchange: Exchange, page: Page, fields: Mapping[str, str]) -> dict[str, Any]:
    """What `resident/intake/question_fields.html` draws."""
    single = len(page.codes) == 1 and page.kind != "tripwire"
    chosen = {asked.code: fields[asked.code] for asked in page.codes}
    hints = {asked.code: _hint(exchange, asked) for asked in page.codes}
    return {
        "asked_page": page, "single": single, "is_list": _is_list(page),
        "heading": page.codes[0].text if single else page.text,
        "ticked": [{"name": one.code, "text": one.text, "hint": hints[one.code], "value": chosen[one.code]}
                   for one in page.codes],
        "hints": hints, "longest": LONGEST_WORDS, "all_at_once": _all_at_once(page),
        "is_before_number": is_before_number,
        "stated": {one.code: answer_words(exchange, one, one.stated) for one in page.codes if is_to_confirm(one)},
        "fallback": in_other_language(exchange, [page.language, *(one.language for one in page.codes)]),
        "none_chosen": all(value == NO for value in chosen.values()),
    }  # fmt: skip


def _hint(exchange: Exchange, asked: Asked) -> str:
    """Her own words where they speak of this, and the help."""
    quote = exchange.say("intake.questions.you_wrote", words=asked.quote) if asked.quote else ""
    return " ".join(part for part in (quote, asked.help) if part)


def _all_at_once(page: Page) -> bool:
    """Whether one tap may say that all she wrote is right: never for what means haste, which needs its own answer."""
    known = finding_levels()
    return page.kind == "tripwire" and len(page.codes) > 1 and not any(
        known.get(one.code) in ALARM_LEVELS or not one.quote for one in page.codes
    )  # fmt: skip


def _is_list(page: Page) -> bool:
    """Whether the page is a list to tick. What her own words named is asked one by one: each needs its answer."""
    return page.kind != "tripwire" and len(page.codes) > 1 and all(asked.type == "bool" for asked in page.codes)


def _ticked(
    exchange: Exchange, codes: tuple[Asked, ...], fields: dict[str, str]
) -> tuple[dict[str, str], Fault | None]:
    """A list's fields with a yes, a no or an unknown for each code; a fault when nothing was chosen, or both ways."""
    none = bool(exchange.form.get("none"))
    unsure = {one.code for one in codes if fields[f"{one.code}.unknown"] and fields[one.code] != YES}
    given = {one.code: UNKNOWN if one.code in unsure else fields[one.code] for one in codes}
    if none and YES in given.values():
        return {**fields, **given}, Fault("ticks", exchange.say("intake.questions.none_but_yes"))
    if not none and not any(given.values()):
        return {**fields, **given}, Fault("ticks", exchange.say("intake.questions.none_chosen"))
    return {**fields, **{code: value or NO for code, value in given.items()}}, None
