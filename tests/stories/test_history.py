"""The demo's half year: through the real verbs, in the past, and enough for a page of figures."""

from __future__ import annotations

import re
from datetime import timedelta

from linjen.core import clock
from linjen.demo.history import seed_history
from tests.region import Region
from tests.stories.test_triage_quality import emptied, text_of


async def test_the_demo_has_half_a_year_of_judged_cases_and_everything_of_them_is_past(region: Region) -> None:
    await emptied(region)
    before = await region.value("select count(*) from cases where phase = 'sent'")
    began = clock.now()
    database = region.dsn.split("?")[0].rsplit("/", 1)[1]
    owner = region.embedded.owner_dsn.replace("/linjen?", f"/{database}?")
    await seed_history(region.site.database, owner, region.site.sealer)
    new = await region.value("select count(*) from cases where phase = 'sent'")
    assert 60 < new - before < 150  # type: ignore[operator]
    page = await text_of(await region.staff("disa"))
    for words in (
        "Rätt nivå", "För hög nivå", "För låg nivå", "Kom tillbaka inom 7 dagar", "Blev klara", "Rätta larm",
    ):  # fmt: skip
        assert re.search(rf"{words} \d+ % \d+–\d+ % med", page), (words, page)
    for table, column in (
        ("visits where state = 'closed' and close_reason = 'advice'", "closed_at"), ("alarms", "heard_at"),
        ("events where kind = 'level_judged'", "at"), ("assessments where verdict is not null", "judged_at"),
    ):  # fmt: skip
        latest = await region.value(f"select max({column}) from {table}")
        assert latest < began - timedelta(days=2), table  # type: ignore[operator]
    wrong = "select count(*) from assessments a join cases c on c.id = a.case_id where a.month <> date_trunc('month',"
    assert await region.value(f"{wrong} coalesce(c.sent_at, c.closed_at) at time zone 'Europe/Stockholm')::date") == 0
    unsettled = "select count(*) from assessments where outcome = 'self_care' and came_back is null"
    assert await region.value(unsettled) == 0
    nobody = "select count(*) from visits v join cases c on c.id = v.case_id where v.state <> 'closed'"
    assert await region.value(f"{nobody} and c.sent_at < now() - interval '2 days'") == 0, "nobody is left waiting"
