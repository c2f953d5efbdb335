"""All works of a list with what sources say of them, remembered from one round to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from pipeline.merging.collecting import collect
from pipeline.merging.grouping import are_alike, group
from pipeline.merging.work import Answers, Work
from pipeline.model import Entry, Identifier, Record, Resolution


def gather(
    entries: Sequence[Entry],
    resolutions: Sequence[Resolution],
    answers: Answers,
    memory: Memory | None = None,
    titles: Mapping[str, str] | None = None,
) -> list[Work]:
    """All works of a list in list order, with the identifiers and trusted records known so far.

    What was gathered before with the same `memory` is taken from there where nothing else is known by now.
    `titles` are the sources' names for people.
    """
    works = group(entries, resolutions)
    for work in works:
        work.titles = titles or {}
    if memory is None:
        for work in works:
            collect(work, answers)
    else:
        memory.collect(works, answers)
    _settle_claims(works)
    return works


class Memory:
    """Works as they were put together, so that only those of which more is known are looked at again."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], _Kept] = {}

    def collect(self, works: Iterable[Work], answers: Answers) -> None:
        """`collect` for all of these works."""
        heard: dict[tuple[str, str], Sequence[Record] | None] = {}
        listening = {source: _Listening(source, said, heard) for source, said in answers.items()}
        for work in works:
            key = tuple([entry.entry_id for entry in work.entries])
            kept = self._kept.get(key)
            if kept and kept.holds(work, answers):
                kept.give(work)
                continue
            heard.clear()
            collect(work, listening)
            self._kept[key] = _Kept(replace(work), dict(heard), frozenset(answers))
            self._kept[key].give(work)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A work, and the answers that it was put together from, by source and question."""

    work: Work
    heard: Mapping[tuple[str, str], Sequence[Record] | None]
    sources: frozenset[str]

    def holds(self, work: Work, answers: Answers) -> bool:
        """Whether putting a work together now would give the same."""
        if self.sources != answers.keys():
            return False
        if not all(getattr(work, name) == getattr(self.work, name) for name in _ASKED_ABOUT):
            return False
        return all(answers[source].get(question) is said for (source, question), said in self.heard.items())

    def give(self, work: Work) -> None:
        """Fill in what is known; names are copied, for some may be forgotten yet."""
        for name in _PUT_TOGETHER:
            setattr(work, name, getattr(self.work, name))
        work.known, work.derived = dict(self.work.known), dict(self.work.derived)


_ASKED_ABOUT = ("entries", "written", "found", "given", "shared", "titles")
"""What a work is put together from, beside the answers."""
_PUT_TOGETHER = tuple(f.name for f in fields(Work) if f.name not in _ASKED_ABOUT)


class _Listening(Mapping[str, Sequence[Record]]):
    """The answers of one source; notes what was asked for, and what was the first answer to it."""

    def __init__(
        self,
        source: str,
        answers: Mapping[str, Sequence[Record]],
        heard: dict[tuple[str, str], Sequence[Record] | None],
    ) -> None:
        self._source, self._answers, self._heard = source, answers, heard

    def get(self, question: str, default: Any = None) -> Any:
        """The answer, without the exception that an absent one would cost."""
        said = self._answers.get(question)
        self._heard.setdefault((self._source, question), said)
        return default if said is None else said

    def __getitem__(self, question: str) -> Sequence[Record]:
        said = self.get(question)
        if said is None:
            raise KeyError(question)
        return cast("Sequence[Record]", said)

    def __iter__(self) -> Iterator[str]:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)


def _settle_claims(works: Sequence[Work]) -> None:
    """What a source calls one work and the list writes at quite another one is the other one's."""
    owners: dict[Identifier, list[Work]] = {}
    for work in works:
        if work.entries[0].kind == "paper":
            for identifier in work.written:
                owners.setdefault(identifier, []).append(work)
    for work in works:
        for identifier in [i for i in work.known if i not in work.written]:
            if any(
                are_alike(work, owner) is False for owner in owners.get(identifier, ()) if owner is not work
            ):
                work.forget(identifier)
