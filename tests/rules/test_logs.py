"""Logs: whatever is thrown at them, no personal number, phone number or address comes out."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import date
from enum import Enum
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linjen.core.logs import get_log, mask, mask_text, request_id, request_scope, set_up_logging
from linjen.core.personal_number import parse_personal_number, personnummer_for

PNR = "19951226-2396"
CASE_ID = UUID("01951226-2396-7000-8000-199512262396")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging(stream, as_json=True)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "secret",
    [
        "19951226-2396",
        "199512262396",
        "951226-2396",
        "9512262396",
        "951226+2396",
        "951226 2396",
        "951226–2396",
        "1995-12-26-2396",
        "19951286-2396",
        "991981000010",
        "19810829M071",
        "19810829-m071",
        "19810829SU3A",
        "22790814AA01",
        "25780404KHD5",
        "900118-T326",
        "070-174 06 05",
        "0701740605",
        "+46701740605",
        "+46 (0)70 174 06 05",
        "0046701740605",
        "08-123 456 78",
        "astrid@example.org",
        "åsa.öberg@exempel.se",
    ],
)
@pytest.mark.parametrize("around", ["{}", "pnr={}", "/x/{}/y", "'{}'", "nr:{},", "hej {}!", "_{}_", "({})", "a.{}"])
def test_masked_wherever_it_stands(secret: str, around: str) -> None:
    masked = mask_text(around.format(secret))
    assert secret not in masked
    assert sum(character.isdigit() for character in masked) <= 2


@pytest.mark.parametrize(
    "harmless",
    [
        str(CASE_ID),
        "a case/01951226-2396-7000-8000-199512262396/messages",
        "2026-11-22T10:00:00.123456+01:00",
        "127.0.0.1:54321",
        "SE2321000099-ANK1",
        "Kl. 09.00–10.30",
        "linjen 0.1.0, PostgreSQL 18.6",
        "p99 0.000123456 s",
        "8f14e45fceea167a5a36dedd4bea25431995122623960000",
        "rows: 1234567",
        "what? yes",
    ],
)
def test_left_as_it_is(harmless: str) -> None:
    assert mask_text(harmless) == harmless


def test_query_strings_are_cut() -> None:
    assert (
        mask_text("GET https://bankid.example/rp?orderRef=abc&x=1 done") == "GET https://bankid.example/rp<query> done"
    )


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(1, 999), st.text(max_size=8), st.text(max_size=8))
def test_a_number_never_survives_any_text(birth_on: date, serial: int, before: str, after: str) -> None:
    number = personnummer_for(birth_on, serial)
    # A digit beside it makes another number, which is not this person's.
    before, after = before.rstrip("0123456789.") + " ", " " + after
    for shown in (number.canonical, number.on_screen, number.canonical[2:]):
        assert shown not in mask_text(before + shown + after)
        assert shown not in json.dumps(mask({"a": [(shown, {shown: before + shown})], "b": ValueError(shown)}))


def test_values_of_every_kind() -> None:
    class Colour(Enum):
        RED = "red"

    class Resident:
        name = "Astrid"

    masked = mask(
        {
            "id": CASE_ID,
            "on": date(2026, 11, 22),
            "colour": Colour.RED,
            "path": Path("/data/199512262396.txt"),
            "who": Resident(),
            "number": parse_personal_number(PNR),
            "as_int": 199512262396,
            "as_float": 9512262396.0,
            "small": 42,
            "part": 0.5,
            "odd": float("nan"),
            "raw": b"ont i halsen",
            "body": "ont i halsen",
            "deeper": {"Text": "ont i halsen", "set": {"x"}},
            "none": None,
            "surrogate": "\ud800",
        }
    )
    assert masked == {
        "id": str(CASE_ID),
        "on": "2026-11-22",
        "colour": "red",
        "path": "/data/<number>.txt",
        "who": "<Resident>",
        "number": "<PersonalNumber>",
        "as_int": "<number>",
        "as_float": "<number>",
        "small": 42,
        "part": 0.5,
        "odd": "nan",
        "raw": "<12 bytes>",
        "body": "<left out>",
        "deeper": {"Text": "<left out>", "set": ["x"]},
        "none": None,
        "surrogate": "?",
    }


def test_endless_structures_and_long_texts_end() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert len(json.dumps(mask(loop))) < 100
    assert len(str(mask("a" * 1_000_000 + "@" + "b" * 1_000_000))) < 3_000


def test_own_line_has_what_an_operator_needs(stream: io.StringIO) -> None:
    with request_scope() as current:
        get_log("linjen.cases").info("case_taken", case_id=CASE_ID, note="ont i halsen", why=f"for {PNR}")
    (line,) = lines(stream)
    assert line.pop("at")
    assert line == {
        "event": "case_taken",
        "level": "info",
        "logger": "linjen.cases",
        "request_id": current,
        "case_id": str(CASE_ID),
        "note": "<left out>",
        "why": "for <number>",
    }
    assert request_id() == ""


def test_request_id_is_taken_only_when_it_looks_like_one() -> None:
    with request_scope("abcd-1234-efgh") as taken:
        assert taken == request_id() == "abcd-1234-efgh"
    for offered in ("x", "a\nb" * 9, "19951226-2396", "199512262396", "a" * 65):
        with request_scope(offered) as made:
            assert made != offered
            assert UUID(made)


def test_exceptions_are_masked_with_their_causes(stream: io.StringIO) -> None:
    text = f"no such person {PNR}\nDETAIL: Failing row contains (ont i halsen)"
    try:
        try:
            raise KeyError(PNR)
        except KeyError as error:
            raise ValueError(text) from error
    except ValueError:
        get_log("x").exception("broke")
        logging.getLogger("y").exception("broke for %s", PNR)
    own, foreign = lines(stream)
    for line in (own, foreign):
        assert PNR not in json.dumps(line)
        assert "ont i halsen" not in json.dumps(line)
        assert "KeyError" in str(line["exception"])
        assert "test_logs.py" in str(line["exception"])
    assert foreign["event"] == "broke for <number>"


def test_access_line_has_no_query_and_no_address(stream: io.StringIO) -> None:
    access = logging.getLogger("uvicorn.access")
    access.info('%s - "%s %s HTTP/%s" %d', "192.0.2.7:5000", "GET", f"/sok/{PNR}%0A?namn=Astrid", "1.1", 200)
    (line,) = lines(stream)
    assert {key: line[key] for key in ("event", "method", "path", "status", "logger")} == {
        "event": "request",
        "method": "GET",
        "path": "/sok/<number>�",
        "status": 200,
        "logger": "uvicorn.access",
    }
    assert "Astrid" not in json.dumps(line)
    assert "192.0.2.7" not in json.dumps(line)


def test_uvicorn_handlers_are_replaced(stream: io.StringIO) -> None:
    own = logging.getLogger("uvicorn")
    own.addHandler(logging.StreamHandler(io.StringIO()))
    set_up_logging(stream, as_json=True)
    logging.getLogger("uvicorn.error").warning("slow %s", "070-174 06 05")
    assert [line["event"] for line in lines(stream)] == ["slow <phone>"]
    assert not own.handlers


def test_a_line_that_cannot_be_written_says_so_without_its_data(stream: io.StringIO) -> None:
    root = logging.getLogger()
    # The test runner's own handlers would raise where ours carries on.
    root.handlers[:] = [handler for handler in root.handlers if getattr(handler, "stream", None) is stream]
    logging.getLogger("lib").warning("%d", PNR)
    (line,) = lines(stream)
    assert line["event"] == "log_line_lost"
    assert line["file"] == "test_logs.py"
    assert PNR not in json.dumps(line)


def test_levels_and_readable_form(stream: io.StringIO) -> None:
    get_log("x").debug("quiet")
    assert stream.getvalue() == ""
    set_up_logging(stream, as_json=False)
    get_log("x").warning("seen", who=PNR)
    try:
        raise ValueError(PNR)
    except ValueError:
        get_log("x").exception("broke")
    assert "seen" in stream.getvalue()
    assert "<number>" in stream.getvalue()
    assert PNR not in stream.getvalue()


def test_masked_even_before_logging_is_set_up(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        get_log("early").info("seen", who=PNR)
    assert "<number>" in caplog.text
    assert PNR not in caplog.text
