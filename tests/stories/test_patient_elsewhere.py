"""Sök patient: that something goes on at another unit of the provider, told as Alla besök tells it and no more."""

from __future__ import annotations

from uuid import UUID

from linjen.demo.cases import SeedCase
from linjen.demo.world import id_of, number_of
from tests.region import Person, Region
from tests.stories.blocked_world import EXISTS, main, meet, visits_of
from tests.stories.test_handover import pass_on, to
from tests.stories.test_ledger import owner_does
from tests.stories.test_patients import search

_MORE = "Patienten har eller har haft ärenden på vårdgivarens andra enheter."
_LOGGED = "select count(*) from access_log where verb = 'list_elsewhere' and $1::uuid = any(shown) and refused is null"


async def _found(region: Region, person: Person, resident: str) -> str:
    """The page of a patient whom the provider has a case with."""
    answer = await person.get(f"/clinic/patients/{region.actors.residents[resident]}")
    assert answer.status_code == 200, answer.text
    return main(answer)


async def _handed_over(region: Region, karin: Person) -> UUID:
    """Gustav's case goes to the rehab unit."""
    case_id = region.cases["held_by_karin"]
    assert (await pass_on(karin, case_id, to("physiotherapist", unit="rehab"))).status_code == 303
    return case_id


async def _new_case(region: Region, resident: str, unit: str, entry: str = "symptom") -> UUID:
    seed = SeedCase(region.site.database, region.site.sealer, region.actors)
    case_id = await seed.draft(resident, entry, resident, unit, "Ont i halsen")
    await seed.send(resident, case_id, 4, "halsont" if entry == "symptom" else "", 5)
    return case_id


async def test_with_an_open_case_here_the_other_unit_and_that_it_goes_on_is_told_and_logged(region: Region) -> None:
    karin, mine = await region.staff("karin", "ankaret"), await _new_case(region, "gustav", "ankaret")
    assert "Vid andra enheter" not in await _found(region, karin, "gustav")
    there = await _handed_over(region, karin)
    page = await _found(region, karin, "gustav")
    told = page[page.index("Vid andra enheter") :]
    assert "Ärende på Rehabenheten Exempel" in told
    assert "Väntar" in told
    assert f"{visits_of(mine)}" in told
    assert str(there) not in page, "neither the case nor anything of it"
    assert "Hosta" not in told
    assert _MORE not in page
    assert await region.value(_LOGGED, there) == 1
    fadime = await region.staff("fadime", "rehab")
    await fadime.post(f"/clinic/cases/{there}/claims")
    page = await _found(region, karin, "gustav")
    assert "Pågår" in page[page.index("Vid andra enheter") :]
    assert "Yilmaz" not in page


async def test_without_one_it_is_told_that_there_is_more_and_how_to_see_it_but_not_where(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    there = await _handed_over(region, karin)
    page = await _found(region, karin, "gustav")
    assert "Här finns inget ärende som du kan läsa." in page
    assert _MORE in page
    assert "Rehabenheten" not in page
    assert await region.value(_LOGGED, there) == 0, "nothing of it was shown"
    await _new_case(region, "gustav", "ankaret")
    page = await _found(region, karin, "gustav")
    assert "Ärende på Rehabenheten Exempel" in page
    assert _MORE not in page


async def test_who_has_no_case_elsewhere_and_who_has_no_role_in_care_reads_nothing_of_it(region: Region) -> None:
    karin, mona = await region.staff("karin", "ankaret"), await region.staff("mona", "ankaret")
    assert "andra enheter" not in await _found(region, karin, "gustav")
    await _handed_over(region, karin)
    await _new_case(region, "gustav", "ankaret", "admin")
    page = await _found(region, mona, "gustav")
    assert "andra enheter" not in page
    assert "Rehabenheten" not in page


async def test_what_is_blocked_is_told_to_be_there_and_never_where_nor_as_more(region: Region) -> None:
    cases, ulf = await meet(region), await region.staff("ulf", "bjorken")
    page = await _found(region, ulf, "frida")
    assert "Ärende på Rehabenheten Exempel" in page
    assert "Avslutat" in page
    assert EXISTS in page
    assert "Ankaret" not in page
    assert str(cases["blocked"]) not in page
    for name in ("beside_blocked", "not_blocked"):  # nothing is left at the provider but what is blocked
        lyktan = f"update visits set unit_id = '{id_of('unit/lyktan')}' where case_id = '{cases[name]}'"
        await owner_does(region, lyktan)
    answer = await search(ulf, number_of("frida").canonical, reason="calls", why="Ringer om halsont")
    assert answer.status_code == 303
    assert "andra enheter" not in await _found(region, ulf, "frida")


async def test_who_only_had_a_case_here_is_told_nothing_of_other_units(region: Region) -> None:
    karin, ended = await region.staff("karin", "ankaret"), await _new_case(region, "gustav", "ankaret")
    closed = "state = 'closed', closed_at = now(), close_reason = 'advice'"
    await owner_does(region, f"update visits set {closed} where case_id = '{ended}'")
    await _handed_over(region, karin)
    page = await _found(region, karin, "gustav")
    assert str(ended) in page
    assert "andra enheter" not in page


async def test_another_provider_s_case_is_not_told(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    await _new_case(region, "gustav", "lyktan")
    page = await _found(region, karin, "gustav")
    assert "andra enheter" not in page
    assert "Lyktan" not in page
