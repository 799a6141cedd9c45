"""Loggen över åtkomst: each refused attempt leaves one row, however it was made, and never two."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from linjen.core.ids import new_id
from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_handover import pass_on, to

_ROWS = (
    "select verb || ' ' || refused from access_log where refused is not null and by_id = $1 and (case_id = $2"
    " or shown @> array[$2::uuid])"
)
_BEGIN = {"entry": "admin", "days": "3", "level": "5", "hold": "me", "do": "send", "text": "Hej"}

#: How somebody of another care provider tries, and the verb of the row.
_TRIES: dict[str, tuple[Callable[[Person, UUID], Awaitable[httpx.Response]], str]] = {
    "message": (lambda one, case_id: one.say(case_id, "Hej"), "send_message"),
    "stream": (lambda one, case_id: one.get(f"/clinic/cases/{case_id}/stream"), "see"),
    "page": (lambda one, case_id: one.get(f"/clinic/cases/{case_id}"), "see"),
    "form": (
        lambda one, case_id: one.post(
            f"/clinic/cases/{case_id}/messages", {"text": "Hej", "message_id": str(uuid4())}
        ), "send_message",
    ),
    "handover": (lambda one, case_id: pass_on(one, case_id, to("nurse", unit="lyktan")), "hand_over"),
}  # fmt: skip


async def _rows(region: Region, who: str, what: UUID) -> list[str]:
    found: list[Any] = await region.site.database.fetch(_ROWS, id_of(f"staff/{who}"), what)
    return [row[0] for row in found]


@pytest.mark.parametrize("way", _TRIES)
async def test_a_stranger_at_a_case_leaves_one_row(region: Region, way: str) -> None:
    lena, case_id = await region.staff("lena", "lyktan"), region.cases["held_by_karin"]
    act, verb = _TRIES[way]
    assert (await act(lena, case_id)).status_code == 404
    assert await _rows(region, "lena", case_id) == [f"{verb} case"]
    assert (await lena.say(new_id(), "Hej")).status_code == 404, "of what is not there nothing can be noted"
    assert len(await _rows(region, "lena", case_id)) == 1


@pytest.mark.parametrize(("path", "verb"), [("", "see_patient"), ("/asynchronous", "begin_case")])
async def test_a_stranger_at_a_patient_leaves_one_row_too(region: Region, path: str, verb: str) -> None:
    lena, patient = await region.staff("lena", "lyktan"), region.actors.residents["gustav"]
    url = f"/clinic/patients/{patient}{path}"
    answer = await lena.post(url, _BEGIN | {"case_id": str(uuid4())}) if path else await lena.get(url)
    assert answer.status_code == 404
    assert await _rows(region, "lena", patient) == [f"{verb} patient"]
    assert (await lena.get(f"/clinic/patients/{new_id()}")).status_code == 404


async def test_a_hand_over_to_another_provider_is_one_row_also_when_it_looks_like_our_unit(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    assert (await pass_on(karin, case_id, to("nurse", unit="lyktan"))).status_code == 409
    assert await _rows(region, "karin", case_id) == ["hand_over other_provider"]
    assert (await pass_on(karin, case_id, to("nurse", "lena"))).status_code == 422
    assert await _rows(region, "karin", case_id) == ["hand_over other_provider", "hand_over nobody_there"]


async def test_a_signpost_in_a_colleagues_case_is_one_row(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_bo"]
    assert (await karin.post(f"/clinic/cases/{case_id}/signposts", {"unit": "", "text": "Hej"})).status_code == 409
    assert len(await _rows(region, "karin", case_id)) == 1
