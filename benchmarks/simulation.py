"""What the pipeline makes of thousands of generated papers whose truth is known, hazard by hazard.

`python -m benchmarks.simulation [PAPERS] [--seed N] [--worlds healthy default] [--show] [--write]` generates papers
(`benchmarks._hazards`, `benchmarks._disputed`), writes them as lists in several layouts, runs the real command `refresh` against the test
server that serves them, and holds dataset and regenerated lists against the truth:

- *wrong identifiers*: one that belongs to another paper,
- *wrong venues*: decided, and not where (or when) the paper was published,
- *wrong rewrites*: an entry of the regenerated list that was changed and is not right now,
- *wrong counts*: a citation count that fell because one source's did, the next night (one list is run again),
- *decided*: of the papers published at a venue.

In the `healthy` world all sources answer; in the `default` one nobody has a key: Semantic Scholar answers 429,
OpenReview refuses guests, DBLP is asked by SPARQL. `--show` prints every wrong one with its evidence; `--write`
renews docs/simulation.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks._cases import cases  # noqa: E402 (the repository is no installed package here)
from benchmarks._simulated import Listed, Maker, Truth, next_night, world_of  # noqa: E402
from pipeline.identifiers import canonical, parse_reference, read_url, siblings  # noqa: E402
from pipeline.reader import read_list  # noqa: E402
from pipeline.venues import understand  # noqa: E402
from tests.apiserver import ApiServer, SemanticScholar, World  # noqa: E402

PAGE = ROOT / "docs" / "simulation.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
WORLDS = ("healthy", "default")
COUNTED = "counts fall"
"""The hazard that shows on the second night."""
PER_LIST = 250


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong, and what it rests on."""

    kind: str
    hazard: str
    text: str


@dataclass(slots=True)
class Tally:
    """The figures of one hazard in one world."""

    entries: int = 0
    published: int = 0
    decided: int = 0
    wrong: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Outcome:
    """The figures of one world."""

    world: str
    hazards: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    mistakes: list[Mistake] = field(default_factory=list)
    undecided: list[Mistake] = field(default_factory=list)
    requests: dict[str, int] = field(default_factory=dict)
    misread: int = 0

    @property
    def whole(self) -> Tally:
        """All hazards together."""
        total = Tally()
        for tally in self.hazards.values():
            total.entries += tally.entries
            total.published += tally.published
            total.decided += tally.decided
            total.wrong.update(tally.wrong)
        return total

    def judge_counts(self, before: Mapping[str, int], after: Mapping[str, int]) -> None:
        """Note every count that fell by more than half, or that is gone."""
        for paper_id, count in before.items():
            if 2 * after.get(paper_id, 0) < count:
                text = f"{paper_id}: {count} and then {after.get(paper_id)}"
                self.mistakes.append(Mistake("count", COUNTED, text))
                self.hazards[COUNTED].wrong["count"] += 1


@dataclass(frozen=True, slots=True)
class Generated:
    """A world, the lists that name its papers, and which line of which list means which entry."""

    world: World
    lists: Mapping[str, str]
    meant: Mapping[tuple[str, int], Listed]
    later: World
    """The world on the next night, when the list of `again` is run once more."""
    again: str


def generate(papers: int, seed: int) -> Generated:
    """Papers, their world, and lists of them in several layouts."""
    maker = Maker(seed)
    made = cases(maker, papers)
    chunks: dict[str, list[Listed]] = defaultdict(list)
    count = max(len(_LAYOUTS), papers // PER_LIST)
    for number, case in enumerate(made):
        for entry in case.entries:
            layout = (
                maker.rng.randrange(count) if len(case.entries) == 1 or maker.chance(0.5) else number % count
            )
            layout = count if case.later else layout
            if not entry.authors and _LAYOUTS[layout % len(_LAYOUTS)] is _citation:
                layout = 2
            chunks[f"list-{layout}"].append(entry)
    lists: dict[str, str] = {}
    meant: dict[tuple[str, int], Listed] = {}
    for name, entries in chunks.items():
        lines = _list(name, entries)
        lists[name] = "\n".join(line for line, _ in lines) + "\n"
        meant |= {(name, n): entry for n, (_, entry) in enumerate(lines, start=1) if entry}
    world = world_of(made, maker)
    return Generated(world, lists, meant, next_night(world, made), f"list-{count}")


def _list(name: str, entries: Sequence[Listed]) -> list[tuple[str, Listed | None]]:
    """The lines of one list, a section per thirty entries, in the layout of its number."""
    write = _LAYOUTS[int(name.rpartition("-")[2]) % len(_LAYOUTS)]
    lines: list[tuple[str, Listed | None]] = [("# Papers", None), ("", None)]
    for number, entry in enumerate(entries):
        if number % 30 == 0:
            lines += [("", None), (f"## Part {number // 30 + 1}", None), ("", None)]
            if write is _row:
                lines += [("| Title | Authors | Venue | Link |", None), ("| --- | --- | --- | --- |", None)]
        lines.append((write(entry), entry))
    return lines


def _names(entry: Listed) -> str:
    return ", ".join(entry.authors) + (" et al." if entry.et_al and entry.authors else "")


def _when(entry: Listed, between: str = " ") -> str:
    return between.join(str(part) for part in (entry.venue, entry.year) if part)


def _bold(entry: Listed) -> str:
    people = f" *{_names(entry)}.*" if entry.authors else ""
    when = f" {_when(entry)}." if _when(entry) else ""
    return f"1. **{entry.title}**.{people}{when}" + (f" [[Paper]({entry.url})]" if entry.url else "")


def _linked(entry: Listed) -> str:
    title = f"[{entry.title}]({entry.url})" if entry.url else f"**{entry.title}**"
    parts = [title, _names(entry), f"*{_when(entry, ', ')}*" if _when(entry) else ""]
    return "- " + ", ".join(part for part in parts if part) + "."


def _quoted(entry: Listed) -> str:
    parts = [f'"{entry.title}"', _names(entry), _when(entry, ", ")]
    return (
        "- " + ", ".join(part for part in parts if part) + (f" [[paper]]({entry.url})" if entry.url else "")
    )


def _row(entry: Listed) -> str:
    link = f"[paper]({entry.url})" if entry.url else ""
    return f"| {entry.title} | {_names(entry)} | {_when(entry)} | {link} |"


def _citation(entry: Listed) -> str:
    when = f", {_when(entry, ', ')}" if _when(entry) else ""
    return f"- {_names(entry)}: **{entry.title}**{when}." + (f" [[Paper]({entry.url})]" if entry.url else "")


_LAYOUTS = (_bold, _linked, _quoted, _row, _citation)


def run(generated: Generated, world: str, folder: Path, *, keyless: int = 0) -> Outcome:
    """Run the command in one world; what it made of the lists."""
    scholar = SemanticScholar(keyless=keyless)
    with ApiServer(generated.world, separate=True, semanticscholar=scholar) as server:
        prepare(generated, folder, server.settings_yaml(timeout=60.0))
        known = server.environment() if world == "healthy" else {}
        refresh(folder, known)
        outcome = compare(generated, world, folder / "data" / "enriched")
        outcome.requests = dict(Counter(row.api for row in server.requests(login=False)))
        before = _counts(folder, generated.again)
        server.world = generated.later
        (folder / "paperlist.yaml").write_text(server.settings_yaml(timeout=60.0, max_age="0d"), "utf-8")
        (folder / ".cache" / "paperlist" / "http.sqlite").unlink()
        refresh(folder, known, generated.again)
        outcome.judge_counts(before, _counts(folder, generated.again))
    return outcome


def _counts(folder: Path, name: str) -> dict[str, int]:
    """Paper id -> citation count, as a list's dataset says."""
    papers = _jsonl(folder / "data" / "enriched" / name / "papers.jsonl")
    return {row["paper_id"]: row["citation_count"] for row in papers if "citation_count" in row}


def prepare(generated: Generated, folder: Path, settings: str = "") -> None:
    """Write the lists and the settings into a folder."""
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    for name, text in generated.lists.items():
        (raw / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "paperlist.yaml").write_text(settings, encoding="utf-8")


def refresh(folder: Path, given: Mapping[str, str], *arguments: str) -> None:
    """The command in a clean environment, with what is given. Raises RuntimeError where it fails."""
    prefixes = ("PAPERLIST_", "S2_", "OPENREVIEW_", "OPENALEX_")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(prefixes)}
    environment = {**clean, "PYTHONPATH": str(ROOT), "HOME": str(folder), **given}
    command = [sys.executable, "-m", "pipeline", "refresh", "-q", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"refresh ended with {done.returncode}: {done.stderr[-2000:]}")


def compare(generated: Generated, world: str, enriched: Path) -> Outcome:
    """Hold what stands in the output folder against the truth."""
    outcome, owners = Outcome(world), _owners(generated)
    for name, text in generated.lists.items():
        entries = {row["entry_id"]: row for row in _jsonl(enriched / name / "entries.jsonl")}
        papers = {key: row for row in _jsonl(enriched / name / "papers.jsonl") for key in row["entry_ids"]}
        new = (enriched / name / f"{name}.md").read_text(encoding="utf-8")
        said = _read(new)
        old_lines, new_lines = text.split("\n"), new.split("\n")
        read = {row["first_line"]: key for key, row in entries.items()}
        for (listed_in, line), listed in generated.meant.items():
            if listed_in != name:
                continue
            key = read.get(line)
            outcome.misread += key is None or _is_misread(entries[key], listed)
            changed = (
                (said.get(line), new_lines[line - 1]) if old_lines[line - 1] != new_lines[line - 1] else None
            )
            _judge(outcome, owners, listed, old_lines[line - 1], papers.get(key or ""), changed)
    return outcome


def _is_misread(entry: Mapping[str, Any], listed: Listed) -> bool:
    """Whether the reader saw another title than was written, or people where there were none, or none of them."""
    return entry.get("title") != listed.title or bool(entry.get("authors")) != bool(listed.authors)


def _jsonl(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "entry_id" in row or "entry_ids" in row:
            yield row


def _read(text: str) -> dict[int, tuple[str, int | None]]:
    """Line -> venue and year as the reader sees them."""
    parsed = read_list(text.encode(), name="list", path="list.md")
    return {entry.first_line: (entry.venue_text or "", entry.year) for entry in parsed.entries}


Owners = Mapping[str, frozenset[str]]
"""Identifier -> ids of the works that bear it."""


def _owners(generated: Generated) -> Owners:
    owners: dict[str, set[str]] = defaultdict(set)
    for number, work in enumerate(generated.world.works, start=1):
        names = [f"openalex:W{4000000000 + number}", *(f"openreview:{note.id}" for note in work.notes)]
        found = [parse_reference(name) or canonical(*name.split(":", 1)) for name in names]
        pairs = [
            ("arxiv", work.arxiv and work.arxiv.id),
            ("doi", work.doi),
            ("acl", work.acl and work.acl.id),
        ]
        if work.s2:
            pairs += [("s2", work.s2.paper_id), ("corpusid", str(work.s2.corpus_id))]
        pairs += [("dblp", record.key) for record in work.dblp]
        found += [canonical(scheme, value) for scheme, value in pairs if value]
        pages = [page for record in work.dblp for page in record.documents]
        found += [i for page in pages for i in read_url(page).identifiers]
        for identifier in [i for i in found if i]:
            for one in (identifier, *siblings(identifier)):
                owners[str(one)].add(work.id)
    return {name: frozenset(ids) for name, ids in owners.items()}


def _judge(
    outcome: Outcome,
    owners: Owners,
    listed: Listed,
    line: str,
    paper: dict[str, Any] | None,
    changed: tuple[tuple[str, int | None] | None, str] | None,
) -> None:
    """Count one entry, and note what is wrong about it."""
    truth = listed.truth
    tally = outcome.hazards[truth.hazard]
    tally.entries += 1
    tally.published += truth.venue is not None
    found = list(_mistakes(owners, truth, line, paper, changed))
    outcome.mistakes += found
    tally.wrong.update(mistake.kind for mistake in found)
    if truth.venue is None:
        return
    if paper and paper.get("decided"):
        tally.decided += not any(mistake.kind == "venue" for mistake in found)
    else:
        why = _evidence(paper) if paper else "not read"
        outcome.undecided.append(
            Mistake("undecided", truth.hazard, f"{truth.venue} {truth.year} | {line}\n{why}")
        )


def _mistakes(
    owners: Owners,
    truth: Truth,
    line: str,
    paper: dict[str, Any] | None,
    changed: tuple[tuple[str, int | None] | None, str] | None,
) -> Iterator[Mistake]:
    about = f"{truth.venue} {sorted(truth.years)} | {line}"
    why = _evidence(paper) if paper else ""
    named = paper.get("identifiers", ()) if paper else ()
    foreign = [name for name in named if (own := owners.get(name)) and own.isdisjoint(truth.works)]
    if foreign:
        yield Mistake("identifier", truth.hazard, f"{' '.join(foreign)} | {about}\n{why}")
    if paper and paper.get("decided") and not _is_right(truth, paper.get("venue_id"), paper.get("year")):
        yield Mistake("venue", truth.hazard, f"{paper.get('venue')} {paper.get('year')} | {about}\n{why}")
    if changed:
        said, text = changed
        reading = understand(said[0], said[1]).venue if said and said[0] else None
        if not _is_right(truth, reading.id if reading else None, said[1] if said else None):
            yield Mistake("rewrite", truth.hazard, f"{about}\n    -> {text}\n{why}")


def _is_right(truth: Truth, venue: str | None, year: int | None) -> bool:
    return truth.venue == venue and (year is None or year in truth.years)


def _evidence(paper: Mapping[str, Any]) -> str:
    said = [
        f"    {e.get('weight', '?')}: {e.get('venue')} {e.get('year')}: {e['text']}"
        for e in paper.get("evidence", ())
    ]
    verdicts = [
        f"    {v.get('venue_status')} {v.get('link_status')} {v.get('notes', '')}"
        for v in paper.get("verdicts", ())
    ]
    names = "    " + " ".join(paper.get("identifiers", ()))
    return "\n".join([names, *said, *verdicts])


KINDS = ("identifier", "venue", "rewrite", "count")


def table(outcomes: Sequence[Outcome]) -> str:
    """The figures per hazard as a Markdown table."""
    heads = ["hazard", "entries", "published"]
    for outcome in outcomes:
        heads += [f"{outcome.world}: decided", *(f"wrong {kind}s" for kind in KINDS)]
    rows = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    names = sorted({name for outcome in outcomes for name in outcome.hazards})
    for name in [*names, "**all**"]:
        tallies = [o.whole if name == "**all**" else o.hazards[name] for o in outcomes]
        row = [name, str(tallies[0].entries), str(tallies[0].published)]
        for tally in tallies:
            share = f"{tally.decided / tally.published:.3f}" if tally.published else ""
            row += [share, *(str(tally.wrong[kind]) for kind in KINDS)]
        rows.append(row)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def requests(outcomes: Sequence[Outcome]) -> str:
    """Requests per source as a Markdown table."""
    names = sorted({name for outcome in outcomes for name in outcome.requests})
    rows = [["requests to", *(o.world for o in outcomes)], ["---", *["---:"] * len(outcomes)]]
    rows += [[name, *(str(o.requests.get(name, 0)) for o in outcomes)] for name in names]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def simulate(papers: int, seed: int, worlds: Iterable[str] = WORLDS, *, keyless: int = 0) -> list[Outcome]:
    """Generate and run in these worlds."""
    generated = generate(papers, seed)
    outcomes = []
    for world in worlds:
        with tempfile.TemporaryDirectory() as folder:
            outcomes.append(run(generated, world, Path(folder), keyless=keyless))
    return outcomes


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("papers", type=int, nargs="?", default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=WORLDS)
    parser.add_argument(
        "--keyless", type=int, default=0, help="Semantic Scholar answers each N-th request without key"
    )
    parser.add_argument(
        "--show", action="store_true", help="every wrong one, and what is undecided, with evidence"
    )
    parser.add_argument("--write", action="store_true", help="renew docs/simulation.md")
    options = parser.parse_args()
    outcomes = simulate(options.papers, options.seed, options.worlds, keyless=options.keyless)
    for outcome in outcomes:
        for mistake in [*outcome.mistakes, *(outcome.undecided if options.show else ())]:
            print(f"{outcome.world}: {mistake.kind} ({mistake.hazard}): {mistake.text}\n")
        print(f"{outcome.world}: {outcome.misread} entries read otherwise than written")
    figures = f"{table(outcomes)}\n\n{requests(outcomes)}"
    print(f"\n{figures}")
    if options.write:
        text = PAGE.read_text(encoding="utf-8")
        head, tail = text.partition(BEGIN)[0], text.partition(END)[2]
        shown = f"{papers_line(outcomes, options.seed)}\n\n{figures}"
        PAGE.write_text(f"{head}{BEGIN}\n{shown}\n{END}{tail}", encoding="utf-8")


def papers_line(outcomes: Sequence[Outcome], seed: int) -> str:
    """What the tables are about."""
    return f"{outcomes[0].whole.entries} entries, seed {seed}."


if __name__ == "__main__":
    main()
