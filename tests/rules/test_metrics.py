"""Metrics: what is counted can be read, and one broken source leaves the rest readable."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from linjen.core import metrics


@pytest.fixture(autouse=True)
def nothing_watched() -> Iterator[None]:
    yield
    metrics.watch_queues(None)
    metrics.watch_pool(None)
    metrics.watch_oldest_transaction(None)
    metrics.watch_triage(None)
    metrics.watch_listening(None)


def read(name: str, **labels: str) -> float | None:
    """The value of one sample as Prometheus itself would read it."""
    for family in text_string_to_metric_families(metrics.render().decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return None


def test_requests_are_counted_by_template() -> None:
    labels = {"method": "GET", "route": "/cases/{id}", "status": "200"}
    before = read("linjen_request_seconds_count", **labels) or 0
    metrics.observe_request("GET", "/cases/{id}", 200, 0.004)
    assert read("linjen_request_seconds_count", **labels) == before + 1
    assert (read("linjen_request_seconds_bucket", le="0.005", **labels) or 0) >= 1


def test_counters_and_gauges() -> None:
    metrics.OPEN_STREAMS.labels("ledger").inc()
    metrics.OPEN_STREAMS.labels("ledger").dec()
    assert read("linjen_open_streams", page="ledger") == 0
    before = read("linjen_messages_committed_total", sender="resident") or 0
    metrics.MESSAGES_COMMITTED.labels("resident").inc(3)
    assert read("linjen_messages_committed_total", sender="resident") == before + 3
    metrics.SIGN_INS.labels("bankid", "failed", "userCancel").inc()
    assert (read("linjen_sign_ins_total", method="bankid", outcome="failed", hint="userCancel") or 0) >= 1
    metrics.BATCH_SIZE.observe(5)
    assert (read("linjen_batch_size_bucket", le="8.0") or 0) >= 1
    metrics.EVENT_DELIVERY_SECONDS.observe(0.002)
    assert (read("linjen_event_delivery_seconds_count") or 0) >= 1


def test_watched_figures_are_read_afresh_each_time() -> None:
    waiting = [metrics.Queue("ankaret", 3, 7, 600.5)]
    metrics.watch_queues(lambda: waiting)
    metrics.watch_pool(lambda: metrics.Pool(size=8, idle=5, most=20))
    metrics.watch_oldest_transaction(lambda: 0.25)
    assert read("linjen_queue_length", unit="ankaret", urgency="3") == 7
    assert read("linjen_queue_oldest_seconds", unit="ankaret", urgency="3") == 600.5
    assert read("linjen_pool_connections", state="busy") == 3
    assert read("linjen_pool_connections_most") == 20
    assert read("linjen_oldest_transaction_seconds") == 0.25
    waiting.clear()
    # An emptied queue is gone, rather than standing at its last figure.
    assert read("linjen_queue_length", unit="ankaret", urgency="3") is None


def test_one_broken_source_is_counted_and_the_rest_stands() -> None:
    def broken() -> float:
        raise OSError("the database is away")

    metrics.watch_pool(lambda: metrics.Pool(size=1, idle=1, most=1))
    metrics.watch_oldest_transaction(broken)
    metrics.render()
    assert (read("linjen_watch_failures_total", watch="oldest_transaction") or 0) >= 1
    assert read("linjen_pool_connections", state="idle") == 1
    assert read("linjen_oldest_transaction_seconds") is None


def test_what_a_node_triages_with_and_what_waits_to_be_heard() -> None:
    assert read("linjen_triage_on") is None, "before anything is known there is no figure, not a false one"
    metrics.watch_triage(lambda: metrics.TriageNow(on=False, version="linjen_exempel@0.1.0+abc", age_s=86400.0))
    metrics.watch_listening(lambda: metrics.Listening({"right": 3, "wrong": 1, "none": 2}, 4, 61.5))
    assert read("linjen_triage_on") == 0
    assert read("linjen_triage_version_age_seconds", version="linjen_exempel@0.1.0+abc") == 86400
    assert read("linjen_alarms", verdict="wrong") == 1
    assert read("linjen_messages_unheard") == 4
    assert read("linjen_messages_unheard_oldest_seconds") == 61.5
