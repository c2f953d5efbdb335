"""`paperlist parse -`: a list from standard input, its entries to standard output, nothing to disk."""

from __future__ import annotations

from pipeline.console import Reporter
from pipeline.reader import read_list
from pipeline.store import dump_jsonl


def parse_standard_input(data: bytes, console: Reporter) -> int:
    """Print the entries of a list as the lines of `entries.jsonl`. Returns the exit status.

    Entry ids are those of a first parse: there is no earlier one to match with.
    """
    parsed = read_list(data, name="stdin", path="-")
    for problem in parsed.problems:
        console.warn(f"-:{problem.line}: {problem.text}")
    if not parsed.entries:
        console.warn("-: no entries")
    console.json_lines(dump_jsonl(parsed.entries).decode())
    return 0
