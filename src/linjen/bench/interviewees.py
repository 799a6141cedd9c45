"""Simulated residents of the interview's bench: own words about every contact reason, and their answers."""

from __future__ import annotations

import random
from collections.abc import Iterator

import msgspec

from linjen.triage import Asked, Page, Protocols, State, Value, answer, assess, begin, choose, next_page
from linjen.triage.state import Sex, Writer

_MOST_PAGES = 60
#: Shares of the yes/no questions answered yes and "vet inte": enough to open further questions, not all of them.
_YES, _NOT_KNOWN = 0.06, 0.05
_MISSPELLED = 0.1

_BEGINNINGS = (
    "Hej! Jag skriver om {about}.", "Har haft {about} i tre dagar nu.", "{About} igen, värre än förra gången.",
    "Jag undrar över {about}. Är det något jag ska söka för?", "{About} sedan i natt.",
)  # fmt: skip
_MORE = (
    "Det började plötsligt när jag var på jobbet och har inte gett med sig.",
    "Har tagit två Alvedon men det hjälpte bara en stund.",
    "Ingen feber som jag vet, men jag känner mig hängig och har sovit dåligt.",
    "Jag har högt blodtryck och tar medicin för det sedan några år.",
    "Min man tyckte att jag skulle höra av mig, annars hade jag nog väntat till efter helgen.",
    "Det gör ondast på kvällen och när jag ligger ner, på dagen är det lite bättre.",
    "Jag äter och dricker som vanligt och har inte kräkts.",
    "Förra vintern hade jag något liknande och fick då penicillin av er, det gick över på en vecka.",
    "Är lite orolig eftersom min mamma hade problem med hjärtat, men det är nog inget sådant.",
    "Behöver jag ta prover eller räcker det att jag vilar hemma?",
)


class Interviewee(msgspec.Struct, frozen=True):
    """One resident: for whom (age in years), her own words, and the contact reason that she picks, '' for none."""

    number: int
    age_years: float
    sex: Sex
    writer: Writer
    text: str
    reason: str


def interviewees(protocols: Protocols, rounds: int, *, from_age: int = 0, picks: bool = False) -> list[Interviewee]:
    """So many residents for each contact reason that has a protocol; a patient under `from_age` years is left out.

    Every other round picks no reason, so that all that the words may mean stay in play; none of them with `picks`.
    """
    found = []
    for number in range(rounds * len(protocols.reasons)):
        chance = random.Random(number)
        reason = sorted(protocols.reasons)[number % len(protocols.reasons)]
        age = chance.choice([0.4, 2.0, 6.0, 11.0, 15.0, 19.0, 28.0, 36.0, 47.0, 58.0, 69.0, 83.0])
        sex = chance.choice(["female", "male"])
        if age >= from_age:
            writer: Writer = "parent" if age < 13 else "self"
            text = _words(chance, protocols.vocabulary.reasons[reason].name.lower())
            picked = reason if picks or number // len(protocols.reasons) % 2 else ""
            found.append(Interviewee(number, age, sex, writer, text, picked))  # type: ignore[arg-type]
    return found


def _words(chance: random.Random, about: str) -> str:
    """From one short line to a dozen sentences, with a slip of the fingers in every tenth longer word."""
    more = min(len(_MORE), int(chance.expovariate(0.5)))
    lines = [chance.choice(_BEGINNINGS).format(about=about, About=about.capitalize()), *chance.sample(_MORE, more)]
    words = " ".join(lines).split(" ")
    return " ".join(_slip(chance, word) if chance.random() < _MISSPELLED else word for word in words)


def _slip(chance: random.Random, word: str) -> str:
    if len(word) < 5:
        return word
    at = chance.randrange(1, len(word) - 1)
    return chance.choice([word[:at] + word[at + 1 :], word[: at + 1] + word[at:], word[:at] + "e" + word[at + 1 :]])


def begun(protocols: Protocols, who: Interviewee) -> State:
    """The interview when the own words are written and the contact reason, if any, is picked."""
    state = begin(protocols, who.age_years, who.sex, who.writer, who.text)
    return choose(protocols, state, [who.reason]) if who.reason else state


def turns(protocols: Protocols, who: Interviewee) -> Iterator[tuple[Page, dict[str, Value]]]:
    """Each page of the whole interview with the answers to it."""
    chance = random.Random(who.number)
    state = begun(protocols, who)
    for _ in range(_MOST_PAGES):
        page = next_page(protocols, state)
        if page is None:
            return
        given = replies(chance, page)
        yield page, given
        state = answer(protocols, state, given)


def comes_to_staff(protocols: Protocols, who: Interviewee) -> bool:
    """Whether the whole interview ends in a case to send, and neither in the 112 page nor in advice."""
    state = begun(protocols, who)
    for _, given in turns(protocols, who):
        state = answer(protocols, state, given)
    return assess(protocols, state).outcome == "contact"


def replies(chance: random.Random, page: Page) -> dict[str, Value]:
    """An answer to every question of a page."""
    return {asked.code: _reply(chance, asked) for asked in page.codes}


def _reply(chance: random.Random, asked: Asked) -> Value:
    if asked.type == "text" or chance.random() < _NOT_KNOWN:
        return None
    if asked.type == "bool":
        return chance.random() < _YES
    if asked.type == "enum":
        return chance.choice(asked.values).value
    low, high = asked.low or 0.0, 10.0 if asked.high is None else asked.high
    return float(round(chance.uniform(low, min(high, low + 40)), 1))
