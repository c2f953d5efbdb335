"""Text as every room compares and prints it: titles, names of people, slugs, and text that must not act.

Titles of one paper differ between a list and a source in case, dashes, quotes, LaTeX and markup, never
in their words; so comparing goes through one normal form, `normalise_title`.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache, lru_cache
from typing import Any, cast

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_LATEX_SIGNS = re.compile(r"\\[a-zA-Z]+|[\\{}$~^]")
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORDS = {n: chr(n).lower() if chr(n).isalnum() else " " for n in range(128)}
"""The normal form of ASCII text, sign by sign."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PARTICLES = frozenset("van von der den de del della di da dos du la le ter ten bin ibn al el".split())
_SUFFIXES = frozenset("jr sr ii iii iv phd".split())


class _Lazy:
    """Stands for a pattern until one of its methods is first asked for."""

    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._source, self._flags)
        for method in ("match", "fullmatch", "search", "finditer", "findall", "split", "sub"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazy(source: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile` put off until the pattern is first used: many runs read no list and no venue.

    There are hundreds, and a long one takes a millisecond to compile. Once it is, a call costs what it does on
    the pattern itself.
    """
    return cast("re.Pattern[str]", _Lazy(source, flags))


def _plain(text: str) -> str:
    """Text without HTML entities, tags and LaTeX commands (accents resolved)."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "\\" in text:
        text = without_latex(text)
    return text


def without_latex(text: str) -> str:
    """Text as LaTeX would set it: `S{\\'e}verin` is `Séverin`."""
    return str(_latex().latex_to_text(text, tolerant_parsing=True))


@cache
def _latex() -> Any:
    """The reader of LaTeX, made when the first text needs it: it takes longer than most lists."""
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="text", keep_comments=True)


def fold(text: str) -> str:
    """Compatibility form without accents and case: `Ångström` and `angstrom` fold alike."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


@lru_cache(maxsize=65536)
def normalise_title(title: str) -> str:
    """The form in which two spellings of one title are equal: folded words joined by one space.

    >>> normalise_title("**QLoRA**: Efficient Fine-tuning of <i>Quantized</i> LLMs.")
    'qlora efficient fine tuning of quantized llms'
    """
    plain = _plain(title)
    if plain.isascii() and "\\" not in plain:
        return " ".join(plain.translate(_ASCII_WORDS).split())
    return " ".join(_WORD.findall(fold(_LATEX_SIGNS.sub(" ", plain))))


def title_question(title: str) -> str:
    """The question a source is asked about a paper known by its title only: `title:<normalised>`."""
    return f"title:{normalise_title(title)}"


@lru_cache(maxsize=65536)
def squash(text: str) -> str:
    """Normal form without any spaces: `Fine-Tuning`, `fine tuning` and `finetuning` squash alike."""
    return normalise_title(text).replace(" ", "")


def slug(text: str, limit: int = 60) -> str:
    """A readable key of ASCII letters, digits and `-`, at most `limit` long, cut at a word.

    Never empty: a text without any ASCII letter gives a key made of its code points.

    >>> slug("TinyStories: How Small Can Language Models Be?")
    'tinystories-how-small-can-language-models-be'
    """
    normal = normalise_title(text)
    key = normal.replace(" ", "-") if normal.isascii() else "-".join(re.findall(r"[a-z0-9]+", normal))
    if not key:
        return "u" + "-".join(f"{ord(c):x}" for c in text.strip()[:8]) if text.strip() else "untitled"
    if len(key) <= limit:
        return key
    cut = key.rfind("-", 0, limit + 1)
    return key[: cut if cut > 0 else limit]


@lru_cache(maxsize=65536)
def surname(name: str) -> str:
    """The folded last name: the part before a comma, else the last word that is no suffix.

    >>> surname("Christopher D Manning"), surname("Manning, Christopher D."), surname("Ludwig van Beethoven")
    ('manning', 'manning', 'beethoven')
    """
    last, comma, _ = name.partition(",")
    folded = fold(_LATEX_SIGNS.sub("", _plain(last if comma else name)).replace("-", "").replace("'", ""))
    words: list[str] = _WORD.findall(folded)
    kept = [w for w in words if w not in _SUFFIXES and not w.isdigit()] or words
    return kept[-1] if kept else ""


@lru_cache(maxsize=65536)
def name_parts(name: str) -> frozenset[str]:
    """All folded words of a name longer than an initial, particles left out: for names in either order."""
    words = _WORD.findall(fold(_plain(name).replace("-", "").replace("'", "")))
    return frozenset(
        w for w in words if len(w) > 1 and w not in _PARTICLES and w not in _SUFFIXES and not w.isdigit()
    )


def one_line(text: str) -> str:
    """White space folded to single spaces, ends trimmed."""
    return " ".join(text.split())


def inert(text: str) -> str:
    """Text from elsewhere, safe to print on a terminal: no control or direction characters."""
    return text if text.isprintable() else _CONTROL.sub("�", text)


_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>|#~])")


def markdown_safe(text: str) -> str:
    """Text from elsewhere as inert Markdown: one line, signs escaped, no HTML, no control characters."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", inert(one_line(text)).replace("&", "&amp;"))


_PINGS = re.compile(
    r"(?<![\w.])@(?=\w)|#(?=\d)|\bGH-(?=\d)|(?<=://github\.com)/(?=[^/\s]+/[^/\s]+/(?:issues|pull|discussions)/)"
)


def quiet_markdown(text: str) -> str:
    """Inert Markdown for a page on GitHub that calls nobody: no mention, no reference to an issue.

    An empty comment within `@name`, `#12`, `GH-12` and links to issues leaves them readable; escaping does
    not help, for GitHub looks at the page after Markdown was made of it.
    """
    return _PINGS.sub(lambda found: f"{found[0]}<!-- -->", markdown_safe(text))
