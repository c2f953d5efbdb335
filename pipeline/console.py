"""What people see while a command runs: results on standard output, everything else on standard error.

Results can be piped, so nothing but results goes to standard output. Text from lists and sources is
printed through `text.inert`, so that no title can act on a terminal. Progress bars are drawn on a
terminal only, and rich, which draws them, is imported only then. For a machine that collects logs,
standard error can be one JSON object per line instead.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

from pipeline.text import inert

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Reporter:
    """Where jobs and stages say what they do; safe to use from several threads.

    `verbosity` is the number of `-v` less the number of `-q`: below 0 only warnings, errors and results
    are printed, above 0 also details.
    """

    def __init__(
        self,
        verbosity: int = 0,
        *,
        out: TextIO | None = None,
        err: TextIO | None = None,
        json_log: bool = False,
    ) -> None:
        """`out` and `err` stand in for standard output and standard error; `json_log`: the latter in JSON."""
        self.verbosity, self._json = verbosity, json_log
        self._out, self._err = out, err
        self._bars = _Bars(self._stderr)
        self._lock = Lock()
        self._noted: list[tuple[str, str]] | None = None

    def say(self, line: str) -> None:
        """A line for people, on standard error; silent with `-q`."""
        self._note("info", line)
        if self.verbosity >= 0:
            self._tell("info", line)

    def detail(self, line: str, facts: Mapping[str, object] | None = None) -> None:
        """A line for people who asked for more (`-v`); `facts` stand in its place in a JSON log."""
        if self.verbosity > 0:
            self._tell("detail", line, facts)

    def warn(self, line: str) -> None:
        """Something a person should look at, though the run goes on."""
        self._note("warning", line)
        self._tell("warning", line)

    def error(self, line: str) -> None:
        """What ended the command, or what is wrong in a list."""
        self._tell("error", line)

    @contextmanager
    def recording(self) -> Iterator[list[tuple[str, str]]]:
        """Meanwhile, what is said and warned of is also noted, as (level, line), whether it is shown or not."""
        self._noted = []
        try:
            yield self._noted
        finally:
            self._noted = None

    def again(self, noted: Sequence[tuple[str, str]]) -> None:
        """Say once more what was noted in an earlier run."""
        for level, line in noted:
            (self.warn if level == "warning" else self.say)(line)

    def overview(
        self, headers: Sequence[str], rows: Sequence[Sequence[str]], facts: Sequence[Mapping[str, object]]
    ) -> None:
        """A table about the run, on standard error; in a JSON log the `facts` of each row in its place."""
        if self.verbosity < 0:
            return
        if self._json:
            for row_facts in facts:
                self._log("info", row_facts)
        else:
            for line in _columns([headers, *rows]):
                self._line(line)

    def result(self, text: str) -> None:
        """A result, on standard output."""
        self._write_result(inert(text))

    def json_lines(self, text: str) -> None:
        """JSON lines, on standard output: what a terminal would act on is escaped, which JSON reads as the same."""
        self._write_result("".join(c if c == inert(c) else f"\\u{ord(c):04x}" for c in text))

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table as a result: fitted to the terminal, or one unbroken line per row where there is none."""
        rows = [[inert(cell) for cell in row] for row in rows]
        if self._stdout().isatty():
            self._rich_table(headers, rows)
        else:
            self._write_result("\n".join(_columns([headers, *rows])))

    def progress(self, source: str, total: int | None = None, unit: str = "") -> Bar:
        """A progress bar of one source (or another worker), to be used in a `with`; draws on a terminal only."""
        drawn = self.verbosity >= 0 and not self._json
        return Bar(self._bars if drawn else None, inert(source), total, unit)

    def _note(self, level: str, line: str) -> None:
        if self._noted is not None:
            self._noted.append((level, line))

    def _tell(self, level: str, line: str, facts: Mapping[str, object] | None = None) -> None:
        if self._json:
            self._log(level, facts or {"message": line})
        else:
            self._line(f"paperlist: {level}: {line}" if level in ("warning", "error") else line)

    def _log(self, level: str, facts: Mapping[str, object]) -> None:
        """One JSON object: when, how grave, and what; escapes keep it inert and on its line."""
        moment = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._line(json.dumps({"time": moment, "level": level, **facts}))

    def _line(self, line: str) -> None:
        line = inert(line)
        with self._lock:
            if not self._bars.print(line):
                # where nobody listens any more, or the log's disk is full, the work goes on
                with suppress(OSError, ValueError):
                    stream = _forgiving(self._stderr())
                    stream.write(line + "\n")
                    stream.flush()

    def _write_result(self, text: str) -> None:
        with self._lock:
            _forgiving(self._stdout()).write(text if text.endswith("\n") or not text else text + "\n")

    def _rich_table(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*headers, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*map(Text, row))
        Console(file=self._stdout()).print(table)

    def _stdout(self) -> TextIO:
        return self._out or sys.stdout

    def _stderr(self) -> TextIO:
        return self._err or sys.stderr


def _forgiving(stream: TextIO) -> TextIO:
    """The stream, made to escape what it cannot encode (undecodable bytes of a list, a C locale)."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure and stream.errors != "backslashreplace":
        reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines whose cells stand under each other, two spaces apart.

    >>> _columns([["name", "rate"], ["openreview", "1 / s"]])
    ['name        rate', 'openreview  1 / s']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "line"), counted(2, "line"), counted(0, "entry", "entries")
    ('1 line', '2 lines', '0 entries')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


class _Bars:
    """The bars that are drawn at the moment; without a terminal all of this does nothing."""

    def __init__(self, stream: Callable[[], TextIO]) -> None:
        self._stream = stream
        self._drawn: Progress | None = None
        self._open = 0
        self._lock = Lock()

    def print(self, line: str) -> bool:
        """Print a line above the bars; False where none are drawn, so that the caller prints it."""
        with self._lock:
            if self._drawn is None:
                return False
            self._drawn.console.print(line, markup=False, highlight=False, soft_wrap=True)
            return True

    def add(self, label: str, total: int | None, unit: str) -> TaskID | None:
        """Start a bar; None without a terminal."""
        stream = self._stream()
        if not stream.isatty():
            return None
        with self._lock:
            if self._drawn is None:
                self._drawn = _new_progress(stream)
                self._drawn.start()
            self._open += 1
            return self._drawn.add_task(label, total=total, unit=unit, note="")

    def update(self, task: TaskID, **changes: Any) -> None:
        """Move a bar on (`advance`), change its length (`total`) or the `note` beside it."""
        with self._lock:
            if self._drawn is not None:
                self._drawn.update(task, **changes)

    def remove(self) -> None:
        """One bar less; the last one takes the display with it."""
        with self._lock:
            self._open -= 1
            if self._open == 0 and self._drawn is not None:
                self._drawn.stop()
                self._drawn = None


def _new_progress(stream: TextIO) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]} {task.fields[note]}", markup=False),
    )
    return Progress(*columns, console=Console(file=stream), transient=True)


class Bar(AbstractContextManager["Bar"]):
    """One progress bar. Without a terminal it counts nothing and prints nothing."""

    def __init__(self, bars: _Bars | None, label: str, total: int | None, unit: str) -> None:
        """`total` is the number of steps, None where it is not known."""
        self._bars, self._label, self._total, self._unit = bars, label, total, unit
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._task = self._bars.add(self._label, self._total, self._unit) if self._bars else None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars and self._task is not None:
            self._bars.remove()
            self._task = None

    def advance(self, steps: int = 1) -> None:
        """`steps` more are done."""
        self._update(advance=steps)

    def expect(self, total: int) -> None:
        """There are `total` steps in all, as far as is known by now."""
        self._update(total=total)

    def note(self, text: str) -> None:
        """Say beside the bar what is going on, for instance what a host is waiting for."""
        self._update(note=inert(text))

    def _update(self, **changes: Any) -> None:
        if self._bars and self._task is not None:
            self._bars.update(self._task, **changes)
