"""What a refresh costs as the list grows: cold, unchanged, one entry added, a slice of what aged.

Run it with `make bench`, or `python benchmarks/refreshing.py [ENTRIES ...] [--latency S] [--scale X]`; `--write` renews
the table in docs/benchmarks.md.
A list of generated papers is refreshed by the real command against the test server, which keeps the APIs'
published limits; `--scale` shrinks limits and intervals alike, so that ten thousand entries do not take
minutes. Prints whole-process wall time, requests, requests per entry, the lower bound that the limits set
(over the passes, the slowest host's requests less one, times its interval, and a latency), and peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks._document import show  # noqa: E402
from pipeline.settings import defaults  # noqa: E402 (the repository is no installed package here)
from tests.apiserver.semanticscholar import SemanticScholar  # noqa: E402
from tests.apiserver.world import Work, load_world  # noqa: E402
from tests.workplace import generated_list, generated_works  # noqa: E402

NAME = "generated"
SLICE = 20
"""Requests of the night that refreshes a slice."""
PORT = 8830


@dataclass(frozen=True)
class Figures:
    """One run of the command."""

    seconds: float
    megabytes: float
    run: Mapping[str, Any]

    @property
    def requests(self) -> int:
        """Requests on the wire, of all sources."""
        return int(self.run["requests"])

    def bound(self, scale: float, latency: float) -> float:
        """Seconds that the limits alone take: in each pass the slowest host, and no host ever faster than its pace."""
        known = defaults()

        def least(sent: Mapping[str, int]) -> float:
            return max((n - 1) * known[name].interval * scale + latency for name, n in sent.items() if n)

        passes = [*zip(*(one["passes"] for one in self.run["sources"].values()), strict=True)]
        by_pass = [dict(zip(self.run["sources"], counts, strict=True)) for counts in passes if any(counts)]
        whole = {name: sum(one["passes"]) for name, one in self.run["sources"].items()}
        return max(sum(map(least, by_pass)), least(whole) if any(whole.values()) else 0.0)


def main() -> None:
    """Print the table."""
    options = _options()
    pace = f"latency {options.latency} s, limits and intervals times {options.scale}"
    show("refreshing", _rows(options), write=options.write, notes=[pace])


def _rows(options: argparse.Namespace) -> Iterator[str]:
    yield (
        f"{'entries':>7} {'run':12} {'wall s':>7} {'bound s':>8} {'allowed s':>9} {'requests':>8} {'per entry':>9}"
        f" {'peak MB':>8}"
    )
    for count in options.entries:
        with _server(count + 1, options) as settings, tempfile.TemporaryDirectory() as folder:
            for label, figures in _runs(Path(folder), count, settings):
                bound = figures.bound(options.scale, options.latency)
                each = figures.requests / count
                allowed = f"{1.15 * bound + 1.5:.2f}" if label == "cold" else ""
                yield (
                    f"{count:7} {label:12} {figures.seconds:7.2f} {bound:8.2f} {allowed:>9} {figures.requests:8}"
                    f" {each:9.4f} {figures.megabytes:8.0f}"
                )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("entries", type=int, nargs="*", default=[50, 1_000, 10_000])
    parser.add_argument("--latency", type=float, default=0.1, help="seconds before every answer")
    parser.add_argument("--scale", type=float, default=0.1, help="shrink limits and intervals by this factor")
    parser.add_argument("--sources", metavar="A,B", help="only these; default: all that the server has")
    parser.add_argument("--write", action="store_true", help="renew the table in docs/benchmarks.md")
    return parser.parse_args()


def _runs(folder: Path, count: int, settings: Mapping[str, Any]) -> Iterator[tuple[str, Figures]]:
    works = generated_works(load_world(count + 1))
    _write(folder, works[:count], settings)
    yield "cold", _run(folder)
    yield "unchanged", _run(folder)
    _write(folder, works, settings)
    yield "one added", _run(folder)
    aged = {name: {**source, "max_age": "0d"} for name, source in settings["sources"].items()}
    _write(folder, works, {**settings, "sources": aged})
    yield "aged slice", _run(folder, "--max-requests", str(SLICE))


def _write(folder: Path, works: list[Work], settings: Mapping[str, Any]) -> None:
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    (raw / f"{NAME}.md").write_text(generated_list(works), encoding="utf-8")
    (folder / "paperlist.yaml").write_text(yaml.safe_dump(dict(settings)), encoding="utf-8")


def _run(folder: Path, *arguments: str) -> Figures:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "S2_API_KEY": SemanticScholar().key,
        "OPENREVIEW_USERNAME": "",
        "OPENREVIEW_PASSWORD": "",
    }
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "refresh", "-q", *arguments], cwd=folder, env=environment
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"refresh ended with {process.returncode}")
    run = json.loads((folder / ".cache" / "paperlist" / "run.json").read_text())
    return Figures(seconds, usage.ru_maxrss / 1024, run)


@contextmanager
def _server(works: int, options: argparse.Namespace) -> Iterator[Mapping[str, Any]]:
    """The test server in a process of its own, with these works; gives the settings that lead there."""
    command = [sys.executable, "-m", "tests.apiserver", "--separate", "--limits", "--port", str(PORT)]
    command += ["--extra", str(works), "--latency", str(options.latency), "--scale", str(options.scale)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield _settings(process, options)
        finally:
            process.terminate()


def _settings(process: subprocess.Popen[str], options: argparse.Namespace) -> Mapping[str, Any]:
    """The settings that the server prints, with the sources' own intervals, shrunk like its limits."""
    text = ""
    assert process.stdout
    while not text.endswith("\n\n"):
        line = process.stdout.readline()
        if not line:
            break
        text += line
    settings: dict[str, Any] = yaml.safe_load(text)
    known = defaults()
    for name, source in settings["sources"].items():
        source["interval"] = known[name].interval * options.scale
        source["patience"] = 30.0
    asked = (
        options.sources.split(",")
        if options.sources
        else [n for n in settings["sources"] if n != "openreview"]
    )
    for name in known.keys() - set(asked):  # no forum in the list, and guests of OpenReview are refused
        settings["sources"].setdefault(name, {})["enabled"] = False
    return settings


if __name__ == "__main__":
    main()
