"""What an operator sees: counted by template, never by case or person, and only with the token."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from io import StringIO

import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from linjen.core import clock, metrics
from linjen.core.logs import set_up_logging
from linjen.web.measuring import Sampler
from tests.plain_http import plain_client
from tests.region import Region
from tests.stories.released import changed, release, run
from tests.stories.test_listening import CHEST, deaf, heard, waiting

TOKEN = {"authorization": "Bearer a-long-token"}


@pytest.fixture
async def measured(region: Region) -> AsyncIterator[Region]:
    """The region with a token for its metrics, sampled once."""
    region.site.settings = msgspec.structs.replace(region.site.settings, metrics_token="a-long-token")
    sampler = Sampler(region.site.database, region.site.shelf)
    sampler.show()
    await sampler.sample()
    yield region


async def ask(region: Region, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """A request without a session."""
    async with plain_client(base_url=region.url) as http:
        return await http.get(path, headers=headers or {})


async def read(region: Region, name: str, **labels: str) -> float:
    """The sum of a metric's samples that carry these labels."""
    text = (await ask(region, "/metrics", TOKEN)).text
    return sum(
        float(sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


async def test_metrics_are_only_for_who_brings_the_token(region: Region) -> None:
    assert (await ask(region, "/metrics", TOKEN)).status_code == 404, "no token is configured: there are no metrics"
    region.site.settings = msgspec.structs.replace(region.site.settings, metrics_token="a-long-token")
    assert (await ask(region, "/metrics", TOKEN)).status_code == 200
    for wrong in ({}, {"authorization": "Bearer x"}, {"authorization": "Bearer a-long-tokens"}):
        answer = await ask(region, "/metrics", wrong)
        assert (answer.status_code, answer.content) == (404, b"")


async def test_a_message_is_counted_delivered_and_timed(measured: Region) -> None:
    case = measured.cases["held_by_karin"]
    karin, gustav = await measured.staff("karin", "ankaret"), await measured.resident("gustav")
    names = {
        "linjen_messages_committed_total": {"sender": "staff"},
        "linjen_batch_size_count": {},
        "linjen_event_delivery_seconds_count": {},
        "linjen_request_seconds_count": {"route": "/clinic/cases/{case_id}/messages", "status": "201"},
    }
    before = {name: await read(measured, name, **labels) for name, labels in names.items()}
    streams = await read(measured, "linjen_open_streams", page="resident_case")
    async with gustav.listen(f"/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        assert await read(measured, "linjen_open_streams", page="resident_case") == streams + 1
        assert (await karin.say(case, "Välkommen!")).status_code == 201
        await ear.wait_for("message_sent")
    after = {name: await read(measured, name, **labels) for name, labels in names.items()}
    assert {name: after[name] - before[name] for name in names} == dict.fromkeys(names, 1)
    async with asyncio.timeout(5):
        while await read(measured, "linjen_open_streams", page="resident_case") != streams:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_pages_are_counted_by_template_and_no_label_names_a_case(measured: Region) -> None:
    karin = await measured.staff("karin", "ankaret")
    labels = {"method": "GET", "route": "/clinic/cases/{case_id}", "status": "200"}
    before = await read(measured, "linjen_request_seconds_count", **labels)
    for name in ("held_by_karin", "closed"):
        assert (await karin.get(f"/clinic/cases/{measured.cases[name]}")).status_code == 200
    assert (await karin.get("/nothing/19121212-1212")).status_code == 404
    assert await read(measured, "linjen_request_seconds_count", **labels) == before + 2
    assert await read(measured, "linjen_request_seconds_count", route="none", status="404") >= 1
    text = (await ask(measured, "/metrics", TOKEN)).text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)
    assert "19121212" not in text


async def test_queues_pool_jobs_and_the_oldest_transaction_are_sampled(measured: Region) -> None:
    waiting = await measured.value("select count(*) from visits where state = 'queued'")
    assert await read(measured, "linjen_queue_length") == waiting
    assert await read(measured, "linjen_queue_oldest_seconds") > 0
    assert await read(measured, "linjen_pool_connections") >= 1
    assert await read(measured, "linjen_pool_connections_most") == 10
    assert await read(measured, "linjen_jobs", state="held") == 0
    sampler = Sampler(measured.site.database, measured.site.shelf)
    async with measured.site.database.transaction() as db:
        await db.execute("update units set phone = phone")
        await asyncio.sleep(0.2)
        await sampler.sample()
    assert sampler._oldest_s >= 0.2
    await sampler.sample()
    assert sampler._oldest_s < 0.2, "the control: it ended"


async def test_every_page_has_a_request_id_and_a_line_without_its_query(region: Region) -> None:
    heard = StringIO()
    set_up_logging(heard, as_json=True)
    try:
        given = await ask(region, "/healthz?name=Astrid", {"x-request-id": "proxy-4711-abc"})
        made = await ask(region, "/healthz", {"x-request-id": "not one; really"})
    finally:
        root = logging.getLogger()
        root.handlers = [one for one in root.handlers if getattr(one, "stream", None) is not heard]
        root.setLevel(logging.WARNING)
    assert given.headers["x-request-id"] == "proxy-4711-abc"
    assert re.fullmatch(r"[0-9a-f-]{36}", made.headers["x-request-id"])
    lines = [json.loads(line) for line in heard.getvalue().splitlines()]
    line = next(one for one in lines if "route" in one and one.get("request_id") == "proxy-4711-abc")
    assert (line["event"], line["route"], line["status"]) == ("request", "/healthz", 200)
    assert "Astrid" not in heard.getvalue()


async def test_alarms_by_verdict_what_runs_and_what_waits_to_be_heard_are_measured(
    measured: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, astrid = await waiting(measured)
    sampler = Sampler(measured.site.database, measured.site.shelf)
    monkeypatch.setattr(measured.site.shelf, "_since", clock.now() - timedelta(days=2))
    metrics.watch_triage(lambda: measured.site.shelf.now(clock.now()))
    metrics.watch_listening(lambda: sampler._listening)
    async with deaf(monkeypatch):
        await astrid.say(case_id, CHEST)
        await asyncio.sleep(0.5)
        await sampler.sample()
        assert await read(measured, "linjen_messages_unheard") == 1
        assert await read(measured, "linjen_messages_unheard_oldest_seconds") > 0.2
    many = len(await heard(measured, case_id, 1))
    await measured.site.database.execute(
        "update alarms set verdict = 'wrong', judged_by = $2, judged_at = now() where case_id = $1",
        case_id, measured.actors.staff("karin", "ankaret").person_id,
    )  # fmt: skip
    await sampler.sample()
    assert await read(measured, "linjen_messages_unheard") == 0
    assert await read(measured, "linjen_alarms", verdict="wrong") >= many
    assert await read(measured, "linjen_triage_on") == 1
    age = await read(measured, "linjen_triage_version_age_seconds", version=measured.site.shelf.running().stamp)
    assert 2 * 86400 <= age < 2 * 86400 + 600
    await run(measured, None, triage_on=False)
    assert await read(measured, "linjen_triage_on") == 0
    await run(measured, await release(measured, changed("halsont.yaml", "name: Halsont", "name: Ont i svalget")))
    assert await read(measured, "linjen_triage_version_age_seconds", version=measured.site.shelf.running().stamp) < 600
