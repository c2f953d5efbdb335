"""Which paper it is: titles, people, what a link leads to, and what a title search found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.matching import (
    Match,
    accept,
    author_lists_equal,
    authors_agree,
    compare,
    fitting,
    is_distinctive,
    judge,
    likeliest,
    nearly_titled,
    numbered_otherwise,
    same_team,
    share_most_names,
    share_telling_words,
    shared_people,
    title_relation,
    title_similarity,
    titles_agree,
)
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
        ("Are Vision Transformers Robust to Shifts?", "Are Vision Transformers Not Robust to Shifts?", False),
        ("Learning with Labels of Many Kinds", "Learning without Labels of Many Kinds", False),
        ("A Unified View of Supervised Learning", "A Unified View of Unsupervised Learning", False),
        ("PointNet: Deep Learning on Point Sets", "PointNet++: Deep Learning on Point Sets", False),
        ("Large Language Models: A Survey", "A Survey of Large Language Models", False),
        ("NTIRE 2017 Challenge on Super-Resolution", "NTIRE 2018 Challenge on Super-Resolution", False),
        ("Qwen2 Technical Report", "Qwen2.5 Technical Report", False),
        ("Graph minors. XIX. Surfaces", "Graph minors. XVI. Surfaces", False),
        ("A Theory of Words (Extended Abstract)", "A Theory of Words", False),
        ('Supplementary material for "A Theory of Words"', "A Theory of Words", False),
        ("A Theory of Words Revisited", "A Theory of Words", False),
        (
            "A Survey on LLM-based Autonomous Agents",
            "A Survey on Large Language Model based Autonomous Agents",
            True,
        ),
        ("A Survey for In-context Learning", "A Survey on In-context Learning", True),
        ("Towards Expert-Level Medical Answering", "Toward Expert-Level Medical Answering", True),
        ("Deep Compression: Ccompressing Deep Networks", "Deep Compression: Compressing Deep Networks", True),
        (r"Schr{\"o}dinger {B}ridges for {LLM}s", "Schrödinger Bridges for LLMs", True),
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
def test_shared_people__surname_and_initial(one: str, other: str, same: bool) -> None:
    """A common surname alone is nobody in particular."""
    people = shared_people([one], [other])
    assert bool(people.sure or people.bare) is same


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


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("Segment Anything", "Segment Anything 2", True),
        ("Learning Things, Part I", "Learning Things, Part II", True),
        ("Learning Things II", "Learning Things 2", False),
        ("Seeing 1,000 Cats", "Seeing 1000 Cats", False),
        ("Llama 2: Open Models", "Llama 3: Open Models", True),
        ("How Few Is Many?", "How Few Is Many? 2", True),
        ("Attention", "Attention: 12 Lessons", False),
        ("COVID19 Chatbots", "COVID-19 Chatbots", False),
    ],
)
def test_numbered_otherwise__parts_and_versions(one: str, other: str, differs: bool) -> None:
    """A number tells works apart, however it is written; one within a subtitle does not."""
    assert numbered_otherwise(one, other) is numbered_otherwise(other, one) is differs


@pytest.mark.parametrize("author", ["Ada Byron", "Max Planck"])
def test_judge__a_sequel_is_not_a_spelling(author: str) -> None:
    """One more number makes another paper, by whomever."""
    got = judge(entry("Segment Anything 2", "Ada Byron"), record("Segment Anything", author))
    assert got == ("unverified" if author == "Ada Byron" else "wrong_paper")


def test_same_team__most_of_one_paper_are_of_the_other() -> None:
    """People join and leave a paper; a speaker is one of many."""
    team = ("Ada Byron", "Max Planck", "Emmy Noether", "Lise Meitner")
    assert same_team(team, team[:2])
    assert same_team(team[:3], (*team[1:3], "Niels Bohr", "Marie Curie"))
    assert same_team((), team)
    assert same_team(team[:1], team[:2])
    assert not same_team(team, team[:1])
    assert not same_team(team[:3], ("Ada Byron", "Niels Bohr", "Marie Curie"))


def test_share_telling_words__the_fields_everyday_words_tell_nothing() -> None:
    """Any two papers on language models share those words."""
    assert share_telling_words("Watermarking Speech Codecs Quickly", "Quickly Watermarking Neural Speech")
    assert not share_telling_words("Large Language Models Plan", "Large Language Models Sing")


def test_likeliest__by_how_many_whom_the_entry_names() -> None:
    """A namesake that shares a surname and an initial goes behind; where none fits better, all stay."""
    full = record("T", "Ada Byron", "Max Planck", "Emmy Noether")
    poor = record("T", "Anna Byron", "Lise Meitner")
    assert likeliest(("Ada Byron", "Max Planck", "Emmy Noether"), [poor, full]) == [full]
    assert likeliest(("Niels Bohr", "Anna Byron", "Marie Curie"), [poor]) == [poor]


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


@pytest.mark.parametrize(
    ("short", "long", "relation"),
    [
        ("Quantifying and extrapolating the capabilities of lang...", "Quantifying and extrapolating the capabilities of language models", "part"),
        ("Direct Preference Optimization of Models", "Direct Preference Optimization of Models: Your Model Is a Reward", "part"),
        ("Visual Geometry Grounded Deep Structure", "VGGSfM: Visual Geometry Grounded Deep Structure", "part"),
        ("Language Is Not All You Need (Kosmos-1)", "Language Is Not All You Need", "part"),
        ("Scaling Laws", "Scaling Laws: A Study of Many Things", "other"),
        ("A Theory of Many Things", "A Theory of Many Things, Part II: Proofs", "other"),
        ("A Theory of Many Things", "A Theory of Many Things: Reply", "other"),
        ("A Theory of Many Things", "Comment: A Theory of Many Things", "other"),
        ("A Theory of Many Things", "A Theory of Many Things (Extended Abstract)", "other"),
        ("A Theory of Many Things", "Another Theory of All Matters", "other"),
    ],
)  # fmt: skip
def test_title_relation__a_part_stands_for_the_whole_unless_the_rest_derives_a_work(
    short: str, long: str, relation: str
) -> None:
    """Cut short, without subtitle, nickname or bracket; never what a comment, reply or second part adds."""
    assert title_relation(short, long) == title_relation(long, short) == relation


@pytest.mark.parametrize(
    ("title", "distinctive"),
    [
        ("Introduction", False),
        ("Deep Learning", False),
        ("Backdoor Learning: A Survey", False),
        ("Scaling Laws", False),
        ("Proximal Policy Optimization Algorithms", True),
        ("A Survey of Methods for Large Models", True),
    ],
)
def test_is_distinctive__by_length_or_telling_words(title: str, distinctive: bool) -> None:
    """A short title of everyday words is many works' title."""
    assert is_distinctive(title) is distinctive


@pytest.mark.parametrize(
    ("one", "other", "sure", "bare"),
    [
        ("Christopher D. Manning", "Chris Manning", 1, 0),
        ("L.J.P. van der Maaten", "van der Maaten, Laurens", 1, 0),
        ("Conitzer V", "Vincent Conitzer", 1, 0),
        ("Sancho-Tomás A", "Ana Sancho-Tomás", 1, 0),
        ("Wang et al.", "Hongyu Wang", 0, 1),
        ("Qian Yang", "Qiang Yang", 0, 1),
        ("Zhang Wei", "Wei Zhang", 1, 0),
        ("Yu-zhuang Xu", "Yuzhuang Xu", 1, 0),
        (r"Bernhard Sch{\"o}lkopf", "Bernhard Schölkopf", 1, 0),
        ("王伟", "王伟", 0, 1),
        ("Yann LeCun", "Yoshua Bengio", 0, 0),
    ],
)
def test_shared_people__how_surely_two_names_are_one(one: str, other: str, sure: int, bare: int) -> None:
    """A given name or an initial makes sure; a surname alone does not, nor two given names that only begin alike."""
    for met in (shared_people((one,), (other,)), shared_people((other,), (one,))):
        assert (met.sure, met.bare) == (sure, bare)


def talk(title: str) -> Record:
    """A talk: a record that names the title and nobody."""
    return record(title, source="openalex")


def test_failure__a_title_only_match_turns_no_article_into_a_talk_of_the_same_name() -> None:
    """Whoever is named on one side must be on the other; where nobody is named, nothing is proved."""
    assert not accept(entry(TITLE, "Emily Bender"), {"openalex": [talk(TITLE)]}).accepted
    assert not accept(entry(TITLE), {"openalex": [talk(TITLE)]}).accepted
    assert not accept(entry(TITLE, "Emily Bender"), {"openalex": [record(TITLE, "Ada Byron")]}).accepted
    both = accept(entry(TITLE, "Emily Bender"), {"x": [talk(TITLE), record(TITLE, "Emily M. Bender")]})
    assert both.accepted
    assert both.record is not None
    assert both.record.authors == ("Emily M. Bender",)


def test_failure__a_similarity_of_0_915_is_still_another_paper() -> None:
    """By the same people and nearly the same title, yet another work."""
    one, other = (
        "Video Frame Interpolation via Adaptive Convolution",
        "Video Frame Interpolation via Adaptive Separable Convolution",
    )
    people = ("Simon Niklaus", "Long Mai", "Feng Liu")
    assert 0.9 < title_similarity(one, other) < 0.92
    assert not accept(entry(one, *people), {"x": [record(other, *people)]}).accepted


NEAR = "Seven Cats Measured Twice in One Long Winter"
NEARLY = [
    ("equal", NEAR, False),
    ("a slip", NEAR.replace("Measured", "Mesured"), False),
    ("small words", NEAR.replace("in One", "of One"), False),
    ("cut short", "Seven Cats Measured Twice in One Long ...", False),
    ("a subtitle more", f"{NEAR}: A Tale", False),
    ("another word", NEAR.replace("Cats", "Bats"), True),
    ("a word more", NEAR.replace("Long", "Very Long"), True),
    ("quite another", "Attention Is All You Need", False),
]


@pytest.mark.parametrize(("name", "other", "nearly"), NEARLY, ids=[row[0] for row in NEARLY])
def test_nearly_titled(name: str, other: str, nearly: bool) -> None:
    """Alike letter by letter, and not one title: in either order."""
    assert nearly_titled(NEAR, other) is nearly_titled(other, NEAR) is nearly


WEIGHED = [
    ("common surname, title of everyday words", entry("Backdoor Learning: A Survey", "Li et al."),
     record("Backdoor Learning: A Survey", "Yiming Li"), False),
    ("common surname, distinctive title, far year", entry(TITLE, "Wang et al.", year=2015),
     record(TITLE, "Hongyu Wang", year=2024), False),
    ("common surname, distinctive title, near year", entry(TITLE, "Wang et al.", year=2023),
     record(TITLE, "Hongyu Wang", year=2024), True),
    ("rare surname, distinctive title", entry(TITLE, "Szegedy et al."), record(TITLE, "Christian Szegedy"), True),
    ("short title, same first author", entry("Deep Learning", "Yann LeCun"), record("Deep learning", "Y. LeCun", "Y. Bengio"), True),
    ("short title, shared second author", entry("Deep Learning", "Yann LeCun", "Yoshua Bengio"),
     record("Deep Learning", "Ian Goodfellow", "Yoshua Bengio", "Aaron Courville"), False),
    ("short title, rare surname, the year", entry("Deep Learning", "LeCun", year=2015),
     record("Deep learning", "Yann LeCun", year=2015), True),
    ("a part, a surname only", entry("Adapting Univariate Foundation Models", "Wang"),
     record("AdaPTS: Adapting Univariate Foundation Models", "Hongyu Wang"), False),
    ("a part, a person", entry("Adapting Univariate Foundation Models", "Ada Byron"),
     record("AdaPTS: Adapting Univariate Foundation Models", "Ada Byron"), True),
    ("a part, a person, two years on", entry("Adapting Univariate Foundation Models", "Ada Byron", year=2017),
     record("AdaPTS: Adapting Univariate Foundation Models", "Ada Byron", year=2019), False),
    ("a rejoinder by the authors", entry(TITLE, "Ada Byron"), record(f"Rejoinder: {TITLE}", "Ada Byron"), False),
    ("no record author", entry(TITLE, "Ada Byron"), record(TITLE), False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "one", "other", "accepted"), WEIGHED, ids=[row[0] for row in WEIGHED])
def test_compare__the_less_a_title_proves_the_more_its_people_must(
    name: str, one: Entry, other: Record, accepted: bool
) -> None:
    """Relation, distinctiveness, people and year together."""
    assert compare(one.title or "", one.authors, one.year, other).accepted is accepted
    assert bool(fitting(one, one.authors, [other])) is accepted


def test_accept__a_part_of_several_titles_is_none_of_them() -> None:
    """Where the kept part leads to two works, no one of them is taken."""
    found = [
        record("A Study of Odd Things: Cats", "Ada Byron"),
        record("A Study of Odd Things: Dogs", "Ada Byron"),
    ]
    got = accept(entry("A Study of Odd Things", "Ada Byron"), {"x": found})
    assert (got.accepted, got.reason) == (False, "the title is a part of several titles")
    assert accept(entry("A Study of Odd Things", "Ada Byron"), {"x": found[:1]}).accepted


def test_accept__several_works_of_one_title_and_surname_are_none() -> None:
    """A surname that two works of one title share decides for neither."""
    found = [record(TITLE, "Hongyu Wang"), record(TITLE, "Xin Wang")]
    got = accept(entry(TITLE, "Wang"), {"x": found})
    assert (got.accepted, got.reason) == (False, "several works have this title and author")


def test_accept__an_equal_title_goes_before_a_longer_one_and_the_listed_year_before_another() -> None:
    """The likeliest of several that fit is taken."""
    found = [
        record(TITLE, "Ada Byron", year=2019),
        record(TITLE, "Ada Byron", year=2023),
        record(f"{TITLE}: More of It", "Ada Byron"),
    ]
    got = accept(entry(TITLE, "Ada Byron", year=2023), {"x": found}).record
    assert got == found[1]


WORDS = st.lists(
    st.sampled_from("graph attention robust not 2 II part survey comment learning of the sparse LLM".split()),
    min_size=1,
    max_size=7,
).map(" ".join)
TITLES = st.builds(
    "{}{}{}".format, WORDS, st.sampled_from(["", ": ", " - ", " (", "..."]), WORDS | st.just("")
)
NAMES = st.sampled_from(
    [
        "Ada Byron",
        "A. Byron",
        "Byron",
        "Byron, Ada",
        "Wei Wang",
        "Wang Wei",
        "Wang",
        "Xin Wang",
        "Maaten, L. van der",
    ]
)
PEOPLE = st.lists(NAMES, max_size=3)
YEARS = st.none() | st.integers(2018, 2024)


@given(TITLES, TITLES)
def test_title_relation__is_symmetric(one: str, other: str) -> None:
    """Which title is the entry's does not matter."""
    assert title_relation(one, other) == title_relation(other, one)
    assert titles_agree(one, other) == titles_agree(other, one)


@given(PEOPLE, PEOPLE)
def test_shared_people__is_symmetric_in_whether_any_is_shared(one: list[str], other: list[str]) -> None:
    """The order of the two lists and within them changes no agreement."""
    assert authors_agree(one, other) == authors_agree(other, one) == authors_agree(one[::-1], other)
    there, back = shared_people(one, other), shared_people(other, one)
    assert bool(there.sure) == bool(back.sure)
    assert there.first == back.first


@given(TITLES, TITLES)
def test_title_relation__spelling_in_normal_form_changes_nothing(one: str, other: str) -> None:
    """Case and white space are no part of a title."""
    assert title_relation(one, other) == title_relation(f" {one.upper()} ", other)


def outcome(match: Match) -> tuple[object, ...]:
    """What a match says, without which of equal records it holds."""
    found = match.record
    return match.accepted, match.reason, match.score, found and (found.title, found.authors, found.year)


def by_source(records: Sequence[Record]) -> dict[str, list[Record]]:
    """Candidates as `accept` takes them."""
    found: dict[str, list[Record]] = {}
    for one in records:
        found.setdefault(one.source, []).append(one)
    return found


RECORDS = st.lists(
    st.builds(
        lambda title, people, year, source: record(title, *people, year=year, source=source),
        TITLES,
        PEOPLE,
        YEARS,
        st.sampled_from(["arxiv", "dblp"]),
    ),
    max_size=5,
)


@given(TITLES, PEOPLE, YEARS, RECORDS, st.randoms(use_true_random=False))
def test_accept__no_order_of_candidates_changes_the_outcome(title, people, year, records, random) -> None:  # type: ignore[no-untyped-def]
    """Sources answer in any order, and so do their candidates."""
    wanted = entry(title, *people, year=year)
    mixed = random.sample(records, len(records))
    assert outcome(accept(wanted, by_source(records))) == outcome(accept(wanted, by_source(mixed)))


@given(TITLES, PEOPLE, YEARS, RECORDS)
def test_accept__never_without_a_shared_person_or_an_equal_title(
    title: str, people: list[str], year: int | None, records: list[Record]
) -> None:
    """The rule of acceptance holds whatever the model finds alike."""
    got = accept(entry(title, *people, year=year), by_source(records))
    if got.accepted:
        assert got.record is not None
        assert title_relation(title, got.record.title or "") != "other"
        assert authors_agree(people, got.record.authors) if people else len(title.split()) >= 6


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Peter Moreau", "Priya Moreau", False),
        ("Jing Wang", "Jun Wang", False),
        ("Aleksandr Novak", "Alexander Novak", True),
        ("Sergei Novak", "Sergey Novak", True),
        ("Ming Müller", "Minh Müller", False),
        ("P. Moreau", "Priya Moreau", True),
        ("Moreau", "Priya Moreau", True),
    ],
    ids=["Peter, Priya", "Jing, Jun", "Aleksandr", "Sergei", "Ming, Minh", "an initial", "a bare surname"],
)
def test_shared_people__two_given_names_of_one_initial_are_two_people(
    one: str, other: str, same: bool
) -> None:
    """A surname and a first letter are not enough where both lists write the name out."""
    people = shared_people([one], [other])
    assert bool(people.sure or people.bare) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Cros-Lingual Verification of Many Things", "Cross-Lingual Verification of Many Things", True),
        ("The Comon Good of Many Things", "The Common Good of Many Things", True),
        ("The Los of Many Things in Deep Learning", "The Loss of Many Things in Deep Learning", False),
        ("A Mode of Many Things in Deep Learning", "A Model of Many Things in Deep Learning", False),
    ],
    ids=["four letters, one to double", "five letters", "three letters", "four letters and another"],
)
def test_titles_agree__a_short_word_may_lack_a_double_letter(one: str, other: str, same: bool) -> None:
    """One letter makes another word of a short one, unless it only doubles."""
    assert titles_agree(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (["A. Ray"], ["Ann Ray", "Bo Li"], True),
        (["A. Ray", "B. Li"], ["Ann Ray", "Bo Li", "Cy Fox"], True),
        (["A. Ray", "B. Li"], ["Ann Ray", "Cy Fox"], False),
        (["A. Ray", "B. Li", "C. Fox"], ["Ann Ray", "Bo Li", "Di Kim"], True),
        ([], ["Ann Ray"], False),
    ],
    ids=["the first", "the first two", "one of two", "two of three", "nobody"],
)
def test_share_most_names__of_the_shorter_list(one: list[str], other: list[str], same: bool) -> None:
    """Most of those whom the shorter list names stand in the longer one, whichever comes first."""
    assert share_most_names(one, other) is same
    assert share_most_names(other, one) is same


def test_compare__few_of_many_authors_are_another_team() -> None:
    """Of four people that an entry names one stands in the record: a namesake, though title and surname agree."""
    title = "Seven Cats Measured Twice in One Long Winter"
    named = ["Ann Ray", "Bo Li", "Cy Fox", "Di Kim"]
    theirs = Record("dblp", "q", "2026-01-01T00:00:00Z", title=title, authors=("Ann Ray", "Ed Poe", "Flo Ek"))
    assert not compare(title, named, None, theirs).accepted
    assert compare(title, named[:1], None, theirs).accepted
    assert compare(title, named, None, replace(theirs, authors=("Ann Ray",))).accepted
