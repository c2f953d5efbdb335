"""The blocks of a list: headings with their sections, items, paragraphs, table rows, each with its place.

markdown-it-py finds headings, lists, fences and paragraphs by CommonMark's block rules and gives line
maps; tables, HTML and everything inside a block are read by own code. It is fed a shadow of the text:
same lines, but long lines cut, quote marks and lone tags removed and deep nesting flattened, so that no
input makes it slow (its cost grows with nesting depth times length).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

from pipeline.formats._inline import scan
from pipeline.formats._source import CharSpan, Source
from pipeline.text import lazy

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

BlockKind = Literal["item", "paragraph", "heading", "row", "html_row", "chapter"]

_LINE_SHOWN = 200
_INDENT_SHOWN = 40
_LONE_TAGS = lazy(r"(?:\s*+</?(?!https?://)[a-zA-Z][^<>]*+>)++\s*+$")
_SUMMARY = lazy(r"\s*+<summary\b", re.I)
_HTML_HEADING = lazy(r"\s*+<h([1-6])\b[^<>]*+>(.*?)</h\1>\s*+$", re.I)
_MARKERS = lazy(r"(?:(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$))")
_ANCHOR = lazy(r"(?:<a\s+(?:name|id)\s*+=\s*+[\"']?[^\"'<>]{0,200}+[\"']?\s*+/?>\s*+(?:</a>)?\s*+)+", re.I)
"""A place to jump to that stands before an entry: it says nothing of it."""
_ONE_MARKER = lazy(r"[ \t>]*+(?:[-*+]|\d{1,9}[.)])(?:[ \t]++|$)")
_SHAPE = lazy(
    r"[ \t]*+(?:[-*+][ ]++|(\d{1,9})[.)][ ]++|#{1,6}[ ]++)?+"
    r"(?=[^\s\-*+#`~=_>\d]|\*\*[^\s*]|_[^\s_]|\d++[^.)\d])"
)
_QUOTE = lazy(r"([ \t]*+)(>[> \t]*+)")
_SEPARATOR = lazy(r"[|:\- \t\r]++$")
_REFERENCE = lazy(r"^ {0,3}+\[([^\[\]\n]{1,999}+)\]:[ \t]*+<?([^\s<>]++)>?", re.M)
_BAR = lazy(r"(?<!\\)\|")
_SPAN = lazy(r"\b(row|col)span\s*+=\s*+[\"']?(\d{1,3})", re.I)
_TAG = lazy(r"<[^<>\n]{1,200}+>")
_WORDS = lazy(r"\w")
_HTML_ROW = lazy(r"<(/?)(table|tr|t[dh])\b[^<>]*+>", re.I)


@dataclass(slots=True)
class _Cell:
    """One cell of an HTML table: the place of its text, and how many rows and columns it spans."""

    start: int
    end: int
    rows: int = 1
    columns: int = 1


_NO_NAME = lazy(r"\W*papers?\W*", re.I)
"""A first heading that names no list but what stands below it, where others of its level follow."""
_REFERENCE_NUMBER = lazy(r"\[\d{1,4}\][ \t]+(?=[^\W\d_]|[\"'“‘*_\[(])")
_QUOTED = lazy(r" {0,3}>[> \t]*+")
_REFERENCES = 3
"""So many paragraphs or lines that open with `[1]` are a list of references."""
_SIGNED = lazy(r"   ([-*+]) ")
_PAIRS = 3
"""So many items one space to the right of the one above are meant, fewer are a slip."""


@dataclass(slots=True)
class Block:
    """One leaf of the document, with the place of its text (list marker and indentation left out).

    `lines` are 0-based and inclusive. `item` numbers the list item it stands in (-1: none), `depth` is
    the nesting of lists; `kind` is `item` for the first paragraph of a list item, `chapter` for a whole section
    about one paper. Rows have the `header` texts of their table, those of HTML tables and parts of rows the
    places of their `cells` (for all see `cells_of`); headings have a `level`.
    """

    kind: BlockKind
    start: int
    end: int
    lines: tuple[int, int]
    section: tuple[str, ...] = ()
    depth: int = 0
    item: int = -1
    level: int = 0
    cells: tuple[CharSpan, ...] = ()
    header: tuple[str, ...] = ()
    table: int = -1

    @property
    def is_row(self) -> bool:
        """Whether this is a row of a table and has cells."""
        return self.kind == "row" or bool(self.cells)


@dataclass(slots=True)
class _Outline:
    """Headings passed so far: which section the next block belongs to."""

    stack: list[tuple[int, str]] = field(default_factory=list)
    seen: int = 0
    path: tuple[str, ...] = ()

    def enter(self, level: int, text: str) -> tuple[str, ...]:
        """The path above this heading, which becomes part of the path of what follows it."""
        while self.stack and self.stack[-1][0] >= level:
            self.stack.pop()
        above = tuple([text for _, text in self.stack if text])
        self.stack.append((level, text if self.seen or level > 1 else ""))
        self.path = tuple([text for _, text in self.stack if text])
        self.seen += 1
        return above


def references(source: Source) -> dict[str, CharSpan]:
    """Link reference definitions: folded label to the place of its URL. `[//]: #` comments are none."""
    found: dict[str, CharSpan] = {}
    if "]:" in source.visible:
        for match in _REFERENCE.finditer(source.visible):
            if not match[2].startswith("#"):
                found.setdefault(" ".join(match[1].split()).casefold(), match.span(2))
    return found


def read_blocks(source: Source) -> list[Block]:
    """All blocks in document order, code fences and rules left out."""
    lines = source.visible.split("\n")
    if "]:" in source.visible:
        lines = ["" if "]:" in line and _REFERENCE.match(line) else line for line in lines]
    html_tables = _html_tables(source)
    shadow = _shadow(lines, {line for first, last, _ in html_tables for line in range(first, last + 1)})
    shown = _without_repeats(shadow)
    tokens = _parser().parse("\n".join([shadow[index] for index in shown]))
    raw = [*_leaves(source, tokens, [*shown, len(lines)])]
    if html_tables:
        raw = sorted([*raw, *(rows for _, _, found in html_tables for rows in found)], key=_place)
    return list(_sectioned(source, _with_tables(source, raw)))


def _place(block: Block) -> tuple[int, int]:
    return block.lines[0], block.start


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("zero", {"maxNesting": 120})
    parser.core.ruler.enableOnly(["normalize", "block"])
    parser.block.ruler.enableOnly(["code", "fence", "heading", "hr", "lheading", "list", "paragraph"])
    return parser


def _shadow(lines: list[str], hidden: set[int]) -> list[str]:
    shadow, before, shown = [], None, ""
    for line in lines:
        if line != before:
            before, shown = line, _shadow_line(line)
        shadow.append(shown)
    for index in hidden:
        shadow[index] = ""
    return shadow


def _without_repeats(shadow: list[str]) -> list[int]:
    """Numbers of the lines markdown-it has to see: of lines of one shape in a row the first two and the last.

    What it makes of the second holds for all between it and the last: each is an item or a heading of its
    own, or they all go on with one paragraph. Most lists are long runs of one shape.
    """
    shown: list[int] = []
    line_before, before, run = "\n", None, 0
    for index, line in enumerate(shadow):
        if line != line_before:
            line_before, shape = line, _shape(line)
            run = run if shape == before else 0
            before = shape
        run += 1
        if run > 3 and before is not None:
            shown[-1] = index
        else:
            shown.append(index)
    return shown


def _shape(line: str) -> str | None:
    """Indentation and marker of a line that opens no further block behind it; None for all others."""
    match = _SHAPE.match(line)
    if match is None:
        return None if line else "\n"
    shape = match[0]
    if number := match[1]:
        return shape.replace(number, ("1" if int(number) == 1 else "2") * len(number))
    return shape


def _shadow_line(line: str) -> str:
    """What markdown-it sees of a line: enough to tell the kind of its block."""
    line = line[:_LINE_SHOWN].replace("\r", " ").replace("\x00", " ")
    bare = line.lstrip()
    if not bare:
        return ""
    if bare[0] == ">":
        line = _QUOTE.sub(r"\1", line, count=1)
        bare = line.lstrip()
    if bare[:1] == "<":
        return _shadow_of_html(line)
    indent = len(line) - len(bare)
    if indent > _INDENT_SHOWN:
        line = " " * _INDENT_SHOWN + bare
    if bare[:1] in "-*+0123456789" and len(_MARKERS.findall(bare[:60])) > 4 and not _is_rule(bare):
        return " " * min(indent, _INDENT_SHOWN) + "- x"
    return line


def _is_rule(bare: str) -> bool:
    return len(set(bare) - {" ", "\t"}) == 1


def _shadow_of_html(line: str) -> str:
    heading = _HTML_HEADING.match(line)
    if heading:
        return "#" * int(heading[1]) + " x"
    if _LONE_TAGS.match(line) and "<a " not in line and "<img" not in line:
        return ""
    return "" if _SUMMARY.match(line) else line


def _leaves(source: Source, tokens: list[Token], shown: list[int]) -> Iterator[Block]:
    """Headings, paragraphs and indented code of the token stream, in document order.

    `shown` are the lines the tokens were made of; a leaf of one line stands for those left out behind it.
    """
    items: list[int] = []
    count, fresh = -1, False
    for token in tokens:
        if token.type == "list_item_open":
            count += 1
            items.append(count)
            fresh = True
        elif token.type == "list_item_close":
            items.pop()
        elif token.map and token.type in ("paragraph_open", "heading_open", "code_block"):
            begin, beyond = token.map[0], max(token.map)
            first, last = shown[begin], shown[max(begin, beyond - 1)]
            yield _leaf(source, token, items, fresh, (first, last))
            if beyond == begin + 1 and shown[beyond] > first + 1:
                for line in _told_apart(source, first, shown[beyond]):
                    if fresh:
                        count += 1
                        items[-1] = count
                    yield _leaf(source, token, items, fresh, (line, line))
            fresh = False


def join_blocks(blocks: list[Block], ends: Mapping[int, int]) -> list[Block]:
    """The same blocks, those from each of these places up to where it ends joined to one."""
    out: list[Block] = []
    beyond = 0
    for place, block in enumerate(blocks):
        if place < beyond:
            continue
        if beyond_it := ends.get(place):
            beyond, last = beyond_it, blocks[beyond_it - 1]
            block.end, block.lines = last.end, (block.lines[0], last.lines[1])
        out.append(block)
    return out


def nest_by_a_space(source: Source, blocks: list[Block]) -> None:
    """Nest items that stand one column to the right of the item directly above, as their list does all along.

    Markdown takes them for items of the same list. A list of such pairs means a paper and, below, its citation.
    """
    inner: list[Block] = []
    above, was_inner = None, False
    for block in blocks:
        below = (
            above is not None
            and not was_inner
            and above.kind == block.kind == "item"
            and above.depth == block.depth
            and above.lines[1] + 1 == block.lines[0]
            and _column(source, block) == _column(source, above) + 1
        )
        if below:
            inner.append(block)
        above, was_inner = block, below
    if len(inner) >= _PAIRS:
        for block in inner:
            block.depth += 1


def nest_below_numbers(source: Source, blocks: list[Block]) -> None:
    """Nest bullets that are indented below a numbered item, if only by too little for Markdown.

    `10. **Title**: ...` needs four blanks below it where `9.` was content with three: what the list means is shown
    by bullets in the same column that Markdown does nest.
    """
    found: list[Block] = []
    nested: set[int] = set()
    owner: Block | None = None
    for block in blocks:
        if block.kind != "item":
            owner = owner if block.depth else None
        elif _is_numbered(source, block):
            owner = block
        elif owner is not None and block.depth > owner.depth:
            nested.add(_column(source, block))
        elif owner is not None and block.depth == owner.depth:
            if _column(source, block) > _column(source, owner):
                found.append(block)
            else:
                owner = None
    found = [block for block in found if _column(source, block) in nested]
    if len(found) >= _PAIRS:
        for block in found:
            block.depth += 1


def part_items(source: Source, blocks: list[Block]) -> list[Block]:
    """The same blocks, with items taken apart where their lines open with the sign of the item, a blank to its right.

    Below `   - one`, Markdown takes `    - two` for text of the same item: four blanks are too many for a sign.
    """
    out: list[Block] = []
    fresh = max((block.item for block in blocks), default=-1)
    for block in blocks:
        starts = _signed_lines(source, block)
        stops = [*starts, block.lines[1] + 1]
        first = replace(block, lines=(block.lines[0], stops[0] - 1)) if starts else block
        if starts:
            first.end = source.line_end(stops[0] - 1)
        out.append(first)
        for line, stop in zip(starts, stops[1:], strict=True):
            fresh += 1
            text = source.line(line)
            start = source.line_starts[line] + len(text) - len(text.lstrip(" -*+"))
            end = block.end if stop > block.lines[1] else source.line_end(stop - 1)
            out.append(replace(block, start=start, end=end, lines=(line, stop - 1), item=fresh))
    return out


def _signed_lines(source: Source, block: Block) -> list[int]:
    """The lines of an item that open with its own sign four blanks from the margin, where it stands at three."""
    first, last = block.lines
    sign = _SIGNED.match(source.line(first)) if block.kind == "item" and first < last else None
    opening = f"    {sign[1]} " if sign else ""
    return [line for line in range(first + 1, last + 1) if opening and source.line(line).startswith(opening)]


def _is_numbered(source: Source, block: Block) -> bool:
    return source.line(block.lines[0]).lstrip(" \t>")[:1].isdigit()


def number_references(source: Source, blocks: list[Block]) -> list[Block]:
    """The same blocks, with paragraphs of numbered references (`[12] Title, 1964`) taken apart, an item each.

    Markdown knows no such lists: lines right below each other are one paragraph to it.
    """
    found = [
        (place, starts)
        for place, block in enumerate(blocks)
        if block.kind == "paragraph" and block.depth == 0 and (starts := _numbered_lines(source, block))
    ]
    if sum(len(starts) for _, starts in found) < _REFERENCES:
        return blocks
    out, at = [], 0
    for place, starts in found:
        block = blocks[place]
        out += blocks[at:place]
        if starts[0] > block.lines[0]:
            lines = block.lines[0], starts[0] - 1
            out.append(replace(block, end=source.line_end(lines[1]), lines=lines))
        stops = [*starts[1:], block.lines[1] + 1]
        for line, stop in zip(starts, stops, strict=True):
            number = _reference_number(source, block, line)
            first = number.end() if number else block.start
            last = block.end if stop > block.lines[1] else source.line_end(stop - 1)
            out.append(replace(block, kind="item", start=first, end=last, lines=(line, stop - 1)))
        at = place + 1
    return out + blocks[at:]


def _numbered_lines(source: Source, block: Block) -> list[int]:
    """The lines of a paragraph that open with a number in brackets which is no link, if the first does.

    A quotation is a block of its own, though the text above it seems to go on: its first line counts as well.
    """
    first, last = block.lines
    starts = [line for line in range(first, last + 1) if _reference_number(source, block, line)]
    return starts if starts and (starts[0] == first or _opens_quotation(source, starts[0])) else []


def _reference_number(source: Source, block: Block, line: int) -> re.Match[str] | None:
    start = source.line_starts[line]
    if line == block.lines[0]:
        start = block.start
    elif quoted := _QUOTED.match(source.visible, start):
        start = quoted.end()
    return _REFERENCE_NUMBER.match(source.visible, start)


def _opens_quotation(source: Source, line: int) -> bool:
    """Whether a quotation begins with a line, right below text that is none."""
    above, below = source.line(line - 1), source.line(line)
    return below.lstrip(" ").startswith(">") and not above.lstrip(" ").startswith(">")


def take_in_indented(source: Source, blocks: list[Block]) -> None:
    """Put paragraphs into the item above that they are indented below, if only by too little for Markdown.

    `1. **Title**`, a blank line, and two blanks before the authors: three were needed. A list does so all along.
    """
    found: list[tuple[Block, Block]] = []
    owner: Block | None = None
    above = -9
    for block in blocks:
        if block.kind == "item":
            owner = block
        elif not (
            owner is not None
            and block.kind == "paragraph"
            and block.item < 0
            and block.lines[0] - above == 2
            and _column(source, block) > _column(source, owner)
        ):
            owner = None
        elif owner is not None:
            found.append((block, owner))
        above = block.lines[1]
    if len(found) >= _PAIRS:
        for block, holder in found:
            block.item, block.depth = holder.item, holder.depth


def _column(source: Source, block: Block) -> int:
    line = source.line(block.lines[0])
    return len(line) - len(line.lstrip(" "))


def _told_apart(source: Source, first: int, stop: int) -> Iterator[int]:
    """The lines from `first` to `stop`, both left out, but for short ones that only repeat the first of them."""
    text = source.line(first)
    tiny = len(text) < 12 and "[" not in text
    for line in range(first + 1, stop):
        if not tiny or source.line(line) != text:
            yield line


def _leaf(source: Source, token: Token, items: list[int], fresh: bool, lines: tuple[int, int]) -> Block:
    first, last = lines
    while last > first and not source.line(last).strip():
        last -= 1
    start, end = _content(source, first, last, fresh)
    if token.type == "heading_open" and (token.markup != "-" or _is_short_heading(source, first, last)):
        heading = _heading(source, token, (start, end), (first, last))
        if not (fresh and "](" in source.line(first)):
            return heading
        start, end = heading.start, heading.end  # `1. ### [Title](url)` is an item in large letters
        start += len(source.visible[start:end]) - len(source.visible[start:end].lstrip())
    kind: BlockKind = "item" if fresh else "paragraph"
    return Block(kind, start, end, (first, last), depth=len(items), item=items[-1] if items else -1)


def _is_short_heading(source: Source, first: int, last: int) -> bool:
    """A `---` right under a paragraph is mostly a rule somebody drew, not a heading."""
    return last - first <= 1 and "](" not in source.line(first) and len(source.line(first)) < 80


def _content(source: Source, first: int, last: int, fresh: bool) -> CharSpan:
    """From the first character after indentation and list markers to the last that is no white space."""
    start, end = source.line_starts[first], source.line_end(last)
    text = source.visible
    while fresh and (marker := _ONE_MARKER.match(text, start, source.line_end(first))):
        start = marker.end()
    piece = text[start:end]
    kept = piece.lstrip(" \t\r\n>")
    start += len(piece) - len(kept)
    end = max(start, start + len(kept.rstrip()))
    if kept[:2] == "<a" and (anchor := _ANCHOR.match(text, start, end)):
        start = anchor.end()
    return start, end


def _heading(source: Source, token: Token, span: CharSpan, lines: tuple[int, int]) -> Block:
    start, end = span
    text = source.visible[start:end]
    stripped = text.lstrip("#")
    start += len(text) - len(stripped)
    if token.markup in ("=", "-"):
        end = min(end, source.line_end(lines[0]))
    elif stripped.rstrip().endswith("#"):
        end = start + len(stripped.rstrip().rstrip("#"))
    return Block("heading", start, max(start, end), lines, level=int(token.tag[1]))


def _sectioned(source: Source, blocks: list[Block]) -> Iterator[Block]:
    tops = [block for block in blocks if block.kind == "heading" and block.level == 1]
    is_topic = len(tops) > 1 and _NO_NAME.fullmatch(source.visible, tops[0].start, tops[0].end) is not None
    outline = _Outline(seen=int(is_topic))
    for block in blocks:
        if block.kind == "heading":
            text = heading_text(source, block)
            block.section = outline.enter(block.level, text)
            yield block
        else:
            block.section = outline.path
            yield block


def heading_text(source: Source, block: Block) -> str:
    """A heading as a reader sees it: no markup, no images, emoji kept."""
    return scan(source.visible, block.start, block.end).plain(block.start, block.end)


def _with_tables(source: Source, blocks: list[Block]) -> list[Block]:
    """The same blocks, with the rows of pipe tables in the place of their paragraphs."""
    out: list[Block] = []
    state: tuple[tuple[str, ...], int] = ((), 0)
    for block in blocks:
        if block.kind in ("item", "paragraph") and "|" in source.visible[block.start : block.end]:
            rows, state = _split_table(source, block, state)
            out += rows
        else:
            out.append(block)
            if block.kind == "heading":
                state = ((), state[1])
    return out


def _split_table(
    source: Source, block: Block, state: tuple[tuple[str, ...], int]
) -> tuple[list[Block], tuple[tuple[str, ...], int]]:
    """Rows of a paragraph that is (or continues) a pipe table; the paragraph itself where it is none."""
    first, last = block.lines
    texts = [source.line(index) for index in range(first, last + 1)]
    at = next((n for n, text in enumerate(texts) if _is_separator(text)), None)
    header, number = state
    if at is None:
        if not (header and all(text.lstrip().startswith("|") for text in texts)):
            return [block], state
        return [_row(source, line, block, header, number) for line in range(first, last + 1)], state
    header = tuple([_cell_text(source, cell) for cell in _cells(source, first + at - 1)]) if at else ()
    number += 1
    before = (
        [replace(block, lines=(first, first + at - 2), end=source.line_end(first + at - 2))] if at > 1 else []
    )
    rows = [
        _row(source, first + n, block, header, number)
        for n in range(at + 1, len(texts))
        if not _is_separator(texts[n])
    ]
    return before + rows, (header or ("",), number)


def _is_separator(text: str) -> bool:
    return "|" in text and "-" in text and _SEPARATOR.match(text) is not None


def _row(source: Source, line: int, block: Block, header: tuple[str, ...], table: int) -> Block:
    start, end = _content(source, line, line, False)
    return Block("row", start, end, (line, line), (), block.depth, block.item, 0, (), header, table)


def cells_of(source: Source, row: Block) -> Sequence[CharSpan]:
    """The places of a row's cells. Those of pipe tables are found when asked for: kept, they would be most of all."""
    return row.cells or (_cells(source, row.lines[0]) if row.kind == "row" else ())


def _cells(source: Source, line: int) -> list[CharSpan]:
    """The places of the cells of a pipe row, white space trimmed; empty ones keep theirs."""
    text = source.line(line)
    bare = text.strip()
    left = source.line_starts[line] + (text.index(bare[0]) if bare else len(text))
    bare = bare.removesuffix("|") if len(bare) > 1 and bare[-2] != "\\" else bare
    if bare[:1] == "|":
        left, bare = left + 1, bare[1:]
    cells = []
    for piece in bare.split("|") if "\\|" not in bare else _BAR.split(bare):
        kept = piece.strip()
        first = left if kept == piece else left + len(piece) - len(piece.lstrip())
        cells.append((first, first + len(kept)))
        left += len(piece) + 1
    return cells


def _cell_text(source: Source, cell: CharSpan) -> str:
    return scan(source.visible, *cell).plain(*cell)


def _html_tables(source: Source) -> list[tuple[int, int, list[Block]]]:
    """HTML tables: first and last line, and one block per row. One never closed ends with the last of its rows."""
    found: list[tuple[int, int, list[Block]]] = []
    opened = -1
    tags: list[re.Match[str]] = []
    if "<t" not in source.visible and "<T" not in source.visible:
        return []
    for match in _HTML_ROW.finditer(source.visible):
        name, closing = match[2].lower(), bool(match[1])
        if name == "table" and not closing:
            opened, tags = match.start(), []
        elif name == "table" and opened >= 0:
            lines = source.line_of(opened) - 1, source.line_of(match.start()) - 1
            found.append((*lines, _html_rows(source, tags, match.start(), len(found) + 1)))
            opened = -1
        elif opened >= 0:
            tags.append(match)
    if opened >= 0 and (kept := _closed_rows(source, tags)):
        lines = source.line_of(opened) - 1, source.line_of(kept[-1].start()) - 1
        found.append((*lines, _html_rows(source, kept, kept[-1].end(), len(found) + 1)))
    return found


def _closed_rows(source: Source, tags: list[re.Match[str]]) -> list[re.Match[str]]:
    """The tags of the rows with which a table that is never closed begins: each closed, with nothing between them."""
    kept, row = 0, False
    for number, tag in enumerate(tags):
        if tag[2].lower() != "tr":
            continue
        if bool(tag[1]) is not row:
            break
        between = source.visible[tags[kept - 1].end() : tag.start()] if kept and not row else ""
        if _WORDS.search(_TAG.sub("", between)):
            break
        row = not row
        kept = kept if row else number + 1
    return tags[:kept] if kept else []


def _html_rows(source: Source, tags: list[re.Match[str]], end: int, number: int) -> list[Block]:
    rows: list[Block] = []
    header: tuple[str, ...] = ()
    starts = [index for index, tag in enumerate(tags) if tag[2].lower() == "tr" and not tag[1]]
    covered: list[int] = []
    for index, following in zip(starts, [*starts[1:], len(tags)]):
        inside = tags[index + 1 : following]
        closing = next((tag.end() for tag in inside if tag[2].lower() == "tr"), None)
        stop = closing or (tags[following].start() if following < len(tags) else end)
        cells = tuple(_html_cells(inside, stop))
        if any(tag[2].lower() == "th" for tag in inside):
            header = tuple(_cell_text(source, (cell.start, cell.end)) for cell in cells)
            continue
        start = tags[index].start()
        cells, covered = _in_columns(cells, covered, len(header), start)
        lines = source.line_of(start) - 1, source.line_of(max(start, stop - 1)) - 1
        places = tuple((cell.start, cell.end) for cell in cells)
        rows.append(Block("html_row", start, stop, lines, cells=places, header=header, table=-number - 1))
    return rows


def _in_columns(
    cells: tuple[_Cell, ...], covered: list[int], width: int, at: int
) -> tuple[tuple[_Cell, ...], list[int]]:
    """The cells of a row in the table's columns: an empty one where a cell of a row above reaches down.

    `covered` are the rows that each column is still covered for; a row that does not fit stays as it is.
    """
    if sum(cell.columns for cell in cells) == width > len(cells):
        cells = tuple(part for cell in cells for part in (cell, *[_Cell(at, at)] * (cell.columns - 1)))
    held = [column for column, left in enumerate(covered[:width]) if left > 0]
    if cells and held and len(cells) + len(held) == width:
        own = iter(cells)
        cells = tuple(_Cell(at, at, covered[n]) if n in held else next(own) for n in range(width))
    return cells, [cell.rows - 1 for cell in cells] if cells else covered


def _html_cells(tags: list[re.Match[str]], stop: int) -> Iterator[_Cell]:
    for index, tag in enumerate(tags):
        if tag[2].lower() in ("td", "th") and not tag[1]:
            end = next((other.start() for other in tags[index + 1 : index + 2]), stop)
            spans = {name.lower(): int(count) for name, count in _SPAN.findall(tag[0])}
            yield _Cell(tag.end(), end, spans.get("row", 1), spans.get("col", 1))
