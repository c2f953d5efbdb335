"""paperlist: keep an awesome list of research papers true.

`load()` reads an enriched dataset into pandas; everything else is behind the command `paperlist`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["__version__", "load"]

__version__ = "0.1.0"


def load(
    path: str | Path,
    *,
    abstracts: Literal["published", "local"] = "published",
    cache: str | Path = ".cache/paperlist",
) -> pd.DataFrame:
    """Read an enriched dataset: one row per entry, in list order, typed columns.

    `path` is the dataset's folder (`data/enriched/<list>`), its `papers.csv` or `papers.parquet`, or only the
    name of a list whose dataset lies in `data/enriched`. Years and counts are
    nullable integers, dates are timestamps, text is text; what is not said is `pd.NA`. Cells that were
    neutralised for spreadsheets are as they were. With `abstracts="local"` the abstracts that may not
    be published are joined from `cache`, where this machine has them.

    Raises FileNotFoundError where there is no dataset, ValueError where it is not one, or for other `abstracts`.
    """
    from pipeline.loading import load_dataset

    return load_dataset(Path(path), abstracts=abstracts, cache=Path(cache))
