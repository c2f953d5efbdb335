"""docs/layouts.md tells the truth: its example is run, and its table names every layout."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import formats
from pipeline.formats import layouts
from pipeline.model import Entry
from pipeline.reader import read_list

PAGE = (Path(__file__).parent.parent / "docs" / "layouts.md").read_text(encoding="utf-8")


def example(name: str) -> str:
    """The block of code that stands under `<!-- example: name -->`."""
    found = re.search(rf"<!-- example: {name} -->\n```\w*\n(.*?)```\n", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def one_more_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The layout of the page, as a file among the others; nothing else knows of it."""
    (tmp_path / "code_title.py").write_text(example("layout"), encoding="utf-8")
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    layouts.cache_clear()
    yield
    layouts.cache_clear()
    sys.modules.pop("pipeline.formats.code_title", None)
    vars(formats).pop("code_title", None)


def entries() -> tuple[Entry, ...]:
    return read_list(example("list").encode(), name="list", path="list.md").entries


def test_example__is_needed() -> None:
    """Without the new file no layout reads these titles."""
    titles = {line.split(": ", 1)[1].split(" | ")[0] for line in example("entries").splitlines()}
    assert titles
    assert not titles & {entry.title for entry in entries()}


def test_example__is_discovered_and_reads_the_list(one_more_layout: None) -> None:
    """The file alone makes the list readable, as the page says."""
    assert "code title" in {layout.name for layout in layouts()}
    said = [
        f"{e.layout}: {e.title} | {', '.join(e.authors)}{' et al.' * e.et_al} | {e.venue_text} {e.year}\n"
        for e in entries()
    ]
    assert "".join(said) == example("entries")


def test_example__changes_nothing_for_other_lists(one_more_layout: None) -> None:
    """What the others read stays read by them."""
    for path in sorted((Path(__file__).parent / "data" / "lists").glob("*.md")):
        read = read_list(path.read_bytes(), name="list", path="list.md")
        assert "code title" not in {entry.layout for entry in read.entries}


def test_page__names_every_layout_and_its_file() -> None:
    """A new layout needs a line in the table."""
    named = dict(re.findall(r"^\| ([\w ]+) \| `(\w+\.py)` \|", PAGE, re.MULTILINE))
    there = {
        layout.name: Path(str(sys.modules[vars(layout)["__name__"]].__file__)).name for layout in layouts()
    }
    assert named == there


def test_page__names_files_that_exist() -> None:
    """Paths in the text lead somewhere."""
    root = Path(__file__).parent.parent
    for path in re.findall(r"`((?:pipeline|tests)/[\w./]+)`", PAGE):
        assert (root / path).exists() or path.endswith("code_title.py"), path
    for name in re.findall(r"`(_\w+\.py)`", PAGE):
        assert (root / "pipeline" / "formats" / name).exists(), name
