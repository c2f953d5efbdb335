"""A folder in which the real command runs, for tests over sockets and files."""

from __future__ import annotations

import copy
import csv
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.apiserver import ApiServer, Work, World

ROOT = Path(__file__).parent.parent
NAME = "awesome-llm-judge"
SEED = ROOT / "data" / "raw" / f"{NAME}.md"
_DATES = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Workplace:
    """A folder in which a person works: a list in data/raw, settings, and the command."""

    def __init__(
        self, folder: Path, settings: str = "", environment: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.raw = folder / "data" / "raw" / f"{NAME}.md"
        self.raw.parent.mkdir(parents=True)
        self.raw.write_bytes(SEED.read_bytes())
        self.environment = environment or {}
        self.configure(settings)

    def copy(self, folder: Path) -> Workplace:
        """The same place elsewhere, cache and all."""
        shutil.copytree(self.folder, folder)
        twin = copy.copy(self)
        twin.folder, twin.raw = folder, folder / self.raw.relative_to(self.folder)
        return twin

    def configure(self, settings: str) -> None:
        """Write paperlist.yaml."""
        (self.folder / "paperlist.yaml").write_text(settings, encoding="utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the command in a clean environment."""
        clean = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("PAPERLIST_", "S2_", "OPENREVIEW_", "OPENALEX_"))
        }
        environment = clean | {"PYTHONPATH": str(ROOT), "HOME": str(self.folder)} | dict(self.environment)
        command = [sys.executable, "-m", "pipeline", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe
        )

    def run(self, *arguments: str, status: int = 0, timeout: float = 60) -> tuple[str, str]:
        """Run the command to its end; returns standard output and standard error."""
        with self.start(*arguments) as process:
            try:
                out, err = (stream.decode() for stream in process.communicate(timeout=timeout))
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        assert process.returncode == status, f"{arguments} ended with {process.returncode}: {err}"
        assert "Traceback" not in err
        return out, err

    @property
    def dataset(self) -> Path:
        """The list's dataset."""
        return self.folder / "data" / "enriched" / NAME

    def rows(self) -> list[dict[str, str]]:
        """papers.csv."""
        with (self.dataset / "papers.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def changed_lines(self) -> dict[int, str]:
        """Line number -> text of the lines in which the regenerated list differs."""
        old, new = (p.read_text().split("\n") for p in (self.raw, self.dataset / f"{NAME}.md"))
        assert len(old) == len(new)
        return {number: b for number, (a, b) in enumerate(zip(old, new, strict=True), start=1) if a != b}

    def data(self, *, dates: bool = True) -> dict[str, bytes]:
        """Every committed file under data/enriched, by name; without dates if so wished."""
        files = {
            str(p.relative_to(self.folder)): p.read_bytes()
            for p in (self.folder / "data" / "enriched").rglob("*")
            if p.is_file()
        }
        files = {name: data for name, data in files.items() if not name.endswith(".parquet")}
        return files if dates else {name: _DATES.sub(b"DATE", data) for name, data in files.items()}


def generated_works(world: World) -> list[Work]:
    """The works of a world that were made up to fill it."""
    return [work for work in world.works if work.id.startswith("synthetic-")]


def generated_list(works: Sequence[Work]) -> str:
    """A list of these works, a section per hundred."""
    lines = ["# Generated papers", ""]
    for number, work in enumerate(works):
        if number % 100 == 0:
            lines += ["", f"## Part {number // 100 + 1}", ""]
        where = f"https://arxiv.org/abs/{work.arxiv.id}" if work.arxiv else ""
        lines.append(f"- **{work.title}**. *{', '.join(work.authors)}.* Arxiv 2026. [[Paper]({where})]")
    return "\n".join([*lines, ""])


Make = Callable[..., Workplace]


def signed_in(make: Make, server: ApiServer, **options: str) -> Workplace:
    """A workplace whose sources are the server's, with key and account."""
    return make(server.settings_yaml(**options), environment=server.environment())


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Poll a condition over processes; fails loudly when it never comes true."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)
