"""Nonsense into every reader: a bounded number of examples here, many more by `make fuzz`.

The profile says how many (`HYPOTHESIS_PROFILE`, see conftest.py).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pipeline.errors import SourceError, UsageError
from pipeline.files import load_json
from pipeline.identifiers import parse_reference, read_url
from pipeline.model import Entry, Paper, Record, Resolution
from pipeline.session import Session
from pipeline.settings import Settings, load, load_list_options
from pipeline.sources import TitleQuery, discover
from pipeline.store import dump_jsonl, load_jsonl
from pipeline.venues import understand
from pipeline.wire import Answer, Call
from tests.apiserver import load_world
from tests.reading import parse
from tests.soak import NightClock, ServerWire, Soak
from tests.test_reader_limits import change, check_edits, check_round_trip, generated
from tests.workplace import SEED

bounded = examples(max_examples=examples().max_examples // 3, deadline=None)
"""A third of the profile's examples: each of these is a whole list, file or answer."""

SIGNS = [
    *("*", "**", "[", "]", "](", ")", "|", "`", "<", "-->", "<!--", "\n", "\r\n", "\t", '"', "\\", "- ", "1. ", "# "),
    *("<td>", "</td>", "<br>", "https://arxiv.org/abs/2310.05470", "2023", "ICML 2024", "et al.", "\x00", "\ufeff", "\u2028", "é"),
]  # fmt: skip
SEED_LINES = SEED.read_bytes().split(b"\n")[58:120]


@st.composite
def mutated(draw: Callable[[Any], Any], data: bytes) -> bytes:
    """Bytes with some put in, cut out, doubled or exchanged."""
    chance: random.Random = draw(st.randoms(use_true_random=False))
    spoiled = bytearray(data)
    for _ in range(chance.randrange(1, 9)):
        at, end = sorted(chance.randrange(len(spoiled) + 1) for _ in range(2))
        piece = chance.choice(
            [b"", chance.randbytes(3), chance.choice(SIGNS).encode(), bytes(spoiled[at:end][:200])]
        )
        spoiled[at : min(end, at + chance.choice([0, 1, 20]))] = piece
    return bytes(spoiled)


# Lists


@bounded
@given(st.one_of(st.binary(max_size=400), st.lists(st.sampled_from(SIGNS), max_size=80).map(lambda p: "".join(p).encode())))  # fmt: skip
def test_read_list__any_bytes(data: bytes) -> None:
    """No list is an error, and each comes back unharmed."""
    check_round_trip(data)


@bounded
@given(st.integers(0, 50).flatmap(lambda n: mutated(b"\n".join(SEED_LINES[n : n + 6]))))
def test_read_list__mutated_lines(data: bytes) -> None:
    """Lines of a real shape with signs put in and cut out come back unharmed."""
    check_round_trip(data)


@bounded
@given(
    generated(),
    st.sampled_from(["ICML", "Findings of EMNLP"]),
    st.integers(1990, 2029),
)
def test_render__round_trip(data: bytes, venue: str, year: int) -> None:
    """Whatever is edited is read back as it was written, and no other byte moves."""
    parsed = parse(data)
    check_edits(data, parsed, change(data, parsed, venue, year), venue, year)


@bounded
@given(st.text(max_size=120))
def test_words__any_text(text: str) -> None:
    """Addresses, references and venues may be anything."""
    read_url(text)
    read_url("https://" + text)
    parse_reference(text)
    understand(text)


# Files


RECORD = Record("arxiv", "arxiv:2310.05470", "2026-01-01T00:00:00Z", title="T", authors=("A B",), year=2023)
LINES = [
    (
        Record,
        dump_jsonl([RECORD, replace(RECORD, rank=1, citation_count=3, counted_at="2026-01-02T00:00:00Z")]),
    ),
    (Entry, dump_jsonl(parse(b"\n".join(SEED_LINES[:6])).entries)),
    (Resolution, dump_jsonl([Resolution("a", method="url", score=1.0, evidence=("x",))])),
    (Paper, dump_jsonl([Paper("arxiv:2310.05470", ("a",))])),
]


@pytest.mark.parametrize(("kind", "lines"), LINES, ids=[kind.__name__ for kind, _ in LINES])
@bounded
@given(data=st.data())
def test_load_jsonl__mutated_lines(
    tmp_path_factory: pytest.TempPathFactory, kind: type, lines: bytes, data: st.DataObject
) -> None:
    """A line is either read, and writes itself again, or named in one line with its number."""
    path = tmp_path_factory.getbasetemp() / f"{kind.__name__}.jsonl"
    path.write_bytes(data.draw(mutated(lines)))
    values, refusal = [], ""
    try:
        values = load_jsonl(path, kind)
    except UsageError as error:
        refusal = str(error)
    assert not refusal or str(path) in refusal
    path.write_bytes(dump_jsonl(values))
    assert load_jsonl(path, kind) == values


@bounded
@given(data=st.data())
def test_load_json__any_bytes(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """What the cache remembers may be damaged: it is empty then."""
    path = tmp_path_factory.getbasetemp() / "cache.json"
    path.write_bytes(
        data.draw(st.one_of(st.binary(max_size=60), mutated(b'{"arxiv": {"at": "2026-01-01"}}')))
    )
    assert isinstance(load_json(path), dict)


YAML = b"contact: a@b.org\nsources:\n  arxiv: {url: https://x.org/q, interval: 3.0, max_age: 30d}\nedits: [venue]\n"
OPTIONS = b"upstream: https://x.org\nfiles: [a.md]\noverrides:\n  - {identifier: arxiv:2310.05470, venue: ICML, year: 2024}\n"  # fmt: skip


@pytest.mark.parametrize(
    ("read", "text"), [(load, YAML), (load_list_options, OPTIONS)], ids=["settings", "options"]
)
@bounded
@given(data=st.data())
def test_settings__mutated_yaml(
    tmp_path_factory: pytest.TempPathFactory, read: Callable[[Path], Any], text: bytes, data: st.DataObject
) -> None:
    """A file of settings is either understood or refused in one line that names it."""
    path = tmp_path_factory.getbasetemp() / "settings.yaml"
    path.write_bytes(data.draw(mutated(text)))
    refusal = str(path)
    try:
        read(path)
    except UsageError as error:
        refusal = str(error)
    assert str(path) in refusal
    assert "\n" not in refusal


# Answers


class SpoilingWire(ServerWire):
    """The test server's healthy answers, with bytes put in, cut out and exchanged."""

    def __init__(self, spoil: Callable[[bytes], bytes]) -> None:
        super().__init__(load_world(), NightClock(), 0, 0.0)
        self._spoil = spoil

    def send(self, call: Call, *, connect_timeout: float, timeout: float) -> Answer:
        """A spoiled answer."""
        answer = super().send(call, connect_timeout=connect_timeout, timeout=timeout)
        return replace(answer, body=self._spoil(answer.body))


NAMES = (
    "arxiv:2310.05470",
    "acl:2023.emnlp-main.183",
    "doi:10.18653/v1/2023.emnlp-main.183",
    "openreview:wxJ0eXwwda",
)
QUERY = TitleQuery("Generative Judge for Evaluating Alignment", ("Junlong Li",), 2023)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose sources are the test server's."""
    return Soak(tmp_path_factory.mktemp("fuzz") / "work").settings


@pytest.mark.parametrize("name", list(discover()))
@bounded
@given(chance=st.randoms(use_true_random=False))
def test_source__mutated_answers(settings: Settings, name: str, chance: random.Random) -> None:
    """A source gives records that can be written and read again, or says that it was not answered."""
    kind = discover()[name]
    options = replace(settings.sources[name], max_age=settings.sources[name].max_age * 0)  # nothing is cached
    wire = SpoilingWire(lambda body: _spoiled(body, chance))
    asked = [i for text in NAMES if (i := parse_reference(text)) and i.scheme in kind.schemes]
    with Session(replace(settings, sources={name: options}), clock=wire._clock, wire=wire) as session:
        source: Any = kind(session.client(name), options)
        for questions, ask in (
            (asked, source.fetch),
            ([QUERY], getattr(source, "find", lambda queries: iter(()))),
        ):
            with suppress(SourceError):
                for batch in ask(questions):
                    check_records(
                        batch, {str(q) if ask == source.fetch else QUERY.question for q in questions}
                    )


def check_records(records: list[Record], questions: set[str]) -> None:
    """They answer what was asked, and survive a file."""
    assert {record.question for record in records} <= questions
    for line, record in zip(dump_jsonl(records).splitlines(), records, strict=True):
        assert json.loads(line)["source"] == record.source


def _spoiled(body: bytes, chance: random.Random) -> bytes:
    """Spoil a JSON body in its values half of the time, anything else in its bytes."""
    if body[:1] in (b"{", b"[") and chance.random() < 0.6:
        return json.dumps(_spoiled_value(json.loads(body), chance)).encode()
    spoiled = bytearray(body)
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(spoiled) + 1)
        spoiled[at : at + chance.choice([0, 1, 30])] = chance.choice(
            [b"", b"<", b'"', b"\xff", b"0", chance.randbytes(2)]
        )
    return bytes(spoiled)


VALUES = (
    None,
    0,
    -1,
    10**30,
    1.5,
    True,
    "",
    "x",
    "\ud800",
    "2023-99-99",
    "https://",
    [],
    [None],
    {},
    {"value": None},
)


def _spoiled_value(value: Any, chance: random.Random) -> Any:
    if chance.random() < 0.04:
        return chance.choice(VALUES)
    if isinstance(value, dict):
        return {key: _spoiled_value(item, chance) for key, item in _some(value.items(), chance)}
    return (
        [_spoiled_value(item, chance) for item in _some(value, chance)] if isinstance(value, list) else value
    )


def _some(items: Any, chance: random.Random) -> Iterator[Any]:
    return (item for item in items if chance.random() > 0.02)
