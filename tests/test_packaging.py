"""What a user installs: the wheel, in an empty environment; and the two commands of a clone.

Slow, because environments are made and packages fetched from wherever pip of this machine gets them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
PASSED_ON = ("PATH", "LANG", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE")


def clean_environment(home: Path) -> dict[str, str]:
    """The variables of a fresh account: an empty home, only what pip needs to reach its index."""
    kept = {k: v for k, v in os.environ.items() if k.upper() in PASSED_ON or k.startswith("PIP_")}
    return {**kept, "HOME": str(home)}


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a command that must succeed; its standard output."""
    done = subprocess.run([*map(str, command)], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def canonical(name: str) -> str:
    """A distribution's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names_in(requirements: list[str]) -> set[str]:
    """The distributions that requirements name."""
    return {canonical(re.match(r"[\w.-]+", r).group()) for r in requirements}  # type: ignore[union-attr]


def test_constraints__pin_every_dependency_exactly() -> None:
    """One exact version each, and nothing about where it comes from."""
    lines = [line for line in CONSTRAINTS.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    pinned = names_in(lines)
    project = PROJECT["project"]
    wanted = names_in([*project["dependencies"], *project["optional-dependencies"]["dev"]])
    wanted |= names_in(PROJECT["build-system"]["requires"])
    assert wanted <= pinned
    assert len(pinned) == len(lines)


def test_project__says_which_pythons_it_runs_on() -> None:
    """The classifiers and the lower bound agree."""
    versions = [c.rsplit(" ", 1)[1] for c in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert versions == ["3.11", "3.12", "3.13"]
    assert PROJECT["project"]["requires-python"] == ">=3.11"


def test_dependencies__are_ranges_with_a_reason() -> None:
    """Each line says a lower bound and, beside it, what the package is for."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = re.findall(r'^    "([\w.-]+>=[^"]+)",(.*)$', text, flags=re.MULTILINE)
    assert {canonical(re.split(r"[><=]", r)[0]) for r, _ in lines} >= names_in(
        PROJECT["project"]["dependencies"]
    )
    assert all(re.search(r"# .{10}", reason) for _, reason in lines)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built from a copy, so that nothing of the tree itself is touched."""
    copy = copy_of_project(tmp_path_factory.mktemp("source") / "paperlist")
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, copy, cwd=folder)
    return next(folder.glob("paperlist-*.whl"))


def copy_of_project(target: Path) -> Path:
    """A copy of what belongs to the project."""
    leave = shutil.ignore_patterns(
        ".git", ".venv", ".cache", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info"
    )
    return Path(shutil.copytree(ROOT, target, ignore=leave))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_wheel__contains_everything_the_package_reads(wheel: Path) -> None:
    """Modules, knowledge files and templates, the licence; no tests, no lists."""
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    source = {str(p.relative_to(ROOT)) for p in (ROOT / "pipeline").rglob("*") if p.is_file()}
    source = {name for name in source if "__pycache__" not in name}
    assert source <= packed
    assert {name.split("/")[0].split("-")[0] for name in packed} == {"pipeline", "paperlist"}
    assert any(name.endswith("LICENSE") for name in packed)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_wheel__works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed with the pinned dependencies, `paperlist` runs far from the clone."""
    home = tmp_path / "home"
    home.mkdir()
    environment = clean_environment(home)
    venv.create(tmp_path / "venv", with_pip=True)
    binaries = tmp_path / "venv" / "bin"
    run(
        binaries / "python", "-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt", wheel,
        cwd=tmp_path, env=environment,
    )  # fmt: skip
    version = run(binaries / "paperlist", "--version", cwd=tmp_path, env=environment)
    assert version == f"paperlist {wheel.name.split('-')[1]}\n"
    assert "Commands:" in run(binaries / "paperlist", "--help", cwd=tmp_path, env=environment)
    table = run(binaries / "paperlist", "sources", cwd=tmp_path, env=environment)
    assert table.count("\n") > 1
    line = (
        "- **QLoRA: Efficient Finetuning of Quantized LLMs.** [[Paper](https://arxiv.org/abs/2305.14314)]\n"
    )
    (tmp_path / "papers.md").write_text(f"# Papers\n\n{line}")
    run(binaries / "paperlist", "refresh", "--offline", "papers.md", cwd=tmp_path, env=environment)
    assert (tmp_path / "data/enriched/papers/papers.csv").read_text().count("arxiv:2305.14314") == 1


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not shutil.which("make") or not shutil.which("git"), reason="needs make and git")
def test_clone__make_refresh_twice(tmp_path: Path) -> None:
    """From nothing to the dataset; the second time without set-up; `git status` stays clean both times."""
    home, clone = tmp_path / "home", copy_of_project(tmp_path / "a clone")
    home.mkdir()
    environment = {**clean_environment(home), "PYTHON": sys.executable}
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    run("git", "init", "--quiet", cwd=clone, env=environment)
    run("git", "add", "--all", cwd=clone, env=environment)
    run(*git, "commit", "--quiet", "-m", "All", cwd=clone, env=environment)
    run("make", "refresh", "ARGS=--offline", cwd=clone, env=environment)
    before = run("git", "status", "--porcelain", cwd=clone, env=environment)
    start = time.monotonic()
    run("make", "setup", cwd=clone, env=environment)
    assert time.monotonic() - start < 3
    run("make", "refresh", "ARGS=--offline", cwd=clone, env=environment)
    assert run("git", "status", "--porcelain", cwd=clone, env=environment) == before == ""


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_make__says_what_is_missing(tmp_path: Path) -> None:
    """No Python 3.11: one line with the next step, and nothing left behind."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "constraints.txt", tmp_path)
    environment = {**clean_environment(tmp_path), "PYTHON": str(tmp_path / "python2")}
    done = subprocess.run(
        ["make", "setup"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "no Python 3.11 or newer found" in done.stderr
    assert not (tmp_path / ".venv").exists()
