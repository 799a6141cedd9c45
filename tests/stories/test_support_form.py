"""Support in writing: also before signing in; danger is met with 112 first; the region answers; driftläget is shown."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest

from linjen.core.ids import new_id
from linjen.web import rate
from tests.plain_http import plain_client
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """The tests of a process share one address."""
    rate.forget()


_COUNT = "select count(*) from support_requests"
_TEXT = "Koden syns inte i min telefon"


def form(**other: str) -> dict[str, str]:
    return {"about": "sign_in", "text": _TEXT, "answer_by": "email", "reach": "nils@exempel.se",
            "request_id": str(new_id())} | other  # fmt: skip


async def send(region: Region, data: dict[str, str]) -> httpx.Response:
    """As somebody who has not signed in."""
    async with plain_client(base_url=region.url, timeout=60) as browser:
        return await browser.post(
            "/support", data=data, headers={"origin": region.url, "sec-fetch-site": "same-origin"}
        )


def main(page: httpx.Response) -> str:
    assert page.status_code == 200
    return page.text.split("</main", 1)[0]


async def answer(person: Person, request: object, note: str) -> httpx.Response:
    return await person.post(f"/manage/support/{request}/answers", {f"note-{request}": note})


async def test_everything_that_must_be_changed_is_told_at_once(region: Region) -> None:
    neither = await send(region, form(about="", answer_by=""))
    for words in ("Vad gäller det? Välj ett alternativ", "Hur vill du ha svar? Välj ett alternativ"):
        assert words in neither.text, "two choices are told apart"
    page = await send(region, form(about="", text=" ", reach="nils"))
    assert page.status_code == 422
    summary = page.text[page.text.index("<main") :]
    for field, words in (("about", "Välj ett alternativ"), ("text", "Skriv vad du vill ha hjälp med"),
                         ("reach", "Skriv e-postadressen så här")):  # fmt: skip
        assert re.search(rf'href="#{field}[^"]*">[^<]*{words}', summary), field
    assert await region.value(_COUNT) == 0


async def test_from_the_question_to_its_end(region: Region) -> None:
    async with plain_client(base_url=region.url) as browser:
        page = main(await browser.get("/support"))
    assert "ingen i vården läser det" in page
    sent = await send(region, form())
    assert (sent.status_code, sent.headers["location"]) == (303, "/support?sent=1#main")
    gustav = await region.resident("gustav")
    signed_in = form(answer_by="phone", reach="070-174 06 05", about="pages", text="Texten är för liten")
    assert (await gustav.post("/support", signed_in)).status_code == 303
    assert "Supporten har fått det du skrev" in main(await gustav.get("/support?sent=1"))
    disa = await region.staff("disa")
    work = main(await disa.get("/manage/support"))
    for words in (_TEXT, "nils@exempel.se", "Inte inloggad", "Ring 070-174 06 05", "Inloggad invånare"):
        assert words in work
    request = await region.value("select id from support_requests where by_id is null")
    assert (await answer(disa, request, "")).status_code == 422
    assert (await answer(disa, request, "Bad honom hämta en ny kod")).status_code == 303
    work = main(await disa.get("/manage/support"))
    assert "Besvarat av Disa" in work
    assert "Bad honom hämta en ny kod" in work
    for _ in range(2):
        assert (await disa.post(f"/manage/support/{request}/closings")).status_code == 303
    assert "Avslutat av Disa" in main(await disa.get("/manage/support"))
    late = await answer(disa, request, "Ett svar till")
    assert late.status_code == 409
    assert "Ett svar till" in late.text
    sealed = await region.value("select body_sealed from support_requests where id = $1", request)
    assert isinstance(sealed, bytes)
    assert b"telefon" not in sealed


async def test_words_of_danger_meet_112_first_and_can_still_be_sent(region: Region) -> None:
    data = form(text="Jag har ont i bröstet och svårt att andas och kan inte logga in")
    met = await send(region, data)
    assert met.status_code == 422
    assert "Ring 112 nu" in met.text
    assert await region.value(_COUNT) == 0
    assert 'name="told" value="yes"' in met.text
    assert (await send(region, data | {"told": "yes"})).status_code == 303
    assert await region.value(_COUNT) == 1


@pytest.mark.parametrize(
    ("other", "told"),
    [({"about": ""}, "Välj ett alternativ"), ({"text": " "}, "Skriv vad du vill ha hjälp med"),
     ({"answer_by": "pigeon"}, "Välj ett alternativ"), ({"reach": ""}, "Skriv din e-postadress"),
     ({"reach": "nils"}, "namn@exempel.se"), ({"answer_by": "phone"}, "Skriv numret med siffror"),
     ({"text": "x" * 2001}, "högst")],
)  # fmt: skip
async def test_what_cannot_be_answered_is_given_back(region: Region, other: dict[str, str], told: str) -> None:
    given_back = await send(region, form(**other))
    assert given_back.status_code == 422
    assert told in given_back.text
    assert await region.value(_COUNT) == 0


async def test_pressed_many_times_it_is_one_and_too_often_is_told(region: Region) -> None:
    data = form()
    assert {one.status_code for one in await asyncio.gather(*(send(region, data) for _ in range(3)))} <= {303}
    assert await region.value(_COUNT) == 1
    assert (await send(region, data | {"text": "Något annat"})).status_code in {409, 422}
    statuses = [(await send(region, form())).status_code for _ in range(9)]
    assert statuses[-1] == 429


async def test_nobody_else_reads_or_answers(region: Region) -> None:
    await send(region, form())
    request = await region.value("select id from support_requests")
    for key in ("karin", "maja", "eva", "gunvor", "lena"):
        person = await region.staff(key)
        for path in ("/manage/support", "/manage/service-status"):
            assert (await person.get(path)).status_code == 404, key
        assert (await answer(person, request, "Hej")).status_code == 404
        assert (await person.post(f"/manage/support/{request}/closings")).status_code == 404
        assert (await person.post("/manage/service-status", {"line": "Hej", "was": ""})).status_code == 404
    assert await region.value("select closed_at is null and answered_at is null from support_requests")


async def test_the_line_about_the_service_is_shown_everywhere_until_it_is_cleared(region: Region) -> None:
    disa, pelle = await region.staff("disa"), await region.staff("pelle")
    line = "BankID svarar långsamt. <b>"
    data = {"line": line, "line_en": "BankID is slow", "was": ""}
    both = await asyncio.gather(*(one.post("/manage/service-status", data) for one in (disa, disa)))
    assert {one.status_code for one in both} == {303}
    assert (await pelle.post("/manage/service-status", {"line": "Annat", "was": ""})).status_code == 409
    gustav = await region.resident("gustav")
    async with plain_client(base_url=region.url) as browser:
        for path in ("/", "/sign-in", "/support"):
            assert "BankID svarar långsamt. &lt;b&gt;" in main(await browser.get(path)), path
            english = await browser.get(path, headers={"accept-language": "en"})
            assert "BankID is slow" in english.text
        assert "BankID svarar långsamt" in main(await gustav.get("/home"))
        assert (await disa.post("/manage/service-status", {"line": "", "line_en": "", "was": line})).status_code == 303
        assert "långsamt" not in main(await browser.get("/"))
    assert re.search("ingen rad visas", main(await disa.get("/manage/support")))
    await owner_does(region, "alter table access_log add constraint n check (verb <> 'set_service_status') not valid")
    assert (await disa.post("/manage/service-status", {"line": "Ny", "was": ""})).status_code == 500
    assert await region.value("select line from service_status") == ""
