"""Settings: strict reading, one precedence, and no secret in sight."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline import settings
from pipeline.errors import UsageError
from pipeline.model import Identifier
from pipeline.settings import Override, Settings, load, load_list_options

SECRETS = {
    "S2_API_KEY": "s2-key-of-nobody",
    "OPENREVIEW_USERNAME": "nobody@paperlist.invalid",
    "OPENREVIEW_PASSWORD": "open-sesame-17",
    "OPENALEX_API_KEY": "oa-key-of-nobody",
}


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run in, and an environment that sets nothing."""
    monkeypatch.chdir(tmp_path)
    for name in (*SECRETS, *(f"PAPERLIST_{key.upper()}" for key in settings._OUTSIDE)):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def write(text: str | bytes, name: str = "paperlist.yaml") -> Path:
    path = Path(name)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


DEFAULTS = [
    ("arxiv", "https://export.arxiv.org/api/query", 3.0, 30),
    ("semanticscholar", "https://api.semanticscholar.org", 1.0, 7),
    ("openreview", "https://api2.openreview.net", 1.0, 30),
    ("acl", "https://aclanthology.org", 1.0, 90),
    ("crossref", "https://api.crossref.org", 1.0, 30),
    ("openalex", "https://api.openalex.org", 0.1, 30),
    ("dblp", "https://sparql.dblp.org/sparql", 1.0, 30),
    ("datacite", "https://api.datacite.org", 0.6, 30),
]


@pytest.mark.parametrize(("name", "url", "interval", "days"), DEFAULTS)
def test_load__defaults_of_every_source(name: str, url: str, interval: float, days: int) -> None:
    """Without a file each source has its published address and limit."""
    source = load().sources[name]
    assert (source.url, source.interval, source.max_age) == (url, interval, timedelta(days=days))
    assert (source.timeout, source.connect_timeout, source.patience, source.enabled) == (
        20.0,
        3.0,
        30.0,
        True,
    )


def test_load__defaults_of_the_rest() -> None:
    """The folders, the edits and the second addresses of the design."""
    got = load()
    assert list(got.sources) == [row[0] for row in DEFAULTS]
    assert (got.contact, got.cache, got.raw) == (None, Path(".cache/paperlist"), Path("data/raw"))
    assert (got.enriched, got.edits, got.offline) == (Path("data/enriched"), ("venue", "badge"), False)
    assert got.sources["openreview"].extra == {"legacy_url": "https://api.openreview.net"}
    assert set(got.sources["acl"].extra) == {"data_url"}


EXAMPLE = """
contact: you@example.org
cache: elsewhere
sources:
  arxiv: {url: "http://127.0.0.1:8000/arxiv/", interval: 0.5, max_age: 12h, timeout: 5, patience: 0, enabled: no}
  openreview: {legacy_url: http://127.0.0.1:8000/v1}
  dblp:
edits: [badge]
"""


def test_load__reads_every_kind_of_key() -> None:
    """What the file says stands; what it does not say stays; a trailing slash is no part of an address."""
    write(EXAMPLE)
    got = load()
    arxiv, openreview = got.sources["arxiv"], got.sources["openreview"]
    assert (got.contact, got.cache, got.raw) == ("you@example.org", Path("elsewhere"), Path("data/raw"))
    assert got.edits == ("badge",)
    assert (arxiv.url, arxiv.interval, arxiv.max_age) == (
        "http://127.0.0.1:8000/arxiv",
        0.5,
        timedelta(hours=12),
    )
    assert (arxiv.timeout, arxiv.patience, arxiv.enabled) == (5.0, 0.0, False)
    assert openreview.urls == ("https://api2.openreview.net", "http://127.0.0.1:8000/v1")
    assert got.sources["dblp"] == Settings(sources=load().sources).sources["dblp"]


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "contact:\n", "sources:\n", "sources: {arxiv: }\n", "\ufeff{}"]
)
def test_load__nothing_said_is_the_default(text: str) -> None:
    """An empty file, and a key with nothing behind it, change nothing."""
    expected = load()
    write(text)
    assert load() == expected


@pytest.mark.parametrize(
    ("text", "days"),
    [("0d", 0), ("30d", 30), ("2w", 14), ("48h", 2), ("2880m", 2), ("172800s", 2), ("7 d", 7)],
)
def test_load__durations(text: str, days: int) -> None:
    """A number and a unit."""
    write(f"sources: {{acl: {{max_age: {text}}}}}")
    assert load().sources["acl"].max_age == timedelta(days=days)


WRONG = [
    ("contct: a@b.org", "paperlist.yaml:1: unknown key 'contct'; did you mean 'contact'?"),
    ("\nsorces: {}", "paperlist.yaml:2: unknown key 'sorces'; did you mean 'sources'?"),
    ("sources:\n  arxive: {}", "paperlist.yaml:2: unknown key 'arxive' in sources; did you mean 'arxiv'?"),
    (
        "sources:\n  arxiv:\n    max-age: 1d",
        "paperlist.yaml:3: unknown key 'max-age' in sources.arxiv; did you mean 'max_age'?",
    ),
    ("sources: {acl: {legacy_url: x}}", "unknown key 'legacy_url' in sources.acl; did you mean 'data_url'?"),
    ("sources: {openalex: {api_key: abcdef}}", "(secrets come from the environment only)"),
    ("zzzzzzzz: 1", "unknown key 'zzzzzzzz'; did you mean"),
    ("contact: a@b.org\ncontact: c@d.org", "paperlist.yaml:2: key 'contact' is given twice"),
    ("<<: {contact: a@b.org}", "unknown key '<<'"),
    ("contact: nobody", "paperlist.yaml:1: 'contact' must be a mail address"),
    ('contact: "a@b.org\\r\\nX-Evil: 1"', "must be a mail address"),
    ("contact: [a@b.org]", "'contact' must be one value"),
    ("contact: !!python/object/apply:os.system [true]", "'contact' must be one value"),
    ("contact: !secret x", "'contact' must be one value"),
    ("- a\n- b", "paperlist.yaml:1: the file must be a mapping"),
    ("sources: [arxiv]", "'sources' must be a mapping"),
    ("sources: {arxiv: {interval: fast}}", "'sources.arxiv.interval' must be a number of seconds"),
    ("sources: {arxiv: {interval: -1}}", "must be a number of seconds, 0 or more"),
    ("sources: {arxiv: {interval: .nan}}", "must be a number of seconds"),
    ("sources: {arxiv: {interval: .inf}}", "must be a number of seconds"),
    ("sources: {arxiv: {interval: true}}", "must be a number of seconds"),
    ("sources: {arxiv: {timeout: 0}}", "must be a number of seconds above 0"),
    ("sources: {arxiv: {max_age: 30}}", "must be a duration such as 30d, 12h or 0d"),
    ("sources: {arxiv: {max_age: 1y}}", "must be a duration"),
    ("sources: {arxiv: {enabled: maybe}}", "must be true or false"),
    ("sources: {arxiv: {url: ftp://x.org}}", "must be an address such as https://"),
    ("sources: {arxiv: {url: 'https://me:pw@x.org'}}", "must be an address such as https://"),
    ("sources: {arxiv: {url: 'https://x.org/?key=1'}}", "must be an address such as https://"),
    ("sources: {arxiv: {url: 'https://x.org:port/'}}", "must be an address such as https://"),
    ("edits: venue", "'edits' must be a list"),
    ("edits: [venu]", "paperlist.yaml:1: 'edits' must be out of venue, badge, not 'venu'"),
    ("edits: [venue,\n  authors]", "paperlist.yaml:2: 'edits' must be out of venue, badge, not 'authors'"),
    ("edits: [venue, venue]", "'edits' names 'venue' twice"),
    ("a: [1\nb: 2", "paperlist.yaml:2: not valid YAML"),
    ("a: 1\n---\nb: 2", "not valid YAML"),
    ("[" * 100_000, "nested deeper than"),
    (b"contact: \xff\xfe\xfa", "not plain UTF-8"),
    (b"contact: a\x00b", "not plain UTF-8"),
    ("#" * (1 << 21), "larger than 1 MiB"),
    ("? [a]\n: b", "a key must be a word"),
]


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[str(row[1])[:40] for row in WRONG])
def test_load__refuses_and_names_the_place(text: str | bytes, message: str) -> None:
    """Every mistake is one UsageError that names file, line, key and what was expected."""
    write(text)
    with pytest.raises(UsageError) as caught:
        load()
    assert message in str(caught.value)
    assert str(caught.value).startswith("paperlist.yaml")


def test_load__never_repeats_a_secret_from_a_file() -> None:
    """A key in the file is refused without being shown."""
    write("sources: {semanticscholar: {key: very-secret-value}}")
    with pytest.raises(UsageError) as caught:
        load()
    assert "very-secret-value" not in str(caught.value)


def test_load__named_file_must_exist(tmp_path: Path) -> None:
    """A file named on the command line is meant; a missing default file is not."""
    with pytest.raises(UsageError, match=r"no\.yaml: cannot be read: No such file"):
        load(tmp_path / "no.yaml")
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_load__precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Command line over environment over file over defaults, key by key."""
    write("contact: file@x.org\ncache: from-file\nraw: from-file\nsources: {arxiv: {interval: 2}}")
    monkeypatch.setenv("PAPERLIST_CONTACT", "environment@x.org")
    monkeypatch.setenv("PAPERLIST_CACHE", "from-environment")
    monkeypatch.setenv("PAPERLIST_OFFLINE", "1")
    got = load(None, {"contact": "line@x.org", "enriched": Path("out"), "edits": None, "offline": None})
    assert (got.contact, got.cache, got.raw) == ("line@x.org", Path("from-environment"), Path("from-file"))
    assert (got.enriched, got.offline, got.sources["arxiv"].interval) == (Path("out"), True, 2.0)
    line = load(
        None,
        {"offline": False, "sources.arxiv.interval": 0.5, "edits": ["badge"], "sources.acl.enabled": False},
    )
    assert (line.offline, line.sources["arxiv"].interval, line.edits) == (False, 0.5, ("badge",))
    assert not line.sources["acl"].enabled


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"ofline": True}, "did you mean 'offline'"),
        ({"sources.arxiv.intervall": 1}, "did you mean 'interval'"),
        ({"sources.arxif.interval": 1}, "did you mean 'arxiv'"),
        ({"sources.arxiv": 1}, "unknown key ''"),
        ({"sources.arxiv.interval": -1}, "sources.arxiv.interval must be a number"),
        ({"edits": ["venu"]}, "edits must be out of venue, badge, not 'venu'"),
    ],
)
def test_load__overrides_are_checked_too(overrides: dict[str, Any], message: str) -> None:
    """The command line is no way round the rules."""
    with pytest.raises(UsageError, match=message):
        load(None, overrides)


def test_load__environment_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong variable is named."""
    monkeypatch.setenv("PAPERLIST_OFFLINE", "perhaps")
    with pytest.raises(UsageError, match="PAPERLIST_OFFLINE must be true or false"):
        load()


def test_load__other_variables_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests and tools may have variables of the same prefix."""
    monkeypatch.setenv("PAPERLIST_CORPUS", "/somewhere")
    assert load() == load()


def test_load__secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reaches its source, and none is in any repr."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value + "\n")
    got = load()
    assert got.sources["semanticscholar"].key == SECRETS["S2_API_KEY"]
    assert got.sources["openalex"].key == SECRETS["OPENALEX_API_KEY"]
    openreview = got.sources["openreview"]
    assert (openreview.username, openreview.password) == tuple(SECRETS.values())[1:3]
    assert set(got.secrets) == set(SECRETS.values())
    assert not [secret for secret in SECRETS.values() if secret in repr(got)]


def test_load__an_empty_secret_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that is not set arrives as an empty string on a runner."""
    monkeypatch.setenv("S2_API_KEY", " ")
    assert load().sources["semanticscholar"].key is None


def test_load__a_broken_secret_is_named_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line break inside a key would end the header it is sent in."""
    monkeypatch.setenv("S2_API_KEY", "abc\ndef-secret")
    with pytest.raises(UsageError, match="S2_API_KEY") as caught:
        load()
    assert "secret" not in str(caught.value).replace("no secret has", "")


@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=80), st.text(alphabet="abc:{}[]&*!|>-?#\n \t\"',0d", max_size=80)))
def test_load__any_file_gives_settings_or_a_usage_error(text: bytes | str) -> None:
    """No input makes the reader fail in another way."""
    path = write(text)
    outcome: Settings | UsageError
    try:
        outcome = load(path)
    except UsageError as error:
        outcome = error
    assert isinstance(outcome, Settings) or str(outcome).startswith("paperlist.yaml")


OPTIONS = """
upstream: https://github.com/someone/awesome-list
files: [part-1.md, more/part-2.md]
edits: [venue]
overrides:
  - entry_id: judging-llm-as-a-judge
    identifiers: [arXiv:2306.05685]
    venue: NeurIPS
    year: 2023
  - title: "A Title: as the List Writes It"
    venue: TMLR
  - identifier: https://arxiv.org/abs/2212.08073v1
    skip: true
"""


def test_load_list_options__reads_the_documented_format() -> None:
    """All three ways to match, all four things to decide."""
    got = load_list_options(write(OPTIONS, "list.yaml"))
    assert got.upstream == "https://github.com/someone/awesome-list"
    assert (got.files, got.edits) == (("part-1.md", "more/part-2.md"), ("venue",))
    assert got.file_places == ("list.yaml:3", "list.yaml:3")
    first, second, third = got.overrides
    assert first == Override("judging-llm-as-a-judge", (Identifier("arxiv", "2306.05685"),), "NeurIPS", 2023)
    assert second == Override("A Title: as the List Writes It", venue="TMLR", by="title")
    assert third == Override("arxiv:2212.08073", skip=True, by="identifier")
    assert [override.place for override in got.overrides] == ["list.yaml:6", "list.yaml:10", "list.yaml:12"]


def test_load_list_options__no_file_decides_nothing() -> None:
    """Most lists have none."""
    got = load_list_options(Path("none.yaml"))
    assert (got.upstream, got.files, got.edits, got.overrides) == (None, (), None, ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("overides: []", "list.yaml:1: unknown key 'overides'; did you mean 'overrides'?"),
        ("overrides:\n  - entry_id: a\n    venu: ACL", "list.yaml:3: unknown key 'venu' in overrides"),
        ("overrides:\n  - venue: ACL", "list.yaml:2: an override names one of entry_id, title, identifier"),
        ("overrides:\n  - {entry_id: a, title: b, venue: ACL}", "names one of"),
        ("overrides:\n  - entry_id: a", "must decide something"),
        ("overrides:\n  - {entry_id: a, skip: false}", "must decide something"),
        (
            "overrides:\n  - {entry_id: a, skip: true, venue: ACL}",
            "must decide something, and nothing beside skip",
        ),
        ("overrides:\n  - {entry_id: a, year: soon}", "'year' must be a year such as 2023"),
        ("overrides:\n  - {entry_id: a, year: 20233}", "'year' must be a year"),
        (
            "overrides:\n  - {entry_id: a, identifiers: [nonsense]}",
            "list.yaml:2: 'identifiers' must be an identifier",
        ),
        ("overrides:\n  - {identifier: nonsense, skip: true}", "'identifier' must be an identifier"),
        (
            "overrides:\n  - {entry_id: a, venue: ACL}\n  - {entry_id: a, venue: ICML}",
            "list.yaml:3: a second override of 'a'; the first is at list.yaml:2",
        ),
        ("overrides: {a: {venue: ACL}}", "'overrides' must be a list"),
        ("files: [../other.md]", "'files' must be file names below the folder"),
        ("files: [/etc/passwd]", "'files' must be file names below the folder"),
        ("files: ['C:\\x.md']", "'files' must be file names below the folder"),
        ("files: ['a\\..\\..\\x.md']", "'files' must be file names below the folder"),
        ("upstream: 'a\n\n  b'", "'upstream' must be a line of text"),
    ],
)
def test_load_list_options__refuses_and_names_the_place(text: str, message: str) -> None:
    """What a person decided must not be half understood."""
    with pytest.raises(UsageError) as caught:
        load_list_options(write(text, "list.yaml"))
    assert message in str(caught.value)
