"""Names of works: what a URL identifies, and where an identifier leads.

Every URL shape and every rule about a scheme is data, in `data/schemes.yaml`; this module reads that
table in both directions and knows no shape itself. A URL is taken apart once, its host picks a short
list of patterns, and those are compiled when their host is first met, so that reading stays at some
microseconds per URL and start-up costs one small YAML file.

Precision goes before recall: a URL that names a work only by a title, or by a number whose meaning is
not certain, has a role but no identifier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import quote, unquote

from pipeline.model import Identifier, Role

UrlProblem = Literal["pseudo_doi", "empty", "malformed"]

_FLAGS = re.IGNORECASE | re.ASCII
_ADDRESS = re.compile(
    r"(?:(?:(?:https?|ftp)(?::/*|/+)\s*)+|//)(?:[^/?#@\s]*@)?(?:www\d?\.)?([^/?#:\s]+)(?::\d*)?([^?#]*)([^#]*)",
    _FLAGS,
)
_WITHOUT_PROTOCOL = re.compile(
    r"(?:www\d?\.)?([a-z0-9][a-z0-9.-]*\.[a-z]{2,})(?::\d+)?(/[^?#]*)?([^#]*)", _FLAGS
)
_NAMED = re.compile(r"([a-z0-9]{2,12})\s*:\s*(\S+)", _FLAGS)
_AMPERSAND = re.compile(r"&(?:amp;)+")
_SLASHES = re.compile(r"//+")
_TRAILING = frozenset(".,;:!?'\"`>)]}\\|*\u2019\u201d\u2026\u3002\uff0c\uff09")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_QUOTE_SAFE = "/:;,()@!$*'+=~-._"
_DEEPEST_REDIRECT = 3


@dataclass(frozen=True, slots=True)
class UrlReading:
    """What a URL says by itself.

    `identifiers` are canonical, the strongest first; a URL may hold several (`doi.org/10.18653/v1/P18-1001`
    names an ACL paper and its DOI). `problem` tells why a link that should name a paper does not:
    `pseudo_doi` (10.5555/...), `empty` (no or a placeholder target), `malformed` (an id that cannot exist).
    `pdf` is the address of the paper's PDF where the URL shows it and the identifiers alone do not.
    """

    identifiers: tuple[Identifier, ...]
    role: Role
    problem: UrlProblem | None = None
    pdf: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a value: what must match the whole of it, and what it becomes (None: nothing)."""

    pattern: str
    value: str | None = None
    fold: str = "as is"


@dataclass(frozen=True, slots=True)
class Page:
    """Where the works with such a canonical value are found: templates of URLs."""

    pattern: str
    url: str
    pdf: str | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme of identifiers. `role` is what its identifiers name: a paper, code, a model."""

    name: str
    title: str
    role: Role
    strength: int
    """Order of belief for `paper_id`; lower is stronger."""
    forms: tuple[Form, ...]
    pages: tuple[Page, ...]
    bare: bool = False
    """Its values are recognised without the scheme's name in front."""
    trim: bool = False
    """What text around a value appends to it (brackets, full stops) is cut off first."""


SCHEMES: Mapping[str, Scheme]
"""All schemes by name, strongest first (read from data/schemes.yaml on first use)."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A form made ready: `other` is the scheme it hands over to, `plain` that it keeps the group `id`."""

    match: Any
    template: str | None
    plain: bool
    other: str
    fold: Callable[[str], str] | None


@dataclass(frozen=True, slots=True)
class _Rule:
    match: Any
    ids: tuple[tuple[str, str | None], ...]
    """Scheme and template of its value; None where the group named like the scheme is the value."""
    role: Role
    problem: UrlProblem | None
    pdf: str | None


@dataclass(frozen=True, slots=True)
class _Site:
    rules: tuple[_Rule, ...]
    redirects: tuple[re.Pattern[str], ...]
    otherwise: Role
    known: bool


@dataclass(frozen=True, slots=True)
class _Sibling:
    pattern: re.Pattern[str]
    scheme: str
    template: str
    written: bool


@dataclass(frozen=True, slots=True)
class _Table:
    schemes: dict[str, Scheme]
    parts: dict[str, str]
    siblings: dict[str, list[tuple[str, str, bool]]]
    sites: dict[str, dict[str, Any]]
    redirects: dict[str, list[str]]
    translated: str
    doi_tail: re.Pattern[str]
    files: tuple[tuple[re.Pattern[str], Role], ...]
    empty: re.Pattern[str]


class _Piece(str):
    """A matched piece in a template: `{c:u}` prints it in upper case, `{c:l}` in lower."""

    def __format__(self, spec: str) -> str:
        if spec == "u":
            return self.upper()
        return self.lower() if spec == "l" else super().__format__(spec)


_NOTHING = UrlReading((), "other", "empty")


@lru_cache(maxsize=1 << 16)
def read_url(url: str) -> UrlReading:
    """Say what `url` identifies and what it leads to, from the URL alone. Never raises, whatever the text.

    Redirectors are looked through (`google.com/url?q=`, the Wayback Machine ...), percent-escapes, case,
    query strings, fragments and trailing punctuation do not matter. A direct PDF on an unknown host is a
    paper without identifier.
    """
    return _read(url, 0)


@lru_cache(maxsize=1 << 16)
def canonical(scheme: str, value: str) -> Identifier | None:
    """The identifier that `value` writes in `scheme`, or None where it is malformed or names no work.

    An arXiv DOI comes back as the `arxiv` identifier it is. Raises KeyError for an unknown scheme.
    """
    value = _clean(value) if _table().schemes[scheme].trim else value.strip()
    for form in _forms(scheme):
        found = form.match(value)
        if found is not None:
            break
    else:
        return None
    if form.template is None:
        return None
    made = found["id"] if form.plain else _fill(form.template, found)
    if form.other:
        return canonical(form.other, made)
    return Identifier(scheme, form.fold(made) if form.fold else made)


def parse_reference(text: str) -> Identifier | None:
    """Read what a person types for a paper: a URL, `arXiv:2212.08073v2`, a bare DOI, `ACL:P18-1001` ...

    None where it names no identifier.
    """
    text = text.strip()
    if not _ADDRESS.match(text) and (found := _bare(text) or _named(text)):
        return found
    return next(iter(read_url(text).identifiers), None)


def to_url(identifier: Identifier) -> str | None:
    """The page of what the identifier names; `read_url` of it gives the identifier back."""
    page, pieces = _page(identifier)
    return page.url.format(**pieces) if page else None


def pdf_url(identifier: Identifier) -> str | None:
    """The address of the paper's PDF, where the identifier alone tells it (else a link may, `UrlReading.pdf`)."""
    page, pieces = _page(identifier)
    return page.pdf.format(**pieces) if page and page.pdf else None


def strength(identifier: Identifier) -> int:
    """How strong a name this is, for `paper_id`; lower is stronger, a scheme nobody knows comes last."""
    schemes = _table().schemes
    return schemes[identifier.scheme].strength if identifier.scheme in schemes else len(schemes)


@lru_cache(maxsize=1 << 16)
def siblings(identifier: Identifier) -> tuple[Identifier, ...]:
    """The same work's names in other schemes that follow without asking anybody.

    arXiv's DOI comes as `doi:10.48550/arxiv.X`, which `canonical` never gives: DataCite and DBLP ask by it.
    """
    names = []
    for rule in _siblings(identifier.scheme):
        if match := rule.pattern.fullmatch(identifier.value):
            name = Identifier(rule.scheme, _fill(rule.template, match))
            checked = canonical(name.scheme, name.value)
            if checked is not None:
                names.append(checked if checked.scheme == name.scheme else name)
    return tuple(names)


def __getattr__(name: str) -> Any:
    if name == "SCHEMES":
        return _table().schemes
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# --- reading a URL ---------------------------------------------------------------------------------------


def _read(url: str, depth: int) -> UrlReading:
    text = _clean(url)
    address = _ADDRESS.match(text)
    if address is None:
        return _NOTHING if _table().empty.fullmatch(text) else _read_relative(text, depth)
    host, path, query = address.groups()
    return _read_address(host.lower().rstrip("."), path, query, depth)


def _clean(url: str) -> str:
    """The URL without what writing it in a text left at its ends."""
    text = url.strip().lstrip("<\"'`(")
    if "&amp;" in text:
        text = _AMPERSAND.sub("&", text)
    while text and text[-1] in _TRAILING:
        opening = _PAIRS.get(text[-1])
        if opening and text.count(opening) >= text.count(text[-1]):
            break
        text = text[:-1].rstrip()
    return text


def _read_relative(text: str, depth: int) -> UrlReading:
    """A target without protocol: a well-known host, an identifier, or a file beside the list."""
    match = _WITHOUT_PROTOCOL.fullmatch(text)
    if match and _site(match[1].lower()).known:
        return _read_address(match[1].lower(), match[2] or "", match[3], depth)
    named = _named(text) or (_bare(text) if text.startswith("10.") else None)
    if named:
        return UrlReading(_with_written((named,)), _table().schemes[named.scheme].role)
    return UrlReading((), _file_role(text.partition("#")[0].partition("?")[0]) or "other")


def _read_address(host: str, path: str, query: str, depth: int) -> UrlReading:
    site = _site(host)
    if site.redirects and depth < _DEEPEST_REDIRECT:
        for pattern in site.redirects:
            if wrapped := pattern.match(path + query):
                return _read(_unwrap(wrapped["url"]), depth + 1)
    if "%" in path or "%" in query:
        path, query = unquote(path), unquote(query)
    if "//" in path:
        path = _SLASHES.sub("/", path)
    target = path + query
    for rule in site.rules:
        found = rule.match(target)
        if found is not None:
            return _apply(rule, found)
    return UrlReading((), _file_role(path.rstrip()) or site.otherwise)


def _unwrap(url: str) -> str:
    """The URL inside a redirector's: decoded where it is a parameter, and with its protocol."""
    if "%3a" in url[:9].lower() or "/" not in url:
        url = unquote(url)
    return url if _ADDRESS.match(url) else f"https://{url}"


def _apply(rule: _Rule, found: re.Match[str]) -> UrlReading:
    if not rule.ids:
        return UrlReading((), rule.role, rule.problem)
    identifiers: list[Identifier] = []
    for scheme, template in rule.ids:
        value = found[scheme] if template is None else _fill(template, found)
        if scheme == "doi":
            value = _trim_doi(value)
            if value.startswith("10.5555/"):
                return UrlReading((), rule.role, "pseudo_doi")
        identifier = canonical(scheme, value)
        if identifier is None:
            return UrlReading((), rule.role, "malformed")
        identifiers.append(identifier)
    pdf = _fill(rule.pdf, found) if rule.pdf else None
    return UrlReading(_with_written(tuple(identifiers)), rule.role, rule.problem, pdf)


def _trim_doi(value: str) -> str:
    """A DOI as a URL holds it, without what the platform or the text around it appended."""
    first = next(iter(value.split(maxsplit=1)), "")
    return _clean(_table().doi_tail.sub("", _clean(first)))


def _with_written(identifiers: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
    """The identifiers and those that stand readable inside them, strongest first."""
    written = [
        other
        for identifier in identifiers
        for rule in _written(identifier.scheme)
        if (match := rule.pattern.fullmatch(identifier.value))
        if (other := canonical(rule.scheme, _fill(rule.template, match)))
    ]
    if not written:
        return identifiers
    return tuple(sorted(dict.fromkeys((*identifiers, *written)), key=strength))


def _file_role(path: str) -> Role | None:
    if "." not in path[-8:]:
        return None
    return next((role for pattern, role in _table().files if pattern.search(path)), None)


def _named(text: str) -> Identifier | None:
    """`scheme:value`, however spaced and capitalised."""
    match = _NAMED.fullmatch(text)
    scheme = match[1].lower() if match else ""
    return canonical(scheme, match[2]) if match and scheme in _table().schemes else None


def _bare(text: str) -> Identifier | None:
    """A value of one of the schemes whose values cannot be mistaken."""
    bare = (scheme.name for scheme in _table().schemes.values() if scheme.bare)
    return next((found for name in bare if (found := canonical(name, text))), None)


def _fill(template: str, match: re.Match[str]) -> str:
    pieces = match.groupdict("")
    if ":u}" in template or ":l}" in template:
        pieces = {name: _Piece(piece) for name, piece in pieces.items()}
    return template.format(**pieces)


def _page(identifier: Identifier) -> tuple[Page | None, dict[str, str]]:
    scheme = _table().schemes.get(identifier.scheme)
    for page in scheme.pages if scheme else ():
        if match := _compiled(page.pattern).fullmatch(identifier.value):
            pieces = {"value": identifier.value, **match.groupdict()}
            return page, {
                name: _Piece(quote(piece or "", safe=_QUOTE_SAFE, errors="replace"))
                for name, piece in pieces.items()
            }
    return None, {}


# --- the table -------------------------------------------------------------------------------------------


@cache
def _table() -> _Table:
    import yaml

    text = files("pipeline.data").joinpath("schemes.yaml").read_text(encoding="utf-8")
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (a safe loader)
    siblings: dict[str, list[tuple[str, str, bool]]] = {}
    for scheme, pattern, other, written in data["siblings"]:
        siblings.setdefault(scheme, []).append((pattern, other, written))
    return _Table(
        schemes={name: _scheme(name, n, row) for n, (name, row) in enumerate(data["schemes"].items())},
        parts=data["parts"],
        siblings=siblings,
        sites={host: site for site in data["sites"] for host in site["hosts"].split()},
        redirects={host: row["at"] for row in data["redirects"] for host in row["hosts"].split()},
        translated="." + data["translated"],
        doi_tail=re.compile(data["doi_tail"], _FLAGS),
        files=tuple((re.compile(pattern, _FLAGS), role) for pattern, role in data["files"]),
        empty=re.compile(data["empty"], _FLAGS),
    )


def _scheme(name: str, number: int, row: Mapping[str, Any]) -> Scheme:
    forms = tuple(Form(*form) for form in row["forms"])
    pages = tuple(Page(*page) for page in row["pages"])
    return Scheme(
        name, row["title"], row["role"], number, forms, pages, row.get("bare", False), row.get("trim", False)
    )


@cache
def _forms(scheme: str) -> tuple[_Form, ...]:
    return tuple(_ready(form) for form in _table().schemes[scheme].forms)


def _ready(form: Form) -> _Form:
    other, colon, template = (form.value or "").partition(":")
    hands_over = bool(colon) and "{" not in other
    fold = {"lower": str.lower, "upper": str.upper}.get(form.fold)
    kept = template if hands_over else form.value
    return _Form(_compiled(form.pattern).fullmatch, kept, kept == "{id}", other if hands_over else "", fold)


@cache
def _siblings(scheme: str) -> tuple[_Sibling, ...]:
    return tuple(
        _Sibling(_compiled(pattern), other.partition(":")[0], other.partition(":")[2], written)
        for pattern, other, written in _table().siblings.get(scheme, ())
    )


@cache
def _written(scheme: str) -> tuple[_Sibling, ...]:
    return tuple(rule for rule in _siblings(scheme) if rule.written)


@lru_cache(maxsize=4096)
def _site(host: str) -> _Site:
    """The rules of a host: its own, else those of the nearest domain above it, else everybody's."""
    table = _table()
    if host.endswith(table.translated):
        spelled = host.removesuffix(table.translated).replace("--", "\0").replace("-", ".").replace("\0", "-")
        return _site(spelled.removeprefix("www."))
    site = _nearest(table.sites, host)
    return _Site(
        rules=tuple(_rule(row) for row in site.get("rules", ())),
        redirects=tuple(_compiled(pattern) for pattern in _nearest(table.redirects, host) or ()),
        otherwise=site["else"],
        known=site is not table.sites["*"],
    )


def _nearest(by_host: Mapping[str, Any], host: str) -> Any:
    """The entry of `host`, else of `*.parent` for its nearest parent, else of `*`."""
    if host in by_host:
        return by_host[host]
    parent = host
    while "." in parent:
        parent = parent.partition(".")[2]
        if f"*.{parent}" in by_host:
            return by_host[f"*.{parent}"]
    return by_host["*"]


def _rule(row: Mapping[str, Any]) -> _Rule:
    pattern = _compiled(row["at"])
    schemes = _table().schemes
    ids = tuple(
        (scheme, template) for scheme, _, template in (text.partition(":") for text in row.get("ids", ()))
    )
    named = tuple((name, None) for name in pattern.groupindex if name in schemes)
    return _Rule(pattern.match, ids or named, row.get("role", "paper"), row.get("problem"), row.get("pdf"))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the table, its `<PARTS>` filled in."""
    parts = _table().parts
    while (filled := re.sub(r"<([A-Z]+)>", lambda part: f"(?:{parts[part[1]]})", pattern)) != pattern:
        pattern = filled
    return re.compile(pattern, _FLAGS)
