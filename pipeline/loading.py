"""`pipeline.load()`: the dataset as analysts want it in pandas. Loaded by nothing but that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline.export import COLUMNS, uncell
from pipeline.files import load_json
from pipeline.model import Paper
from pipeline.store import Dataset

ABSTRACTS = ("published", "local")
"""Which abstracts may be asked for."""

_DTYPES = {
    "string": "string",
    "integer": "Int64",
    "number": "Float64",
    "date": "string",
    "datetime": "string",
    "boolean": "boolean",
}


_ENRICHED = Path("data/enriched")
"""Where datasets lie, unless the settings say otherwise."""


def load_dataset(path: Path, *, abstracts: str, cache: Path) -> pd.DataFrame:
    """See `pipeline.load`."""
    if abstracts not in ABSTRACTS:
        raise ValueError(f"abstracts={abstracts!r}: must be one of {', '.join(map(repr, ABSTRACTS))}")
    table = _find(path)
    frame = _read_parquet(table) if table.suffix == ".parquet" else _read_csv(table)
    if abstracts == "local":
        _join_local_abstracts(frame, table.parent, cache)
    return frame


def _find(path: Path) -> Path:
    """The table that is meant: a file, the one of a folder, or that of the dataset of this name."""
    named = _ENRICHED / path
    if not path.exists() and len(path.parts) == 1 and named.is_dir():
        path = named
    table = path / "papers.csv" if path.is_dir() else path
    if not table.exists():
        raise FileNotFoundError(f"{table}: no dataset there; run: paperlist refresh")
    return table


def _read_csv(table: Path) -> pd.DataFrame:
    wanted = {c.name: _DTYPES[c.type] for c in COLUMNS}
    try:
        frame = pd.read_csv(
            table, dtype=wanted, keep_default_na=False, na_values={c.name: [""] for c in COLUMNS}
        )
    except ValueError as error:  # also what is no text in UTF-8, no table, or empty
        raise _no_dataset(table, error) from None
    _check_columns(frame, table)
    for column in COLUMNS:
        if column.type == "string":
            frame[column.name] = frame[column.name].map(uncell, na_action="ignore").astype("string")
    return _with_moments(frame)


def _read_parquet(table: Path) -> pd.DataFrame:
    """The same table as from its CSV; its cells were never neutralised."""
    try:
        frame = pd.read_parquet(table)
    except ValueError as error:
        raise _no_dataset(table, error) from None
    _check_columns(frame, table)
    types = {c.name: _DTYPES[c.type] for c in COLUMNS if c.type not in ("date", "datetime")}
    return _with_moments(frame.astype(types))


def _with_moments(frame: pd.DataFrame) -> pd.DataFrame:
    """Dates to the second, in the same unit whatever they were read from."""
    for column in COLUMNS:
        if column.type in ("date", "datetime"):
            moments = pd.to_datetime(frame[column.name], utc=column.type == "datetime")
            frame[column.name] = moments.dt.as_unit("s")
    return frame


def _no_dataset(table: Path, error: ValueError) -> ValueError:
    return ValueError(f"{table}: not a paperlist dataset ({' '.join(str(error).split())})")


def _check_columns(frame: pd.DataFrame, table: Path) -> None:
    if missing := {c.name for c in COLUMNS} - set(frame.columns):
        raise ValueError(f"{table}: not a paperlist dataset, it has no column {min(missing)!r}")


def _join_local_abstracts(frame: pd.DataFrame, folder: Path, cache: Path) -> None:
    texts: dict[str, str] = {}
    for file in sorted((cache / "texts").glob("*.json")):
        for question, text in _texts_by_question(load_json(file)).items():
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
