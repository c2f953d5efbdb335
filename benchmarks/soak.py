"""A thousand nightly refreshes with faults at random, through session and store, on a clock of its own.

Run it with `python benchmarks/soak.py [NIGHTS] [--seed N]`. Thirty papers, eight sources, a world whose facts
change; on bad nights up to every request fails, in one of the test server's ways; some runs are killed, some have a
clock that is years off. It lives through the same nights without faults as well, and after one last calm night
beyond every `max_age` both datasets must be the same but for their dates. Exit status 1 where they are not, where a
value that was known was gone in any night, or where there is one that no source ever gave.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.soak import soak


def main() -> int:
    """Live through the nights and print what came of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("nights", nargs="?", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=5)
    asked = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        result = soak(Path(folder), asked.nights, seed=asked.seed)
    faults = ", ".join(f"{kind} {count}" for kind, count in result.faults.most_common())
    print(f"| nights | requests with faults | without | faults | seconds |\n| {'--- | ' * 5}".rstrip())
    total, (troubled, calm) = sum(result.faults.values()), result.requests
    print(f"| {asked.nights} | {troubled} | {calm} | {total} | {time.monotonic() - begun:.0f} |")
    print(f"faults: {faults}")
    invented = [f"{source}: {value}" for source, values in result.invented.items() for value in values]
    for name, found in (("lost", result.lost), ("invented", invented), ("differing", result.differing)):
        print(f"{name}: {len(found)}", *found[:20], sep="\n  ")
    return bool(result.lost or invented or result.differing)


if __name__ == "__main__":
    sys.exit(main())
