"""Which identifiers of a work are published, and which may prove something."""

from __future__ import annotations

from pipeline.deciding import Decision, authority, statement_of_identifier
from pipeline.identifiers import siblings
from pipeline.matching import share_telling_words
from pipeline.merging.likeness import is_sequel, names_of
from pipeline.merging.links import links_doubtfully
from pipeline.merging.strangers import states_publication
from pipeline.merging.weighing import is_sure
from pipeline.merging.work import Work, bears, with_siblings
from pipeline.model import Identifier
from pipeline.venues.rows import by_id, family


def published_names(work: Work) -> list[Identifier]:
    """The names to publish: none that leads to a paper with quite another title and nothing to show that it is this.

    What the list calls for short, or by words of the title, is not quite another title.
    """
    if links_doubtfully(work):
        return []
    titles = {
        name: list(work.behind.get(str(name), {}).values()) for name in work.names if name in work.unsure
    }
    strange = {
        name for name, behind in titles.items() if behind and not any(_is_near(work, t) for t in behind)
    }
    same = {sibling for name in strange for sibling in siblings(name)}
    hidden = strange | same | work.refused | _unconfirmed(work)
    left = [name for name in work.names if name not in hidden]
    return [name for name in left if not _competes(name, work)]


def _unconfirmed(work: Work) -> set[Identifier]:
    """What the list writes, where sources know the paper, or one of its title, and none of them by that.

    A link may be copied from another entry, and the one source that could say so may not answer.
    """
    own = with_siblings(work.written)
    known = any(bears(record, own) for record in work.records)
    return set() if work.given or known or not (work.records or work.elsewhere) else own


def _competes(identifier: Identifier, work: Work) -> bool:
    """Whether a machine alone names an identifier about which nobody answered, and surer sources know better.

    They have another one; or they know the publication, and never heard of this DOI.
    """
    if work.known[identifier].source in ("list", "search") or any(
        r.question == str(identifier) for r in work.records
    ):
        return False
    same = {identifier, *siblings(identifier)}
    rivals = [i for i in work.known if i.scheme == identifier.scheme and i not in same]
    if _is_named_surely(same, work):
        return False
    unheard = identifier.scheme == "doi" and any(states_publication(r) for r in work.records)
    return unheard or any(_is_named_surely({i, *siblings(i)}, work) for i in rivals)


def confirmed(work: Work) -> list[Identifier]:
    """The names that may prove something, but those that no source knows the work by."""
    unknown = _unconfirmed(work)
    return [i for i in work.proven if i not in unknown]


def _is_named_surely(names: set[Identifier], work: Work) -> bool:
    """Whether two sources, or one whose word on it decides, give a work an identifier."""
    if not names.isdisjoint(work.written):
        return True
    by = {r.source for r in work.records if not names.isdisjoint(r.identifiers)}
    return len(by) > 1 or any(authority(source).names == "authoritative" for source in by)


def _is_near(work: Work, title: str) -> bool:
    named = [name for entry in work.entries for name in names_of(entry)]
    if any(is_sequel(name, title) for name in named):
        return False
    return not any(e.title for e in work.entries) or any(share_telling_words(name, title) for name in named)


def is_contradicted(identifier: Identifier, work: Work, decision: Decision) -> bool:
    """An identifier that only machines name, and that proves another series than what is decided."""
    if not decision.decided or decision.venue is None:
        return False
    said = statement_of_identifier(identifier, work.known[identifier])
    if said is None or family(by_id(said.venue or "")) == family(decision.venue):
        return False
    same = {identifier, *siblings(identifier)}
    return not is_sure(identifier, work, [r for r in work.records if same.intersection(r.identifiers)])
