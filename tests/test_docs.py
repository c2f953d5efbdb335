"""The README says what the code does: columns, commands and exit statuses come from the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.export import COLUMNS, columns_table

README = Path(__file__).parent.parent / "README.md"


def test_readme__has_the_columns_of_the_code() -> None:
    """The table of columns is generated; `python -m pipeline.export` prints it."""
    text = README.read_text(encoding="utf-8")
    between = re.search(r"<!-- columns: begin -->\n(.*?)<!-- columns: end -->", text, re.DOTALL)
    assert between is not None
    assert between[1] == columns_table()


def test_columns__are_those_of_the_design() -> None:
    """Analysts rely on these names; more may follow, none is renamed."""
    names = [column.name for column in COLUMNS]
    assert (
        names[:40]
        == (
            "list entry_id paper_id duplicate_of kind section position title list_title short_name authors year "
            "venue venue_name venue_type venue_source venue_status list_venue list_year published "
            "published_precision abstract citation_count citation_source citation_date "
            "influential_citation_count arxiv_id openreview_id acl_id doi s2_id paper_url pdf_url code_url "
            "resolution_method resolution_score link_status status sources retrieved_at"
        ).split()
    )


@pytest.mark.parametrize("error", [errors.UsageError, errors.SafetyError, errors.LockedError])
def test_readme__names_every_exit_status(error: type[errors.PaperlistError]) -> None:
    """Each status of the code has a row."""
    assert f"\n| {error.exit_code} | " in README.read_text(encoding="utf-8")


def test_readme__links_lead_to_files_of_the_project() -> None:
    """Paths in the text exist."""
    text = README.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:pipeline|tests|notebooks)/[\w./]+)`", text):
        assert (README.parent / path).exists(), path
