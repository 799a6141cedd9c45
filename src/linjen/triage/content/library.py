"""Protocol files loaded once and compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

from linjen.core.collector import collector_waits
from linjen.core.errors import Invalid
from linjen.triage.content.condition import YES, Facts, Node, Test, codes_of, compiled, parse
from linjen.triage.content.files import FOLDER, Loaded, digest_of, files_in, read_files
from linjen.triage.content.reach import Span, spanning
from linjen.triage.content.shape import (
    Block,
    CodesFile,
    DangerFile,
    GeneralFile,
    LanguageFile,
    ReasonFile,
    RiskFile,
    RuleText,
    Signed,
    Support,
    Words,
)
from linjen.triage.content.touched import Touched
from linjen.triage.state import Stated, TextReading
from linjen.triage.vocabulary import Vocabulary, vocabulary

F = TypeVar("F", bound=Signed)


@dataclass(frozen=True)
class Rule:
    """A compiled rule. `codes` are the findings it looks at; `owner` is a reason's id or "" for all."""

    id: str
    level: int
    why: str
    source: str
    version: int
    author: str
    reviewed: bool
    owner: str
    codes: frozenset[str]
    node: Node
    test: Test
    span: Span


@dataclass(frozen=True)
class Fitting:
    """A compiled condition on the patient or on what is known, with the codes that it looks at."""

    test: Test
    span: Span
    codes: frozenset[str]


@dataclass(frozen=True)
class AskBlock:
    """A block of questions with its compiled condition."""

    block: Block
    when: Test
    span: Span
    codes: frozenset[str]


@dataclass(frozen=True)
class Reason:
    """A compiled contact reason."""

    file: ReasonFile
    blocks: tuple[AskBlock, ...]
    rules: tuple[Rule, ...]

    @cached_property
    def touched(self) -> Touched[Rule]:
        """The rules by what they look at."""
        return Touched(self.rules)

    @cached_property
    def codes(self) -> frozenset[str]:
        """Every finding that this reason asks for or rests on."""
        file = self.file
        asked = [code for asking in self.blocks for code in asking.block.ask]
        listed = {*asked, *file.lead, *file.red_flags.ask, *file.risk_groups, *file.staff_first}
        return frozenset(listed.union(*(rule.codes for rule in self.rules)))


@dataclass(frozen=True, repr=False)
class Protocols:
    """Everything an interview needs; immutable, shared by all, the same content has the same `stamp` everywhere."""

    stamp: str
    vocabulary: Vocabulary
    general: GeneralFile
    general_blocks: tuple[AskBlock, ...]
    always: tuple[AskBlock, ...]
    #: Asked when the words leave open what the case is about.
    compass: tuple[AskBlock, ...]
    screens: tuple[tuple[Test, tuple[AskBlock, ...]], ...]
    reasons: Mapping[str, Reason]
    floors: Mapping[str, Rule]
    rules: tuple[Rule, ...]
    words: Mapping[str, Words]
    units_en: Mapping[str, str]
    languages: Mapping[str, LanguageFile]
    fits: Mapping[str, tuple[Fitting, ...]]
    audiences: Mapping[str, tuple[Test, ...]]
    support: tuple[tuple[Test, Support], ...]
    signed: tuple[Signed, ...]
    read: Callable[[str], TextReading]
    hear: Callable[[str], Mapping[str, Stated]]

    @cached_property
    def codes(self) -> frozenset[str]:
        """Every finding that the rules for all rest on."""
        return frozenset().union(*(rule.codes for rule in self.rules))

    def is_example(self, reasons: Iterable[str] = ()) -> bool:
        """Whether anything that everybody meets, or that one of `reasons` asks, is an example or not reviewed."""
        files = [*self.signed, *(self.reasons[id].file for id in reasons if id in self.reasons)]
        return any(file.example or not file.reviewed for file in files)

    @cached_property
    def touched(self) -> Touched[Rule]:
        """The rules for all by what they look at."""
        return Touched(self.rules)

    def __repr__(self) -> str:
        return f"<Protocols {self.stamp}>"


def terms_of(risk: RiskFile, known: Vocabulary) -> dict[str, Node]:
    """The terms of the risk file; each may use those above it."""
    terms: dict[str, Node] = {}
    for name, text in risk.terms.items():
        terms[name] = parse(text, known.findings, terms)
    return terms


def fitting_codes(pattern: str, known: Vocabulary) -> list[str]:
    """The codes that a pattern such as `gyn.*` or `uro.testis_pain` names."""
    if pattern.endswith(".*"):
        return [code for code in known.findings if code.startswith(pattern[:-1])]
    return [pattern] if pattern in known.findings else []


def _always_yes(_: Facts) -> int:
    return 2


class _Compiler:
    """Turns file texts into compiled parts with one vocabulary and one set of terms."""

    def __init__(self, known: Vocabulary, risk: RiskFile) -> None:
        self.known, self.risk = known, risk
        self.terms = terms_of(risk, known)

    def test(self, condition: str) -> Test:
        return compiled(parse(condition, self.known.findings, self.terms)) if condition else _always_yes

    def rule(self, text: RuleText, signed: Signed, owner: str) -> Rule:
        node = parse(text.condition, self.known.findings, self.terms)
        return Rule(
            id=text.id,
            level=text.level,
            why=text.why,
            source=text.source or signed.source,
            version=text.version or signed.version,
            author=text.author or signed.author,
            reviewed=signed.reviewed if text.reviewed is None else text.reviewed,
            owner=owner,
            codes=codes_of(node),
            node=node,
            test=compiled(node),
            span=spanning(node),
        )

    def blocks(self, blocks: list[Block]) -> tuple[AskBlock, ...]:
        return tuple(self.block(block) for block in blocks)

    def block(self, block: Block) -> AskBlock:
        if not block.condition:
            return AskBlock(block, _always_yes, lambda facts, codes: (YES, YES), frozenset())
        found = self.fitting(block.condition)
        return AskBlock(block, found.test, found.span, found.codes)

    def fitting(self, condition: str) -> Fitting:
        node = parse(condition, self.known.findings, self.terms)
        return Fitting(compiled(node), spanning(node), codes_of(node))

    def floors(self) -> dict[str, Rule]:
        """One rule for each finding that has a level of its own in the vocabulary."""
        texts = {
            code: RuleText(
                id=f"niva.{code}",
                condition=code,
                level=finding.level,
                why=f"{finding.name}. Det ger ensamt brådskandegrad {finding.level}.",
            )
            for code, finding in self.known.findings.items()
            if finding.level is not None and finding.type == "bool"
        }
        for floor in self.risk.floors:
            texts[floor.code] = RuleText(
                id=f"niva.{floor.code}", condition=floor.condition, level=floor.level, why=floor.why
            )
        return {code: self.rule(text, self.risk, "") for code, text in texts.items()}

    def reason(self, file: ReasonFile) -> Reason:
        return Reason(file, self.blocks(file.questions), tuple(self.rule(text, file, file.id) for text in file.rules))

    def audiences(self, general: GeneralFile) -> dict[str, tuple[Test, ...]]:
        found: dict[str, tuple[Test, ...]] = {}
        for audience in general.audiences:
            test = self.test(audience.condition)
            for id, reason in self.known.reasons.items():
                if id in audience.reasons or reason.group in audience.groups:
                    found[id] = (*found.get(id, ()), test)
        return found

    def fits(self, codes: CodesFile) -> dict[str, tuple[Fitting, ...]]:
        found: dict[str, tuple[Fitting, ...]] = {}
        for fit in codes.fits:
            test = self.fitting(fit.condition)
            for pattern in fit.codes:
                for code in fitting_codes(pattern, self.known):
                    found[code] = (*found.get(code, ()), test)
        return found


def _only(files: list[Loaded], shape: type[F]) -> F:
    found = [loaded.file for loaded in files if isinstance(loaded.file, shape)]
    if len(found) != 1:
        why = f"exactly one file of {shape.__name__} is needed, found {len(found)}"
        raise Invalid("bad_protocol", file="", line=1, why=why)
    return found[0]


def build(files: list[Loaded], known: Vocabulary) -> Protocols:
    """Compile files that have been read. Raises Invalid for a condition that breaks the grammar."""
    general, risk = _only(files, GeneralFile), _only(files, RiskFile)
    danger, codes = _only(files, DangerFile), _only(files, CodesFile)
    compiler = _Compiler(known, risk)
    reasons = [loaded.file for loaded in files if isinstance(loaded.file, ReasonFile)]
    everywhere = [(text, risk) for text in risk.rules] + [(text, general) for text in general.rules]
    return Protocols(
        stamp=f"{general.name}@{general.release}+{digest_of((one.name, one.raw) for one in files)}",
        vocabulary=known,
        general=general,
        general_blocks=compiler.blocks(general.questions),
        always=compiler.blocks(general.always),
        compass=compiler.blocks(general.compass),
        screens=tuple((compiler.test(screen.condition), compiler.blocks(screen.pages)) for screen in danger.screens),
        reasons={file.id: compiler.reason(file) for file in reasons},
        floors=compiler.floors(),
        rules=tuple(compiler.rule(text, signed, "") for text, signed in everywhere),
        words=codes.codes,
        units_en=codes.units_en,
        languages={one.language: one for loaded in files if isinstance(one := loaded.file, LanguageFile)},
        fits=compiler.fits(codes),
        audiences=compiler.audiences(general),
        support=tuple((compiler.test(one.condition), one) for one in general.support),
        signed=(general, risk, danger, codes),
        read=_reader(reasons),
        hear=_hear,
    )


def own_phrases(reasons: Iterable[ReasonFile]) -> tuple[tuple[str, str], ...]:
    """What a version's own files call their contact reasons: id with name or synonym."""
    return tuple((file.id, phrase) for file in reasons for phrase in (file.name, *file.synonyms) if phrase)


def _reader(reasons: list[ReasonFile]) -> Callable[[str], TextReading]:
    """How this version reads own words: by the lexicon, and the names and synonyms of its own files."""
    own = own_phrases(reasons)

    def read(text: str) -> TextReading:
        # Imported at first use: the lexicon takes memory that `linjen triage check` does not need.
        from linjen.triage.own_words.matching import read_text  # noqa: PLC0415

        found = read_text(text, own)
        return TextReading(found.language, tuple(found.reasons), tuple(found.red_flags), found.quotes, found.alarm)

    return read


def _hear(text: str) -> Mapping[str, Stated]:
    from linjen.triage.own_words.everyday import read_stated  # noqa: PLC0415 - as above

    return read_stated(text)


def compile_files(files: Mapping[str, bytes]) -> Protocols:
    """Read and compile a whole set of protocol files, file name to bytes. Raises Invalid("bad_protocol")."""
    with collector_waits():
        return build(read_files(files), vocabulary())


_SOME_WORDS = "Ont i halsen"


def make_ready(protocols: Protocols) -> Protocols:
    """The same, having read once: what reading works out at its first text takes a third of a second.

    Seconds where no earlier start has kept it. Words that say something, because those that say nothing are not
    compared with anything.
    """
    protocols.read(_SOME_WORDS)
    protocols.hear(_SOME_WORDS)
    return protocols


@cache
def load(folder: Path = FOLDER) -> Protocols:
    """Load and compile the protocols of a folder once per process. Raises Invalid("bad_protocol")."""
    return compile_files(files_in(folder))
