"""Precision and recall of the title search's judgement, on labelled pairs of real papers.

Run it with `python -m benchmarks.matching`. It prints the table by kind of pair and part of the set, the
limits, and every remaining error; `--write` also renews the table in
docs/matching.md and the plot docs/matching.svg (which needs matplotlib, in the extra `dev`).
How the pairs were made, and what each kind is, stands in docs/matching.md.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path

from pipeline import matching
from pipeline.matching import accept, authors_agree, title_similarity
from pipeline.model import Entry, Record
from pipeline.text import normalise_title

ROOT = Path(__file__).resolve().parent.parent
PAIRS = Path(__file__).parent / "data" / "pairs.tsv"
DOCUMENT = ROOT / "docs" / "matching.md"
PLOT = ROOT / "docs" / "matching.svg"
PARTS = ("tuning", "test")
BAR_PRECISION, BAR_BOUND, BAR_RECALL = 0.997, 0.99, 0.95
LIMITS = {
    "TITLES_AGREE": (0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97),
    "DISTINCTIVE_WORDS": (4, 5, 6, 7, 8),
    "PART_WORDS": (2, 3, 4, 5, 6),
    "TELLING_WORDS": (1, 2, 3, 4, 5),
    "YEARS_APART": (0, 1, 2, 3, 4, 5),
}
"""The limits of the model, and the values tried on the tuning part."""
WHEN = "2026-01-01T00:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Paper:
    """What a list or a source says of a paper."""

    title: str
    authors: tuple[str, ...]
    year: int | None
    identifier: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two spellings of one work, or two works; `work` groups the pairs of one work in one part of the set."""

    kind: str
    same: bool
    one: Paper
    other: Paper
    work: str
    split: str

    @property
    def entry(self) -> Entry:
        """The first paper as an entry of a list."""
        return Entry(
            "e", (), 1, 1, 1, "paper", "", self.one.title, None, self.one.authors, year=self.one.year
        )

    @property
    def record(self) -> Record:
        """The second paper as a source's answer to a title search."""
        other = self.other
        return Record("source", "q", WHEN, title=other.title, authors=other.authors, year=other.year)

    @property
    def decidable(self) -> bool:
        """True for a positive that the rule of acceptance can accept at all, whatever the model.

        Both name authors and the title was not changed; or the list names none, and then the titles are
        equal, of six words or more, and the years agree.
        """
        if not self.same or self.kind == "retitled" or not self.other.authors:
            return False
        if self.one.authors:
            return True
        one, other = normalise_title(self.one.title), normalise_title(self.other.title)
        years = self.one.year is None or self.other.year is None or abs(self.one.year - self.other.year) <= 1
        return one == other and len(one.split()) >= matching.DISTINCTIVE_WORDS and years


@dataclass(frozen=True, slots=True)
class Score:
    """What was accepted of some pairs, and what should have been."""

    pairs: int
    accepted: int
    right: int
    positives: int
    decidable: int
    decided: int

    @property
    def precision(self) -> float:
        """Share of the accepted that are the same work; 1 where none is accepted."""
        return self.right / self.accepted if self.accepted else 1.0

    @property
    def recall(self) -> float:
        """Share of the decidable positives that are accepted."""
        return self.decided / self.decidable if self.decidable else 1.0

    @property
    def recall_of_all(self) -> float:
        """Share of all positives that are accepted, with those that no title search can prove."""
        return self.right / self.positives if self.positives else 1.0

    @property
    def bound(self) -> float:
        """The 95 % Wilson lower bound of the precision."""
        return wilson(self.right, self.accepted)


def wilson(right: int, total: int, z: float = 1.959964) -> float:
    """Lower bound of the 95 % Wilson score interval of a share; 0 where there is nothing to count."""
    if not total:
        return 0.0
    share, spread = right / total, z * z / total
    middle = share + spread / 2
    width = z * sqrt(share * (1 - share) / total + spread / total / 4)
    return (middle - width) / (1 + spread)


@cache
def pairs() -> tuple[Pair, ...]:
    """All labelled pairs, as committed."""
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        return tuple(_pair(row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _pair(row: dict[str, str]) -> Pair:
    one, other = (_paper(row, side) for side in "ab")
    return Pair(row["kind"], row["label"] == "same", one, other, row["work"], row["split"])


def _paper(row: dict[str, str], side: str) -> Paper:
    authors = tuple(name for name in row[f"authors_{side}"].split("; ") if name)
    year = row[f"year_{side}"]
    return Paper(row[f"title_{side}"], authors, int(year) if year else None, row[f"id_{side}"])


@cache
def accepted(pair: Pair) -> bool:
    """The model's word on a pair: would a search that finds the second paper link the first to it?"""
    return accept(pair.entry, {"source": [pair.record]}).accepted


def score(chosen: Iterable[Pair], rule: Callable[[Pair], bool] = accepted) -> Score:
    """Count what a rule accepts among some pairs."""
    judged = [(pair, rule(pair)) for pair in chosen]
    return Score(
        pairs=len(judged),
        accepted=sum(yes for _, yes in judged),
        right=sum(yes and pair.same for pair, yes in judged),
        positives=sum(pair.same for pair, _ in judged),
        decidable=sum(pair.decidable for pair, _ in judged),
        decided=sum(yes and pair.decidable for pair, yes in judged),
    )


def part(name: str) -> list[Pair]:
    """The pairs of the tuning or the test part."""
    return [pair for pair in pairs() if pair.split == name]


def errors(chosen: Iterable[Pair]) -> list[Pair]:
    """Pairs judged wrongly: another work accepted, or a decidable one not."""
    return [pair for pair in chosen if accepted(pair) != pair.same and (pair.decidable or not pair.same)]


def table() -> list[str]:
    """The figures as a Markdown table: the parts as a whole, then each kind in both parts."""
    head = "| kind | part | pairs | accepted | wrongly | decidable | recall | recall of all |"
    rows = [head, "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    kinds = sorted({(pair.same, pair.kind) for pair in pairs()})
    for name in PARTS:
        rows.append(_row("**all**", name, score(part(name))))
    for same, kind in kinds:
        for name in PARTS:
            chosen = [pair for pair in part(name) if (pair.same, pair.kind) == (same, kind)]
            rows.append(_row(f"{kind} {'=' if same else '≠'}", name, score(chosen)))
    return rows


def _row(kind: str, name: str, got: Score) -> str:
    recall = f"{got.recall:.3f}" if got.decidable else ""
    everything = f"{got.recall_of_all:.3f}" if got.positives else ""
    wrongly = got.accepted - got.right
    return f"| {kind} | {name} | {got.pairs} | {got.accepted} | {wrongly} | {got.decidable} | {recall} | {everything} |"


def summary() -> list[str]:
    """Precision with its bound, recall, and the limits, one line each."""
    lines = []
    for name in PARTS:
        got = score(part(name))
        lines.append(
            f"- {name}: precision {got.precision:.4f} ({got.right} of {got.accepted}; 95 % Wilson lower bound "
            f"{got.bound:.4f}), recall {got.recall:.4f} of {got.decidable} decidable positives, "
            f"{got.recall_of_all:.4f} of all {got.positives}"
        )
    limits = ", ".join(f"`{name}` = {getattr(matching, name)}" for name in LIMITS)
    return [*lines, f"- limits: {limits}"]


def tried() -> list[str]:
    """What other values of each limit do on the tuning part, as a Markdown table; the model stays as it is."""
    rows = ["| limit | value | accepted | wrongly | recall |", "| --- | ---: | ---: | ---: | ---: |"]
    decidable = [pair.decidable for pair in part("tuning")]
    for name, values in LIMITS.items():
        chosen = getattr(matching, name)
        for value in values:
            got = _score_with(name, value, chosen)
            decided = sum(yes and may for (yes, _), may in zip(got, decidable, strict=True))
            taken, wrong = sum(yes for yes, _ in got), sum(yes and not same for yes, same in got)
            mark = "**" if value == chosen else ""
            recall = decided / sum(decidable)
            rows.append(f"| `{name}` | {mark}{value}{mark} | {taken} | {wrong} | {recall:.4f} |")
    return rows


def _score_with(name: str, value: float, chosen: float) -> list[tuple[bool, bool]]:
    """Of each tuning pair, whether it is accepted with another limit, and whether it should be."""
    try:
        _set_limit(name, value)
        return [(accepted.__wrapped__(pair), pair.same) for pair in part("tuning")]
    finally:
        _set_limit(name, chosen)


def _set_limit(name: str, value: float) -> None:
    setattr(matching, name, value)
    matching.title_relation.cache_clear()


def remaining() -> list[str]:
    """The errors as Markdown, wrong acceptances first."""
    wrong = sorted(errors(pairs()), key=lambda pair: (pair.same, pair.split, pair.kind, pair.one.title))
    return [
        f"- {'not accepted' if pair.same else '**wrongly accepted**'} ({pair.split}, {pair.kind}): "
        f"{_print(pair.one)} / {_print(pair.other)}"
        for pair in wrong
    ]


def _print(paper: Paper) -> str:
    authors = ", ".join(paper.authors[:2]) + (" ..." if len(paper.authors) > 2 else "")
    year = f", {paper.year}" if paper.year else ""
    return re.sub(r"([\\`*_\[\]<>|$])", r"\\\1", f"“{paper.title}” ({authors or 'no author'}{year})")


def curves(name: str) -> dict[str, list[tuple[float, float]]]:
    """Points (recall, precision) of three rules over the least title similarity, and the model's own point."""
    steps = [0.5 + n / 100 for n in range(0, 51, 2)]
    chosen = part(name)
    alike = {id(pair): title_similarity(pair.one.title, pair.other.title) for pair in chosen}
    agree = {id(pair): bool(authors_agree(pair.one.authors, pair.other.authors)) for pair in chosen}

    def over(rule: Callable[[Pair, float], bool]) -> list[tuple[float, float]]:
        found = [score(chosen, lambda pair, at=at: rule(pair, at)) for at in steps]  # type: ignore[misc]
        return [(got.recall, got.precision) for got in found]

    model = score(chosen)
    return {
        "title alone": over(lambda pair, at: alike[id(pair)] >= at),
        "title and an author": over(lambda pair, at: alike[id(pair)] >= at and agree[id(pair)]),
        "the model": [(model.recall, model.precision)],
    }


def draw(path: Path) -> None:
    """Draw the curves of the test part; the same bytes whenever the figures are the same."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update({"svg.hashsalt": "paperlist", "svg.fonttype": "none", "font.family": "sans-serif"})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 4.2))
    for (label, points), style in zip(curves("test").items(), ("o--", "s-", "D"), strict=True):
        axes.plot(*zip(*points, strict=True), style, label=label, markersize=9 if style == "D" else 4)
    axes.axhline(BAR_BOUND, linewidth=0.8, color="grey", linestyle=":")
    axes.set(xlabel="recall of the decidable positives", ylabel="precision", title="Test part of the pairs")
    axes.legend(loc="lower left")
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


def document(text: str, **more: list[str]) -> str:
    """docs/matching.md with the generated parts renewed: figures, table and errors, and those in `more`."""
    for name, lines in {"figures": summary(), "table": table(), "errors": remaining(), **more}.items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
        before, _, rest = text.partition(begin)
        text = before + begin + "\n".join(lines) + "\n" + end + rest.partition(end)[2]
    return text


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures; with `--write` renew the document and the plot."""
    parser = argparse.ArgumentParser(description="Precision and recall of the title search's judgement.")
    parser.add_argument("--write", action="store_true", help="renew docs/matching.md and docs/matching.svg")
    if parser.parse_args(arguments).write:
        draw(PLOT)
        text = document(DOCUMENT.read_text(encoding="utf-8"), tried=tried())
        DOCUMENT.write_text(text, encoding="utf-8")
    print("\n".join([*summary(), "", *table(), "", "Remaining errors:", *remaining()]))


if __name__ == "__main__":
    main()
