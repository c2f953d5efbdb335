"""Which row a name spells: in full, glued, by the words that tell it apart, or abbreviated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

from pipeline.venues.table import Row, Spelled, is_dated, load_table, row_of, spec_of, spelling_until
from pipeline.venues.words import RIVALS, STOP_WORDS, TOKEN, core_of, core_words


class Alias(NamedTuple):
    """One spelling of a row, and how far it may be trusted."""

    row: Row
    spelling: str
    weak: bool = False
    """An everyday phrase ("Machine Learning"): means the venue only where it is the whole text."""
    exact: bool = False
    """Only in exactly this case, or in capitals."""
    dated: bool = False
    """Only beside a year."""
    quiet: bool = False
    """Only beside "workshop" or "@"."""
    until: int | None = None
    """Not how the venue is called after this year (0: never was); None: a fine spelling."""


_MARKERS: Final = frozenset(
    "conference symposium workshop workshops meeting transactions journal letters magazine congress annals"
    " proceedings chapter trans proc conf advances notices bulletin summit colloquium".split()
)
"""Words that make a phrase the name of a venue and nothing else."""
_NAMED: Final = frozenset({"conference", "workshop", "preprint"})
_KINDS_OF_TEXT: Final = frozenset({"repository", "report", "book", "thesis", "other"})
"""Never meant where they are only mentioned: "CVPR, from Google"."""


@cache
def _alias(spelled: Spelled) -> Alias:
    """How far a spelling may be trusted."""
    row, spec, role = row_of(spelled.venue_id), spec_of(spelled.venue_id), spelled.role
    if role == "acronym":
        weak = (
            row.venue.kind not in _NAMED and not is_acronym(spec.acronym) or row.venue.kind in _KINDS_OF_TEXT
        )
        dated = is_dated(spec)
        exact = dated or "exact" in spec.flags or len(spec.acronym) < 4
        return Alias(row, spec.acronym, weak, exact, dated, spec.quiet)
    if role == "year":
        return Alias(row, spelled.text, exact=True, dated=True)
    text, last = spelling_until(spelled.text) if role == "odd" else (spelled.text, None)
    named = spec.acronym.lower() in text.lower().split()
    weak = _is_weak(text) and not named and "strong" not in spec.flags
    return Alias(row, text, weak or row.venue.kind in _KINDS_OF_TEXT, until=last)


def is_acronym(text: str) -> bool:
    """Whether a spelling is an acronym: short, or of words each with several capitals."""
    words = text.split()
    short = len(words) == 1 or len(text) < 9 or all(sum(c.isupper() for c in word) > 1 for word in words)
    return short and sum(c.isupper() for c in text) > 1


def _is_weak(text: str) -> bool:
    return not is_acronym(text) and _MARKERS.isdisjoint(text.lower().replace(",", " ").split())


_LEAST_THEME: Final = 4
"""Words that a name must have without its "Conference on" to be known by them."""


@dataclass(slots=True)
class Forms:
    """The spellings under the forms that only the thorough way looks up."""

    glued: dict[str, list[Spelled]] = field(default_factory=lambda: defaultdict(list))
    """Two or three words without the spaces: `acmmm`."""
    cores: dict[str, list[Spelled]] = field(default_factory=lambda: defaultdict(list))
    telling: set[str] = field(default_factory=set)
    """Words without one of which no piece of a text holds a venue: acronyms, and words that venues are made of."""
    initials: dict[str, list[tuple[list[str], list[Spelled]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    themes: dict[str, list[Spelled]] = field(default_factory=lambda: defaultdict(list))
    """Names without their "Conference on", long enough to be nothing else: how proceedings are titled."""


@cache
def spelling_forms() -> Forms:
    """File all spellings; what is an everyday phrase without its "Proceedings of" is not shortened to that."""
    forms = Forms(telling=set(_MARKERS))
    for key, spelled in load_table().words.items():
        words = key.split()
        if len(words) < 2:
            forms.telling.add(key)
            continue
        if len(words) < 4 and len(key) > 5:
            forms.glued["".join(words)] += spelled
        core = core_words(words)
        if len(core) > 1 and not (_MARKERS.isdisjoint(core) and not _MARKERS.isdisjoint(words)):
            forms.cores[" ".join(core)] += spelled
            if len(core) > _LEAST_THEME and core[0] in _MARKERS:
                forms.themes[" ".join(core[1:])] += spelled
            forms.initials["".join([word[0] for word in core])].append((core, spelled))
    return forms


def _has_acronym(text: str) -> bool:
    """Whether a word beside the sponsors is an acronym: such names are not abbreviated further."""
    return any(
        sum(c.isupper() or c.isdigit() for c in word) > 1 and word.lower() not in STOP_WORDS
        for word in TOKEN.findall(text)
    )


class Context(NamedTuple):
    """What the text around a piece allows."""

    dated: bool
    workshop: bool


def find_alias(words: list[str], context: Context, *, by_core: bool = True) -> Alias | None:
    """The one row that these words spell, in full, glued, by their core or abbreviated."""
    lower = [word.lower() for word in words]
    if found := choose(load_table().words.get(" ".join(lower), ()), words, context):
        return found
    if len(words) < 4 and (found := choose(spelling_forms().glued.get("".join(lower), ()), words, context)):
        return found
    if not by_core or len(words) < 2:
        return None
    core, sponsors = core_of(lower)
    fitting = [
        spelled for spelled in spelling_forms().cores.get(" ".join(core), ()) if _has_core(spelled, sponsors)
    ]
    found = choose(_of_sponsor(fitting, sponsors), words, context) or _abbreviated(core, sponsors)
    return found or _theme(core, words, context)


def _theme(core: list[str], words: Sequence[str], context: Context) -> Alias | None:
    """The row whose proceedings these words entitle: "Tools and Algorithms for the Construction ..."."""
    named = spelling_forms().themes.get(" ".join(core), ())
    others = {one.venue_id for one in spelling_forms().cores.get(" ".join(core), ())}
    if others - {one.venue_id for one in named}:
        return None
    clear = [one for one in named if not ("full" in spec_of(one.venue_id).flags or _has_acronym(one.text))]
    found = choose(clear, words, context)
    return found._replace(weak="strong" not in spec_of(found.row.venue.id).flags) if found else None


def choose(spelled: Iterable[Spelled], words: Sequence[str], context: Context) -> Alias | None:
    """The one row that these spellings mean where `words` stand in the text; None where they mean several."""
    fitting = [alias for alias in map(_alias, spelled) if _fits(alias, words, context)]
    if len({alias.row.venue.id for alias in fitting}) != 1:
        return None
    return min(fitting, key=lambda alias: alias.until is not None)


def _fits(alias: Alias, words: Sequence[str], context: Context) -> bool:
    if alias.dated and not context.dated or alias.quiet and not context.workshop:
        return False
    if not alias.exact:
        return True
    spelled = "".join(words)
    return spelled.isupper() or spelled == "".join(TOKEN.findall(alias.spelling.replace("&", " and ")))


def _has_core(spelled: Spelled, sponsors: frozenset[str]) -> bool:
    alias = _alias(spelled)
    clear = not (alias.weak or alias.exact or "full" in spec_of(spelled.venue_id).flags)
    return clear and _same_sponsor(spelled, sponsors)


def _same_sponsor(spelled: Spelled, sponsors: frozenset[str]) -> bool:
    own = _sponsors(spelled)
    return not (own and sponsors and own.isdisjoint(sponsors))


def _sponsors(spelled: Spelled) -> frozenset[str]:
    return RIVALS.intersection(spelled.text.lower().replace("/", " ").split())


def _of_sponsor(spelled: list[Spelled], sponsors: frozenset[str]) -> list[Spelled]:
    """Of several venues of one name those of just these sponsors: "J. Sci. Comput." is not SIAM's."""
    return [one for one in spelled if _sponsors(one) == sponsors] or spelled


def _abbreviated(core: list[str], sponsors: frozenset[str]) -> Alias | None:
    """The row whose name these words shorten, as ISO 4 and DBLP do: `J. Mach. Learn. Res.`."""
    if len(core) < 2:
        return None
    found = [
        one
        for full, spelled in spelling_forms().initials.get("".join(word[0] for word in core), ())
        if _shortens(core, full)
        for one in spelled
        if _same_sponsor(one, sponsors) and not _has_acronym(one.text)
    ]
    found = _of_sponsor(found, sponsors)
    return _alias(found[0]) if len({spelled.venue_id for spelled in found}) == 1 else None


def _shortens(short: Sequence[str], full: Sequence[str]) -> bool:
    """Whether each word begins the other's; the same words in full are no abbreviation."""
    return list(short) != list(full) and all(
        long.startswith(word) and (len(word) > 2 or word == long or word == "j")
        for word, long in zip(short, full, strict=True)
    )


_LONGEST_NAME: Final = 50
"""No name has more words, even with "Proceedings of the 1st" and a second name behind an "and"."""
LEFT_WORDS: Final = frozenset(
    "proceedings proceeding proc procs publication in the of at to a an as by for accepted appear appeared appears published presented"
    " conference conf journal paper annual online joint ieee acm cvf rsj usenix springer elsevier aaai track from and"
    " findings finding workshop workshops tutorial tutorials companion adjunct extended abstracts".split()
)
RIGHT_WORDS: Final = frozenset(
    "conference conf proceedings proceeding paper papers journal preprint online track tracks session volume vol part pt"
    " workshop workshops workhop workhops wkshp w ws findings finding fingings tutorial tutorials companion adjunct abstract abstracts"
    " extended camera ready version accepted annual v no pp pages issue article press the of in and at".split()
)
_NUMBERING: Final = frozenset("journal vol volume no pp pages issue article part pt".split())
"""Words of which one must follow an everyday phrase that is a journal: "Machine Learning vol. 3"."""
_HARMLESS: Final = frozenset("in the at to published appeared accepted by".split())
"""Words that may stand before an everyday phrase that is a venue: "In Nature"."""


def match_piece(words: list[str], context: Context) -> Alias | None:
    """The row that a piece spells, words at its edges that belong to no name aside."""
    if not words or len(words) > _LONGEST_NAME:
        return None
    if found := find_alias(words, context) or without_left(words, context):
        return found
    end = len(words)
    while end and words[end - 1].lower() in RIGHT_WORDS:
        end -= 1
        found = (find_alias(words[:end], context) or without_left(words[:end], context)) if end else None
        if found and not (found.weak and _NUMBERING.isdisjoint(map(str.lower, words[end:]))):
            return found
    return None


def without_left(words: list[str], context: Context) -> Alias | None:
    """The row that is left when words that belong to no name go from the left, one by one."""
    harmless = True
    for start, skipped in enumerate(map(str.lower, words[:-1]), 1):
        if skipped not in LEFT_WORDS:
            return None
        harmless = harmless and skipped in _HARMLESS
        found = find_alias(words[start:], context, by_core=False)
        if found and (harmless or not found.weak):
            return found
    return None
