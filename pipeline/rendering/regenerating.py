"""The list's own bytes, with only those replaced that a decided fact contradicts.

What contradicts a list was decided before (`EntryVerdict.venue_status`); here it only becomes bytes, in the
entry's own notation. The result is read again before anybody may write it: Markdown whose meaning changed by
more than the intended venue, year or number is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.errors import SafetyError
from pipeline.model import Files, Paper, ParsedList
from pipeline.rendering.badges import badge_edits
from pipeline.rendering.edits import OVERRIDE, Edit, LeftAlone, Regenerated, splice
from pipeline.rendering.planning import Plan, id_of, left_alone, venue_plans
from pipeline.rendering.rereading import compare
from pipeline.settings import EDITS


def regenerate(
    data: bytes,
    parsed: ParsedList,
    papers: Sequence[Paper],
    *,
    edits: Sequence[str] = EDITS,
    reread: Callable[[bytes], ParsedList],
) -> Regenerated:
    """A list of one file, `data`, again: see `regenerate_files`."""
    return regenerate_files(
        {None: data}, parsed, papers, edits=edits, reread=lambda files: reread(files[None])
    )


def regenerate_files(
    files: Files,
    parsed: ParsedList,
    papers: Sequence[Paper],
    *,
    edits: Sequence[str] = EDITS,
    reread: Callable[[Files], ParsedList],
) -> Regenerated:
    """The list's files with only those spans replaced that a decided fact contradicts.

    `parsed` is what was read from `files`, `papers` are this list's, `reread` reads the result again
    (`read_list` with the name and path of the list). An entry that would not be read back with its new
    venue and year, and otherwise as before, is left alone. Same facts, same bytes; applying the result
    again changes nothing.

    Raises SafetyError where entries, sections, links or badges would get lost or an entry would change
    that was not edited.
    """
    plans, left = venue_plans(files, parsed, papers) if "venue" in edits else ([], [])
    badges = badge_edits(files, parsed, papers) if "badge" in edits else []
    plans, refused = _tolerable(files, parsed, plans, reread)
    left += refused
    result, again = _applied(files, plans, badges, reread)
    misread = compare(parsed, again, plans, badges) if again else set()
    if misread:
        left += [
            left_alone(plan.entry, "it would not be read back as intended")
            for plan in plans
            if id_of(plan) in misread
        ]
        plans = [plan for plan in plans if id_of(plan) not in misread]
        result, again = _applied(files, plans, badges, reread)
        if again and (still := compare(parsed, again, plans, badges)):
            raise SafetyError(f"entry {min(still)} is not read back as written", place=parsed.path)
    order = {file: number for number, file in enumerate(files)}
    done = [*(edit for plan in plans for edit in plan.edits), *badges]
    done.sort(key=lambda edit: (order[edit.file], edit.span))
    left.sort(key=lambda one: (order[one.file], one.line, one.entry_id))
    return Regenerated(result, tuple(done), tuple(left))


def _tolerable(
    files: Files, parsed: ParsedList, plans: Sequence[Plan], reread: Callable[[Files], ParsedList]
) -> tuple[list[Plan], list[LeftAlone]]:
    """The plans without those whose text, which a person typed, changes more of the list than its entry.

    One such override must not keep all others from being written.
    """
    by_person = [plan for plan in plans if plan.edits[0].reason == OVERRIDE]
    if not by_person or _is_harmless(files, parsed, plans, reread):
        return list(plans), []
    harmful = [plan for plan in by_person if not _is_harmless(files, parsed, [plan], reread)]
    why = "what a person decided cannot stand there as plain text"
    return [plan for plan in plans if plan not in harmful], [left_alone(plan.entry, why) for plan in harmful]


def _is_harmless(
    files: Files, parsed: ParsedList, plans: Sequence[Plan], reread: Callable[[Files], ParsedList]
) -> bool:
    """Whether nothing but the edited entries would change."""
    try:
        compare(parsed, _applied(files, plans, (), reread)[1] or parsed, plans, ())
    except SafetyError:
        return False
    return True


def _applied(
    files: Files, plans: Sequence[Plan], badges: Sequence[Edit], reread: Callable[[Files], ParsedList]
) -> tuple[Files, ParsedList | None]:
    """The edited files and what is read from them; None where nothing was edited."""
    edits = [*(edit for plan in plans for edit in plan.edits), *badges]
    if not edits:
        return files, None
    result = {
        file: splice(data, [edit for edit in edits if edit.file == file]) for file, data in files.items()
    }
    return result, reread(result)
