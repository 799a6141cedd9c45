"""Börja ärende: a form that is sent is one look at the draft, and the access log has one row for it."""

from __future__ import annotations

from typing import Any

import httpx

from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.intake_walk import Walk


async def test_each_form_of_the_intake_is_one_row_in_the_access_log(region: Region) -> None:
    gustav = await region.resident("gustav")
    looks: dict[str, list[tuple[str, str]]] = {}
    rows = "select verb, coalesce(refused, '') as refused from access_log where id > $1 order by id"
    post = gustav.post

    async def counted(path: str, data: Any = None, **rest: Any) -> httpx.Response:
        last = await region.value("select coalesce(max(id), 0) from access_log")
        response = await post(path, data, **rest)
        found = await region.site.database.fetch(rows, last)
        looks.setdefault(path.split("/")[3] if path.count("/") > 2 else path, []).extend(
            (row["verb"], row["refused"]) for row in found
        )
        return response

    gustav.post = counted  # type: ignore[method-assign]
    walk = await Walk(region, gustav).begin()
    await walk.send({"unit": str(id_of("unit/ankaret"))})
    await walk.send({"care_history": "allow", "medication_list": "refuse"})
    await walk.send()
    await walk.send({"text": "Jag har hostat i två veckor och är trött"})
    await walk.send({"reasons": ["hosta"]})
    await walk.send({"text": "Jag har hostat i tre veckor"}, path=f"/intakes/{walk.case_id}/words")
    once = [("write_intake", "")]
    assert looks.pop("unit") == [("see", ""), *once], "who asks the listing for her unit looks before it is changed"
    looks.pop("/cases")
    assert set(looks) == {"consent", "fee", "words", "reasons"}
    assert looks.pop("words") == 2 * once, "it was sent twice"
    assert all(found == once for found in looks.values()), looks
