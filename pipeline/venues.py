"""Which venue a text means: bibliographies, sources and lists spell one conference in a hundred ways.

`understand` reads any such text; the `by_*` functions read the keys of single sources. What is known
about venues is data (`data/venues.yaml`, whose head explains its one-line rows); this module holds only
the grammar of venue texts. It rather says None than guess:

- a name counts only where it fills a whole piece of the text (between commas, colons, brackets), noise
  such as years, ordinals, "Proceedings of the" and sponsors aside; so "International Conference on
  Machine Learning and Applications" is never ICML;
- workshops, Findings, tutorials and companion volumes are rows of their own, made by rule
  (`icml-workshop`, parent `icml`); tracks (Oral, Demo, Industry ...) leave the venue as it is;
- "Submitted to X" is not X, and two unrelated venues in one text are none.
"""

from __future__ import annotations

import difflib
import html
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, NamedTuple, cast

from pipeline.model import Venue, VenueKind
from pipeline.text import lazy

# --- what the module says -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VenueReading:
    """What a text says about publication; what it does not say is None."""

    venue: Venue | None
    """The row it means."""
    year: int | None
    """The venue's year where the text states one."""
    track: str | None
    """`oral`, `demo`, `datasets and benchmarks` ...: a part of the main venue, never another venue."""


class _Row(NamedTuple):
    """One row of venues.yaml."""

    venue: Venue
    shown: str
    """How the venue is written in a list."""
    streams: tuple[str, ...] = ()
    workshop_streams: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """OpenReview groups, before `/YEAR/`."""
    anthology: tuple[str, ...] = ()
    """Venue ids of the ACL Anthology."""
    joint: frozenset[str] = frozenset()
    """Ids of series it was held with: named together, this row is meant."""
    mixed: bool = False
    generic: bool = False
    """The row stands for all workshops of its parent."""
    was: tuple[str, ...] = ()
    """Series and years that were this one: `coling..2024` was LREC-COLING."""


class _Alias(NamedTuple):
    """One spelling of a row, and how far it may be trusted."""

    row: _Row
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


class _Hit(NamedTuple):
    """One venue found in a text, and the numbers of the pieces it fills."""

    alias: _Alias
    first: int
    last: int


class _Understood(NamedTuple):
    """A reading, and whether the venue's name was spelled as it should be until which year."""

    reading: VenueReading
    until: int | None = None


_NOTHING: Final = _Understood(VenueReading(None, None, None))
_LONGEST_TEXT: Final = 600
"""No venue is written longer (three joint conferences with places and dates take 300 characters)."""

# --- venues made by rule ------------------------------------------------------------------------------------------


class _Part(NamedTuple):
    """A publication beside the main proceedings: how its venue is made of the conference's."""

    suffix: str
    kind: VenueKind
    acronym: str
    name: str
    words: re.Pattern[str]


_PARTS: Final = tuple(
    _Part(suffix, cast(VenueKind, kind), acronym, name, lazy(words, re.I))
    for suffix, kind, acronym, name, words in (
        (
            "srw",
            "workshop",
            "{} SRW",
            "Student Research Workshop of the {}",
            r"\bstudent research workshops?\b|\bsrw\b",
        ),
        (
            "workshop",
            "workshop",
            "{} Workshop",
            "Workshops of the {}",
            r"\bwork?shops?\b|\bworskhops?\b|\bwkshps?\b|(?<=[a-z]-)ws?\b",
        ),
        ("findings", "findings", "Findings of {}", "Findings of the {}", r"\bfindings?\b|\bfingings\b"),
        ("tutorial", "other", "{} Tutorial", "Tutorials of the {}", r"\btutorials?\b"),
        (
            "companion",
            "other",
            "{} Companion",
            "Companion of the {}",
            r"\bcompanion\b|\badjunct\b|\bextended abstracts?\b|\blate[- ]breaking\b|\bdoctoral (?:consortium|symposium)\b",
        ),
    )
)
_BY_SUFFIX: Final = {part.suffix: part for part in _PARTS}
_ASSOCIATION: Final = "Association for Computational Linguistics"
_CHAPTERS: Final = frozenset({"acl", "emnlp", "naacl", "eacl", "aacl", "ijcnlp"})
"""The conferences whose Findings are volumes of the "Findings of the Association ..." series."""


@cache
def _derived(venue_id: str, suffix: str) -> Venue:
    """The row of a conference's workshops, Findings ...: a listed one, else made by rule."""
    if listed := _relations().parts.get((venue_id, suffix)):
        return _row(listed).venue
    row, part = _row(venue_id), _BY_SUFFIX[suffix]
    name = part.name.format(row.venue.name)
    if suffix == "findings" and venue_id in _CHAPTERS:
        name = f"Findings of the {_ASSOCIATION}: {row.venue.acronym}"
    return Venue(f"{venue_id}-{suffix}", part.acronym.format(row.shown), name, part.kind, venue_id)


# --- the table ----------------------------------------------------------------------------------------------------

_LISTS: Final = {
    "dblp": "streams",
    "workshops": "workshop_streams",
    "openreview": "groups",
    "acl": "anthology",
    "was": "was",
}
_FLAGS: Final = frozenset({"exact", "full", "mixed", "generic", "strong"})
_KEYS: Final = frozenset({*_LISTS, "parent", "was", "with", "print", "odd", "year", "shared"})
_ROW: Final = re.compile(r"\n(?=[^\s|#])")
_FOLDED_ROW: Final = re.compile(r"\n(?=[^\s|])")
_PLAIN: Final = str.maketrans(
    {chr(c): " " for c in range(33, 127) if not chr(c).isalnum() and chr(c) not in "|="}
)


class _Spelled(NamedTuple):
    """Where a spelling stands in the file: what `_alias` makes an `_Alias` of when it is first needed."""

    venue_id: str
    text: str
    role: str
    """`acronym`, `name`, `odd` or `year`."""


class _Spec(NamedTuple):
    """A row of the file, taken apart."""

    acronym: str
    name: str
    quiet: bool
    given: dict[str, str]
    flags: frozenset[str]


@dataclass(slots=True)
class _Table:
    """The file, read just far enough to look spellings up; rows are taken apart when they are needed."""

    kinds: dict[str, str] = field(default_factory=dict)
    """Id to kind, in the file's order."""
    texts: dict[str, str] = field(default_factory=dict)
    """Id to the text of its row."""
    words: dict[str, list[_Spelled]] = field(default_factory=lambda: defaultdict(list))
    """Lower-case words of a spelling, joined by spaces."""

    def add(self, kind: str, text: str, folded: str) -> None:
        """File one row under all its spellings; `folded` is the row in lower-case words, `|` and `=` kept."""
        venue_id, _, text = text.partition(": ")
        self.kinds[venue_id] = kind
        self.texts[venue_id] = text
        (head, *parts), (head_words, *words) = text.split("|"), folded[len(venue_id) + 2 :].split("|")
        (acronym, _, name), (low_acronym, _, low_name) = head.partition(" = "), head_words.partition("=")
        if "shared=" not in text or acronym not in _shared(text):
            self._spell(low_acronym, _Spelled(venue_id, acronym.strip(" ~"), "acronym"))
        self._spell(low_name, _Spelled(venue_id, name.strip(), "name"))
        if acronym.startswith("~") and "print=" not in text:
            self._spell(
                f"{low_acronym} workshop", _Spelled(venue_id, f"{acronym.strip(' ~')} Workshop", "name")
            )
        for raw, low in zip(parts, words, strict=True):
            if "=" in low:
                self._add_pair(venue_id, raw, low)
            elif (spelling := " ".join(low.split())) not in _FLAGS:
                self.words[spelling].append(_Spelled(venue_id, raw.strip(), "name"))

    def _add_pair(self, venue_id: str, raw: str, low: str) -> None:
        key, _, value = low.partition("=")
        if (key := key.strip()) in ("odd", "year", "print"):
            spelling = _until(value.strip())[0] if key == "odd" else value
            role = "name" if key == "print" else key
            self._spell(spelling, _Spelled(venue_id, raw.partition("=")[2].strip(), role))

    def _spell(self, low: str, spelled: _Spelled) -> None:
        self.words[" ".join(low.split())].append(spelled)


def _shared(text: str) -> list[str]:
    """The acronyms that a row has in common with others."""
    return [
        acronym.strip()
        for part in text.split("|")
        if part.strip().startswith("shared=")
        for acronym in part.partition("=")[2].split(",")
    ]


def _until(text: str) -> tuple[str, int]:
    """An `odd` spelling and the last year in which it was right: `NIPS..2017` (or, folded, `nips  2017`)."""
    match = re.fullmatch(r"(.*?)(?:\.\.|  )(\d{4})\s*", text)
    return (match[1], int(match[2])) if match else (text, 0)


@cache
def _table() -> _Table:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    source = files("pipeline").joinpath("data/venues.yaml").read_text(encoding="utf-8")
    table = _Table()
    for kind, block in cast(dict[str, str], yaml.load(source, Loader=loader)).items():  # noqa: S506 (a safe loader)
        block = re.sub(r"(?m)^\s*# .*\n?", "", block).strip()
        for text, low in zip(_ROW.split(block), _FOLDED_ROW.split(_folded(block)), strict=True):
            table.add(kind, text, low)
    return table


def _folded(block: str) -> str:
    """The block in lower case, without accents and marks but `|` and `=`; ASCII throughout, which is much faster."""
    lines = (line if line.isascii() else _plain_ascii(line) for line in block.split("\n"))
    return "\n".join(lines).replace("&", " and ").translate(_PLAIN).lower()


def _plain_ascii(line: str) -> str:
    return _fold(line).encode("ascii", "replace").decode()


_COMBINING: Final = re.compile("[\u0300-\u036f]")


def _fold(text: str) -> str:
    """The text without accents; one character may become several."""
    if text.isascii():
        return text
    return _COMBINING.sub("", unicodedata.normalize("NFKD", text))


def _take_apart(text: str) -> _Spec:
    head, *parts = (part.strip() for part in text.split("|"))
    acronym, _, name = head.partition(" = ")
    given: dict[str, str] = {}
    flags = set()
    for part in parts:
        key, equals, value = part.partition("=")
        if equals and key in _KEYS:
            given[key] = f"{given[key]},{value}" if key in given else value
        elif part in _FLAGS:
            flags.add(part)
    return _Spec(acronym.lstrip("~"), name, acronym.startswith("~"), given, frozenset(flags))


@cache
def _spec(venue_id: str) -> _Spec:
    return _take_apart(_table().texts[venue_id])


@cache
def _row(venue_id: str) -> _Row:
    """The row of a listed id. Raises KeyError for others."""
    spec, kind = _spec(venue_id), cast(VenueKind, _table().kinds[venue_id])
    venue = Venue(venue_id, spec.acronym, spec.name, kind, spec.given.get("parent"))
    given = {"acl": venue_id} | spec.given if kind == "workshop" else spec.given
    lists: dict[str, Any] = {
        attribute: tuple(filter(None, given.get(key, "").split(","))) for key, attribute in _LISTS.items()
    }
    joint = frozenset(filter(None, given.get("with", "").split(",")))
    shown = given.get("print") or _shown(spec)
    return _Row(
        venue, shown, joint=joint, mixed="mixed" in spec.flags, generic="generic" in spec.flags, **lists
    )


def _shown(spec: _Spec) -> str:
    """An acronym that alone proves nothing is not printed alone."""
    if spec.quiet:
        return f"{spec.acronym} Workshop"
    unclear = _is_dated(spec) or spec.acronym in spec.given.get("shared", "").split(",")
    return spec.name if unclear else spec.acronym


def _is_dated(spec: _Spec) -> bool:
    """Whether the acronym needs a year beside it: `year=`, or two letters without `exact`."""
    short = len(spec.acronym) < 3 and "exact" not in spec.flags
    return short or spec.acronym in spec.given.get("year", "").split(",")


_MARKERS: Final = frozenset(
    "conference symposium workshop workshops meeting transactions journal letters magazine congress annals"
    " proceedings chapter trans proc conf advances notices bulletin summit colloquium".split()
)
"""Words that make a phrase the name of a venue and nothing else."""


_NAMED: Final = frozenset({"conference", "workshop", "preprint"})
_KINDS_OF_TEXT: Final = frozenset({"repository", "report", "book", "thesis", "other"})
"""Never meant where they are only mentioned: "CVPR, from Google"."""


@cache
def _alias(spelled: _Spelled) -> _Alias:
    """How far a spelling may be trusted."""
    row, spec, role = _row(spelled.venue_id), _spec(spelled.venue_id), spelled.role
    if role == "acronym":
        weak = (
            row.venue.kind not in _NAMED and not _is_acronym(spec.acronym) or row.venue.kind in _KINDS_OF_TEXT
        )
        dated = _is_dated(spec)
        exact = dated or "exact" in spec.flags or len(spec.acronym) < 4
        return _Alias(row, spec.acronym, weak, exact, dated, spec.quiet)
    if role == "year":
        return _Alias(row, spelled.text, exact=True, dated=True)
    text, last = _until(spelled.text) if role == "odd" else (spelled.text, None)
    named = spec.acronym.lower() in text.lower().split()
    weak = _is_weak(text) and not named and "strong" not in spec.flags
    return _Alias(row, text, weak or row.venue.kind in _KINDS_OF_TEXT, until=last)


def _is_acronym(text: str) -> bool:
    words = text.split()
    short = len(words) == 1 or len(text) < 9 or all(sum(c.isupper() for c in word) > 1 for word in words)
    return short and sum(c.isupper() for c in text) > 1


def _is_weak(text: str) -> bool:
    return not _is_acronym(text) and _MARKERS.isdisjoint(text.lower().replace(",", " ").split())


_LEAST_THEME: Final = 4
"""Words that a name must have without its "Conference on" to be known by them."""


@dataclass(slots=True)
class _Forms:
    """The spellings under the forms that only the thorough way looks up."""

    glued: dict[str, list[_Spelled]] = field(default_factory=lambda: defaultdict(list))
    """Two or three words without the spaces: `acmmm`."""
    cores: dict[str, list[_Spelled]] = field(default_factory=lambda: defaultdict(list))
    telling: set[str] = field(default_factory=set)
    """Words without one of which no piece of a text holds a venue: acronyms, and words that venues are made of."""
    initials: dict[str, list[tuple[list[str], list[_Spelled]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    themes: dict[str, list[_Spelled]] = field(default_factory=lambda: defaultdict(list))
    """Names without their "Conference on", long enough to be nothing else: how proceedings are titled."""


@cache
def _forms() -> _Forms:
    """File all spellings; what is an everyday phrase without its "Proceedings of" is not shortened to that."""
    forms = _Forms(telling=set(_MARKERS))
    for key, spelled in _table().words.items():
        words = key.split()
        if len(words) < 2:
            forms.telling.add(key)
            continue
        if len(words) < 4 and len(key) > 5:
            forms.glued["".join(words)] += spelled
        core = _core_words(words)
        if len(core) > 1 and not (_MARKERS.isdisjoint(core) and not _MARKERS.isdisjoint(words)):
            forms.cores[" ".join(core)] += spelled
            if len(core) > _LEAST_THEME and core[0] in _MARKERS:
                forms.themes[" ".join(core[1:])] += spelled
            forms.initials["".join([word[0] for word in core])].append((core, spelled))
    return forms


def _has_acronym(text: str) -> bool:
    """Whether a word beside the sponsors is an acronym: such names are not abbreviated further."""
    return any(
        sum(c.isupper() or c.isdigit() for c in word) > 1 and word.lower() not in _STOP
        for word in _TOKEN.findall(text)
    )


@dataclass(slots=True)
class _Keys:
    """The keys by which single sources name venues, to ids."""

    streams: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    anthology: dict[str, str] = field(default_factory=dict)


@cache
def _keys() -> _Keys:
    keys = _Keys()
    for venue_id in _table().kinds:
        row = _row(venue_id)
        keys.streams |= {stream.lower(): venue_id for stream in row.streams}
        keys.streams |= {stream.lower(): f"{venue_id}-workshop" for stream in row.workshop_streams}
        keys.groups |= {group.lower(): venue_id for group in row.groups}
        keys.anthology |= dict.fromkeys(row.anthology, venue_id)
    return keys


@dataclass(slots=True)
class _Relations:
    """What some rows say about others; the few that do are found without taking the rest apart."""

    parts: dict[tuple[str, str], str] = field(default_factory=dict)
    """Conference and suffix to the listed row that stands for all of these."""
    was: dict[tuple[str, int], str] = field(default_factory=dict)
    """Series and year to the series that it was that year."""
    joint: dict[str, frozenset[str]] = field(default_factory=dict)


@cache
def _relations() -> _Relations:
    relations = _Relations()
    for venue_id, text in _table().texts.items():
        if "parent=" not in text and "was=" not in text and "with=" not in text:
            continue
        row = _row(venue_id)
        parent = row.venue.parent
        suffix = "workshop" if row.generic else venue_id.removeprefix(f"{parent}-")
        if parent and suffix in _BY_SUFFIX:
            relations.parts[parent, suffix] = venue_id
        if row.joint:
            relations.joint[venue_id] = row.joint
        relations.was |= {(_until(was)[0], _until(was)[1]): venue_id for was in row.was}
    return relations


# --- words --------------------------------------------------------------------------------------------------------

_TOKEN: Final = re.compile(r"[A-Za-z0-9]+")
_CARDINALS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMERALS: Final = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth twelveth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth sixtieth seventieth"
    f" eightieth ninetieth {_CARDINALS}".split()
)
_ORDINAL: Final = lazy(r"\d+(?:st|nd|rd|th)?|[IVX]*(?:II|VI|IX|XI|XV|XX)[IVX]*", re.I)
_STOP: Final = frozenset(
    "of the on for and in a an at to with from proceedings proceeding proccedings proc procs annual annu biennial"
    " ieee acm cvf rsj rjs siam usenix ifip eurographics sigplan sigsoft sigact sigkdd sigchi sigmod sigarch sigops sigweb"
    " sigcomm sigmobile sigart sigai sigaccess sigsac sigspatial computer_society".split()
)
_INTERNATIONAL: Final = frozenset({"international", "int", "intl"})
_RIVALS: Final = frozenset({"ieee", "acm", "siam", "usenix"})
"""Sponsors that hold conferences of the same name: IEEE's and SIAM's "Conference on Data Mining"."""


def _words(text: str) -> list[str]:
    """The words of a piece of text without numbers and ordinals; `&` is a word."""
    found = _TOKEN.findall(text.replace("&", " and ") if "&" in text else text)
    return [word for word in found if not _is_number(word)]


@lru_cache(maxsize=1 << 13)
def _is_number(word: str) -> bool:
    return (
        word.lower() in _NUMERALS
        or (len(word) > 1 or word.isdigit())
        and _ORDINAL.fullmatch(word) is not None
    )


def _core(words: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """The words that tell series apart, and the rival sponsors among the others; `words` in lower case.

    "International" tells journals apart ("International Journal of X"), not conferences.
    """
    return _core_words(words), _RIVALS.intersection(words)


def _core_words(words: Sequence[str]) -> list[str]:
    kept: list[str] = []
    last = ""
    for position, word in enumerate(words):
        if word in _STOP or word == last:
            continue
        if word in _INTERNATIONAL:
            after = words[position + 1] if position + 1 < len(words) else ""
            if not after.startswith("j") or after == "joint":
                continue
            word = "international"
        if word == "nlp":
            kept += ("natural", "language")
            word = "processing"
        kept.append(word)
        last = word
    return kept


# --- one piece of text --------------------------------------------------------------------------------------------


class _Context(NamedTuple):
    """What the text around a piece allows."""

    dated: bool
    workshop: bool


def _find(words: list[str], context: _Context, *, by_core: bool = True) -> _Alias | None:
    """The one row that these words spell, in full, glued, by their core or abbreviated."""
    lower = [word.lower() for word in words]
    if found := _choose(_table().words.get(" ".join(lower), ()), words, context):
        return found
    if len(words) < 4 and (found := _choose(_forms().glued.get("".join(lower), ()), words, context)):
        return found
    if not by_core or len(words) < 2:
        return None
    core, sponsors = _core(lower)
    fitting = [spelled for spelled in _forms().cores.get(" ".join(core), ()) if _has_core(spelled, sponsors)]
    found = _choose(_of_sponsor(fitting, sponsors), words, context) or _abbreviated(core, sponsors)
    return found or _theme(core, words, context)


def _theme(core: list[str], words: Sequence[str], context: _Context) -> _Alias | None:
    """The row whose proceedings these words entitle: "Tools and Algorithms for the Construction ..."."""
    named = _forms().themes.get(" ".join(core), ())
    others = {one.venue_id for one in _forms().cores.get(" ".join(core), ())}
    if others - {one.venue_id for one in named}:
        return None
    clear = [one for one in named if not ("full" in _spec(one.venue_id).flags or _has_acronym(one.text))]
    found = _choose(clear, words, context)
    return found._replace(weak="strong" not in _spec(found.row.venue.id).flags) if found else None


def _choose(spelled: Iterable[_Spelled], words: Sequence[str], context: _Context) -> _Alias | None:
    fitting = [alias for alias in map(_alias, spelled) if _fits(alias, words, context)]
    if len({alias.row.venue.id for alias in fitting}) != 1:
        return None
    return min(fitting, key=lambda alias: alias.until is not None)


def _fits(alias: _Alias, words: Sequence[str], context: _Context) -> bool:
    if alias.dated and not context.dated or alias.quiet and not context.workshop:
        return False
    if not alias.exact:
        return True
    spelled = "".join(words)
    return spelled.isupper() or spelled == "".join(_TOKEN.findall(alias.spelling.replace("&", " and ")))


def _has_core(spelled: _Spelled, sponsors: frozenset[str]) -> bool:
    alias = _alias(spelled)
    clear = not (alias.weak or alias.exact or "full" in _spec(spelled.venue_id).flags)
    return clear and _same_sponsor(spelled, sponsors)


def _same_sponsor(spelled: _Spelled, sponsors: frozenset[str]) -> bool:
    own = _sponsors(spelled)
    return not (own and sponsors and own.isdisjoint(sponsors))


def _sponsors(spelled: _Spelled) -> frozenset[str]:
    return _RIVALS.intersection(spelled.text.lower().replace("/", " ").split())


def _of_sponsor(spelled: list[_Spelled], sponsors: frozenset[str]) -> list[_Spelled]:
    """Of several venues of one name those of just these sponsors: "J. Sci. Comput." is not SIAM's."""
    return [one for one in spelled if _sponsors(one) == sponsors] or spelled


def _abbreviated(core: list[str], sponsors: frozenset[str]) -> _Alias | None:
    """The row whose name these words shorten, as ISO 4 and DBLP do: `J. Mach. Learn. Res.`."""
    if len(core) < 2:
        return None
    found = [
        one
        for full, spelled in _forms().initials.get("".join(word[0] for word in core), ())
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
_LEFT: Final = frozenset(
    "proceedings proceeding proc procs publication in the of at to a an as by for accepted appear appeared appears published presented"
    " conference conf journal paper annual online joint ieee acm cvf rsj usenix springer elsevier aaai track from and"
    " findings finding workshop workshops tutorial tutorials companion adjunct extended abstracts".split()
)
_RIGHT: Final = frozenset(
    "conference conf proceedings proceeding paper papers journal preprint online track tracks session volume vol part pt"
    " workshop workshops workhop workhops wkshp w ws findings finding fingings tutorial tutorials companion adjunct abstract abstracts"
    " extended camera ready version accepted annual v no pp pages issue article press the of in and at".split()
)
_NUMBERING: Final = frozenset("journal vol volume no pp pages issue article part pt".split())
"""Words of which one must follow an everyday phrase that is a journal: "Machine Learning vol. 3"."""
_HARMLESS: Final = frozenset("in the at to published appeared accepted by".split())
"""Words that may stand before an everyday phrase that is a venue: "In Nature"."""


def _match(words: list[str], context: _Context) -> _Alias | None:
    """The row that a piece spells, words at its edges that belong to no name aside."""
    if not words or len(words) > _LONGEST_NAME:
        return None
    if found := _find(words, context) or _without_left(words, context):
        return found
    end = len(words)
    while end and words[end - 1].lower() in _RIGHT:
        end -= 1
        found = (_find(words[:end], context) or _without_left(words[:end], context)) if end else None
        if found and not (found.weak and _NUMBERING.isdisjoint(map(str.lower, words[end:]))):
            return found
    return None


def _without_left(words: list[str], context: _Context) -> _Alias | None:
    """The row that is left when words that belong to no name go from the left, one by one."""
    harmless = True
    for start, skipped in enumerate(map(str.lower, words[:-1]), 1):
        if skipped not in _LEFT:
            return None
        harmless = harmless and skipped in _HARMLESS
        found = _find(words[start:], context, by_core=False)
        if found and (harmless or not found.weak):
            return found
    return None


# --- the whole text -----------------------------------------------------------------------------------------------

_MARKUP: Final = re.compile(r"<[^<>]*>|\\['\"`^~=.]|\\[a-zA-Z]+|[*`~{}$\\]")
_ARXIV_ID: Final = lazy(
    r"\b(?:arxiv\W{0,2})?(?:\babs[/-])\S+|\barxiv\W{0,2}(?:[a-z-]+(?:\.[A-Z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?\b"
    r"|\b\d{4}\.\d{4,5}(?:v\d+)?\b|\barxiv\W{0,2}25xx\S*",
    re.I,
)
_ARXIV_SIGN: Final = re.compile(r"(?i:arxiv)|\babs[/-]|\d{4}\.\d{4}")
_DASH: Final = re.compile("[\u2010-\u2015\u2212]")
_QUOTES: Final = str.maketrans({"\u2018": "'", "\u2019": "'", "`": "'", "\u00b4": "'", "\u201b": "'"})


def _clean(text: str) -> str:
    """The text without markup, accents and arXiv numbers."""
    if "&" in text and ";" in text:
        text = html.unescape(text)
    text = text.translate(_QUOTES)
    if not text.isascii():
        text = _fold(_DASH.sub("-", text))
    text = _MARKUP.sub("", text).replace("_", " ")
    if _ARXIV_SIGN.search(text):
        text = _ARXIV_ID.sub(" , arXiv, ", text)
    return text.strip(" \t\r\n.,;:-")


_SHORT_YEAR: Final = re.compile(r"(?<=[A-Za-z)\s])'\s?(\d\d)(?!\d)|^'(\d\d)(?=\s)")
_GLUED_YEAR: Final = re.compile(r"(?<=[A-Za-z]{2})(?=(?:19|20)\d\d(?!\d))")
_DASHED_YEAR: Final = re.compile(r"(?<=[A-Z]{3})(?:-(\d\d)(?!\d)|(\d\d)(?=[\s-]|$))")
_YEAR: Final = re.compile(r"(?<![\d./])(?<!\d-)((?:19[5-9]|20[0-4])\d)(?![\d])(?!\s?--?\s?\d{3})")
_LOOSE_YEAR: Final = re.compile(r"[A-Za-z)]\s*\(?(\d\d)\)?$")


def _full_year(digits: str) -> str:
    return ("19" if int(digits) > 50 else "20") + digits


def _spread(text: str) -> str:
    """The text with years spelled out and set apart: `ICML'23`, `ACL2021` and `AAAI-18`."""
    text = _SHORT_YEAR.sub(lambda match: f" {_full_year(match[1] or match[2])} ", text)
    text = _GLUED_YEAR.sub(" ", text)
    if _YEAR.search(text) is None:
        text = _DASHED_YEAR.sub(lambda match: f" {_full_year(match[1] or match[2])}", text)
    return " ".join(text.split())


@lru_cache(maxsize=1 << 16)
def _understand(text: str, year: int | None = None) -> _Understood:
    if len(text) > 2 * _LONGEST_TEXT:
        return _NOTHING
    if found := _direct(text, year):
        return found
    plain = _clean(text)
    if not plain or len(plain) > _LONGEST_TEXT:
        return _NOTHING
    spread = plain if plain.isalpha() else _spread(plain)
    return spread != text and _direct(spread, year) or _read(spread, year)


def _that_year(venue: Venue, year: int | None) -> Venue:
    """The series as which it was held that year: COLING 2024 was LREC-COLING."""
    joint = _relations().was.get((venue.id, year)) if year else None
    return _row(joint).venue if joint else venue


def _direct(text: str, stated: int | None) -> _Understood | None:
    """The quick way, for nine texts in ten: a known spelling, with a year before or after it or without."""
    name, said = _split_year(text)
    words = _TOKEN.findall(name.replace("&", " and ") if "&" in name else name)
    known = _table().words.get(" ".join(words).lower())
    if not known:
        return None
    alias = _choose(known, words, _Context(dated=said is not None or stated is not None, workshop=False))
    if alias is None or "@" in name and "@" not in alias.spelling:
        return None
    return _Understood(VenueReading(_that_year(alias.row.venue, said or stated), said, None), alias.until)


def _split_year(text: str) -> tuple[str, int | None]:
    """The text without a year at its end or its beginning, and that year."""
    bare = text.rstrip(" )].,:;")
    if _is_year(digits := bare[-4:]) and not bare[-5:-4].isdigit():
        return bare[:-4], int(digits)
    bare = text.lstrip(" ([")
    if _is_year(digits := bare[:4]) and not bare[4:5].isalnum():
        return bare[4:], int(digits)
    return text, None


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.isascii() and digits.isdigit() and "1950" <= digits < "2050"


_PUBLISHED_BY: Final = lazy(
    r"\.\s+(?=(?:Springer|Elsevier|IEEE|ACM|AAAI|USENIX|Curran|PMLR|Association for Comp)\b)"
)
_HOST: Final = lazy(
    r"\b(?:held as (?:a )?part of|held in conjunction with|in conjunction with|co-?located with|organi[sz]ed jointly with)\b",
    re.I,
)
"""What follows is where it took place: "TACAS 2021, Held as Part of ... ETAPS 2021"."""
_DENIED: Final = lazy(
    r"\bsubmi(?:tted|ssions?)\b|\bunder review\b|\bin review\b|\bwithdrawn?\b|\breject(?:ed)?\b"
    r"|\b(?:extended|journal|revised|expanded|longer|shorter|preliminary) version of\b|\bin preparation\b",
    re.I,
)
_SERIES: Final = lazy(
    r"\bPMLR\b|\bproceedings of machine learning research\b|\bLNCS\b|\blecture notes in \w+(?: \w+)?\b|\bCEUR(?:-WS)?\b"
    r"|\bCEUR workshop proceedings\b|\b(?:JMLR|journal of machine learning research):? (?:workshop and conference proceedings"
    r"|w&cp|proceedings track)\b|\bCCIS\b|\bLNAI\b|\bcommunications in computer and information science\b|\bOpenReview\.net\b",
    re.I,
)
_VOLUMES: Final = lazy(r"\bfindings of (?:the )?association (?:for|of) computational linguistics\b", re.I)
"""The series of all Findings: whose they are stands beside it."""
_TRACK_NAMES: Final = (
    (r"oral(?: presentation| paper)?s?|orals", "oral"),
    (r"spotlights?(?: presentation| paper| poster)?|spot", "spotlight"),
    (r"poster(?: presentation| paper)?s?", "poster"),
    (r"highlight(?:ed)?(?: paper| poster)?s?", "highlight"),
    (r"notable[- ]top[- ]?[\d.]*%?|top[- ][\d.]+%|top", "notable"),
    (
        r"(?:best|outstanding|distinguished)(?: \w+){0,2} (?:paper|award|candidate)s?(?: \w+){0,3}",
        "best paper",
    ),
    (
        r"(?:(?:area chair|sac|ac|resource|theme|social impact) )?(?:paper )?award|honou?rable mention(?: \w+){0,2}|best paper(?: \w+){0,2}",
        "best paper",
    ),
    (
        r"(?:track on )?datasets? ?(?:and|&|\+) ?benchmarks?(?: track| \(?d ?(?:and|&) ?b\)?)*|d ?& ?b(?: track)?|datasets? track",
        "datasets and benchmarks",
    ),
    (r"(?:system )?demos?(?:nstrations?)?(?: track| papers?)?|system demos?", "demo"),
    (
        r"industr(?:y|ial)(?: track| papers?)?|applied data science(?: and demo)?(?: track)?|ads(?: track)?"
        r"|software engineering in practice|seip",
        "industry",
    ),
    (
        r"(?:software engineering: )?new ideas and emerging (?:results|technologies)(?: track)?|nier",
        "new ideas",
    ),
    (r"software engineering education and training|seet", "education"),
    (r"software engineering in society|seis", "society"),
    (r"(?:main|conference)(?: conference| track| volume)?(?: proceedings| papers?)?(?<!conference)", "main"),
    (r"main conference", "main"),
    (r"(?:long|full|regular)(?: papers?)?(?: track)?|research (?:papers?|track)(?: track)?", "long"),
    (r"short(?: papers?)?(?: track)?", "short"),
    (r"position(?: papers?)?(?: track)?", "position paper"),
    (r"resources?(?: papers?)(?: track)?|resource track", "resource"),
    (r"student abstracts?(?: and poster(?: program)?)?(?: track)?", "student abstract"),
    (r"survey track", "survey"),
    (r"journal track", "journal track"),
    (r"special (?:track|session)(?: on [\w ]+)?|[\w ]{3,30} special track", "special track"),
    (r"social impact track|ai for social (?:good|impact)(?: track)?", "social impact"),
)
_ANY_TRACK: Final = "|".join(f"(?P<t{n}>{p})" for n, (p, _) in enumerate(_TRACK_NAMES))
_TRACK: Final = lazy(_ANY_TRACK, re.I)
_TRACK_END: Final = lazy(rf"(?:(?<=[\s-])|(?<=^))(?:{_ANY_TRACK})$", re.I)
_TRACK_ENDS: Final = frozenset(
    "oral orals presentation presentations paper papers spotlight spotlights spot poster posters highlight highlights"
    " highlighted award awards candidate candidates finalist mention track tracks benchmark benchmarks d&b b demo demos"
    " demonstration demonstrations industry industrial ads main volume proceedings long full regular short position resource"
    " resources program abstract abstracts session top seip nier seet seis".split()
)
"""How a piece ends that may end in a track; the pattern is dear."""
_PIECES: Final = re.compile(r"[,;:()\[\]|<>\"\u201c\u201d]+|\s-+\s|\s/\s")


class _Piece(NamedTuple):
    """One piece of a text: its words without numbers, and the years in it."""

    text: str
    words: list[str]
    years: list[int]
    tracks: tuple[str, ...] = ()
    """Tracks that stand at its end; they count if the rest is a venue."""
    telling: bool = False
    """Whether any of its words can be part of a venue's name: places and dates need no look-up."""


@dataclass(slots=True)
class _Scan:
    """What was found in a text so far."""

    context: _Context
    hits: list[_Hit] = field(default_factory=list)
    tracks: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    """Suffixes (`workshop`) that the text gives to its conference other than by the word itself."""
    unknown: int = 0


def _read(text: str, stated: int | None) -> _Understood:
    """The thorough way: piece by piece."""
    years = [int(year) for year in _YEAR.findall(text)]
    if _DENIED.search(text):
        return _Understood(VenueReading(None, _most_common(years), None))
    if (host := _HOST.search(text)) and (
        own := _read(text[: host.start()].rstrip(" ,;("), stated)
    ).reading.venue:
        return own
    text = _SERIES.sub(",", _VOLUMES.sub("Findings,", _PUBLISHED_BY.sub(", ", text)))
    workshop = "@" in text or any(part.words.search(text) for part in _PARTS[:2])
    scan = _Scan(_Context(bool(years or stated) or _LOOSE_YEAR.search(text) is not None, workshop))
    pieces = [piece for part in _PIECES.split(text) if (piece := _piece(part, scan))]
    _scan_pieces(pieces, scan)
    scan.hits = [hit for hit in scan.hits if not _goes_on(hit, pieces, scan.hits)]
    hits = _decide(scan)
    track = scan.tracks[0] if scan.tracks else None
    if not hits:
        return _Understood(VenueReading(None, _most_common(years), track))
    year = _year_of(hits, pieces, years) or _loose_year(text, hits[0].alias.row.venue)
    venue = _with_part(_that_year(hits[0].alias.row.venue, year or stated), hits, text, scan)
    untils = [hit.alias.until for hit in hits]
    until = None if None in untils else max(until for until in untils if until is not None)
    return _Understood(VenueReading(venue, year, track if venue else None), until)


def _most_common(years: Sequence[int]) -> int | None:
    return Counter(years).most_common(1)[0][0] if years else None


def _year_of(hits: Sequence[_Hit], pieces: Sequence[_Piece], years: Sequence[int]) -> int | None:
    """The year beside the venue, else the one that the text names most often."""
    for hit in hits:
        beside = [year for piece in pieces[hit.first : hit.last + 2] for year in piece.years]
        if beside:
            return beside[0]
    return _most_common(years)


def _loose_year(text: str, venue: Venue) -> int | None:
    """A two-digit year after a conference: `EMNLP 18`."""
    match = _LOOSE_YEAR.search(text)
    if match is None or venue.kind not in ("conference", "findings", "workshop"):
        return None
    year = int(_full_year(match[1]))
    return year if 1960 <= year <= 2040 else None


def _piece(text: str, scan: _Scan) -> _Piece | None:
    text = text.strip(" .-'")
    years = [int(year) for year in _YEAR.findall(text)]
    bare = _YEAR.sub(" ", text).strip(" .-'") if years else text
    bare = " ".join(_PARTS[0].words.sub(" ", bare).split()).strip(" :")
    if not bare:
        return _Piece("", [], years) if years else None
    if match := _TRACK.fullmatch(bare):
        scan.tracks.append(_track_name(match))
        return _Piece("", [], years)
    tracks: tuple[str, ...] = ()
    while (
        (bare.endswith("%") or bare.lower().rpartition(" ")[2].rpartition("-")[2] in _TRACK_ENDS)
        and (match := _TRACK_END.search(bare))
        and match.start()
        and not _find(_words(bare), scan.context)
    ):
        tracks = (_track_name(match), *tracks)
        bare = bare[: match.start()].rstrip(" -")
    return _Piece(bare, words := _words(bare), years, tracks, _is_telling(bare, words))


def _is_telling(text: str, words: list[str]) -> bool:
    split = [part for word in words for part in (word.lower(), word.lower().rstrip("wosb"))]
    return "." in text or not _forms().telling.isdisjoint(split)


def _track_name(match: re.Match[str]) -> str:
    group = next(name for name, value in match.groupdict().items() if value is not None)
    return _TRACK_NAMES[int(group[1:])][1]


_SPAN: Final = 4
"""A name has at most so many pieces ("Conference on Fairness, Accountability, and Transparency" has three)."""


def _scan_pieces(pieces: Sequence[_Piece], scan: _Scan) -> None:
    """Find the venues, longest runs of pieces first."""
    position = 0
    while position < len(pieces):
        if not pieces[position].words:
            position += 1
            continue
        hopeful = position == 0 or pieces[position].telling
        last = _longest(pieces, position, scan) if hopeful else None
        if last is None and not (hopeful and _scan_inside(pieces[position].text, position, scan)):
            scan.unknown += not _is_noise(pieces[position].text)
        else:
            scan.tracks += [
                track for piece in pieces[position : (last or position) + 1] for track in piece.tracks
            ]
        position = position + 1 if last is None else last + 1


def _is_counted(text: str) -> bool:
    """Whether a piece is a meeting of its own: "The Semantic Web - 20th International Conference"."""
    first = text.split(maxsplit=1)[:1]
    return bool(first) and _is_number(first[0])


_PUBLISHERS: Final = frozenset("ieee acm siam usenix aaai springer elsevier press".split())
"""Of these a piece is the end of no name."""


def _longest(pieces: Sequence[_Piece], first: int, scan: _Scan) -> int | None:
    words = [pieces[first].words]
    for piece in pieces[first + 1 : first + _SPAN] if pieces[first].telling or first == 0 else ():
        if piece.words and _PUBLISHERS.issuperset(map(str.lower, piece.words)) or _is_counted(piece.text):
            break
        words.append(words[-1] + piece.words)
    for length in range(len(words), 0, -1):
        if length > 1 and not pieces[first + length - 1].words:
            continue
        alias = _several(words[length - 1], scan) if length > 1 else _match(words[0], scan.context)
        if alias is not None:
            scan.hits.append(_Hit(alias, first, first + length - 1))
            return first + length - 1
    return None


def _several(words: list[str], scan: _Scan) -> _Alias | None:
    return _find(words, scan.context) or _without_left(words, scan.context)


_AT: Final = lazy(r"\s*@\s*|\s+(?:at|in conjunction with|co-?located with|held (?:at|with))\s+", re.I)
_SPLITS: Final = (
    re.compile(r"\.\s+"),
    re.compile(r"\s*[/+]\s*|\s+(?:and|with)\s+"),
    re.compile(r"\s*[/+-]\s*|\s+(?:and|with)\s+"),
)
_SUFFIX: Final = re.compile(r"^([A-Z][A-Za-z]*[A-Z])(w|W|ws|Ws|o|s|b)$")
_SUFFIXES: Final = {"o": "oral", "s": "spotlight", "b": "best paper"}


def _scan_inside(text: str, position: int, scan: _Scan) -> bool:
    """Look into a piece that is no name as a whole: `X@ACL`, `ACL/IJCNLP`, `CVPRW`, `ICML. PMLR`."""
    return any(read(text, position, scan) for read in (_scan_at, _scan_suffix, _scan_split, _scan_mentions))


def _scan_at(text: str, position: int, scan: _Scan) -> bool:
    """A workshop at a conference; `Oral @ ICRA` and `Accepted at ICRA` are the conference itself."""
    left, *rest = _AT.split(text)
    if not rest:
        return False
    own = _match(_words(left), scan.context)
    host = _match(_words(rest[-1]), scan.context)
    if own is not None and own.row.venue.kind in ("workshop", "conference") and not own.weak:
        scan.hits.append(_Hit(own, position, position))
        return own.row.venue.kind == "workshop" or host is not None
    guest = not (_TRACK.fullmatch(left) or all(word.lower() in _LEFT for word in _words(left)))
    if host is None or host.weak or guest and not scan.context.workshop:
        return False
    scan.hits.append(_Hit(host, position, position))
    if guest:
        scan.parts.append("workshop")
    elif match := _TRACK.fullmatch(left):
        scan.tracks.append(_track_name(match))
    return True


def _scan_suffix(text: str, position: int, scan: _Scan) -> bool:
    """`CVPRW` and `NIPSw` are workshops, `CVPRo` is an oral."""
    words = _words(text)
    match = _SUFFIX.match(words[0]) if len(words) == 1 else None
    alias = _find([match[1]], scan.context) if match else None
    if match is None or alias is None or alias.row.venue.kind != "conference" or len(match[1]) < 3:
        return False
    scan.hits.append(_Hit(alias, position, position))
    if match[2] in _SUFFIXES:
        scan.tracks.append(_SUFFIXES[match[2]])
    else:
        scan.parts.append("workshop")
    return True


def _scan_split(text: str, position: int, scan: _Scan) -> bool:
    """Several names in one piece: all must be known, or noise."""
    for pattern in _SPLITS:
        parts = [part for part in pattern.split(text) if _words(part) and not _is_noise(part)]
        if len(parts) == 1 and parts[0] == text:
            continue
        found = [_match(_words(part), scan.context) for part in parts]
        known = [alias for alias in found if alias is not None]
        if known and len(known) == len(found) and not any(alias.weak for alias in known):
            scan.hits += [_Hit(alias, position, position) for alias in known]
            return True
    return False


def _scan_mentions(text: str, position: int, scan: _Scan) -> bool:
    """In a text about a workshop, the acronyms of its conference: `ICLR OSC workshop`."""
    if not (scan.context.workshop and "@" not in text):
        return False
    found = [alias for word in text.split() if (alias := _mentioned(word.strip("'s."), scan.context))]
    scan.hits += [_Hit(alias, position, position) for alias in found]
    if any(alias.row.venue.kind == "conference" for alias in found):
        scan.parts.append("workshop")
    return bool(found)


def _mentioned(word: str, context: _Context) -> _Alias | None:
    if len(word) < 3 or not _is_acronym(word):
        return None
    alias = _find(_words(word), context)
    kinds = ("workshop", "conference")
    return alias if alias is not None and alias.row.venue.kind in kinds and not alias.weak else None


_NOISE: Final = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep"
    " sept oct nov dec vol volume no number issue pp pages page article part pt proceedings online virtual event press springer"
    " elsevier ieee acm wiley international publishing association for computational linguistics curran associates inc ltd"
    " morgan kaufmann aaai usenix isca cham new york berlin heidelberg switzerland ag the of in and usa conference volumes"
    " nature verlag crossref mdpi accepted main figures tables code available arxiv to appear published v e p s".split()
)


def _is_noise(text: str) -> bool:
    """Publishers, months, page numbers: nothing that could make a name mean something else."""
    return all(word.lower() in _NOISE for word in _words(text))


_NO_FIELD: Final = lazy(
    r"\d|\b(?:virtual|online|hybrid|events?|meetings?|tobago|herzegovina|workshops?)\b", re.I
)
"""Signs of a place or a date."""


def _goes_on(hit: _Hit, pieces: Sequence[_Piece], hits: Sequence[_Hit]) -> bool:
    """Whether a name is only the beginning of another's: "Conference on Machine Learning, Optimization, and
    Data Science". Not so where the text names the venue twice, as booktitles do.
    """
    if " " not in hit.alias.spelling or sum(other.alias.row is hit.alias.row for other in hits) > 1:
        return False
    for number in range(hit.last + 1, min(hit.last + 4, len(pieces))):
        text = pieces[number].text
        if not text or _NO_FIELD.search(text) or any(other.first <= number <= other.last for other in hits):
            return False
        if re.search(r"(?:^|\s)(?:and|&)\s", text, re.I):
            return True
    return False


# --- what it comes to -----------------------------------------------------------------------------------------------

_PUBLISHED: Final = frozenset({"conference", "findings", "workshop", "journal"})


def _decide(scan: _Scan) -> list[_Hit]:
    """The hits of the one venue that is meant, or none."""
    hits = _worthiest(scan.hits)
    strong = [hit for hit in hits if not hit.alias.weak]
    if not strong and (scan.unknown or len({hit.alias.row.venue.id for hit in hits}) > 1):
        return []
    hits = strong or hits
    rows = {hit.alias.row.venue.id: hit.alias.row for hit in hits}
    meant = next(iter(rows)) if len(rows) == 1 else _joint(rows)
    return [hit for hit in hits if hit.alias.row.venue.id == meant]


def _worthiest(hits: list[_Hit]) -> list[_Hit]:
    """Published venues before preprint servers, these before companies and kinds of text; a workshop before its host."""
    for kinds in (_PUBLISHED, {"preprint"}):
        if chosen := [hit for hit in hits if hit.alias.row.venue.kind in kinds]:
            parts = [hit for hit in chosen if hit.alias.row.venue.kind in ("workshop", "findings")]
            return parts or chosen
    return hits


def _joint(rows: dict[str, _Row]) -> str | None:
    """Of series held together the one that stands for all: one of them, or the joint meeting's own row."""
    for venue_id, row in rows.items():
        if all(other == venue_id or other in row.joint for other in rows):
            return venue_id
    own = [venue_id for venue_id, joint in _relations().joint.items() if joint == rows.keys()]
    return own[0] if len(own) == 1 else None


def _with_part(venue: Venue, hits: Sequence[_Hit], text: str, scan: _Scan) -> Venue | None:
    """The venue, or its workshops, Findings ... where the text says so outside the venue's own name."""
    part = _part(hits, text, scan)
    if part is None or venue.kind in ("workshop", "findings") or venue.kind not in _PUBLISHED:
        return venue
    return _derived(venue.id, part) if venue.kind == "conference" else None


def _part(hits: Sequence[_Hit], text: str, scan: _Scan) -> str | None:
    own = " ".join(
        dict.fromkeys([hit.alias.spelling for hit in hits] + [hit.alias.row.venue.name for hit in hits])
    )
    for part in _PARTS:
        said, named = part.words.findall(text), part.words.findall(own)
        if len(said) > len(named) or part.suffix in scan.parts:
            return part.suffix
    return None


def understand(text: str, year: int | None = None) -> VenueReading:
    """What a venue text of a list or a source means; never raises, and is None rather than wrong.

    `year` is one that stands beside the text, not in it: it makes a short acronym (`SC`, `PR`) clear, and
    tells that COLING 2024 was LREC-COLING. The reading's year is the text's own.

    >>> reading = understand("Findings of the Association for Computational Linguistics: EMNLP 2023")
    >>> reading.venue.id, reading.year, reading.track
    ('emnlp-findings', 2023, None)
    >>> understand("ICLR'24 Oral").track
    'oral'
    """
    return _understand(text, year).reading


@lru_cache(maxsize=8192)
def kind_of(text: str) -> VenueKind | None:
    """What kind of venue a text names, if any.

    >>> kind_of("NeurIPS 2023"), kind_of("Geoffrey Hinton")
    ('conference', None)
    """
    venue = None if holds_no_venue(text) else understand(text).venue
    return venue.kind if venue else None


def is_published(text: str) -> bool:
    """Whether a text names a venue that publishes papers: no server of preprints."""
    return kind_of(text) in _PUBLISHED


_PLAIN_WORDS: Final = re.compile(r"[A-Z][a-z]+\d*(?: [A-Z][a-z]+\d*){1,3}")


def holds_no_venue(text: str) -> bool:
    """Whether a few plain words cannot name a venue: there is one that no venue's name has, in full or shortened.

    Quick, where `understand` is not: most of what lists write in a venue's place are people.

    >>> holds_no_venue("Geoffrey Hinton"), holds_no_venue("Mach Learn")
    (True, False)
    """
    if _PLAIN_WORDS.fullmatch(text) is None:
        return False
    words = text.lower().split()
    return _LOOSE.isdisjoint(words) and not all(map(_begins_a_word, words))


_LOOSE: Final = _STOP | _LEFT | _RIGHT | _NUMERALS | _INTERNATIONAL
"""Words with which, or between which, `understand` finds more than a name as a whole."""


def _begins_a_word(word: str) -> bool:
    known, bare = _vocabulary(), word.rstrip("0123456789")
    place = bisect_left(known, bare)
    return place < len(known) and known[place].startswith(bare)


@cache
def _vocabulary() -> list[str]:
    """All words of all spellings, and short spellings without their spaces, in order."""
    spellings = _table().words
    return sorted({word for key in spellings for word in (*key.split(), key.replace(" ", ""))})


def is_series(text: str) -> bool:
    """Whether a text names but a series that prints the proceedings of many venues (LNCS, PMLR, CEUR).

    >>> [is_series(text) for text in ("LNCS", "PMLR 235", "ICML")]
    [True, True, False]
    """
    return _SERIES.sub("", text, count=1).strip(" .,:0123456789()") == "" != text.strip()


_NEAR: Final = 60.0
"""Similarity in percent from which a name is worth showing to a person."""


def nearest(text: str, number: int = 3) -> tuple[Venue, ...]:
    """The rows whose spellings come nearest to a text, best first: a hint for people, never an answer.

    >>> [venue.id for venue in nearest("Conference on Empirical Method in Naturel Language Processing", 1)]
    ['emnlp']
    """
    from rapidfuzz import fuzz, process

    spellings = _table().words
    said = " ".join(_TOKEN.findall(_fold(_YEAR.sub(" ", text)))).lower()
    found = process.extract(said, spellings.keys(), scorer=fuzz.ratio, limit=4 * number, score_cutoff=_NEAR)
    found.sort(key=lambda hit: (-hit[1], sorted(hit[0]) != sorted(said)))  # `ICRL` is ICLR rather than ICML
    rows = dict.fromkeys(spelled.venue_id for key, _, _ in found for spelled in spellings[key])
    return tuple(by_id(venue_id) for venue_id in rows)[:number]


# --- rows by key --------------------------------------------------------------------------------------------------


def all_venues() -> tuple[Venue, ...]:
    """Every row of venues.yaml, in the file's order (venues made by rule are not among them)."""
    return tuple(_row(venue_id).venue for venue_id in _table().kinds)


def by_id(venue_id: str) -> Venue:
    """The row of this id, also one made by rule (`icml-workshop`).

    Raises KeyError that names the nearest known id.
    """
    kinds = _table().kinds
    if venue_id in kinds:
        return _row(venue_id).venue
    base, _, suffix = venue_id.rpartition("-")
    if suffix in _BY_SUFFIX and kinds.get(base) == "conference":
        return _derived(base, suffix)
    near = difflib.get_close_matches(venue_id, kinds, 1)
    raise KeyError(f"no venue {venue_id!r} in venues.yaml" + (f"; did you mean {near[0]!r}?" if near else ""))


_NO_STREAMS: Final = frozenset({"journals/corr", "series/lncs", "series/ceur"})


def by_stream(stream: str, label: str | None = None) -> Venue | None:
    """The row of a DBLP stream (`conf/iclr`, or its URL), told apart by the label of the record.

    Without a label it is the series' main venue: whoever asks must know whether the stream also holds
    Findings or workshops (`has_siblings`). A label that is not understood, or that means something
    unrelated, gives None. `journals/corr` says nothing.
    Source of keys and labels: https://dblp.org/rdf/docu/
    """
    key = stream.strip().removesuffix("/").rpartition("streams/")[2].lower()
    venue_id = _keys().streams.get(key)
    series = by_id(venue_id) if venue_id else None
    if label is None or not label.strip():
        return None if key in _NO_STREAMS else series
    if own := _by_bare_label(series, label):
        return own
    meant = understand(label).venue
    if meant is None or meant.kind in ("preprint", "repository", "report"):
        return series if meant is None and series is not None and series.kind == "journal" else None
    related = series is None or family(meant) == family(series) or _are_joint(meant.id, series.id)
    return meant if related or meant.kind == "workshop" else None


def _by_bare_label(series: Venue | None, label: str) -> Venue | None:
    """A label too short to be understood alone (`MM`, `FSE`) means its own stream, volume numbers aside."""
    if series is None or series.id not in _table().kinds:
        return None
    given = _spec(series.id).given
    own = (series.acronym, series.name, *f"{given.get('year', '')},{given.get('shared', '')}".split(","))
    said = re.sub(r"\s*\(\d+\)$", "", label.strip()).casefold()
    return series if said in map(str.casefold, filter(None, own)) else None


_OPENREVIEW: Final = lazy(r"^(?P<group>.+?)/(?P<year>(?:19|20)\d\d)/(?P<rest>.+)$")
_MAIN_GROUP: Final = lazy(
    r"(?i)^(conference|(track/)?datasets_and_benchmarks(_track)?(/round\d)?|(research|ads|applied_data_science)_track(_\w+)?"
    r"|position_paper_track|track/[a-z_]+_track|journal_track|proceedings_track|abcd_track|main_track|track)$"
)


def by_openreview(venueid: str) -> tuple[Venue, int | None] | None:
    """The venue and year of an accepted OpenReview venueid (`ICLR.cc/2025/Conference`), else None.

    Submissions, rejections, withdrawals and imports (`dblp.org/...`) are None, workshops the workshop's
    row; so are conferences that give main papers and Findings the same venueid. Journals have no year.
    The meaning of venueid: https://docs.openreview.net/reference/api-v2/entities/note
    """
    groups = _keys().groups
    if (journal := groups.get(venueid.lower())) and by_id(journal).kind == "journal":
        return by_id(journal), None
    match = _OPENREVIEW.match(venueid)
    venue_id = groups.get(match["group"].lower()) if match else None
    if match is None or venue_id is None:
        return None
    year, rest = int(match["year"]), match["rest"]
    if re.fullmatch(r"(?i)workshop(/[^/]+)?(/(oral|poster|spotlight))?", rest):
        return _derived(venue_id, "workshop"), year
    if rest.lower() in ("tinypapers", "tinypaperstrack") and venue_id == "iclr":
        return by_id("iclr-tiny"), year
    if rest.lower() in ("blogposts", "blogpost", "blogposttrack"):
        return None
    return (by_id(venue_id), year) if _MAIN_GROUP.match(rest) and venue_id not in _CHAPTERS else None


def by_acl(venue_ids: str, booktitle: str | None) -> Venue | None:
    """The row of an ACL Anthology volume: its venue ids joined by commas, and its booktitle.

    The booktitle tells Findings, student workshops, tutorials and demonstrations apart.
    Ids: https://github.com/acl-org/acl-anthology/blob/master/data/json/venues.json
    """
    ids = [part.strip() for part in venue_ids.split(",") if part.strip()]
    named = understand(booktitle).venue if booktitle else None
    if "findings" in ids:
        return named if named is not None and named.kind == "findings" else None
    anthology = _keys().anthology
    rows = {anthology[part]: _row(anthology[part]) for part in ids if part in anthology}
    workshops = [row.venue for row in rows.values() if row.venue.kind == "workshop"]
    if not rows or workshops:
        return workshops[0] if workshops else named if named and named.kind == "workshop" else None
    if named is not None and any(family(named) == family(row.venue) for row in rows.values()):
        return named
    if named is not None and named.id in rows or any(_is_joint_row(named, venue_id) for venue_id in rows):
        return named
    if booktitle and any(part.words.search(booktitle) for part in _PARTS):
        return None
    meant = next(iter(rows)) if len(rows) == 1 else _joint(rows)
    return by_id(meant) if meant else None


def _is_joint_row(venue: Venue | None, venue_id: str) -> bool:
    return venue is not None and _are_joint(venue.id, venue_id)


# --- relations ----------------------------------------------------------------------------------------------------


def family(venue: Venue) -> str:
    """Id of the conference at the top: `acl` for acl, acl-findings and acl-srw."""
    return venue.id if venue.parent is None else family(by_id(venue.parent))


def has_siblings(venue: Venue) -> bool:
    """Whether DBLP's key of the series cannot tell the main proceedings from Findings, companions or workshops."""
    return _row(family(venue)).mixed


def _are_joint(one: str, other: str) -> bool:
    kinds = _table().kinds
    return one in kinds and other in kinds and (other in _row(one).joint or one in _row(other).joint)


def agrees(listed: Venue, decided: Venue) -> bool:
    """Whether a list that names `listed` is right about a paper of `decided`.

    So it is for the same row, for series that were held together (IJCNLP for a paper of ACL-IJCNLP), and
    for "X Workshop" where a workshop of its own name is decided.
    """
    if listed.id == decided.id or _are_joint(listed.id, decided.id):
        return True
    generic = listed.parent is not None and _derived(listed.parent, "workshop") == listed
    return generic and decided.kind == "workshop" and decided.parent in (None, listed.parent)


def is_canonical(text: str, venue: Venue, year: int | None = None) -> bool:
    """Whether the text names the venue as it is called: by acronym, name or another right spelling.

    Case, spacing, tracks and years aside. Former names are right for their time: NIPS until 2017
    (`year`, where the text does not state it).
    """
    reading, until = _understand(text, year)
    if reading.venue is None or reading.venue.id != venue.id:
        return False
    when = reading.year or year
    return until is None or when is not None and when <= until


def print_name(venue: Venue) -> str:
    """How to write the venue in a list: `ICML`, `Findings of EMNLP`, `Computational Linguistics`."""
    return _row(venue.id).shown if venue.id in _table().kinds else venue.acronym
