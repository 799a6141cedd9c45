"""Prometheus metrics in a registry of our own: what an operator looks at to see that residents are being answered.

No label ever names a person or a case. Counters and histograms are used where the thing happens; what has to be read
somewhere (queues, the pool) is asked for at each `render` through a `watch_…` callback, which must be quick and must
not wait: whoever owns the rows keeps the latest figures ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from linjen.core.distribution import Distribution

CONTENT_TYPE: Final = "text/plain; version=1.0.0; charset=utf-8"
REGISTRY: Final = CollectorRegistry(auto_describe=True)

REQUEST_SECONDS: Final = Distribution(
    "linjen_request_seconds",
    "Time from request to last byte, by route template; streams are counted in linjen_open_streams instead.",
    (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    REGISTRY,
    ("method", "route", "status"),
)
OPEN_STREAMS: Final = Gauge("linjen_open_streams", "Live pages connected now.", ["page"], registry=REGISTRY)
MESSAGES_COMMITTED: Final = Counter(
    "linjen_messages_committed", "Chat messages written and committed.", ["sender"], registry=REGISTRY
)
BATCH_SIZE: Final = Distribution(
    "linjen_batch_size", "Writes that shared one commit.", (1, 2, 4, 8, 16, 32, 64, 128, 256), REGISTRY
)
EVENT_DELIVERY_SECONDS: Final = Distribution(
    "linjen_event_delivery_seconds",
    "Time from an event's commit until it was handed to an open stream.",
    (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    REGISTRY,
)
SIGN_INS: Final = Counter(
    "linjen_sign_ins",
    "Sign-ins ended, by method (bankid, staff), outcome (completed, failed, cancelled, refused) and hint code.",
    ["method", "outcome", "hint"],
    registry=REGISTRY,
)
SMS_TOLD: Final = Counter(
    "linjen_sms", "What became of SMS, each time a state is reached.", ["kind", "state"], registry=REGISTRY
)
PUSH_TOLD: Final = Counter(
    "linjen_push", "What became of pushes, each time a state is reached.", ["kind", "state"], registry=REGISTRY
)
WATCH_FAILURES: Final = Counter(
    "linjen_watch_failures", "Callbacks that failed while metrics were read.", ["watch"], registry=REGISTRY
)


class Queue(NamedTuple):
    """What waits in one unit at one urgency: `length` visits, the oldest for `oldest_s` seconds (0 when none)."""

    unit: str
    urgency: int
    length: int
    oldest_s: float


class Pool(NamedTuple):
    """The database pool: connections open, and those of them that are free."""

    size: int
    idle: int
    most: int


class TriageNow(NamedTuple):
    """What this node triages with: whether cases get a level, the version's stamp, and since how long it is approved.

    For content without an approval `age_s` counts from when it began to run.
    """

    on: bool
    version: str
    age_s: float


class Listening(NamedTuple):
    """What was heard in residents' words, by the verdict of staff, and messages that wait to be heard.

    The one that has waited longest was written `oldest_s` seconds ago (0 when none waits).
    """

    alarms: Mapping[str, int]
    unheard: int
    oldest_s: float


class _Watched(Collector):
    """Asks the callbacks that were given; one that fails is counted and leaves the other figures standing."""

    def __init__(self) -> None:
        self.queues: Callable[[], Iterable[Queue]] | None = None
        self.pool: Callable[[], Pool] | None = None
        self.oldest_transaction: Callable[[], float] | None = None
        self.jobs: Callable[[], Mapping[str, int]] | None = None
        self.triage: Callable[[], TriageNow | None] | None = None
        self.listening: Callable[[], Listening | None] | None = None

    def describe(self) -> Iterable[Metric]:
        """No sample values: registering must not call anything."""
        return ()

    def collect(self) -> Iterator[Metric]:
        for name, families in (
            ("queues", self._queues),
            ("pool", self._pool),
            ("oldest_transaction", self._oldest_transaction),
            ("jobs", self._jobs),
            ("triage", self._triage),
            ("listening", self._listening),
        ):
            try:
                yield from families()
            except Exception:  # whatever the owner's callback raises, the rest must still be readable
                WATCH_FAILURES.labels(name).inc()

    def _queues(self) -> list[Metric]:
        if self.queues is None:
            return []
        length = GaugeMetricFamily("linjen_queue_length", "Visits that wait for staff.", labels=["unit", "urgency"])
        oldest = GaugeMetricFamily(
            "linjen_queue_oldest_seconds", "Longest wait among them.", labels=["unit", "urgency"]
        )
        for queue in self.queues():
            labels = [queue.unit, str(queue.urgency)]
            length.add_metric(labels, queue.length)
            oldest.add_metric(labels, queue.oldest_s)
        return [length, oldest]

    def _pool(self) -> list[Metric]:
        if self.pool is None:
            return []
        pool = self.pool()
        connections = GaugeMetricFamily("linjen_pool_connections", "Database connections.", labels=["state"])
        connections.add_metric(["busy"], pool.size - pool.idle)
        connections.add_metric(["idle"], pool.idle)
        most = GaugeMetricFamily("linjen_pool_connections_most", "The most that the pool may open.", value=pool.most)
        return [connections, most]

    def _oldest_transaction(self) -> list[Metric]:
        if self.oldest_transaction is None:
            return []
        words = "Age of the oldest running transaction; the event cursor stands still behind it."
        return [GaugeMetricFamily("linjen_oldest_transaction_seconds", words, value=self.oldest_transaction())]

    def _jobs(self) -> list[Metric]:
        if self.jobs is None:
            return []
        jobs = GaugeMetricFamily(
            "linjen_jobs", "Outgoing work: waiting, running, held after it failed.", labels=["state"]
        )
        for state, many in self.jobs().items():
            jobs.add_metric([state], many)
        return [jobs]

    def _triage(self) -> list[Metric]:
        now = self.triage() if self.triage else None
        if now is None:
            return []
        words = "1 while this node gives cases a level, 0 while the triage is off and there are forms alone."
        age = GaugeMetricFamily(
            "linjen_triage_version_age_seconds", "How long ago the running version was approved.", labels=["version"]
        )
        age.add_metric([now.version], now.age_s)
        return [GaugeMetricFamily("linjen_triage_on", words, value=int(now.on)), age]

    def _listening(self) -> list[Metric]:
        now = self.listening() if self.listening else None
        if now is None:
            return []
        alarms = GaugeMetricFamily(
            "linjen_alarms", "Warning signs heard in the last 90 days, by the verdict of staff.", labels=["verdict"]
        )
        for verdict, many in now.alarms.items():
            alarms.add_metric([verdict], many)
        words = "Messages of residents that wait to be read for warning signs."
        oldest = "How long ago the oldest of them was written."
        return [
            alarms, GaugeMetricFamily("linjen_messages_unheard", words, value=now.unheard),
            GaugeMetricFamily("linjen_messages_unheard_oldest_seconds", oldest, value=now.oldest_s),
        ]  # fmt: skip


_watched: Final = _Watched()
REGISTRY.register(_watched)
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)


def watch_queues(callback: Callable[[], Iterable[Queue]] | None) -> None:
    """Where the queues are read from at each `render`; None takes it away. The last one given counts."""
    _watched.queues = callback


def watch_pool(callback: Callable[[], Pool] | None) -> None:
    """Where the database pool's figures are read from; None takes it away."""
    _watched.pool = callback


def watch_oldest_transaction(callback: Callable[[], float] | None) -> None:
    """Where the age in seconds of the oldest running transaction is read from; None takes it away."""
    _watched.oldest_transaction = callback


def watch_jobs(callback: Callable[[], Mapping[str, int]] | None) -> None:
    """Where the number of jobs in each state is read from; None takes it away."""
    _watched.jobs = callback


def watch_triage(callback: Callable[[], TriageNow | None] | None) -> None:
    """Where it is asked what this node triages with; None takes it away, and so does a callback that gives None."""
    _watched.triage = callback


def watch_listening(callback: Callable[[], Listening | None] | None) -> None:
    """Where the figures of the listening are read from; None as for the triage."""
    _watched.listening = callback


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """One finished request. `route` is the template, "/cases/{id}", never the path: a path would make a label each."""
    REQUEST_SECONDS.observe(seconds, (method, route, str(status)))


def render() -> bytes:
    """All metrics in the Prometheus text format, to be served with `CONTENT_TYPE`."""
    return generate_latest(REGISTRY)
