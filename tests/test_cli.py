"""The command line: names, options before and after the verb, exit statuses, what goes to which stream.

What the commands do is tested elsewhere; here stand-ins take the place of the jobs.
"""

from __future__ import annotations

import io
import os
import re
import resource
import subprocess
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pipeline import __version__
from pipeline.__main__ import main
from pipeline.console import Reporter
from pipeline.errors import LockedError, SafetyError, SourceDown, SourceError, SourceRefused, UsageError
from pipeline.files import write_atomic
from pipeline.jobs import probe
from pipeline.jobs.options import RunOptions, find_lists, list_name
from pipeline.model import Identifier, Record
from pipeline.settings import Settings, SourceSettings

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("parse", "resolve", "enrich", "write", "render")


@dataclass
class Call:
    """What a stand-in for a job was called with."""

    verb: str = ""
    lists: list[str] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    options: RunOptions = field(default_factory=RunOptions)
    console: Reporter | None = None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with two lists in data/raw/ and one elsewhere."""
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    for name in ("agents.md", "judges.md"):
        (raw / name).write_text("# A list\n")
    (tmp_path / "README.md").write_text("# A list\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def job(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Stand-ins for all jobs that take lists; the last call is kept."""
    call = Call()

    def keep(
        verb: str, lists: Sequence[Path], settings: Settings, options: RunOptions, console: Reporter
    ) -> int:
        call.verb, call.lists = verb, [str(path) for path in lists]
        call.settings, call.options, call.console = settings, options, console
        return 0

    def named(verb: str) -> Callable[..., int]:
        return lambda *args: keep(verb, *args)

    stand_in(monkeypatch, "refresh", refresh=named("refresh"))
    stand_in(monkeypatch, "check", check=named("check"))
    stand_in(monkeypatch, "stages", run_stage=keep)
    return call


def stand_in(monkeypatch: pytest.MonkeyPatch, name: str, **functions: Callable[..., Any]) -> None:
    """Put a module with these functions in the place of pipeline.jobs.<name>."""
    module = types.ModuleType(f"pipeline.jobs.{name}")
    vars(module).update(functions)
    monkeypatch.setitem(sys.modules, module.__name__, module)


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Make `refresh` end with this error."""

    def refresh(*args: Any) -> int:
        raise error

    stand_in(monkeypatch, "refresh", refresh=refresh)


# Commands and options


@pytest.mark.parametrize(
    "args",
    [
        "--offline --output out --strict -v refresh agents --dry-run",
        "refresh --offline --output out --strict -v --dry-run agents",
        "--dry-run refresh agents --output out -v --strict --offline",
        "--output other refresh agents --output out -v -v -q --dry-run --strict --offline",
    ],
)
def test_options__work_before_and_after_the_verb(job: Call, args: str) -> None:
    """The later word counts, `-v` and `-q` add up."""
    assert main(args.split()) == 0
    assert (job.verb, job.lists) == ("refresh", ["data/raw/agents.md"])
    assert (job.settings.offline, job.settings.enriched) == (True, Path("out"))
    assert job.options == RunOptions(dry_run=True, strict=True, verbose=1)


def test_options__defaults_are_those_of_the_settings(job: Call) -> None:
    """What is not said on the command line overrides nothing."""
    assert main(["refresh"]) == 0
    assert job.lists == ["data/raw/agents.md", "data/raw/judges.md"]
    assert not job.settings.offline
    assert job.settings.enriched == Path("data/enriched")
    assert job.options == RunOptions()


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("refresh --in-place README.md", RunOptions(in_place=True)),
        ("refresh --summary body.md", RunOptions(summary=Path("body.md"))),
        ("refresh --accept-shrink -qq", RunOptions(accept_shrink=True, verbose=-2)),
        ("parse agents --accept-shrink", RunOptions(accept_shrink=True)),
        ("write agents --accept-shrink", RunOptions(accept_shrink=True)),
        ("render agents --style uniform", RunOptions(style="uniform")),
        ("render agents --in-place", RunOptions(in_place=True)),
        ("resolve agents -v", RunOptions(verbose=1)),
        ("enrich agents --strict", RunOptions(strict=True)),
        ("check agents", RunOptions()),
    ],
)
def test_options__of_each_command(job: Call, args: str, expected: RunOptions) -> None:
    """Every command knows its own options."""
    assert main(args.split()) == 0
    assert (job.verb, job.options) == (args.split()[0], expected)


def test_check__never_touches_the_network(job: Call) -> None:
    """Whatever the settings say."""
    assert main(["check", "agents"]) == 0
    assert job.settings.offline


def test_config__is_read_from_either_side(job: Call, folder: Path) -> None:
    """`--config` names the file of settings."""
    (folder / "mine.yaml").write_text("enriched: elsewhere\n")
    assert main(["--config", "mine.yaml", "refresh"]) == 0
    assert job.settings.enriched == Path("elsewhere")
    assert main(["refresh", "--config", "mine.yaml", "--output", "here"]) == 0
    assert job.settings.enriched == Path("here")


@pytest.mark.parametrize("args", [["--version"], ["refresh", "--version"], ["sources", "--version"]])
def test_version__before_and_after_the_verb(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A result: on standard output."""
    assert main(args) == 0
    assert capsys.readouterr().out == f"paperlist {__version__}\n"


def test_help__names_all_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """In working order."""
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    places = [shown.index(f"\n  {verb} ") for verb in ("refresh", *STAGES, "check", "sources")]
    assert places == sorted(places)


def test_help__is_quick() -> None:
    """Whole process under a quarter of a second: computing time, best of five, for the machine may be busy."""
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "pipeline", "--help"], cwd=ROOT, check=True, capture_output=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) < 0.25


@pytest.mark.parametrize("verb", STAGES)
def test_stage__runs_as_a_script(verb: str) -> None:
    """`python -m pipeline.parse` is `paperlist parse`."""
    done = subprocess.run(
        [sys.executable, "-m", f"pipeline.{verb}", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: paperlist {verb} ")


# Exit statuses and streams


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (
            UsageError("unknown key 'cach'", place="paperlist.yaml:2"),
            2,
            "paperlist.yaml:2: unknown key 'cach'",
        ),
        (SafetyError("9 of 9 entries vanished", hint="--accept-shrink"), 4, "vanished; --accept-shrink"),
        (LockedError("another run works on out"), 5, "another run works on out"),
        (PermissionError(13, "Permission denied", "out/papers.csv"), 2, "out/papers.csv: Permission denied"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_main__ends_in_one_line(
    job: Call,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    line: str,
) -> None:
    """Each error has its exit status and one line on standard error; standard output stays clean."""
    failing(monkeypatch, error)
    assert main(["refresh"]) == status
    captured = capsys.readouterr()
    assert line in captured.err
    assert captured.err.strip().startswith("paperlist: error: ")
    assert captured.err.strip().count("\n") == 0
    assert captured.out == ""


@pytest.mark.parametrize("status", [0, 1, 3, 4])
def test_main__returns_the_status_of_the_job(job: Call, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """What a job found out reaches the shell."""
    stand_in(monkeypatch, "check", check=lambda *args: status)
    assert main(["check", "agents"]) == status


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ("refesh", "refesh"),
        ("refresh --in-plac", "--in-place"),
        ("refresh --in-place --output", "--output"),
        ("parse", "LIST"),
        ("render agents --style other", "uniform"),
        ("render agents --style uniform --in-place", "never replaces"),
        ("parse - agents", "standard input"),
        ("refresh --config absent.yaml", "absent.yaml"),
        ("refresh agent", "did you mean agents?"),
        ("refresh data/raw/judge.md", "did you mean data/raw/judges.md?"),
        ("refresh agents data/raw/agents.md", "twice"),
        ("refresh data/raw", "folder"),
        ("sources everything", "everything"),
    ],
)
def test_main__wrong_usage(job: Call, capsys: pytest.CaptureFixture[str], args: str, words: str) -> None:
    """Exit status 2 and one line that says what to do."""
    assert main(args.split()) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("paperlist: error: ")
    assert words in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("--inplace", "'--in-place'"),
        ("--in-plac", "'--in-place'"),
        ("--offlin", "'--offline'"),
        ("--nope", None),
        ("--place", None),
    ],
)
def test_main__an_option_is_suggested_for_a_slip_only(
    job: Call, capsys: pytest.CaptureFixture[str], typed: str, suggested: str | None
) -> None:
    """Nobody is led to a writing option by another word."""
    assert main(["refresh", typed]) == 2
    said = capsys.readouterr().err
    assert typed in said
    assert suggested in said if suggested else "Did you mean" not in said


def test_main__without_a_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """As wrong usage, on standard error."""
    assert main([]) == 2
    assert "Commands:" in capsys.readouterr().err


def test_main__what_was_typed_cannot_act_on_the_terminal(
    job: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names of files come from elsewhere, for instance out of a shell's glob."""
    assert main(["refresh", "evil\x1b[2J\u202e.md"]) == 2
    assert not {"\x1b", "\u202e"} & set(capsys.readouterr().err)


HUNG_UP = """
import sys, types
module = types.ModuleType("pipeline.jobs.check")
module.check = lambda lists, settings, options, console: [console.result("x" * 999) for _ in range(999)] and 0
sys.modules[module.__name__] = module
from pipeline.__main__ import main
sys.exit(main(["check"]))
"""


def test_main__a_closed_pipe_is_quiet(folder: Path) -> None:
    """`paperlist check | head -1` ends like any other program, without a word."""
    with subprocess.Popen(
        [sys.executable, "-c", HUNG_UP],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(20) == 141
        assert process.stderr.read() == b""


def test_parse__standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """`parse -` prints the lines of entries.jsonl and writes nothing."""
    pytest.importorskip("pipeline.reader")
    line = (
        "- **QLoRA: Efficient Finetuning of Quantized LLMs.** [[Paper](https://arxiv.org/abs/2305.14314)]\n"
    )
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"# Papers\n\n" + line.encode())))
    before = sorted(folder.rglob("*"))
    assert main(["parse", "-"]) == 0
    assert '"QLoRA: Efficient Finetuning of Quantized LLMs' in capsys.readouterr().out
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "offered"), [("paperlist ref", "plain,refresh"), ("paperlist check ag", "plain,agents")]
)
def test_completion__offers_commands_and_lists(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: str,
    offered: str,
) -> None:
    """As the README says: `_PAPERLIST_COMPLETE=bash_source paperlist`."""
    monkeypatch.setenv("_PAPERLIST_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    with pytest.raises(SystemExit):
        main([])
    assert offered in capsys.readouterr().out


# LIST


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ([], ["data/raw/agents.md", "data/raw/judges.md"]),
        (["judges"], ["data/raw/judges.md"]),
        (["judges.md"], ["data/raw/judges.md"]),
        (["README.md", "agents"], ["README.md", "data/raw/agents.md"]),
        (["./data/raw/agents.md"], ["data/raw/agents.md"]),
    ],
)
def test_find_lists__by_path_or_name(folder: Path, args: list[str], found: list[str]) -> None:
    """A path wins; a name is looked up in data/raw/."""
    assert [str(path) for path in find_lists(Settings(), args)] == found


def test_find_lists__a_readme_is_named_by_its_folder(folder: Path) -> None:
    """So that several clones side by side do not all have the name README."""
    (folder / "data/raw/tools").mkdir()
    (folder / "data/raw/tools/README.md").write_text("# Tools\n")
    (folder / "data/raw/README.md").write_text("What these lists are.\n")
    assert [list_name(path) for path in find_lists(Settings(), [])] == ["agents", "judges", "tools"]
    assert find_lists(Settings(), ["tools"]) == [Path("data/raw/tools/README.md")]
    assert list_name(Path("README.md")) == folder.name


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("lists/papers.rst", "reStructuredText"),
        ("lists/papers.ipynb", "notebook"),
        ("lists/records.md", "cannot be the name"),
        ("lists/report.md", "cannot be the name"),
        ("lists/...md", "cannot be the name"),
        (f"lists/{'n' * 245}.md", "too long for the files named after it; rename the file"),
        (f"lists/{'n' * 223}.md", "too long for the files named after it; rename the file"),
        (f"lists/{'é' * 112}.md", "too long for the files named after it; rename the file"),
        (f"lists/{'n' * 230}/README.md", "too long for the files named after it; rename its folder"),
        ("lists/caf\udce9.md", "is not UTF-8; rename the file or its folder"),
        ("caf\udce9/list.md", "is not UTF-8; rename the file or its folder"),
        ("caf\udce9/README.md", "is not UTF-8; rename the file or its folder"),
        ("lists/agents.md", "twice"),
    ],
)
def test_find_lists__refuses(folder: Path, file: str, says: str) -> None:
    """What is no Markdown, what would be written outside its folder, and what would be written twice."""
    path = folder / file
    path.parent.mkdir(parents=True)
    path.write_text("# Papers\n")
    with pytest.raises(UsageError, match=says):
        find_lists(Settings(), ["agents", file])


def test_find_lists__the_longest_name_can_be_written(folder: Path) -> None:
    """The list in the uniform style has the longest name, and while it is written one longer still."""
    name = "n" * 222
    path = folder / f"{name}.md"
    path.write_text("# Papers\n")
    assert find_lists(Settings(), [path.name]) == [Path(path.name)]
    assert write_atomic(folder / f"{name}.uniform.md", b"")


def test_find_lists__a_part_whose_name_is_too_long(folder: Path) -> None:
    """It is written again under its own name."""
    part = folder / "data/raw" / f"{'n' * 240}.md"
    part.write_text("# Papers\n")
    (folder / "data/raw/several.yaml").write_text(f"files: [{part.name}]\n")
    with pytest.raises(UsageError, match=r"nn\.md: its name is too long; rename the file"):
        find_lists(Settings(), ["several"])


@pytest.mark.parametrize("file", ["data/raw/self.md", "data/raw/tools/README.md"])
def test_find_lists__a_link_to_itself(folder: Path, file: str) -> None:
    """One line, however the list is named; the other lists are found beside it."""
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).symlink_to(Path(file).name)
    for args in ([], [list_name(Path(file))], [file]):
        with pytest.raises(UsageError, match=rf"^{file}: is a symbolic link that leads back to itself; "):
            find_lists(Settings(), args)
    assert find_lists(Settings(), ["agents"]) == [Path("data/raw/agents.md")]


@pytest.mark.parametrize(
    ("file", "hint"), [(b"caf\xe9.md", "rename"), ("café.md".encode(), "set PYTHONUTF8=1")]
)
def test_find_lists__without_a_locale(folder: Path, file: bytes, hint: str) -> None:
    """Where Python knows ASCII only, a name of other letters is refused in one line as well."""
    (folder / "data/raw" / os.fsdecode(file)).write_text("# Papers\n")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pipeline", "--offline", "refresh"]
    done = subprocess.run(command, cwd=folder, env=plain, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert re.fullmatch(
        rf"paperlist: error: data/raw/caf\S+\.md: its name is not UTF-8; {hint}.*\n", done.stderr
    )


def test_find_lists__a_foreign_list_among_the_others_is_not_skipped_in_silence(folder: Path) -> None:
    """But naming another list still works."""
    (folder / "data/raw/old.rst").write_text("Papers\n======\n")
    with pytest.raises(UsageError, match="pandoc"):
        find_lists(Settings(), [])
    assert find_lists(Settings(), ["agents"]) == [Path("data/raw/agents.md")]


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 10, "# Listen\n\n- Ein Aufsatz".encode("utf-16"), "# 论文\n\n- 深度学习".encode("gb18030")]
)  # fmt: skip
def test_check__a_file_that_is_no_text(folder: Path, capsys: pytest.CaptureFixture[str], data: bytes) -> None:
    """Binary files and other encodings are refused in one line; some strange bytes in a text are only told."""
    path = folder / "data/raw/agents.md"
    path.write_bytes(data)
    assert main(["check", "agents"]) == 2
    assert (
        "data/raw/agents.md: is no text in UTF-8; if it is text, convert it first" in capsys.readouterr().err
    )
    path.write_bytes(b"# Caf\xe9 papers\n")
    assert main(["check", "agents"]) == 0
    assert "data/raw/agents.md:1: warning: byte 0xe9 at offset 5 is not UTF-8" in capsys.readouterr().out


def test_find_lists__none_at_all(folder: Path) -> None:
    """The error says where lists are looked for."""
    with pytest.raises(UsageError, match="data/absent/: no list found"):
        find_lists(Settings(raw=Path("data/absent")), [])


# What people see


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.mark.parametrize(
    ("verbosity", "shown"),
    [(-1, ["warn", "error"]), (0, ["say", "warn", "error"]), (1, ["say", "detail", "warn", "error"])],
)
def test_reporter__verbosity(verbosity: int, shown: list[str]) -> None:
    """Warnings and errors are always shown, on standard error, and results on standard output."""
    out, err = io.StringIO(), io.StringIO()
    console = Reporter(verbosity, out=out, err=err)
    for kind in ("say", "detail", "warn", "error", "result"):
        getattr(console, kind)(kind)
    assert [line.split(": ")[-1] for line in err.getvalue().splitlines()] == shown
    assert out.getvalue() == "result\n"


def test_reporter__prints_nothing_that_acts() -> None:
    """JSON keeps the character as an escape; prose loses it."""
    out, err = io.StringIO(), io.StringIO()
    console = Reporter(out=out, err=err)
    console.say("a\x1b]0;b")
    console.result("c\x9bd")
    console.json_lines('{"title":"e\u202ef"}\n')
    assert err.getvalue() == "a\ufffd]0;b\n"
    assert out.getvalue() == 'c\ufffdd\n{"title":"e\\u202ef"}\n'


def test_reporter__escapes_what_a_stream_cannot_encode() -> None:
    """Undecodable bytes of a list do not end the run."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Reporter(out=stream).result("é \udcff")
    stream.flush()
    assert raw.getvalue() == "é \\udcff\n".encode()


def test_reporter__table_has_one_line_per_row_without_a_terminal() -> None:
    """So that grep and cut work; on a terminal it fits the width."""
    plain, shown = io.StringIO(), Terminal()
    rows = [("arxiv", "1 per 3 s"), ("acl\x1b", "")]
    Reporter(out=plain).table(("source", "rate"), rows)
    assert plain.getvalue() == "source  rate\narxiv   1 per 3 s\nacl\ufffd\n"
    Reporter(out=shown).table(("source", "rate"), rows)
    assert "1 per 3 s" in shown.getvalue()


@pytest.mark.parametrize(("stream", "drawn"), [(io.StringIO(), False), (Terminal(), True)])
def test_reporter__progress_is_for_terminals(stream: io.StringIO, drawn: bool) -> None:
    """Bars side by side; lines printed meanwhile are kept."""
    console = Reporter(err=stream)
    with console.progress("arXiv", total=2, unit="batches") as one, console.progress("DBLP") as other:
        one.advance()
        other.note("waits 3 s")
        console.say("a line meanwhile")
    shown = stream.getvalue()
    assert "a line meanwhile" in shown
    assert ("arXiv" in shown) is drawn


# Sources


class FakeSource:
    """A source that answers, refuses or finds nothing, as told."""

    title: ClassVar[str] = "A Source"
    order: ClassVar[int] = 0
    schemes: ClassVar[tuple[str, ...]] = ("arxiv", "doi")
    gives: ClassVar[tuple[str, ...]] = ("titles", "dates")
    probe: ClassVar[Identifier] = Identifier("arxiv", "1706.03762")
    name: ClassVar[str]
    outcome: ClassVar[SourceError | str | None]

    def __init__(self, client: object, settings: object) -> None:
        """Nothing is kept."""

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        """One batch with what was told."""
        if isinstance(self.outcome, SourceError):
            raise self.outcome
        title = self.outcome
        yield [
            Record(self.name, str(i), "2026-01-01T00:00:00Z", title is not None, title=title)
            for i in identifiers
        ]


def fake_source(name: str, outcome: SourceError | str | None) -> Any:
    """A class like those in pipeline/sources/."""
    return type("Fake", (FakeSource,), {"name": name, "outcome": outcome})


class FakeSession:
    """Hands out clients that nobody uses; remembers what it was made with."""

    made: ClassVar[list[Settings]] = []
    told: ClassVar[list[Path | None]] = []

    def __init__(self, settings: Settings, *, hosts: Path | None = None) -> None:
        self.made.append(settings)
        self.told.append(hosts)

    def client(self, name: str) -> object:
        """Any object will do."""
        return object()

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def three_sources(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that answers, one that wants a key, one that is down, and one that is switched off."""
    outcomes: dict[str, SourceError | str | None] = {
        "arxiv": "Attention Is All You Need",
        "openreview": SourceRefused("openreview", "refuses guests"),
        "dblp": SourceDown("dblp", "connection refused"),
        "acl": None,
    }
    monkeypatch.setattr(probe, "discover", lambda: {n: fake_source(n, o) for n, o in outcomes.items()})
    module = types.ModuleType("pipeline.session")
    vars(module).update(Session=FakeSession)
    monkeypatch.setitem(sys.modules, "pipeline.session", module)
    for variable in ("OPENREVIEW_USERNAME", "OPENREVIEW_PASSWORD"):
        monkeypatch.delenv(variable, raising=False)
    (folder / "paperlist.yaml").write_text("sources:\n  acl: {enabled: false}\n")


@pytest.mark.usefixtures("three_sources")
def test_sources__shows_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Without asking anybody."""
    assert main(["sources"]) == 0
    header, arxiv, openreview, _, acl = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["source", "title", "on"]
    assert "1 per 3 s" in arxiv
    assert "titles, dates" in arxiv
    assert "OPENREVIEW_USERNAME, OPENREVIEW_PASSWORD: not set" in openreview
    assert re.split(r"\s{2,}", acl)[2] == "no"


@pytest.mark.usefixtures("three_sources")
def test_sources__a_probe_keeps_its_distance_to_runs() -> None:
    """Where runs have a cache, it is told there when hosts may be asked again."""
    Settings().cache.mkdir(parents=True)
    main(["sources", "--probe"])
    assert FakeSession.told[-1] == Settings().cache / "hosts.json"


@pytest.mark.usefixtures("three_sources")
@pytest.mark.parametrize(("args", "status"), [([], 0), (["--strict"], 3)])
def test_sources__probe_says_what_to_do(
    capsys: pytest.CaptureFixture[str], args: list[str], status: int
) -> None:
    """A line for each source that is on; the cache of the project is neither read nor filled."""
    assert main(["sources", "--probe", *args]) == status
    arxiv, openreview, dblp = capsys.readouterr().out.splitlines()
    assert "answers in 0." in arxiv
    assert "“Attention Is All You Need”" in arxiv
    assert "refuses guests; set OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD to sign in" in openreview
    assert "connection refused; check the network" in dblp
    used = FakeSession.made[-1]
    assert used.cache != Settings().cache
    assert FakeSession.told[-1] is None
    assert not Settings().cache.exists()
    assert all(source.patience <= probe.PATIENCE for source in used.sources.values())


@pytest.mark.usefixtures("three_sources")
def test_sources__probe_respects_offline(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody is asked."""
    made = len(FakeSession.made)
    assert main(["--offline", "sources", "--probe"]) == 0
    assert "not asked" in capsys.readouterr().out
    assert len(FakeSession.made) == made


@pytest.mark.parametrize(
    ("error", "key", "says"),
    [
        (SourceDown("s", "HTTP 429"), None, "wait some minutes, or get a key and set S2_API_KEY"),
        (SourceDown("s", "HTTP 429"), "k", "wait some minutes"),
        (SourceRefused("s", "HTTP 403"), "k", "check S2_API_KEY"),
        (SourceDown("s", "timed out", hint="turn it off"), None, "turn it off"),
    ],
)
def test_advice__follows_from_what_happened(error: SourceError, key: str | None, says: str) -> None:
    """What the source itself says comes first."""
    settings = replace(SourceSettings("s", "https://example.org", key=key), variables=("S2_API_KEY",))
    assert probe.advice(error, settings) == says


def test_describe__an_answer_without_the_known_paper_is_suspicious() -> None:
    """A captive portal, or an API that changed."""
    line = probe.describe(probe.Probe("arxiv", "arXiv", 0.5), SourceSettings("arxiv", "https://example.org"))
    assert "does not find a paper that it should have" in line
