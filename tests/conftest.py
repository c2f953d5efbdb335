"""Shared by all tests: where the real corpora are, recorded answers, and the switches of live runs.

- `PAPERLIST_CORPUS` names a folder with real lists, labels and recorded answers; tests over them are
  skipped without it.
- `HYPOTHESIS_PROFILE=fuzz` gives tests that do not set their own number of examples fifty times as many
  (`make fuzz`).
- `pytest --live -m live` asks the real APIs (a network and, for some, keys are needed).
- `pytest --live --record -m live` also keeps their answers under tests/recordings/, which git ignores:
  they may hold abstracts that we may not publish.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.apiserver import ApiServer, load_world
from tests.fakes import Answer
from tests.workplace import Make, Workplace

CORPUS = os.environ.get("PAPERLIST_CORPUS")
KEPT = Path(__file__).parent / "recordings"
_ANY_SPEED = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.differing_executors],
}
hypothesis_settings.register_profile("default", hypothesis_settings(max_examples=100, **_ANY_SPEED))
hypothesis_settings.register_profile("fuzz", hypothesis_settings(max_examples=5000, **_ANY_SPEED))
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
NO_CORPUS = "set PAPERLIST_CORPUS to the folder with lists, labels and recordings"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The switches of live runs."""
    group = parser.getgroup("paperlist")
    group.addoption("--live", action="store_true", help="ask the real APIs")
    group.addoption("--record", action="store_true", help="with --live: keep the answers in tests/recordings")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without --live nothing asks the real APIs."""
    if config.getoption("--record") and not config.getoption("--live"):
        raise pytest.UsageError("--record needs --live")
    if not config.getoption("--live"):
        skip = pytest.mark.skip(reason="asks the real APIs: run with --live")
        for item in items:
            if item.get_closest_marker("live"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of the real corpora; skips where there is none."""
    if not CORPUS or not Path(CORPUS).is_dir():
        pytest.skip(NO_CORPUS)
    return Path(CORPUS)


@dataclass(frozen=True)
class Recording:
    """One recorded exchange. `real` is False where the envelope was rebuilt by hand."""

    name: str
    method: str
    url: str
    question: Any
    status: int
    content_type: str | None
    body: str
    real: bool

    @property
    def answer(self) -> Answer:
        """As a fake client gives it."""
        return Answer(self.body, self.status, self.content_type)

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def read_recording(path: Path) -> Recording:
    """Read one file of a folder of recordings."""
    data = json.loads(path.read_text(encoding="utf-8"))
    request, response = data["request"], data["response"]
    headers = {name.lower(): value for name, value in (response["headers"] or {}).items()}
    return Recording(
        name=path.stem,
        method=request["method"],
        url=request["url"],
        question=request["body"],
        status=response["status"],
        content_type=headers.get("content-type"),
        body=response["body"],
        real="_reconstructed" not in path.parts,
    )


def recordings(folder: str, pattern: str = "*") -> list[Any]:
    """Parameters for a test: the recordings of one API, rebuilt ones included; one skip without a corpus."""
    root = Path(CORPUS or "/nonexistent") / "recordings"
    paths = [
        p for part in (root, root / "_reconstructed") for p in sorted((part / folder).glob(f"{pattern}.json"))
    ]
    if not paths:
        return [pytest.param(None, marks=pytest.mark.skip(reason=NO_CORPUS), id="no-corpus")]
    return [pytest.param(read_recording(path), id=path.stem) for path in paths]


def kept(source: str) -> list[Recording]:
    """What `--live --record` kept of one source; skips where nothing was kept."""
    paths = sorted((KEPT / source).glob("*.json"))
    if not paths:
        pytest.skip("no kept answers: make them by `pytest --live --record -m live`")
    return [read_recording(path) for path in paths]


class _Recorder:
    """A client that keeps what it is answered, never what could be secret: no headers, no log-ins."""

    def __init__(self, client: Any, folder: Path) -> None:
        self._client, self._folder = client, folder

    def get(self, url: str, **options: Any) -> Any:
        """As the real client."""
        return self._keep("GET", url, options, self._client.get(url, **options))

    def post(self, url: str, **options: Any) -> Any:
        """As the real client."""
        response = self._client.post(url, **options)
        return self._keep("POST", url, options, response) if options.get("cache", True) else response

    def forget(self, response: Any) -> None:
        """As the real client."""
        self._client.forget(response)

    def _keep(self, method: str, url: str, options: Mapping[str, Any], response: Any) -> Any:
        self._folder.mkdir(parents=True, exist_ok=True)
        body = options.get("json") or options.get("data")
        text = body.decode() if isinstance(body, bytes) else json.dumps(body) if body else None
        exchange = {
            "request": {"method": method, "url": response.url or url, "headers": {}, "body": text},
            "response": {
                "status": response.status,
                "headers": {"content-type": response.headers.get("content-type", "")},
                "body": response.body.decode("utf-8", "replace"),
            },
            "provenance": {"kind": "live", "recorded_at": response.answered_at},
        }
        asked = f"{method} {response.url} {text or ''}"
        slug = re.sub(r"\W+", "-", asked)[:80].strip("-")
        path = self._folder / f"{slug}-{hashlib.sha256(asked.encode()).hexdigest()[:8]}.json"
        path.write_text(json.dumps(exchange, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return response


@pytest.fixture
def live_source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Any]]:
    """Opens a source on the real network, by name; its answers are kept with --record."""
    from pipeline.session import Session
    from pipeline.settings import load
    from pipeline.sources import discover

    settings = replace(load(), cache=tmp_path)
    session = Session(settings)

    def open_source(name: str) -> Any:
        client: Any = session.client(name)
        if request.config.getoption("--record"):
            client = _Recorder(client, KEPT / name)
        return discover()[name](client, settings.sources[name])

    yield open_source
    session.close()


# The real command, over sockets and files


@pytest.fixture
def workplace(tmp_path: Path) -> Make:
    """Makes workplaces in folders of their own."""
    numbers = iter(range(100))
    return lambda *args, **options: Workplace(tmp_path / f"work{next(numbers)}", *args, **options)


@pytest.fixture(scope="session")
def running() -> Iterator[ApiServer]:
    """The eight APIs, each on a port of its own, without limits; one server for all tests of a process."""
    with ApiServer(separate=True) as server:
        yield server


@pytest.fixture
def server(running: ApiServer) -> ApiServer:
    """The server as a test finds it: healthy, with an empty log."""
    running.heal()
    running.forget()
    running.world = load_world()
    return running


@pytest.fixture(scope="session")
def refreshed(running: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """A workplace after one run with healthy sources; tests work on copies of it."""
    running.heal()
    place = Workplace(
        tmp_path_factory.mktemp("refreshed") / "work", running.settings_yaml(), running.environment()
    )
    place.run("refresh")
    return place


@pytest.fixture
def settled(refreshed: Workplace, server: ApiServer, tmp_path: Path) -> Workplace:
    """A copy of `refreshed`, of the test's own."""
    return refreshed.copy(tmp_path / "settled")
