"""Time and memory of reading and resolving lists: the largest one, and one list at 1, 4 and 16 times its size.

Run it with `make bench`, or `python benchmarks/parsing.py [RUNS] [--write]`; `--write` renews the table in
docs/benchmarks.md. Every figure comes from a process of its own;
seconds are processor time without start and imports, the least of some runs, and memory is the peak of
the whole process. `PAPERLIST_CORPUS` names a folder whose `lists/` are read; without it a list is
generated that has as many rows as the largest known one.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks._document import show  # noqa: E402 (the repository is no installed package here)

SCALES = (1, 4, 16)
ROWS = 9_312
NAMES = "Ada Lovelace", "Alan Turing", "Grace Hopper", "Kurt Gödel", "Emmy Noether", "Edsger W. Dijkstra"
WORDS = (
    "learning deep sparse models of language vision and graphs with attention under weak supervision".split()
)


def main() -> None:
    """Print the table."""
    if sys.argv[1:2] == ["--measure"]:
        print(*measure(Path(sys.argv[2])))
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", type=int, nargs="?", default=5)
    parser.add_argument("--write", action="store_true", help="renew the table in docs/benchmarks.md")
    options = parser.parse_args()
    show("parsing", _rows(options.runs), write=options.write)


def _rows(runs: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        yield f"{'list':32} {'MB':>6} {'entries':>8} {'parse s':>8} {'resolve s':>10} {'both s':>8} {'peak MB':>8}"
        table, lines = _largest(Path(name)), Path(name) / "lines.md"
        yield _row("largest: a table", table, runs)
        for scale in SCALES:
            lines.write_bytes(_lines(scale))
            yield _row(f"generated lines, {scale}x", lines, runs)
        data = table.read_bytes()
        for scale in SCALES:
            path = Path(name) / f"{scale}.md"
            path.write_bytes(_part(data, scale))
            yield _row(f"that table, {scale}/16 of it", path, runs)


def _row(label: str, path: Path, runs: int) -> str:
    measured = [_measured(path) for _ in range(runs)]
    parse, resolve, both = (min(run[n] for run in measured) for n in range(3))
    size, entries, peak = path.stat().st_size / 1e6, measured[0][3], max(run[4] for run in measured)
    return f"{label:32} {size:6.2f} {entries:8.0f} {parse:8.2f} {resolve:10.2f} {both:8.2f} {peak:8.0f}"


def _measured(path: Path) -> list[float]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, __file__, "--measure", str(path)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def measure(path: Path) -> tuple[float, float, float, int, float]:
    """Seconds to parse, to resolve, and for both; entries; peak memory in MB. For a fresh process."""
    import markdown_it  # noqa: F401 (what the project imports when it is first needed)
    import yaml  # noqa: F401

    from pipeline.reader import read_list
    from pipeline.resolve import resolve

    data = path.read_bytes()
    begun = time.process_time()
    parsed = read_list(data, name=path.stem, path=path.name)
    read = time.process_time()
    resolve(parsed.entries, {}, {})
    done = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    return read - begun, done - read, done - begun, len(parsed.entries), peak


def _largest(folder: Path) -> Path:
    """The largest real list, or a generated table of as many rows."""
    corpus = Path(os.environ.get("PAPERLIST_CORPUS", "")) / "lists"
    if os.environ.get("PAPERLIST_CORPUS") and (found := sorted(corpus.glob("*.md"))):
        return max(found, key=lambda path: path.stat().st_size)
    path = folder / "table.md"
    rows = [
        f"|**20{number % 25:02}-0{number % 9 + 1}-{number % 20 + 10}**|**{_title(number)}**|{_author(number)} et.al.|"
        f"[{_id(number)}](http://arxiv.org/abs/{_id(number)})|null|\n"
        for number in range(ROWS)
    ]
    head = "# A list\n\n## Papers\n\n|Publish Date|Title|Authors|PDF|Code|\n|---|---|---|---|---|\n"
    path.write_text(head + "".join(rows), encoding="utf-8")
    return path


def _lines(scale: int) -> bytes:
    """A list of 500 lines per step, in the commonest shape, with a heading for every twenty."""
    out = ["# A list\n\n"]
    for number in range(500 * scale):
        out.append(f"\n## Part {number // 20}\n\n" if number % 20 == 0 else "")
        out.append(
            f"- **{_title(number)}**. *{_author(number)}, {_author(number + 1)} et al.* ICML 20{number % 25:02}. "
            f"[[Paper](https://arxiv.org/abs/{_id(number)})] [[Code](https://github.com/a/b{number})]\n"
        )
    return "".join(out).encode()


def _part(data: bytes, scale: int) -> bytes:
    """The first `scale` of sixteen parts of a list, cut at a line."""
    return data[: data.rfind(b"\n", 0, len(data) * scale // SCALES[-1]) + 1]


def _title(number: int) -> str:
    words = [WORDS[(number * step + step) % len(WORDS)] for step in range(1, 9)]
    name = "".join(chr(97 + number // 20**place % 20) for place in range(4)).title()
    return f"{name}: {' '.join(words)}"


def _author(number: int) -> str:
    return NAMES[number % len(NAMES)]


def _id(number: int) -> str:
    return f"{10 + number // 10_000 % 15}{number % 9 + 1:02}.{number % 10_000 + 10_000}"


if __name__ == "__main__":
    main()
