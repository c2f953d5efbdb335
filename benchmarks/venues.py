"""How many real venue strings are understood: of the labels, of the lists, of bibliographies, of the sources.

Run it with `python benchmarks/venues.py [--unknown N] [--draw N] [--seed S]`; `PAPERLIST_CORPUS` names the
folder with `gold/`, `lists/`, `facts/` and `recordings/`. Shares are weighted by how often a string occurs. Reading
all lists takes a minute. `--unknown` prints the strings that are not understood, most frequent first; `--draw` prints,
instead of the shares, the table of `docs/venues.md`: randomly drawn strings and what they mean.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.reader import read_list
from pipeline.venues import VenueReading, understand

Key = tuple[str, int | None]
"""A string, and the year that stands beside it."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--unknown", type=int, default=20, metavar="N", help="show so many unknown strings")
    parser.add_argument("--draw", type=int, metavar="N", help="print so many drawn strings and their rows")
    parser.add_argument("--seed", type=int, default=4)
    asked = parser.parse_args()
    corpus = Path(os.environ.get("PAPERLIST_CORPUS", ""))
    if not (corpus / "gold").is_dir():
        print("skipped: set PAPERLIST_CORPUS to the folder with gold/, lists/, facts/ and recordings/")
        return
    counted = {name: Counter(read(corpus)) for name, read in CORPORA.items()}
    if asked.draw:
        draw(counted, asked.draw, asked.seed)
        return
    print(f"{'strings':34} {'occurrences':>11} {'distinct':>9} {'understood':>11}")
    for name, strings in counted.items():
        unknown = Counter({key: count for key, count in strings.items() if _row(understand(*key)) is None})
        share = 1 - unknown.total() / max(1, strings.total())
        print(f"{name:34} {strings.total():11} {len(strings):9} {share:11.2%}")
        for (text, _), count in unknown.most_common(asked.unknown):
            print(f"    {count:6}  {text}")


def labels(corpus: Path) -> Iterator[Key]:
    """Venues of the labelled entries."""
    for path in sorted((corpus / "gold").glob("*.json")):
        for found in _walk(json.loads(path.read_text(encoding="utf-8"))):
            if isinstance(venue := found.get("venue"), str):
                yield venue, found.get("year")


def lists(corpus: Path) -> Iterator[Key]:
    """Venue texts that the reader finds in the lists."""
    for path in sorted((corpus / "lists").glob("*__*.md")):
        for entry in read_list(path.read_bytes(), name=path.stem, path=path.name).entries:
            if entry.venue_text:
                yield entry.venue_text, entry.year


def booktitles(corpus: Path) -> Iterator[Key]:
    """Confirmed booktitles, as often as they were seen."""
    for line in (corpus / "facts" / "booktitles.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        _, text, count = line.split("\t")
        for _ in range(int(count)):
            yield text, None


def recorded(corpus: Path) -> Iterator[Key]:
    """What the recorded answers of sources give, whatever their field."""
    for path in sorted((corpus / "recordings").rglob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8")).get("response", {}).get("body")
        try:
            answer = json.loads(body) if isinstance(body, str) else body
        except ValueError:
            for text in re.findall(r"<(?:booktitle|journal)>([^<]+)<", str(body)):
                yield text, None
            continue
        for found in _walk(answer):
            yield from ((text, None) for text in _venues(found))


def _walk(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _walk(inner)


def _venues(found: dict[str, object]) -> Iterator[str]:
    """The venue strings of one JSON object: Semantic Scholar, OpenReview, Crossref, OpenAlex."""
    event, place, source = (found.get(key) for key in ("event", "publicationVenue", "source"))
    titles = found.get("container-title")
    values = [
        found.get("venue"),
        *(titles if isinstance(titles, list) else [titles]),
        event.get("name") if isinstance(event, dict) else None,
        place.get("name") if isinstance(place, dict) else None,
        source.get("display_name") if isinstance(source, dict) else None,
    ]
    yield from (value for value in values if isinstance(value, str) and value)


CORPORA: dict[str, Callable[[Path], Iterator[Key]]] = {
    "venues of the labels": labels,
    "venue texts found in the lists": lists,
    "booktitles by DBLP stream": booktitles,
    "recorded answers, of any field": recorded,
}


def draw(counted: dict[str, Counter[Key]], number: int, seed: int) -> None:
    """Print randomly drawn strings with what they mean, as rows of a Markdown table."""
    keys = {_decisive(key) for strings in counted.values() for key in strings if _row(understand(*key))}
    print("| string | row | what it is | year | track |\n| --- | --- | --- | --- | --- |")
    for text, year in sorted(random.Random(seed).sample(sorted(keys, key=str), number), key=str):
        reading = understand(text, year)
        shown = text.strip().replace("|", "\\|")
        beside = f" beside {year}" if year else ""
        name = reading.venue.name if reading.venue else ""
        print(
            f"| `{shown}`{beside} | {_row(reading)} | {name} | {reading.year or ''} | {reading.track or ''} |"
        )


def _decisive(key: Key) -> Key:
    """The string without the year beside it, where that changes nothing."""
    text, year = key
    return (text, None) if understand(text) == understand(text, year) else key


def _row(reading: VenueReading) -> str | None:
    return reading.venue.id if reading.venue else None


if __name__ == "__main__":
    main()
