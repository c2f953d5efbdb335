"""`pipeline.load()`: the dataset as analysts want it in pandas. Loaded by nothing but that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline.export import COLUMNS, uncell
from pipeline.model import Paper
from pipeline.store import Dataset, read_bytes

_DTYPES = {
    "string": "string",
    "integer": "Int64",
    "number": "Float64",
    "date": "string",
    "datetime": "string",
    "boolean": "boolean",
}


def load_dataset(path: Path, *, local: bool, cache: Path) -> pd.DataFrame:
    """See `pipeline.load`."""
    csv = path / "papers.csv" if path.is_dir() else path
    if not csv.exists():
        raise FileNotFoundError(f"{csv}: no dataset there; run: paperlist refresh")
    wanted = {c.name: _DTYPES[c.type] for c in COLUMNS}
    frame = pd.read_csv(csv, dtype=wanted, keep_default_na=False, na_values={c.name: [""] for c in COLUMNS})
    if missing := wanted.keys() - set(frame.columns):
        raise ValueError(f"{csv}: not a paperlist dataset, it has no column {min(missing)!r}")
    for column in COLUMNS:
        if column.type == "string":
            frame[column.name] = frame[column.name].map(uncell, na_action="ignore").astype("string")
        elif column.type == "date":
            frame[column.name] = pd.to_datetime(frame[column.name])
        elif column.type == "datetime":
            frame[column.name] = pd.to_datetime(frame[column.name], utc=True)
    if local:
        _join_local_abstracts(frame, csv.parent, cache)
    return frame


def _join_local_abstracts(frame: pd.DataFrame, folder: Path, cache: Path) -> None:
    texts: dict[str, str] = {}
    for file in sorted((cache / "texts").glob("*.json")):
        for question, text in _texts_by_question(json.loads(read_bytes(file))).items():
            texts.setdefault(question, text)
    papers = Dataset(folder.parent, folder.name).papers()
    known = {
        paper.paper_id: next((texts[q] for q in _questions(paper) if q in texts), None) for paper in papers
    }
    found = frame["paper_id"].map(known).astype("string")
    frame["abstract"] = frame["abstract"].fillna(found)


def _texts_by_question(texts: Mapping[str, str]) -> dict[str, str]:
    """One text per question: the first record's; none of a title search with several candidates."""
    by_question: dict[str, dict[int, str]] = {}
    for key, text in texts.items():
        question, _, rank = key.rpartition("#")
        by_question.setdefault(question, {})[int(rank)] = text
    return {
        question: found[min(found)]
        for question, found in by_question.items()
        if len(found) == 1 or not question.startswith("title:")
    }


def _questions(paper: Paper) -> list[str]:
    origins = [*paper.provenance.values(), *(o for group in paper.also.values() for o in group)]
    return [*map(str, paper.identifiers), *(o.question for o in origins if o.question)]
