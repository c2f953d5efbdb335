"""`paperlist sources`: which sources there are, and with `--probe` whether each answers now.

A probe is the first thing a real user runs, so each line says what to do next where a source does not
answer. It asks every source about one paper that the source is known to have, all side by side, past the
HTTP cache: an answer from yesterday says nothing about now.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from pipeline.console import Reporter
from pipeline.errors import SourceDown, SourceError, SourceRefused
from pipeline.settings import Settings, SourceSettings
from pipeline.sources import Source, discover

if TYPE_CHECKING:
    from pipeline.session import Session

HEADERS = ("source", "title", "on", "rate", "asked by", "gives", "key")
PATIENCE = 3.0
"""Seconds of waiting that a probe grants a source: enough for a short Retry-After, not for a budget."""

NOT_ASKED = 3


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of asking one source."""

    source: str
    title: str
    seconds: float
    error: SourceError | None = None
    found: str | None = None
    """Title of the known paper as the source gives it."""


def sources(settings: Settings, probe: bool, console: Reporter, *, strict: bool = False) -> int:
    """Print the table of sources, or with `probe` one line for each that is on. Returns the exit status:
    3 where a source did not answer and `strict` is set, else 0.
    """
    if not probe:
        console.table(HEADERS, [_row(cls, settings.sources[name]) for name, cls in discover().items()])
        return 0
    if settings.offline:
        console.result("not asked: --offline keeps the network untouched")
        return NOT_ASKED if strict else 0
    failed = False
    for answer in probe_all(settings, console):
        failed |= answer.error is not None
        console.result(describe(answer, settings.sources[answer.source]))
    return NOT_ASKED if strict and failed else 0


def _row(source: type[Source], settings: SourceSettings) -> tuple[str, ...]:
    enabled = "yes" if settings.enabled else "no"
    return (
        source.name,
        source.title,
        enabled,
        rate(settings.interval),
        ", ".join(source.schemes),
        ", ".join(source.gives),
        _key(settings),
    )


def rate(interval: float) -> str:
    """Seconds between two requests, as people read a limit.

    >>> rate(3.0), rate(1.0), rate(0.1), rate(0.6), rate(0)
    ('1 per 3 s', '1 per s', '10 per s', '1 per 0.6 s', 'no limit')
    """
    if interval <= 0:
        return "no limit"
    per_second = 1 / interval
    if abs(per_second - round(per_second)) < 1e-9:
        return f"{round(per_second)} per s"
    return f"1 per {interval:g} s"


def _key(settings: SourceSettings) -> str:
    if not settings.variables:
        return "none needed"
    names = ", ".join(settings.variables)
    return f"{names}: {'set' if _has_secrets(settings) else 'not set'}"


def _has_secrets(settings: SourceSettings) -> bool:
    return len(settings.secrets) == len(settings.variables)


def probe_all(settings: Settings, console: Reporter) -> Iterator[Probe]:
    """Ask every source that is on, side by side; the answers come in the order of the table."""
    from pipeline.hosts import HOSTS
    from pipeline.session import Session

    asked = [cls for name, cls in discover().items() if settings.sources[name].enabled]
    if not asked:
        console.warn("every source is switched off in the settings")
        return
    with tempfile.TemporaryDirectory(prefix="paperlist-probe-") as folder:
        hosts = settings.cache / HOSTS if settings.cache.is_dir() else None  # no folder is made for a probe
        session = Session(_impatient(settings, Path(folder)), hosts=hosts)
        try:
            with (
                console.progress("asking", total=len(asked), unit="sources") as bar,
                ThreadPoolExecutor(len(asked)) as pool,
            ):
                for answer in pool.map(lambda cls: probe_one(cls, session, settings), asked):
                    bar.advance()
                    yield answer
        finally:
            session.close()


def _impatient(settings: Settings, cache: Path) -> Settings:
    quick = {n: replace(s, patience=min(s.patience, PATIENCE)) for n, s in settings.sources.items()}
    return replace(settings, cache=cache, sources=quick)


def probe_one(source: type[Source], session: Session, settings: Settings) -> Probe:
    """Ask one source about the paper it is known to have."""
    start = monotonic()
    error: SourceError | None = None
    found = None
    try:
        asked = source(session.client(source.name), settings.sources[source.name])
        records = [record for batch in asked.fetch([source.probe]) for record in batch]
        found = next((record.title for record in records if record.found), None)
    except SourceError as failure:
        error = failure
    return Probe(source.name, source.title, monotonic() - start, error, found)


def describe(probe: Probe, settings: SourceSettings) -> str:
    """One line about one source: does it answer, how fast, and what to do if not."""
    name = f"{probe.title:<17}"
    if probe.error is None:
        known = f"knows “{probe.found}”" if probe.found else "but does not find a paper that it should have"
        return f"{name} answers in {probe.seconds:.2f} s, {known}"
    return f"{name} does not answer ({probe.seconds:.2f} s): {probe.error.reason}; {advice(probe.error, settings)}"


def advice(error: SourceError, settings: SourceSettings) -> str:
    """The next step for a person: what the source or session says, else the likeliest."""
    if error.hint:
        return error.hint
    names = " and ".join(settings.variables)
    if isinstance(error, SourceRefused):
        if names and not _has_secrets(settings):
            return f"set {names} to sign in"
        return f"check {names}" if names else "nothing helps for now; the other sources go on without it"
    if isinstance(error, SourceDown) and "429" in error.reason:
        wait = "wait some minutes"
        return f"{wait}, or get a key and set {names}" if names and not _has_secrets(settings) else wait
    return "check the network, or try again later"
