"""The ways in which lists lay out their entries, one module each.

A layout is a module of this package without a leading underscore that has a `name` and a function
`read(candidate, context)` (see `Layout`). Adding one means adding a file: it is found by itself. Its
`read` gives a draft with a confidence; the reader learns which layouts a list uses and asks those first.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import cast

from pipeline.formats._model import Candidate, Context, EntryDraft, Layout, LinkDraft, TitleSlot
from pipeline.formats._readings import Readings

__all__ = ["Candidate", "Context", "EntryDraft", "Layout", "LinkDraft", "Readings", "TitleSlot", "layouts"]


@cache
def layouts() -> tuple[Layout, ...]:
    """All layouts, by name."""
    found = []
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            layout = importlib.import_module(f"{__name__}.{module.name}")
            if hasattr(layout, "name") and hasattr(layout, "read"):
                found.append(cast(Layout, layout))
    return tuple(sorted(found, key=lambda layout: layout.name))
