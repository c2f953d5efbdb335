"""The house keeps its floors, its doors and its style, or these tests are red.

Imports are read from the syntax tree, so a late import inside a function counts like one at the top.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "pipeline"

FLOORS = {
    "errors": (0, 0),
    "data": (0, 0),
    "model": (1, 0),
    "files": (2, 0),
    "text": (2, 0),
    "identifiers": (2, 1),
    "settings": (2, 2),
    "ratelimit": (2, 2),
    "hosts": (2, 3),
    "secrecy": (2, 0),
    "answer": (2, 3),
    "wire": (2, 4),
    "httpcache": (2, 5),
    "waiting": (2, 0),
    "proofs": (2, 3),
    "venues": (2, 3),
    "matching": (2, 4),
    "deciding": (2, 5),
    "folding": (2, 5),
    "formats": (2, 6),
    "sources": (2, 6),
    "store": (3, 0),
    "session": (3, 0),
    "merging": (3, 0),
    "merge": (3, 1),
    "naming": (2, 4),
    "reading": (2, 7),
    "reader": (3, 0),
    "parts": (3, 1),
    "console": (4, 0),
    "export": (4, 0),
    "rendering": (4, 0),
    "explaining": (4, 0),
    "suspicions": (4, 0),
    "tracing": (4, 0),
    "report": (4, 1),
    "loading": (4, 1),
    "questions": (4, 0),
    "parse": (5, 0),
    "resolve": (5, 0),
    "enrich": (5, 0),
    "write": (5, 0),
    "render": (5, 0),
    "jobs": (6, 0),
    "__main__": (7, 0),
}
"""Floor, and place on the floor: a room imports only from what lies lower. Rooms of one place never meet."""

KNOWLEDGE_FOR_PLUGINS = {
    "sources": {"errors", "model", "text", "identifiers"},
    "formats": {"errors", "model", "text", "identifiers", "venues"},
}
"""All that one source or one layout may know of the house, beside its own package.

A layout asks `venues` whether a word without a year beside it is a venue: its place alone does not tell.
"""

NETWORK = {
    "requests",
    "requests_cache",
    "httpx",
    "urllib3",
    "socket",
    "http.client",
    "urllib.request",
    "aiohttp",
}
HEAVY = {"pandas", "pyarrow", "arxiv", "semanticscholar", "jinja2", "numpy", "nbformat", "rich"}
MAX_FUNCTION_LINES = 50


@dataclass(frozen=True)
class Import:
    """One imported module, where, and whether it happens when the importing module is loaded."""

    target: str
    line: int
    at_load: bool


def modules() -> list[Path]:
    """All modules of the package."""
    return sorted(p for p in PACKAGE.rglob("*.py") if "__pycache__" not in p.parts)


def name_of(path: Path) -> str:
    """`sources.arxiv` for pipeline/sources/arxiv.py, `sources` for its __init__.py, "" for the package."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = modules()
IDS = [name_of(path) or "pipeline" for path in MODULES]
each_module = pytest.mark.parametrize("path", MODULES, ids=IDS)


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def is_for_types(node: ast.AST) -> bool:
    """Whether a statement is `if TYPE_CHECKING:`; its imports bind no code, but they bind the floors."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


@cache
def imports_of(path: Path) -> tuple[Import, ...]:
    """Everything a module imports, late imports and those for types included."""
    return tuple(_imports(tree_of(path), at_load=True))


def _imports(node: ast.AST, at_load: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, at_load) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: relative import; write the module's full name"
            yield from _from_import(child, at_load)
        else:
            late = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or is_for_types(
                child
            )
            yield from _imports(child, at_load and not late)


def _from_import(node: ast.ImportFrom, at_load: bool) -> Iterator[Import]:
    """`from pipeline import venues` imports a module, `from pipeline import __version__` a name."""
    for alias in node.names:
        dotted = f"{node.module}.{alias.name}"
        is_module = dotted.startswith("pipeline.") and _exists(dotted.removeprefix("pipeline."))
        yield Import(dotted if is_module else str(node.module), node.lineno, at_load)


def _exists(name: str) -> bool:
    return name in IDS


def own_imports(path: Path) -> list[tuple[str, Import]]:
    """Imports of other rooms of this package, without the leading `pipeline.`."""
    return [
        (i.target.removeprefix("pipeline."), i) for i in imports_of(path) if i.target.startswith("pipeline.")
    ]


def package_of(name: str) -> str:
    """The room, or the package of rooms, that a module lies in."""
    return name.split(".")[0]


@each_module
def test_floors__a_room_imports_only_from_lower_floors(path: Path) -> None:
    """Stages, sources and layouts never meet; modules of one package may."""
    name = name_of(path)
    if not name:
        return
    assert package_of(name) in FLOORS, f"{name} has no floor yet: give it one in FLOORS"
    for target, found in own_imports(path):
        here, there = package_of(name), package_of(target)
        if here == there:
            continue
        assert FLOORS[there] < FLOORS[here], f"{path}:{found.line}: {name} may not import {target}"


@each_module
def test_floors__a_source_and_a_layout_know_nothing_of_the_house(path: Path) -> None:
    """One file in sources/ or formats/ needs texts, identifiers and its own package, and little else."""
    package = package_of(name_of(path))
    if package not in KNOWLEDGE_FOR_PLUGINS:
        return
    allowed = KNOWLEDGE_FOR_PLUGINS[package] | {package}
    strangers = {f"{found.line}: {t}" for t, found in own_imports(path) if package_of(t) not in allowed}
    assert not strangers


def test_floors__sources_do_not_import_each_other() -> None:
    """A source shares code through the package itself or a module with a leading underscore."""
    for path in MODULES:
        name = name_of(path)
        for target, found in own_imports(path) if name.startswith("sources.") else ():
            shared = "." not in target or target.split(".")[-1].startswith("_")
            assert shared or package_of(target) != "sources", f"{path}:{found.line}: imports {target}"


def test_floors__the_package_itself_loads_nothing() -> None:
    """`import pipeline` costs nothing; only `load()`, for notebooks, imports rooms, and only when called."""
    init = PACKAGE / "__init__.py"
    assert not [i for i in imports_of(init) if i.at_load and i.target.startswith("pipeline")]
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "pipeline" and path != init:
                assert "load" not in {alias.name for alias in node.names}, f"{path}:{node.lineno}"


def test_imports__no_circle() -> None:
    """No module reaches itself, late imports included."""
    graph = {name_of(p): {t for t, _ in own_imports(p)} for p in MODULES if name_of(p)}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for target in sorted(graph.get(name, ())):
                visit(target, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


@each_module
def test_doors__only_wire_and_cache_know_the_network(path: Path) -> None:
    """A second way to the network would pass neither cache nor limit; `wire` is the last part of that one way."""
    asking = NETWORK - {"requests_cache", "requests"}  # requests names the form of what the cache keeps
    shut = {"httpcache": asking, "wire": {"requests_cache"}}.get(name_of(path), NETWORK)
    found = [f"{i.line}: {i.target}" for i in imports_of(path) if _is_one_of(i.target, shut)]
    assert not found


@each_module
def test_doors__heavy_packages_are_imported_late(path: Path) -> None:
    """A command pays only for what it needs; `loading` is what `pipeline.load()` imports late, for pandas."""
    if name_of(path) == "loading":
        return
    found = [f"{i.line}: {i.target}" for i in imports_of(path) if i.at_load and _is_one_of(i.target, HEAVY)]
    assert not found


def _is_one_of(module: str, packages: set[str]) -> bool:
    return any(module == p or module.startswith(f"{p}.") for p in packages)


@each_module
def test_doors__only_files_and_store_open_files_of_data(path: Path) -> None:
    """Settings are read by settings; what the package brings along is read through importlib.resources."""
    if name_of(path) in ("files", "store", "settings"):
        return
    for call in (n for n in ast.walk(tree_of(path)) if isinstance(n, ast.Call)):
        written = ast.unparse(call)
        if isinstance(call.func, ast.Name):
            assert call.func.id != "open", f"{path}:{call.lineno}: {written}"
        elif isinstance(call.func, ast.Attribute):
            reads = call.func.attr in ("read_text", "read_bytes")
            assert not reads or "files(" in written, f"{path}:{call.lineno}: {written}"
            writes = call.func.attr in ("write_text", "write_bytes", "unlink", "rename", "mkdir", "rmtree")
            assert not writes, f"{path}:{call.lineno}: {written}"


@each_module
def test_doors__only_settings_reads_the_environment(path: Path) -> None:
    """One place where a secret can come in."""
    if name_of(path) == "settings":
        return
    source = ast.unparse(tree_of(path))
    assert not re.search(
        r"\bos\.(environ|getenv)\b|\bfrom os import .*\b(environ|getenv)\b|expandvars", source
    )


@each_module
def test_style__no_blanket_except(path: Path) -> None:
    """What is caught is named; the last resort of a source is its own error type."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            blanket = not node.type or re.search(r"\b(Base)?Exception\b", caught)
            assert not blanket, f"{path}:{node.lineno}: catches {caught}"


def functions(path: Path) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    """Every function, and whether it is public: no underscore in its name or in the class's around it."""

    def walk(node: ast.AST, public: bool) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield child, public and not child.name.startswith("_")
                yield from walk(child, False)
            elif isinstance(child, ast.ClassDef):
                yield from walk(child, public and not child.name.startswith("_"))
            else:
                yield from walk(child, public)

    return walk(tree_of(path), public=True)


@each_module
def test_style__functions_fit_on_a_screen(path: Path) -> None:
    """At most 50 lines, docstring included."""
    long = {
        f"{f.lineno}: {f.name}": size for f, _ in functions(path) if (size := _lines(f)) > MAX_FUNCTION_LINES
    }
    assert not long


def test_style__functions_are_short() -> None:
    """Half of all functions have at most 10 lines, nine in ten at most 25, docstrings and signatures included."""
    sizes = sorted(_lines(f) for path in MODULES for f, _ in functions(path))
    assert sizes[len(sizes) // 2] <= 10
    assert sizes[len(sizes) * 9 // 10] <= 25


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


@each_module
def test_style__modules_and_public_functions_say_what_for(path: Path) -> None:
    """Also methods of public classes; the bodies of protocols speak through their class."""
    tree = tree_of(path)
    assert ast.get_docstring(tree) or not tree.body, "the module has no docstring"
    silent = [
        f"{f.lineno}: {f.name}"
        for f, public in functions(path)
        if public and not ast.get_docstring(f) and ast.unparse(f.body[0]) != "..."
    ]
    assert not silent


@each_module
def test_style__nothing_is_left_undone(path: Path) -> None:
    """No note to oneself, no stub."""
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError", path.read_text(encoding="utf-8"))


HELP = """
import contextlib, io, json, sys
from pipeline.__main__ import main
with contextlib.redirect_stdout(io.StringIO()):
    assert main(["refresh", "--help"]) == main(["--help"]) == 0
print(json.dumps(sorted(sys.modules)))
"""


def test_help__loads_next_to_nothing() -> None:
    """`--help` must answer at once, so nothing heavy may be imported for it."""
    done = subprocess.run([sys.executable, "-c", HELP], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    heavy = (
        HEAVY
        | NETWORK
        | {"yaml", "markdown_it", "rapidfuzz", "pylatexenc", "pipeline.sources", "pipeline.store"}
    )
    assert not loaded & (heavy - {"socket", "http.client"})


def tracked_files() -> list[Path]:
    """What is, or is about to be, in the repository; empty where this is no clone."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


MACHINE = re.compile(rb"(?<![\w.~/-])/(?:ro" + rb"ot|wo" + rb"rk|opt|home|Users)/[\w.-]+")
REGISTRY = re.compile(
    rb"py" + rb"pi\.org|pythonhost" + rb"ed\.org|index-" + rb"url|find-" + rb"links|file:" + rb"///opt"
)


def test_repository__names_no_machine_and_no_registry() -> None:
    """A clone works anywhere: which registry pip asks is the machine's own business.

    Not searched: lists, which are people's own words, and the hosts that pipeline/data/ knows links by.
    """
    found = []
    for path in tracked_files():
        relative = path.relative_to(ROOT)
        if relative.parts[0] != "data":
            patterns = [MACHINE] if relative.is_relative_to("pipeline/data") else [MACHINE, REGISTRY]
            hits = [m.group().decode() for p in patterns for m in p.finditer(path.read_bytes())]
            found += [f"{relative}: {hit}" for hit in hits]
    assert not found


def test_repository__code_names_no_list() -> None:
    """No list's name occurs in the code: the tool is for lists that nobody has seen yet."""
    names = {p.stem for p in (ROOT / "data" / "raw").glob("*.md")}
    mentions = [f"{p.name}: {n}" for p in MODULES for n in names if n in p.read_text(encoding="utf-8")]
    assert not mentions
