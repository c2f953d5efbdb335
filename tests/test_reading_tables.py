"""Tables as a specification: one short table per rule, and what must not be read out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats._cited import find_citation, find_cited_name
from pipeline.model import Entry
from tests.reading import read

ADAM = "https://arxiv.org/abs/1412.6980"
BERT = "https://arxiv.org/abs/1810.04805"
RESNET = "https://arxiv.org/abs/1512.03385"
VIT = "https://arxiv.org/abs/2010.11929"


def table(header: str, *rows: str) -> tuple[Entry, ...]:
    columns = header.count("|") - 1
    return read("\n".join([header, "|" + "---|" * columns, *rows]) + "\n")


def shown(entry: Entry) -> str | None:
    return entry.title or entry.short_name


CITED = [
    pytest.param(
        f"[Kingma, D. P., & Ba, J. (2015). Adam: A Method for Stochastic Optimization. *arXiv:1412.6980*.]({ADAM})",
        ("Adam: A Method for Stochastic Optimization", ("Kingma, D. P.", "Ba, J."), False, 2015),
        id="apa",
    ),
    pytest.param(
        f"[Dosovitskiy, A., Beyer, L., ... & Houlsby, N. (2021, May). An Image is Worth 16x16 Words. In *ICLR*.]({VIT})",
        ("An Image is Worth 16x16 Words", ("Dosovitskiy, A.", "Beyer, L.", "Houlsby, N."), True, 2021),
        id="apa-with-names-left-out-and-month",
    ),
    pytest.param(
        f"[Kaiming He, Xiangyu Zhang and Jian Sun. 2016. Deep Residual Learning. In *Proceedings of CVPR*.]({RESNET})",
        ("Deep Residual Learning", ("Kaiming He", "Xiangyu Zhang", "Jian Sun"), False, 2016),
        id="acm",
    ),
    pytest.param(
        f"[Sun, W., & Ren, Z. (2023). Is ChatGPT Good at Search? A Study of Re-Ranking. *EMNLP*.]({BERT})",
        ("Is ChatGPT Good at Search? A Study of Re-Ranking", ("Sun, W.", "Ren, Z."), False, 2023),
        id="question-mark-is-no-end",
    ),
]


@pytest.mark.parametrize(("cell", "wanted"), CITED)
def test_citation__as_the_text_of_a_title_link(cell: str, wanted: tuple[object, ...]) -> None:
    """A whole reference in a link gives its title; names and year are read from what stands around it."""
    for entries in (table("| Paper | Code |", f"| {cell} | - |"), read(f"- {cell}\n")):
        (entry,) = entries
        assert (entry.title, entry.authors, entry.et_al, entry.year) == wanted


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Attention Is All You Need (2017) and What Came After It in Vision", id="year-in-title"),
        pytest.param("Learning and Planning (2019). A Gentle Introduction for Students", id="no-names"),
        pytest.param("Language Models are Few-Shot Learners and They Know It Well", id="no-year"),
    ],
)
def test_citation__is_not_seen_in_a_title(title: str) -> None:
    """A title with a year or with commas stays whole: without names there is no citation."""
    assert find_citation(title, 0, len(title)) is None


@pytest.mark.parametrize(
    ("cell", "name", "authors", "et_al", "year"),
    [
        ("BERT (Devlin et al., 2019)", "BERT", ("Devlin",), True, 2019),
        ("BERT (Joint) + CRF (Devlin et al, 2019)", "BERT (Joint) + CRF", ("Devlin",), True, 2019),
        ("Deep Biaffine (Dozat and Manning, 2017)", "Deep Biaffine", ("Dozat", "Manning"), False, 2017),
        ("Devlin et al. (2019)", None, ("Devlin",), True, 2019),
        ("BERT (Devlin et al.)", "BERT", ("Devlin",), True, None),
        ("BERT (Joint)", "BERT (Joint)", (), False, None),
        ("[BERT](https://github.com/google-research/bert)", "BERT", (), False, None),
        ("![](https://img.shields.io/github/stars/a/b) <br> **BERT** <br>", "BERT", (), False, None),
        ("M<sup>3</sup>IT", "M3IT", (), False, None),
    ],
)
def test_name_cell__gives_nickname_names_and_year(
    cell: str, name: str | None, authors: tuple[str, ...], et_al: bool, year: int | None
) -> None:
    """A name column holds a name without markup; a citation behind it gives authors and year instead."""
    (entry,) = table(
        "| Model | Paper |", f"| {cell} | [Pre-training of Deep Bidirectional Transformers]({BERT}) |"
    )
    assert (entry.short_name, entry.authors, entry.et_al, entry.year) == (name, authors, et_al, year)


def test_name_cell__year_gives_way_to_the_year_column() -> None:
    """A column for the year says it better than the citation behind a name."""
    (entry,) = table(
        "| Model | Paper | Year |",
        f"| BERT (Devlin et al., 2018) | [Deep Bidirectional Transformers]({BERT}) | 2019 |",
    )
    assert entry.year == 2019


def test_find_cited_name__leaves_prose_alone() -> None:
    """Parentheses that hold no names are part of the name."""
    for text in ("GPT (2018)", "ViT (base, 16x16)", "Mixture (of experts and more things)"):
        assert find_cited_name(text, 0, len(text)) is None


def test_authors_cell__one_last_name_is_enough() -> None:
    """In a column of authors one capitalised word is a name; a word in capitals is none."""
    header = "| Title | Authors | Venue |"
    (entry,) = table(header, f"| [The Rendering Equation]({ADAM}) | Kajiya | SIGGRAPH |")
    assert entry.authors == ("Kajiya",)
    (entry,) = table(header, f"| [The Rendering Equation]({ADAM}) | NVIDIA | SIGGRAPH |")
    assert entry.authors == ()


def test_venue_cell__unknown_name_behind_a_year_column() -> None:
    """A venue column is believed whatever it names, also where the year's column stands before it."""
    (entry,) = table(
        "| Year | Title | Venue |", f"| 2008 | [Progressive Photon Mapping]({ADAM}) | Shader X6 |"
    )
    assert (entry.venue_text, entry.year) == ("Shader X6", 2008)


@pytest.mark.parametrize(
    ("comment", "venue", "year"),
    [
        ("12 pages, accepted to ICML 2024", "ICML", 2024),
        ("<details><summary>Acc...</summary><p>Accepted by AISTATS2025</p></details>", "AISTATS", 2025),
        ("Submitted to ICML 2024", None, None),
        ("compares with models presented in earlier work", None, None),
    ],
)
def test_comment_cell__says_where_a_paper_was_accepted(
    comment: str, venue: str | None, year: int | None
) -> None:
    """Of a remark only the venue that accepted the paper counts."""
    (entry,) = table(
        "| Title | Comment |", f"| [Adam: A Method for Stochastic Optimization]({ADAM}) | {comment} |"
    )
    assert (entry.venue_text, entry.year) == (venue, year)


DIGESTS = [
    ("3) **FrugalGPT** - reduces the cost of large models by choosing which to ask, at the same quality.", "FrugalGPT"),
    ("2) MEM1  This work introduces an agent that learns to keep a small memory over long tasks, with rewards only.", "MEM1"),
    ("4) Memory for Agents Introduces a unified system that manages what language models keep in mind over long tasks.", None),
    (
        "6) PlanGEN  PlanGEN is a framework of several agents that plan. <br>● Constraint-Guided Verification for Planning "
        "and a much longer line than the first one, which is no title",
        "PlanGEN",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "title"), DIGESTS, ids=["bold", "two-spaces", "verb", "later-line"])
def test_digest__title_is_what_opens_the_cell(cell: str, title: str | None) -> None:
    """A cell with a summary gives the name before it, without its counter; the prose gives no venue."""
    (entry,) = table("| Paper | Links |", f"| {cell} | [Paper]({ADAM}) |")
    assert len(shown(entry) or "") < 80
    assert not (shown(entry) or "").startswith(tuple("0123456789"))
    assert entry.venue_text is None
    if title:
        assert entry.title == title


def test_roles__kinds_and_tasks_are_no_titles() -> None:
    """A column whose texts repeat, or that stands behind the names, is no title: the name stays a name."""
    rows = [
        f"| [{name}](https://arxiv.org/abs/2401.0000{n}) | 2023 | Arts, Science | {kind} |"
        for n, (name, kind) in enumerate([("MMMU", "MC and Open"), ("SEED", "Yes or No"), ("MathVista", "MC and Open"), ("MeViS", "A Dense Mask")])
    ]  # fmt: skip
    entries = table("| Datasets | Year | Domain | Format |", *rows)
    assert [(e.title, e.short_name, e.year) for e in entries] == [
        (None, name, 2023) for name in ("MMMU", "SEED", "MathVista", "MeViS")
    ]


def test_roles__data_used_behind_the_title_is_no_nickname() -> None:
    """A column of the data or models that a paper uses gives it no name."""
    (entry,) = table(
        "| Name | Paper | LLM |", f"| | [Adam: A Method for Stochastic Optimization]({ADAM}) | GPT-2 |"
    )
    assert entry.short_name is None


def test_leaderboard__rows_of_a_name_and_a_link_are_entries() -> None:
    """A row with a name and only a link to a site is an entry of another kind; one without a link is none."""
    entries = table(
        "| Platform | Access | Domain |",
        "| Chatbot Arena | [[Source](https://lmarena.ai/)] | Evaluation of Whole Models |",
        "| HELM | [[Source](https://crfm.stanford.edu/helm/)] | Evaluation of Whole Models |",
        "| Average | 12.5 | Evaluation of Whole Models |",
    )
    assert [(e.short_name, e.kind) for e in entries] == [("Chatbot Arena", "other"), ("HELM", "other")]


def test_menu__rows_that_lead_to_other_pages_are_no_entries() -> None:
    """Cells that hold nothing but links to pages of the list itself are a way around it."""
    entries = table(
        "| [Surveys](src/surveys.md) | [Attention](src/attention.md) |",
        "| [Transfer Learning and Adaptation](src/transfer.md) | [[**Video**](src/video.md)] |",
    )
    assert entries == ()


def test_target__that_is_no_address_leaves_a_title() -> None:
    """Linked text whose target is `nan` is a title without a link."""
    rows = [
        f"| [Adam: A Method for Stochastic Optimization]({ADAM}) | ICLR | [code](https://github.com/a/adam) |",
        "| [Pelee: A Real-Time Object Detection System on Mobile Devices](nan) | NIPS | [code](https://github.com/a/b) |",
    ]
    entry = table("| Title | Conf | Code |", *rows)[1]
    assert entry.title == "Pelee: A Real-Time Object Detection System on Mobile Devices"
    assert [link.url for link in entry.links] == ["https://github.com/a/b"]


def test_paper_column__its_only_link_is_the_paper() -> None:
    """In a column headed "Paper" a link leads to the paper though its address is unknown; a search does not."""
    rows = [
        f"| Deep Residual Learning for Image Recognition | [arXiv]({RESNET}) |",
        f"| Deep Bidirectional Transformers for Language | [arXiv]({BERT}) |",
        "| Adam: A Method for Stochastic Optimization | [lab](https://publications.idiap.ch/attachments/adam) |",
        "| An Image is Worth 16x16 Words | [look](https://scholar.google.com/scholar?q=vit) |",
    ]
    entries = table("| Title | Paper |", *rows)
    assert [e.paper_url for e in entries] == [
        RESNET,
        BERT,
        "https://publications.idiap.ch/attachments/adam",
        None,
    ]


HTML_ROW = '<tr>{group}<td>{name}</td><td>2020/01</td><td><a href="{url}">Paper</a></td></tr>\n'


def test_html_rowspan__rows_below_a_group_cell_are_entries() -> None:
    """A cell that reaches over several rows shifts the cells of the rows below it into their own columns."""
    head = "<table>\n<tr><th>Group</th><th>Model</th><th>Date</th><th>Link</th></tr>\n"
    rows = [("T5", ADAM), ("BERT", BERT), ("ViT", VIT)]
    body = "".join(
        HTML_ROW.format(group='<td rowspan="3">Open</td>' if n == 0 else "", name=name, url=url)
        for n, (name, url) in enumerate(rows)
    )
    entries = read(head + body + "</table>\n")
    assert [(e.short_name, e.paper_url, e.year) for e in entries] == [(name, url, 2020) for name, url in rows]
    assert all(e.text.count("<tr>") == 1 for e in entries)


def test_html_rowspan__a_record_of_two_rows_stays_one_entry() -> None:
    """A summary that spans the table below its row belongs to the entry above it."""
    record = (
        '<tr><td rowspan="2">2020-01-0{n}</td><td><b>{title}</b></td><td>x</td>'
        '<td><a href="{url}">Paper</a></td></tr>\n<tr><td colspan="3">It shows how layers learn.</td></tr>\n'
    )
    titles = [("Deep Residual Learning for Images", RESNET), ("An Image is Worth Many Words", VIT)]
    body = "".join(record.format(n=n, title=title, url=url) for n, (title, url) in enumerate(titles, 1))
    head = "<tr><td><b>Date</b></td><td><b>Paper and Summary</b></td><td><b>Tags</b></td><td><b>Links</b></td></tr>\n"
    entries = read(f"<table>\n{head}{body}</table>\n")
    assert [e.title for e in entries] == [title for title, _ in titles]


SPANS = st.sampled_from(
    ["", ' rowspan="2"', ' rowspan="3"', ' colspan="2"', ' rowspan="0"', ' rowspan="2" colspan="3"']
)
CELLS = st.lists(
    st.tuples(SPANS, st.sampled_from(["", "x", f'<a href="{ADAM}">Adam: A Method</a>'])), max_size=5
)


@given(width=st.integers(0, 4), rows=st.lists(CELLS, max_size=5))
def test_html_rowspan__any_cells_are_read(width: int, rows: list[list[tuple[str, str]]]) -> None:
    """Spans that overlap, reach beyond the table or leave rows too short break nothing."""
    head = "<tr>" + "<th>a</th>" * width + "</tr>\n"
    body = "".join(
        "<tr>" + "".join(f"<td{span}>{text}</td>" for span, text in row) + "</tr>\n" for row in rows
    )
    for entry in read(f"<table>\n{head}{body}</table>\n"):
        assert "Adam" in entry.text


def test_html_rowspan__a_cell_beyond_the_header_covers_no_column() -> None:
    """The row below has as many cells as it says."""
    rows = '<tr><td>x</td><td>y</td><td rowspan="2">z</td></tr>\n<tr><td>y</td></tr>\n'
    assert read(f"<table>\n<tr><th>a</th><th>b</th></tr>\n{rows}</table>\n") == ()


BADGES = [
    ("![Paper](https://img.shields.io/badge/NIPS-CD5C5C)", "NIPS", None),
    ("![Paper](https://img.shields.io/badge/arXiv-222222)", "arXiv", None),
    ("![](https://img.shields.io/badge/CVPR-2016-blue)", "CVPR", 2016),
    ("![](https://img.shields.io/badge/NeurIPS'17-red)", "NeurIPS", 2017),
    ("![Stars](https://img.shields.io/badge/Star-yellow)", None, None),
    ("![](https://img.shields.io/badge/papers-2016-blue)", None, None),
    (f"[![arXiv](https://img.shields.io/badge/arXiv-b31b1b.svg)]({ADAM})", None, None),
    (f"[![arXiv](https://img.shields.io/badge/arXiv-1412.6980-b31b1b.svg)]({ADAM})", None, None),
]


@pytest.mark.parametrize(("badge", "venue", "year"), BADGES)
def test_badge__of_one_text_or_with_a_year(badge: str, venue: str | None, year: int | None) -> None:
    """A badge that is nothing but a venue counts where it is called so; what labels a link does not."""
    (entry,) = read(f"- [**Adam: A Method for Stochastic Optimization**]({ADAM}) {badge}\n")
    assert (entry.venue_text, entry.year) == (venue, year)


TAGGED = [
    ("[vLLM] Efficient Memory Management with PagedAttention(@UC Berkeley etc)", "Efficient Memory Management with PagedAttention", "vLLM"),
    ("🔥[**Two Words**] Adam: A Method for Stochastic Optimization(@a.edu)", "Adam: A Method for Stochastic Optimization", "Two Words"),
    ("[adam]Adam: A Method for Stochastic Optimization", "Adam: A Method for Stochastic Optimization", "adam"),
    ("[Re] Deep Residual Learning for Images", "[Re] Deep Residual Learning for Images", None),
    ("Adam: A Method for Stochastic Optimization `AdamW`", "Adam: A Method for Stochastic Optimization", "AdamW"),
    ("Learning to Compile Programs with `torch`", "Learning to Compile Programs with torch", None),
    ("Adam: A Method for Optimization (Stochastic)", "Adam: A Method for Optimization (Stochastic)", None),
    ("Adam: A Method for Optimization (Read more on [arXiv](https://arxiv.org/abs/1412.6980) or [X](https://x.org/y))", "Adam: A Method for Optimization", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "title", "name"),
    TAGGED,
    ids=["tag-and-place", "bold", "tight", "rerun", "code", "code-within", "aside", "read-more"],
)
def test_title_cell__without_nickname_and_place(cell: str, title: str, name: str | None) -> None:
    """A nickname in brackets before a title or in code behind it, and a place of work, are no parts of it."""
    (entry,) = table("| Date | Title | Paper |", f"| 2015.10 | {cell} | [[pdf]]({ADAM}) |")
    assert (entry.title, entry.short_name, entry.authors) == (title, name, ())


def test_roles__keywords_are_no_titles() -> None:
    """A row that has no title keeps its name, however long the phrases under "Keywords" are."""
    rows = [
        f"| [arXiv](https://arxiv.org/abs/2401.0000{n}) | {name} | {words} |"
        for n, (name, words) in enumerate(
            [("ViT", "Image patches as words"), ("BERT", "Bidirectional masked training"), ("Adam", "Moments of gradients")]
        )
    ]  # fmt: skip
    entries = table("| Paper Link | Method | Keywords |", *rows)
    assert [(e.title, e.short_name) for e in entries] == [(None, "ViT"), (None, "BERT"), (None, "Adam")]


def test_roles__one_row_is_read_as_the_tables_with_its_header() -> None:
    """A table too small to say which column holds titles is read as the others of the list that have its header."""
    head = "| Status | Priority | Paper |\n|---|---|---|\n"
    titles = (
        "Deep Residual Learning for Images",
        "Adam: A Method for Optimization",
        "Attention Is All You Need",
    )
    more = "".join(
        f"| - | Core | [{title}](https://arxiv.org/abs/2401.0000{n}) |\n" for n, title in enumerate(titles)
    )
    entries = read(f"## A\n\n{head}| - | Core | [Tidy Data]({VIT}) |\n\n## B\n\n{head}{more}")
    assert [(e.title, e.short_name) for e in entries] == [(title, None) for title in ("Tidy Data", *titles)]


def test_roles__links_to_files_of_their_own_name_are_names() -> None:
    """A column before the title that leads to a file per paper gives the names; page numbers are none."""
    title = f"[Adam: A Method for Stochastic Optimization]({ADAM})"
    (entry,) = table("| | meta | title |", f"| 0 | [Adam](./meta/Adam.prototxt) | {title} |")
    assert entry.short_name == "Adam"
    (entry,) = table("| | meta | title |", f"| 0 | [7](./meta/7.prototxt) | {title} |")
    assert entry.short_name is None


def test_roles__sentences_behind_the_title_are_no_names() -> None:
    """A header that holds the word "model" over sentences does not make them names; nor is `unnamed` one."""
    title = f"[Adam: A Method for Stochastic Optimization]({ADAM})"
    (entry,) = table(
        "| Paper | World-model boundary |", f"| {title} | A survey without any learned transition |"
    )
    assert entry.short_name is None
    (entry,) = table("| Benchmark | Paper |", f"| unnamed | {title} |")
    assert entry.short_name is None


USERS = [
    ("yuexiang96, oottyy, jeepliu", ("yuexiang96", "oottyy", "jeepliu")),
    ("Diederik Kingma, WaterInSea, Ye27", ("Diederik Kingma", "WaterInSea", "Ye27")),
    ("Diederik Kingma1, Jimmy Ba2", ("Diederik Kingma", "Jimmy Ba")),
    ("see the paper, various", ()),
]


@pytest.mark.parametrize(("cell", "authors"), USERS, ids=["users", "mixed", "marked", "prose"])
def test_authors_cell__names_of_users(cell: str, authors: tuple[str, ...]) -> None:
    """Under "Authors" words as sites call their users are authors; numbers of laboratories are cut off."""
    (entry,) = table("| Title | Authors |", f"| [Adam: A Method for Optimization]({ADAM}) | {cell} |")
    assert entry.authors == authors


STATUS = [
    ("Some University; SSRN working paper", "SSRN working paper", None),
    ("Some University + Other; arXiv v2", "arXiv", None),
    ("Some University; *Applied Sciences*", "Applied Sciences", None),
    ("Some University; arXiv 2026", "arXiv", 2026),
    ("TechRxiv preprint, 2025", "TechRxiv preprint", 2025),
    ("Some University; code released", None, None),
    ("A team of some university that compares with ICML 2020", None, None),
]


@pytest.mark.parametrize(("cell", "venue", "year"), STATUS)
def test_status_cell__says_where_behind_the_team(cell: str, venue: str | None, year: int | None) -> None:
    """Under "Team / status" a known venue stands behind the semicolon, or fills the cell."""
    (entry,) = table("| Paper | Team / status |", f"| [Adam: A Method for Optimization]({ADAM}) | {cell} |")
    assert (entry.venue_text, entry.year) == (venue, year)


def test_citation__with_its_title_in_italics() -> None:
    """Authors before a title in italics, all in one link; a phrase before italics is no author."""
    cell = f"[**Kingma et al.**, *Adam* (ICLR 2015)]({ADAM})"
    (entry,) = table("| Paradigm | Citation |", f"| Optimizers | {cell} |")
    assert (entry.title, entry.authors, entry.et_al) == ("Adam", ("Kingma",), True)
    assert (entry.venue_text, entry.year) == ("ICLR", 2015)
    phrase = "Vision Models, *A Survey of Attention*."
    assert find_citation(phrase, 0, len(phrase)) is None


def test_venue_cell__workshop_behind_the_year() -> None:
    """The name of a workshop between the year and the word belongs to the venue."""
    (entry,) = table(
        "| Title | Publication |", f"| [Adam: A Method for Optimization]({ADAM}) | ICLR 2024 ML4RS Workshop |"
    )
    assert (entry.venue_text, entry.year) == ("ICLR ML4RS Workshop", 2024)


def test_layout_table__prose_is_no_entry() -> None:
    """A table without a header that sets sentences beside a picture holds no paper."""
    prose = "Authors may be listed by another name. They are read by a program and may be wrong. Some of it can be mended by you "
    row = '<table><tr><td>{}<a href="{}">here</a> for more of it.</td></tr></table>\n'
    assert read(row.format(prose * 2, "docs/prompt.md")) == ()


def test_table_of_attributes__below_a_heading() -> None:
    """A heading with a quoted table that names its authors, and a link to the paper, is an entry."""
    record = (
        "> ### 1. Adam: A Method for Stochastic Optimization\n>\n> | 属性 | 内容 |\n> |:---:|:---|\n"
        "> | 📅 发布日期 | 2014-12-22 |\n> | 👤 作者 | Diederik Kingma |\n>\n> **摘要：**\n> It adapts.\n>\n"
        "> 🔗 [阅读论文]({})\n\n---\n\n{}"
    )
    (entry,) = read(record.format(ADAM, "*由 [Daily](https://github.com/a/daily) 自动生成*\n"))
    assert (entry.title, entry.authors, entry.year, entry.paper_url) == (
        "Adam: A Method for Stochastic Optimization", ("Diederik Kingma",), 2014, ADAM,
    )  # fmt: skip
    assert [link.url for link in entry.links] == [ADAM]
    (other,) = read(
        f"- [An Image is Worth 16x16 Words]({VIT})\n\n### How this list is made\n\n| Key | Value |\n|---|---|\n| Author | Diederik Kingma |\n"
    )
    assert other.title == "An Image is Worth 16x16 Words"


def test_prose__that_names_the_lists_own_paper_is_no_entry() -> None:
    """A sentence before a link that it leads on to is not a title."""
    entries = read(
        f"This is the repo for our [TMLR](https://jmlr.org/tmlr/) survey [An Image is Worth 16x16 Words]({VIT}).\n\n"
        f"## A\n\n- [Adam: A Method for Stochastic Optimization]({ADAM})\n"
    )
    assert "This is the repo for our" not in [entry.title for entry in entries]


def test_table__few_words_in_italics_head_a_group() -> None:
    """A row that is nothing but a few words in italics names the rows below; with a venue beside it is one of them."""
    head = "| Title | Venue | Date |\n|---|---|---|\n"
    rows = f"| _World Models_ |\n| [Adam: A Method for Stochastic Optimization]({ADAM}) | ICLR | 2014-12 |\n"
    assert [entry.first_line for entry in read("## A\n\n" + head + rows)] == [8]
