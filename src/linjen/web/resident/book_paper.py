"""Ärendet som pdf: everything of one of the resident's cases, pictures too, as a tagged PDF to read, keep and print."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.alarms.alarms import find_standing
from linjen.cases.begun_by_staff.further import list_further
from linjen.cases.loading import Case
from linjen.cases.overview import Around, look_around
from linjen.cases.patients.consent import list_consents
from linjen.cases.talk.actions import list_actions
from linjen.cases.talk.message import Message, list_messages
from linjen.cases.tickets.ticket import list_case_tickets
from linjen.core import clock, swedish
from linjen.core.database import Connection
from linjen.media.pictures import list_pictures, see_picture
from linjen.records.paper import Image, Pair, Paper, Part, Section, write_pdf
from linjen.web.exchange import Exchange
from linjen.web.parts.action_cards import state_words
from linjen.web.parts.picture_words import said_words
from linjen.web.resident.book import file_name, see_to_take
from linjen.web.resident.call_back_words import said_calls
from linjen.web.resident.case import closed_key, read_told, said_further
from linjen.web.resident.correction import correction_rows
from linjen.web.resident.intake.self_care import version_of
from linjen.web.resident.rating_words import read_rating
from linjen.web.resident.shown_case import about_of, consent_name, status_of, title_of
from linjen.web.resident.ticket_cards import ticket_cards
from linjen.web.routing import get_page
from linjen.web.staff_titles import title_in


@get_page("/cases/{case_id:str}/book.pdf", verb="see", who="resident", limit="paper")
async def take_paper(exchange: Exchange) -> Response[Any]:
    """The file, to keep; logged as the file for programs is. 404 for a draft or a stranger."""
    async with exchange.site.database.transaction() as db:
        case = await see_to_take(db, exchange)
        paper = await _paper(db, exchange, case)
    return pdf_answer(await write_pdf(paper), file_name(case))


def pdf_answer(content: bytes, name: str) -> Response[Any]:
    """A PDF file to keep, under a name without its ending; nothing of it stays in the browser's store."""
    headers = {"content-disposition": f'attachment; filename="{name}.pdf"', "cache-control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


def paper_of(
    exchange: Exchange, title: str, lead: str, sections: list[Section], images: list[Image] | None = None
) -> Paper:
    """A paper in the language of the page; sections without anything in them are left out."""
    say = exchange.say
    return Paper(
        language=exchange.language, title=title, author=exchange.site.settings.region_name, lead=lead,
        sections=[one for one in sections if one.parts], page=say("case.paper.page"), of=say("case.paper.of"),
        unshown=say("case.paper.unshown"), unshown_text=say("case.paper.unshown_text"), at=clock.now(),
        images=images or [],
    )  # fmt: skip


async def _paper(db: Connection, exchange: Exchange, case: Case) -> Paper:
    say, language = exchange.say, exchange.language
    around = (await look_around(db, [case.id]))[case.id]
    pictures, images = await _pictures(db, exchange, case)
    sections = [
        Section(say("case.paper.about"), await _facts(db, exchange, case, around)),
        *await _told(db, exchange, case),
        Section(say("case.paper.talk"), await _talk(db, exchange, case)),
        Section(say("case.pictures"), pictures),
        *await _sent_along(db, exchange, case, around),
        Section(say("case.worse"), [Part(kind="text", text=say("case.paper.worse"))]),
    ]
    lead = say("case.paper.lead", at=swedish.full_moment(clock.now(), language))
    return paper_of(exchange, say("case.paper.title", reason=title_of(exchange, case)), lead, sections, images)


async def _facts(db: Connection, exchange: Exchange, case: Case, around: Around) -> list[Part]:
    say, language = exchange.say, exchange.language
    state, _ = status_of(exchange, case, around)
    pairs = [Pair(say("case.paper.whom"), about_of(exchange, case, around))]
    if around.unit_name:
        pairs.append(Pair(say("case.paper.unit"), around.unit_name))
    for name, at in (("sent", case.sent_at), ("closed", case.closed_at)):
        if at is not None:
            pairs.append(Pair(say(f"case.paper.{name}"), swedish.full_moment(at, language)))
    pairs.append(Pair(say("case.paper.state"), state))
    if key := await closed_key(db, case):
        pairs.append(Pair(say(f"{key}.title"), say(f"{key}.text")))
    return [Part(kind="pairs", pairs=pairs)]


async def _told(db: Connection, exchange: Exchange, case: Case) -> list[Section]:
    """What she told, what she answered and was advised; with the page, no advice to wait where her words alarmed."""
    say = exchange.say
    alarmed = 1 in {case.priority, case.urgency} or bool(await find_standing(db, case.id))
    protocols = await version_of(db, exchange, case)
    told = await read_told(db, exchange, case, protocols, may_wait=not alarmed)
    parts = []
    for name, text in (("parts.own_words", told["text"]), ("case.extra", told["extra"])):
        if text:
            parts += [Part(kind="heading", text=say(name)), Part(kind="text", text=text)]
    answers = _answers(told["answers"])
    if answers and parts:
        answers.insert(0, Part(kind="heading", text=say("case.paper.answers")))
    further = await said_further(db, exchange, case, await list_further(db, exchange.site.sealer, case.id))
    advice: list[Part] = []
    for one in told["self_care"]:
        advice += [
            Part(kind="heading", text=one.title), Part(kind="text", text=one.intro),
            Part(kind="list", lines=list(one.do)), Part(kind="text", text=say("case.seek_care_if")),
            Part(kind="list", lines=list(one.seek_care_if)),
        ]  # fmt: skip
    return [
        Section(say("case.answered"), parts + answers),
        *(Section(one["title"], _answers(one["answers"])) for one in further),
        Section(say("case.advice"), advice),
    ]


def _answers(answers: list[dict[str, str]]) -> list[Part]:
    return [Part(kind="pairs", pairs=[Pair(one["question"], one["answer"]) for one in answers])] if answers else []


async def _talk(db: Connection, exchange: Exchange, case: Case) -> list[Part]:
    """The messages in order. Whoever else in the family wrote and is protected is named in no file."""
    masked = exchange.say("case.paper.protected")
    messages = await list_messages(db, exchange.site.sealer, case.id, masked_as=masked)
    found = await list_pictures(db, exchange.site.sealer, case) if case.pictures else []
    numbers: dict[UUID | None, int] = {one.id: number for number, one in enumerate(found, 1)}
    return [
        Part(kind="said", text=_head(exchange, one), said=said_words(exchange, one, numbers.get(one.picture, 0)))
        for one in messages
    ]


def _head(exchange: Exchange, one: Message) -> str:
    at = swedish.full_moment(one.sent_at, exchange.language)
    if one.by_kind == "resident" and one.by_id == exchange.by.person_id:
        return exchange.say("case.paper.you_wrote", at=at)
    title = f", {title_in(exchange.language, one.by_title)}" if one.by_title else ""
    return exchange.say("case.paper.wrote", name=f"{one.by_name}{title}", at=at)


async def _pictures(db: Connection, exchange: Exchange, case: Case) -> tuple[list[Part], list[Image]]:
    """Each picture with what it is in words: its number and the day it was added."""
    found = await list_pictures(db, exchange.site.sealer, case) if case.pictures else []
    parts, images = [], []
    for number, one in enumerate(found, 1):
        jpeg = await see_picture(db, exchange.site.sealer, exchange.by, case.id, one.id, "display")
        day = swedish.date_words(clock.local_date(one.added_at), exchange.language)
        words = exchange.say("case.paper.picture", number=number, total=len(found), day=day)
        parts.append(
            Part(
                kind="picture",
                text=f"{words}. {one.about}" if one.about else words,
                alt=one.about or words,
                picture=number - 1,
                width=one.width,
                height=one.height,
            )
        )
        images.append(Image(jpeg, one.width, one.height))
    return parts, images


async def _sent_along(db: Connection, exchange: Exchange, case: Case, around: Around) -> list[Section]:
    """The cards of the talk, the tickets and the consents, each as it stands."""
    say, sealer, language = exchange.say, exchange.site.sealer, exchange.language
    actions = [
        Pair(say(f"case.action.kinds.{one.kind}"), f"{one.text}\n{state_words(exchange, one, dated=True)}")
        for one in await list_actions(db, sealer, case.id)
    ]
    tickets: list[Part] = []
    for card in await ticket_cards(db, exchange, await list_case_tickets(db, sealer, case.id), case.id):
        tickets += [Part(kind="heading", text=card["title"]), Part(kind="text", text=card["state_words"])]
        tickets += [Part(kind="text", text=text) for text in (card["by"], *card["holds"])]
    consents = [
        Pair(consent_name(say, one.kind, case, around), say(
            f"case.paper.{'allowed' if one.choice else 'denied'}", at=swedish.full_moment(one.given_at, language)))
        for one in await list_consents(db, case.id)
    ]  # fmt: skip
    return [
        Section(say("case.paper.actions"), [Part(kind="pairs", pairs=actions)] if actions else []),
        Section(say("case.paper.tickets"), tickets),
        Section(say("case.paper.calls"), await _calls(db, exchange, case)),
        Section(say("correction.title"), await _corrections(db, exchange, case)),
        Section(say("rating.question"), await _rating(db, exchange, case)),
        Section(say("case.consents"), [Part(kind="pairs", pairs=consents)] if consents else []),
    ]


async def _calls(db: Connection, exchange: Exchange, case: Case) -> list[Part]:
    """Ring mig: each wish to be called, and what came of it."""
    pairs = [Pair(asked, "\n".join(lines)) for asked, lines in await said_calls(db, exchange, case)]
    return [Part(kind="pairs", pairs=pairs)] if pairs else []


async def _rating(db: Connection, exchange: Exchange, case: Case) -> list[Part]:
    """What she answered when the case was closed."""
    rating = await read_rating(db, exchange, case)
    if not rating.get("said"):
        return []
    line = rating["said_line"]
    return [Part(kind="text", text=text) for text in (rating["said"], line) if text]


async def _corrections(db: Connection, exchange: Exchange, case: Case) -> list[Part]:
    """What was to be corrected or erased; an answer stands among the messages."""
    rows = await correction_rows(db, exchange, case.id)
    return [Part(kind="said", text=f"{one['kind']}, {one['at']}. {one['state']}", said=one["text"]) for one in rows]


ROUTES = [take_paper]
