"""One protocol file checked against the vocabulary, the terms and the other files: every fault with line and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from linjen.core.errors import Invalid
from linjen.triage.asking.forms import GENERAL_FORM
from linjen.triage.checking.lint_languages import language_faults, shown_texts
from linjen.triage.checking.never import contradictions
from linjen.triage.checking.reading_level import lix, long_words, word_count
from linjen.triage.content.condition import Node, OneOf, Unknown, codes_of, parse, walk
from linjen.triage.content.files import Loaded
from linjen.triage.content.library import fitting_codes
from linjen.triage.content.shape import (
    Advice,
    AnyFile,
    CodesFile,
    DangerFile,
    FormQuestion,
    GeneralFile,
    LanguageFile,
    ReasonFile,
    RiskFile,
    RuleText,
)
from linjen.triage.vocabulary import Vocabulary

MOST_LIX = 35  # of the whole advice; easy reading ends at 40 on Björnsson's scale
MOST_LIX_OF_ONE = 50  # of one piece of advice, where a single long word weighs much
_SELF_CARE = 5
#: Of a question of at least so many words; a shorter one, where LIX says nothing, has at most so many long words.
_WORDS_FOR_LIX, _MOST_LONG = 8, 2


class Problem(msgspec.Struct, frozen=True, order=True):
    """One fault: the file's name, the line counted from 1, and the reason in English."""

    file: str
    line: int
    reason: str


class FileChecker:
    """Checks one file at a time against the vocabulary, the terms and the other files."""

    def __init__(self, known: Vocabulary, files: list[Loaded], terms: Mapping[str, Node]) -> None:
        self.known, self.terms = known, terms
        self.everywhere: set[str] = set()
        self.anywhere: set[str] = set()
        self.overridden: set[str] = set()
        self.texts: set[str] = set()
        for loaded in files:
            self._learn(loaded.file)

    def _learn(self, file: AnyFile) -> None:
        codes = {code for _, listed in _asked(file) for code in listed}
        if not isinstance(file, ReasonFile):
            self.everywhere |= codes
        self.anywhere |= codes
        self.texts |= set(shown_texts(file))
        if isinstance(file, RiskFile):
            self.overridden |= {floor.code for floor in file.floors}

    def check(self, loaded: Loaded) -> Iterator[Problem]:
        """Every fault of one file."""
        file = loaded.file
        yield from self.signature(loaded)
        for place, listed in _asked(file):
            yield from self.codes(loaded, place, listed)
        for place, condition in _conditions(file):
            yield from self.condition(loaded, place, condition)
        for place, part in _put_to_residents(file):
            yield from self.easy(loaded, place, part)
        if isinstance(file, ReasonFile | GeneralFile | RiskFile):
            for number, rule in enumerate(file.rules):
                yield from self.rule(loaded, f"$.rules[{number}]", rule)
        if isinstance(file, ReasonFile):
            yield from self.reason(loaded, file)
        if isinstance(file, CodesFile):
            yield from self.wording(loaded, file)
        if isinstance(file, LanguageFile):
            faults = language_faults(self.known, self.texts, loaded.name, file)
            yield from (self.problem(loaded, place, why) for place, why in faults)
        if isinstance(file, RiskFile):
            yield from self.floors(loaded, file)
        if isinstance(file, GeneralFile):
            yield from self.audiences(loaded, file)
            yield from self.form(loaded, file.form, GENERAL_FORM)

    def easy(self, loaded: Loaded, place: str, part: object) -> Iterator[Problem]:
        """A heading, a question or its help is short and plain."""
        for name in ("text", "text_other", "help"):
            text = getattr(part, name, "")
            hard = lix(text) > MOST_LIX if word_count(text) >= _WORDS_FOR_LIX else long_words(text) > _MOST_LONG
            if hard:
                yield self.problem(loaded, f"{place}.{name}", f"hard to read: LIX {lix(text):.0f}, at most {MOST_LIX}")

    def problem(self, loaded: Loaded, place: str, reason: str) -> Problem:
        return Problem(loaded.name, loaded.line(place), reason)

    def signature(self, loaded: Loaded) -> Iterator[Problem]:
        file = loaded.file
        if file.reviewed and not (file.reviewed_by and file.reviewed_on):
            yield self.problem(loaded, "$.reviewed", "reviewed: true needs reviewed_by and reviewed_on")
        if not file.reviewed and not file.example:
            yield self.problem(loaded, "$.example", "content that nobody has reviewed must say example: true")

    def codes(self, loaded: Loaded, place: str, listed: list[str]) -> Iterator[Problem]:
        for number, code in enumerate(listed):
            where = f"{place}[{number}]"
            if code not in self.known.findings:
                yield self.problem(loaded, where, f"unknown finding code {code}")
            elif code in listed[:number]:
                yield self.problem(loaded, where, f"{code} stands twice in the same list")

    def condition(self, loaded: Loaded, place: str, text: str) -> Iterator[Problem]:
        try:
            node = parse(text, self.known.findings, self.terms)
        except Invalid as wrong:
            yield self.problem(loaded, place, str(wrong.detail["why"]))
            return
        yield from (self.problem(loaded, place, why) for why in contradictions(node))
        codes = codes_of(node)
        if place.startswith("$.screens") and ".pages" not in place and codes:
            yield self.problem(loaded, place, f"a screen is chosen by age and sex alone, not by {min(codes)}")
        if place.startswith(("$.questions", "$.compass")) or ".pages" in place:
            named = codes_of(parse(text, self.known.findings, dict.fromkeys(self.terms, _NOTHING)))
            for code in self._never_asked(loaded.file, named):
                yield self.problem(loaded, place, f"{code} is never asked, so this question is never reached")

    def _never_asked(self, file: AnyFile, codes: Iterable[str]) -> Iterator[str]:
        """Of `codes`, those that neither this interview asks nor an answer to another code of it brings."""
        asked = self.everywhere
        if isinstance(file, ReasonFile):
            asked = asked | {code for _, listed in _asked(file) for code in listed}
        for code in sorted(set(codes) - asked - {PATIENT_MONTHS}):
            if not any(child in asked for child in self._below(code)):
                yield code

    def rule(self, loaded: Loaded, place: str, rule: RuleText) -> Iterator[Problem]:
        try:
            node = parse(rule.condition, self.known.findings, self.terms)
        except Invalid:
            return  # reported by condition()
        yield from (self.problem(loaded, f"{place}.if", why) for why in self._lowering(node, rule.level))
        if isinstance(loaded.file, ReasonFile):
            if not rule.id.startswith(f"{loaded.file.id}."):
                yield self.problem(loaded, f"{place}.id", f"a rule of this file is named {loaded.file.id}.something")
            # Terms gather what several reasons ask; only what the rule's own text names must be asked here.
            named = codes_of(parse(rule.condition, self.known.findings, dict.fromkeys(self.terms, _NOTHING)))
            for code in self._never_asked(loaded.file, named):
                yield self.problem(loaded, f"{place}.if", f"{code} is never asked in this interview")

    def _below(self, code: str) -> Iterator[str]:
        for child in self.known.children.get(code, ()):
            yield child
            yield from self._below(child)

    def _lowering(self, node: Node, level: int) -> Iterator[str]:
        """A red flag must never lower the urgency, so `not` is kept away from it unless its own level is at least so
        urgent."""
        for leaf, negated in walk(node):
            if not negated:
                continue
            if isinstance(leaf, Unknown):
                yield "unknown(...) cannot stand under not"
            for code in codes_of(leaf):
                for flag in (code, *self._below(code)):
                    finding = self.known.findings[flag]
                    mild = flag in self.overridden or (finding.level or 9) > level
                    if finding.is_red_flag and mild:
                        yield f"not on {code} would let the warning sign {flag} lower the urgency"

    def reason(self, loaded: Loaded, file: ReasonFile) -> Iterator[Problem]:
        if file.id not in self.known.reasons:
            yield self.problem(loaded, "$.id", f"unknown contact reason {file.id}")
        elif loaded.name != f"{file.id}.yaml":
            yield self.problem(loaded, "$.id", f"the file of {file.id} is named {file.id}.yaml")
        kind = self.known.reasons[file.id].kind if file.id in self.known.reasons else "vard"
        if kind == "admin" and not file.form:
            yield self.problem(loaded, "$", "an administrative reason has a form")
        yield from self.form(loaded, file.form, file.id)
        yield from self.codes(loaded, "$.staff_first", file.staff_first)
        if kind == "admin":
            return
        if not file.red_flags.ask:
            yield self.problem(loaded, "$.red_flags", "a reason asks at least one warning sign")
        if not file.lead:
            yield self.problem(loaded, "$.lead", "a reason names at least one lead symptom")
        yield from self.body_area(loaded, file)
        if file.default.level == _SELF_CARE and file.self_care is None:
            yield self.problem(loaded, "$.default", "a reason that may end in self-care needs self_care")
        for part in ("self_care", "self_care_child"):
            if care := getattr(file, part):
                yield from self.readable(loaded, care, part)

    def form(self, loaded: Loaded, form: list[FormQuestion], owner: str) -> Iterator[Problem]:
        for number, question in enumerate(form):
            place = f"$.form[{number}]"
            if (question.kind == "choice") != bool(question.choices):
                yield self.problem(loaded, place, "choices belong to a question of kind choice, and are needed there")
            if question.choices_en and len(question.choices_en) != len(question.choices):
                yield self.problem(loaded, place, "choices_en has as many lines as choices, in the same order")
            if not question.id.startswith(f"{owner}."):
                yield self.problem(loaded, f"{place}.id", f"a question of this file is named {owner}.something")

    def readable(self, loaded: Loaded, care: Advice, part: str) -> Iterator[Problem]:
        said = {"title": [care.title], "intro": [care.intro], "do": care.do, "seek_care_if": care.seek_care_if}
        whole = lix(" ".join(f"{sentence}." for sentences in said.values() for sentence in sentences))
        if whole > MOST_LIX:
            yield self.problem(loaded, f"$.{part}", f"hard to read: LIX {whole:.0f}, at most {MOST_LIX}")
        for name, sentences in said.items():
            for number, sentence in enumerate(sentences):
                if (level := lix(sentence)) > MOST_LIX_OF_ONE:
                    place = f"$.{part}.{name}[{number}]"
                    yield self.problem(loaded, place, f"hard to read: LIX {level:.0f}, at most {MOST_LIX_OF_ONE}")

    def body_area(self, loaded: Loaded, file: ReasonFile) -> Iterator[Problem]:
        asked = set(file.lead) | {code for _, listed in _asked(file) for code in listed} | self.everywhere
        for number, area in enumerate(file.areas):
            codes = fitting_codes(f"{area}.*", self.known)
            if not codes:
                yield self.problem(loaded, f"$.areas[{number}]", f"no finding code begins with {area}.")
            for code in codes:
                level = self.known.findings[code].level
                if level is not None and level <= 2 and code not in asked:
                    why = f"{code} (level {level}) belongs to the body area {area} and must be asked"
                    yield self.problem(loaded, "$.red_flags.ask", why)

    def wording(self, loaded: Loaded, file: CodesFile) -> Iterator[Problem]:
        for code, words in file.codes.items():
            place = f"$.codes.{code}"
            finding = self.known.findings.get(code)
            if finding is None:
                yield self.problem(loaded, place, f"unknown finding code {code}")
            elif finding.type == "enum" and set(words.labels) != set(finding.values):
                yield self.problem(loaded, place, f"labels of {code} must be exactly {', '.join(finding.values)}")
            elif finding.type != "enum" and words.labels:
                yield self.problem(loaded, place, f"{code} is no choice and takes no labels")
        for code, finding in self.known.findings.items():
            if finding.type == "enum" and code not in file.codes:
                yield self.problem(loaded, "$.codes", f"the choice {code} has no labels")
        for number, fit in enumerate(file.fits):
            for at, pattern in enumerate(fit.codes):
                if not fitting_codes(pattern, self.known):
                    yield self.problem(loaded, f"$.fits[{number}].codes[{at}]", f"no finding code fits {pattern}")

    def floors(self, loaded: Loaded, file: RiskFile) -> Iterator[Problem]:
        for number, floor in enumerate(file.floors):
            place = f"$.floors[{number}]"
            if floor.code not in self.known.findings:
                yield self.problem(loaded, f"{place}.code", f"unknown finding code {floor.code}")
                continue
            try:
                node = parse(floor.condition, self.known.findings, self.terms)
            except Invalid:
                continue
            if floor.code not in codes_of(node):
                yield self.problem(loaded, f"{place}.if", f"the condition must name {floor.code}")
            yield from (self.problem(loaded, f"{place}.if", why) for why in self._lowering(node, floor.level))

    def audiences(self, loaded: Loaded, file: GeneralFile) -> Iterator[Problem]:
        groups = {reason.group for reason in self.known.reasons.values()}
        for number, audience in enumerate(file.audiences):
            for strange in [*set(audience.reasons) - set(self.known.reasons), *set(audience.groups) - groups]:
                yield self.problem(loaded, f"$.audiences[{number}]", f"unknown contact reason or group {strange}")
        for code, reasons in file.finds.items():
            place = f"$.finds.{code}"
            if code not in self.known.findings or self.known.findings[code].type != "bool":
                yield self.problem(loaded, place, f"{code} is no finding that is answered yes or no")
            elif code not in self.anywhere:
                yield self.problem(loaded, place, f"{code} is asked by no contact reason, danger screen or compass")
            for strange in set(reasons) - set(self.known.reasons):
                yield self.problem(loaded, place, f"unknown contact reason {strange}")


def _put_to_residents(file: AnyFile) -> Iterator[tuple[str, object]]:
    """Every heading and question that a resident reads, with its place."""
    for name in ("questions", "always", "compass", "form"):
        for number, part in enumerate(getattr(file, name, ())):
            yield f"$.{name}[{number}]", part
    if isinstance(file, DangerFile):
        for number, screen in enumerate(file.screens):
            yield from ((f"$.screens[{number}].pages[{at}]", page) for at, page in enumerate(screen.pages))
    if isinstance(file, CodesFile):
        yield from ((f"$.codes.{code}", words) for code, words in file.codes.items())


_NOTHING: Node = OneOf("sex", ())
PATIENT_MONTHS = "child.age_months"


def _asked(file: AnyFile) -> Iterator[tuple[str, list[str]]]:
    """Every list of codes that a file asks, with its place."""
    if isinstance(file, ReasonFile):
        yield "$.means", file.means
        yield "$.lead", file.lead
        yield "$.red_flags.ask", file.red_flags.ask
    if isinstance(file, ReasonFile | GeneralFile):
        yield "$.risk_groups", file.risk_groups
        yield from ((f"$.questions[{number}].ask", block.ask) for number, block in enumerate(file.questions))
    if isinstance(file, GeneralFile):
        for name, blocks in (("always", file.always), ("compass", file.compass)):
            yield from ((f"$.{name}[{number}].ask", block.ask) for number, block in enumerate(blocks))
    if isinstance(file, DangerFile):
        for number, screen in enumerate(file.screens):
            yield from ((f"$.screens[{number}].pages[{at}].ask", page.ask) for at, page in enumerate(screen.pages))


def _conditions(file: AnyFile) -> Iterator[tuple[str, str]]:
    """Every condition that a file holds, with its place; empty ones left out."""
    listed: dict[str, Iterable[object]] = {
        name: getattr(file, name, ())
        for name in ("questions", "always", "compass", "rules", "screens", "floors", "fits", "audiences", "support")
    }
    for name, parts in listed.items():
        for number, part in enumerate(parts):
            if text := getattr(part, "condition", ""):
                yield f"$.{name}[{number}].if", text
    if isinstance(file, DangerFile):
        for number, screen in enumerate(file.screens):
            for at, page in enumerate(screen.pages):
                if page.condition:
                    yield f"$.screens[{number}].pages[{at}].if", page.condition
