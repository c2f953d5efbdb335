"""`paperlist venues`: what a text means, in one line or as JSON, and what comes nearest where it means nothing."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.venues import nearest

LINES = [
    (
        "Proc. of the 2023 Conf. on Empirical Methods in Natural Language Processing",
        "EMNLP (emnlp), conference: Conference on Empirical Methods in Natural Language Processing; 2023",
    ),
    (
        "ICLR'24 Oral",
        "ICLR (iclr), conference: International Conference on Learning Representations; 2024; track oral",
    ),
    (
        "EMNLP (Findings)",
        "Findings of EMNLP (emnlp-findings), findings: Findings of the Association for Computational Linguistics: EMNLP;"
        " belongs to EMNLP (emnlp)",
    ),
    ("LNCS", "not understood; a series that prints many venues' proceedings, not a venue"),
    ("Submitted to ICML 2024", "not understood; 2024; nothing like it is known"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder: no settings, no lists."""
    monkeypatch.chdir(tmp_path)


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


@pytest.mark.parametrize(("text", "said"), LINES, ids=[text for text, _ in LINES])
def test_venues__says_what_a_text_means(text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line: acronym, row, kind, name, what it belongs to, year and track."""
    status = main(["venues", text])
    assert capsys.readouterr().out == f"{text}: {said}\n"
    assert status == (1 if said.startswith("not understood") else 0)


def test_venues__one_unknown_among_many_is_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    """Every text is answered, whatever came before it."""
    assert main(["venues", "ICML", "no such thing at all", "ACL 2024"]) == 1
    assert [line.split(":")[1].split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "ICML",
        "not",
        "ACL",
    ]


def test_venues__names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error leads to the name that was meant, as a hint only."""
    assert main(["venues", "Conference on Empirical Method in Naturel Language Processing 2023"]) == 1
    assert "not understood; 2023; nearest: EMNLP (emnlp)" in capsys.readouterr().out


def test_venues__reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`-`: one text per line, empty lines aside."""
    typed(monkeypatch, "NIPS 2016\n\n  KDD \n")
    assert main(["venues", "-"]) == 0
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == ["NIPS 2016", "KDD"]


def test_venues__standard_input_is_not_mixed_with_texts(capsys: pytest.CaptureFixture[str]) -> None:
    """What is meant is unclear, so it is wrong usage."""
    assert main(["venues", "-", "ICML"]) == 2
    assert "cannot be mixed" in capsys.readouterr().err


def test_venues__json(capsys: pytest.CaptureFixture[str]) -> None:
    """One object per text; what is not said is null, `nearest` stands only where nothing was understood."""
    assert main(["venues", "--json", "ACL 2024 Findings", "Naturee"]) == 1
    known, unknown = map(json.loads, capsys.readouterr().out.splitlines())
    assert known == {
        "text": "ACL 2024 Findings",
        "understood": True,
        "id": "acl-findings",
        "acronym": "Findings of ACL",
        "name": "Findings of the Association for Computational Linguistics: ACL",
        "kind": "findings",
        "parent": "acl",
        "year": 2024,
        "track": None,
    }
    assert not unknown["understood"]
    assert unknown["id"] is None
    assert "nature" in unknown["nearest"]


def test_venues__is_inert_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """What a terminal would act on is not printed as such."""
    assert main(["venues", "\x1b[31mICML"]) in (0, 1)
    assert "\x1b" not in capsys.readouterr().out


def test_nearest__is_none_where_nothing_is_like_it() -> None:
    """A hint that helps nobody is not given."""
    assert nearest("qqqqqqqqqqqqqqqqqqqqqqqq") == ()
