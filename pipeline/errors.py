"""What can go wrong, as types: each carries the thing, the place and the next step.

Only two families exist. `PaperlistError` ends a command with one clear line and an exit status;
`SourceError` concerns one source only and never ends a run: its old records stay and the others go on.
"""


class PaperlistError(Exception):
    """A command cannot go on. `str(error)` is the one line a person reads; `exit_code` is the process's."""

    exit_code = 2

    def __init__(self, what: str, *, place: str | None = None, hint: str | None = None) -> None:
        """`what` is wrong, at `place` (`file` or `file:line`), and what to do next is `hint`."""
        self.what, self.place, self.hint = what, place, hint
        super().__init__(f"{place}: {what}" if place else what)

    def __str__(self) -> str:
        line = f"{self.place}: {self.what}" if self.place else self.what
        return f"{line}; {self.hint}" if self.hint else line


class UsageError(PaperlistError):
    """Wrong usage, unreadable input or configuration (exit status 2)."""


class SafetyError(PaperlistError):
    """A safety check refused to write (exit status 4)."""

    exit_code = 4


class LockedError(PaperlistError):
    """Another run holds the lock (exit status 5)."""

    exit_code = 5


class SourceError(Exception):
    """A source did not answer. `source` names it, `reason` is one line, `hint` the next step or None."""

    def __init__(self, source: str, reason: str, hint: str | None = None) -> None:
        self.source, self.reason, self.hint = source, reason, hint
        super().__init__(f"{source}: {reason}")


class SourceDown(SourceError):
    """Temporary: unreachable, overloaded, or an answer that is none. Asked again on the next run."""


class BudgetSpent(SourceDown):
    """The run has spent what it may spend on asking (`max_requests`, `max_time`): a normal end, no failure."""


class SourceRefused(SourceError):
    """The source will not answer us in this run (sign-in, budget, bot wall): stop asking it."""
