"""Which paper it is: titles, people, what a link leads to, and what a title search found."""

from __future__ import annotations

import pytest

from pipeline.matching import accept, author_lists_equal, authors_agree, judge, same_person, titles_agree
from pipeline.model import Entry, Record

WHEN = "2026-01-02T03:04:05+00:00"


def entry(
    title: str | None = None, *authors: str, year: int | None = None, short_name: str | None = None
) -> Entry:
    """An entry that says this and nothing else."""
    return Entry("e", (), 1, 1, 1, "paper", "", title, short_name, authors, year=year)


def record(title: str, *authors: str, source: str = "semanticscholar", year: int | None = None) -> Record:
    """A record of a source."""
    return Record(source, "q", WHEN, title=title, authors=authors, year=year)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            "QLORA: efficient finetuning of quantized LLMs",
            "QLoRA: Efficient Finetuning of Quantized LLMs.",
            True,
        ),
        (
            "Fine-Tuning Language Models from Human Preferences",
            "Finetuning language models from human preferences",
            True,
        ),
        ("Direct Preference Optimization", "Direct Preference Optimisation", True),
        ("Segment Anything", "Segment Anything 2", False),
        (
            "Learning to Rank, Part II: Theory of Everything",
            "Learning to Rank, Part I: Theory of Everything",
            False,
        ),
        (
            "A Theory of Everything in Language Models",
            "Comment on A Theory of Everything in Language Models",
            False,
        ),
        ("BitNet: Scaling 1-bit Transformers", "BitNet: 1-bit Pre-training", False),
        ("", "Attention Is All You Need", False),
    ],
)
def test_titles_agree__spelling_but_never_numbering(one: str, other: str, same: bool) -> None:
    """Two spellings agree; another part, a comment or a successor does not."""
    assert titles_agree(one, other) is same
    assert titles_agree(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Christopher D Manning", "Christopher Manning", True),
        ("C. Manning", "Christopher D. Manning", True),
        ("Manning, Christopher", "Christopher Manning", True),
        ("Zhang Wei", "Wei Zhang", True),
        ("Hongyu Wang", "Xin Wang", False),
        ("Yann LeCun", "Yoshua Bengio", False),
        ("", "Yoshua Bengio", False),
    ],
)
def test_same_person__surname_and_initial(one: str, other: str, same: bool) -> None:
    """A common surname alone is nobody in particular."""
    assert same_person(one, other) is same


def test_authors_agree__says_nothing_about_nobody() -> None:
    """Silence is neither yes nor no."""
    assert authors_agree((), ("A B",)) is None
    assert authors_agree(("A B",), ("C D",)) is False
    assert authors_agree(("Sun Zhiqing",), ("Zhiqing Sun", "Hongkun Yu")) is True


def test_author_lists_equal__any_order() -> None:
    """The same people in another order are the same list; one more is another."""
    assert author_lists_equal(("A B", "C D"), ("C. D", "A B"))
    assert not author_lists_equal(("A B",), ("A B", "C D"))
    assert not author_lists_equal((), ())


JUDGED = [
    (entry("OneBit: Towards LLMs", "Yuzhuang Xu"), record("OneBit: Towards LLMs", "Yuzhuang Xu"), "ok"),
    (entry("OneBit: Towards LLMs"), record("OneBit: Towards LLMs", "Yuzhuang Xu"), "ok"),
    (entry("OneBit: Towards LLMs", "Yuzhuang Xu"), record("Extreme Compression", "Yuzhuang Xu"), "retitled"),
    (entry("OneBit: Towards LLMs", "Yuzhuang Xu"), record("Extreme Compression", "Ada Byron"), "wrong_paper"),
    (entry("OneBit: Towards LLMs", "Yuzhuang Xu"), record("OneBit: Towards LLMs", "Ada Byron"), "unverified"),
    (entry("OneBit: Towards LLMs"), record("Extreme Compression", "Ada Byron"), "unverified"),
    (entry(None, short_name="OneBit"), record("OneBit: Towards LLMs", "Yuzhuang Xu"), "unverified"),
    (entry(None, "Yuzhuang Xu", short_name="OneBit"), record("OneBit: Towards LLMs", "Yuzhuang Xu"), "ok"),
]


@pytest.mark.parametrize(("one", "other", "expected"), JUDGED)
def test_judge__what_a_link_leads_to(one: Entry, other: Record, expected: str) -> None:
    """Title and people decide; a nickname alone is nothing to compare."""
    assert judge(one, other) == expected


def test_judge__not_found_is_nonexistent() -> None:
    """A real "no such paper" is told apart from another paper."""
    assert judge(entry("T"), Record("arxiv", "arxiv:1", WHEN, found=False)) == "nonexistent"


TITLE = "On the Dangers of Stochastic Parrots in Language"
ACCEPTED = [
    ("title and author", entry(TITLE, "Emily Bender"), [record(TITLE, "Emily M. Bender")], True),
    ("title only, other author", entry(TITLE, "Emily Bender"), [record(TITLE, "Ada Byron")], False),
    (
        "a talk of the same name",
        entry("Scaling Laws", "Emily Bender"),
        [record("Scaling Laws", "Ada Byron")],
        False,
    ),
    (
        "similar title, same author",
        entry(TITLE, "Emily Bender"),
        [record(TITLE + " Models 2", "Emily Bender")],
        False,
    ),
    ("no author, distinctive title", entry(TITLE), [record(TITLE, "Emily Bender")], True),
    ("no author, short title", entry("Scaling Laws"), [record("Scaling Laws", "Ada Byron")], False),
    (
        "no author, two works",
        entry(TITLE),
        [record(TITLE, "Emily Bender"), record(TITLE, "Ada Byron")],
        False,
    ),
    ("no author, another year", entry(TITLE, year=2019), [record(TITLE, "Emily Bender", year=2021)], False),
    ("no author, year off by one", entry(TITLE, year=2020), [record(TITLE, "Emily Bender", year=2021)], True),
    ("nothing found", entry(TITLE, "Emily Bender"), [Record("dblp", "q", WHEN, found=False)], False),
]


@pytest.mark.parametrize(
    ("name", "one", "candidates", "accepted"), ACCEPTED, ids=[row[0] for row in ACCEPTED]
)
def test_accept__precision_before_recall(
    name: str, one: Entry, candidates: list[Record], accepted: bool
) -> None:
    """Without title and author, or a distinctive lone title, there is no match."""
    assert accept(one, {"semanticscholar": candidates}).accepted is accepted
