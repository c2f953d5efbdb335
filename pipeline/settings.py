"""What can be set, and where it was set: command line > environment > file > defaults.

This is the only module that reads the environment. It reads these variables, an empty one counting as
not set:

- secrets, which may stand nowhere else: `S2_API_KEY`, `OPENREVIEW_USERNAME`, `OPENREVIEW_PASSWORD`,
  `OPENALEX_API_KEY` (the names are part of data/sources.yaml);
- `PAPERLIST_CONTACT`, `PAPERLIST_CACHE`, `PAPERLIST_RAW`, `PAPERLIST_ENRICHED`, `PAPERLIST_OFFLINE`,
  `PAPERLIST_MAX_REQUESTS`, `PAPERLIST_MAX_TIME` for scheduled jobs. Other variables of that prefix are ignored.

Reading is strict: an unknown key, a key given twice, a value of the wrong kind or an unreadable file is a
`UsageError` with `file:line`. Relative paths count from where the command runs, wherever the file lies.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from pipeline.errors import UsageError
from pipeline.model import Identifier

if TYPE_CHECKING:
    from yaml.nodes import Node

DEFAULT_FILE = "paperlist.yaml"
EDITS = ("venue", "badge")
"""All edits that a list may ask for, by name; everything else is only reported."""

_MAX_FILE_BYTES = 1 << 20
_MAX_DEPTH = 20
"""The C parser of YAML builds nested nodes by recursion without a guard: deep input kills the process."""
_DURATION = re.compile(r"(\d{1,6})\s*(s|m|h|d|w)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_TRUE = frozenset("true yes on 1".split())
_FALSE = frozenset("false no off 0".split())
_SECRET_WORDS = frozenset("key api_key apikey token secret username user password".split())


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """How one source is asked. Secrets are kept out of `repr`.

    `extra` holds further addresses by name (`legacy_url`, `data_url`); `variables` names the
    environment variables that this source's secrets come from, set or not.
    """

    name: str
    url: str
    extra: Mapping[str, str] = field(default_factory=dict)
    interval: float = 1.0
    """Seconds between the starts of two requests to one host."""
    max_age: timedelta = timedelta(days=30)
    """How old an answer may be before it is asked for again; zero means always."""
    timeout: float = 20.0
    """Seconds without a byte after which an answer is given up."""
    connect_timeout: float = 3.0
    """Seconds to reach a host, name look-up included."""
    patience: float = 30.0
    """Seconds of waiting (Retry-After, backoff, failed tries) that one run grants this source in total."""
    enabled: bool = True
    key: str | None = field(default=None, repr=False)
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    variables: tuple[str, ...] = ()

    @property
    def urls(self) -> tuple[str, ...]:
        """All addresses this source may be asked at."""
        return (self.url, *self.extra.values())

    @property
    def secrets(self) -> tuple[str, ...]:
        """All secrets of this source that are set."""
        return tuple(value for value in (self.key, self.username, self.password) if value)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run is told from outside, except which lists to work on."""

    contact: str | None = None
    """A mail address for the User-Agent, as the APIs ask for."""
    cache: Path = Path(".cache/paperlist")
    raw: Path = Path("data/raw")
    enriched: Path = Path("data/enriched")
    sources: Mapping[str, SourceSettings] = field(default_factory=dict)
    edits: tuple[str, ...] = EDITS
    offline: bool = False
    max_requests: int | None = None
    """How many requests one run may send, over all lists and sources; None: as many as it takes."""
    max_time: timedelta | None = None
    """How long one run may ask; None: as long as it takes."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """All secrets of all sources that are set."""
        return tuple(secret for source in self.sources.values() for secret in source.secrets)


@dataclass(frozen=True, slots=True)
class Override:
    """What a person decided about one entry or one work; it survives everything.

    `match` is compared with what `by` names: an entry id, a title (normalised by whoever compares), or
    an identifier as printed. Either `skip` is true, or at least one of the other three is said.
    """

    match: str
    identifiers: tuple[Identifier, ...] = ()
    venue: str | None = None
    year: int | None = None
    skip: bool = False
    by: Literal["entry_id", "title", "identifier"] = "entry_id"
    place: str | None = field(default=None, compare=False)
    """`file:line`, for the report about an override that matches nothing."""


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What people decided about one list: the content of `data/raw/<list>.yaml`."""

    upstream: str | None = None
    """Where the list comes from; printed, never fetched."""
    files: tuple[str, ...] = ()
    """Several files that are one list, relative to the folder of the YAML file, in reading order."""
    file_places: tuple[str, ...] = field(default=(), compare=False)
    """`file:line` of each of them, for the error about one that is not there."""
    edits: tuple[str, ...] | None = None
    """The edits wanted in this list, or None for those of the settings."""
    overrides: tuple[Override, ...] = ()


# Values: text in, checked value out. A ValueError says what was expected.


def _text(text: str) -> str:
    if not text.strip() or any(ord(char) < 32 for char in text):
        raise ValueError("a line of text")
    return text.strip()


def _path(text: str) -> Path:
    return Path(_text(text)).expanduser()


def _flag(text: str) -> bool:
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("true or false")
    return word in _TRUE


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < math.inf:
        raise ValueError("a number of seconds, 0 or more, such as 1.5")
    return seconds


def _positive(text: str) -> float:
    seconds = _seconds(text)
    if not seconds:
        raise ValueError("a number of seconds above 0, such as 20")
    return seconds


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text.strip())
    if not match:
        raise ValueError("a duration such as 30d, 12h or 0d (units s, m, h, d, w)")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _span(text: str) -> timedelta:
    span = _duration(text)
    if not span:
        raise ValueError("a duration above 0, such as 30m")
    return span


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", text.strip(), re.ASCII):
        raise ValueError("a whole number above 0, such as 200")
    return int(text)


def _url(text: str) -> str:
    expected = "an address such as https://api.example.org, without user name, query or fragment"
    try:
        parts = urlsplit(text.strip())
        _ = parts.port
    except ValueError:
        raise ValueError(expected) from None
    clean = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    if not clean or parts.query or parts.fragment or re.search(r"[\s\x00-\x1f\x7f]", text.strip()):
        raise ValueError(expected)
    return text.strip().rstrip("/")


def _contact(text: str) -> str:
    mail = text.strip().removeprefix("mailto:")
    if not re.fullmatch(r"[!-'*-~]+@[!-'*-~]+", mail):
        raise ValueError("a mail address such as you@example.org")
    return mail


def _edit(text: str) -> str:
    if text not in EDITS:
        raise ValueError(f"out of {', '.join(EDITS)}, not {text!r} (everything else is only reported)")
    return text


def _year(text: str) -> int:
    if not re.fullmatch(r"(18|19|20|21)\d\d", text.strip()):
        raise ValueError("a year such as 2023")
    return int(text)


_TOP: Mapping[str, Callable[[str], Any]] = {
    "contact": _contact,
    "cache": _path,
    "raw": _path,
    "enriched": _path,
    "max_requests": _count,
    "max_time": _span,
}
_OUTSIDE: Mapping[str, Callable[[str], Any]] = {**_TOP, "offline": _flag}
_SOURCE: Mapping[str, Callable[[str], Any]] = {
    "url": _url,
    "interval": _seconds,
    "max_age": _duration,
    "timeout": _positive,
    "connect_timeout": _positive,
    "patience": _seconds,
    "enabled": _flag,
}


def _nearest(word: str, known: Iterable[str]) -> str:
    import difflib

    return difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.0)[0]


def _unknown(key: str, known: Iterable[str], where: str, place: str | None) -> UsageError:
    inside = f" in {where}" if where else ""
    hint = f"did you mean {_nearest(key, known)!r}?"
    if key.lower() in _SECRET_WORDS:
        hint += " (secrets come from the environment only)"
    return UsageError(f"unknown key {key!r}{inside}", place=place, hint=hint)


# A YAML file, read as nodes because nodes know their line.


@dataclass(frozen=True, slots=True)
class _File:
    """A YAML file as nodes, and how to complain about one of them."""

    path: Path

    def place(self, node: Node) -> str:
        return f"{self.path}:{node.start_mark.line + 1}"

    def error(self, node: Node, key: str, expected: object) -> UsageError:
        return UsageError(f"{key!r} must be {expected}", place=self.place(node))

    def root(self) -> Node | None:
        """The file's only document, or None for an empty file. Raises UsageError."""
        import yaml

        text = self._read()
        try:
            self._check_depth(text)
            node: Node | None = yaml.compose(text, Loader=_loader())
        except yaml.MarkedYAMLError as error:
            place = f"{self.path}:{error.problem_mark.line + 1}" if error.problem_mark else str(self.path)
            raise UsageError(f"not valid YAML: {error.problem}", place=place) from None
        except (yaml.YAMLError, UnicodeError):
            raise UsageError(
                "not valid YAML: the file is not plain UTF-8 text", place=str(self.path)
            ) from None
        return node

    def _read(self) -> bytes:
        try:
            with self.path.open("rb") as stream:
                text = stream.read(_MAX_FILE_BYTES + 1)
        except OSError as error:
            raise UsageError(f"cannot be read: {error.strerror}", place=str(self.path)) from None
        if len(text) > _MAX_FILE_BYTES:
            raise UsageError("larger than 1 MiB: not a settings file", place=str(self.path))
        return text

    def _check_depth(self, text: bytes) -> None:
        import yaml

        depth = 0
        for event in yaml.parse(text, Loader=_loader()):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > _MAX_DEPTH:
                    line = event.start_mark.line + 1 if event.start_mark else 1
                    raise UsageError(f"nested deeper than {_MAX_DEPTH} levels", place=f"{self.path}:{line}")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1

    def mapping(self, node: Node | None, known: Iterable[str], where: str = "") -> dict[str, Node]:
        """The keys of a mapping and their nodes; keys with nothing after the colon are left out."""
        if node is None or _is_null(node):
            return {}
        if _kind(node) != "mapping":
            what = repr(where) if where else "the file"
            raise UsageError(f"{what} must be a mapping of keys to values", place=self.place(node))
        known = tuple(known)
        names: set[str] = set()
        found: dict[str, Node] = {}
        for key_node, value in node.value:
            key = self._key(key_node, known, where)
            if key in names:
                raise UsageError(f"key {key!r} is given twice", place=self.place(key_node))
            names.add(key)
            if not _is_null(value):
                found[key] = value
        return found

    def _key(self, node: Node, known: Sequence[str], where: str) -> str:
        if _kind(node) != "scalar":
            raise UsageError("a key must be a word", place=self.place(node))
        if node.value not in known:
            raise _unknown(node.value, known, where, self.place(node))
        return str(node.value)

    def items(self, node: Node | None, key: str) -> Sequence[Node]:
        """The nodes of a list."""
        if node is None:
            return ()
        if _kind(node) != "sequence":
            raise self.error(node, key, "a list")
        items: Sequence[Node] = node.value
        return items

    def value(self, node: Node, key: str, convert: Callable[[str], Any]) -> Any:
        """The converted value of one scalar."""
        plain = _kind(node) == "scalar" and node.tag.startswith("tag:yaml.org,2002:") and not _is_null(node)
        if not plain:
            raise self.error(node, key, "one value")
        try:
            return convert(node.value)
        except ValueError as error:
            raise self.error(node, key, error) from None

    def values(self, node: Node | None, key: str, convert: Callable[[str], Any]) -> tuple[Any, ...]:
        """The converted values of a list, each of which may stand there once."""
        found: list[Any] = []
        for item in self.items(node, key):
            value = self.value(item, key, convert)
            if value in found:
                raise UsageError(f"{key!r} names {item.value!r} twice", place=self.place(item))
            found.append(value)
        return tuple(found)


def _loader() -> Any:
    """The safe loader, the C one (ten times as fast) where PyYAML was built with it."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _kind(node: Node) -> str:
    """`scalar`, `sequence` or `mapping`."""
    return str(getattr(node, "id", ""))


def _is_null(node: Node) -> bool:
    return bool(node.tag == "tag:yaml.org,2002:null")


# Settings


@cache
def _defaults() -> tuple[tuple[SourceSettings, Mapping[str, str]], ...]:
    """The sources of data/sources.yaml without secrets, each with its secrets' variables by field."""
    from importlib.resources import files

    import yaml

    text = files("pipeline").joinpath("data/sources.yaml").read_bytes()
    found = []
    for name, row in yaml.load(text, Loader=_loader()).items():  # noqa: S506 (a safe loader)
        variables, extra = row.pop("variables", {}), row.pop("extra", {})
        values = {key: _SOURCE[key](str(value)) for key, value in row.items()}
        source = SourceSettings(name=name, extra=extra, variables=tuple(variables.values()), **values)
        found.append((source, variables))
    return tuple(found)


def defaults() -> Mapping[str, SourceSettings]:
    """The sources as they are asked where nothing is set, without secrets."""
    return {source.name: source for source, _ in _defaults()}


Change = dict[str, Any]
"""New values by field name; those of `sources` are changes by source name."""


def load(config: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """All settings of a run.

    `config` is the file named on the command line, or None for `paperlist.yaml` where that exists.
    `overrides` are the command line's values by dotted key (`enriched`, `offline`, `edits`,
    `sources.arxiv.enabled`); a None among them means that the option was not given. Raises UsageError.
    """
    sources = {source.name: _with_secrets(source, variables) for source, variables in _defaults()}
    path = config if config is not None else Path(DEFAULT_FILE)
    changes: list[Change] = []
    if config is not None or path.exists():
        changes.append(_from_file(_File(path), sources))
    changes += [_from_environment(), _from_overrides(overrides or {}, sources)]
    settings = Settings(sources=sources)
    for change in changes:
        settings = _changed(settings, change)
    return settings


def _changed(settings: Settings, change: Change) -> Settings:
    sources = dict(settings.sources)
    for name, values in change.pop("sources", {}).items():
        extra = {**sources[name].extra, **values.pop("extra", {})}
        sources[name] = replace(sources[name], extra=extra, **values)
    return replace(settings, sources=sources, **change)


def _with_secrets(source: SourceSettings, variables: Mapping[str, str]) -> SourceSettings:
    secrets: Mapping[str, Any] = {name: _secret(variable) for name, variable in variables.items()}
    return replace(source, **secrets)


def _secret(variable: str) -> str | None:
    """A secret of the environment; an unset GitHub secret arrives as an empty string, which is none."""
    value = os.environ.get(variable, "").strip()
    if not value:
        return None
    if not value.isprintable():
        raise UsageError(f"{variable} holds a character that no secret has", hint="set it again")
    return value


def _from_file(file: _File, sources: Mapping[str, SourceSettings]) -> Change:
    found = file.mapping(file.root(), (*_TOP, "sources", "edits"))
    change: Change = {key: file.value(found[key], key, _TOP[key]) for key in _TOP if key in found}
    if "edits" in found:
        change["edits"] = file.values(found["edits"], "edits", _edit)
    blocks = file.mapping(found.get("sources"), sources, "sources")
    change["sources"] = {name: _source_block(file, node, sources[name]) for name, node in blocks.items()}
    return change


def _source_block(file: _File, node: Node, source: SourceSettings) -> Change:
    where = f"sources.{source.name}"
    found = file.mapping(node, (*_SOURCE, *source.extra), where)
    change: Change = {}
    for key, value in found.items():
        _put(change, key, file.value(value, f"{where}.{key}", _SOURCE.get(key, _url)))
    return change


def _put(change: Change, key: str, value: Any) -> None:
    target = change if key in _SOURCE else change.setdefault("extra", {})
    target[key] = value


def _from_environment() -> Change:
    change: Change = {}
    for key, convert in _OUTSIDE.items():
        variable = f"PAPERLIST_{key.upper()}"
        text = os.environ.get(variable, "").strip()
        if text:
            change[key] = _converted(text, variable, convert)
    return change


def _from_overrides(overrides: Mapping[str, Any], sources: Mapping[str, SourceSettings]) -> Change:
    change: Change = {"sources": {}}
    for key, value in overrides.items():
        if value is None:
            continue
        if key.startswith("sources."):
            name, field_name, convert = _source_key(key, sources)
            block = change["sources"].setdefault(name, {})
            _put(block, field_name, _converted(value, key, convert))
        elif key == "edits":
            change[key] = tuple(_converted(edit, key, _edit) for edit in value)
        elif key in _OUTSIDE:
            change[key] = _converted(value, key, _OUTSIDE[key])
        else:
            raise _unknown(key, (*_OUTSIDE, "edits", "sources"), "", None)
    return change


def _source_key(key: str, sources: Mapping[str, SourceSettings]) -> tuple[str, str, Callable[[str], Any]]:
    """Source, field and converter of a dotted key such as `sources.arxiv.url`."""
    _, name, field_name = (*key.split(".", 2), "")[:3]
    if name not in sources:
        raise _unknown(name, sources, "sources", None)
    known = (*_SOURCE, *sources[name].extra)
    if field_name not in known:
        raise _unknown(field_name, known, f"sources.{name}", None)
    return name, field_name, _SOURCE.get(field_name, _url)


def _converted(value: Any, name: str, convert: Callable[[str], Any]) -> Any:
    if isinstance(value, timedelta):
        return value
    try:
        return convert(str(value))
    except ValueError as error:
        raise UsageError(f"{name} must be {error}") from None


# A list's own options


def load_list_options(path: Path) -> ListOptions:
    """What people decided about the list that `path` (`data/raw/<list>.yaml`) belongs to.

    No file means nothing was decided. The format, every key optional:

    ```yaml
    upstream: https://github.com/someone/awesome-list   # printed, never fetched
    files: [part-1.md, more/part-2.md]                  # several files, one list, in this order
    edits: [venue]                                      # instead of those in paperlist.yaml
    overrides:
      - entry_id: judging-llm-as-a-judge                # one of entry_id, title, identifier: what it matches
        identifiers: [arXiv:2306.05685, https://openreview.net/forum?id=uccHPGDlao]
        venue: NeurIPS
        year: 2023
      - title: A Title as the List Writes It
        venue: TMLR
      - identifier: doi:10.1145/3442188.3445922
        skip: true                                      # leave this work alone altogether
    ```

    Identifiers are written in any form a person would type. Raises UsageError with `file:line` for
    anything not understood, also for two overrides that match the same thing.
    """
    file = _File(path)
    if not path.exists():
        return ListOptions()
    found = file.mapping(file.root(), ("upstream", "files", "edits", "overrides"))
    upstream = file.value(found["upstream"], "upstream", _text) if "upstream" in found else None
    edits = file.values(found["edits"], "edits", _edit) if "edits" in found else None
    overrides = tuple(_override(file, node) for node in file.items(found.get("overrides"), "overrides"))
    _no_twins(overrides)
    files = file.values(found.get("files"), "files", _inside)
    places = tuple(file.place(node) for node in file.items(found.get("files"), "files"))
    return ListOptions(upstream, files, places, edits, overrides)


def _inside(text: str) -> str:
    """A path below the folder of the list: a list's options cannot make us read another file."""
    parts = re.split(r"[/\\]", _text(text))
    if ".." in parts or not parts[0] or ":" in parts[0]:
        raise ValueError("file names below the folder of the list, such as part-2.md")
    return PurePosixPath(_text(text)).as_posix()


def _reference(text: str) -> Identifier:
    from pipeline.identifiers import parse_reference

    identifier: Identifier | None = parse_reference(text)
    if identifier is None:
        raise ValueError(f"an identifier or the address of a paper, such as arXiv:2306.05685, not {text!r}")
    return identifier


_MATCHES: Mapping[Literal["entry_id", "title", "identifier"], Callable[[str], Any]] = {
    "entry_id": _text,
    "title": _text,
    "identifier": _reference,
}
_DECISIONS: Mapping[str, Callable[[str], Any]] = {"venue": _text, "year": _year, "skip": _flag}


def _override(file: _File, node: Node) -> Override:
    found = file.mapping(node, (*_MATCHES, "identifiers", *_DECISIONS), "overrides")
    matches = [by for by in _MATCHES if by in found]
    place = file.place(node)
    if len(matches) != 1:
        raise UsageError(
            "an override names one of entry_id, title, identifier as what it matches", place=place
        )
    by = matches[0]
    match = str(file.value(found[by], by, _MATCHES[by]))
    values = {key: file.value(found[key], key, _DECISIONS[key]) for key in _DECISIONS if key in found}
    identifiers = file.values(found.get("identifiers"), "identifiers", _reference)
    override = Override(match, identifiers, by=by, place=place, **values)
    decided = bool(identifiers or override.venue or override.year)
    if decided == override.skip:
        hint = "say identifiers, venue or year, or else `skip: true`"
        raise UsageError("an override must decide something, and nothing beside skip", place=place, hint=hint)
    return override


def _no_twins(overrides: Iterable[Override]) -> None:
    seen: dict[tuple[str, str], Override] = {}
    for override in overrides:
        first = seen.setdefault((override.by, override.match), override)
        if first is not override:
            message = f"a second override of {override.match!r}; the first is at {first.place}"
            raise UsageError(message, place=override.place)
