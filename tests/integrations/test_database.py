"""The way to PostgreSQL: a server that goes away is told as Unavailable, whatever the driver calls it."""

from __future__ import annotations

import asyncpg
import pytest

from linjen.core.errors import Unavailable
from tests.region import Region


@pytest.mark.parametrize(
    "fault", [asyncpg.InternalClientError, asyncpg.InterfaceError, asyncpg.CannotConnectNowError, ConnectionResetError]
)
async def test_what_the_driver_says_when_the_server_is_killed_is_told_as_unavailable(
    region: Region, fault: type[Exception]
) -> None:
    with pytest.raises(Unavailable, match="database_unreachable"):
        async with region.site.database.transaction():
            raise fault("cut in the middle of an answer")
    assert await region.value("select 1") == 1


async def test_a_defect_of_ours_stays_a_defect(region: Region) -> None:
    with pytest.raises(ZeroDivisionError):
        async with region.site.database.transaction():
            raise ZeroDivisionError
