"""Write: from entries, resolutions and records to the dataset of one list. Never touches the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline import export
from pipeline.merge import merge
from pipeline.merging.overrides import match_overrides
from pipeline.merging.work import Answers, Work
from pipeline.model import Entry, Paper, Resolution
from pipeline.settings import Override
from pipeline.store import Dataset, dump_jsonl


def build(
    dataset: Dataset,
    entries: Sequence[Entry],
    resolutions: Sequence[Resolution],
    answers: Answers,
    overrides: Sequence[Override],
    titles: Mapping[str, str],
    works: Sequence[Work] | None = None,
) -> tuple[tuple[Paper, ...], dict[str, bytes]]:
    """The list's papers, and the files of its dataset by name. Nothing is written yet.

    `works` are those of `pipeline.merging.gathering.gather`, where they are known already. What was written before gives the state kept for life: paper ids, BibTeX keys, citation history.
    """
    matched, _ = match_overrides(entries, resolutions, overrides)
    history = dataset.path("citations.csv")
    papers = merge(
        entries,
        resolutions,
        answers,
        overrides=matched,
        previous=dataset.papers(),
        titles=titles,
        works=works,
    )
    table = list(export.rows(dataset.name, entries, papers, resolutions))
    files = {
        "papers.jsonl": dump_jsonl(papers),
        "papers.csv": export.papers_csv(table),
        history.name: export.citations_csv(dataset.read(history.name), papers, str(history)),
        "datapackage.json": export.datapackage(dataset.name, papers),
        "references.bib": export.references_bib(papers),
    }
    return papers, files


if __name__ == "__main__":
    import runpy
    import sys

    sys.argv.insert(1, "write")
    runpy.run_module("pipeline", run_name="__main__", alter_sys=True)
