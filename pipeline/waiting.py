"""Threads that wait for hosts, and the main thread that has something better to do meanwhile."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from types import FrameType

_GLANCE = 0.2
"""Seconds between two looks whether somebody has ended."""
_SHORTLY = 2.5
"""What is done shortly before the end may begin so many times its own length before it."""


def side_by_side(jobs: Mapping[str, Callable[[], None]], meanwhile: Callable[[str], object]) -> None:
    """Run all jobs, each in a thread named `source_N`, and wait; raises the first error.

    Who interrupts the run does not wait here for a server that hangs. While the last job waits for its host,
    `meanwhile` is called again and again with its name: it decides whether there is time to do something.
    """
    pool = ThreadPoolExecutor(max_workers=len(jobs), thread_name_prefix="source")
    try:
        with _interrupts() as interrupted:
            names = {pool.submit(job): name for name, job in jobs.items()}
            open_ = set(names)
            while open_:
                done, open_ = wait(open_, timeout=_GLANCE, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
                if not done and len(open_) == 1:
                    meanwhile(names[next(iter(open_))])
                if interrupted:
                    raise interrupted[0]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def _interrupts() -> Iterator[list[KeyboardInterrupt]]:
    """What the handlers of Ctrl-C and the like have raised: callbacks and some imports swallow what they meet."""
    seen: list[KeyboardInterrupt] = []
    if threading.current_thread() is not threading.main_thread():
        yield seen  # only the main thread may set handlers
        return
    # who starts us in the background ignores Ctrl-C; where there is no handler the system ends the process
    before = {number: there for number in _SIGNALS if callable(there := signal.getsignal(number))}

    def note(number: int, frame: FrameType | None) -> None:
        try:
            before[number](number, frame)
        except KeyboardInterrupt as error:
            seen.append(error)
            raise

    for number in before:
        signal.signal(number, note)
    try:
        yield seen
    finally:
        for number, there in before.items():
            signal.signal(number, there)


class Forecast:
    """How long a host that answers batch by batch will still make the run wait, going by its answers so far."""

    def __init__(self, questions: int, now: Callable[[], float] = time.monotonic) -> None:
        self._questions, self._now = questions, now
        self._begun = now()
        self._each: float | None = None

    def note(self, answered: int) -> None:
        """So many of the questions are answered by now."""
        if answered:
            self._each = (self._now() - self._begun) / answered

    def left(self) -> float | None:
        """Seconds until the last answer, at least nought; None before the first."""
        if self._each is None:
            return None
        return max(0.0, self._begun + self._each * self._questions - self._now())

    def ends_after(self, seconds: float) -> bool:
        """Whether something that takes so long can be done before the last answer comes."""
        left = self.left()
        return left is not None and left >= seconds

    def ends_soon_after(self, seconds: float) -> bool:
        """Whether it can, and there will hardly be a better moment: later more is known."""
        left = self.left()
        return left is not None and seconds <= left <= max(_SHORTLY * seconds, seconds + 2 * _GLANCE)
