"""What a run shows: a line per request, a JSON log, the table at its end, run.json, and bars on a terminal."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.console import Reporter
from pipeline.jobs.asking import HEADERS, _Asker
from pipeline.ratelimit import Budget
from pipeline.session import Event
from pipeline.settings import Settings
from tests.apiserver import ApiServer
from tests.test_budget import settings_of
from tests.workplace import NAME, Workplace


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    """The APIs, each on a port of its own."""
    with ApiServer(separate=True) as running:
        yield running


@pytest.fixture
def place(server: ApiServer, tmp_path: Path) -> Workplace:
    """A place where nothing has been asked yet."""
    server.heal()
    server.forget()
    return Workplace(tmp_path / "work", settings_of(server), server.environment())


def run_file(place: Workplace) -> dict[str, object]:
    """run.json of the last run."""
    loaded: dict[str, object] = json.loads((place.folder / ".cache/paperlist/run.json").read_text())
    return loaded


REQUEST = re.compile(r"(\w+)  (GET|POST)  127\.0\.0\.1:\d+/[\w./]+  (200|404)  (\d+ ms|cached)  \d+ bytes")


def test_verbose__one_line_per_request(place: Workplace, server: ApiServer) -> None:
    """Who, how, where, what status, how long; no query, which would be hundreds of ids."""
    _, err = place.run("refresh", "-v")
    lines = [match[1] for line in err.splitlines() if (match := REQUEST.fullmatch(line))]
    assert Counter(lines) == Counter(row.api for row in server.requests())
    assert not any(secret in err for secret in server.environment().values())


def test_verbose__what_the_cache_answers_is_said(place: Workplace, server: ApiServer) -> None:
    """An answer of the last hours costs no request, and is told apart."""
    place.run("enrich", NAME)
    for path in (place.folder / "data" / "enriched" / "records").iterdir():
        path.unlink()
    server.forget()
    _, err = place.run("refresh", "-v")
    cached = [line for line in err.splitlines() if "  cached  " in line and "127.0.0.1" in line]
    assert cached
    assert all(REQUEST.fullmatch(line) for line in cached)


def test_log_json__every_line_is_an_object(place: Workplace, server: ApiServer) -> None:
    """Requests, the table's rows, warnings and plain words: each one line with time and level."""
    server.fail("status", "dblp", status=403)
    _, err = place.run("refresh", "-v", "--log-json")
    rows = [json.loads(line) for line in err.splitlines()]
    assert all({"time", "level"} <= row.keys() for row in rows)
    requests = [row for row in rows if row.get("event") == "request" and row["what"] == "answered"]
    assert len(requests) == len(server.requests())
    assert {"source", "method", "host", "path", "status", "ms", "bytes", "cached"} <= requests[0].keys()
    assert not any("?" in row["path"] for row in requests)
    sources = {row["source"]: row for row in rows if row.get("event") == "source"}
    assert sources.keys() >= {"arxiv", "semanticscholar", "dblp"}
    for row in sources.values():
        assert datetime.fromisoformat(row["time"]).tzinfo
        numbers = {
            name: value for name, value in row.items() if name not in ("time", "level", "event", "source")
        }
        assert all(type(value) in (int, float) for value in numbers.values())
        assert row["asked"] == row["found"] + row["not_found"] + row["left"]
        assert {"waited_seconds", "wall_seconds"} <= numbers.keys()
    assert sources["dblp"]["left"] > 0
    assert [r for r in rows if r["level"] == "warning" and "DBLP could not be asked" in r["message"]]
    assert [r for r in rows if r["level"] == "info" and "lines to change" in r.get("message", "")]


def test_log_json__errors_too(place: Workplace) -> None:
    """Wrong usage, wherever the option stands, is an object as well."""
    for arguments in (["--log-json", "refresh", "--nonsense"], ["refresh", "no-such-list", "--log-json"]):
        _, err = place.run(*arguments, status=2)
        (row,) = [json.loads(line) for line in err.splitlines()]
        assert row["level"] == "error"


def test_log_json__quiet_leaves_warnings(place: Workplace) -> None:
    """`-q` says only what went wrong, in JSON too."""
    _, err = place.run("refresh", "--offline", "-q", "--log-json")
    assert err == ""


def test_refresh__ends_with_a_table(place: Workplace, server: ApiServer) -> None:
    """One row per source that had a question, its columns under each other; nothing where nobody was asked."""
    server.fail("status", "openreview", status=500)
    _, err = place.run("refresh")
    lines = err.splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("source "))
    assert lines[head].split("  ")[0] == "source"
    assert all(header in lines[head] for header in HEADERS)
    titles = [line[: lines[head].index("asked")].strip() for line in lines[head + 1 : head + 5]]
    assert titles[:4] == ["arXiv", "Semantic Scholar", "OpenReview", "ACL Anthology"]
    server.heal()
    place.run("refresh")
    _, err = place.run("refresh")
    assert "source " not in err


def test_run_json__tells_what_happened(place: Workplace, server: ApiServer) -> None:
    """Per source the questions and the requests; the numbers are the server's."""
    server.fail("status", "acl", status=500)
    place.run("refresh")
    run = run_file(place)
    assert run["lists"] == [NAME]
    assert run["budget"] == {"requests": None, "seconds": None, "spent": None}
    assert run["requests"] == len(server.requests())
    sources = run["sources"]
    assert isinstance(sources, dict)
    for name, source in sources.items():
        if name not in server.apis:
            continue
        requests = source["requests"]
        assert requests["attempts"] == sum(source["passes"]) == len(server.requests(name))
        ends = sum(requests[end] for end in ("answered", "from_cache", "failed", "held_back"))
        assert requests["asked"] == ends
        assert source["asked"] == source["found"] + source["not_found"] + source["unanswered"]
        assert requests["wall"] >= requests["waited"] >= 0
    assert sources["acl"]["state"] == "down"
    assert sources["acl"]["requests"]["failed"] >= 1
    assert sources["arxiv"]["state"] == "ok"


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


def test_bars__say_what_a_host_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the bar of a source: how long, for whom, and why; gone with the answer."""
    notes: list[str] = []
    monkeypatch.setattr("pipeline.console.Bar.note", lambda _, text: notes.append(text))
    asker = _Asker(Settings(), Reporter(err=Terminal()), Budget())
    asker.progress("arxiv", 0, 300)
    asker._event(Event("arxiv", "waiting", "GET", "https://x", "export.arxiv.org", seconds=2.98, text="one request per 3 s"))  # fmt: skip
    asker._event(Event("arxiv", "answered", "GET", "https://x", "export.arxiv.org", 200))
    asker.close()
    assert notes == ["waiting 3.0 s for export.arxiv.org: one request per 3 s", ""]


def test_bars__are_not_drawn_into_a_json_log() -> None:
    """On a terminal as well, a JSON log holds JSON only."""
    stream = Terminal()
    console = Reporter(err=stream, json_log=True)
    with console.progress("arXiv", 3, "answered") as bar:
        bar.advance()
        console.say("one \x1b[31m line\nonly")
    (row,) = stream.getvalue().splitlines()
    assert json.loads(row)["message"] == "one \x1b[31m line\nonly"
    assert "\x1b" not in row
