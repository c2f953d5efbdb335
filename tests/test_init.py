"""`paperlist init`: the files it writes, and the workflow's steps run as commands."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.jobs.init import Wanted, cron_line
from pipeline.settings import Settings, defaults, load

ROOT = Path(__file__).parent.parent
LIST = """# Papers

- [BitNet: Scaling 1-bit Transformers for Large Language Models](https://arxiv.org/abs/2310.11453). Hongyu Wang et al. 2023.
- [Reasoning or Reciting](https://aclanthology.org/2024.naacl-long.102/). Zhaofeng Wu et al. Arxiv 2023.
- [Generative Judge](https://arxiv.org/abs/2310.05470). Junlong Li et al. 2023.
"""
WORKFLOW = Path(".github/workflows/paperlist.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with a README that is a list."""
    made = tmp_path / "judges & co"
    made.mkdir()
    (made / "README.md").write_text(LIST)
    return made


def run(
    folder: Path, *arguments: str, status: int = 0, environment: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Run the command there, without a terminal."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PAPERLIST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=folder,
        env=clean | {"PYTHONPATH": str(ROOT)} | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr


def workflow(folder: Path) -> dict[str, Any]:
    """The workflow that was written; YAML reads the key `on` as true."""
    loaded: dict[Any, Any] = yaml.safe_load((folder / WORKFLOW).read_text())
    loaded["on"] = loaded.pop(True)
    return loaded


def steps(folder: Path) -> dict[str, dict[str, Any]]:
    """Its steps by name, or by the action they use."""
    found = workflow(folder)["jobs"]["refresh"]["steps"]
    return {step.get("name") or step["uses"]: step for step in found}


# The settings


def test_init__settings_are_the_defaults(folder: Path) -> None:
    """As written nothing is set; with every comment sign taken away all defaults are."""
    _, err = run(folder, "init")
    assert "paperlist.yaml written" in err
    path = folder / "paperlist.yaml"
    assert load(path) == load(_written(folder / "empty.yaml", ""))
    every = re.sub(r"(?m)^#(?! \S)", "", path.read_text())
    settings = load(_written(folder / "every.yaml", every))
    assert dict(settings.sources) == dict(defaults())
    default = Settings()
    assert (settings.cache, settings.raw, settings.enriched, settings.edits) == (
        default.cache,
        default.raw,
        default.enriched,
        default.edits,
    )


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_init__overwrites_nothing(folder: Path) -> None:
    """What exists is kept; where that is all there was to write, exit 4; with --force it is written anew."""
    (folder / "paperlist.yaml").write_text("contact: me@example.org\n")
    _, err = run(folder, "init", status=4)
    assert "--force" in err
    _, err = run(folder, "init", "--workflow")
    assert "paperlist.yaml exists and is kept" in err
    assert (folder / "paperlist.yaml").read_text() == "contact: me@example.org\n"
    assert (folder / WORKFLOW).exists()
    run(folder, "init", "--force")
    assert "#contact" in (folder / "paperlist.yaml").read_text()
    _, err = run(folder, "init")
    assert "is there already" in err


def test_init__dry_run_writes_nothing(folder: Path) -> None:
    """It says what it would write."""
    _, err = run(folder, "init", "--workflow", "--dry-run")
    assert "paperlist.yaml would be written" in err
    assert [p.name for p in folder.iterdir()] == ["README.md"]


def test_init__asks_nothing_without_a_terminal(folder: Path) -> None:
    """No workflow unless it is asked for, and no question."""
    out, err = run(folder, "init")
    assert not (folder / ".github").exists()
    assert "?" not in out + err


def test_init__cron_line_is_a_command(folder: Path) -> None:
    """One line for crontab: five fields, then a command that a shell without an environment's PATH runs."""
    out, _ = run(folder, "init", "--list", "README.md", "--in-place")
    fields, command = re.fullmatch(r"((?:\S+ ){5})(.*)\n", out).groups()  # type: ignore[union-attr]
    assert re.fullmatch(r"[0-5]?\d [1-5] \* \* 1 ", fields)
    assert shlex.split(command)[:4] == ["cd", str(folder), "&&", sys.executable]
    cron = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PAPERLIST_OFFLINE": "1"}
    done = subprocess.run(["/bin/sh", "-c", command], env=cron, check=True, capture_output=True)
    assert done.stdout == done.stderr == b""


def test_init__cron_line_names_the_command_as_installed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The script that was started, by its whole path, however it was named."""
    script = folder / "my env" / "bin" / "paperlist"
    script.parent.mkdir(parents=True)
    script.touch()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["my env/bin/paperlist", "init"])
    command = cron_line(Wanted(lists=["README.md"]), folder).split(" && ")[1]
    assert shlex.split(command)[:3] == [str(script), "refresh", "README.md"]


def test_init__without_a_list_there_is_no_cron_line(folder: Path) -> None:
    """It would end in wrong usage every week."""
    out, err = run(folder, "init")
    assert out == ""
    assert "no list in data/raw yet: name one with --list" in err


def test_init__warns_of_a_list_that_is_cut(folder: Path) -> None:
    """GitHub shows only the beginning of a long README."""
    (folder / "README.md").write_text(LIST + "x" * 500_000)
    _, err = run(folder, "init", "--list", "README.md")
    assert "warning: README.md has 500 KB; GitHub shows only the first 512 KB" in err


def test_init__a_list_must_be_there(folder: Path) -> None:
    """The nearest name is offered, and nothing is written."""
    _, err = run(folder, "init", "--list", "READNE.md", status=2)
    assert "did you mean README.md?" in err
    assert not (folder / "paperlist.yaml").exists()


# The workflow


def test_workflow__is_what_github_expects(folder: Path) -> None:
    """Valid YAML, a weekly schedule, no more rights than needed, actions by major version, secrets in one step."""
    _, err = run(folder, "init", "--workflow")
    assert "60 days" in err
    text = (folder / WORKFLOW).read_text()
    assert "60 days" in text
    assert "512 KB" in text
    assert not re.search(r"@\w+@", text)
    found = workflow(folder)
    assert set(found["on"]) == {"schedule", "workflow_dispatch"}
    assert re.fullmatch(r"\d+ \d+ \* \* 1", found["on"]["schedule"][0]["cron"])
    assert found["permissions"] == {"contents": "read"}
    job = found["jobs"]["refresh"]
    assert job["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert job["timeout-minutes"] <= 360
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z/-]+@v\d+", use) for use in used)
    assert [step["name"] for step in job["steps"] if "secrets." in str(step)] == ["Refresh"]
    assert set(steps(folder)["Refresh"]["env"]) == {
        "PAPERLIST_CONTACT",
        *(variable for source in defaults().values() for variable in source.variables),
    }
    keys = [step["with"]["key"] for step in job["steps"] if "cache" in step.get("uses", "")]
    assert keys[0] == keys[1]


def test_workflow__names_the_lists(folder: Path) -> None:
    """A list whose name a shell would take apart is quoted; one that could act in a workflow is refused."""
    (folder / "my list.md").write_text(LIST)
    run(folder, "init", "--workflow", "--list", "README.md", "--list", "my list.md", "--in-place")
    command = shlex.split(steps(folder)["Refresh"]["run"])
    assert command[:5] == ["paperlist", "refresh", "README.md", "my list.md", "--in-place"]
    (folder / "${{ x }}.md").write_text(LIST)
    run(folder, "init", "--workflow", "--force", "--list", "${{ x }}.md", status=2)


class Runner:
    """What GitHub gives a job: a clone, a folder for temporary files, commands on the path."""

    def __init__(self, folder: Path, tmp_path: Path) -> None:
        self.origin, self.tmp = tmp_path / "origin.git", tmp_path / "runner"
        self.bin, self.clone = self.tmp / "bin", self.tmp / "clone"
        self.bin.mkdir(parents=True)
        self._script("paperlist", f'exec {sys.executable} -m pipeline "$@"')
        self._script("python", f'exec {sys.executable} "$@"')
        self._script(
            "gh", f'printf "%s\\n" "$*" >> {self.tmp}/gh.log; [ "$2" = list ] && cat {self.tmp}/open; true'
        )
        self.open(0)
        known = self.tmp / "site" / "paperlist-1.0.dist-info"
        known.mkdir(parents=True)
        (known / "METADATA").write_text("Metadata-Version: 2.1\nName: paperlist\nVersion: 1.0\n")
        self._git(folder, "init", "--quiet", "--initial-branch", "main")
        self._git(folder, "add", "--all")
        self._git(folder, "commit", "--quiet", "--message", "Start")
        self._git(tmp_path, "clone", "--quiet", "--bare", str(folder), str(self.origin))
        self.checkout()

    def checkout(self) -> None:
        """A fresh clone, as each run of a workflow has."""
        shutil.rmtree(self.clone, ignore_errors=True)
        self._git(self.tmp, "clone", "--quiet", f"file://{self.origin}", str(self.clone))

    def open(self, count: int) -> None:
        """So many proposals are open."""
        (self.tmp / "open").write_text(f"{count}\n")

    def run(self, step: Mapping[str, Any]) -> str:
        """Run one step as GitHub does: `bash -e`, with the job's and the step's variables."""
        environment = {
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "HOME": str(self.tmp),
            "RUNNER_TEMP": str(self.tmp),
            "PYTHONPATH": f"{ROOT}:{self.tmp / 'site'}",
            "PAPERLIST_OFFLINE": "true",
            "PIP_NO_INDEX": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "BRANCH": "paperlist/refresh",
            **{name: "" if "secrets." in value or "vars." in value else "main" for name, value in step.get("env", {}).items()},
        }  # fmt: skip
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=self.clone, env=environment, capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def run_all(self, folder: Path) -> dict[str, str]:
        """Every step that is a command, in order; what each printed."""
        found = {name: step for name, step in steps(folder).items() if "run" in step}
        return {name: self.run(step) for name, step in found.items()}

    def told(self) -> list[str]:
        """What GitHub was asked for, by `gh`."""
        log = self.tmp / "gh.log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line for line in lines if not line.startswith("pr list")]

    def show(self, revision: str) -> str:
        """A file or a list of files in the repository on GitHub."""
        return self._git(self.origin, "show", revision)

    def _script(self, name: str, line: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{line}\n")
        (self.bin / name).chmod(0o755)

    def _git(self, folder: Path, *arguments: str) -> str:
        who = ["-c", "user.name=Test", "-c", "user.email=test@paperlist.invalid"]
        return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout  # fmt: skip


@pytest.mark.skipif(not (shutil.which("git") and shutil.which("bash")), reason="needs git and bash")
@pytest.mark.parametrize("in_place", [True, False], ids=["in place", "into data"])
def test_workflow__its_steps_run(folder: Path, tmp_path: Path, in_place: bool) -> None:
    """A first run proposes the changes, a second goes on from the open proposal, one without news stays silent."""
    flags = ["--in-place"] if in_place else []
    run(folder, "init", "--workflow", "--list", "README.md", *flags)
    runner = Runner(folder, tmp_path)
    printed = runner.run_all(folder)
    assert "already satisfied: paperlist" in printed["Install"]
    assert [line.split()[:2] for line in runner.told()] == [["pr", "create"]]
    body = (tmp_path / "runner" / "summary.md").read_text()
    assert body.startswith("## clone: ")
    names = runner.show("paperlist/refresh:data/enriched/clone")
    assert "papers.csv" in names
    assert "papers.parquet" not in names
    readme = runner.show("paperlist/refresh:README.md")
    assert ("NAACL 2024." in readme) is in_place
    assert runner.show("main:README.md") == LIST

    runner.open(1)
    runner.checkout()
    printed = runner.run_all(folder)
    assert "nothing changed" in printed["Refresh"] or in_place
    assert [line.split()[:2] for line in runner.told()] == [["pr", "edit"]]

    runner._git(runner.origin, "branch", "--force", "main", "paperlist/refresh")
    runner.open(0)
    runner.checkout()
    printed = runner.run_all(folder)
    assert "Nothing changed." in printed["Propose the changes"]
    assert runner.told() == []


def test_workflow__warns_of_long_files(folder: Path, tmp_path: Path) -> None:
    """A file that GitHub would cut is named in a warning of the run."""
    run(folder, "init", "--workflow")
    (folder / "README.md").write_text(LIST + "x" * 500_000)
    runner = Runner(folder, tmp_path)
    assert "::warning file=README.md::" in runner.run(steps(folder)["Warn of files that GitHub would cut"])
