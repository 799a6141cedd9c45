"""Egna sms: the unit's configuration administrator decides whether its staff may write them, and nobody else."""

from __future__ import annotations

import asyncio

from linjen.demo.world import id_of
from tests.region import Person, Region

_PATH = f"/manage/units/{id_of('unit/ankaret')}"
_ALLOWED = "select free_text from unit_sms where unit_id = $1"


async def decide(person: Person, choice: str, was: str = "no") -> int:
    """Send the form; its status."""
    return (await person.decide(f"{_PATH}/own-sms", {"own_sms": choice, "was": was})).status_code


async def test_the_administrator_allows_it_and_takes_it_back(region: Region) -> None:
    disa = await region.staff("disa", "ankaret")
    assert "Bara de färdiga texterna" in (await disa.get(_PATH)).text
    assert await decide(disa, "yes") == 303
    assert await region.value(_ALLOWED, id_of("unit/ankaret")) is True
    assert await decide(disa, "no", "yes") == 303
    assert await region.value(_ALLOWED, id_of("unit/ankaret")) is False
    assert await region.value("select count(*) from access_log where verb = 'allow_own_sms' and refused is null") == 2


async def test_nobody_else_does(region: Region) -> None:
    for key, unit in (("karin", "ankaret"), ("maja", "ankaret"), ("pelle", "bjorken"), ("eva", "ankaret")):
        assert await decide(await region.staff(key, unit), "yes") == 404, key
    maja = await region.staff("maja", "ankaret")
    page = (await maja.get(_PATH)).text
    assert "Bara de färdiga texterna" in page
    assert 'name="own_sms"' not in page
    assert await region.value(_ALLOWED, id_of("unit/ankaret")) is None
    assert await region.value("select count(*) from access_log where verb = 'allow_own_sms' and refused is not null")


async def test_what_is_no_choice_is_refused_and_many_at_once_leave_one_answer(region: Region) -> None:
    disa = await region.staff("disa", "ankaret")
    assert await decide(disa, "perhaps") == 422
    assert set(await asyncio.gather(*(decide(disa, "yes") for _ in range(6)))) == {303}
    assert await region.value("select count(*) from unit_sms") == 1
