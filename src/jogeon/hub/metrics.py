"""What a hub tells of itself to Prometheus; prometheus_client writes it, as text or as OpenMetrics.

The library is imported when somebody asks for the first time. On Linux it also tells of the process: memory, CPU,
descriptors.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jogeon.visible import json_shown

if TYPE_CHECKING:
    from prometheus_client.core import Metric

PREFIX = "jogeon_hub_"


def load() -> None:
    """Import the library, which takes a while: in a thread."""
    import prometheus_client.exposition  # noqa: F401


def metrics(told: Mapping[str, Any], accept: str = "") -> tuple[bytes, str]:
    """Return the metrics that the status of a hub amounts to, and their Content-Type, for an Accept header."""
    from prometheus_client import CollectorRegistry, ProcessCollector
    from prometheus_client.exposition import choose_encoder

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(told))
    ProcessCollector(registry=registry)
    encode, kind = choose_encoder(accept)
    return encode(registry), kind


class _Collector:
    """A status, as the library collects it."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told

    def collect(self) -> Iterator["Metric"]:
        """Yield the families of metrics."""
        above, journal, served = self._told["upstream"], self._told["journal"], self._told["consumers"]
        yield _gauge("up", "Whether the session with the broker is there.", above["state"] == "connected")
        yield _counter("logins", "Logins at the broker since the start.", above["logins"])
        yield _by("journal_n", "Number of the last durable event.", "epoch", [(journal["epoch"], journal["n"])])
        yield _gauge("journal_trouble", "Whether the journal cannot be written.", bool(journal["trouble"]))
        known = [
            (json_shown(each["name"]), each["members"])
            for each in self._told["conditions"]
            if each["members"] is not None
        ]
        yield _by("members", "Stocks in a condition.", "condition", known)
        kinds = [(kind, sum(each["kind"] == kind for each in served)) for kind in ("plain", "jogeon")]
        yield _by("consumers", "Programs that are served.", "kind", kinds)
        for name, words in (("waiting", "Bytes that wait for programs."), ("behind", "Events that programs lack.")):
            most = max((each[name] for each in served), default=0)
            yield _gauge(f"{name}_max", f"{words} The most of any.", most)
        yield _gauge("cut", "Programs cut off lately.", len(self._told["cut"]))


def _gauge(name: str, words: str, value: float) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(PREFIX + name, words, value=value)


def _counter(name: str, words: str, value: float) -> "Metric":
    from prometheus_client.core import CounterMetricFamily

    return CounterMetricFamily(PREFIX + name, words, value=value)


def _by(name: str, words: str, label: str, samples: Sequence[tuple[object, float]]) -> "Metric":
    """Return a gauge with a sample for each value of a label; of a name that two bear the first one counts."""
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(PREFIX + name, words, labels=[label])
    for value, sample in {str(each): sample for each, sample in reversed(samples)}.items():
        family.add_metric([value], sample)
    return family
