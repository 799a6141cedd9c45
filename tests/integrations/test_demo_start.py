"""A demo whose first start was cut off has its whole region at the next one, and a whole one is left alone."""

from __future__ import annotations

import shutil

import pytest

from linjen.core.errors import Unavailable
from linjen.demo import running
from linjen.demo.running import Demo
from tests.folders import database_folder

_CASES = "select count(*) from cases"


async def test_a_first_start_that_was_cut_off_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def cut_off(*_: object) -> None:
        raise Unavailable("database_unreachable")

    folder = database_folder("linjen-demo-start-")
    try:
        with monkeypatch.context() as once:
            once.setattr(running, "seed_tickets", cut_off)
            with pytest.raises(Unavailable):
                await Demo(folder, 0).start()
        demo = Demo(folder, 0)
        await demo.start()
        cases = await demo.site.database.fetch_value(_CASES)
        await demo.site.database.execute("update residents set phone = '+46701740699'")
        await demo.stop()
        assert cases > 100
        again = Demo(folder, 0)
        await again.start()
        kept = await again.site.database.fetch_value("select count(*) from residents where phone = '+46701740699'")
        assert await again.site.database.fetch_value(_CASES) == cases
        await again.stop()
        assert kept > 0, "a second start keeps the data"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
