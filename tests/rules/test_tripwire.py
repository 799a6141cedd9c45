"""The tripwire hears red flags in free text, keeps quiet about ordinary lines, and can only raise."""

from __future__ import annotations

import time
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linjen.triage.own_words import quantities
from linjen.triage.own_words.expressions import Lexicon
from linjen.triage.own_words.portions import portions
from linjen.triage.own_words.tripwire import ELSEWHERE, find_red_flags, finding_levels, is_alarming, load_tripwire
from linjen.triage.own_words.words import detect_language, fold, is_foreign, is_near, read_lexicon_file, sound, tokenise
from tests.rules.lines import read_lines, wilson

# "_blind" holds lines by other hands: when first read, 101 of 130 red flags were heard and 11 of 130 ordinary ones too.
# "_voices" and "_near" are our own of eleven rounds, each measured before anything was mended from it (docs/decisions).
SETS = ("", "_held_out", "_fresh", "_sealed", "_blind")
# "_second" and "_sealed2" are by other hands again, "_third" to "_sixth" our own; their first readings stand there.
LATER = ("_second", "_sealed2", "_third", "_fourth", "_fifth")
RED, ORDINARY = (*SETS, *LATER, "_voices"), (*SETS, *LATER, "_sixth", "_near")


def alarms(text: str) -> bool:
    return is_alarming(list(find_red_flags(text)))


@pytest.mark.parametrize("name", RED)
def test_it_hears_at_least_95_percent_of_the_red_flag_lines(name: str) -> None:
    lines = read_lines("red_flag_lines" + name)
    missed = [line["text"] for line in lines if not alarms(line["text"])]
    heard = len(lines) - len(missed)
    print(f"recall {heard}/{len(lines)}, 95 % interval {wilson(heard, len(lines))}")
    assert heard / len(lines) >= 0.95, missed


@pytest.mark.parametrize("name", RED)
def test_what_it_hears_is_what_the_line_says(name: str) -> None:
    lines = read_lines("red_flag_lines" + name)
    right = [line for line in lines if set(find_red_flags(line["text"])) & set(line["codes"].split("|"))]
    assert len(right) / len(lines) >= 0.93


@pytest.mark.parametrize("name", ORDINARY)
def test_at_most_5_percent_of_ordinary_lines_raise_a_false_alarm(name: str) -> None:
    lines = read_lines("ordinary_lines" + name)
    false = [line["text"] for line in lines if alarms(line["text"])]
    print(f"false alarms {len(false)}/{len(lines)}, 95 % interval {wilson(len(false), len(lines))}")
    assert len(false) / len(lines) <= 0.05, false


def test_the_lines_are_enough_to_say_anything() -> None:
    assert sum(len(read_lines("red_flag_lines" + name)) for name in RED) >= 600
    assert sum(len(read_lines("ordinary_lines" + name)) for name in ORDINARY) >= 600
    codes = finding_levels()
    assert all(code in codes for name in RED for line in read_lines("red_flag_lines" + name)
               for code in line["codes"].split("|"))  # fmt: skip


def test_every_code_of_level_1_and_2_has_expressions_and_a_line() -> None:
    urgent = {code for code, level in finding_levels().items() if level in {1, 2}}
    assert urgent <= read_lexicon_file("red_flags.yaml").keys()
    told = {code for name in RED for line in read_lines("red_flag_lines" + name) for code in line["codes"].split("|")}
    assert urgent <= told, urgent - told


@pytest.mark.parametrize(
    "text",
    [
        "Jag har inte ont i bröstet",
        "Ingen bröstsmärta eller andnöd",
        "inga tankar på att ta mitt liv",
        "har aldrig svimmat",
        "Hostar men har inte svårt att andas",
        "no chest pain",
        "Min mormor hade stroke",
        "Pappa dog i hjärtinfarkt",
        "Hade en blodpropp i benet för tio år sedan",
        "Fick stroke 2015, behöver intyg",
        "Vilka är symtomen på stroke?",
        "vad gör man om man får ont i bröstet",
        "vaccin mot hjärnhinneinflammation",
        "morsan fick stroke förra året, nu undrar jag var man beställer en duschstol",
        "svimmade när jag var gravid för åtta år sedan, har inte hänt igen",
        "min dotter fick feberkramp när hon var ett år, nu är hon sju och har ont i örat",
        "i filmen blev han skjuten",
        "kan gapa och svälja utan problem",
        "vad är det för symtom vid stroke egentligen",
        "hur känns en hjärtinfarkt för kvinnor",
        "Min bror fick diabetes och mamma dog av stroke",
        "vem ringer jag om någon slutar andas",
        "andnöd: nej",
        "mitt öra står ut, det har alltid varit så",
        "ont i bröstet har jag inte",
        "varken blodpropp eller feber",
    ],
)
def test_what_is_denied_long_past_or_only_imagined_stays_silent(text: str) -> None:
    assert not alarms(text), find_red_flags(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ingen feber, ont i bröstet sedan i morse",
        "Har ingen aning om vad det är men har ont i bröstet",
        "Kan inte sova för jag har ont i bröstet",
        "Jag får inte luft",
        "inte bara ont i bröstet, mår illa också",
        "Hade hjärtinfarkt för tio år sedan och nu har jag ont i bröstet igen",
        "Har haft ont i bröstet tidigare idag",
        "Min mamma har svårt att andas",
        "vet inte varför jag svimmade",
        "är rädd att det är en hjärtinfarkt",
        "Hade stroke för tio år sedan och nu är det likadant",
        "mitt i filmen fick jag ont i bröstet",
        "har hostat blod sedan i våras",
        "kan inte andas normalt",
        "brorsan fick ett ep-anfall på jobbet",
        "har aldrig haft så ont i bröstet förut",
        "jag har alltid haft självmordstankar",
        "är rädd att han ska döda mig",
        "är rädd att jag ska skada mitt barn",
    ],
)
def test_a_denial_of_something_else_silences_nothing(text: str) -> None:
    assert alarms(text)


@pytest.mark.parametrize(
    "text",
    [
        "jobbar på bygget och fick ont i bröstet i går",
        "är rädd att det är en propp, vaden är svullen",
        "orolig för stroke, munnen hänger",
        "hunden bet mig och nu gapar såret",
        "såg en film och fick ont i bröstet",
        "katten rev mig och nu har jag ett rött streck uppåt armen",
        "jag är nära att ta mitt liv, inget är roligt längre",
        "nästan svimmade när jag hostade och det kom blod",
        "grannen svimmade nyss och svarar inte",
        "grannen fick ont i bröstet i går och svettas",
        "mamma har lagt sig, orkar inte ens lyfta huvudet",
        "vad gör jag, han andas inte",
        "hur gör jag, barnet har fastnat med en köttbit i halsen",
        "min bror tog livet av sig och nu vill jag också dö",
        "domningarna i ansiktet gick över efter tio minuter",
        "synen försvann på ena ögat men det är bra nu",
        "svimmade i duschen, mår bra nu",
        "kan man ha ont i bröstet och svettas utan att det är hjärtat, jag har det nu",
        "är rädd för att göra mig själv illa",
        "min man hotar mig, jag är rädd för honom",
        "hon har 39 i feber och är slö, ingen kontakt",
        "dricker inget, kissar inget",
        "ser inget på vänster öga",
        "hör inget på höger öra sen i morse",
        "äter inget och dricker inget",
        "han får ingen luft",
        "jag orkar inte mer",
        "jag orkar inte längre",
        "kan inte mer",
        "jobbar som snickare, sågade mig i handen och det slutar inte blöda",
        "är undersköterska och har själv tryck över bröstet",
        "jag höll på att kvävas av en köttbit",
        "i filmen? nej, jag fick ont i bröstet när jag såg filmen",
        "snälla hjälp, min son har tagit livet av sig",
        "tänk om jag gör mitt barn illa",
        "rädd för att jag ska ta livet av mig",
        "fick feberkramp med mitt första barn och nu krampar lillan",
        "vaknar inte, mannen ligger bara där",
        "hon vaknade inte när jag ruskade henne",
        "går i backen hem och får ont i bröstet",
        "påkörd av en bil",
        "min dotter har en godisbit i halsen och hostar, går det att göra något?",
        "läpparna är blå",
        "torr som fnöske i munnen och kissar knappt",
        "är det farligt att svälja batterier? min son gjorde det nyss",
        "jag är rädd att dö, hjärtat slår 180",
        "kan jag få hjälp med att min pappa inte kan prata längre",
        "han hade kramper nyss men mår bra nu",
        "har tagit 30 alvedon men mår bra",
        "svullen i läppen och tungan efter nötter, men det börjar lägga sig",
        "gravid och hade sammandragningar i vecka 25, nu kommer det blod",
        "ögonen blev gula men det har lagt sig lite",
    ],
)
def test_work_animals_fear_and_what_has_passed_silence_no_danger_beside_them(text: str) -> None:
    assert alarms(text)


@pytest.mark.parametrize(
    "text",
    [
        "är rädd för stroke men mår bra",  # fear of an illness
        "orolig att det är hjärnhinneinflammation men prickarna bleknar",
        "måste jag vara rädd för rosfeber?",
        "finns det huggorm där vi ska campa?",  # a question of a danger
        "kan man få blodpropp av p-piller?",
        "hur ska jag göra om barnet sätter i halsen? vill gå en kurs",  # to be ready for it
        "hunden blev påkörd och jag är ledsen",  # an animal
        "min kollega fick stroke förra veckan och nu är alla oroliga",  # somebody else
        "min kusin tog livet av sig i våras, jag behöver sorgestöd",
        "jobbar på stroken och vill ha vaccin",  # work
        "kurs i självmordsprevention, behöver intyg",
        "vi skrattade så vi höll på att kvävas",  # a way of speaking
        "såg en film där någon fick syra i ögat",  # a film
        "avbokade tiden för bröstsmärta",  # cancelled
        "hade havandeskapsförgiftning med första barnet",  # long ago
        "svullnaden i läppen har gått ner helt",  # over
        "näsblodet slutade efter fem minuter",
        "ser bra och inget ont, bara rött",  # a denial of something else
        "får behålla små klunkar, ingen feber",
        "barnet brände sig inte, hon blev bara rädd",
        "mamma har blivit trög i magen efter stroken",  # what is known since before
        "mamma dog i sepsis förra året, har jag samma risk?",
    ],
)
def test_what_is_feared_asked_spoken_of_or_over_stays_silent(text: str) -> None:
    assert not alarms(text), find_red_flags(text)


@pytest.mark.parametrize(
    "text", ["hon andas och kan inte prata", "han andas men vill inte stå", "andas och är inte trött"]
)
def test_who_breathes_and_cannot_do_something_else_has_no_pause_in_breathing(text: str) -> None:
    assert "resp.apnea" not in find_red_flags(text)


@pytest.mark.parametrize("text", ["hon andas inte", "nu andas hon inte", "bebisen andades inte på en stund"])
def test_who_does_not_breathe_has(text: str) -> None:
    assert "resp.apnea" in find_red_flags(text)


@pytest.mark.parametrize(
    "text",
    [
        "Jag stack mig på en använd kanyl på jobbet", "stuckit mig på en spruta som någon hittade i parken",
        "en gatuhund bet mig i Thailand", "biten av en apa på semestern i Bali", "en fladdermus bet mig i fingret",
    ],
)  # fmt: skip
def test_a_used_needle_and_a_bite_abroad_are_asked_about(text: str) -> None:
    assert "trauma.wound_dirty" in find_red_flags(text)


@pytest.mark.parametrize(
    "text",
    [
        "rädd för sprutor och ska ta blodprov", "hunden bet sönder skon", "vår hund nafsade mig i handen hemma",
        "vaccin mot rabies inför resan till Indien",
    ],
)  # fmt: skip
def test_a_clean_needle_and_a_bite_at_home_are_not(text: str) -> None:
    assert "trauma.wound_dirty" not in find_red_flags(text)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("har en konstgjord hjärtklaff och feber sedan i går", True),
        ("mekanisk klaff och frossa i natt", True),
        ("har konstgjord hjärtklaff och ska till tandläkaren", False),
        ("höjde sertralin och nu skakar jag och har feber", True),
        ("tar tramadol ihop med citalopram och det rycker i benen", True),
        ("har tagit sertralin i ett år och mår bra", False),
    ],
)
def test_a_valve_with_fever_and_too_much_serotonin_are_heard(text: str, heard: bool) -> None:
    assert alarms(text) is heard


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("bebis 7 veckor 38,4", "child.fever_under3m"),
        ("vår tvåmånaders bebis har feber", "child.fever_under3m"),
        ("pulsen är 170 i vila", "heart.palp_ongoing"),
        ("saturationen ligger på 88", "resp.dyspnea_rest"),
        ("blodsockret är 2,6", "endo.hypo"),
        ("tog 25 alvedon", "med.paracetamol_over"),
        ("v 33, känner inga sparkar", "preg.fetal_less"),
    ],
)
def test_numbers_have_a_meaning(text: str, code: str) -> None:
    assert code in find_red_flags(text)


@pytest.mark.parametrize(
    "text",
    ["pulsen är 72", "saturation 98", "blodsockret är 6,4", "tog 2 alvedon", "bebis 7 månader 38,4", "var 38 år 2015"],
)
def test_ordinary_numbers_raise_nothing(text: str) -> None:
    assert not alarms(text), find_red_flags(text)


@pytest.mark.parametrize(
    "text",
    ["bröstsmrtor", "brösstsmärta", "BRÖSTSMÄRTA!!!", "brostsmarta", "hjärtinfakt", "sjelvmordstankar", "svimade"],
)
def test_typing_errors_are_understood(text: str) -> None:
    assert alarms(text)


@pytest.mark.parametrize(
    ("text", "heard"), [("far inte luft", True), ("svart att andas", True), ("varken hosta eller feber", False)]
)
def test_a_text_without_dots_is_read_but_its_real_words_stay_themselves(text: str, heard: bool) -> None:
    assert alarms(text) is heard


def test_a_quote_is_the_resident_s_own_words() -> None:
    text = "Hej! Jag har JÄTTEONT i bröstet, ingen feber."
    assert find_red_flags(text)["chest.pain"] == "Jag har JÄTTEONT i bröstet"
    for line in read_lines("red_flag_lines"):
        for quote in find_red_flags(line["text"]).values():
            assert all(piece in line["text"] for piece in quote.split(" … "))


def test_the_most_urgent_comes_first() -> None:
    levels = finding_levels()
    for line in read_lines("red_flag_lines"):
        found = [levels.get(code, 9) for code in find_red_flags(line["text"])]
        assert found == sorted(found)


@pytest.mark.parametrize("position", ["before", "after"])
def test_more_text_never_silences_a_red_flag(position: str) -> None:
    flag = "Jag får ingen luft"
    for line in read_lines("ordinary_lines"):
        text = f"{flag}. {line['text']}" if position == "before" else f"{line['text']}. {flag}"
        assert "resp.dyspnea" in find_red_flags(text), text


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_read_and_reads_the_same_again(text: str) -> None:
    assert find_red_flags(text) == find_red_flags(text)


@given(st.text(alphabet="abcdeåäö", min_size=1, max_size=8), st.text(alphabet="abcdeåäö", max_size=8))
def test_near_is_the_same_both_ways(one: str, other: str) -> None:
    assert is_near(one, other) == is_near(other, one)
    assert is_near(one, one[1:])


def test_spelling_keys_join_what_is_mixed_up() -> None:
    assert sound("hjärtinfarkt") == sound("hjertinfarkkt")
    assert sound("schock") == sound("chock")
    assert sound("bröst") != sound("bråst")
    assert fold("åäöé") == "aaoe"


def test_numbers_keep_their_units() -> None:
    def read(text: str) -> dict[str, float]:
        return {kind: value for kind, value, _ in quantities.read_numbers(tokenise(text))}

    assert read("hon är 2 månader gammal")["agemonths"] == 2
    assert read("näsblod i 2 timmar")["minutes"] == 120
    assert read("gravid i vecka 31")["pregweek"] == 31
    assert read("tempen är 39,4")["temp"] == 39.4
    assert "agemonths" not in read("hosta i 3 veckor")
    assert "agemonths" not in read("prickar på tvååringen efter tre dagars feber")
    assert read("fem veckors bebis")["agemonths"] == pytest.approx(1.15)


def test_expressions_name_only_known_codes() -> None:
    text = files("linjen.triage").joinpath("finding_codes.tsv").read_text("utf-8")
    codes = {line.split("\t")[0] for line in text.splitlines()[1:]}
    assert read_lexicon_file("red_flags.yaml").keys() <= codes


def test_an_unknown_group_or_an_empty_row_is_refused() -> None:
    with pytest.raises(ValueError, match="no group"):
        Lexicon({}, {"x": ["@nothing ont"]})
    with pytest.raises(ValueError, match="empty row"):
        Lexicon({}, {"x": ["ont & "]})


@pytest.mark.parametrize(
    ("line", "text", "found"),
    [
        ("ont bröst*", "ont i bröstkorgen", True),
        ("ont bröst*", "bröstet gör ont", False),
        ("ont & bröst*", "bröstet gör ont", True),
        ("ont & bröst*", "ont i knät. Bröstet är bra", False),
        ("ont && bröst*", "ont i knät. Bröstet är bra", True),
        ("ont ... bröst*", "ont sedan i går långt inne i bröstet", True),
        ("ont & bröst* & !ammar", "ont i bröstet när jag ammar", False),
        ("arm~", "armarna", True),
        ("arm~", "armbågen", False),
        ("*medicin", "hjärtmedicin", True),
        ("får_inte luft", "får nog inte luft", True),
        ("#temp>=38", "38,5 i feber", True),
        ("#temp>=38", "37,5 i feber", False),
    ],
)
def test_the_language_of_expressions(line: str, text: str, found: bool) -> None:
    tokens = tokenise(text)
    assert bool(Lexicon({}, {"x": [line]}).find(tokens, quantities.read_numbers(tokens))) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("skär mig i armen", True),
        ("skär mig ofta när jag rakar benen", False),
        ("Jag rakar benen. Jag skär mig i armen", True),
    ],
)
def test_a_veto_silences_its_own_sentence_only(text: str, found: bool) -> None:
    tokens = tokenise(text)
    lexicon = Lexicon({}, {"x": ["skär mig", "! rakar|rakhyvel*"]})
    assert bool(lexicon.find(tokens, quantities.read_numbers(tokens))) is found


def test_a_text_costs_little() -> None:
    load_tripwire()
    text = "Jag har haft ont i ryggen sedan i torsdags och undrar om jag kan få en tid. " * 3
    find_red_flags(text)
    began = time.process_time()
    for _ in range(20):
        find_red_flags(text)
    assert (time.process_time() - began) / 20 < 0.05  # ten times the goal: a guard against a slip, not a bench


@pytest.mark.parametrize("before", ["Jag har ont i foten. ", "Barnet har feber och hostar lite. ", "hej "])
def test_the_last_words_of_the_longest_message_are_heard_as_the_first_are(before: str) -> None:
    last = "Nu har jag jätteont i bröstet."
    for length in (300, 1_900, 2_100, 5_900, 7_900):
        text = before * (length // len(before)) + last
        assert "chest.pain" in find_red_flags(text), length


def test_what_is_denied_in_a_long_message_stays_denied_wherever_the_text_is_cut() -> None:
    for gap in range(0, 700, 37):
        text = "Jag mår bra. " * 40 + "x" * gap + " och jag har inte ont i bröstet. " + "Det är bra. " * 300
        assert find_red_flags(text) == {}, gap
    unbroken = "jag har inte ont i bröstet " * 290
    assert find_red_flags(unbroken) == {}


def test_portions_hold_the_whole_text_and_overlap() -> None:
    for text in ("", "kort", "Ett. Två. " * 200, "ord " * 900, "x" * 3000, "\n" * 2000 + "slut"):
        parts = list(portions(text, 500, 250))
        assert all(len(part) <= 500 for part in parts)
        assert parts[0] == text[: len(parts[0])]
        assert text.endswith(parts[-1])
        at = 0
        for part in parts:
            found = text.find(part, max(0, at - 250))
            assert 0 <= found <= at, "nothing lies between two portions"
            at = found + len(part)


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("jeg har vondt i brystet og får ikke puste", "no", "resp.dyspnea"),
        ("jeg har vondt i brystet og får ikke puste", "no", "chest.pain"),
        ("jeg har ondt i brystet og kan ikke få vejret", "da", "resp.dyspnea"),
        ("jeg har ondt i brystet og kan ikke få vejret", "da", "chest.pain"),
        ("han svarer ikke", "no", "gen.unresponsive"),
        ("jeg vil ikke leve lenger", "no", "psych.suicidal"),
        ("jeg vil ikke leve længere", "da", "psych.suicidal"),
        ("halve ansiktet henger", "no", "neuro.face_droop"),
        ("halve ansigtet hænger", "da", "neuro.face_droop"),
        ("jeg blør mye", "no", "trauma.bleeding"),
        ("det bløder meget", "da", "trauma.bleeding"),
        ("minulla on rintakipu ja en saa henkeä", "fi", "resp.dyspnea"),
        ("hän ei ole hereillä, hän on tajuton ja minulla on hätä", "fi", "gen.unresponsive"),
        ("ich habe Brustschmerzen und bekomme keine Luft", "de", "chest.pain"),
        ("ich will nicht mehr leben", "de", "psych.suicidal"),
        ("me duele el pecho y no puedo respirar", "es", "resp.dyspnea"),
        ("mi padre no responde", "es", "gen.unresponsive"),
        ("benim göğsüm ağrıyor ve nefes alamıyorum", "tr", "chest.pain"),
        ("ben ölmek istiyorum", "tr", "psych.suicidal"),
        ("boli mnie w klatce i nie mogę oddychać", "pl", "resp.dyspnea"),
        ("mój mąż jest nieprzytomny", "pl", "gen.unresponsive"),
        ("عندي ألم في الصدر", "ar", "chest.pain"),
        ("أشعر بألم في صدري ولا أستطيع التنفس", "ar", "resp.dyspnea"),
        ("أريد أن أموت", "ar", "psych.suicidal"),
    ],
)
def test_the_commonest_danger_words_of_other_languages_are_heard(text: str, language: str, code: str) -> None:
    assert code in find_red_flags(text)
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "jeg har hoste og feber", "jeg har ikke vondt i brystet", "jeg har ondt i halsen siden i går",
        "jeg blør mye fra mensen", "legen svarer ikke på telefon", "ich habe keine Brustschmerzen",
        "nie boli mnie w klatce", "minulla on yskä ja kuumetta", "me duele la garganta", "عندي سعال وحرارة",
    ],
)  # fmt: skip
def test_what_is_ordinary_or_denied_in_them_stays_silent(text: str) -> None:
    assert not alarms(text), find_red_flags(text)


def test_swedish_lines_are_not_taken_for_norwegian_or_danish() -> None:
    lines = [line["text"] for name in ORDINARY for line in read_lines("ordinary_lines" + name)]
    taken = [text for text in lines if detect_language(text) in {"no", "da"}]
    assert len(taken) * 500 <= len(lines), taken


def test_a_neighbour_s_language_is_foreign_also_with_its_ring_and_swedish_never_is() -> None:
    assert is_foreign("jeg har noe som klør på armen og vet ikke hva det er")
    assert not is_foreign("jag har något som kliar på armen och vet inte vad det är")


def test_each_file_of_another_language_is_read_and_names_known_codes() -> None:
    folder = files("linjen.triage").joinpath("lexicon", "elsewhere")
    assert {file.name for file in folder.iterdir()} == {f"{language}.yaml" for language in ELSEWHERE}
    assert {code for one in ELSEWHERE for code in read_lexicon_file(f"elsewhere/{one}.yaml")} <= finding_levels().keys()


@pytest.mark.parametrize(
    ("text", "code", "heard"),
    [
        ("mormor är sne i munnen", "neuro.face_droop", True),
        ("munnen är sne på pappa", "neuro.face_droop", True),
        ("jag är så sne på min chef", "neuro.face_droop", False),
        ("behöver förnya recept på citodon, tar 10 om dagen nu", "med.paracetamol_over", True),
        ("förnya alvedon, jag tar 12 om dagen", "med.paracetamol_over", True),
        ("behöver förnya recept på citodon, tar 3 om dagen", "med.paracetamol_over", False),
        ("förnya recept på metformin, tar 10 om dagen", "med.paracetamol_over", False),
        ("recept på citodon, senast den 10 november om dagen passar", "med.paracetamol_over", False),
    ],
)
def test_a_crooked_mouth_and_too_many_tablets_a_day_however_they_are_written(text: str, code: str, heard: bool) -> None:
    assert (code in find_red_flags(text)) is heard
