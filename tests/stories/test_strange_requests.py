"""Requests that no page of ours sends: an answer in plain words, never a trace, and the rest goes on."""

from __future__ import annotations

import pytest

from linjen.web import rate
from linjen.web.public import static_files
from tests.plain_http import plain_client
from tests.region import Region

_ADDRESSES = ("http://[", "http://[::1", "//", "http://a:b", "http://127.0.0.1:99999999", "null null")


@pytest.mark.parametrize("address", _ADDRESSES)
async def test_an_address_that_is_none_is_not_ours(region: Region, address: str) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    form = {"csrf": gustav.csrf, "language": "sv"}
    foreign = await gustav.http.post("/session/extend", data=form, headers={"origin": address})
    assert foreign.status_code == 409
    led = {"origin": region.url, "sec-fetch-site": "same-origin", "referer": address}
    assert (await gustav.http.post("/language", data=form, headers=led)).status_code == 303
    async with plain_client(base_url=region.url) as stranger:
        assert (await stranger.post("/session/extend", headers={"referer": address})).status_code == 303
    message = {"id": "x", "text": "x"}
    script = {"origin": address, "x-linjen": "1", "x-csrf": karin.csrf}
    sent = await karin.http.post(
        f"/clinic/cases/{region.cases['held_by_karin']}/messages", json=message, headers=script
    )
    assert sent.status_code == 409


async def test_a_file_that_is_not_there_costs_neither_a_trace_nor_memory(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    before = static_files._read.cache_info().currsize
    for name in ("%00", "a" * 3000, "..%2f..%2fapp.py", "css/%00.css", "css", "", *(f"x{n}.css" for n in range(30))):
        assert (await karin.get(f"/static/x/{name}")).status_code == 404, name
    assert static_files._read.cache_info().currsize == before
    assert (await karin.get("/static/x/css/page.css")).status_code == 200


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"), ("multipart/form-data; boundary=", b"--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"A" * 3000),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n'
         b"Content-Type: text/plain; charset=nope\r\n\r\nabc\r\n--x--\r\n"),
    ],
)  # fmt: skip
async def test_a_form_that_cannot_be_read_is_told_without_blame(region: Region, kind: str, body: bytes) -> None:
    gustav = await region.resident("gustav")
    headers = {"origin": region.url, "sec-fetch-site": "same-origin", "content-type": kind}
    answer = await gustav.http.post("/cases", content=body, headers=headers)
    assert answer.status_code in {400, 409}, "unreadable, or read as a form without its token"
    assert "Något gick fel hos oss" not in answer.text
    if answer.status_code == 400:
        assert "Vi kunde inte läsa det som skickades" in answer.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("sv", "inte säkert att det kom fram"), ("sv-latt", "Vi vet inte om det kom fram"),
     ("en", "not certain that it arrived")],
)  # fmt: skip
async def test_a_defect_of_ours_promises_nothing_of_what_was_sent(
    region: Region, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("broken")

    people = {"/home": await region.resident("gustav"), "/clinic/ledger": await region.staff("karin", "ankaret")}
    monkeypatch.setattr(region.site.faces, "look_up", broken)
    for path, person in people.items():
        answer = await person.http.get(path, headers={"accept-language": language})
        main = answer.text.partition("<main")[2].partition("</main")[0]
        assert answer.status_code == 500
        assert words in main, path
        assert "är sparat" not in main


async def test_head_is_the_page_without_the_page(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    for path in ("/", "/clinic/ledger", "/healthz", "/clinic/cases/x"):
        head, page = await karin.http.head(path), await karin.get(path)
        assert (head.status_code, head.text) == (page.status_code, ""), path
        assert head.headers["content-type"] == page.headers["content-type"]
    assert (await karin.http.head(f"/clinic/cases/{region.cases['waiting']}/claims")).status_code == 405
    assert (await karin.http.put("/clinic/ledger")).status_code == 405
    assert (await karin.http.head("/nowhere")).status_code == 404


async def test_who_signs_out_leaves_no_page_to_go_back_to(region: Region) -> None:
    karin, gustav = await region.staff("sara", "ankaret"), await region.resident("gustav")
    for answer in (await gustav.post("/sign-out"), await karin.post("/clinic/sign-out", {"leave": "yes"})):
        assert answer.status_code == 303
        assert answer.headers["clear-site-data"] == '"cache"'


async def test_a_script_that_writes_too_often_is_told_when_it_may_again(region: Region) -> None:
    rate.forget()
    gustav, case_id = await region.resident("gustav"), region.cases["held_by_karin"]
    answers = [await gustav.say(case_id, f"Rad {n}") for n in range(62)]
    late = [answer for answer in answers if answer.status_code == 429]
    assert late
    assert all(answer.headers["retry-after"] == "2" for answer in late)
    rate.forget()


async def test_many_residents_behind_one_address_do_not_keep_the_staff_out(region: Region) -> None:
    rate.forget()
    async with plain_client(base_url=region.url) as http:
        headers = {"origin": region.url, "sec-fetch-site": "same-origin"}
        codes = [(await http.post("/sign-in/bankid", data={"device": "same"}, headers=headers)).status_code
                 for _ in range(31)]  # fmt: skip
        assert codes[-1] == 429
        assert (await http.get("/clinic/sign-in/begin")).status_code != 429
        assert (await http.get("/sign-in/bankid/return?nonce=x")).status_code != 429, "the way back is not counted"
    rate.forget()
