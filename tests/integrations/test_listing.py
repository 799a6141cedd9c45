"""Listing over the real wire: where somebody is registered, and how the national services fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree

from linjen.core.clock import STOCKHOLM
from linjen.core.errors import Misconfigured, Unavailable
from linjen.core.personal_number import PersonalNumber
from linjen.core.settings import read_settings
from linjen.integrations.listing import CONTRACT, Listing, read_registered_unit
from linjen.simulators.rivta import Mischief, Running
from tests.integrations import rivta_region as region
from tests.integrations.rivta_region import ANKARET, ASTRID, BRYGGAN, ELSA, NILS, OLOF


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with region.services(tmp_path) as started:
        yield started


@pytest.fixture
async def listing(running: Running) -> AsyncIterator[Listing]:
    async with region.client(running.url) as rivta:
        yield Listing(rivta, region.REGION)


@pytest.mark.parametrize(
    ("number", "unit"),
    [
        pytest.param(ASTRID, ANKARET, id="a contact doctor and a queue elsewhere change nothing"),
        pytest.param(OLOF, None, id="a place in a queue is not a listing"),
        pytest.param(ELSA, BRYGGAN, id="the old one has ended, the new one holds, in canonical capitals"),
        pytest.param(NILS, BRYGGAN, id="of two that hold, the one that began last"),
        pytest.param(region.EDVARD, None, id="ended"),
        pytest.param(region.VERA, None, id="not begun"),
        pytest.param(region.NOBODY, None, id="never listed"),
    ],
)
async def test_the_registered_unit(listing: Listing, number: PersonalNumber, unit: str | None) -> None:
    assert await listing.find_registered_unit(number) == unit


async def test_a_guardian_asks_for_her_child(listing: Listing) -> None:
    assert await listing.find_registered_unit(ELSA, guardian=ASTRID) == BRYGGAN


async def test_information_beside_the_answer_is_still_an_answer(running: Running, listing: Listing) -> None:
    running.tell(Mischief(kind="result", text="INFO"))
    assert await listing.find_registered_unit(ASTRID) == ANKARET


async def test_an_error_is_not_the_same_as_unlisted(running: Running, listing: Listing) -> None:
    running.tell(Mischief(kind="result", text="ERROR"))
    with pytest.raises(Unavailable, match="listing_refused") as caught:
        await listing.find_registered_unit(ASTRID)
    assert caught.value.detail["code"] == "ERROR"


async def test_a_unit_without_a_readable_id_is_not_guessed(listing: Listing) -> None:
    with pytest.raises(Unavailable, match="rivta_answer_unreadable"):
        await listing.find_registered_unit(region.REAL)


async def test_the_settings_must_name_the_region(running: Running) -> None:
    async with region.client(running.url) as rivta:
        with pytest.raises(Misconfigured) as caught:
            Listing.from_settings(read_settings({}, demo=True), rivta)
        assert caught.value.detail["setting"] == "rivta_logical_address"
        told = Listing.from_settings(read_settings({}, demo=True, rivta_logical_address=region.REGION), rivta)
        assert await told.find_registered_unit(ASTRID) == ANKARET


# The hours at which a listing holds ----------------------------------------------------------------------------------


def answer(begins: str, ends: str, queued: str = "<isInQueue>false</isInQueue>") -> etree._Element:
    begins = f"<validFromDate>{begins}</validFromDate>" if begins else ""
    ends = f"<validToDate>{ends}</validToDate>" if ends else ""
    return etree.fromstring(f"""<r:GetListingResponse xmlns:r="{CONTRACT.namespace}" xmlns="{CONTRACT.types}">
      <r:listings>{begins}{ends}<listingType><code>PRIMARY_CARE</code></listingType>
      <healthcareFacility><id>{ANKARET}</id></healthcareFacility>{queued}</r:listings></r:GetListingResponse>""")


NOON = datetime(2026, 5, 15, 12, tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("begins", "ends", "holds"),
    [
        ("", "", True),
        ("2026-05-15T00:00:00", "", True),
        ("2026-05-15T12:00:01", "", False),
        ("2026-05-15T10:00:00Z", "", True),
        ("2026-05-15T10:00:01Z", "", False),
        ("", "2026-05-15T00:00:00", True),
        ("", "2026-05-14T00:00:00", False),
        ("", "2026-05-15T11:59:59", False),
        ("", "2026-05-14T22:00:00Z", True),
        ("2026-05-15T12:00:00.000+02:00", "9999-12-31T00:00:00", True),
    ],
)
def test_a_last_day_at_midnight_is_that_whole_day(begins: str, ends: str, holds: bool) -> None:
    assert read_registered_unit(answer(begins, ends), NOON) == (ANKARET if holds else None)


@pytest.mark.parametrize("queued", ["", "<isInQueue/>", "<isInQueue>true</isInQueue>", "<isInQueue>1</isInQueue>"])
def test_only_a_clear_no_to_the_queue_is_a_listing(queued: str) -> None:
    assert read_registered_unit(answer("", "", queued), NOON) is None


def test_a_time_that_is_none_is_not_passed_over() -> None:
    with pytest.raises(Unavailable, match="rivta_answer_unreadable"):
        read_registered_unit(answer("in spring", ""), NOON)
