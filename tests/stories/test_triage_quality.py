"""Triagens kvalitet: figures right on a hand-counted example, small ones hidden, a file with the same, looks logged."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, time, timedelta
from html import unescape

import pytest

from linjen.cases.afterwards.triage_quality import months_back, next_month
from linjen.cases.intake.assessments import month_of
from linjen.core import clock
from linjen.core.ids import new_id
from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does

PAGE, FILE = "/manage/triage-quality", "/manage/triage-quality/export"
LOGGED = "select count(*) from access_log where verb = $1 and {} and by_id = $2"

#: (triage's level, staff's level or None, how many); 43 judged, 27 right, 8 too high, 8 too low.
JUDGED = ((2, 2, 8), (2, 3, 2), (3, 2, 5), (3, 3, 10), (3, 4, 6), (4, 3, 3), (4, 4, 9))


async def emptied(region: Region) -> None:
    """A region in which nothing has been counted."""
    for table in ("assessments", "left_drafts", "alarms"):
        await region.site.database.execute(f"delete from {table}")


async def assessed(
    region: Region, many: int, level: int, *, right: int | None = None, reason: str = "hosta",
    month: date | None = None, unit: str = "ankaret", questions: int = 8, outcome: str = "sent",
    back: bool | None = None,
) -> None:  # fmt: skip
    """So many interviews of one kind, each of an emptied case of Astrid's."""
    verdict = None
    if right is not None:
        verdict = "right" if right == level else "too_high" if right > level else "too_low"
    ids, unit_id = [new_id() for _ in range(many)], id_of(f"unit/{unit}")
    database = region.site.database
    await database.execute(
        "insert into cases (id, entry, phase, opened_by, unit_id, reason) select i, 'symptom', 'abandoned', $2, $3, $4"
        " from unnest($1::uuid[]) i",
        ids, region.actors.residents["astrid"], unit_id, reason,
    )  # fmt: skip
    await database.execute(
        "insert into assessments (case_id, unit_id, month, reason, level, outcome, questions, came_back, verdict,"
        " right_level, judged_by, judged_at) select i, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
        " case when $11::uuid is not null then now() end from unnest($1::uuid[]) i",
        ids, unit_id, month or month_of(clock.now()), reason, level, outcome, questions, back, verdict, right,
        id_of("staff/karin") if verdict else None,
    )  # fmt: skip


async def left(region: Region, many: int, step: str, ended: str = "left", reason: str = "hosta") -> None:
    """So many drafts of one kind that were left."""
    await region.site.database.execute(
        "insert into left_drafts values ($1, $2, $3, $4, $5, $6)",
        id_of("unit/ankaret"), month_of(clock.now()), reason, ended, step, many,
    )  # fmt: skip


async def heard(region: Region, many: int, code: str, verdict: str | None) -> None:
    """So many hits of one warning sign."""
    await region.site.database.execute(
        "insert into alarms (id, case_id, code, level, quote_sealed, verdict, judged_by, judged_at, unit_id)"
        " select i, $2, $3, 2, '', $4, $5, case when $5::uuid is not null then now() end, $6 from unnest($1::uuid[]) i",
        [new_id() for _ in range(many)], region.cases["waiting"], code, verdict,
        id_of("staff/karin") if verdict else None, id_of("unit/ankaret"),
    )  # fmt: skip


async def text_of(person: Person, query: str = "") -> str:
    """The page's text with single spaces."""
    answer = await person.get(PAGE + query)
    assert answer.status_code == 200, answer.text
    main = answer.text[answer.text.index("<main") :]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).replace("\u00a0", " ").split())


async def rows_of(person: Person, query: str = "") -> list[dict[str, str]]:
    """The file's rows by heading."""
    answer = await person.get(FILE + query)
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf"), "Excel reads it as UTF-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


async def hand_counted(region: Region) -> Person:
    """The example, and Disa who may see it."""
    await emptied(region)
    for level, right, many in JUDGED:
        await assessed(region, many, level, right=right)
    await assessed(region, 7, 4, questions=12)
    await assessed(region, 6, 5, outcome="self_care", back=True, questions=20)
    await assessed(region, 9, 5, outcome="self_care", back=False)
    await left(region, 5, "self_care", "stayed")
    await left(region, 6, "emergency", "emergency")
    await left(region, 8, "words", reason="")
    await left(region, 11, "questions")
    return await region.staff("disa")


async def test_the_figures_are_those_of_the_hand_counted_example(region: Region) -> None:
    disa = await hand_counted(region)
    page = await text_of(disa)
    for words in (
        "Bedömda ärenden i urvalet: 43",
        "Rätt nivå 63 % 48–76 % med 95 procents säkerhet 27 av 43 bedömda",
        "För hög nivå 19 % 10–33 % med 95 procents säkerhet 8 av 43 bedömda",
        "För låg nivå 19 % 10–33 % med 95 procents säkerhet 8 av 43 bedömda",
        "Kom tillbaka inom 7 dagar 30 % 15–52 % med 95 procents säkerhet 6 av 20 som fick råd om egenvård",
        "Frågor i en vanlig intervju 8 Hälften av intervjuerna hade högst så många 65 intervjuer",
        "Frågor i en lång intervju 20 95 procent hade högst så många",
        "Blev klara 80 % 71–87 % med 95 procents säkerhet 76 av 95 påbörjade",
        "Skickades till vården 50",
        "Slutade med egenvårdsråd 20",
        "Slutade med rådet att ringa 112 6",
        "Lämnades på vägen 19",
        "Egna ord 8",
        "Frågor 11",
    ):  # fmt: skip
        assert words in page, (words, page)


async def test_the_confusion_table_stands_level_by_level_with_small_cells_and_what_tells_of_them_hidden(
    region: Region,
) -> None:
    disa = await hand_counted(region)
    page = await text_of(disa)
    table = page[page.index("Triagen 1") : page.index("Egenvård Kom")]
    assert "färre än 5" in table
    rows = {
        (row["Triagens nivå"], row["Personalens nivå"]): row["Antal"]
        for row in await rows_of(disa)
        if row["Triagens nivå"]
    }
    assert (rows["2", "3"], rows["4", "3"]) == ("färre än 5", "färre än 5")
    assert rows["3", "3"] == "10"
    shown = {key: int(value) for key, value in rows.items() if value.isdecimal()}
    # 8 too high in all and 10 judged at level 2 would tell that 2 of them were level 3.
    assert not {("2", "2"), ("2", "Summa")} <= set(shown)
    assert ("3", "4") not in shown
    for (level, other), value in shown.items():
        wanted = sum(many for triage, right, many in JUDGED if str(triage) == level and other in {str(right), "Summa"})
        assert value == wanted, (level, other)


async def test_fewer_than_five_are_never_told_in_any_form(region: Region) -> None:
    await emptied(region)
    await assessed(region, 3, 3, right=3)
    await assessed(region, 1, 3, right=4)
    disa = await region.staff("disa")
    page, rows = await text_of(disa), await rows_of(disa)
    assert "Bedömda ärenden i urvalet: färre än 5" in page
    assert "Rätt nivå" not in page
    figures = {row["Mått"]: (row["Antal"], row["Av"], row["Procent"]) for row in rows}
    assert figures["Bedömda ärenden i urvalet"] == ("färre än 5", "", "")
    assert figures["Frågor i en vanlig intervju"][0] == "visas inte"
    assert not [row for row in rows if row["Triagens nivå"]], "noughts beside one cell would say what all were"
    assert "Skickades till vården" not in figures
    told = " ".join(cell for row in rows for key, cell in row.items() if key in {"Antal", "Av", "Procent"})
    assert not re.search(r"[1-9]", told.replace("färre än 5", "")), told


async def test_a_figure_that_a_sum_would_give_away_is_held_back(region: Region) -> None:
    await emptied(region)
    await assessed(region, 30, 3, right=3)
    await assessed(region, 2, 3, right=2)
    disa = await region.staff("disa")
    figures = {row["Mått"]: row["Antal"] for row in await rows_of(disa)}
    assert figures["För låg nivå"] == "färre än 5"
    known = [figures["Rätt nivå"], figures["Bedömda ärenden i urvalet"]]
    assert known != ["30", "32"]
    assert "30 av 32" not in await text_of(disa)


async def test_hits_are_told_by_sign_with_the_verdicts_of_staff(region: Region) -> None:
    await emptied(region)
    for code, right, wrong, unjudged in (("chest.pain", 12, 6, 5), ("gen.syncope", 5, 7, 0), ("resp.dyspnea", 1, 1, 1)):
        for verdict, many in (("right", right), ("wrong", wrong), (None, unjudged)):
            await heard(region, many, code, verdict)
    disa = await region.staff("disa")
    rows = {(row["Mått"], row["Avsnitt"]): row["Antal"] for row in await rows_of(disa)}
    names = {key[0] for key in rows if key[1] == "Larm"}
    assert len(names) == 3
    assert "Övriga varningstecken" in names
    page = await text_of(disa)
    assert page.index("Ord som larmade") < page.index("Övriga varningstecken")
    assert "Rätta larm" in page
    assert rows["Övriga varningstecken", "Larm"] == "färre än 5"


async def test_unit_reason_and_month_choose_what_is_counted(region: Region) -> None:
    await emptied(region)
    this, before = months_back(clock.now(), 2)
    for many, reason, month, unit in (
        (6, "hosta", this, "ankaret"), (7, "hosta", before, "ankaret"), (8, "halsont", this, "ankaret"),
        (9, "hosta", this, "bjorken"), (40, "hosta", months_back(clock.now(), 13)[-1], "ankaret"),
    ):  # fmt: skip
        await assessed(region, many, 3, right=3, reason=reason, month=month, unit=unit)
    disa = await region.staff("disa")
    ankaret = id_of("unit/ankaret")
    for query, many in (
        ("", 21), ("?reason=hosta", 13), (f"?month={this:%Y-%m}", 14), (f"?month={before:%Y-%m}&reason=hosta", 7),
        (f"?unit={ankaret}&reason=halsont&month={this:%Y-%m}", 8),
    ):  # fmt: skip
        assert f"Bedömda ärenden i urvalet: {many}." in await text_of(disa, query), query
    await region.site.database.execute(
        "insert into assignments (id, staff_id, unit_id, role) values ($1, $2, $3, 'config_admin')",
        new_id(), id_of("staff/disa"), id_of("unit/bjorken"),
    )  # fmt: skip
    assert "Bedömda ärenden i urvalet: 30." in await text_of(disa)
    assert "Bedömda ärenden i urvalet: 9." in await text_of(disa, f"?unit={id_of('unit/bjorken')}")
    page = (await disa.get(f"{PAGE}?reason=hosta&month={this:%Y-%m}")).text
    assert '<option value="hosta" selected>' in page
    assert f'<option value="{this:%Y-%m}" selected>' in page
    assert f"{FILE}?unit=&amp;reason=hosta&amp;month={this:%Y-%m}" in page


async def test_who_approves_the_content_sees_the_whole_region_and_who_left_before_a_unit(region: Region) -> None:
    await emptied(region)
    for unit in ("ankaret", "bjorken", "lyktan"):
        await assessed(region, 10, 3, right=3, unit=unit)
    await left(region, 5, "words")
    await region.site.database.execute(
        "insert into left_drafts values (null, $1, '', 'left', 'patient', 6)", month_of(clock.now())
    )
    eva, disa = await region.staff("eva"), await region.staff("disa")
    page = await text_of(eva)
    for words in ("Bedömda ärenden i urvalet: 30.", "30 av 41 påbörjade", "Vem det gäller 6", "Alla mina enheter"):
        assert words in page, (words, page)
    assert "10 av 15 påbörjade" in await text_of(eva, f"?unit={id_of('unit/ankaret')}")
    assert "10 av 15 påbörjade" in await text_of(disa)


@pytest.mark.parametrize("query", ["?month=2020-01", "?month=nu", "?reason=finns_inte", "?unit=1", "?unit=x%00"])
async def test_what_cannot_be_chosen_is_not_found(region: Region, query: str) -> None:
    disa = await region.staff("disa")
    assert (await disa.get(PAGE + query)).status_code == 404
    assert (await disa.get(FILE + query)).status_code == 404


async def test_another_units_figures_do_not_exist_and_the_attempt_is_logged(region: Region) -> None:
    disa, who = await region.staff("disa"), id_of("staff/disa")
    assert (await disa.get(f"{PAGE}?unit={id_of('unit/bjorken')}")).status_code == 404
    assert await region.value(LOGGED.format("refused = 'unit'"), "see_triage_quality", who) == 1
    assert (await disa.get(f"{FILE}?unit={id_of('unit/bjorken')}")).status_code == 404
    assert await region.value(LOGGED.format("refused = 'unit'"), "export_triage_quality", who) == 1


@pytest.mark.parametrize("who", ["karin", "maja", "mona", "lena", "ivar"])
async def test_who_may_see_no_figures_meets_no_page(region: Region, who: str) -> None:
    person = await region.staff(who)
    assert (await person.get(PAGE)).status_code == 404
    assert (await person.get(FILE)).status_code == 404
    assert PAGE not in (await person.get("/manage")).text


async def test_every_look_and_every_file_is_logged_and_without_the_log_nothing_is_shown(region: Region) -> None:
    disa, who = await region.staff("disa"), id_of("staff/disa")
    for path, verb in ((PAGE, "see_triage_quality"), (FILE, "export_triage_quality")):
        assert (await disa.get(path)).status_code == 200
        shown = LOGGED.format(f"'{id_of('unit/ankaret')}' = any(shown) and refused is null")
        assert await region.value(shown, verb, who) == 1
    await owner_does(region, "alter table access_log add constraint broken check (verb !~ 'triage_quality') not valid")
    for path in (PAGE, FILE):
        answer = await disa.get(path)
        assert answer.status_code >= 500
        assert "bedömda" not in answer.text


async def test_the_file_opens_in_a_swedish_spreadsheet_and_says_what_it_is_of(region: Region) -> None:
    disa = await hand_counted(region)
    answer = await disa.get(f"{FILE}?reason=hosta")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="triagens-kvalitet-\d{4}-\d\d--\d{4}-\d\d\.csv"', answer.headers["content-disposition"]
    )
    assert answer.headers["cache-control"] == "no-store"
    rows = await rows_of(disa, "?reason=hosta")
    assert {row["Enhet"] for row in rows} == {"Hälsocentralen Ankaret"}
    assert {row["Kontaktorsak"] for row in rows} == {"Hosta"}
    right = next(row for row in rows if row["Mått"] == "Rätt nivå")
    assert (right["Antal"], right["Av"], right["Procent"]) == ("27", "43", "62,8")
    assert (right["Lägst procent"], right["Högst procent"]) == ("47,9", "75,6")


async def test_a_month_begins_and_ends_on_the_swedish_clock(region: Region) -> None:
    await emptied(region)
    this, before = months_back(clock.now(), 2)
    begins = datetime.combine(this, time(), clock.STOCKHOLM)
    await heard(region, 12, "chest.pain", "right")
    for moment, many in ((begins - timedelta(seconds=1), 5), (begins, 7)):
        await region.site.database.execute(
            "update alarms set heard_at = $1 where id in (select id from alarms where heard_at > $2 limit $3)",
            moment, clock.now() - timedelta(minutes=5), many,
        )  # fmt: skip
    disa = await region.staff("disa")
    for month, many in ((before, 5), (this, 7)):
        rows = await rows_of(disa, f"?month={month:%Y-%m}")
        assert next(row["Antal"] for row in rows if row["Avsnitt"] == "Larm") == str(many)


def test_months_go_over_the_new_year() -> None:
    assert months_back(datetime(2026, 2, 3, tzinfo=clock.STOCKHOLM), 3) == [
        date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1),
    ]  # fmt: skip
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
