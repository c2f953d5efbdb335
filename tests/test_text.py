"""Text forms: which spellings are one, and what text from elsewhere may not do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import (
    inert,
    markdown_safe,
    normalise_title,
    quiet_markdown,
    slug,
    squash,
    surname,
)

SAME_TITLES = [
    ("QLoRA: Efficient Finetuning of Quantized LLMs", "**QLORA: efficient finetuning of quantized LLMs.**"),
    ("The Era of 1-bit LLMs", "The Era of 1\u2011bit LLMs"),
    ("Na\u00efve B\u00e9zier", "Na{\\\"i}ve B\\'ezier"),
    ("k-Nearest & More", "k-nearest &amp; more"),
    ("A <i>Small</i> Title", "A Small Title"),
    ("\ufb01ne \uff21\uff22", "fine AB"),
]


@pytest.mark.parametrize(("one", "other"), SAME_TITLES)
def test_normalise_title__spellings_of_one_title_are_equal(one: str, other: str) -> None:
    """Case, dashes, LaTeX, entities, markup and compatibility letters do not tell titles apart."""
    assert normalise_title(one) == normalise_title(other)


@given(st.text())
def test_normalise_title__is_idempotent_and_never_fails(title: str) -> None:
    """The normal form of a normal form is itself."""
    once = normalise_title(title)
    assert normalise_title(once) == once
    assert squash(title) == once.replace(" ", "")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Christopher D Manning", "manning"),
        ("Manning, Christopher D.", "manning"),
        ("Wei Wang 0001", "wang"),
        ("Sammy Davis Jr.", "davis"),
        ("Eli Tran-Johnson", "tranjohnson"),
        ("Miles O'Brien", "obrien"),
        ('Johannes Schm\\"{u}dgen', "schmudgen"),
        ("\u738b\u4f1f", "\u738b\u4f1f"),
        ("", ""),
    ],
)
def test_surname__is_the_folded_last_name(name: str, expected: str) -> None:
    """Initials, homonym digits, suffixes, accents and the inverted order are met."""
    assert surname(name) == expected


@given(st.text())
def test_slug__is_a_short_ascii_key(text: str) -> None:
    """Any text gives a key that is safe as a file name and never empty."""
    key = slug(text)
    assert key
    assert len(key) <= 80
    assert all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in key)


@given(st.text())
def test_inert__leaves_nothing_a_terminal_acts_on(text: str) -> None:
    """No escape sequence, no bell, no change of direction gets through."""
    assert not set(inert(text)) & {"\x1b", "\x07", "\x08", "\x9b", "\u202e", "\r"}


@pytest.mark.parametrize(
    "text", ["[x](javascript:y)", "<script>", "a|b", "**b**", "`c`", "line\nbreak", "# h"]
)
def test_markdown_safe__makes_signs_plain(text: str) -> None:
    """A title from an API cannot open a link, a tag, a table cell or a heading."""
    safe = markdown_safe(text)
    assert "\n" not in safe
    assert all(safe[i - 1] == "\\" for i, c in enumerate(safe) if c in "[]<>|*`#")


QUIET = [
    ("ask @somebody", "ask @<!-- -->somebody"),
    ("@a-b", "@<!-- -->a-b"),
    ("fixes #12", "fixes \\#<!-- -->12"),
    ("owner/repo#12", "owner/repo\\#<!-- -->12"),
    ("GH-12", "GH-<!-- -->12"),
    ("https://github.com/a/b/issues/5", "https://github.com/<!-- -->a/b/issues/5"),
    ("https://github.com/a/b", "https://github.com/a/b"),
    ("IEEvaluation@ACL", "IEEvaluation@ACL"),
    ("C# and F#", "C\\# and F\\#"),
]


@pytest.mark.parametrize(("text", "quiet"), QUIET)
def test_quiet_markdown__calls_nobody(text: str, quiet: str) -> None:
    """A name with `@` and the number of an issue stay readable and notify nobody."""
    assert quiet_markdown(text) == quiet
