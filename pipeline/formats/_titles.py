"""What titles and names look like: their capitals, and the text itself without signs around it."""

from __future__ import annotations

from pipeline.formats._model import CharSpan
from pipeline.text import lazy

_QUOTES = '"“”„«»「」『』《》'
_SHORT_NAME = lazy(r"[^\s:：\[\](){}]{2,24}(?:,? [^\s:：\[\](){}]{1,24}){0,2}")
_CODED_WORD = lazy(r"[^\W_]\S*[A-Z\d]")


def in_capitals(text: str, *, caseless: bool = False) -> bool:
    """Whether most of the long words of a text open with a capital, as those of titles do.

    With `caseless` it is enough that they open with no small letter: digits have no case, nor have Chinese signs.
    """
    long = [word for word in text.split() if len(word) > 3]
    capital = sum(not word[0].islower() if caseless else word[0].isupper() for word in long)
    return 5 * capital >= 3 * len(long)


def is_headline(title: str | None) -> bool:
    """Whether a text is written as titles are: five words and more, most of the long ones capitalised."""
    return len((title or "").split()) >= 5 and in_capitals(title or "")


def is_short_name(text: str) -> bool:
    """Whether a text is what a system is called: one word, or up to three with one like `FFTNet` or `Speech2`."""
    if _SHORT_NAME.fullmatch(text) is None:
        return False
    return " " not in text or any(_CODED_WORD.match(word) for word in text.split())


def clean_title(text: str) -> str:
    """A title as a person would quote it: no quotes around it, no final period."""
    text = text.strip().rstrip(",;:|")
    if text[:1] == "‘" and text.rstrip(".,")[-1:] == "’":
        text = text.rstrip(".,")[1:-1]
    if text[:1] in _QUOTES or text[-1:] in _QUOTES or text[-2:-1] in _QUOTES:
        text = text.rstrip(".,; ").strip(_QUOTES + "'").strip() if _quoted(text) else text
    if text.endswith(".") and not text.endswith("..."):
        text = text[:-1]
    return text.strip().rstrip(",;|").strip()


def _quoted(text: str) -> bool:
    inner = text.strip(".,; ")
    return (inner[:1] in _QUOTES) == (inner[-1:] in _QUOTES) or sum(inner.count(q) for q in _QUOTES) % 2 == 1


def title_span(text: str, start: int, end: int) -> CharSpan:
    """The place of the title's own text: without white space, quotes and the final period around it."""
    if text[start : start + 1] == "‘" and text[start:end].rstrip(" .,;").endswith("’"):
        start, end = start + 1, start + len(text[start:end].rstrip(" .,;")) - 1
    while start < end and (text[start].isspace() or text[start] in _QUOTES):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in _QUOTES + ".,;|"):
        if text[end - 3 : end] == "...":
            break
        end -= 1
    return start, end
