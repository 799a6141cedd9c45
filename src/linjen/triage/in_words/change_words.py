"""What has changed between two versions, in Swedish for a clinician: sentences by file, what may be milder first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from linjen.triage.content.condition_words import listed
from linjen.triage.in_words.changes import Change, FieldChange, Kind
from linjen.triage.vocabulary import vocabulary

#: Kind -> (one, many), as they stand in a sentence.
_KINDS: dict[Kind, tuple[str, str]] = {
    "file": ("fil", "filer"), "rule": ("regel", "regler"), "default": ("utgångsnivå", "utgångsnivåer"),
    "question": ("fråga", "frågor"), "red_flags": ("varningstecken", "varningstecken"),
    "asked": ("ordning och urval", "ordning och urval"), "advice": ("egenvårdsråd", "egenvårdsråd"),
    "form": ("formulärfråga", "formulärfrågor"), "care": ("vårdnivå", "vårdnivåer"), "term": ("begrepp", "begrepp"),
    "floor": ("undantag från ordlistans nivå", "undantag från ordlistans nivå"),
    "screen": ("farofrågornas urval", "farofrågornas urval"), "danger": ("sida med farofrågor", "sidor med farofrågor"),
    "wording": ("rubrik", "rubriker"), "audience": ("målgrupp", "målgrupper"),
    "support": ("hjälp att få just nu", "hjälp att få just nu"),
    "code": ("ordalydelse", "ordalydelser"), "fit": ("vem frågor passar", "vem frågor passar"),
    "signed": ("filhuvud", "filhuvuden"),
}  # fmt: skip
_HOW = {"changed": "Ändrat", "added": "Tillagt", "removed": "Borttaget"}
_MOST_USERS = 12
_FIELDS = {
    "condition": "Villkor", "why": "Varför", "source": "Källa", "version": "Version", "author": "Författare",
    "reviewed": "Granskad", "reviewed_by": "Granskad av", "reviewed_on": "Granskad den", "example": "Exempel",
    "name": "Namn", "synonyms": "Andra ord", "text": "Text", "text_other": "Text när någon annan skriver",
    "help": "Hjälptext", "ask": "Frågar om", "title": "Rubrik", "intro": "Inledning", "do": "Råd",
    "seek_care_if": "Sök vård om", "means": "Valet betyder", "lead": "Ledande symtom", "areas": "Kroppsområden",
    "risk_groups": "Riskgrupper", "staff_first": "Visas först för personalen", "order": "Ordning",
    "finds": "Ett ja leder till", "phones": "Telefonnummer", "title_other": "Rubrik när någon annan skriver",
    "units": "Enheter",
    "labels": "Svarsalternativ", "range": "Gränser för talet", "kind": "Slag", "choices": "Svarsalternativ",
    "required": "Måste besvaras", "levels": "Nivåer", "place": "Vårdnivå", "days": "Veckodagar", "hours": "Tider",
    "release": "Versionsnummer", "groups": "Grupper", "reasons": "Kontaktorsaker",
}  # fmt: skip


def change_title(change: Change) -> str:
    """What a change is, in a sentence or two."""
    said = f"{_HOW[change.how]}: {_KINDS[change.kind][0]} {change.id}".strip() + "."
    levels = (change.level_before, change.level_after)
    if None not in levels and levels[0] != levels[1]:
        said += f" Nivå {levels[0]} blir {levels[1]}."
    elif (level := levels[1] if change.how != "removed" else levels[0]) is not None and change.how != "changed":
        said += f" Nivå {level}."
    if change.is_milder:
        said += " Kan göra ärenden mindre brådskande."
    return said


def change_lines(change: Change) -> list[str]:
    """One change as lines: what it is, then each field that came, went or is another."""
    lines = [change_title(change), *(line for field in change.fields for line in _field_lines(change, field))]
    if change.used_in:
        more = len(change.used_in) - _MOST_USERS
        users = ", ".join(change.used_in[:_MOST_USERS]) + (f" och {more} till" if more > 0 else "")
        lines.append(f"  Används av: {users}")
    return lines


def field_name(name: str) -> str:
    """What a field is called."""
    base, _, rest = name.partition("_en")
    return _FIELDS.get(base, name) + (" (engelska)" if base != name and not rest else "")


def _field_lines(change: Change, field: FieldChange) -> Iterator[str]:
    name = field_name(field.name)
    if isinstance(field.before, tuple) or isinstance(field.after, tuple):
        yield from _list_lines(name, tuple(field.before), tuple(field.after))
    elif change.how != "changed":
        if said := field.after or field.before:
            yield f"  {name}: {said}"
    else:
        yield f"  {name}, förut: {field.before or '–'}"
        yield f"  {name}, nu: {field.after or '–'}"


def _list_lines(name: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    """What a list gained and lost; when it did neither, its order is another."""
    gone, come = [one for one in before if one not in after], [one for one in after if one not in before]
    if gone:
        yield f"  {name}, borttaget: {'; '.join(gone)}"
    if come:
        yield f"  {name}, tillagt: {'; '.join(come)}"
    if not gone and not come and before != after:
        yield f"  {name}, ny ordning: {'; '.join(after)}"


def summary_line(changes: Sequence[Change]) -> str:
    """How many of what has changed, in one sentence."""
    if not changes:
        return "Ingenting skiljer."
    counted = Counter((one.how, one.kind) for one in changes)
    parts = []
    for how, word in _HOW.items():
        kinds = [f"{count} {_KINDS[kind][count > 1]}" for (of, kind), count in counted.items() if of == how]
        parts += [f"{word}: {listed(kinds, 'och')}."] if kinds else []
    milder = sum(one.is_milder for one in changes)
    conditions = sum(not one.is_milder and any(field.name == "condition" for field in one.fields) for one in changes)
    end = {0: "", 1: "En av dem kan göra ärenden mindre brådskande."}.get(
        milder, f"{milder} av dem kan göra ärenden mindre brådskande.")  # fmt: skip
    if conditions:  # whether a condition became narrower is not worked out: nobody is told that it is safe
        ending = "villkor är ändrat" if conditions == 1 else "villkor är ändrade"
        end += f" {conditions} {ending} och kan göra ärenden mindre brådskande: läs vad som skiljer."
    return " ".join(part for part in (*parts, end.strip()) if part)


def report_lines(changes: Sequence[Change]) -> Iterator[str]:
    """The whole comparison: the summary, then file by file with what may be milder first."""
    yield summary_line(changes)
    for file in dict.fromkeys(one.file for one in changes):
        of_file = [one for one in changes if one.file == file]
        yield ""
        named = vocabulary().reasons.get(of_file[0].reason)
        yield f"{file}: {named.name}" if named else file
        for change in sorted(of_file, key=lambda one: not one.is_milder):
            yield from (f"  {line}" for line in change_lines(change))
