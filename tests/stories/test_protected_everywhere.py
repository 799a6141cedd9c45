"""Skyddade personuppgifter: marked values in every hidden field, and a walk over every page, file, notice and log.

Three who are protected: an adult, a child with her guardian's case, and the guardian of one who has turned thirteen
since. Only on the pages of her own case and of herself do those who care for her read her name and personal number;
her telephone and e-mail are read nowhere.
"""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import httpx
import msgspec
import pytest

from linjen.core.logs import set_up_logging
from linjen.core.personal_number import parse_personal_number
from linjen.core.phone import display_phone
from linjen.demo.world import id_of, number_of
from linjen.people.guardians import end_bonds
from linjen.web import rate
from linjen.web.pages import all_pages
from tests.integrations.push_service import push_service
from tests.pdf import Read
from tests.plain_http import plain_client
from tests.region import Person, Region
from tests.stories.push_world import Push
from tests.stories.sms_world import Sms
from tests.stories.test_ledger import owner_does

#: Who looks: key and unit, residents without one.
_WHO = (
    ("karin", "ankaret"), ("ulf", "bjorken"), ("lena", "lyktan"), ("gunvor", "ankaret"),
    ("disa", "ankaret"), ("gustav", ""), ("henrik", ""),
)  # fmt: skip
#: Pages of nobody's, streams, and what would sign the walker out or is a file of ours.
_LEFT_OUT = re.compile(
    r".*/stream|/static/.*|/sign-in.*|/clinic/sign-in.*|/sms/reports/.*|/tone-rules/.*|/manage/triage.*"
)
_OWN_PAGE = re.compile(r"/clinic/(?:cases|patients)/([0-9a-f-]{36})")


class Marked(msgspec.Struct, frozen=True):
    """One who is protected: what names her, and what nobody reads at all."""

    id: UUID
    names: tuple[str, ...]
    hidden: tuple[str, ...]


async def _mark(region: Region, key: str, number: int) -> Marked:
    person, stem = region.actors.residents[key], f"Zq{'abc'[number]}x"
    phone, email = f"+4670174068{number}", f"{stem.lower()}@hemlig.example"
    digits = number_of(key)
    await owner_does(
        region,
        f"update residents set given_name = '{stem}given', surname = '{stem}sur', phone = '{phone}', email = '{email}',"
        f" protected = 'yes', protected_checked_at = now(), quiet_from = 0, quiet_until = 0 where id = '{person}'",
    )
    async with region.site.database.transaction() as db:
        await end_bonds(db, [person])
    shown = parse_personal_number(digits.canonical).on_screen
    names = (f"{stem}given", f"{stem}sur", digits.canonical, digits.canonical[2:], shown)
    return Marked(person, names, (phone, phone[3:], display_phone(phone), email))


@pytest.fixture
async def marked(region: Region) -> list[Marked]:
    """Ylva and her case; Vera, for whom Henrik wrote; Astrid, who wrote for Elsa, who is thirteen now."""
    rate.forget()
    karin, astrid = await region.staff("karin", "ankaret"), await region.resident("astrid")
    for name in ("child", "protected"):
        await karin.post(f"/clinic/cases/{region.cases[name]}/claims")
    assert (await astrid.say(region.cases["child"], "Hon har feber")).status_code == 201
    await region.site.database.execute(
        "update cases set patient_birth_on = current_date - interval '13 years' where id = $1", region.cases["child"]
    )
    elsa = region.actors.residents["elsa"]
    await owner_does(region, f"update residents set birth_on = current_date - interval '13 years' where id = '{elsa}'")
    return [await _mark(region, key, number) for number, key in enumerate(("ylva", "vera", "astrid"))]


def _paths(region: Region) -> Iterator[str]:
    """Every address that is read, with each case, patient and unit put in."""
    cases = [region.cases[name] for name in ("protected", "child", "waiting")]
    people = [region.actors.residents[key] for key in ("ylva", "astrid", "elsa")]
    values: dict[str, list[UUID] | list[str]] = {
        "case_id": cases,
        "patient_id": people,
        "unit_id": [id_of("unit/ankaret")],
        "entry": ["symptom"],
    }
    for handler in all_pages():
        for path in handler.paths:
            found = re.findall(r"\{(\w+):\w+\}", path)
            if "GET" not in {str(one) for one in handler.http_methods} or _LEFT_OUT.fullmatch(path):
                continue
            if not found:
                yield path
            elif len(found) == 1 and found[0] in values:
                for value in values[found[0]]:
                    yield re.sub(r"\{[^}]*\}", str(value), path)


def _text(answer: httpx.Response) -> str:
    return Read(answer.content).text if "pdf" in answer.headers.get("content-type", "") else answer.text


async def _seen(who: str, path: str, text: str, marked: list[Marked], own: dict[str, UUID]) -> list[str]:
    """What stands in it and may not. `own` is whose case or page an address is about."""
    page = _OWN_PAGE.match(path)
    about = own.get(page[1]) if page else None
    forbidden = [
        value for one in marked for value in (*one.hidden, *(() if one.id == about else one.names)) if value in text
    ]
    title = text.partition("<title>")[2].partition("</title>")[0]
    forbidden += [f"{name} in the title" for one in marked for name in one.names if name in title]
    return [f"{who} {path}: {value}" for value in forbidden]


async def _people(region: Region) -> AsyncIterator[tuple[str, Person]]:
    for key, unit in _WHO:
        yield key, await (region.staff(key, unit) if unit else region.resident(key))
    yield "elsa", await region.resident("elsa")


async def test_no_page_of_anybody_else_and_no_file_holds_anything_of_them(region: Region, marked: list[Marked]) -> None:
    own = {str(one.id): one.id for one in marked}
    for row in await region.site.database.fetch("select id, patient_id from cases where patient_id is not null"):
        own[str(row["id"])] = row["patient_id"]
    found, pages = [], 0
    async for who, person in _people(region):
        for path in _paths(region):
            if path.startswith(("/clinic", "/manage")) != (person.kind == "staff"):
                continue
            rate.forget()
            answer = await person.get(path)
            assert answer.status_code < 500 or answer.status_code == 503, (who, path)
            pages += answer.status_code == 200
            found += await _seen(who, path, _text(answer), marked, own)
    assert found == []
    assert pages > 200, f"only {pages} pages were shown at all"


async def test_those_who_care_for_her_do_read_who_she_is(region: Region, marked: list[Marked]) -> None:
    """Else the walk would find nothing because there is nothing."""
    karin = await region.staff("karin", "ankaret")
    page = (await karin.get(f"/clinic/cases/{region.cases['protected']}/patient")).text
    assert marked[0].names[0] in page
    assert marked[0].names[-1] in page
    elsa = (await (await region.resident("elsa")).get(f"/cases/{region.cases['child']}")).text
    assert "Skrivet av Person med skyddade personuppgifter" in elsa
    assert "Hon har feber" in elsa


async def test_nor_do_the_printed_ledger_and_the_searches(region: Region, marked: list[Marked]) -> None:
    karin = await region.staff("karin", "ankaret")
    printed = await karin.post(f"/clinic/units/{id_of('unit/ankaret')}/ledger")
    texts = [printed.text]
    for one in marked:
        for value in (one.names[1], one.hidden[3], one.hidden[0]):
            for path in ("/clinic/ledger/names", "/clinic/ledger/search"):
                answer = await karin.post(path, {"q": value, "view": "unit"})
                texts.append(answer.text.replace(f'value="{value}"', ""))
    assert printed.status_code == 200
    for text in texts:
        assert not [value for one in marked for value in (*one.names, *one.hidden) if value in text]


async def test_nor_do_sms_metrics_events_and_the_technical_log(region: Region, marked: list[Marked]) -> None:
    log = io.StringIO()
    set_up_logging(log, as_json=True)
    region.site.settings = msgspec.structs.replace(region.site.settings, metrics_token="a-long-token")
    sms, karin = await Sms(region).begin(), await region.staff("karin", "ankaret")
    for name in ("protected", "child"):
        case = region.cases[name]
        assert (await karin.say(case, "Hej, hur går det?")).status_code == 201
        await karin.post(f"/clinic/cases/{case}/reminders")
        await karin.get(f"/clinic/cases/{case}/nothing?q={marked[0].names[1]}")
    sent = await sms.go_on()
    phones = {value for one in marked for value in one.hidden}
    assert not [one for one in sent if one.to in phones], "none of them is sent an SMS"
    async with plain_client(base_url=region.url) as http:
        figures = (await http.get("/metrics", headers={"authorization": "Bearer a-long-token"})).text
    assert "linjen_" in figures
    rows = [
        str(dict(row)) for table in ("sms", "pushes", "events", "access_log")
        for row in await region.site.database.fetch(f"select * from {table}")
    ]  # fmt: skip
    assert len(rows) > 10
    for text in (figures, log.getvalue(), *rows, *(one.text for one in sent)):
        assert not [value for one in marked for value in (*one.names, *one.hidden) if value in text]


async def test_none_of_them_asks_for_push_on_a_device(region: Region, marked: list[Marked]) -> None:
    """What a device was told before it was known is in test_push.py."""
    assert marked
    async with push_service() as service:
        push = await Push(region, service).begin()
        answer = await push.add(await region.resident("ylva"), await push.browser())
        assert answer.status_code == 409
