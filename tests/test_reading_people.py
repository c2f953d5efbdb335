"""Who wrote a paper: names in running text, citations, and the places where one name alone is enough."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats._people import find_people, is_name
from tests.reading import only, read, read_section

NAMES = [
    # (what it shows, text, names, et al.)
    ("surname first, initials, a year", "Vaswani, A., Shazeer, N., & Parmar, N. (2017). Attention", ["Vaswani, A.", "Shazeer, N.", "Parmar, N."], False),
    ("one surname with initials", "Mnih, V. (2015). Human-level control", ["Mnih, V."], False),
    ("names left out before the last", "Dai, S., Xu, C., ... & Xu, J. (2023). Uncovering", ["Dai, S.", "Xu, C.", "Xu, J."], True),
    ("a number before it", "[1] He K, Zhang X, Ren S, et al. Deep residual learning", ["He K", "Zhang X", "Ren S"], True),
    ("bare initials end with a full stop", "by Conitzer V, Sandholm T. Machine Learning, 2007", ["Conitzer V", "Sandholm T"], False),
    ("a surname of two words, bare initials", "by Nowé A, De Hauwere Y M. Reinforcement Learning", ["Nowé A", "De Hauwere Y M"], False),
    ("one author with bare initials", "by Castaneda A O. 2016.", ["Castaneda A O"], False),
    ("by and one inverted name", "by Tesauro, Gerald. NIPS, 2003", ["Tesauro, Gerald"], False),
    ("one inverted name before a full stop", "Ma, Hao.", ["Ma, Hao"], False),
    ("first author inverted, with two given names", "Ba, Jimmy Lei, Jamie Ryan Kiros, and Geoffrey E. Hinton.", ["Ba, Jimmy Lei", "Jamie Ryan Kiros", "Geoffrey E. Hinton"], False),
    ("commas without a blank tie halves", "Shen,Zhiqiang, He,Zhankui, and Xue Xiangyang. AAAI", ["Shen,Zhiqiang", "He,Zhankui", "Xue Xiangyang"], False),
    ("a generation behind a comma", "James Supančič, III; Deva Ramanan.", ["James Supančič, III", "Deva Ramanan"], False),
    ("an abbreviated first name", "Md. Nazrul Islam, Jakaria Rabbi", ["Md. Nazrul Islam", "Jakaria Rabbi"], False),
    ("two initials under one full stop", "Li Xu, Jimmy SJ. Ren, Ce Liu", ["Li Xu", "Jimmy SJ. Ren", "Ce Liu"], False),
    ("asides with commas", "Diederik Kingma (OpenAI, Amsterdam), Jimmy Ba (Toronto)", ["Diederik Kingma", "Jimmy Ba"], False),
    ("names written small among names", "da Xu, chuanwei ruan, evren korpeoglu", ["da Xu", "chuanwei ruan", "evren korpeoglu"], False),
    ("a team before its members", "CodeGemma Team: Heri Zhao, Jeffrey Hui", ["Heri Zhao", "Jeffrey Hui"], False),
    ("a misspelt et al.", "Kenton Lee at al.: End-to-end", ["Kenton Lee"], True),
    ("soft and odd hyphens", "Wen-\u00ad\u2010Tao Li, Wei Wang", ["Wen-\u00ad\u2010Tao Li", "Wei Wang"], False),
    ("a word before a colon opens the title", "Hanxi Li, Yi Li and Fatih Porikli, DeepTrack: Learning", ["Hanxi Li", "Yi Li", "Fatih Porikli"], False),
    ("a gerund opens the title", "George Konidaris, Andrew Barto, Building Portable Options: Skill", ["George Konidaris", "Andrew Barto"], False),
    ("a noun in -sion opens the title", "Andrew Barto, Michael Duff, Monte Carlo Inversion and Learning", ["Andrew Barto", "Michael Duff"], False),
    ("a given name like a gerund", "Silin Gao, Xiaoqing Ellen Tan, Antoine Bosselut", ["Silin Gao", "Xiaoqing Ellen Tan", "Antoine Bosselut"], False),
]  # fmt: skip
NOBODY = [
    ("nouns in -tion", "Adaptive Object Detection Using Adjacency and Zoom Prediction"),
    ("a noun in -tion beside one in -ing", "Kernel Correlation and Graph Pooling"),
    ("a compound with -based", "CNN-based Density Estimation and Crowd Counting: A Survey"),
    ("a company", "Huawei Technologies Co., Ltd."),
    ("two writings mixed", "K-Means Tree，使用K-Means进行建树"),
    (
        "a title with a year",
        "Consistency and Fluctuations For Stochastic Gradient Langevin Dynamics (2016), Yee",
    ),
    ("a preposition first", "Between MDPs and Semi-MDPs: A Framework"),
]
LISTS = [
    ("one author behind the title, as elsewhere in the list", "- [{t}](https://arxiv.org/abs/{n}) - {a}, 2018.", "Neel Kant", ("Neel Kant",)),
    ("one author before the title", "- {a}. **{t}.** WSDM, 2012.", "Ma, Hao", ("Ma, Hao",)),
    ("one surname before the title", "- {a}. **{t}.** WSDM, 2012.", "Rendle", ("Rendle",)),
    ("one author below the title, as elsewhere in the list", "- {t}. [[pdf]](https://arxiv.org/abs/{n})\n  - {a}. *PhD Thesis*, 2018.", "Neel Kant", ("Neel Kant",)),
    ("one author behind by, as elsewhere in the list", "- {t} by {a}. ICLR 2018", "Neel Kant", ("Neel Kant",)),
    ("one author with others behind by", "- {t} by {a}. ICLR 2018", "Yin Zheng et all", ("Yin Zheng",)),
    ("one author and the year in parentheses", "- [{t}](https://arxiv.org/abs/{n}) (2018, {a})", "Neel Kant", ("Neel Kant",)),
    ("one author before the year in parentheses", "- [{t}](https://arxiv.org/abs/{n}) ({a}, 2018)", "Aaron van den Oord", ("Aaron van den Oord",)),
    ("two surnames behind the title", "- [{t}](https://arxiv.org/abs/{n}), {a}, Arxiv 2020", "Trevithick and Yang", ("Trevithick", "Yang")),
    ("a venue before names in pairs", "- **{t}** (2023), {a} [[pdf]](https://arxiv.org/pdf/{n})", "IEEE Access, Park, Youngmi, et al.", ("Park, Youngmi",)),
    ("a journal before names in pairs", "- **{t}** (2020), {a} [[pdf]](https://arxiv.org/pdf/{n})", "Neurocomputing, Qiao, Lei, et al.", ("Qiao, Lei",)),
    ("a venue of several words before pairs", "- **{t}** (2021), {a} [[pdf]](https://arxiv.org/pdf/{n})", "SN Computer Science, Lozoya, Rocío Cabrera, et al.", ("Lozoya, Rocío Cabrera",)),
    ("one author and others before a venue in parentheses", "- [{t}](https://arxiv.org/abs/{n}) ({a}, IEEE Network 2023)", "Fei Wang et al.", ("Fei Wang",)),
    ("a house and others before no venue", "- [{t}](https://arxiv.org/abs/{n}) ({a})", "see Wang et al. for more", ()),
    ("et al. without a blank", "- [{t}](https://arxiv.org/abs/{n}) ({a}, 2019)", "Sablayrolles etal.", ("Sablayrolles",)),
    ("et al. misspelt", "- [{t}](https://arxiv.org/abs/{n}) ({a}, 2019)", "Chen et at.", ("Chen",)),
    ("a comma and no blank before et al.", "- [{t}](https://arxiv.org/abs/{n}) ({a}, 2019))", "Chen,et al.", ("Chen",)),
    ("one author on the line below", "- **{t}** [[arXiv]](https://arxiv.org/abs/{n})  \n{a}", "Lukas Heinrich", ("Lukas Heinrich",)),
    ("a magazine on the line below", "- **{t}** [[arXiv]](https://arxiv.org/abs/{n})  \n{a}", "Nature Physics", ()),
    ("a laboratory behind a bar is nobody", "- {t} | {a} | ICCV 2015 | [[pdf]](https://arxiv.org/pdf/{n})", "Microsoft Research", ()),
]  # fmt: skip
FELLOWS = ["Ann Lee, Bob Ray", "Carl Moe, Dora Fay, Eva Kim", "Finn Day and Gus Orr", "Hal Poe, Ida Ross"]
TITLES = [
    "Deep Residual Learning for Image Recognition", "Attention Is All You Need", "Generative Adversarial Nets",
    "Sequence to Sequence Learning with Neural Networks", "Playing Atari with Deep Reinforcement Learning",
]  # fmt: skip
CITED = [
    (
        "a short title before its year",
        "- Ryan Kiros, et al.: Skip-Thought Vectors, 2015.",
        ("Skip-Thought Vectors", ("Ryan Kiros",)),
    ),
    (
        "a thesis",
        "- Christopher Watkins, Chris Moe, Learning from Delayed Rewards, Ph.D. Thesis, Cambridge University, 1989. [[pdf]](https://a.edu/t.pdf)",
        ("Learning from Delayed Rewards", ("Christopher Watkins", "Chris Moe")),
    ),
    (
        "a server behind the title",
        "- Saining Xie, Zhuowen Tu, Holistically-Nested Edge Detection, arXiv:1504.06375. [[pdf]](https://arxiv.org/pdf/1504.06375)",
        ("Holistically-Nested Edge Detection", ("Saining Xie", "Zhuowen Tu")),
    ),
    (
        "a colon within the title",
        "- Hanxi Li, Yi Li and Fatih Porikli, DeepTrack: Learning Discriminative Features for Visual Tracking, BMVC, 2014. [[pdf]](https://a.org/p.pdf)",
        (
            "DeepTrack: Learning Discriminative Features for Visual Tracking",
            ("Hanxi Li", "Yi Li", "Fatih Porikli"),
        ),
    ),
    (
        "quotes behind a name written small",
        '- Michael Mathieu, camille couprie, Yann Lecun, "Deep Multi Scale Video Prediction", ICLR 2016. [[pdf]](https://arxiv.org/pdf/1511.05440)',
        ("Deep Multi Scale Video Prediction", ("Michael Mathieu", "camille couprie", "Yann Lecun")),
    ),
]
PLAIN = [
    ("a preposition before a venue in italics", "- Neural temporal point processes: a review, in *IJCAI* 2021. [[paper]](https://arxiv.org/abs/2104.03528)", "Neural temporal point processes: a review"),
    ("a year within the title", "- Im2txt: Lessons learned from the 2015 MSCOCO Image Captioning Challenge. [[paper]](https://arxiv.org/abs/1609.06647)", "Im2txt: Lessons learned from the 2015 MSCOCO Image Captioning Challenge"),
    ("nouns behind by are no names", "- Mining Point Cloud Local Structures by Kernel Correlation and Graph Pooling. [[paper]](https://arxiv.org/abs/1712.06760)", "Mining Point Cloud Local Structures by Kernel Correlation and Graph Pooling"),
    ("a remark in Chinese before the link", "- 20180110 一篇比较新的传统方法做的文章 [Close Yet Discriminative Domain Adaptation](https://arxiv.org/abs/1704.04235)", "Close Yet Discriminative Domain Adaptation"),
    ("a survey of two things", "- CNN-based Density Estimation and Crowd Counting: A Survey [[paper]](https://arxiv.org/abs/2003.12783)", "CNN-based Density Estimation and Crowd Counting: A Survey"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names", "et_al"), [row[1:] for row in NAMES], ids=[row[0] for row in NAMES]
)
def test_find_people__where_authors_stand(text: str, names: list[str], et_al: bool) -> None:
    """Names are told one by one, however a list writes them, and end where the title begins."""
    people = find_people(text, sure=True)
    assert people is not None
    assert (list(people.names), people.et_al) == (names, et_al)


@pytest.mark.parametrize("text", [row[1] for row in NOBODY], ids=[row[0] for row in NOBODY])
def test_find_people__nobody(text: str) -> None:
    """Capitalised phrases of titles and companies are no authors."""
    assert find_people(text) is None


def test_find_people__two_words_at_the_end_of_a_cell_are_two_surnames() -> None:
    """Only a full stop says that two words parted by a comma are one name."""
    people = find_people("Veach, Guibas", sure=True)
    assert people is not None
    assert people.names == ("Veach", "Guibas")


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Euclid Collaboration", True), ("Sebastion Riedel", True), ("Yuan-Fang Li", True), ("苏剑林", True),
        ("Data Correlation", False), ("Self-supervised Learners", False), ("讨论Batch", False), ("Tracking Any Point", False),
    ],
)  # fmt: skip
def test_is_name__cases(name: str, is_one: bool) -> None:
    """What a name is made of."""
    assert is_name(name) is is_one


@pytest.mark.parametrize(("line", "who", "names"), [row[1:] for row in LISTS], ids=[row[0] for row in LISTS])
def test_read_list__one_author_where_the_list_has_its_authors(
    line: str, who: str, names: tuple[str, ...]
) -> None:
    """A name too few to be believed elsewhere is an author at the place where the list's other authors stand."""
    people = [*FELLOWS, who]
    rows = [
        line.format(t=title, a=name, n=f"2001.0000{number}")
        for number, (title, name) in enumerate(zip(TITLES, people, strict=True))
    ]
    entries = read("\n".join(rows))
    assert [entry.title for entry in entries] == TITLES
    assert entries[-1].authors == names


@pytest.mark.parametrize(("text", "wanted"), [row[1:] for row in CITED], ids=[row[0] for row in CITED])
def test_read_list__citations(text: str, wanted: tuple[str, tuple[str, ...]]) -> None:
    """A citation's names end where its title begins, and its title where the venue does."""
    entry = only(text)
    assert (entry.title, entry.authors) == wanted


@pytest.mark.parametrize(("text", "title"), [row[1:] for row in PLAIN], ids=[row[0] for row in PLAIN])
def test_read_list__titles_without_authors(text: str, title: str) -> None:
    """Nothing of a title is taken for names, a venue or a year."""
    entry = only(text)
    assert (entry.title, entry.authors) == (title, ())


def test_read_list__citation_one_space_below_its_links() -> None:
    """Items one space to the right hold the citations of the papers whose names and links stand above them."""
    pairs = [
        ("R-CNN, UC Berkeley", "1311.2524", "Ross Girshick, Jeff Donahue, Rich feature hierarchies for accurate object detection, CVPR, 2014."),
        ("SPP", "1406.4729", "Kaiming He, Xiangyu Zhang, Spatial Pyramid Pooling in Deep Convolutional Networks, ECCV, 2014."),
        ("DeepEdge", "1412.1123", "Gedas Bertasius, Jianbo Shi, Deep Networks for Top-Down Contour Detection, CVPR, 2015."),
    ]  # fmt: skip
    rows = [
        f"  * {name} [[Paper]](https://arxiv.org/abs/{number})\n   * {cited}" for name, number, cited in pairs
    ]
    entries = read_section("\n".join(rows))
    assert [entry.title for entry in entries] == [
        "Rich feature hierarchies for accurate object detection",
        "Spatial Pyramid Pooling in Deep Convolutional Networks",
        "Deep Networks for Top-Down Contour Detection",
    ]
    assert [entry.short_name for entry in entries] == ["R-CNN", "SPP", "DeepEdge"]
    assert [len(entry.authors) for entry in entries] == [2, 2, 2]
    assert [entry.paper_url for entry in entries] == [
        f"https://arxiv.org/abs/{number}" for _, number, _ in pairs
    ]


@given(st.text(alphabet="AbcdEf .,;:&()…-一二III", max_size=120), st.booleans())
def test_find_people__place_and_names(text: str, sure: bool) -> None:
    """Whatever the text, the place found lies in it, and there are names in it."""
    people = find_people(text, sure=sure)
    if people is not None:
        assert people.names
        assert all(people.names)
        assert 0 <= people.start < people.end <= len(text)


@pytest.mark.parametrize(
    "unit",
    [
        "He K, ",
        "Ann Lee, ",
        "Ann Lee, III, ",
        "A,B, ",
        "A and ",
        "Foo Team: ",
        "Ann Lee, bob ray, ",
        "Xu, C., ... & ",
    ],
)
def test_find_people__cost_is_linear(unit: str) -> None:
    """Twenty thousand signs of what looks like names take a fraction of a second."""
    text = unit * (20_000 // len(unit))
    begin = time.perf_counter()
    find_people(text, sure=True)
    assert time.perf_counter() - begin < 2
