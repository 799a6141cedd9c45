"""What a change does: vignettes held with two versions, and which of them end at another level, reason or length."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from linjen.core.errors import Invalid
from linjen.triage.asking.assessment import assess
from linjen.triage.asking.interview import begin, choose
from linjen.triage.content.library import Protocols, own_phrases
from linjen.triage.content.vignettes import ReasonVignette, all_vignettes
from linjen.triage.content.yaml_lines import read_yaml
from linjen.triage.own_words.matching import Phrases, match_reasons
from linjen.triage.trials.evaluation import interviewed, knowing, with_implied

_SIGNED = {"name", "release", "version", "author", "source", "reviewed", "reviewed_by", "reviewed_on", "example"}
#: Texts whose reading is kept, and for how many sets of names and synonyms.
_KEPT, _KEPT_READERS = 2000, 3


class Ended(msgspec.Struct, frozen=True):
    """How a vignette ended: its level 1-5, its contact reason and how many pages it took. Level 0: it never ends."""

    level: int
    reason: str
    pages: int


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A vignette that ends otherwise. `chosen` says that the resident chose the reason, else her words led there."""

    id: str
    reason: str
    text: str
    age_years: float
    accepted: tuple[int, ...]
    chosen: bool
    before: Ended
    after: Ended

    @property
    def is_accepted(self) -> bool:
        """Whether the level is still one of those accepted."""
        return self.after.level in self.accepted

    @property
    def was_accepted(self) -> bool:
        """Whether it was before."""
        return self.before.level in self.accepted

    @property
    def is_milder(self) -> bool:
        """Whether it ends less urgent than before."""
        return self.after.level > self.before.level


def hold(protocols: Protocols, one: ReasonVignette, *, chosen: bool) -> Ended:
    """One vignette answered by the simulated resident, from her words alone or with the reason chosen."""
    text = "" if chosen else one.text
    try:
        state = begin(protocols, one.age_years, one.sex, one.writer, text)
        state = choose(protocols, state, [one.reason]) if chosen else state
        state = interviewed(protocols, state, knowing(protocols, one.facts))
        result = assess(protocols, state)
    except Invalid:
        return Ended(0, one.reason, 0)
    return Ended(result.urgency, result.contact_reason, len(state.pages))


class Readings:
    """What the texts of vignettes say, read once for all versions that are known by the same words."""

    def __init__(self) -> None:
        self._of_words: OrderedDict[Phrases, _Read] = OrderedDict()
        self._of_version: dict[str, _Read] = {}

    def remembering(self, protocols: Protocols) -> Protocols:
        """The same version, which reads no text twice."""
        read = self._find(protocols)
        return dataclasses.replace(protocols, read=read.whole, hear=read.stated)

    def matched(self, protocols: Protocols, text: str) -> list[tuple[str, float]]:
        """The contact reasons that a text may mean, best first."""
        return self._find(protocols).reasons(text)

    def _find(self, protocols: Protocols) -> _Read:
        if protocols.stamp not in self._of_version:
            own = own_phrases(one.file for one in protocols.reasons.values())
            self._of_version[protocols.stamp] = self._of_words.setdefault(own, _Read(protocols, own))
            while len(self._of_words) > _KEPT_READERS:
                self._of_words.popitem(last=False)
                self._of_version.clear()
        return self._of_version.get(protocols.stamp) or self._find(protocols)


class _Read:
    """The readings of one set of names and synonyms."""

    def __init__(self, protocols: Protocols, own: Phrases) -> None:
        self.whole = lru_cache(maxsize=_KEPT)(protocols.read)
        self.stated = lru_cache(maxsize=_KEPT)(protocols.hear)
        self.reasons = lru_cache(maxsize=_KEPT)(lambda text: match_reasons(text, own))


def difference_of(one: ReasonVignette, before: Ended, after: Ended, *, chosen: bool) -> Difference | None:
    """What has changed for a vignette; None for nothing."""
    if before == after:
        return None
    return Difference(
        id=one.id, reason=one.reason, text=one.text, age_years=one.age_years, accepted=one.urgency, chosen=chosen,
        before=before, after=after,
    )  # fmt: skip


def changed_reasons(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> set[str] | None:
    """The contact reasons whose files differ; None when a file that all share differs in what is asked or decided."""
    names = {
        name for name in before.keys() | after.keys()
        if before.get(name) != after.get(name) and _substance(before.get(name)) != _substance(after.get(name))
    }  # fmt: skip
    known = {one.reason for one in all_vignettes().values()}
    reasons = {name.removesuffix(".yaml") for name in names}
    return reasons if reasons <= known else None


def _substance(raw: bytes | None) -> Any:
    """What a file says besides its number and who stands behind it; the bytes of one that cannot be read."""
    if raw is None:
        return None
    try:
        content = read_yaml(raw)[0]
    except Invalid:
        return raw
    return {key: value for key, value in content.items() if key not in _SIGNED} if isinstance(content, dict) else raw


def concerned(readings: Readings, versions: Sequence[Protocols], reasons: Iterable[str]) -> list[str]:
    """The ids of the vignettes in which one of these reasons can take part in one of the versions: their own, those
    whose words may mean one, and those whose words leave it open while an answer may bring one in play.
    """
    wanted = set(reasons)
    return [one.id for one in all_vignettes().values() if _may_meet(readings, versions, wanted, one)]


def _may_meet(readings: Readings, versions: Sequence[Protocols], wanted: set[str], one: ReasonVignette) -> bool:
    if one.reason in wanted:
        return True
    for protocols in versions:
        read = readings.matched(protocols, one.text)
        if wanted.intersection(id for id, _ in read):
            return True
        finding = {code for code, ids in protocols.general.finds.items() if wanted.intersection(ids)}
        known = with_implied(protocols, one.facts)
        if any(known.get(code) is True for code in finding):  # an answer brings them in, whatever the words said
            return True
    return False
