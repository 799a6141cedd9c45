"""When a hit of the tripwire stays silent: denied, long past, a relative's past, or a mere what-if.

Silence asks for the whole phrase: between the denying word and the hit only words without content may stand. When in
doubt the hit is kept, because it becomes a question and nothing worse.
"""

from __future__ import annotations

from collections.abc import Sequence

from linjen.triage.expressions import Span
from linjen.triage.words import Token, fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split()) | frozenset(fold(words).split())


_NOT = _set(
    "inte ej ingen inget inga aldrig utan varken icke nej not no never without don't doesn't didn't isn't int knappast intet ente"
)
_AFTER_NOT = _set("inte ej aldrig icke int not")
_LISTING_NOT = _set("ingen inget inga varken utan no without inte ej")
_FILLER = _set(
    "alls någon något några nån nåt nå direkt heller haft har ha jag hon han den det de fått får känt känner känt mer sån sådan"
    " varit är like så ens mer more any a an been have had got has en ett ont? kraftig kraftigt svår svåra svårt stor stora större"
    " nya ny nytt feeling feel i direkta konstig konstiga tecken på att märkt märker upplever upplevt lidit av nåra blivit blir"
    " akut akuta speciellt särskilt vi längre tankar planer funderingar att om för egentligen riktigt symptom symtom synlig synliga tydlig samtidigt min mitt hans hennes"
)
_NOT_DENIED = _set("bara nog säker säkert vet enbart endast only sure minst mindre")
_BREAK = _set("men fast dock but däremot för eftersom då så nu idag och and samt fastän while because utom som sen")
_OR = _set("eller or nor heller samt")
_PAST = _set("hade fick haft fått had drabbades genomgick got opererades överlevde var blev svimmade krampade")
_LONG_AGO = _set("fjol fjor barndomen ungdomen tonåren våras somras höstas vintras barn liten förr years årsåldern")
_EARLIER = _set("tidigare förut förr gång gånger previously before once")
_YEAR_UNITS = _set("år månader månad years months årtionden")
_NOW = _set(
    "nu idag igår natt inatt morse kväll ikväll nyss precis just timme timmar minuter minut dag dagar fortfarande igen akut"
    " today now yesterday still again tonight hours minutes morning veckan helgen sedan_dess alltjämt pågår"
)
_KIN = _set(
    "mamma mammas pappa pappas far mor bror brodern syster farmor mormor morfar farfar släkt släkten släktingar familjen ärftligt"
    " ärftlighet kusin moster faster morbror farbror father mother brother sister grandmother grandfather dad mom family svärfar svärmor"
    " farsan morsan brorsan syrran föräldrar"
)
_KIN_PAST = _set("dog dött avled hade haft fick ärftligt ärftlighet släkten died had bort avliden")
_WHAT_IF = (
    "om jag får", "om man får", "om hon får", "om han får", "om det blir", "om jag skulle", "om man skulle", "om jag blir", "om det skulle",
    "om barnet får", "om jag börjar", "if i get", "if i should", "risk för", "risken för", "risken att få", "ökad risk för",
    "risk of", "vaccin mot", "vaccinera mot", "vaccineras mot", "vaccinerad mot", "vaccination mot", "skydd mot", "skyddar mot", "förebygga", "undvika", "rädd att få",
    "rädd för att få", "orolig att få", "orolig för att få", "skräck för", "rädsla för", "hur vet man om man har", "vad gör man vid",
    "vad gör man om", "vilka är symtomen på", "vad är symtomen på", "vilka symtom", "tecken är det på", "symtomen på", "symptomen på", "kurs i", "utbildning i",
    "medicin mot", "tabletter mot", "skyddar mot", "skydda mig mot", "spruta mot", "screening för", "fobi för", "man kan få", "kan man få", "kan jag få",
)  # fmt: skip
_WHAT_IF_WORDS = tuple(tuple(phrase.split()) for phrase in (*_WHAT_IF, *(fold(phrase) for phrase in _WHAT_IF)))


def is_silent(tokens: Sequence[Token], spans: Sequence[Span]) -> bool:
    """True when the hit, given as the places of its rows, is wholly denied, past, a relative's past or a what-if."""
    own = frozenset(place for span in spans for place in span)
    return any(
        _is_denied(tokens, span, own) or _is_past(tokens, span) or _is_what_if(tokens, span) for span in spans
    )


def _is_denied(tokens: Sequence[Token], span: Span, own: frozenset[int]) -> bool:
    # A denying word that is itself part of the hit ("får inte luft") denies nothing.
    within = [at for at in range(span[0] + 1, span[-1]) if at not in own]
    if any(tokens[at].form in _AFTER_NOT and tokens[at + 1].form not in _NOT_DENIED for at in within):
        return True
    return _is_denied_before(tokens, span, own) or _is_denied_after(tokens, span, own)


def _is_denied_before(tokens: Sequence[Token], span: Span, own: frozenset[int]) -> bool:
    first = tokens[span[0]]
    between: list[int] = []
    for at in range(span[0] - 1, max(-1, span[0] - 10), -1):
        token = tokens[at]
        if token.sentence != first.sentence or (token.form in _BREAK and token.form not in _FILLER):
            return False
        if token.form in _NOT and at not in own:
            return _reaches(tokens, at, list(reversed(between)), span)
        between.append(at)
    return False


def _reaches(tokens: Sequence[Token], denial: int, between: list[int], span: Span) -> bool:
    """Whether the denying word reaches the hit: only filler between, or one list held together by "eller"."""
    words = [tokens[at].form for at in between]
    if (
        (words
        and words[0] in _NOT_DENIED)
        or (tokens[denial].form == "utan"
        and tokens[denial + 1].form in {"att"}
        and len(words) > 4)
    ):
        return False
    same_clause = tokens[denial].clause == tokens[span[0]].clause
    if same_clause and all(word in _FILLER for word in words):
        return True
    if tokens[denial].form not in _LISTING_NOT or len(words) > 8:
        return False
    if any(word in _OR for word in words):
        return True
    ahead = [token.form for token in tokens[span[-1] + 1 : span[-1] + 4] if token.sentence == tokens[span[0]].sentence]
    return len(span) == 1 and any(word in _OR for word in ahead)


def _is_denied_after(tokens: Sequence[Token], span: Span, own: frozenset[int]) -> bool:
    last = tokens[span[-1]]
    if any(place in own for place in range(span[-1] + 1, span[-1] + 3)):
        return False
    rest = [token.form for token in tokens[span[-1] + 1 : span[-1] + 5] if token.clause == last.clause]
    if rest and rest[0] in {"jag", "hon", "han", "det", "i"}:
        rest = rest[1:]
    if not rest or rest[0] not in _AFTER_NOT:
        return False
    return len(rest) == 1 or rest[1] in _set("heller alls när av och men nu efter sen än ännu då idag")


def _chunk(tokens: Sequence[Token], span: Span) -> list[Token]:
    """The words of the hit's clause, cut at "och" and "men" too."""
    cuts = _set("och men samt fast but and nu")
    start, stop = span[0], span[-1]
    while start > 0 and tokens[start - 1].clause == tokens[span[0]].clause and tokens[start - 1].form not in cuts:
        start -= 1
    while (
        stop + 1 < len(tokens)
        and tokens[stop + 1].clause == tokens[span[-1]].clause
        and tokens[stop + 1].form not in cuts
    ):
        stop += 1
    return list(tokens[start : stop + 1])


def _is_past(tokens: Sequence[Token], span: Span) -> bool:
    words = [token.form for token in _chunk(tokens, span)]
    present = set(words)
    sentence = {token.form for token in tokens if token.sentence == tokens[span[0]].sentence}
    if sentence & _NOW:
        return False
    if present & _KIN and present & _KIN_PAST:
        return True
    if _is_long_ago(words):
        return True
    return bool(present & _EARLIER and present & _PAST) and "gånger" not in present


def _is_long_ago(words: list[str]) -> bool:
    for at, word in enumerate(words):
        if word in {"sedan", "sen", "ago"} and at and words[at - 1] in _YEAR_UNITS:
            return "för" in words[:at] or "for" in words[:at] or word == "ago"
        if word in _LONG_AGO and at and words[at - 1] in _set("som i förra last när var"):
            return True
        if word.isdigit() and 1930 <= int(word) <= 2100 and set(words) & _PAST:
            return True
        if (
            word in {"året", "aret", "year", "sommaren", "hösten", "våren", "vintern"}
            and at
            and words[at - 1] in _set("förra last")
        ):
            return True
    return False


def _is_what_if(tokens: Sequence[Token], span: Span) -> bool:
    first = tokens[span[0]]
    start = span[0]
    while start > 0 and tokens[start - 1].clause == first.clause and span[0] - start < 8:
        start -= 1
    words = [token.form for token in tokens[start : span[-1] + 1]]
    head = span[0] - start
    for phrase in _WHAT_IF_WORDS:
        for at in range(max(0, head - len(phrase) - 3), len(words) - len(phrase) + 1):
            if at <= head and tuple(words[at : at + len(phrase)]) == phrase:
                return True
    return False
