"""Whole-process times on the example list: help, check, a run without a network, an unchanged run.

Run it with `make bench`, or `python benchmarks/seed_list.py [RUNS]`. Prints minimum, median and maximum
over some runs after one warm-up, in seconds of wall time, set-up not included.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
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
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data" / "raw").mkdir(parents=True)
        shutil.copy(SEED, folder / "data" / "raw")
        (folder / "paperlist.yaml").write_text(f"sources:\n{REFUSED}")
        print(f"{'command':42} {'min':>6} {'median':>6} {'max':>6}   ({runs} runs, seconds)")
        for label, arguments in COMMANDS.items():
            times = [_seconds(folder, arguments) for _ in range(runs + 1)][1:]
            print(f"{label:42} {min(times):6.2f} {statistics.median(times):6.2f} {max(times):6.2f}")


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
