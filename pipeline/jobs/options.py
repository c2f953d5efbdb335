"""What a person asked for on the command line, and which lists it concerns."""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import UsageError
from pipeline.files import is_writable_name
from pipeline.settings import ListOptions, Settings, load_list_options

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mkdn"})
_FOREIGN = {
    ".rst": "reStructuredText",
    ".rest": "reStructuredText",
    ".adoc": "AsciiDoc",
    ".asciidoc": "AsciiDoc",
    ".org": "Org mode",
    ".tex": "LaTeX",
    ".html": "HTML",
    ".htm": "HTML",
    ".ipynb": "a notebook",
    ".pdf": "PDF",
    ".yaml": "YAML",
    ".yml": "YAML",
}
_OPTIONS = ".yaml"
_TAKEN = frozenset({"records", "report"})
"""Names that are no list's: `records` is another folder beside the lists', `report.md` another file in them."""
_LONGEST_ENDING = ".uniform.md"
"""The longest ending of a file that bears its list's name."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a job is to run, beyond the settings.

    `in_place` rewrites LIST itself; `dry_run` fills the cache and writes nothing else; `strict` turns a source
    that could not be asked into exit status 3; `accept_shrink` lets a list lose over 20 % of its entries;
    `summary` is a file for the body of a pull request; `verbose` is the number of `-v` less that of `-q`.
    """

    in_place: bool = False
    dry_run: bool = False
    strict: bool = False
    accept_shrink: bool = False
    summary: Path | None = None
    style: Literal["list", "uniform"] = "list"
    verbose: int = 0


def list_name(path: Path) -> str:
    """The name of a list: its file's stem, for `README.md` the name of its folder.

    >>> list_name(Path("data/raw/agents.md")), list_name(Path("/lists/judges/README.md"))
    ('agents', 'judges')
    """
    if path.stem.casefold() == "readme":
        return _resolved(path).parent.name or path.stem
    return path.stem


def find_lists(settings: Settings, args: Sequence[str]) -> list[Path]:
    """The lists that `args` mean, in the order given; every list in `data/raw/` where there are none.

    Each of `args` is a path to a Markdown file or the name of a list in `settings.raw`. A list of several
    files is known by the YAML file that names them; its parts are no lists of their own. Raises UsageError
    for what is missing (with the nearest name), no Markdown, or used twice.
    """
    paths = [_find(settings.raw, arg) for arg in args] if args else _all_lists(settings.raw)
    if not paths:
        hint = "put a Markdown list there, or name one: paperlist refresh README.md"
        raise UsageError("no list found", place=f"{settings.raw}/", hint=hint)
    _check_names(paths)
    _check_files(paths, settings.raw)
    return paths


def list_names(settings: Settings) -> list[str]:
    """The names of the lists in `data/raw/`, sorted."""
    return sorted(map(list_name, _lists_in(settings.raw)))


def describe_list(path: Path, raw: Path) -> tuple[ListOptions, dict[str | None, Path]]:
    """What people decided about the list at `path`, and its files by name (None: its only one).

    The options are those of `<list>.yaml` beside it, else in `raw`. Raises UsageError where these name
    files among which `path` is not, or a file that is not there or no Markdown.
    """
    places = (path.with_suffix(_OPTIONS), raw / f"{list_name(path)}{_OPTIONS}")
    place = next((p for p in places if p.is_file()), None)
    options = load_list_options(place) if place else ListOptions()
    if place is None or not options.files:
        return options, {None: path}
    paths: dict[str | None, Path] = {file: _readable(place.parent / file) for file in options.files}
    for where, (file, part) in zip(options.file_places, paths.items(), strict=True):
        if not part.is_file():
            raise UsageError(f"{file!r} is not there", place=where, hint=f"files count from {place.parent}/")
    if path != place and not _among(path, paths.values()):
        hint = f"name it in files there, or rename one of the two; to mean that list: {place}"
        raise UsageError(f"is not among the files of {place}", place=str(path), hint=hint)
    return options, paths


def _among(path: Path, parts: Iterable[Path]) -> bool:
    return _resolved(path) in {_resolved(part) for part in parts}


def _resolved(path: Path) -> Path:
    """Where a path leads; the path itself where that cannot be told, as for a link to itself."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # which of them hangs on the version of Python
        return path.absolute()


def _is_loop(path: Path) -> bool:
    """Whether a path is a symbolic link that leads back to itself."""
    try:
        path.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    except ValueError:  # a name that the file system has no letters for
        return False
    return False


def _all_lists(raw: Path) -> list[Path]:
    """Every list in a folder; one in a format that is not read is an error, not silence."""
    for path in sorted(raw.glob("*.r[es]*t")):
        _readable(path)
    for path in sorted(raw.glob(f"*{_OPTIONS}")):
        load_list_options(path)
    return sorted(_lists_in(raw))


def _lists_in(raw: Path) -> Iterator[Path]:
    """The lists in a folder: its Markdown files but a README of its own, and `<name>/README.md`.

    Of several files that are one list, the YAML file that names them stands for all.
    """
    several = _several(raw)
    parts = {_resolved(part) for files in several.values() for part in files}
    for path in raw.glob("*"):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            found = [p for p in path.glob("*") if _is_readme(p) and (p.is_file() or _is_loop(p))]
        else:
            found = [path] if path.suffix.lower() in MARKDOWN and not _is_readme(path) else []
        yield from (p for p in found if _resolved(p) not in parts)
    yield from several


def _several(raw: Path) -> dict[Path, list[Path]]:
    """The lists of several files in a folder: their YAML files, and the files they name."""
    found = {}
    for path in (*raw.glob(f"*{_OPTIONS}"), *raw.glob(f"*/README{_OPTIONS}")):
        try:
            files = load_list_options(path).files
        except UsageError:  # told when that list itself is asked for
            continue
        if files and path != raw / f"README{_OPTIONS}":
            found[path] = [path.parent / file for file in files]
    return found


def _is_readme(path: Path) -> bool:
    return path.stem.casefold() == "readme" and path.suffix.lower() in MARKDOWN


def _find(raw: Path, arg: str) -> Path:
    path = Path(arg)
    if path.is_file() or _is_loop(path):
        return _whole(raw, _list_file(path))
    known = {list_name(p): p for p in _lists_in(raw)}
    name = arg.removesuffix(".md")
    if name in known:
        return known[name]
    _whole(raw, raw / f"{name}.md")
    if path.is_dir():
        readme = next((p for p in sorted(path.glob("*")) if _is_readme(p)), None)
        hint = f"did you mean {readme}?" if readme else "name a Markdown file"
        raise UsageError("is a folder", place=arg, hint=hint)
    raise UsageError("no such list", place=arg, hint=_nearest(raw, arg, known))


def _list_file(path: Path) -> Path:
    """A file that a list may be known by: Markdown, or the YAML that names several files."""
    if path.suffix.lower() == _OPTIONS and load_list_options(path).files:
        return path
    return _readable(path)


def _whole(raw: Path, path: Path) -> Path:
    """The file itself; a part of another list in `raw` is none. Raises UsageError naming that list."""
    for place, parts in _several(raw).items():
        if _among(path, parts) and list_name(place) != list_name(path):
            hint = f"name the list instead: {list_name(place)}"
            raise UsageError(f"is a part of the list {place}", place=str(path), hint=hint)
    return path


def _nearest(raw: Path, arg: str, known: dict[str, Path]) -> str:
    path = Path(arg)
    here = {str(path.parent / p.name): p for p in _files_beside(path)}
    close = difflib.get_close_matches(arg, [*known, *here], n=1)
    if close:
        return f"did you mean {close[0]}?"
    if known:
        return f"{raw}/ has {', '.join(sorted(known)[:5])}"
    return f"there is no such file, and no list in {raw}/"


def _files_beside(path: Path) -> list[Path]:
    parent = path.parent
    return [p for p in parent.glob("*") if p.suffix.lower() in MARKDOWN] if parent.is_dir() else []


def _readable(path: Path) -> Path:
    foreign = _FOREIGN.get(path.suffix.lower())
    if foreign:
        hint = f"convert it first, for instance: pandoc -t gfm -o {path.stem}.md {path.name}"
        if foreign == "YAML":
            hint = "name the list itself, or let this file name its parts: `files: [a.md, b.md]`"
        raise UsageError(f"is {foreign}, not Markdown", place=str(path), hint=hint)
    return path


def _check_names(paths: Sequence[Path]) -> None:
    """A name is a folder under `data/enriched`: one list each, and none that leads elsewhere."""
    seen: dict[str, Path] = {}
    for path in paths:
        name = list_name(path)
        _check_name(name, path)
        if name in seen:
            raise UsageError(
                f"the name {name!r} is used twice in this run",
                place=str(path),
                hint=f"the other one is {seen[name]}",
            )
        seen[name] = path


def _check_name(name: str, path: Path) -> None:
    """Raises UsageError for a file that no list can be called by."""
    rename = "rename the file" if name == path.stem else "rename its folder"
    if _is_loop(path):
        hint = "put the list itself there, or a link to it"
        raise UsageError("is a symbolic link that leads back to itself", place=str(path), hint=hint)
    if not _is_text(f"{path}{name}"):
        known = _is_text(os.fsencode(f"{path}{name}").decode("utf-8", "surrogateescape"))
        hint = "set PYTHONUTF8=1, or a locale of UTF-8" if known else "rename the file or its folder"
        raise UsageError("its name is not UTF-8", place=str(path), hint=hint)
    if name.startswith(".") or name in _TAKEN:
        raise UsageError(f"{name!r} cannot be the name of a list", place=str(path), hint=rename)
    if not is_writable_name(f"{name}{_LONGEST_ENDING}"):
        raise UsageError("its name is too long for the files named after it", place=str(path), hint=rename)


def _is_text(name: str) -> bool:
    """Whether a name has letters only, no bytes that were not understood."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _check_files(paths: Sequence[Path], raw: Path) -> None:
    """A file belongs to one list of a run: two that rewrite it would lose each other's edits."""
    seen: dict[Path, Path] = {}
    for path in paths:
        several = path.with_suffix(_OPTIONS).is_file() or (raw / f"{list_name(path)}{_OPTIONS}").is_file()
        files = describe_list(path, raw)[1] if several else {None: path}
        for part, file in files.items():
            if part and not is_writable_name(file.name):
                hint = "rename the file, also there where the list names it"
                raise UsageError("its name is too long", place=str(file), hint=hint)
            other = seen.setdefault(_resolved(file), path)
            if other != path:
                raise UsageError(f"belongs to two lists of this run: {other} and {path}", place=str(file))
