"""What the linter, the grammar and the format say of a fault, in Swedish for the clinician who mends it.

A fault without words here is shown as it is said in English; a test finds those of the linter and the grammar.
"""

from __future__ import annotations

import re

#: What is said, as a pattern, and its Swedish with the groups by number.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"exactly one file of kind (\w+), found (\d+)", "Versionen ska ha precis en fil av slaget {0}, men har {1}."),
    (r"id (\S+) is already used in (\S+)", "Id {0} används redan i {1}."),
    (r"'(.*)' cannot name a term", "”{0}” går inte att använda som namn på ett begrepp."),
    (r"reviewed: true needs reviewed_by and reviewed_on", "En granskad fil ska säga vem som har granskat och när."),
    (r"content that nobody has reviewed must say example: true",
     "Innehåll som ingen har granskat ska märkas som exempel."),
    (r"unknown finding code or term (\S+)", "Koden eller begreppet {0} finns inte."),
    (r"unknown finding code (\S+)", "Koden {0} finns inte i ordlistan."),
    (r"(\S+) stands twice in the same list", "{0} står två gånger i samma lista."),
    (r"a screen is chosen by age and sex alone, not by (\S+)", "En skärm väljs bara efter ålder och kön, inte {0}."),
    (r"a rule of this file is named (\S+)\.something", "Regelns id ska börja med {0}. och sedan ett eget ord."),
    (r"a question of this file is named (\S+)\.something", "Frågans id ska börja med {0}. och sedan ett eget ord."),
    (r"(\S+) is never asked in this interview",
     "{0} frågas aldrig i den här intervjun. Lägg koden i en fråga, eller ta bort den ur villkoret."),
    (r"(\S+) is never asked, so this question is never reached", "{0} frågas aldrig, så hit kommer ingen."),
    (r"(\S+) is no finding that is answered yes or no", "{0} är inget som besvaras med ja eller nej."),
    (r"(\S+) is asked by no contact reason, danger screen or compass", "{0} frågas inte någonstans."),
    (r"unknown\(\.\.\.\) cannot stand under not", "unknown(...) får inte stå efter not."),
    (r"not on (\S+) would let the warning sign (\S+) lower the urgency",
     "not på {0} skulle låta varningstecknet {1} göra ärendet mindre brådskande."),
    (r"(.+) and (.+) never hold together", "{0} och {1} kan aldrig gälla samtidigt."),
    (r"unknown contact reason (\S+)", "Kontaktorsaken {0} finns inte."),
    (r"the file of (\S+) is named (\S+)", "Filen för {0} ska heta {1}."),
    (r"an administrative reason has a form", "En administrativ kontaktorsak ska ha korta frågor."),
    (r"a reason asks at least one warning sign", "Minst ett varningstecken ska frågas."),
    (r"a reason names at least one lead symptom", "Minst ett ledande symtom ska anges."),
    (r"a reason that may end in self-care needs self_care", "När nivån kan bli 5 behövs ett egenvårdsråd."),
    (r"choices belong to a question of kind choice, and are needed there",
     "Svarsalternativ hör till slaget choice, och behövs där."),
    (r"choices_en has as many lines as choices, in the same order",
     "De engelska svarsalternativen ska vara lika många som de svenska, i samma ordning."),
    (r"hard to read: LIX (\d+), at most (\d+)", "Svårläst: LIX {0}, högst {1}. Dela meningarna och byt långa ord."),
    (r"no finding code begins with (\S+)", "Ingen kod börjar med {0}"),
    (r"(\S+) \(level (\d)\) belongs to the body area (\S+) and must be asked",
     "{0} (nivå {1}) hör till kroppsområdet {2} och ska frågas."),
    (r"labels of (\S+) must be exactly (.+)", "Svaren på {0} ska vara precis {1}."),
    (r"(\S+) is no choice and takes no labels", "{0} är inget val och har inga svarsalternativ."),
    (r"the choice (\S+) has no labels", "Valet {0} saknar svarsalternativ."),
    (r"no finding code fits (\S+)", "Ingen kod passar {0}."),
    (r"the condition must name (\S+)", "Villkoret ska innehålla {0}."),
    (r"unknown contact reason or group (.+)", "Kontaktorsaken eller gruppen {0} finns inte."),
    (r"this file must be named (\S+)", "Filen ska heta {0}."),
    (r"(\S+) is nothing that is asked or shown", "{0} är inget som frågas eller visas."),
    (r"(\S+) needs text_other, when somebody else writes", "{0} behöver en text för när någon annan skriver."),
    (r"cannot read '(.*)'", "Kan inte läsa ”{0}”."),
    (r"expected '(.*)', found '(.*)'", "Här väntades {0}, men det står {1}."),
    (r"'(.*)' is left over", "”{0}” blir över."),
    (r"count needs a whole number between 1 and (\d+)", "count behöver ett heltal från 1 till {0}."),
    (r"(\S+) is a number and needs a comparison", "{0} är ett tal och behöver en jämförelse, till exempel >= 3."),
    (r"(\S+) is compared with something that is no number", "{0} jämförs med något som inte är ett tal."),
    (r"(\S+) is free text and cannot be tested", "{0} är fri text och kan inte stå i ett villkor."),
    (r"(\S+) is answered yes or no and takes no comparison", "{0} besvaras med ja eller nej och har ingen jämförelse."),
    (r"(\S+) is a choice and needs == or in", "{0} är ett val och behöver == eller in."),
    (r"(\S+) has no value (.+)", "{0} har inget svar som heter {1}."),
    (r"nested deeper than (\d+) levels", "Fler än {0} nivåer i varandra."),
    (r"longer than (\d+) characters", "Längre än {0} tecken."),
    (r"more than (\d+) parts, with its terms written out", "Mer än {0} delar, med begreppen utskrivna."),
    (r"the file is larger than 1 MB", "Filen är större än 1 MB."),
    (r"the file is not UTF-8", "Filen är inte sparad som UTF-8."),
    (r"a second document begins", "Ett andra dokument börjar."),
    (r"aliases \(\*name\) are not used in protocol files", "Hänvisningar (*namn) används inte."),
    (r"a key is one word or text", "Ett fältnamn är ett ord."),
    (r"'(.*)' is written twice", "”{0}” står två gånger."),
    (r"'(.*)' cannot be read", "”{0}” går inte att läsa."),
    (r"kind must be one of (.+)", "kind ska vara något av {0}."),
    (r"exactly one file of (\w+) is needed, found (\d+)", "Det behövs precis en fil av slaget {0}, men det finns {1}."),
    (r"Object missing required field `(\w+)`", "Fältet {0} saknas."),
    (r"Object contains unknown field `(\w+)`", "Fältet {0} finns inte i formatet."),
    (r"Expected `(\w+)` <= (\d+)", "Värdet ska vara högst {1}."),
    (r"Expected `(\w+)` >= (\d+)", "Värdet ska vara minst {1}."),
    (r"Expected `str` of length >= 1", "Texten är tom."),
    (r"Expected `str` of length <= (\d+)", "Texten är längre än {0} tecken."),
    (r"Expected `str` matching regex '(.*)'", "Texten har inte den form som behövs ({0})."),
    (r"Expected `([^`]+)`, got `([^`]+)`", "Här väntades {0}, men det står {1}."),
    (r"Invalid enum value '(.*)'", "”{0}” är inget av de värden som finns."),
)  # fmt: skip
_COMPILED = [(re.compile(pattern), words) for pattern, words in _WORDS]
#: A fault of the format begins with the place that it is about.
_PLACE = re.compile(r"((?:\w+(?:\[\d+\])?)(?:\.\w+(?:\[\d+\])?)*): (.+)")


def problem_words(reason: str) -> str:
    """A fault in Swedish; as it was said when there are no words for it."""
    said = _said(reason)
    if said is None and (placed := _PLACE.fullmatch(reason)) and (inner := _said(placed[2])) is not None:
        said = f"{placed[1]}: {inner}"
    return said or reason


def _said(reason: str) -> str | None:
    for pattern, words in _COMPILED:
        if found := pattern.fullmatch(reason):
            return words.format(*found.groups())
    return None
