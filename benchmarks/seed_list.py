"""Whole-process times on the example list: help, check, a run without a network, an unchanged run.

Run it with `make bench`, or `python benchmarks/seed_list.py [RUNS] [--write]`; `--write` renews the table in
docs/benchmarks.md. Prints minimum, median and maximum
over some runs after one warm-up, in seconds of wall time, set-up not included.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks._document import show  # noqa: E402 (the repository is no installed package here)

SEED = ROOT / "data" / "raw" / "awesome-llm-judge.md"
REFUSED = "".join(
    f"  {name}: {{{key}: 'http://127.0.0.1:9/'}}\n"
    for name, key in [("arxiv", "url"), ("semanticscholar", "url"), ("dblp", "url")]
) + (
    "  openreview: {url: 'http://127.0.0.1:9', legacy_url: 'http://127.0.0.1:9'}\n"
    "  acl: {url: 'http://127.0.0.1:9', data_url: 'http://127.0.0.1:9'}\n"
)
"""Port 9 of this machine, where nobody listens: connections are refused."""

COMMANDS = {
    "paperlist --help": ["--help"],
    "paperlist check": ["check", "awesome-llm-judge", "-q"],
    "paperlist refresh --offline": ["refresh", "--offline", "-q"],
    "paperlist refresh, connections refused": ["refresh", "-q"],
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", type=int, nargs="?", default=7)
    parser.add_argument("--write", action="store_true", help="renew the table in docs/benchmarks.md")
    options = parser.parse_args()
    show("seed_list", table(options.runs), write=options.write)


def table(runs: int) -> Iterator[str]:
    """The lines of the table, measured one by one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data" / "raw").mkdir(parents=True)
        shutil.copy(SEED, folder / "data" / "raw")
        (folder / "paperlist.yaml").write_text(f"sources:\n{REFUSED}")
        yield f"{'command':42} {'min':>6} {'median':>6} {'max':>6}   ({runs} runs, seconds)"
        for label, arguments in COMMANDS.items():
            times = [_seconds(folder, arguments) for _ in range(runs + 1)][1:]
            yield f"{label:42} {min(times):6.2f} {statistics.median(times):6.2f} {max(times):6.2f}"


def _seconds(folder: Path, arguments: list[str]) -> float:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(ROOT)
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=folder,
        env=environment,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
