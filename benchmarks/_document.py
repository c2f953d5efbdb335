"""docs/benchmarks.md: the tables that the benchmarks print, each between a pair of comments of its own."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def show(name: str, lines: Iterable[str], *, write: bool, notes: Sequence[str] = ()) -> None:
    """Print lines as they come, and with `write` put them, behind `notes`, into the document."""
    shown = list(notes)
    for line in lines:
        print(line, flush=True)
        shown.append(line)
    if write:
        renew(name, shown)


def renew(name: str, lines: Sequence[str]) -> None:
    """Put what a benchmark printed in place of what stands between its comments, with the machine it ran on."""
    machine = f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()}"
    block = "\n".join(["```", *lines, "```", "", f"({machine})"])
    text = DOCUMENT.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    renewed, count = re.subn(
        f"(?s){re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n{block}\n{end}", text
    )
    if count != 1:
        raise SystemExit(f"{DOCUMENT}: {count} places for {name}, not one")
    DOCUMENT.write_text(renewed, encoding="utf-8")
