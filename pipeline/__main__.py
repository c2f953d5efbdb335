"""The command line: `paperlist`, the same program as `python -m pipeline`.

Only what a command needs is imported, and only when it runs, so that `paperlist --help` answers at once.
Options that concern every command are understood before and after its name. Whatever goes wrong ends in
one line on standard error and one of the exit statuses of `README.md`; a traceback is always a bug.

Shell completion is click's: `eval "$(_PAPERLIST_COMPLETE=bash_source paperlist)"` (or `zsh_source`,
`fish_source`), see https://click.palletsprojects.com/en/stable/shell-completion/
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from pipeline import __version__
from pipeline.console import Reporter
from pipeline.errors import PaperlistError, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from pipeline.jobs.options import RunOptions
    from pipeline.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

INTERRUPTED = 130
HUNG_UP = 141
"""128 + SIGPIPE, as the shell sees any program whose reader has gone: `paperlist parse - | head -1`."""

_SLIP = 0.8
"""How alike two options must be for one to be taken for the other: `--in-place` is no slip for `--nope`."""

_COLLECT = (200_000, 50, 50)
"""How seldom a whole process looks for cycles: long lists make millions of objects and hardly any."""

_GIVEN = "paperlist.given"


class _HungUp(Exception):
    """Nobody reads standard output any more."""


class _Commands(click.Group):
    """A group that lists its commands in working order and tells a closed pipe from a failure."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands as defined below, not by alphabet."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click itself would turn a closed pipe into exit status 1, an error in a list."""
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
            return status
        except BrokenPipeError:
            raise _HungUp from None


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep what was given, wherever it stood: the later word counts, `-v` and `-q` add up."""
    given = ctx.meta.setdefault(_GIVEN, {})
    if param.name in ("verbose", "quiet"):
        given[param.name] = given.get(param.name, 0) + value
    elif value:
        given[param.name] = value


_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


def _global(*names: str, **how: Any) -> Callable[[Command], Command]:
    return click.option(*names, expose_value=False, callback=_remember, **how)


_GLOBAL_OPTIONS = (
    _global("--config", type=_FILE, metavar="FILE", help="Settings; default: paperlist.yaml, if there."),
    _global("--offline", is_flag=True, help="Never touch the network."),
    _global("--output", type=_FOLDER, metavar="DIR", help="Where datasets go; default: data/enriched."),
    _global("--dry-run", is_flag=True, help="Ask and fill the cache, write nothing else, show the diff."),
    _global("--strict", is_flag=True, help="Exit status 3 if a source could not be asked."),
    _global("--log-json", is_flag=True, help="Standard error as one JSON object per line."),
    _global("-v", "--verbose", count=True, help="Say more; twice: still more."),
    _global("-q", "--quiet", count=True, help="Say only what went wrong."),
    click.version_option(__version__, prog_name="paperlist", message="%(prog)s %(version)s"),
)


def _with_global_options(command: Command) -> Command:
    """Give a command the options that are understood before and after its name."""
    for option in reversed(_GLOBAL_OPTIONS):
        command = option(command)
    return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="LIST is a Markdown file, or the name of a list in data/raw/. Global options may also follow the command.",
)
@_with_global_options
def _paperlist() -> None:
    """Keep an awesome list of research papers true.

    Finds out which paper each entry is, asks the scholarly APIs about it, writes an enriched dataset, and gives
    the list back with only the outdated venues corrected.
    """


def _command(function: Callable[..., int]) -> click.Command:
    """Register a function as the command of its name."""
    return _paperlist.command()(_with_global_options(function))


def _complete_list(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What the shell offers for LIST: names of lists, and files."""
    from click.shell_completion import CompletionItem

    from pipeline.jobs.options import list_names
    from pipeline.settings import load

    try:
        names = list_names(load(ctx.meta.get(_GIVEN, {}).get("config"), {}))
    except PaperlistError:
        names = []
    offered = [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return [*offered, CompletionItem(incomplete, type="file")]


def _lists(*, required: bool) -> Callable[[Command], Command]:
    metavar = "LIST..." if required else "[LIST]..."
    return click.argument(
        "lists", metavar=metavar, nargs=-1, required=required, shell_complete=_complete_list
    )


_accept_shrink = click.option(
    "--accept-shrink", is_flag=True, help="Write although over 20 % of the known entries have vanished."
)
_in_place = click.option("--in-place", is_flag=True, help="Rewrite LIST itself.")


def _budget(command: Command) -> Command:
    """Give a command the limits of what one run may spend on asking."""
    requests = click.option(
        "--max-requests", metavar="N", help="Send at most N requests; what is left waits for the next run."
    )
    time = click.option("--max-time", metavar="TIME", help="Ask for at most so long, such as 30m or 2h.")
    return requests(time(command))


@_command
@_lists(required=False)
@_in_place
@_accept_shrink
@_budget
@click.option("--summary", type=_FILE, metavar="FILE", help="Also write the news, as a pull request's body.")
def refresh(lists: Sequence[str], **asked: Any) -> int:
    """Run all stages over every list in data/raw/, or over LIST."""
    from pipeline.jobs.refresh import refresh as job

    settings, options, console = _prepare(**asked)
    return job(_find(settings, lists), settings, options, console)


@_command
@_lists(required=True)
@_accept_shrink
@click.option(
    "--explain",
    is_flag=True,
    help="Write nothing; show how the list was read, or what stands in these lines: LIST [LINE ...].",
)
def parse(lists: Sequence[str], explain: bool, **asked: Any) -> int:
    """Read what each line of a list says.

    `-` reads standard input and prints the entries, one JSON object per line. With --explain only the first
    argument is a list; the others are lines of it: 12, 12-20, and in a list of several files part.md:12.
    """
    if explain:
        return _explain(lists[0], lists[1:])
    if "-" not in lists:
        return _stage("parse", lists, **asked)
    if len(lists) > 1:
        raise UsageError("- (standard input) cannot be mixed with lists")
    from pipeline.jobs.stdin import parse_standard_input

    return parse_standard_input(sys.stdin.buffer.read(), _prepare(**asked)[2])


def _explain(name: str, lines: Sequence[str]) -> int:
    from pipeline.jobs.explain import explain_list, explain_standard_input

    settings, _, console = _prepare()
    if name == "-":
        return explain_standard_input(sys.stdin.buffer.read(), lines, console)
    return explain_list(_find(settings, [name])[0], lines, settings, console)


@_command
@_lists(required=True)
@click.option(
    "--explain",
    is_flag=True,
    help="Write nothing; show why these entries are which papers: LIST ENTRY ...",
)
def resolve(lists: Sequence[str], explain: bool) -> int:
    """Find out which paper each entry is.

    With --explain only the first argument is a list; the others are entries of it: an entry id, a line (12,
    and in a list of several files part.md:12), or a part of the title. It asks nobody: what is stored counts.
    """
    if not explain:
        return _stage("resolve", lists)
    if len(lists) < 2:
        raise UsageError("--explain needs an entry", hint="an entry id, a line, or a part of the title")
    from pipeline.jobs.explain import explain_entries

    settings, _, console = _prepare(offline=True)
    return explain_entries(_find(settings, lists[:1])[0], lists[1:], settings, console)


@_command
@_lists(required=True)
@_budget
def enrich(lists: Sequence[str], **asked: Any) -> int:
    """Ask the sources about each paper."""
    return _stage("enrich", lists, **asked)


@_command
@_lists(required=True)
@_accept_shrink
def write(lists: Sequence[str], **asked: Any) -> int:
    """Write the dataset: one row per entry."""
    return _stage("write", lists, **asked)


@_command
@_lists(required=True)
@_in_place
@click.option(
    "--style",
    type=click.Choice(["list", "uniform"]),
    default="list",
    show_default=True,
    help="The list's own notation, or all entries in one template.",
)
def render(lists: Sequence[str], **asked: Any) -> int:
    """Give the list back, with only the outdated spans replaced."""
    if asked["in_place"] and asked["style"] == "uniform":
        raise UsageError("--style uniform never replaces LIST itself", hint="leave out --in-place")
    return _stage("render", lists, **asked)


@_command
@_lists(required=False)
def check(lists: Sequence[str]) -> int:
    """Say what is wrong in a list, without a network.

    The exit status is 1 if there is an error, 0 if there are only warnings and hints; without LIST every
    list in data/raw/ is checked.
    """
    from pipeline.jobs.check import check as job

    settings, options, console = _prepare(offline=True)
    return job(_find(settings, lists), settings, options, console)


@_command
@click.option("--probe", is_flag=True, help="Ask each about one known paper: does it answer, how fast?")
def sources(probe: bool) -> int:
    """Show the sources: what each gives, its rate, on or off."""
    from pipeline.jobs.probe import sources as job

    settings, options, console = _prepare()
    return job(settings, probe, console, strict=options.strict)


@_command
@click.option(
    "--list", "lists", multiple=True, metavar="LIST", help="A list to refresh; default: all in data/raw/."
)
@click.option("--workflow/--no-workflow", default=None, help="Also write a GitHub Actions workflow.")
@click.option("--in-place", is_flag=True, help="Let the schedule rewrite LIST itself.")
@click.option(
    "--install", default="paperlist", show_default=True, metavar="WHAT", help="What the workflow installs."
)
@click.option("--force", is_flag=True, help="Overwrite what is there.")
def init(workflow: bool | None, **asked: Any) -> int:
    """Write settings with their defaults, and a schedule on request."""
    from pipeline.jobs.init import Wanted
    from pipeline.jobs.init import init as job

    settings, options, console = _prepare()
    if workflow is None:
        workflow = sys.stdin.isatty() and click.confirm("Write a GitHub Actions workflow?", err=True)
    return job(Wanted(workflow=workflow, **asked), settings, options, console)


@_command
@click.argument("texts", metavar="TEXT...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per text.")
def venues(texts: Sequence[str], as_json: bool) -> int:
    """Say what a venue text means: "Proc. of the 2023 Conf. on Empirical Methods ...".

    `-` reads standard input, one text per line. The exit status is 1 if a text is not understood.
    """
    from pipeline.jobs.venues import texts_of
    from pipeline.jobs.venues import venues as job

    if "-" in texts and len(texts) > 1:
        raise UsageError("- (standard input) cannot be mixed with texts")
    console = _prepare(offline=True)[2]
    return job(texts_of(sys.stdin.buffer.read()) if "-" in texts else texts, console, as_json=as_json)


def _stage(verb: str, lists: Sequence[str], **asked: Any) -> int:
    from pipeline.jobs.stages import run_stage

    settings, options, console = _prepare(**asked)
    return run_stage(verb, _find(settings, lists), settings, options, console)


def _find(settings: Settings, lists: Sequence[str]) -> list[Path]:
    from pipeline.jobs.options import find_lists

    return find_lists(settings, lists)


def _prepare(*, offline: bool = False, **asked: Any) -> tuple[Settings, RunOptions, Reporter]:
    """Settings, options and the reporter, from the global options of this call and a command's own (`asked`)."""
    from pipeline.jobs.options import RunOptions
    from pipeline.settings import load

    given = click.get_current_context().meta.get(_GIVEN, {})
    overrides = {"enriched": given.get("output"), "offline": given.get("offline") or offline or None}
    overrides |= {name: asked.pop(name, None) for name in ("max_requests", "max_time")}
    settings = load(given.get("config"), overrides)
    verbosity: int = given.get("verbose", 0) - given.get("quiet", 0)
    asked |= {name: bool(given.get(name)) for name in ("dry_run", "strict")}
    console = Reporter(verbosity, json_log=bool(given.get("log_json")))
    return settings, RunOptions(verbose=verbosity, **asked), console


def main(args: Sequence[str] | None = None) -> int:
    """Run one command line (default: this process's) and return its exit status."""
    console = Reporter(json_log="--log-json" in (sys.argv[1:] if args is None else args))
    try:
        return _paperlist.main(args, prog_name="paperlist", standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        console.error(_usage(error))
        return error.exit_code
    except PaperlistError as error:
        console.error(str(error))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        console.error("interrupted; what was answered so far is kept")
        return next(
            (one.status for one in (error, error.__cause__) if isinstance(one, _Stopped)), INTERRUPTED
        )
    except _HungUp:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # or the interpreter complains as it ends
        return HUNG_UP
    except OSError as error:
        console.error(f"{error.filename or 'input or output'}: {error.strerror or error}")
        return UsageError.exit_code


class _Stopped(KeyboardInterrupt):
    """The system, or who started us, wants the process to end: it does so as after Ctrl-C."""

    def __init__(self, number: int) -> None:
        self.status = 128 + number
        super().__init__()


def _stop(number: int, _: object) -> NoReturn:
    raise _Stopped(number)


def _end_in_order() -> None:
    """Let a time limit or a shutdown (SIGTERM, SIGHUP) be an end that keeps what hosts asked for, as Ctrl-C is."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, _stop)


def run() -> NoReturn:
    """Run this process's command line and end the process.

    It ends at once: Python would first take millions of objects apart, one by one, and wait for a thread that
    waits for a server that hangs. Everything was written and closed by then.
    """
    gc.set_threshold(*_COLLECT)
    _open_streams()
    _end_in_order()
    status = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # a command flushes what it prints itself, and says when it cannot
            stream.flush()
    os._exit(status)


def _open_streams() -> None:
    """A process may be started without standard streams (`2>&-`): what is said then goes nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _usage(error: click.ClickException) -> str:
    """Click's message in one line, with the next step; an option is suggested only for a slip of the pen."""
    if isinstance(error, click.NoSuchOption):
        near = [name for name in error.possibilities or () if _is_slip(error.option_name, name)]
        error = click.NoSuchOption(error.option_name, possibilities=near, ctx=error.ctx)
    message = " ".join(error.format_message().split()).rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{message} (see {context.command_path} --help)" if context else message


def _is_slip(typed: str, name: str) -> bool:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, typed.strip("-"), name.strip("-")).ratio() > _SLIP


if __name__ == "__main__":
    run()
