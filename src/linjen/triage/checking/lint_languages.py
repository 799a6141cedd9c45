"""A language file checked: each of its texts belongs to something that is asked or shown, and to who writes."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from linjen.triage.content.shape import AnyFile, DangerFile, LanguageFile
from linjen.triage.vocabulary import Vocabulary


def language_faults(
    known: Vocabulary, texts: Collection[str], name: str, file: LanguageFile
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """(place, reason) of every fault in the file called `name`; `texts` are the ids that the other files show."""
    if name != f"language_{file.language}.yaml":
        yield "$.language", f"this file must be named language_{file.language}.yaml"
    ids: dict[str, Collection[str]] = {"codes": known.findings, "reasons": known.reasons, "texts": texts}
    for part, listed in ids.items():
        for id in getattr(file, part):
            if id not in listed:
                yield f"$.{part}.{id}", f"{id} is nothing that is asked or shown"
    for code, text in file.codes.items():
        if code in known.findings and (strange := set(text.labels) - set(known.findings[code].values)):
            yield f"$.codes.{code}", f"{code} has no value {', '.join(sorted(strange))}"
    for part, listed_texts in (("codes", file.codes), ("texts", file.texts)):
        for id, text in listed_texts.items():
            if text.text and not text.text_other:
                yield f"$.{part}.{id}", f"{id} needs text_other, when somebody else writes"


def shown_texts(file: AnyFile) -> Iterator[str]:
    """The ids of the headings, form questions and other texts that residents read."""
    for name in ("questions", "always", "compass", "form", "support"):
        yield from (part.id for part in getattr(file, name, ()))
    if isinstance(file, DangerFile):
        yield from (page.id for screen in file.screens for page in screen.pages)
