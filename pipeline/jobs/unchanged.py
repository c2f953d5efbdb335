"""What the last refresh ended with, so that one in which nothing changed reads no list and no dataset.

A refresh depends on the lists, what people decided, the records, the dataset as it stands, the settings,
the program and the time. Where all but the time are the same bytes as at its end, and no answer has passed
its age since, its outcome is the same, and only what it said about the lists is said again. The memory
lies in the cache: losing it costs a second.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pipeline
from pipeline.files import fingerprint, load_json, write_atomic
from pipeline.jobs.options import RunOptions, describe_list, list_name
from pipeline.settings import Settings

_FILE = "unchanged.json"
_MOST = 20
"""Combinations of lists and settings that are remembered."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a refresh ended: what it said about the lists, distinct works per list, whether a source refused."""

    told: tuple[tuple[str, str], ...]
    works: Mapping[str, int]
    unasked: bool


def recall(lists: Sequence[Path], settings: Settings, options: RunOptions, now: datetime) -> Ended | None:
    """How the last refresh of these lists ended, if nothing has changed since; None where it may have."""
    if options.dry_run or options.summary:
        return None
    held = load_json(settings.cache / _FILE).get(_key(lists, settings, options), {})
    try:
        if not datetime.fromisoformat(held["since"]) <= now < datetime.fromisoformat(held["until"]):
            return None
        told = tuple((str(level), str(line)) for level, line in held["told"])
        ended = Ended(told, {str(n): int(c) for n, c in held["works"].items()}, bool(held["unasked"]))
        same = held["word"] == _word(lists, settings)
    except (TypeError, KeyError, ValueError, AttributeError):  # damaged, or of another version
        return None
    return ended if same else None


def remember(
    ended: Ended,
    lists: Sequence[Path],
    settings: Settings,
    options: RunOptions,
    since: datetime,
    until: datetime,
) -> None:
    """Keep how this refresh ended; to be called after the last file was written."""
    held = {
        k: v for k, v in load_json(settings.cache / _FILE).items() if isinstance(v, dict) and "since" in v
    }
    held[_key(lists, settings, options)] = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "word": _word(lists, settings),
        "told": ended.told,
        "works": ended.works,
        "unasked": ended.unasked,
    }
    newest = sorted(held, key=lambda key: str(held[key]["since"]))[-_MOST:]
    text = json.dumps({key: held[key] for key in newest}, sort_keys=True)
    write_atomic(settings.cache / _FILE, text.encode())


def _key(lists: Sequence[Path], settings: Settings, options: RunOptions) -> str:
    """What was asked for, by whom: no secret, only which of them are set."""
    signed = [(name, bool(s.key), bool(s.username), bool(s.password)) for name, s in settings.sources.items()]
    facts = (
        str(Path.cwd()),
        [str(path) for path in lists],
        repr(settings),
        signed,
        options.in_place,
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:20]


def _word(lists: Sequence[Path], settings: Settings) -> str:
    """All that a refresh reads and writes; a journal of answers that were not folded is always news."""
    if any((settings.cache / "journal").glob("*.jsonl")):
        return "news"
    paths = [settings.enriched / "records"]
    for path in lists:
        paths += [place.with_suffix(".yaml") for place in (path, settings.raw / f"{list_name(path)}.md")]
        paths += [*describe_list(path, settings.raw)[1].values(), settings.enriched / list_name(path)]
    return f"{_program()} {fingerprint(paths)}"


def _program() -> str:
    """This program: its files by size and time, and the interpreter."""
    folder = Path(pipeline.__file__).parent
    files = sorted(path for path in folder.rglob("*") if path.suffix != ".pyc" and path.is_file())
    facts = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(repr((pipeline.__version__, sys.version, facts)).encode()).hexdigest()[:20]
