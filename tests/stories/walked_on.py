"""The verbs on a case itself, as a walk tries them: moving it on, talking in it, asking, answering and ending it."""

from __future__ import annotations

from datetime import date, timedelta

from linjen.access.by import By
from linjen.cases.afterwards.document import document
from linjen.cases.afterwards.rating import leave_rating, rate
from linjen.cases.alarms.alarms import find_standing
from linjen.cases.begun_by_staff.further import Answered, Asking, ask_further, save_answers, see_further
from linjen.cases.colleagues import attestation
from linjen.cases.colleagues.attestation_moves import forward_attestation
from linjen.cases.colleagues.invitation import end_invitation, invite, leave_case
from linjen.cases.colleagues.note import write_note
from linjen.cases.intake.interview import Assessment
from linjen.cases.intake.start import Intake
from linjen.cases.intake.withdraw import withdraw
from linjen.cases.loading import open_case, see_case
from linjen.cases.moves.asynchronous import make_asynchronous
from linjen.cases.moves.claim import claim
from linjen.cases.moves.close import close
from linjen.cases.moves.handover import Receiver, hand_over
from linjen.cases.moves.keep import keep
from linjen.cases.moves.release import release
from linjen.cases.moves.remind import remind
from linjen.cases.moves.reopen import reopen, reply_id
from linjen.cases.moves.reprioritise import reprioritise
from linjen.cases.moves.signpost import signpost
from linjen.cases.moves.take_over import Telling, take_over
from linjen.cases.patients.consent import WITHDRAWN, withdraw_consent
from linjen.cases.patients.correction import answer_correction, ask_correction
from linjen.cases.patients.lift_protection import lift_protection
from linjen.cases.patients.muting import choose_notices
from linjen.cases.patients.patient_info import change_contact, set_interpreter, set_protection
from linjen.cases.patients.record_system import open_record_system
from linjen.cases.talk import actions
from linjen.cases.talk.call_back import OUTCOMES, Wish, ask_call, settle_call, withdraw_call
from linjen.cases.talk.message import write_message
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.ids import new_id
from linjen.demo.world import id_of
from linjen.media.decoding import Prepared
from linjen.media.send_picture import draft_picture, send_pictures
from linjen.people.contacts import Contacts, find_contacts
from tests.stories.walking import Verb, Walk

_PLACES = (
    Receiver(id_of("unit/ankaret"), "nurse"), Receiver(id_of("unit/ankaret"), "physician"),
    Receiver(id_of("unit/ankaret"), "nurse", id_of("staff/bo")), Receiver(id_of("unit/rehab"), "physiotherapist"),
    Receiver(id_of("unit/lyktan"), "nurse"),
)  # fmt: skip


def _today() -> date:
    return clock.local_date(clock.now())


async def _send_message(walk: Walk, db: Connection, by: By, pick: int) -> None:
    await open_case(db, by, walk.case_id, "send_message")
    await write_message(db, walk.sealer, by, walk.case_id, ("Meddelande", "Jag har tryck över bröstet")[pick % 2])


async def _send_picture(walk: Walk, db: Connection, by: By, pick: int) -> None:
    """One of three pictures: what was sent before is not sent again."""
    await draft_picture(db, walk.sealer, by, walk.case_id, walk.ids[pick % 3], Prepared(b"stor", b"liten", 1, 1))
    await send_pictures(db, walk.sealer, by, walk.case_id, walk.ids)


async def _change_contact(walk: Walk, db: Connection, by: By, pick: int) -> None:
    """From what the page shows now; the last pick from a page that nobody has loaded again."""
    was = await find_contacts(db, walk.actors.residents["astrid"]) if pick < 4 else Contacts("", "")
    await change_contact(db, by, walk.case_id, Contacts(f"070-174 06 0{pick}", ""), was)


async def _ask_further(walk: Walk, db: Connection, by: By, pick: int) -> None:
    asking = Asking(reason=("hosta", "halsont")[pick % 2], intake=Intake(), tell="Svara gärna." if pick % 3 else "")
    await ask_further(db, walk.sealer, by, walk.case_id, walk.ids[pick % 3], asking)


async def _answer_further(walk: Walk, db: Connection, by: By, pick: int) -> None:
    _, further = await see_further(db, walk.sealer, by, walk.case_id, walk.ids[pick % 3])
    found = Answered(found=Assessment(urgency=pick % 5 + 1, outcome="contact"), said="Jag har svarat.")
    await save_answers(
        db, walk.sealer, by, walk.case_id, further, further.intake, found if pick % 2 else None, lambda _: None
    )  # fmt: skip


async def _confirm(walk: Walk, db: Connection, by: By, pick: int) -> None:
    await actions.confirm_action(db, by, walk.case_id, walk.ids[pick % 3])


async def _close(walk: Walk, db: Connection, by: By, pick: int) -> None:
    waiting = await actions.find_waiting(db, walk.case_id) if pick % 2 else set()
    heard = await find_standing(db, walk.case_id) if pick % 2 else ()
    reached = dict.fromkeys(waiting, actions.WAYS[0])
    await close(db, by, walk.case_id, ("advice", "prescribed", "nonsense")[pick % 3], heard, reached)


async def _reopen(walk: Walk, db: Connection, by: By, pick: int) -> None:
    """By the form of this closing; the last pick is by another one."""
    message_id = reply_id(await see_case(db, by, walk.case_id), by) if pick < 4 else None
    await reopen(db, walk.sealer, by, walk.case_id, message_id or new_id(), f"Tack! {pick}")


async def _ask(walk: Walk, db: Connection, by: By, pick: int) -> None:
    to = attestation.Addressee("physician" if pick % 2 else "nurse", id_of("staff/bo") if pick == 2 else None)
    asked = attestation.Asked(to=to, purpose="knowledge")
    await attestation.request_attestation(db, walk.sealer, by, walk.case_id, walk.ids[pick % 3], asked)


async def _invite(walk: Walk, db: Connection, by: By, pick: int) -> None:
    whom = attestation.Addressee("physician" if pick % 2 else "nurse", id_of(f"staff/{'sara' if pick % 2 else 'bo'}"))
    await invite(db, by, walk.case_id, walk.ids[pick % 3], whom)


async def _forward(walk: Walk, db: Connection, by: By, pick: int) -> None:
    to = attestation.Addressee("nurse" if pick % 2 else "physician")
    await forward_attestation(db, walk.sealer, by, walk.case_id, walk.ids[pick % 3], new_id(), to, "Till rätt person")


#: Each verb as it is tried; the id that a form makes is one of three, so that the same form comes twice now and then.
ON_THE_CASE: dict[str, Verb] = {
    "claim": lambda w, db, by, _: claim(db, by, w.case_id),
    "take_over": lambda w, db, by, _: take_over(
        db, w.sealer, by, w.case_id, 900, Telling("Jag tog över", "Jag tog över")
    ),
    "release": lambda w, db, by, _: release(db, by, w.case_id),
    "close": _close,
    "open_record_system": lambda w, db, by, _: open_record_system(db, by, w.case_id),
    "set_protection": lambda w, db, by, pick: set_protection(
        db, by, w.case_id, ("yes", "no")[pick % 2], ("no", "yes", "unchecked")[pick % 3]
    ),
    "lift_protection": lambda w, db, by, pick: lift_protection(db, w.sealer, by, w.case_id, f"Inget skydd {pick % 2}"),
    "change_contact": _change_contact,
    "set_interpreter": lambda w, db, by, pick: set_interpreter(
        db, by, w.case_id, ("arabiska", "dari", "")[pick % 3], ("", "dari", "arabiska")[pick % 3]
    ),
    "ask_further": _ask_further,
    "answer_further": _answer_further,
    "hand_over": lambda w, db, by, pick: hand_over(
        db, w.sealer, by, w.case_id, new_id(), _PLACES[pick % len(_PLACES)], agreed=bool(w.tried % 2)
    ),
    "make_asynchronous": lambda w, db, by, pick: make_asynchronous(db, w.sealer, by, w.case_id, pick + 1),
    "reprioritise": lambda w, db, by, pick: reprioritise(db, w.sealer, by, w.case_id, pick % 5 + 1, "Mår sämre"),
    "write_note": lambda w, db, by, pick: write_note(db, w.sealer, by, w.case_id, w.ids[pick % 3], "Anteckning"),
    "send_message": _send_message,
    "send_picture": _send_picture,
    "remind": lambda w, db, by, _: remind(db, w.sealer, by, w.case_id, new_id()),
    "keep": lambda w, db, by, pick: keep(db, by, w.case_id, _today() + timedelta(days=pick + 1)),
    "signpost": lambda w, db, by, _: signpost(db, w.sealer, by, w.case_id, "Vänd dig till din egen hälsocentral."),
    "document": lambda w, db, by, _: document(db, by, w.case_id),
    "reopen": _reopen,
    "invite": _invite,
    "leave_case": lambda w, db, by, _: leave_case(db, by, w.case_id),
    "end_invitation": lambda w, db, by, pick: end_invitation(db, by, w.case_id, w.ids[pick % 3]),
    "withdraw": lambda w, db, by, _: withdraw(db, w.sealer, by, w.case_id),
    "add_action": lambda w, db, by, pick: actions.add_action(
        db, w.sealer, by, w.case_id, w.ids[pick % 3], "prescription", "Receptet är förnyat."
    ),
    "confirm_action": _confirm,
    "choose_notices": lambda w, db, by, pick: choose_notices(db, by, w.case_id, bool(pick % 2)),
    "withdraw_consent": lambda w, db, by, pick: withdraw_consent(db, by, w.case_id, WITHDRAWN[pick % 2]),
    "ask_call": lambda w, db, by, pick: ask_call(
        db, w.sealer, by, w.case_id, w.ids[pick % 3], Wish(f"+4670174060{pick % 2}", [(clock.now(), clock.now())])
    ),
    "withdraw_call": lambda w, db, by, pick: withdraw_call(db, by, w.case_id, w.ids[pick % 3]),
    "settle_call": lambda w, db, by, pick: settle_call(
        db, w.sealer, by, w.case_id, w.ids[pick % 3], OUTCOMES[pick % 3], pick % 2, "Vi hör av oss."
    ),
    "rate": lambda w, db, by, pick: (
        rate(db, w.sealer, by, w.case_id, ("yes", "no")[pick % 2], "Tack" if pick % 3 else "")
        if pick % 4
        else leave_rating(db, by, w.case_id)
    ),
    "ask_correction": lambda w, db, by, pick: ask_correction(
        db, w.sealer, by, w.case_id, w.ids[pick % 3], ("correct", "erase")[pick % 2], "Det står fel"
    ),
    "answer_correction": lambda w, db, by, pick: answer_correction(
        db, w.sealer, by, w.case_id, w.ids[pick % 3], f"Vi har gjort ett tillägg {pick % 2}"
    ),
    "settle_action": lambda w, db, by, pick: actions.settle_action(
        db, by, w.case_id, w.ids[pick % 3], actions.WAYS[pick % 2]
    ),
    "request_attestation": _ask,
    "attest": lambda w, db, by, pick: attestation.attest(db, w.sealer, by, w.case_id, w.ids[pick % 3]),
    "follow_up": lambda w, db, by, pick: attestation.follow_up(
        db, by, w.case_id, w.ids[pick % 3], _today() + timedelta(days=pick)
    ),
    "forward_attestation": _forward,
    "withdraw_attestation": lambda w, db, by, pick: attestation.withdraw_attestation(
        db, by, w.case_id, w.ids[pick % 3]
    ),
}
