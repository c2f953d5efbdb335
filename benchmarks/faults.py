"""The table of docs/faults.md: what happens to a nightly run, what is kept, how it ends and how long it takes.

Run it with `python benchmarks/faults.py` to see the table, or with `--write` to write the page. The rows are those
of tests/test_faults.py: each of them happens to a dataset that is complete, by the real command over sockets and
files, and a row that does not hold what it says ends the command with exit status 1.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.apiserver import ApiServer, load_world  # noqa: E402 (the repository is no installed package here)
from tests.faultmatrix import ROWS, Row, Scene, cells, play  # noqa: E402
from tests.workplace import Workplace  # noqa: E402

PAGE = ROOT / "docs" / "faults.md"
HEAD = """# What can go wrong, and what is kept

A scheduled run meets whatever the network, the sources, the machine and other people do. Each row of these tables
is a test (`tests/test_faults.py`): the real command runs over sockets and files while the fault happens to it, on a
list of 43 entries that seven sources have answered about. Afterwards every value that was known is still there with
its old date, nothing is invented, and the next run without the fault ends as if nothing had happened. Where a
table says that files are the old ones or the new ones, those of `records/` may hold the new answers of some
questions and the old ones of others: what is answered is saved also in the middle of a run. The last
column is how long the run with the fault took, in seconds, on a small machine with time-outs of the settings
(`packets are swallowed`: three seconds per host, side by side; where no answer comes in time: 0.3 s).

Made by `python benchmarks/faults.py --write`. Further tests kill the command before every single change of a file,
and `python benchmarks/soak.py` lives through a thousand nights with faults at random.

Exit statuses: 0 done, also where a source was down and old values were kept (with `--strict` 3); 2 unreadable
input, or a disk that cannot be written; 4 a safety check refused to write; 5 another run holds the lock; -9 killed.
"""


def measured(folder: Path, server: ApiServer, rows: tuple[Row, ...]) -> Iterator[tuple[Row, float, bool]]:
    """Each row, how long it took, and whether it ended as it says."""
    home = Workplace(folder / "home", server.settings_yaml(), server.environment())
    home.run("refresh")
    Scene(home, server).settle()
    home.run("refresh")
    for number, row in enumerate(rows):
        server.world = load_world()
        played = play(row, Scene(home.copy(folder / str(number)), server))
        good = played.status == row.status and bool(re.search(row.says, played.err))
        good = good and (row.news or dict(played.calm) == dict(played.before))
        yield row, played.seconds, good


def main() -> int:
    """Let every fault happen and print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the page instead of printing it")
    asked = parser.parse_args()
    bad = []
    text = HEAD
    with tempfile.TemporaryDirectory() as folder, ApiServer(separate=True) as server:
        for group, found in groupby(measured(Path(folder), server, ROWS), key=lambda one: one[0].group):
            text += f"\n## {group}\n\n| what happens | what is kept | exit | seconds |\n| --- | --- | --- | --- |\n"
            for row, seconds, good in found:
                text += f"{cells(row)} {seconds:.1f} |\n"
                bad += [] if good else [row.name]
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)
    for name in bad:
        print(f"not as it should be: {name}", file=sys.stderr)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
