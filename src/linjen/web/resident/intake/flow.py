"""The order of the intake's pages: which come for whom, what is done, and which is next."""

from __future__ import annotations

from itertools import takewhile

from linjen.cases.patients.consent import CARE_HISTORY, FEE, MEDICATION_LIST
from linjen.triage import Page, Protocols
from linjen.triage.asking.confirming import PAGE, danger_heard
from linjen.triage.asking.forms import GENERAL_FORM, has_form, is_form_done
from linjen.triage.asking.interview import is_emergency as is_certain_emergency
from linjen.triage.asking.plausible import FAINT, FALLBACK, MOST_CANDIDATES, candidates
from linjen.triage.state import State
from linjen.web.resident.intake.sheet import Sheet

_SYMPTOM = (
    "patient", "unit", "consent", "fee", "words", "language", "reasons", "questions", "self_care", "form", "pictures",
    "extra", "check",
)  # fmt: skip
#: Without triage: own words, what they may mean at once, a short form, pictures.
_FORM_ONLY = ("patient", "unit", "consent", "fee", "words", "language", "warning", "form", "pictures", "check")
_ADMIN = ("patient", "unit", "words", "language", "warning", "about", "form", "check")

#: Which part of the way a page belongs to: few enough to be told truthfully, whatever the answers are.
_PARTS = {
    "symptom": (("patient", "unit", "consent", "fee"), ("words", "language", "reasons"), ("questions",),
                ("form", "pictures", "extra"), ("check",)),
    "form_only": (("patient", "unit", "consent", "fee"), ("words", "language", "warning"), ("form", "pictures"),
                  ("check",)),
    "admin": (("patient", "unit"), ("words", "language", "warning", "about", "form"), ("check",)),
}  # fmt: skip


def steps_of(sheet: Sheet) -> tuple[str, ...]:
    """The pages that this draft has, in order. Without children nobody is asked for whom it is."""
    order = _ADMIN if sheet.is_admin else _FORM_ONLY if sheet.is_form_only else _SYMPTOM
    left_out = {name for name in order if not _is_for(sheet, name)}
    return tuple(name for name in order if name not in left_out)


def _is_for(sheet: Sheet, step: str) -> bool:
    if step == "patient":
        return bool(sheet.children) or sheet.patient is None
    if step == "language":
        return bool(sheet.foreign) and "language" not in sheet.intake.passed
    if step == "reasons":
        return sheet.state is None or has_reasons(sheet.protocols, sheet.state)
    if step == "self_care":
        return _is_offered_self_care(sheet)
    if step == "warning":
        return _is_warned(sheet)
    if step == "about":
        return bool(offered_forms(sheet))
    if step == "form":
        return sheet.is_all_asked and has_form(sheet.protocols, form_reasons(sheet))
    return True


def _is_offered_self_care(sheet: Sheet) -> bool:
    if not sheet.is_all_asked:  # seen before the assessment, which has to be worked out
        return False
    found = sheet.assessment
    if found is None:
        return False
    return found.outcome == "self_care" or (sheet.intake.want_contact and found.urgency == 5)


def has_reasons(protocols: Protocols, state: State) -> bool:
    """Whether the words resemble any contact reason at all: if not, nobody is asked to choose among none."""
    return any(one.id != FALLBACK for one in candidates(protocols, state))


def confirms_first(sheet: Sheet) -> bool:
    """Whether the words may mean danger to life: then she is asked whether that is so before what it is about."""
    state = sheet.state
    if state is None or is_done(sheet, "reasons") or sheet.asked is None or sheet.asked.kind != PAGE:
        return False
    return any(code not in state.answers for code in danger_heard(sheet.protocols, state))


def may_confirm(sheet: Sheet, page: Page, *, answered: bool) -> bool:
    """Whether a page of what was heard may be opened before a contact reason is chosen."""
    if page.kind != PAGE or not (answered or confirms_first(sheet)):
        return False
    order = steps_of(sheet)
    return "reasons" in order and all(is_done(sheet, name) for name in order[: order.index("reasons")])


def is_in_danger(sheet: Sheet, page: Page | None = None) -> bool:
    """Whether 112 stands at the top: the words may mean danger to life, and she has not said no (asked on `page`)."""
    heard = danger_heard(sheet.protocols, sheet.state) if sheet.state else ()
    return bool(heard) and (page is None or page.kind == PAGE)


def _confirmed_pages(sheet: Sheet) -> int:
    """How many pages of what was heard stand before the contact reasons: those answered before one was chosen."""
    if sheet.state is None or is_done(sheet, "reasons"):
        return 0
    return sum(1 for _ in takewhile(lambda page: page.id.partition("#")[0] == PAGE, sheet.state.pages))


def _is_warned(sheet: Sheet) -> bool:
    """Whether the words call for a page: any warning sign in an administrative question, else danger to life."""
    found = sheet.assessment
    if found is None or not found.words:
        return False
    return sheet.is_admin or found.outcome == "emergency"


def is_done(sheet: Sheet, step: str) -> bool:
    """Whether a page needs nothing more."""
    intake = sheet.intake
    match step:
        case "patient":
            return sheet.patient is not None
        case "unit":
            return sheet.unit is not None and sheet.unit.takes_new
        case "consent":
            return CARE_HISTORY in sheet.consents and MEDICATION_LIST in sheet.consents
        case "fee":
            return FEE in sheet.consents and sheet.consents[FEE].choice
        case "words":
            read = "words" in intake.passed if sheet.is_admin else sheet.kept_state is not None
            return bool(intake.text) and (read or (sheet.is_form_only and "words" in intake.passed))
        case "reasons":
            return "reasons" in intake.passed and sheet.state is not None and bool(sheet.state.chosen)
        case "questions":
            return sheet.is_all_asked
        case "warning":
            return sheet.assessment is None or set(sheet.assessment.words) <= set(intake.warned)
        case "self_care":
            return intake.want_contact
        case "form":
            return step in intake.passed and is_form_done(sheet.protocols, form_reasons(sheet), intake.form)
        case "pictures" | "extra" | "about":
            return step in intake.passed
    return False


def form_reasons(sheet: Sheet) -> tuple[str, ...]:
    """The contact reasons whose forms belong to this draft."""
    if sheet.is_admin:
        return (sheet.intake.about,) if sheet.intake.about else ()
    if sheet.is_form_only:
        return (GENERAL_FORM,)
    if sheet.state is None:
        return ()
    return sheet.state.chosen or ((sheet.assessment.contact_reason,) if sheet.assessment else ())


def offered_forms(sheet: Sheet) -> tuple[str, ...]:
    """The administrative reasons that the words of an administrative question are like, best first."""
    if not (sheet.is_admin and sheet.intake.text):
        return ()
    known, protocols = sheet.protocols.vocabulary.reasons, sheet.protocols
    best = [one for one, score in sheet.reading.reasons[:MOST_CANDIDATES] if score >= FAINT]
    return tuple(
        one for one in best
        if one in protocols.reasons and known[one].kind == "admin" and protocols.reasons[one].file.form
    )  # fmt: skip


def is_emergency(sheet: Sheet) -> bool:
    """Whether the 112 page comes before everything else."""
    if sheet.is_triaged:
        return sheet.state is not None and is_certain_emergency(sheet.protocols, sheet.state)
    found = sheet.assessment
    return found is not None and found.outcome == "emergency" and not is_done(sheet, "warning")


def next_step(sheet: Sheet) -> str:
    """The first page that needs something; 'check' when nothing is left."""
    if is_emergency(sheet):
        return "emergency"
    step = next((step for step in steps_of(sheet) if not is_done(sheet, step)), "check")
    return "questions" if step == "reasons" and confirms_first(sheet) else step


def may_show(sheet: Sheet, step: str) -> bool:
    """Whether a page may be opened: it belongs to this draft, and every page before it is done."""
    order = steps_of(sheet)
    if step not in order:
        return False
    before = order[: order.index(step)]
    if is_emergency(sheet) and "questions" in before:
        return False
    return all(is_done(sheet, name) for name in before)


def is_first_after_questions(sheet: Sheet, step: str) -> bool:
    """Whether this page follows the questions, now that no more of them would change anything: it says so."""
    order = steps_of(sheet)
    if sheet.state is None or not sheet.is_all_asked or "questions" not in order or not sheet.state.pages:
        return False
    return order[order.index("questions") + 1] == step


def path_of(sheet: Sheet, step: str) -> str:
    """The address of a page; for the questions that of the first unanswered one, else the last."""
    if step == "questions":
        answered = len(sheet.state.pages) if sheet.state else 0
        return f"{sheet.path}/questions/{max(answered, 1) if sheet.is_all_asked else answered + 1}"
    return f"{sheet.path}/{step.replace('_', '-')}"


def next_path(sheet: Sheet) -> str:
    """Where to go on."""
    return path_of(sheet, next_step(sheet))


def back_path(sheet: Sheet, step: str) -> str:
    """The page before; the home page before the first."""
    order = steps_of(sheet)
    if step == "reasons" and (confirmed := _confirmed_pages(sheet)):
        return f"{sheet.path}/questions/{confirmed}"
    if step == "questions" and not is_done(sheet, "reasons"):
        step = "reasons"  # what was heard is asked in its place
    place = order.index(step) if step in order else 0
    before = [name for name in order[:place] if name != "questions" or (sheet.state and sheet.state.pages)]
    if sheet.is_form_only:  # what was told there has been answered: its page leads nowhere but on
        before = [name for name in before if name != "warning"]
    return path_of(sheet, before[-1]) if before else "/home"


def part_of(sheet: Sheet, step: str) -> tuple[int, int] | None:
    """Which part of how many a page is in, counted from 1; None where it would say nothing true."""
    if step == "questions" and not is_done(sheet, "reasons"):
        step = "reasons"
    parts = _PARTS["form_only" if sheet.is_form_only else sheet.draft.case.entry]
    number = next((place for place, names in enumerate(parts, 1) if step in names), None)
    return (number, len(parts)) if number else None
