"""Biljett till rehab: its hours are told to sender and patient, and the unit's own table stands beside the dialogue."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime

import pytest

from linjen.core import clock
from linjen.core.errors import Invalid
from linjen.demo.world import id_of
from linjen.units.referrals import LONGEST, MOST, as_text, parse_referrals
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does
from tests.stories.test_ticket import form, issue, preview, unit

_PATH = f"/manage/units/{id_of('unit/ankaret')}/referrals"
_TABLE = "Ont i ryggen; Rehab; Inte efter olycka\n\nStukad fot;Rehab"


@pytest.mark.parametrize(
    ("now", "words", "patients"),
    [
        ("2030-03-07 13:00", "8 mars 2030, kl. 10.00", "i morgon kl. 10.00"),
        ("2030-03-08 12:00", "11 mars 2030, kl. 10.00", "på måndag kl. 10.00"),
        ("2030-04-18 12:01", "23 april 2030, kl. 10.00", "på tisdag kl. 10.00"),  # Easter comes between
        ("2030-03-07 11:59", "är öppen och tar hand om det som kommer nu", "är öppen nu"),
    ],
)
async def test_what_comes_to_rehab_after_twelve_is_the_next_weekdays_for_sender_and_patient(
    region: Region, monkeypatch: pytest.MonkeyPatch, now: str, words: str, patients: str
) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=clock.STOCKHOLM)
    monkeypatch.setattr(clock, "now", lambda: at)
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id, filled = region.cases["held_by_karin"], form(unit("rehab", "physiotherapist"))
    assert words in (await preview(karin, case_id, filled)).text
    assert (await issue(karin, case_id, filled)).status_code == 303
    for path in (f"/cases/{case_id}", f"/tickets/{filled['ticket_id']}"):
        assert patients in (await gustav.get(path)).text, path


async def test_the_units_table_stands_beside_ticket_and_handover_and_another_units_does_not(region: Region) -> None:
    karin, lena = await region.staff("karin", "ankaret"), await region.staff("lena", "lyktan")
    for verb in ("tickets", "handovers"):
        page = (await karin.get(f"/clinic/cases/{region.cases['held_by_karin']}/{verb}")).text
        assert "Yrsel när huvudet vänds" in page, verb
    await lena.post(f"/clinic/cases/{region.cases['at_lyktan']}/claims")
    assert "Beslutsstöd" not in (await lena.get(f"/clinic/cases/{region.cases['at_lyktan']}/tickets")).text


async def _version(person: Person) -> str:
    """Which table the page shows."""
    found = re.search(r'name="version" value="([0-9a-f]+)"', (await person.get(_PATH)).text)
    assert found
    return found[1]


async def test_two_who_save_do_not_overwrite_each_other(region: Region) -> None:
    disa = await region.staff("disa")
    version = await _version(disa)
    tables = ["Ont i ryggen; Rehab", "Stukad fot; Rehab"]
    answers = await asyncio.gather(*(disa.decide(_PATH, {"referrals": one, "version": version}) for one in tables))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    kept, lost = tables if answers[0].status_code == 303 else tables[::-1]
    late = next(answer for answer in answers if answer.status_code == 409).text
    assert f"{lost}</textarea>" in late
    assert "Någon annan har sparat tabellen" in late
    assert kept.partition(";")[0] in late.partition("</form>")[2]
    assert await region.value("select string_agg(complaint, ',') from referrals") == kept.partition(";")[0]
    again = {"referrals": f"{kept}\n{lost}", "version": await _version(disa)}
    assert [(await disa.decide(_PATH, again)).status_code for _ in range(2)] == [303, 303], "the same form twice is one"
    assert (await disa.post(_PATH, {"referrals": kept})).status_code == 409, "a form without a version overwrites none"


async def test_an_empty_form_shows_what_goes_and_empties_the_table_only_when_that_is_saved(region: Region) -> None:
    disa, rows = await region.staff("disa"), "select count(*) from referrals"
    before, version = await region.value(rows), await _version(disa)
    assert (await disa.post(_PATH, {})).status_code == 409
    for fields in ({"version": version}, {"referrals": " \n ", "version": version}):
        answer = await disa.post(_PATH, fields)
        assert answer.status_code == 200
        assert answer.text.count('data-label="Så här blir det" dir="auto">Inget<') == before
        assert await region.value(rows) == before
    assert (await disa.decide(_PATH, {"version": version})).status_code == 303
    assert await region.value(rows) == 0


async def test_its_configuration_administrator_keeps_it_and_nobody_else(region: Region) -> None:
    disa, karin = await region.staff("disa"), await region.staff("karin", "ankaret")
    assert "Yrsel när huvudet vänds" in (await disa.get(_PATH)).text
    answer = await disa.decide(_PATH, {"referrals": _TABLE, "version": await _version(disa)})
    assert answer.headers["location"] == f"{_PATH}?done=1"
    page = (await karin.get(f"/clinic/cases/{region.cases['held_by_karin']}/tickets")).text
    assert "Inte efter olycka" in page
    assert "Yrsel" not in page
    wrong = await disa.post(_PATH, {"referrals": "Ont i ryggen; Rehab\nStukad fot"})
    assert wrong.status_code == 422
    assert "Rad 2" in wrong.text
    assert "Stukad fot" in wrong.text
    for key in ("karin", "pelle", "maja", "lena"):
        person = await region.staff(key)
        assert (await person.get(_PATH)).status_code == 404, key
        assert (await person.post(_PATH, {"referrals": ""})).status_code == 404, key
    assert await region.value("select count(*) from referrals") == 2
    assert await region.value("select count(*) from access_log where verb = 'keep_referrals' and refused is null") == 1
    empty = {"referrals": "", "version": await _version(disa)}
    assert (await disa.decide(_PATH, empty)).status_code == 303
    assert await region.value("select count(*) from referrals") == 0


async def test_without_its_log_row_the_table_stays(region: Region) -> None:
    disa = await region.staff("disa")
    before = await region.value("select count(*) from referrals")
    await owner_does(region, "alter table access_log add constraint no_more check (verb <> 'keep_referrals') not valid")
    assert (await disa.post(_PATH, {"referrals": _TABLE})).status_code == 500
    assert await region.value("select count(*) from referrals") == before


def test_the_text_is_read_as_it_is_written() -> None:
    rows = parse_referrals(_TABLE)
    assert [(one.complaint, one.goes_to, one.remark) for one in rows] == [
        ("Ont i ryggen", "Rehab", "Inte efter olycka"), ("Stukad fot", "Rehab", ""),
    ]  # fmt: skip
    assert parse_referrals(as_text(rows)) == rows


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Ont", "referral_form"), (" ; Rehab", "referral_form"), ("Ont; ", "referral_form"),
        (f"Ont; {'o' * (LONGEST + 1)}", "referral_long"), ("Ont; Rehab\n" * (MOST + 1), "referral_many"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        parse_referrals(text)
