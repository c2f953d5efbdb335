"""What a person asked for on the command line, and which lists it concerns."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import UsageError
from pipeline.settings import Settings

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
_TAKEN = frozenset({"records"})
"""Names under `data/enriched` that are no list's."""


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
        return path.resolve().parent.name or path.stem
    return path.stem


def find_lists(settings: Settings, args: Sequence[str]) -> list[Path]:
    """The list files that `args` mean, in the order given; every list in `data/raw/` where there are none.

    Each of `args` is a path to a Markdown file or the name of a list in `settings.raw`. Raises UsageError for
    what is missing (with the nearest name), no Markdown, or used twice.
    """
    paths = [_find(settings.raw, arg) for arg in args] if args else _all_lists(settings.raw)
    if not paths:
        hint = "put a Markdown list there, or name one: paperlist refresh README.md"
        raise UsageError("no list found", place=f"{settings.raw}/", hint=hint)
    _check_names(paths)
    return paths


def list_names(settings: Settings) -> list[str]:
    """The names of the lists in `data/raw/`, sorted."""
    return sorted(map(list_name, _lists_in(settings.raw)))


def _all_lists(raw: Path) -> list[Path]:
    """Every list in a folder; one in a format that is not read is an error, not silence."""
    for path in sorted(raw.glob("*.r[es]*t")):
        _readable(path)
    return sorted(_lists_in(raw))


def _lists_in(raw: Path) -> Iterator[Path]:
    """The lists in a folder: its Markdown files but a README of its own, and `<name>/README.md`."""
    for path in raw.glob("*"):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from (p for p in path.glob("*") if _is_readme(p) and p.is_file())
        elif path.suffix.lower() in MARKDOWN and not _is_readme(path):
            yield path


def _is_readme(path: Path) -> bool:
    return path.stem.casefold() == "readme" and path.suffix.lower() in MARKDOWN


def _find(raw: Path, arg: str) -> Path:
    path = Path(arg)
    if path.is_file():
        return _readable(path)
    known = {list_name(p): p for p in _lists_in(raw)}
    name = arg.removesuffix(".md")
    if name in known:
        return known[name]
    if path.is_dir():
        readme = next((p for p in sorted(path.glob("*")) if _is_readme(p)), None)
        hint = f"did you mean {readme}?" if readme else "name a Markdown file"
        raise UsageError("is a folder", place=arg, hint=hint)
    raise UsageError("no such list", place=arg, hint=_nearest(raw, arg, known))


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
        raise UsageError(f"is {foreign}, not Markdown", place=str(path), hint=hint)
    return path


def _check_names(paths: Sequence[Path]) -> None:
    """A name is a folder under `data/enriched`: one list each, and none that leads elsewhere."""
    seen: dict[str, Path] = {}
    for path in paths:
        name = list_name(path)
        if name.startswith(".") or name in _TAKEN:
            raise UsageError(
                f"{name!r} cannot be the name of a list", place=str(path), hint="rename the file"
            )
        if name in seen:
            raise UsageError(
                f"the name {name!r} is used twice in this run",
                place=str(path),
                hint=f"the other one is {seen[name]}",
            )
        seen[name] = path
