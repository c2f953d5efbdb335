"""A list file as stored and as read: bytes, text, what of it is visible, and the way back to the bytes.

Every span of the project is made here, so this module alone knows about encodings: text is UTF-8 with
undecodable bytes as surrogate escapes (PEP 383), lines end at `\\n` alone, and hidden text (HTML comments,
the byte order mark, front matter) is blanked, never cut, so that positions stay what they are. Square brackets
that are escaped (`\\[2023/10\\]`) are brackets to a reader of the page: they change places with their backslashes,
which are blanked.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from pipeline.text import lazy

_STEP = 128
_NOT_NEWLINE = lazy(r"[^\n]+")
_ADDRESS = lazy(r"[^\s()\"<>]++")
_LONGEST_ADDRESS = 2000
_HIDDEN = lazy(r"^[ \t]*+(?:[-*+]|\d{1,9}[.)])?[ \t]*+(?P<fence>`{3,}+(?=[^`\n]*+$)|~{3,}+)|<!--", re.M)
_FRONT_MATTER = lazy(r"\ufeff?---[ \t]*+\r?\n(?=(?:.*+\n)??[ \t]*+[\w-]++[ \t]*+:)")
_FRONT_END = lazy(r"^(?:---|\.\.\.)[ \t]*+\r?$", re.M)
_SURROGATE = lazy(r"[\udc80-\udcff]")
_BRACKET = lazy(r"\\[^\n]|\]\((?:[^\s()]|\([^\s()]*+\))*+|[\[\]]")
_BEFORE = frozenset("\t\r\\ [](*_|>.,;:")
_BEHIND = frozenset("\t\r\\ []()*_|<.,;")
"""What may stand beside escaped brackets that are no part of a word, an address or a name (`\\[Re\\]: ...`)."""

CharSpan = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Source:
    """One list file. `visible` is `text` with everything a reader of the page cannot see blanked out."""

    data: bytes
    text: str
    visible: str
    comments: tuple[CharSpan, ...]
    line_starts: tuple[int, ...]
    marks: tuple[int, ...]
    """Byte offset of every 128th character; empty where bytes and characters are the same."""
    unescaped: bool = False
    """Whether square brackets stand elsewhere in what is visible, each beside the place of its backslash."""

    def line_of(self, char: int) -> int:
        """1-based number of the line that holds this character."""
        return bisect_right(self.line_starts, char)

    def line_end(self, index: int) -> int:
        """Where the line with this 0-based index ends, before its `\\n`."""
        last = index + 1 >= len(self.line_starts)
        return len(self.text) if last else self.line_starts[index + 1] - 1

    def line(self, index: int) -> str:
        """The visible text of the line with this 0-based index, without its line end."""
        return self.visible[self.line_starts[index] : self.line_end(index)]

    def byte_offset(self, char: int) -> int:
        """Where in the stored file this character starts."""
        if not self.marks:
            return char
        step = char // _STEP
        return self.marks[step] + len(self.text[step * _STEP : char].encode("utf-8", "surrogateescape"))

    def byte_span(self, span: CharSpan) -> tuple[int, int]:
        """The same span in bytes of the stored file."""
        return self.byte_offset(span[0]), self.byte_offset(span[1])

    def byte_spans(self, spans: dict[str, CharSpan]) -> dict[str, CharSpan]:
        """Named spans in bytes. One offset serves them all where nothing but ASCII lies between them."""
        if not self.marks or not spans:
            return spans
        first, _ = min(spans.values())
        last = max([end for _, end in spans.values()])
        if last - first > 4 * _STEP or not self.text[first:last].isascii():
            return {key: self.byte_span(span) for key, span in spans.items()}
        shift = self.byte_offset(first) - first
        return {key: (start + shift, end + shift) for key, (start, end) in spans.items()}

    def with_escapes(self, span: CharSpan) -> CharSpan:
        """The same span with the backslashes of the brackets at its ends, and these whole."""
        start, end = span
        if self.text[start - 1 : start + 1] == "\\[" and self.visible[start] == "[":
            start -= 1
        if self.text[end - 1 : end + 1] == "\\]" and self.visible[end - 1] == "]":
            end += 1
        return start, end

    def undecodable(self) -> list[int]:
        """Characters that stand for bytes which are not UTF-8."""
        return [] if self.data.isascii() else [m.start() for m in _SURROGATE.finditer(self.text)]


def load(data: bytes) -> Source:
    """Read a stored file. Never fails: what is not UTF-8 survives as surrogate escapes."""
    text = data.decode("utf-8", "surrogateescape")
    comments = _comments(text)
    visible = (
        _blank(text, comments + _front_matter(text))
        if comments or text[:4].strip("\ufeff-") != text[:4]
        else text
    )
    shown = _unescaped(visible) if "\\[" in visible else visible
    starts = accumulate(map(len, text.split("\n")[:-1]), lambda at, length: at + length + 1, initial=0)
    marks = _byte_marks(data, text)
    return Source(data, text, shown, tuple(comments), tuple(starts), marks, shown is not visible)


def _unescaped(text: str) -> str:
    """The text with its escaped square brackets as if they were not: `\\[` becomes ` [`, and `\\]` becomes `] `.

    The blanks stand outside of emphasis and before the bracket of a link, for these open right before a text.
    """
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if "\\[" in line and (pairs := _escaped_pairs(line)):
            signs = list(line)
            for left, right in pairs:
                first, last = _run_before(line, left), _run_behind(line, right + 2)
                signs[first : left + 2] = " " + line[first:left] + "["
                signs[right:last] = "]" + line[right + 2 : last] + " "
            lines[index] = "".join(signs)
    return "\n".join(lines)


def _run_before(line: str, left: int) -> int:
    """Where the emphasis and the link begin that open right before this place."""
    start = left
    while start and line[start - 1] in "*_[" and line[start - 2 : start - 1] != "\\":
        start -= 1
    return start if not start or line[start - 1] in " \t(" or line[start] == "[" else left


def _run_behind(line: str, right: int) -> int:
    """Where the emphasis ends that is closed at this place."""
    end = right
    while line[end : end + 1] and line[end] in "*_":
        end += 1
    return end if not line[end : end + 1].strip(" \t\r.,;:)]|") else right


def _escaped_pairs(line: str) -> list[CharSpan]:
    """Where the backslashes of brackets stand that are both escaped, no others crossing, and in the middle of no word."""
    pairs: list[CharSpan] = []
    opened: list[tuple[int, bool]] = []
    for match in _BRACKET.finditer(line):
        sign, at = match[0], match.start()
        if sign[-1] == "[":
            opened.append((at, len(sign) == 2))
        elif sign[0] == "]":
            while opened and opened.pop()[1]:
                pass
        elif sign == "\\]" and opened and opened[-1][1]:
            left = opened.pop()[0]
            before, behind = line[max(0, left - 1) : left], line[at + 2 : at + 3]
            if (not before or before in _BEFORE) and (not behind or behind in _BEHIND):
                pairs.append((left, at))
    return pairs


def _byte_marks(data: bytes, text: str) -> tuple[int, ...]:
    if data.isascii():
        return ()
    marks, at = [0], 0
    for start in range(0, len(text), _STEP):
        at += len(text[start : start + _STEP].encode("utf-8", "surrogateescape"))
        marks.append(at)
    return tuple(marks)


def _front_matter(text: str) -> list[CharSpan]:
    """The byte order mark, and a YAML block between `---` lines at the very top."""
    start = _FRONT_MATTER.match(text)
    end = _FRONT_END.search(text, start.end()) if start else None
    if end:
        return [(0, end.end())]
    return [(0, 1)] if text.startswith("\ufeff") else []


def _comments(text: str) -> list[CharSpan]:
    """HTML comments outside of code fences. One that is never closed hides nothing, nor one within an address."""
    found: list[CharSpan] = []
    at = 0
    while "<!--" in text and (match := _HIDDEN.search(text, at)):
        if match["fence"]:
            at = _fence_end(text, match)
            continue
        end = text.find("-->", match.end())
        if end < 0:
            break
        at = end + 3
        if not _is_in_address(text, match.start(), at):
            found.append((match.start(), at))
    return found


def _is_in_address(text: str, start: int, end: int) -> bool:
    """Whether what looks like a comment stands within the target of a link: nothing is a comment there."""
    before = text[max(0, start - _LONGEST_ADDRESS) : start]
    opened = before.rfind("](")
    return opened >= 0 and "\n" not in text[start:end] and bool(_ADDRESS.fullmatch(before, opened + 2))


def _fence_end(text: str, opening: re.Match[str]) -> int:
    fence = opening["fence"]
    closing = re.compile(rf"^[ \t]*+{re.escape(fence[0])}{{{min(len(fence), 1000)},}}+[ \t]*+\r?$", re.M)
    end = closing.search(text, opening.end())
    return end.end() if end else len(text)


def _blank(text: str, spans: list[CharSpan]) -> str:
    parts: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if start < at:
            continue
        parts += text[at:start], _NOT_NEWLINE.sub(lambda m: " " * len(m[0]), text[start:end])
        at = end
    return "".join([*parts, text[at:]])
