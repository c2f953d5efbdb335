"""The real command on the real list, over sockets and files: what a schedule, an analyst and a maintainer get."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from collections import Counter

import pytest

from pipeline.sources import discover, last_resort
from tests.apiserver import NETWORKS, ApiServer, OpenReview, SemanticScholar
from tests.workplace import NAME, ROOT, Make, Workplace, signed_in, wait_until

TABLE = (ROOT / "tests" / "data" / "seed_expected.tsv").read_text(encoding="utf-8")
EXPECTED = list(csv.DictReader(TABLE.splitlines(), delimiter="\t"))
SOURCES = tuple(cls.title for cls in discover().values())
ALWAYS = tuple(cls.title for cls in discover().values() if "fetch" not in last_resort(cls))
"""Those that are asked about every paper; the others about what nobody else answered."""
CHANGES = ("missing", "outdated", "wrong", "nonstandard")


def check_table(place: Workplace, world: str) -> None:
    """Hold papers.csv and the regenerated list against the hand-written table."""
    got = [(r["venue"], r["year"], r["venue_status"]) for r in place.rows()]
    expected = [(r[f"{world}_venue"], r[f"{world}_year"], r[f"{world}_status"]) for r in EXPECTED]
    differing = [
        (r["position"], r["reason"], e, g) for r, e, g in zip(EXPECTED, expected, got, strict=True) if e != g
    ]
    assert not differing
    lines = place.changed_lines()
    changing = {int(r["line"]): r for r in EXPECTED if r[f"{world}_status"] in CHANGES}
    assert set(lines) == {3, *changing}
    assert "PaperNumber-41-" in lines[3]
    for number, row in changing.items():
        assert re.search(rf"{re.escape(row[f'{world}_venue'])},? {row[f'{world}_year']}\.", lines[number])


# Without a network


def test_refresh__offline_by_choice(workplace: Make) -> None:
    """What the list's own links prove is all there; exactly lines 3, 75 and 103 change."""
    place = workplace()
    place.run("refresh", "--offline")
    check_table(place, "offline")
    assert set(place.changed_lines()) == {3, 75, 103}
    before = place.data()
    place.run("refresh", "--offline")
    assert place.data() == before


@pytest.mark.parametrize("network", sorted(NETWORKS))
def test_refresh__without_a_network(workplace: Make, network: str) -> None:
    """However the network is missing: seconds, exit 0, a line per source, and the same files."""
    calm = workplace()
    calm.run("refresh", "--offline")
    with NETWORKS[network]() as settings:
        place = workplace(settings)
        _, err = place.run("refresh", timeout=20)
        place.run("refresh", "--strict", status=3, timeout=20)
    for source in SOURCES:
        assert len([line for line in err.splitlines() if f"{source} could not be asked" in line]) == 1
    check_table(place, "offline")
    assert place.data() == calm.data()


def test_committed_dataset__is_what_the_command_writes(workplace: Make) -> None:
    """The files under data/enriched are the bytes of a run without a network."""
    place = workplace()
    place.run("refresh", "--offline")
    committed = ROOT / "data" / "enriched" / NAME
    written = {p.name: p.read_bytes() for p in place.dataset.iterdir() if p.suffix != ".parquet"}
    assert written == {p.name: p.read_bytes() for p in committed.iterdir() if p.suffix != ".parquet"}


# With healthy sources


def test_refresh__healthy(workplace: Make, server: ApiServer) -> None:
    """Every entry as the hand-written table says; a second run asks nothing and changes nothing."""
    place = signed_in(workplace, server)
    place.run("refresh")
    check_table(place, "healthy")
    before = place.data()
    server.forget()
    place.run("refresh")
    assert server.requests() == []
    assert place.data() == before


def test_refresh__no_question_is_asked_twice(workplace: Make, server: ApiServer) -> None:
    """Within one run no source is asked the same thing again (the probe that travels along aside)."""
    signed_in(workplace, server).run("refresh")
    for api in server.apis:
        rows = server.requests(api, login=False)
        assert not [
            path for path, times in Counter((r.path, tuple(r.ids)) for r in rows).items() if times > 1
        ]


def test_refresh__starting_offline_ends_the_same(
    workplace: Make, settled: Workplace, server: ApiServer
) -> None:
    """A first run without a network and a later one with it give what one run with it gives."""
    late, direct = signed_in(workplace, server), settled
    late.run("refresh", "--offline")
    late.run("refresh")
    assert late.data(dates=False) == direct.data(dates=False)


def test_refresh__after_kill_9_goes_on_where_it_stopped(
    workplace: Make, settled: Workplace, server: ApiServer
) -> None:
    """A killed run loses no answer: the next one asks the rest only, and the files are those of a calm run."""
    calm, place = settled, signed_in(workplace, server)
    hanging = server.fail("hang", "semanticscholar")
    process = place.start("refresh")
    journal = place.folder / ".cache" / "paperlist" / "journal"
    wait_until(lambda: {"arxiv", "dblp", "openreview"} <= {p.stem for p in journal.glob("*.jsonl")})
    wait_until(lambda: '"title:' in (journal / "dblp.jsonl").read_text())  # its last question of this pass
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = {path.stem: path.read_text() for path in journal.glob("*.jsonl")}
    answered = {
        api: {i for i in server.asked(api) if i in kept.get(api, "")} for api in ("arxiv", "dblp", "acl")
    }
    assert answered["arxiv"]
    assert answered["dblp"]
    server.heal(hanging)
    server.forget()
    place.run("refresh")
    for api, ids in answered.items():
        assert not ids & set(server.asked(api)) - {"1706.03762"}, f"{api} was asked again"
    assert place.data(dates=False) == calm.data(dates=False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_refresh__an_interrupted_run_keeps_what_was_answered(
    workplace: Make, server: ApiServer, number: signal.Signals
) -> None:
    """Ctrl-C ends at once with 130, a time limit with 143, whatever a server does, and no answer is lost."""
    place = signed_in(workplace, server, interval={"semanticscholar": 4.0})
    hanging = server.fail("hang", "semanticscholar")
    ours = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a child inherits a Ctrl-C that is ignored
    try:
        process = place.start("refresh")
    finally:
        signal.signal(signal.SIGINT, ours)
    wait_until(lambda: bool(server.requests("semanticscholar")))
    wait_until(lambda: (place.folder / ".cache/paperlist/journal/dblp.jsonl").exists())
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + number, err
    assert "next" in (place.folder / ".cache/paperlist/hosts.json").read_text()
    assert b"Traceback" not in err
    server.heal(hanging)
    asked = set(server.requests("dblp")[0].ids)
    server.forget()
    place.configure(server.settings_yaml())
    place.run("refresh")
    assert not asked & set(server.asked("dblp"))


def test_refresh__one_entry_more_is_one_request_per_source_at_most(
    settled: Workplace, server: ApiServer
) -> None:
    """An added entry costs next to nothing."""
    place = settled
    server.forget()
    line = (
        '4. <u>DistiLLM-2</u>: **"DistiLLM-2: A Contrastive Approach Boosts the Distillation of LLMs"**. '
        "*Jongwoo Ko et al.* 2025. [[Paper](https://arxiv.org/abs/2503.07067)]\n"
    )
    text = place.raw.read_text()
    place.raw.write_text(text.replace("\n#### Feasibility", line + "\n#### Feasibility"))
    place.run("refresh")
    counts = Counter(row.api for row in server.requests(login=False))
    assert counts
    assert max(counts.values()) == 1, counts
    assert "ICML 2025." in next(text for text in place.changed_lines().values() if "DistiLLM-2" in text)


def test_refresh__in_the_default_world(workplace: Make) -> None:
    """Without key and account: a line for each source that refused, nothing wrong is written, little is missing."""
    world = ApiServer(separate=True, semanticscholar=SemanticScholar(keyless=10**9), openreview=OpenReview())
    with world as server:
        place = workplace(server.settings_yaml())
        _, err = place.run("refresh")
        assert (
            len(
                [
                    x
                    for x in err.splitlines()
                    if "OpenReview could not be asked" in x and "OPENREVIEW_USERNAME" in x
                ]
            )
            == 1
        )
        assert len([x for x in err.splitlines() if "Semantic Scholar could not be asked" in x]) == 1
        server.forget()
        place.run("refresh")
        assert not server.requests("openreview"), "a refusal is remembered for the night"
    published = [
        r
        for r in EXPECTED
        if r["healthy_status"] not in ("unknown", "suggested") and r["healthy_venue"] != "arXiv"
    ]
    rows = {int(r["position"]): r for r in place.rows()}
    decided = [r for r in published if rows[int(r["position"])]["venue"] not in ("", "arXiv")]
    for row in decided:
        got = rows[int(row["position"])]
        assert (got["venue"], got["year"], got["venue_status"]) == (
            row["healthy_venue"],
            row["healthy_year"],
            row["healthy_status"],
        )
    assert len(decided) >= 0.85 * len(published)


# Lists and files


def test_refresh__in_place_settles(workplace: Make, settled: Workplace, server: ApiServer) -> None:
    """The list itself gets the edits; a second run in place changes no byte of it or of the dataset."""
    place, beside = signed_in(workplace, server), settled
    place.run("refresh", NAME, "--in-place")
    assert place.raw.read_bytes() == (beside.dataset / f"{NAME}.md").read_bytes()
    before = (place.raw.read_bytes(), place.data())
    place.run("refresh", NAME, "--in-place")
    assert (place.raw.read_bytes(), place.data()) == before
    assert {r["venue_status"] for r in place.rows()} <= {"agrees", "unknown", "suggested"}


@pytest.mark.parametrize(
    "streams", ["2>&-", ">&-", "<&- >&- 2>&-", "2>/dev/full", "-v 2>&1 | head -1", "2>&1 | true"]
)
def test_refresh__nobody_need_listen(workplace: Make, streams: str) -> None:
    """What is said for people never decides whether data is written: a log may be full, closed or cut off."""
    place = workplace()
    command = f"{sys.executable} -m pipeline refresh --offline {streams}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(place.folder)}
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], cwd=place.folder, env=environment,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert len(place.rows()) > 40


@pytest.mark.parametrize("arguments", [["--in-place"], []], ids=["in place", "beside"])
def test_refresh__what_is_edited_meanwhile_is_kept(
    workplace: Make, server: ApiServer, arguments: list[str]
) -> None:
    """A run may take hours: a line that a person adds in the meantime stays, and is in the dataset."""
    place = signed_in(workplace, server, patience=10.0)
    title = "Attention Is All You Need in the Meantime"
    server.fail("status", api="semanticscholar", status=503, retry_after="2", nth=1)
    with place.start("refresh", NAME, *arguments) as process:
        wait_until(lambda: bool(server.requests("semanticscholar")))
        line = f'4. **"{title}"**. *A B*. 2023. [[Paper](https://arxiv.org/abs/1706.03762)]\n'
        edited = place.raw.read_text().replace("\n#### Feasibility", line + "\n#### Feasibility")
        place.raw.write_text(edited)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert b"has changed meanwhile" in err
    assert title in place.raw.read_text()
    assert any(row["list_title"] == title for row in place.rows())
    assert (place.raw.read_text() == edited) is not bool(arguments)


def test_refresh__dry_run_shows_the_diff_and_writes_nothing(workplace: Make, server: ApiServer) -> None:
    """The answers are kept for the next run, no file of data is made."""
    place = signed_in(workplace, server)
    out, _ = place.run("refresh", "--dry-run")
    assert "+" in out
    assert "Findings of EMNLP 2023." in out
    assert not (place.folder / "data" / "enriched").exists()
    server.forget()
    place.run("refresh")
    assert server.requests() == []


def test_refresh__a_list_that_lost_its_entries_stops(workplace: Make) -> None:
    """Over a fifth of the entries gone: exit 4, nothing written, unless a person says it is meant."""
    place = workplace()
    place.run("refresh", "--offline")
    before = place.data()
    place.raw.write_text("# Empty\n\nNothing here.\n")
    _, err = place.run("refresh", "--offline", status=4)
    assert "43 of 43 known entries have vanished" in err
    assert "--accept-shrink" in err
    assert place.data() == before
    _, err = place.run("refresh", "--offline", "--accept-shrink")
    assert "no entries" in err


def test_refresh__ids_and_keys_are_for_life(settled: Workplace, server: ApiServer) -> None:
    """Fixing a typo, moving an entry and upgrading its link orphan nothing."""
    place = settled
    before = {r["list_title"]: r for r in place.rows()}
    bib = set(re.findall(r"@\w+\{(\w+),", (place.dataset / "references.bib").read_text()))
    lines = place.raw.read_text().split("\n")
    lines[101] = lines[101].replace("SqueezeLLM: Dense-and-Sparse", "SqueezeLLM: Dense and Sparse")
    moved = lines.pop(98)
    lines.insert(59, moved)
    text = "\n".join(lines).replace(
        "https://arxiv.org/abs/2303.08559", "https://aclanthology.org/2023.findings-emnlp.710/"
    )
    place.raw.write_text(text)
    place.run("refresh")
    after = {r["list_title"].replace("Dense and Sparse", "Dense-and-Sparse"): r for r in place.rows()}
    assert {t: (r["entry_id"], r["paper_id"]) for t, r in after.items()} == {
        t: (r["entry_id"], r["paper_id"]) for t, r in before.items()
    }
    assert bib == set(re.findall(r"@\w+\{(\w+),", (place.dataset / "references.bib").read_text()))


def test_refresh__a_person_has_the_last_word(workplace: Make, server: ApiServer) -> None:
    """An override decides, is shown as such, and one that matches nothing is reported."""
    place = signed_in(workplace, server)
    place.raw.with_suffix(".yaml").write_text(
        "overrides:\n"
        "  - title: 'BitNet: Scaling 1-bit Transformers for Large Language Models'\n    venue: JMLR\n    year: 2025\n"
        "  - identifier: arxiv:2310.05470\n    skip: true\n"
        "  - title: No such paper in this list\n    year: 2020\n"
        "  - identifier: arxiv:2310.06694\n    venue: '[x](http://x.example)'\n"
        "  - identifier: https://aclanthology.org/2023.emnlp-main.67\n    venue: 'ICML](http://x.example'\n"
    )
    _, err = place.run("refresh")
    rows = {r["position"]: r for r in place.rows()}
    assert (
        rows["30"]["venue"],
        rows["30"]["year"],
        rows["30"]["venue_status"],
        rows["30"]["venue_source"],
    ) == ("JMLR", "2025", "overridden", "override")
    assert "JMLR 2025." in place.changed_lines()[100]
    assert 64 not in place.changed_lines()
    report = (place.dataset / "report.md").read_text()
    assert "No such paper in this list" in err
    assert "No such paper in this list" in report
    (line,) = [line for line in err.splitlines() if "ICML](http://x.example" in line]
    assert ".yaml:11: " in line
    assert "is not used" in line
    assert "is no plain name of a venue" in report
    assert "x.example" not in "".join(r["venue"] for r in place.rows())


def test_resolve__explains_an_entry(settled: Workplace, server: ApiServer) -> None:
    """Why an entry is which paper, and what decided its venue; from what is stored, without asking."""
    server.forget()
    before = settled.data()
    out, _ = settled.run("resolve", "--explain", NAME, "QLORA", "100")
    for fact in ("searched by title: accepted", "1.000 title and author agree", "pseudo_doi"):
        assert fact in out
    assert "NIPS 2023" in out
    assert "decided: NeurIPS 2023" in out
    assert "not decided, suggested: " in out
    assert (settled.data(), len(server.log)) == (before, 0)
    for arguments in ((), ("no such entry at all",)):
        _, err = settled.run("resolve", "--explain", NAME, *arguments, status=2)
        assert "part of" in err


def test_stages__one_by_one_give_what_refresh_gives(
    workplace: Make, settled: Workplace, server: ApiServer
) -> None:
    """Each stage as a command, in order, ends in the same files."""
    whole, steps = settled, signed_in(workplace, server)
    for verb in ("parse", "resolve", "enrich", "resolve", "write", "render"):
        steps.run(verb, NAME)
    assert steps.data(dates=False) == whole.data(dates=False)


def test_stages__say_which_stage_is_missing(workplace: Make) -> None:
    """A stage out of order names the one to run."""
    place = workplace()
    _, err = place.run("render", NAME, status=2)
    assert "papers.jsonl is missing" in err
    assert "paperlist write" in err


# Other commands


def test_check__finds_what_is_wrong_without_a_network(settled: Workplace, server: ApiServer) -> None:
    """Exit 1 with an error in the list; file, line and words per finding; nothing is written."""
    place = settled
    before = place.data()
    server.forget()
    out, _ = place.run("check", NAME, status=1)
    assert re.search(r"awesome-llm-judge\.md:114: error: .*EMNLP 2023 -> Findings of EMNLP 2023", out)
    assert re.search(r"awesome-llm-judge\.md:105: warning: .*the same work as line 96", out)
    assert server.requests() == []
    assert place.data() == before


def test_sources__probe_says_what_answers(workplace: Make, server: ApiServer) -> None:
    """A line per source: that it answers and how fast, or what to do."""
    out, _ = signed_in(workplace, server).run("sources", "--probe")
    assert len(out.strip().splitlines()) == len(SOURCES)
    assert all(source in out for source in SOURCES)
    guest, _ = workplace(server.settings_yaml()).run("sources", "--probe")
    assert "OPENREVIEW_USERNAME" in next(line for line in guest.splitlines() if "OpenReview" in line)


def test_render__uniform_from_the_dataset_alone(settled: Workplace, server: ApiServer) -> None:
    """One style in the shape of the list's own template; it reads back as the same entries."""
    place = settled
    place.run("render", NAME, "--style", "uniform")
    uniform = (place.dataset / f"{NAME}.uniform.md").read_text()
    again = place.folder / "uniform.md"
    again.write_text(uniform)
    place.run("parse", str(again))
    assert '<u>AUTO-J</u>: **"Generative Judge for Evaluating Alignment"**.' in uniform
    assert "ICLR 2024." in uniform
    lines = (place.folder / "data" / "enriched" / "uniform" / "entries.jsonl").read_text().splitlines()
    assert len(lines) == len(EXPECTED)


def test_refresh__summary_for_a_pull_request(workplace: Make, server: ApiServer) -> None:
    """`--summary` writes the body of a pull request: the news, then the report."""
    place = signed_in(workplace, server)
    place.run("refresh", "--summary", "summary.md")
    text = (place.folder / "summary.md").read_text()
    assert "17 lines changed" in text
    report = (place.dataset / "report.md").read_text()
    assert re.sub(r"\[(line \d+)\]\([^()]*\)", r"\1", report) in text


def test_refresh__secrets_are_nowhere(workplace: Make, server: ApiServer) -> None:
    """Key, password and token appear in no output and no file."""
    place = signed_in(workplace, server)
    out, err = place.run("refresh", "-vv")
    seen = (
        out.encode() + err.encode() + b"".join(p.read_bytes() for p in place.folder.rglob("*") if p.is_file())
    )
    for secret in place.environment.values():
        if not secret.endswith(".invalid"):
            assert secret.encode() not in seen
