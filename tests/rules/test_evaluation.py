"""The bench of the triage itself: the simulated resident, the measures, and the interval."""

from __future__ import annotations

import msgspec
import pytest

from linjen.core.errors import Invalid
from linjen.triage import begin, load, next_page
from linjen.triage.trials.evaluation import (
    Fact,
    Vignette,
    asked_red_flags,
    doubting,
    evaluate,
    interviewed,
    knowing,
    measures,
    pages_of,
    read_vignettes,
)
from linjen.triage.trials.tripwire_lines import read_lines, tripwire_measures
from linjen.triage.trials.wilson import wilson

MILD = Vignette(
    "mild", 31, "female", "ont i halsen sedan i går", [Fact("ent.sore_throat", True), Fact("gen.duration_days", 1)],
    5, (5, 5), contact_reason="halsont",
)  # fmt: skip
GRAVE = Vignette(
    "grave", 61, "male", "trycker över bröstet och jag kallsvettas",
    [Fact("chest.pressure", True), Fact("gen.cold_sweat", True)], 1, (1, 1), contact_reason="brostsmarta",
)  # fmt: skip


def test_the_table_tells_right_from_wrong() -> None:
    rows = {row.name: row for row in measures(evaluate(load(), [MILD, GRAVE]))}
    assert (rows["emergency sensitivity"].share.hits, rows["emergency sensitivity"].share.of) == (1, 1)
    assert rows["self-care recognised"].met
    assert rows["safe"].share.part == 1
    missed = msgspec.structs.replace(MILD, id="missed", gold_urgency=1, ok_urgency=(1, 1))
    rows = {row.name: row for row in measures(evaluate(load(), [missed, GRAVE]))}
    assert rows["emergency sensitivity"].share.part == 0.5
    assert rows["critical miss"].share.hits == 1
    assert not rows["safe"].met


def test_the_interval_is_wilsons() -> None:
    share = wilson(97, 100)
    assert (round(share.low, 4), round(share.high, 4)) == (0.9155, 0.9897)
    assert str(wilson(0, 0)) == "–"
    assert wilson(0, 20).low == 0


def test_what_is_not_listed_is_no_and_a_finding_means_its_parents() -> None:
    protocols = load()
    say = knowing(protocols, {"resp.hemoptysis": True, "no.such_code": True})
    state = begin(protocols, 40, "male", "self", "hosta")
    asked = {asked.code: say(asked) for page in [next_page(protocols, state)] if page for asked in page.codes}
    assert set(asked.values()) <= {True, False, None}
    done = interviewed(protocols, state, say)
    assert done.answers.get("resp.hemoptysis") is True
    assert done.answers.get("resp.cough", True) is True


def test_doubts_are_the_same_every_time_and_not_all_answers() -> None:
    protocols = load()
    state = begin(protocols, 40, "male", "self", "hosta")
    say = knowing(protocols, {"resp.cough": True})
    once = interviewed(protocols, state, doubting(say, "a")).answers
    assert once == interviewed(protocols, state, doubting(say, "a")).answers
    sure = interviewed(protocols, state, say).answers
    assert {code: once[code] for code in once.keys() & sure.keys()} != sure


def test_length_and_warning_signs_are_counted() -> None:
    outcomes = evaluate(load(), [MILD, GRAVE])
    assert 1 <= pages_of(outcomes).median <= 20
    assert asked_red_flags(load(), outcomes).share.of == 2


def test_a_broken_line_is_told_with_its_number() -> None:
    with pytest.raises(Invalid) as told:
        read_vignettes([msgspec.json.encode(MILD), b"", b'{"id": 3}'])
    assert told.value.detail["line"] == 3


def test_other_words_must_come_to_the_same_level() -> None:
    same = msgspec.structs.replace(MILD, paraphrases_sv=["halsen svider sedan i går"])
    other = msgspec.structs.replace(GRAVE, id="other", paraphrases_sv=["jag är kallsvettig"], facts_sv=[])
    rows = {row.name: row for row in measures(evaluate(load(), [same, GRAVE]))}
    assert (rows["same level in other words"].share.hits, rows["same level in other words"].share.of) == (1, 1)
    (outcome,) = evaluate(load(), [other])
    assert len(outcome.in_other_words) == 1


def test_the_lines_of_the_tripwire_are_counted() -> None:
    grave = read_lines("text\tcodes\nDet trycker över bröstet\tchest.pressure\n\nMitt knä kliar\tx\n".encode())
    heard, false = tripwire_measures(load(), grave, ["Jag vill boka tid"])
    assert (heard.share.hits, heard.share.of, heard.met) == (1, 2, False)
    assert (false.share.hits, false.share.of, false.met) == (0, 1, True)
    with pytest.raises(Invalid):
        read_lines(b"codes\ttext\n")
