"""Text taken apart at its marks: stretches in one style, outside of title, links and images."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.formats._inline import Inline, Mark
from pipeline.formats._labels import field_label
from pipeline.formats._model import CharSpan
from pipeline.formats._when import FOUR_DIGITS, is_acronym
from pipeline.text import lazy

_BAR = lazy(r"\s\|{1,2}\s")
_VOLUME_BEFORE = lazy(r"[a-z]{4}\s\d{1,3}\s?$")
_ISSUE = lazy(r"(?<![\d./])\d{1,4}\.\s?\d{1,3}\s?$")
NAMED_BEFORE = lazy(
    r"\b(?:Conference|Symposium|Workshop|Transactions|Journal|Proceedings|Privacy|Meeting|Letters|Congress|Advances in)\b(?:[^.,;:()|]|, (?=and ))*+$"
    r"|\b(?:Int|Symp|Conf|Trans|Proc)\.[^,;:()|]*+$"
)
"""The long name of a conference or journal up to the end of a text."""
_YEAR_BEHIND = lazy(r"\s?(?:19|20)\d\d\b")
_ET_AL_BEHIND = lazy(r"[ \t]*,?[ \t]*et\.? ?al\b")
_IN_YEAR = lazy(r"\bIn (?:19|20)\d\d [A-Z\d][^()\n]{4,150}+$")


@dataclass(slots=True)
class Segment:
    """A stretch of text without marks inside; `label` is the field label its line opens with, folded."""

    start: int
    end: int
    style: str
    label: str | None


def segments(inline: Inline, taken: CharSpan) -> list[Segment]:
    """The stretches of text outside of title, links and images, split where the style changes."""
    found: list[Segment] = []
    at, label = inline.start, field_label(inline, inline.start, taken)
    if not inline.marks and not inline.cuts and not inline.start <= taken[0] < inline.end:
        _add_segment(found, inline, (at, inline.end), "", label)
        return found
    style: list[tuple[int, str]] = []
    walls = _walls(inline, taken)
    for start, end, kind in [*walls, (inline.end, inline.end, "end")]:
        while style and style[-1][0] <= start:
            stop, name = style.pop()
            _add_segment(found, inline, (at, stop), name, label)
            at = max(at, stop)
        _add_segment(found, inline, (at, start), style[-1][1] if style else "", label)
        at = max(at, start)
        if kind == "skip":
            at = max(at, end)
        elif kind == "break":
            at = max(at, end)
            label = field_label(inline, end, taken)
        elif kind != "end":
            style.append((end, kind))
    return found


def _walls(inline: Inline, taken: CharSpan) -> list[tuple[int, int, str]]:
    """Where text is interrupted: title, links, images, line breaks; and where a style begins and ends."""
    found: list[tuple[int, int, str]] = [(*taken, "skip")] if inline.start <= taken[0] < inline.end else []
    found += [
        (*cut, "skip")
        for cut in inline.cuts
        if inline.text[cut[0]] in "<~"
        and not inline.text.startswith(("<sup>", "</sup>"), cut[0])
        and not taken[0] <= cut[0] < taken[1]
    ]
    busy, styled, bold = -1, -1, -1
    for mark in inline.marks:
        if mark.start < busy:
            continue
        if mark.kind in ("link", "image"):
            found.append((mark.start, mark.end, "skip"))
            busy = mark.end
        elif mark.kind == "break":
            if mark.start >= styled and not _is_enumeration(inline.text, mark):
                found.append((mark.start, mark.end, "break"))
        elif mark.kind not in ("quote", "paren") or (mark.start >= bold and _is_slot(inline, mark)):
            found.append((mark.inner_start, mark.inner_end, mark.kind))
            styled = mark.end if mark.kind == "italic" else styled
            bold = mark.end if mark.kind == "bold" else bold
    return sorted(found, key=lambda wall: (wall[0], -wall[1]))


def _is_enumeration(text: str, mark: Mark) -> bool:
    """Whether a bare line end stands in the middle of names: `Packer,` and on the next line `Benjamin`."""
    before = text[max(0, mark.start - 5) : mark.start].rstrip()
    return text[mark.start] == "\n" and (before.endswith((",", " and")))


def _is_slot(inline: Inline, mark: Mark) -> bool:
    """Whether parentheses hold a venue or a date and not an aside; quotes never do."""
    inside = inline.text[mark.inner_start : mark.inner_end]
    if FOUR_DIGITS.fullmatch(inside) and (
        _ISSUE.search(inline.text, max(0, mark.start - 12), mark.start)
        or _VOLUME_BEFORE.search(inline.text, max(0, mark.start - 12), mark.start)
        or inline.text[mark.start - 1 : mark.start].isalpha()
    ):
        return False  # `IEEE Transactions on Robotics 27.3 (2016)`, `OpenAI(2023)`
    if inside.isdigit() and len(inside) < 4 and inline.text[mark.start - 1 : mark.start].isdigit():
        return False  # the issue behind a volume: `ACM Queue 16(1), 2018`
    if inside.isalpha() and _YEAR_BEHIND.match(inline.text, mark.end):
        return False  # a series behind its venue: `SIGGRAPH Asia (TOG) 2021`
    if inside.isalpha() and _IN_YEAR.search(inline.text, max(inline.start, mark.start - 180), mark.start):
        return False  # the short name of a conference: `In 2021 Int. Symposium on Network Management (IM)`
    if (
        inside.isascii()
        and is_acronym(inside)
        and NAMED_BEFORE.search(inline.text, max(inline.start, mark.start - 90), mark.start)
    ):
        return False  # `IEEE Conference on Computer Vision and Pattern Recognition (CVPR). 2017.`
    if _ET_AL_BEHIND.match(inline.text, mark.end):
        return False  # where somebody works: `Linxi Fan (NVIDIA) et al. NeurIPS`
    return (
        mark.kind == "paren"
        and len(inside) < 100
        and (any(c.isdigit() for c in inside) or is_acronym(inside.strip()))
    )


def _add_segment(found: list[Segment], inline: Inline, span: CharSpan, style: str, label: str | None) -> None:
    """Add a stretch in one style, taken apart at bars; none that holds no word."""
    start, end = span
    while start < end:
        bar = _BAR.search(inline.text, start, end) if inline.text.find("|", start, end) >= 0 else None
        stop = bar.start() if bar else end
        text = inline.text[start:stop]
        if len(text.strip("*_ \t\r\n`~")) > 1 or text.strip().isalnum():
            found.append(Segment(start, stop, style, label))
        start = bar.end() if bar else end
