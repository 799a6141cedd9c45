"""Utskriven liggare: for a nurse or the head of the unit, each case logged as read, who is protected without a name."""

from __future__ import annotations

from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.test_ledger import owner_does

_PATH = f"/clinic/units/{id_of('unit/ankaret')}/ledger"
_EACH = "select count(distinct case_id) from access_log where verb = 'print_ledger' and case_id is not null"
_OPEN = "select count(*) from visits where state <> 'closed' and unit_id = $1"


async def test_a_nurse_and_the_head_print_every_open_case_with_names_and_each_is_logged(region: Region) -> None:
    karin, gunvor = await region.staff("karin", "ankaret"), await region.staff("gunvor", "ankaret")
    assert f'href="{_PATH}"' in (await karin.get("/clinic/ledger/unit")).text
    assert f'href="{_PATH}"' not in (await (await region.staff("sara", "ankaret")).get("/clinic/ledger/unit")).text
    asks = (await karin.get(_PATH)).text
    assert "loggas som läst av dig" in asks
    assert "Öberg" not in asks
    assert await region.value(_EACH) == 0
    for person in (karin, gunvor):
        page = (await person.post(_PATH)).text
        assert "Gustav Öberg" in page
        assert "Astrid Nyberg" in page
    open_cases = await region.value(_OPEN, id_of("unit/ankaret"))
    assert await region.value(_EACH) == open_cases
    rows = "select count(*) from access_log where verb = 'print_ledger' and case_id = $1"
    assert await region.value(rows, region.cases["held_by_karin"]) == 2

    units = "select array_agg(distinct unit_id) from access_log where verb = 'print_ledger'"
    assert await region.value(units) == [id_of("unit/ankaret")]


async def test_the_head_stays_in_the_administration_and_a_nurse_in_the_clinic(region: Region) -> None:
    """The head has no ledger of her own: the clinic's tabs would lead her nowhere."""
    for key, unit, hers, not_hers in (
        ("gunvor", None, 'href="/manage/units"', 'href="/clinic/mine"'),
        ("karin", "ankaret", 'href="/clinic/mine"', 'href="/manage/units"'),
    ):
        person = await region.staff(key, unit)
        for page in ((await person.get(_PATH)).text, (await person.post(_PATH)).text):
            assert hers in page
            assert not_hers not in page
            assert ("Till patientliggaren" in page) <= (key == "karin")


async def test_who_works_at_two_units_prints_where_she_works_now(region: Region) -> None:
    bjorken = f"/clinic/units/{id_of('unit/bjorken')}/ledger"
    there, here = await region.staff("petra", "bjorken"), await region.staff("petra", "ankaret")
    for person, hers, other in ((there, bjorken, _PATH), (here, _PATH, bjorken)):
        assert f'href="{hers}"' in (await person.get("/clinic/ledger/unit")).text
        assert (await person.get(hers)).status_code == 200
        assert (await person.post(hers)).status_code == 200
        assert (await person.get(other)).status_code == 404
        answer = await person.post(other)
        assert answer.status_code == 404
        assert "Öberg" not in answer.text


async def test_the_patient_reads_which_unit_printed_it_when_its_head_did(region: Region) -> None:
    gunvor, gustav = await region.staff("gunvor"), await region.resident("gustav")
    assert (await gunvor.post(_PATH)).status_code == 200
    assert await region.value(_EACH) == await region.value(_OPEN, id_of("unit/ankaret"))
    units = "select array_agg(distinct unit_id) from access_log where verb = 'print_ledger'"
    assert await region.value(units) == [id_of("unit/ankaret")]
    openings = (await gustav.get("/openings")).text
    assert "Hälsocentralen Ankaret: arbetade med ärendet" in openings
    assert "Den som sköter tjänsten" not in openings


async def test_who_is_protected_or_unchecked_has_no_name_on_paper(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    for state in ("yes", "unchecked"):
        await owner_does(region, f"update residents set protected = '{state}' where given_name = 'Gustav'")
        page = (await karin.post(_PATH)).text.split("<main")[1].split("</main")[0]
        assert "Öberg" not in page, state
        assert "Hosta" in page, "the case is there all the same"


async def test_nobody_else_prints_it_and_without_its_log_nothing_is_shown(region: Region) -> None:
    others = (("sara", "ankaret"), ("mona", "ankaret"), ("disa", "ankaret"), ("lena", "lyktan"), ("ulf", "bjorken"))
    for key, unit in others:
        person = await region.staff(key, unit)
        assert (await person.get(_PATH)).status_code == 404, key
        assert (await person.post(_PATH)).status_code == 404, key
    refused = "select count(*) from access_log where verb = 'print_ledger' and refused is not null"
    assert await region.value(refused) == 10
    await owner_does(region, "alter table access_log add constraint n check (verb <> 'print_ledger') not valid")
    answer = await (await region.staff("karin", "ankaret")).post(_PATH)
    assert answer.status_code == 500
    assert "Öberg" not in answer.text
