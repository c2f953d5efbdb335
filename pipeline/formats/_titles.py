"""What titles look like: how they are capitalised."""

from __future__ import annotations


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
