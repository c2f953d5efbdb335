"""What the links of entries lead to: this work, another paper, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.identifiers import read_url
from pipeline.matching import judge, nearly_titled
from pipeline.merging.likeness import are_most, begin_alike, is_by_all, is_one_title, share_words
from pipeline.merging.work import MILDNESS, Work, is_shaky, led_to, linked_questions, once, with_siblings
from pipeline.model import Entry, Identifier, LinkStatus, Record

LINK_NOTE = "its link "
"""How the note about a link begins that leads to another paper."""
_EMPTY_LINK = re.compile(r"\]\(\s*\)|\]\(#?\)")


def note_links(work: Work, record: Record) -> None:
    """Remember what the links of the entries lead to, per source."""
    if record.title:
        work.behind.setdefault(record.question, {}).setdefault(record.source, record.title)
    for entry in work.entries:
        if record.question in linked_questions(tuple([link.url for link in entry.links])):
            verdict = judge(entry, record)
            if verdict == "unverified" and judge(work.reference, record) == "ok":
                verdict = "ok"  # a nickname here, but the same work is named in full elsewhere
            if record in work.strangers and verdict in ("ok", "retitled"):
                verdict = "retitled" if is_by_all(entry, record) else "wrong_paper"
            said = work.judged.setdefault((entry.entry_id, record.question), {})
            note_verdict(said, record.source, verdict)


def note_verdict(said: dict[str, LinkStatus], source: str, verdict: LinkStatus) -> None:
    """Remember what a source says that a link leads to; of several words of one source the mildest counts."""
    said[source] = min(verdict, said.get(source, verdict), key=MILDNESS.index)


def is_lost(work: Work) -> bool:
    """Whether all that the list writes leads nowhere, or to papers that hardly anything shows to be this one."""
    return once(work, _is_lost)


def _is_lost(work: Work) -> bool:
    nowhere = bool(work.written) and all(i in work.absent or i in work.unsure for i in work.written)
    return nowhere or links_doubtfully(work) or links_nearly(work)


def names_of_others(work: Work) -> set[Identifier]:
    """Of what is written, the names that lead to other papers, and to nothing that can be this one."""
    led: dict[Identifier, set[LinkStatus | None]] = {}
    for (_, question), said in work.judged.items():
        led.setdefault(Identifier.parse(question), set()).add(led_to(question, said))
    wrong = {name for name, statuses in led.items() if "wrong_paper" in statuses}
    right = {name for name, statuses in led.items() if not statuses.isdisjoint(("ok", "retitled"))}
    return (with_siblings(wrong - right) - with_siblings(right)).intersection(work.written) - work.given


def links_doubtfully(work: Work) -> bool:
    """Whether all that speaks for its link being this paper's is that some of the people are the same."""
    led = [status for e in work.entries if (status := link_status(e, work))]
    if work.given or "retitled" not in led or "ok" in led:
        return False
    return not any(is_surely_retitled(e, work) for e in work.entries)


def links_nearly(work: Work) -> bool:
    """Whether what its links lead to has nearly the title of the list, and nobody knows it by just that title."""
    titles = {title for _, q in work.judged for title in work.behind.get(q, {}).values()}
    pairs = [(e.title, title) for e in work.entries if e.title for title in titles]
    near = [pair for pair in pairs if nearly_titled(*pair)]
    if work.given or any(is_one_title(*pair) for pair in pairs if pair not in near):
        return False
    return bool(near) or any(begin_alike(*pair) for pair in pairs)


def is_surely_retitled(entry: Entry, work: Work) -> bool:
    """Whether more than one shared author shows that another title is this paper's later or earlier one.

    People write many papers, and a list may give one the address of another: the old title that a source
    still has, the same authors throughout, or common words in both titles make the difference.
    """
    judged = {question: said for (key, question), said in work.judged.items() if key == entry.entry_id}
    if any("ok" in said.values() for said in judged.values()):
        return True
    titles = [title for question in judged for title in work.behind.get(question, {}).values()]
    known = [r for r in (*work.records, *work.strangers) if r.question in judged]
    if any(is_by_all(entry, r) for r in known):
        return True
    if not any(are_most(entry.authors, r.authors) for r in known):
        return False
    # one name of several, and the words of their field, are common to all papers of a group
    alike = share_words if entry.authors[1:] else begin_alike
    return any(alike(entry.title or "", title) for title in titles)


def link_status(entry: Entry, work: Work) -> LinkStatus | None:
    """What is known about the entry's links; None where nobody was asked about a good one.

    A link that stands at another paper too is good only where somebody says that it leads to this one.
    """
    led = [led_to(q, said) for (entry_id, q), said in work.judged.items() if entry_id == entry.entry_id]
    known = [status for status in led if status]
    readings = [read_url(link.url) for link in entry.links if link.role == "paper"]
    own = {identifier for reading in readings for identifier in reading.identifiers}
    if any(is_shaky(work, identifier) for identifier in own):
        known.append("unverified")
    if known:
        return max(known, key=MILDNESS.index)
    if any(r.identifiers for r in readings):
        return None
    if any(r.problem == "pseudo_doi" for r in readings):
        return "pseudo_doi"
    if not readings:
        return "empty" if _EMPTY_LINK.search(entry.text) else "none"
    return "unverified" if any(r.problem for r in readings) else None


LinkVerdict = tuple[str, LinkStatus | None, Mapping[str, tuple[LinkStatus, str | None]]]
"""Question of a link, what it leads to, and per source its word and the title of the paper behind the link."""


def link_verdicts(entry: Entry, work: Work) -> Iterator[LinkVerdict]:
    """What each link of an entry leads to, for people."""
    for (entry_id, question), said in work.judged.items():
        if entry_id == entry.entry_id:
            titles = work.behind.get(question, {})
            told = {source: (verdict, titles.get(source)) for source, verdict in said.items()}
            yield question, led_to(question, said), told


def notes_about_links(entry: Entry, work: Work) -> tuple[str, ...]:
    """Which link of an entry leads to which other paper, for people."""
    notes = []
    for (entry_id, question), said in work.judged.items():
        if entry_id == entry.entry_id and led_to(question, said) == "wrong_paper":
            titles = work.behind.get(question, {})
            own = titles.get(question.partition(":")[0]) or next(iter(titles.values()), None)
            notes.append(f'{LINK_NOTE}{question} is "{own}"' if own else f"{LINK_NOTE}{question}")
    return tuple(notes)
