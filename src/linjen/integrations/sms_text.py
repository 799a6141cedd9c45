"""What may stand in an SMS: no link, no address, no personal number, no word of health.

The guard stands in front of every way out, for our own texts as well as for what staff write. It refuses rather too
much than too little: whoever is refused writes the sentence in another way, and whoever is defrauded cannot.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

from linjen.core.errors import Invalid
from linjen.core.personal_number import luhn_digit
from linjen.core.visible import is_visible, plain_text

#: Characters of the longest text that staff may write: three parts.
LONGEST: Final = 459

#: Top-level domains that a link without "https://" is likely to end in. Two letters after a dot without a space are
#: seldom Swedish, so the list may be long.
_DOMAINS: Final = (
    "se|nu|com|net|org|info|io|eu|dk|no|fi|is|de|uk|us|fr|nl|pl|be|at|ch|es|it|ru|cn|app|link|me|co|xyz|top|site|"
    "online|biz|tv|cc|ly|gl|gd|to|st|ax|cloud|shop|care|health|help|click|page|dev|ai|gg|name|pro|mobi|vip|live|web|"
    "zip|mov|lol|icu|buzz|fun|space|store|tech|blog|news|media|world|today|life|email|support|services|company|center|"
    "group|team|work|works|digital|network|systems|tools|zone|win|bid|loan|download|review|stream|party|racing|science|"
    "trade|webcam|date|faith|cfd|sbs|bond|cyou|quest|monster|rest|host|press|website|fyi|wiki|bio|clinic|doctor|dental|"
    "pharmacy|hospital|chat|social|cash|bank|credit|finance|money|pay|cards|ee|lv|lt|cz|sk|hu|ro|bg|gr|pt|ie|tr|ua|kz|"
    "pk|vn|th|sg|hk|tw|jp|kr|au|nz|za|ng|br|ar|cl|mx|ca|pw|tk|ml|ga|cf|gq|ws|sh|mn|bz|ht|ms|ag|lc|vc|pm|rs|eus|cat|new"
)
#: Those that everybody knows, also where the dot is written out or stands apart: "1177 punkt se".
_SPOKEN: Final = "se|nu|com|net|org|info|eu"
_LINK: Final = re.compile(
    rf"\w+\s*:\s*//|\bwww\s*\.|\b(?:h(?:tt|xx)ps?|ftp|tel|mailto|sms)\s*:|[\w-][.․。](?:{_DOMAINS})\b|[\w-][.․。][a-zåäö]{{2,24}}/\w"
    rf"|[\w-]\s*(?:\[\.\]|\(\.\)|\[dot\]|\(dot\)|\(punkt\))\s*\w|\b\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b"
    rf"|[\w-]\s+(?:punkt|prick|dot)\s+(?:{_DOMAINS})\b|\w(?:punkt|dot)(?:{_SPOKEN})\b|[\w-]\s+[.․。]\s*(?:{_SPOKEN})\b",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"\w\s*(?:@|\(at\)|\[at\]|snabel-a)\s*\w", re.IGNORECASE)
#: Six or eight digits that may be a date (days of coordination numbers count from 61), and four more.
_NUMBER: Final = re.compile(
    r"(?<!\d)(?:\d{2}[ ]?)?\d{2}[ -]?(?:0[1-9]|1[0-2])[ -]?(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
    r"\s?[-+–−]?\s?[\dA-Z]\d{3}(?!\d)"
)
#: The same with the digits apart in any way, as "1 9 1 2 …": only real ones, since phone numbers look alike.
_APART: Final = re.compile(r"(?<=\d)[\s.,·_/+–−-]{1,3}(?=\d)")
_DIGITS: Final = re.compile(r"(?<!\d)(?:(?:19|20)\d{10}|[1-9]\d{9})(?!\d)")
#: Beginnings of words that tell why somebody is in touch with care. Nobody can list them all; the common ones are here.
_HEALTH: Final = re.compile(
    r"\b(?:(?:sjuk|vård|läkar|doktor|sköters|mottagning|hälso|klinik|psyk|gynek|barnmors|kurator|fysioterap|diagnos"
    r"|symt?om|provsvar|provtag|blod|röntgen|recept|medicin|läkemed|tablett|vaccin|remiss|operation|opere|behandling"
    r"|smärt|värk|feber|infektion|utslag|eksem|klamydi|gravid|abort|depress|ångest|suicid|självmord|missbruk|alkohol"
    r"|cancer|tumör|diabet|hjärt|astma|allergi|urin|preventiv|potens|demens|autis|stroke|illness|disease|doctor|nurse"
    r"|clinic|hospital|health|symptom|prescri|referral|surgery|treatment|fever|infection|wound|pregnan|anxi|blood"
    r"|heart|asthma|allerg)\w*"
    r"|\w*(?:sjuk|värk|inflammation|infektion|smärt|feber|cancer|tablett|allergi)\w*"
    r"|(?:hals|rygg|bröst|knä|nack(?!del)|lung|njur|öron|ögon(?!blick)|förkyl|influens|covid|corona|snuv|hosta|yrsel"
    r"|illamå|kräk|diarr|förstopp|klåd|klia|svull|sömn|stress|utmatt|utbränd|fraktur|stukad|insulin|penicillin"
    r"|antibiotik|sprut(?:a|or)|headache|throat|cough|stomach|nausea|vomit|ache)\w*"
    r"|ont(?!\s+om\b)|mag(?:e|en|ont|sår)|huvud(?:et|ont)|öra|örat|öga|ögat|hud|huden|tand|tanden|tänder(?:na)?"
    r"|fot|foten|fötter(?:na)?|armen|armar(?:na)?|benet|benen|chest|sore|flu"
    r"|bvc|mvc|kol|hiv|adhd|mens|sår\w{0,3}|prov(?:et|er|en|erna)?|dos(?:en|er)?|ill|sick|pain|rash|tests?|x-?rays?)\b",
    re.IGNORECASE,
)


def _is_number(digits: str) -> bool:
    return _NUMBER.fullmatch(digits) is not None and luhn_digit(digits[-10:-1]) == int(digits[-1])


def check_sms_text(text: str, names: Collection[str] = ()) -> str:
    """The text without surrounding white space, if it may be sent; `names` are the people whom it must not name.

    Raises Invalid with field "text": sms_empty, sms_too_long, sms_link, sms_address, sms_number, sms_health, sms_name.
    """
    clean = plain_text(text).strip()
    plain = _folded(clean)
    if not is_visible(clean):
        raise Invalid("sms_empty", "text")
    if len(clean) > LONGEST:
        raise Invalid("sms_too_long", "text", longest=LONGEST)
    for pattern, reason in ((_ADDRESS, "sms_address"), (_LINK, "sms_link"), (_NUMBER, "sms_number")):
        if pattern.search(plain):
            raise Invalid(reason, "text")
    if any(_is_number(found[0]) for found in _DIGITS.finditer(_APART.sub("", plain))):
        raise Invalid("sms_number", "text")
    if found := _HEALTH.search(plain):
        raise Invalid("sms_health", "text", word=found[0])
    if _names(plain, names):
        raise Invalid("sms_name", "text")
    return clean


#: Letters that a phone without them writes in another way; the first spelling is that of the letter without its mark.
_OTHERWISE: Final = str.maketrans({"å": "aa", "ä": "ae", "ö": "oe", "ø": "oe", "æ": "ae", "ü": "ue"})
_PLAIN: Final = str.maketrans({"ø": "o", "æ": "a", "ł": "l", "đ": "d", "ð": "d", "ı": "i"})
_WORD: Final = re.compile(r"[^\W_]+")


def _names(text: str, names: Collection[str]) -> bool:
    """Whether one of the names stands in it: whole or a part of it, in the genitive, and without its dots."""
    words = {spelled for word in _WORD.findall(text.casefold()) for spelled in _spellings(word)}
    parts = {part for name in names for part in _WORD.findall(_folded(name).casefold()) if len(part) > 1}
    return any(spelled in words or f"{spelled}s" in words for part in parts for spelled in _spellings(part))


def _spellings(word: str) -> set[str]:
    apart = unicodedata.normalize("NFKD", word.translate(_PLAIN))
    return {word, "".join(char for char in apart if not unicodedata.combining(char)), word.translate(_OTHERWISE)}


def _folded(text: str) -> str:
    """As a reader sees it: other spellings of the same letters and digits are one, and what is invisible is gone."""
    seen = unicodedata.normalize("NFKC", text)
    return "".join(
        str(unicodedata.digit(char)) if unicodedata.category(char) == "Nd" else char
        for char in seen if unicodedata.category(char) != "Cf"
    )  # fmt: skip
