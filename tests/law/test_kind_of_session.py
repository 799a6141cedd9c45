"""A resident's token in the staff's cookie opens nothing, and the other way round: on every route of the program."""

from __future__ import annotations

import re

import pytest

from linjen.core.ids import new_id
from linjen.web.cookies import cookie_name
from linjen.web.hot import ROUTES
from linjen.web.pages import all_pages
from tests.plain_http import plain_client
from tests.region import Person, Region


def _declared(who: str) -> list[tuple[str, str]]:
    """(method, path) of every route that demands this kind of session."""
    found = [(method, path) for method, path, _, kind in ROUTES if kind == who]
    for handler in all_pages():
        if handler.opt["who"] == who:
            found += [(str(method), path) for path in handler.paths for method in handler.http_methods]
    return sorted({(method, path) for method, path in found if method in {"GET", "POST"}})


def _filled(path: str, case_id: str) -> str:
    """An address with its parts filled in, its case with one that the token's person may see."""
    path = re.sub(r"\{case_id(:\w+)?\}", case_id, path)
    return re.sub(r"\{\w+(:\w+)?\}", str(new_id()), path)


def _headers(region: Region, person: Person, who: str) -> dict[str, str]:
    return {
        "cookie": f"{cookie_name(region.site.settings, who)}={person.token}", "origin": region.url,
        "sec-fetch-site": "same-origin", "x-csrf": person.csrf,
    }  # fmt: skip


async def _tried(region: Region, person: Person, who: str, case_id: str) -> list[tuple[str, str, int, str]]:
    """What every route of a kind answers to another kind's token."""
    found = []
    async with plain_client(base_url=region.url, headers=_headers(region, person, who), timeout=60) as http:
        for method, path in _declared(who):
            for script in ({"x-linjen": "1"}, {}):
                if method == "POST" and script and path.endswith("/messages"):
                    sent = {"json": {"id": str(new_id()), "text": "Hej"}}
                else:
                    sent = {"data": {"csrf": person.csrf}} if method == "POST" else {}
                async with http.stream(method, _filled(path, case_id), headers=script, **sent) as answer:  # type: ignore[arg-type]
                    found.append((method, path, answer.status_code, answer.headers.get("location", "")))
    return found


@pytest.mark.parametrize(
    ("who", "key", "sign_in"), [("staff", "gustav", "/clinic/sign-in"), ("resident", "karin", "/sign-in")]
)
async def test_a_token_of_the_other_kind_is_no_token(region: Region, who: str, key: str, sign_in: str) -> None:
    person = await (region.staff(key, "ankaret") if who == "resident" else region.resident(key))
    answers = await _tried(region, person, who, str(region.cases["held_by_karin"]))
    assert len(answers) > 30
    let_in = [one for one in answers if one[2] != 401 and not one[3].startswith(f"{sign_in}?next=")]
    assert not let_in


async def test_its_own_token_is_let_in_so_that_the_test_above_can_fail(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = str(region.cases["held_by_karin"])
    async with plain_client(base_url=region.url, headers=_headers(region, karin, "staff"), timeout=60) as http:
        assert (await http.get(f"/clinic/cases/{case_id}")).status_code == 200


async def test_a_dead_resident_has_no_session(region: Region) -> None:
    gustav, karin = await region.resident("gustav"), await region.staff("karin", "ankaret")
    assert (await gustav.get("/home")).status_code == 200
    gone = "update residents set deregistered = 'died' where id = $1"
    await region.site.database.execute(gone, region.actors.residents["gustav"])
    assert (await gustav.get("/home")).headers["location"].startswith("/sign-in")
    assert (await karin.get("/clinic/ledger")).status_code == 200
