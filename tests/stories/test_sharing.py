"""Vem arbetar med vad: a unit decides which roles have sök vård and administrative questions before them."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx

from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_ledger import ledger_of, names_in_order, owner_does

_UNIT = f"/manage/units/{id_of('unit/ankaret')}"
_PATH = f"{_UNIT}/queues"
_ROWS = "select count(*) from unit_queues where unit_id = $1"
_USUAL = {"care": (), "admin": ("nurse",)}


def form(care: tuple[str, ...] = (), admin: tuple[str, ...] = ("nurse",), was: Any = None) -> dict[str, Any]:
    """The form with these roles ticked, as it was drawn while `was` stood."""
    shown = {f"was.{kind}": " ".join(sorted(roles)) for kind, roles in (was or _USUAL).items()}
    return {"care": list(care), "admin": list(admin), **shown}


async def share(
    person: Person, care: tuple[str, ...] = (), admin: tuple[str, ...] = ("nurse",), was: Any = None
) -> httpx.Response:
    """Send the form."""
    return await person.decide(_PATH, form(care, admin, was))


async def rows(region: Region) -> object:
    """How many rows stand of what the unit has decided otherwise."""
    return await region.value(_ROWS, id_of("unit/ankaret"))


async def test_what_is_decided_is_what_each_role_has_before_it(region: Region) -> None:
    disa, karin = await region.staff("disa"), await region.staff("karin", "ankaret")
    sara, mona = await region.staff("sara", "ankaret"), await region.staff("mona", "ankaret")
    assert "admin" in names_in_order(region, await ledger_of(karin))
    assert "urgent" not in names_in_order(region, await ledger_of(sara))
    assert f'href="{_PATH}"' in (await disa.get(_UNIT)).text
    page = (await disa.get(_PATH)).text
    assert page.count(" checked") == 1
    assert 'name="admin" value="nurse" checked' in page
    async with karin.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        answer = await share(disa, ("physician",), ("counsellor",))
        assert answer.headers["location"] == f"{_PATH}?done=1"
        await ear.wait_for("reload")
    assert "Valet är sparat." in (await disa.get(f"{_PATH}?done=1")).text
    assert "admin" not in names_in_order(region, await ledger_of(karin))
    assert "urgent" in names_in_order(region, await ledger_of(karin))
    assert "urgent" in names_in_order(region, await ledger_of(sara))
    assert names_in_order(region, await ledger_of(mona)) == ["admin"], "no medical history for her, whatever is chosen"
    page = (await disa.get(_PATH)).text
    assert 'name="care" value="physician" checked' in page
    assert 'name="admin" value="nurse" checked' not in page
    assert (await share(disa, was={"care": ("physician",), "admin": ("counsellor",)})).status_code == 303
    assert await rows(region) == 0, "as usual is no row"
    assert "admin" in names_in_order(region, await ledger_of(karin))
    logged = "select count(*) from access_log where verb = 'share_queues' and refused is null"
    assert await region.value(logged) == 2


async def test_what_is_handed_to_a_role_stays_before_it(region: Region) -> None:
    disa, sara = await region.staff("disa"), await region.staff("sara", "ankaret")
    karin = await region.staff("karin", "ankaret")
    await share(disa, ("physician",), ("nurse", "physician"))
    case_id = region.cases["held_by_karin"]
    await region.site.database.execute(
        "update visits set state = 'queued', holder_id = null, claimed_at = null, for_role = 'physician'"
        " where case_id = $1", case_id,
    )  # fmt: skip
    assert "held_by_karin" in names_in_order(region, await ledger_of(sara))
    assert "held_by_karin" not in names_in_order(region, await ledger_of(karin))


async def test_nobody_else_does_it_here_and_she_does_it_nowhere_else(region: Region) -> None:
    for key in ("karin", "pelle", "maja", "gunvor", "eva", "lena"):
        person = await region.staff(key)
        assert (await person.get(_PATH)).status_code == 404, key
        assert (await share(person, ("physician",))).status_code == 404, key
    disa = await region.staff("disa")
    other = f"/manage/units/{id_of('unit/bjorken')}/queues"
    assert (await disa.post(other, form(("physician",)))).status_code == 404
    assert await region.value("select count(*) from unit_queues") == 0
    refused = "select count(*) from access_log where verb = 'share_queues' and refused is not null"
    assert await region.value(refused) == 13
    assert _PATH not in (await (await region.staff("maja")).get(_UNIT)).text


async def test_a_secretary_is_never_given_care_and_an_unknown_role_is_refused(region: Region) -> None:
    disa = await region.staff("disa")
    for care, admin in ((("medical_secretary",), ()), ((), ("unit_manager",)), (("<b>",), ("nurse",))):
        assert (await share(disa, care, admin)).status_code == 422
    assert await rows(region) == 0


async def test_a_kind_that_nobody_would_read_is_refused_with_what_was_chosen(region: Region) -> None:
    disa = await region.staff("disa")
    await region.site.database.execute(
        "update assignments set ended_at = now() where role = 'medical_secretary' and unit_id = $1",
        id_of("unit/ankaret"),
    )
    refused = await share(disa, ("physician",), ("counsellor",))
    assert refused.status_code == 422
    assert re.search(r'id="admin-error"[^>]*>.*?så att ärendena blir lästa', refused.text, re.S)
    assert 'name="care" value="physician" checked' in refused.text
    assert await rows(region) == 0
    assert (await share(disa, ("physician",), ("physician",))).status_code == 303


async def test_a_stale_form_is_told_and_of_many_at_once_one_wins(region: Region) -> None:
    disa = await region.staff("disa")
    assert (await share(disa, ("physician",))).status_code == 303
    stale = await share(disa, ("counsellor",))
    assert stale.status_code == 409
    assert "Någon annan ändrade valet" in stale.text
    assert 'name="care" value="physician" checked' in stale.text
    assert (await share(disa, ("physician",))).status_code == 303, "the same form once more changes nothing"
    was = {"care": ("physician",), "admin": ("nurse",)}
    several = [("counsellor",), ("physiotherapist",), (), ("counsellor", "physiotherapist")]
    answers = await asyncio.gather(*(share(disa, care, was=was) for care in several))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]


async def test_without_its_log_row_nothing_changes(region: Region) -> None:
    disa = await region.staff("disa")
    await owner_does(region, "alter table access_log add constraint no_more check (verb <> 'share_queues') not valid")
    assert (await share(disa, ("physician",))).status_code == 500
    assert await rows(region) == 0
