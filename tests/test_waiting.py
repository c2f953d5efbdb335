"""Waiting for hosts: who waits, what may be done meanwhile, and how long there is time for it."""

from __future__ import annotations

import signal
import threading
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.waiting import Forecast, side_by_side


def test_side_by_side__an_interrupt_that_was_lost_ends_the_waiting() -> None:
    """Ctrl-C whose exception somebody swallowed is not forgotten, and the handler from before is back."""
    ours, hanging = signal.getsignal(signal.SIGINT), threading.Event()
    before = signal.default_int_handler
    signal.signal(signal.SIGINT, before)  # who runs the tests in the background ignores Ctrl-C

    def hang() -> None:
        hanging.wait(20)

    def swallow(_name: str) -> None:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    try:
        with pytest.raises(KeyboardInterrupt):
            side_by_side({"arxiv": hang}, swallow)
        assert signal.getsignal(signal.SIGINT) is before
    finally:
        hanging.set()
        signal.signal(signal.SIGINT, ours)


def test_side_by_side__calls_meanwhile_with_the_name_of_the_last_that_is_open() -> None:
    """As long as two are open nothing is done beside them; then it is the last one that makes the run wait."""
    both, told = threading.Barrier(2, timeout=10), threading.Event()
    seen: list[str] = []

    def slow() -> None:
        both.wait()
        told.wait(10)

    def meanwhile(name: str) -> None:
        seen.append(name)
        told.set()

    side_by_side({"arxiv": slow, "dblp": lambda: (both.wait(), None)[1]}, meanwhile)
    assert set(seen) == {"arxiv"}


def test_side_by_side__raises_what_a_job_raises() -> None:
    """An error in a thread ends the run as one of the main thread would."""

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        side_by_side({"arxiv": fail}, lambda name: None)


class Watch:
    """A clock that stands still until it is told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_forecast__is_unknown_before_the_first_answer(watch: Watch) -> None:
    """Nobody can say how long a host takes that has not answered yet."""
    forecast = Forecast(500, watch)
    forecast.note(0)
    assert forecast.left() is None
    assert not forecast.ends_after(0)
    assert not forecast.ends_soon_after(0)


# (questions, [(at, answered by then)], now, seconds left)
FORECASTS = [
    ("half is answered", 500, [(6.0, 250)], 6.0, 6.0),
    ("time goes on", 500, [(6.0, 250)], 8.0, 4.0),
    ("the last count is the one that holds", 500, [(6.0, 250), (9.0, 300)], 9.0, 6.0),
    ("longer than it seemed", 500, [(6.0, 250)], 20.0, 0.0),
    ("all is answered", 500, [(6.0, 500)], 6.0, 0.0),
]


@pytest.mark.parametrize(
    ("questions", "answers", "now", "left"), [row[1:] for row in FORECASTS], ids=[row[0] for row in FORECASTS]
)
def test_forecast__goes_by_the_answers_so_far(
    watch: Watch, questions: int, answers: list[tuple[float, int]], now: float, left: float
) -> None:
    """What is still open takes as long, question by question, as what is answered."""
    forecast = Forecast(questions, watch)
    for watch.now, answered in answers:
        forecast.note(answered)
    watch.now = now
    assert forecast.left() == pytest.approx(left)


@pytest.mark.parametrize(
    ("seconds", "soon"), [(0.5, False), (2.0, False), (3.0, True), (6.0, True), (6.1, False)]
)
def test_forecast__what_is_done_before_the_end_begins_as_late_as_it_safely_can(
    watch: Watch, seconds: float, soon: bool
) -> None:
    """Six seconds are left: too early for what takes two, just right for three, too late for seven."""
    forecast, watch.now = Forecast(500, watch), 6.0
    forecast.note(250)
    assert forecast.ends_soon_after(seconds) is soon


@given(st.floats(0.01, 100), st.floats(0, 100), st.integers(1, 500))
def test_forecast__what_ends_soon_after_ends_in_time(seconds: float, now: float, answered: int) -> None:
    """Nothing is begun for which the host would have to wait."""
    watch = Watch()
    forecast, watch.now = Forecast(500, watch), now
    forecast.note(answered)
    assert forecast.ends_after(seconds) or not forecast.ends_soon_after(seconds)
