"""The fault matrix: everything that may happen to a nightly refresh, as rows that tests and docs share.

`play` lets one row happen to a copy of a dataset that is complete, runs the real command meanwhile and once more
when all is well again. `ROWS` is what `tests/test_faults.py` holds to be true and what `docs/faults.md` shows.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from tests.apiserver import NETWORKS, ApiServer, World
from tests.workplace import NAME, ROOT, Workplace, wait_until

SABOTAGE = ROOT / "tests" / "sabotage"
DATASET = f"data/enriched/{NAME}"


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a fault happens: a workplace that knows everything, and the server it asks."""

    place: Workplace
    server: ApiServer

    def settle(self) -> None:
        """The settings of a night on which every answer is due to be asked again."""
        self.place.configure(self.server.settings_yaml(max_age="0d", patience=0.5))
        self.place.environment = self.server.environment()


Happening = Callable[[Scene], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Row:
    """One fault. While it `happens` the command must end with `status` and say `says` (a pattern).

    With `news` the world has changed since the last night; a row without says that no byte of the dataset
    may move. `mended`: what the fault itself did to the dataset is undone by the run. `noted`:
    the answers are good ones that do not name a paper any more, and only that is noted, until they name it again.
    `later`: the calm run comes on the next day, for the server asked for rest.
    """

    group: str
    fault: str
    happens: Happening
    status: int = 0
    says: str = "could not be asked"
    news: bool = False
    mended: bool = False
    noted: bool = False
    later: bool = False
    limit: float = 20.0
    arguments: tuple[str, ...] = ("refresh",)

    @property
    def name(self) -> str:
        """For the test's id."""
        return re.sub(r"\W+", "-", f"{self.group} {self.fault}".lower()).strip("-")

    @property
    def kept(self) -> str:
        """What the table says was kept."""
        if self.news:
            return "every value; each file is the old one or the new one, whole"
        if self.noted:
            return "every value, every date; that a source does not name a paper is noted"
        if self.mended:
            return "every value, every date; the damage is undone"
        return "every value, every date: no byte of the dataset moved"


@dataclass(frozen=True, slots=True)
class Played:
    """How a row went: the dataset before, as the fault left it, after the run with it, and after a calm one."""

    seconds: float
    status: int
    err: str
    before: Mapping[str, bytes]
    touched: Mapping[str, bytes]
    after: Mapping[str, bytes]
    calm: Mapping[str, bytes]


def play(row: Row, scene: Scene) -> Played:
    """Let it happen."""
    place = scene.place
    scene.settle()
    before = place.data()
    if row.news:
        scene.server.world = with_news(scene.server.world)
    with row.happens(scene):
        touched = place.data()
        begun = time.monotonic()
        with place.start(*row.arguments) as process:
            err = process.communicate(timeout=60)[1].decode()
        seconds = time.monotonic() - begun
        after = place.data()
    scene.server.heal()
    scene.settle()
    with sabotaged("clock 1 1")(scene) if row.later else contextlib.nullcontext():
        place.run("refresh")
    return Played(seconds, process.returncode, err, before, touched, after, place.data())


def with_news(world: World) -> World:
    """The same world some weeks later: everything is cited a little more, and one preprint was published."""
    works = []
    for work in world.works:
        if work.s2:
            work = replace(work, s2=replace(work.s2, citations=work.s2.citations + 5))
        works.append(work)
    return replace(world, works=tuple(works))


def cells(row: Row) -> str:
    """The row's cells in the table of docs/faults.md, but for the time."""
    return f"| {row.fault} | {row.kept} | {row.status} |"


# Networks and answers


def _network(name: str) -> Happening:
    @contextlib.contextmanager
    def happens(scene: Scene) -> Iterator[None]:
        with NETWORKS[name]() as settings:
            scene.place.configure(re.sub(r"(?m)^(\s+)interval:", r"\1max_age: 0d\n\1interval:", settings))
            yield

    return happens


def _answers(kind: str, **options: object) -> Happening:
    """All servers answer like that, or those that `api` and `nth` tell."""

    @contextlib.contextmanager
    def happens(scene: Scene) -> Iterator[None]:
        scene.server.fail(kind, **options)  # type: ignore[arg-type]
        yield

    return happens


def _impatient(kind: str, **options: object) -> Happening:
    """Likewise, with time-outs that a test can wait for."""

    @contextlib.contextmanager
    def happens(scene: Scene) -> Iterator[None]:
        scene.place.configure(scene.server.settings_yaml(max_age="0d", patience=0.5, timeout=0.3))
        scene.server.fail(kind, **options)  # type: ignore[arg-type]
        yield

    return happens


@contextlib.contextmanager
def _one_fault_after_the_other(scene: Scene) -> Iterator[None]:
    """Every second request fails, each in another way."""
    kinds = ("status", "html", "truncate", "cut", "reset", "nulls", "wrong_types", "no_body", "bad_encoding")
    for number, kind in enumerate(kinds):
        scene.server.fail(kind, nth=range(1 + 2 * number, 200, 2 * len(kinds)))
    yield


# The machine


def sabotaged(how: str) -> Happening:
    """The command runs with `tests/sabotage`, which see."""

    @contextlib.contextmanager
    def happens(scene: Scene) -> Iterator[None]:
        path = f"{SABOTAGE}{os.pathsep}{ROOT}"
        scene.place.environment = {**scene.place.environment, "PYTHONPATH": path, "SABOTAGE": how}
        yield

    return happens


def _read_only(folder: str) -> Happening:
    """A folder without the right to write; the superuser has it always, so the command is also told so."""

    @contextlib.contextmanager
    def happens(scene: Scene) -> Iterator[None]:
        root = scene.place.folder / folder
        folders = [path for path in (root, *root.rglob("*")) if path.is_dir()]
        with sabotaged(f"readonly {folder}")(scene):
            for path in folders:
                path.chmod(0o555)
            try:
                yield
            finally:
                for path in folders:
                    path.chmod(0o755)

    return happens


@contextlib.contextmanager
def _small_files_only(scene: Scene) -> Iterator[None]:
    """No file may grow beyond 4 KB (setrlimit(2), RLIMIT_FSIZE): the kernel itself refuses to write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def _another_run(scene: Scene) -> Iterator[None]:
    """The lock is held by a run that waits for a server."""
    hanging = scene.server.fail("hang", "dblp")
    scene.server.forget()
    with contextlib.ExitStack() as stack:
        first = scene.place.start("refresh")
        stack.callback(first.communicate)
        stack.callback(first.kill)
        wait_until(lambda: bool(scene.server.requests("dblp")))
        yield
        scene.server.heal(hanging)


# Files


def _edited(file: str, change: Callable[[bytes], bytes | None], *, back: bool = True) -> Happening:
    """A file is not what it was; None: it is gone. With `back` a person restores it afterwards."""

    @contextlib.contextmanager
    def happens(scene: Scene) -> Iterator[None]:
        path = scene.place.folder / file
        good = path.read_bytes()
        bad = change(good)
        if bad is None:
            path.unlink()
        else:
            path.write_bytes(bad)
        yield
        if back:
            path.write_bytes(good)

    return happens


def _conflict(data: bytes) -> bytes:
    """As git leaves a file that two branches changed."""
    head, middle, tail = data.partition(b"\n")
    return b"<<<<<<< HEAD\n" + head + middle + b"=======\n" + head[:-1] + b" }\n>>>>>>> nightly\n" + tail


def _schema(change: Callable[[dict[str, object]], None]) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        package = json.loads(data)
        change(package)
        return json.dumps(package, indent=2).encode()

    return changed


def _newer(package: dict[str, object]) -> None:
    package["schema"] = 99


def _older(package: dict[str, object]) -> None:
    package.pop("schema")


@contextlib.contextmanager
def _older_dataset(scene: Scene) -> Iterator[None]:
    """As a version before the first schema would have written it: fields that it did not know are not there."""
    data = scene.place.dataset
    package = data / "datapackage.json"
    package.write_bytes(_schema(_older)(package.read_bytes()))
    for file in (data / "entries.jsonl", data / "papers.jsonl"):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        kept = [{key: value for key, value in row.items() if value not in (None, [], {})} for row in rows]
        file.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
    yield


@contextlib.contextmanager
def _no_cache(scene: Scene) -> Iterator[None]:
    shutil.rmtree(scene.place.folder / ".cache")
    yield


@contextlib.contextmanager
def _spoiled_cache(scene: Scene) -> Iterator[None]:
    for path in (scene.place.folder / ".cache" / "paperlist").rglob("*"):
        if path.is_file():
            path.write_bytes(b'{"arxiv": {"arxiv:2310.05470": "yesterday"}, "dblp": []}\n\x00\xff')
    yield


def _dated(text: str) -> Happening:
    """The cache holds JSON as it should be, with dates that are none."""

    @contextlib.contextmanager
    def happens(scene: Scene) -> Iterator[None]:
        cache = scene.place.folder / ".cache" / "paperlist"
        confirmed = json.loads((cache / "confirmed.json").read_bytes())
        wrong = {source: dict.fromkeys(dates, text) for source, dates in confirmed.items()}
        (cache / "confirmed.json").write_text(json.dumps(wrong))
        refused = {"dblp": {"access": "any", "at": text}, "arxiv": {"at": 7}, "acl": []}
        (cache / "refused.json").write_text(json.dumps(refused))
        yield

    return happens


def _list(change: Callable[[bytes], bytes | None]) -> Happening:
    return _edited(f"data/raw/{NAME}.md", change)


def _every_line_twice(data: bytes) -> bytes:
    return b"".join(line + line for line in data.splitlines(keepends=True))


_NETWORK, _ANSWERS, _TIME, _DISK, _RUN, _DATA, _LIST = (
    "No network",
    "Wrong answers",
    "Wrong time",
    "Disk",
    "Runs",
    "Damaged files",
    "The list",
)
_OFF = {"status": 2, "says": "cannot write"}
_REFUSED = {"status": 2}
_QUIET = {"says": ""}

KILLED = Row(_RUN, "kill -9 at any change of a file", sabotaged("kill 25"), -9, "^$", news=True)

ROWS: tuple[Row, ...] = (
    Row(_NETWORK, "connections are refused", _network("refused")),
    Row(_NETWORK, "names do not resolve (DNS)", _network("no_dns")),
    Row(_NETWORK, "packets are swallowed", _network("black_hole")),
    Row(_NETWORK, "a captive portal answers everything", _network("captive_portal")),
    Row(_NETWORK, "connections are reset at once", _answers("refuse")),
    Row(_NETWORK, "connections are reset in the middle of an answer", _answers("reset")),
    Row(_NETWORK, "no answer in time", _impatient("hang")),
    Row(_NETWORK, "answers that drip", _impatient("slow", pause=0.2)),
    Row(_ANSWERS, "answers cut short of their length", _answers("truncate")),
    Row(_ANSWERS, "half an answer, called whole", _answers("cut")),
    Row(_ANSWERS, "50 MB per answer", _answers("huge")),
    Row(_ANSWERS, "200 with a web page", _answers("html")),
    Row(_ANSWERS, "200 with a bot wall", _answers("bot_wall")),
    Row(_ANSWERS, "200 with nothing", _answers("no_body")),
    Row(_ANSWERS, "well-formed answers that are empty", _answers("empty"), says=""),
    Row(_ANSWERS, "bytes that are no UTF-8", _answers("bad_encoding"), says=""),
    Row(_ANSWERS, "good answers that call themselves HTML", _answers("mislabelled")),
    Row(_ANSWERS, "values of other types", _answers("wrong_types"), says=""),
    Row(_ANSWERS, "answers of another shape", _answers("wrong_shape")),
    Row(_ANSWERS, "null everywhere", _answers("nulls"), says=""),
    Row(_ANSWERS, "every second key missing", _answers("missing_keys"), says="", noted=True),
    Row(_ANSWERS, "XML that unfolds to gigabytes", _answers("entity_bomb")),
    Row(_ANSWERS, "redirects to another site", _answers("redirect")),
    Row(_ANSWERS, "404 in plain text to everything", _answers("text_404"), says=""),
    Row(_ANSWERS, "404 as a web page to everything", _answers("html_404"), says=""),
    *(
        Row(_ANSWERS, f"a storm of {status}", _answers("status", status=status), says="")
        for status in (400, 401, 403, 410, 418, 451, 500, 502, 504)
    ),
    Row(_ANSWERS, "a storm of 503 with Retry-After: 3600", _answers("status", status=503, retry_after="3600"), later=True),
    Row(_ANSWERS, "a storm of 429", _answers("too_many")),
    Row(_ANSWERS, "every second request fails, each in another way", _one_fault_after_the_other, says="", news=True),
    Row(_ANSWERS, "one source fails, the others have news", _answers("html", api="dblp"), news=True),
    Row(_TIME, "the clock is ten years late", sabotaged("clock -3650 1"), **_QUIET),
    Row(_TIME, "the clock is ten years early", sabotaged("clock 3650 1"), **_QUIET),
    Row(_TIME, "the clock jumps a year ahead during the run", sabotaged("clock 365 6"), **_QUIET),
    Row(_TIME, "the clock jumps a year back during the run", sabotaged("clock -365 6"), **_QUIET),
    *(
        Row(_DISK, f"the disk is full {when}", sabotaged(f"full {number}"), news=True, **_OFF)
        for number, when in ((1, "from the start"), (12, "while sources answer"), (60, "while files are written"))
    ),
    Row(_DISK, "no file may be larger than 4 KB", _small_files_only, news=True, **_OFF),
    Row(_DISK, "data/enriched is read-only", _read_only("data/enriched"), news=True, **_OFF),
    Row(_DISK, "the records are read-only", _read_only("data/enriched/records"), news=True, **_OFF),
    Row(_DISK, "the cache is read-only", _read_only(".cache"), news=True, says="", status=2),
    KILLED,
    Row(_RUN, "another run holds the lock", _another_run, status=5, says="another run works on"),
    Row(_DATA, "conflict markers in entries.jsonl", _edited(f"{DATASET}/entries.jsonl", _conflict), 2, "entries.jsonl:1: unresolved merge conflict"),
    Row(_DATA, "conflict markers in papers.jsonl", _edited(f"{DATASET}/papers.jsonl", _conflict), 2, "papers.jsonl:1: unresolved merge conflict"),
    Row(_DATA, "conflict markers in citations.csv", _edited(f"{DATASET}/citations.csv", _conflict), 2, f"{DATASET}/citations.csv:1: "),
    Row(_DATA, "conflict markers in datapackage.json", _edited(f"{DATASET}/datapackage.json", _conflict), 2, "datapackage.json: "),
    Row(_DATA, "conflict markers in a records file", _edited("data/enriched/records/dblp.jsonl", _conflict), 2, "dblp.jsonl:1: unresolved merge conflict"),
    Row(_DATA, "a dataset of a newer schema", _edited(f"{DATASET}/datapackage.json", _schema(_newer)), 2, "dataset of schema 99"),
    Row(_DATA, "a dataset of an older schema", _older_dataset, says="", mended=True),
    Row(_DATA, "a record with a key of a later version", _edited("data/enriched/records/dblp.jsonl", lambda data: data.replace(b'{"', b'{"mood":"good","', 1)), 2, "dblp.jsonl:1: .*unknown key 'mood'"),
    Row(_DATA, "a record whose date is none", _edited("data/enriched/records/dblp.jsonl", lambda data: re.sub(rb'"retrieved_at":"[^"]*"', b'"retrieved_at":"yesterday"', data, count=1)), 2, "dblp.jsonl:1: "),
    Row(_DATA, "papers.csv edited by hand", _edited(f"{DATASET}/papers.csv", lambda data: data.replace(b"2023", b"1999"), back=False), says="", mended=True),
    Row(_DATA, "papers.csv deleted", _edited(f"{DATASET}/papers.csv", lambda data: None, back=False), says="", mended=True),
    Row(_DATA, "entries.jsonl deleted", _edited(f"{DATASET}/entries.jsonl", lambda data: None, back=False), says="", mended=True),
    Row(_DATA, "the cache deleted", _no_cache, **_QUIET),
    Row(_DATA, "the cache full of nonsense", _spoiled_cache, **_QUIET),
    Row(_DATA, "dates in the cache that are none", _dated("yesterday"), **_QUIET),
    Row(_DATA, "dates in the cache without a time zone", _dated("2026-01-01T00:00:00"), **_QUIET),
    Row(_LIST, "lost its entries", _list(lambda data: b"# Empty\n"), 4, "43 of 43 known entries have vanished"),
    Row(_LIST, "lost its last two thirds", _list(lambda data: data[: len(data) // 3]), 4, "known entries have vanished"),
    Row(_LIST, "is gone", _list(lambda data: None), 2, "no list found"),
    Row(_LIST, "is an empty file", _list(lambda data: b""), 4, "known entries have vanished"),
    Row(_LIST, "is binary", _list(lambda data: bytes(range(256)) * 400), 2, "is no text in UTF-8"),
)  # fmt: skip
"""All faults, in the order of the table."""
