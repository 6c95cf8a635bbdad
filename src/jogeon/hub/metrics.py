"""What a hub tells of itself to Prometheus, in its text format (version 0.0.4). No I/O, no clock."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

KIND = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]


def metrics(told: Mapping[str, Any]) -> str:
    """Return the metrics that the status of a hub amounts to."""
    return "".join(f"{line}\n" for family in _families(told) for line in _lines(*family))


def _families(told: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Sequence[Sample]]]:
    above, journal, served = told["upstream"], told["journal"], told["consumers"]
    kinds = ("plain", "jogeon")
    yield "up", "gauge", "Whether the session with the broker is there.", [({}, float(above["state"] == "connected"))]
    yield "logins_total", "counter", "Logins at the broker since the start.", [({}, above["logins"])]
    yield "journal_n", "gauge", "Number of the last durable event.", [({"epoch": str(journal["epoch"])}, journal["n"])]
    yield "journal_trouble", "gauge", "Whether the journal cannot be written.", [({}, float(bool(journal["trouble"])))]
    yield "members", "gauge", "Stocks in a condition.", [
        ({"condition": each["name"]}, each["members"]) for each in told["conditions"] if each["members"] is not None
    ]  # fmt: skip
    yield "consumers", "gauge", "Programs that are served.", [
        ({"kind": kind}, sum(each["kind"] == kind for each in served)) for kind in kinds
    ]  # fmt: skip
    for name, words in (("waiting", "Bytes that wait for programs."), ("behind", "Events that programs lack.")):
        yield (
            f"{name}_max",
            "gauge",
            f"{words} The most of any.",
            [({}, max((each[name] for each in served), default=0))],
        )
    yield "cut", "gauge", "Programs cut off lately.", [({}, len(told["cut"]))]


def _lines(name: str, kind: str, words: str, samples: Sequence[Sample]) -> Iterator[str]:
    yield f"# HELP jogeon_hub_{name} {words}"
    yield f"# TYPE jogeon_hub_{name} {kind}"
    for labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"jogeon_hub_{name}{f'{{{inside}}}' if inside else ''} {value:.16g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
