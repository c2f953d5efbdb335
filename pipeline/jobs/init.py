"""`paperlist init`: settings with their defaults, and on request a workflow that refreshes every week.

What is written is meant to be edited, so nothing that exists is overwritten unless told so. The workflow is
pipeline/data/workflow.yaml with the names of this repository put in; its steps are plain commands, which
the tests run.
"""

from __future__ import annotations

import shlex
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

from pipeline.console import Reporter
from pipeline.errors import SafetyError, UsageError
from pipeline.files import read_bytes, write_atomic
from pipeline.jobs.options import RunOptions, find_lists
from pipeline.settings import DEFAULT_FILE, EDITS, Settings, SourceSettings, defaults

WORKFLOW = Path(".github/workflows/paperlist.yaml")
SHOWN = 512_000
"""Bytes of a Markdown file that GitHub shows (docs.github.com, "About the repository README file": 500 KiB)."""
_ENOUGH = 480_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked `init` for.

    `lists` as for `refresh`; `in_place` lets the schedule rewrite them; `install` is what pip installs in
    the workflow; `force` overwrites what is there.
    """

    lists: Sequence[str] = ()
    workflow: bool = False
    in_place: bool = False
    install: str = "paperlist"
    force: bool = False


def init(wanted: Wanted, settings: Settings, options: RunOptions, console: Reporter) -> int:
    """Write the files, say what to know about them, print a cron line for the lists. Returns the exit status.

    Raises UsageError for a list that is not there, and SafetyError where nothing could be written
    because all of it exists.
    """
    paths = _lists(wanted, settings)
    made = {Path(DEFAULT_FILE): settings_text(settings)}
    if wanted.workflow:
        made[WORKFLOW] = workflow_text(wanted, settings)
    kept = [path for path, text in made.items() if _is_other(path, text) and not wanted.force]
    if len(kept) == len(made):
        names = " and ".join(map(str, kept))
        raise SafetyError(f"{names} exists, nothing was written", hint="--force overwrites what is there")
    for path, text in made.items():
        _write(path, text, path in kept, options, console)
    if wanted.workflow:
        console.say(
            "a schedule is switched off after 60 days without activity in a public repository; merging its "
            "pull requests counts, and Actions > paperlist switches it on again"
        )
        console.say(
            'needed once: Settings > Actions > General > "Allow GitHub Actions to create ... pull requests"'
        )
        if wanted.install == Wanted().install:
            console.say(
                f"the workflow installs {wanted.install!r}: say with --install where yours comes from"
            )
    if not paths:
        console.say(f"no list in {settings.raw} yet: name one with --list README.md --in-place")
    for path in paths:
        _warn_of_size(path, console)
    if paths:
        console.result(cron_line(wanted, Path.cwd()))
    return 0


def _lists(wanted: Wanted, settings: Settings) -> list[Path]:
    """The lists that will be refreshed; none so far is fine where none was named."""
    if wanted.lists:
        for name in wanted.lists:
            if "${{" in name or not name.isprintable():
                raise UsageError("no name that can stand in a workflow", place=name)
        return find_lists(settings, wanted.lists)
    return find_lists(settings, ()) if settings.raw.is_dir() and any(settings.raw.iterdir()) else []


def _is_other(path: Path, text: str) -> bool:
    return path.exists() and read_bytes(path) != text.encode()


def _write(path: Path, text: str, kept: bool, options: RunOptions, console: Reporter) -> None:
    if kept:
        console.say(f"{path} exists and is kept; --force overwrites it")
    elif options.dry_run:
        console.say(f"{path} would be written")
    else:
        written = write_atomic(path, text.encode())
        console.say(f"{path} {'written' if written else 'is there already'}")


def _warn_of_size(path: Path, console: Reporter) -> None:
    size = path.stat().st_size
    if size > _ENOUGH:
        console.warn(
            f"{path} has {size // 1000} KB; GitHub shows only the first {SHOWN // 1000} KB of a Markdown file"
        )


# Settings


def settings_text(settings: Settings) -> str:
    """A paperlist.yaml in which every setting stands as a comment, with its default."""
    return "\n".join([*_top_lines(), "#sources:", *map(_source_line, settings.sources.values()), ""])


def _top_lines() -> Iterator[str]:
    default = Settings()
    yield "# Settings of paperlist: every key is optional; take the # away to set one. What stands here is the default"
    yield "# (of contact, max_requests and max_time an example). Secrets come from the environment only."
    yield "#contact: you@example.org           # goes into the User-Agent, as the APIs ask"
    yield f"#cache: {default.cache.as_posix():<28}# answers, and when each was last confirmed"
    yield f"#raw: {default.raw.as_posix():<30}# the lists"
    yield f"#enriched: {default.enriched.as_posix():<25}# the datasets"
    yield f"#edits: [{', '.join(EDITS)}]             # what may be rewritten; everything else is only reported"
    yield "#max_requests: 500                  # what one run may ask; the rest waits for the next run"
    yield "#max_time: 1h"


def _source_line(source: SourceSettings) -> str:
    known = defaults()[source.name]
    values = {"url": known.url, **known.extra}
    values |= {"interval": f"{known.interval:g}", "max_age": _days(known.max_age)}
    values |= {name: f"{getattr(known, name):g}" for name in ("timeout", "connect_timeout", "patience")}
    values["enabled"] = "true"
    inside = ", ".join(f"{key}: {value}" for key, value in values.items())
    keys = f" # {', '.join(source.variables)}" if source.variables else ""
    return f"#  {source.name}: {{{inside}}}{keys}"


def _days(span: timedelta) -> str:
    return f"{span.days}d" if span == timedelta(days=span.days) else f"{round(span.total_seconds())}s"


# The schedule


def workflow_text(wanted: Wanted, settings: Settings) -> str:
    """The workflow for GitHub Actions."""
    variables = sorted({name for source in settings.sources.values() for name in source.variables})
    secrets = "\n".join(f"          {name}: ${{{{ secrets.{name} }}}}" for name in variables)
    values = {
        "cron": _moment(Path.cwd()),
        "secrets": secrets,
        "cache": settings.cache.as_posix(),
        "enriched": shlex.quote(settings.enriched.as_posix()),
        "install": shlex.quote(wanted.install),
        "arguments": _arguments(wanted),
    }
    text = files("pipeline").joinpath("data/workflow.yaml").read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _arguments(wanted: Wanted) -> str:
    words = [*wanted.lists, *(["--in-place"] if wanted.in_place else [])]
    return "".join(f" {shlex.quote(word)}" for word in words)


def _moment(folder: Path) -> str:
    """Monday night, at a minute of this folder's own: not everybody asks the APIs on the hour."""
    number = zlib.crc32(str(folder).encode())
    return f"{number % 60} {1 + number // 60 % 5} * * 1"


def cron_line(wanted: Wanted, folder: Path) -> str:
    """A line for crontab: every week, quiet but for what went wrong; `%` means a new line there."""
    refresh = f"{_this_command()} refresh{_arguments(wanted)} --quiet --max-time 1h"
    command = f"cd {shlex.quote(str(folder))} && {refresh}"
    return f"{_moment(folder)} {command.replace('%', chr(92) + '%')}"


def _this_command() -> str:
    """The running command with its whole path: what cron finds by name is in /usr/bin and /bin only."""
    script = Path(sys.argv[0])
    if script.stem == "paperlist" and script.is_file():
        return shlex.quote(str(script.absolute()))
    return f"{shlex.quote(sys.executable)} -m pipeline"
