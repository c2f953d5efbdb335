"""Tracks: the parts of a venue (Oral, Demo, Industry) that are never another venue."""

from __future__ import annotations

import re
from typing import Final

from pipeline.text import lazy

_TRACK_NAMES: Final = (
    (r"oral(?: presentation| paper)?s?|orals", "oral"),
    (r"spotlights?(?: presentation| paper| poster)?|spot", "spotlight"),
    (r"poster(?: presentation| paper)?s?", "poster"),
    (r"highlight(?:ed)?(?: paper| poster)?s?", "highlight"),
    (r"notable[- ]top[- ]?[\d.]*%?|top[- ][\d.]+%|top", "notable"),
    (
        r"(?:best|outstanding|distinguished)(?: \w+){0,2} (?:paper|award|candidate)s?(?: \w+){0,3}",
        "best paper",
    ),
    (
        r"(?:(?:area chair|sac|ac|resource|theme|social impact) )?(?:paper )?award|honou?rable mention(?: \w+){0,2}|best paper(?: \w+){0,2}",
        "best paper",
    ),
    (
        r"(?:track on )?datasets? ?(?:and|&|\+) ?benchmarks?(?: track| \(?d ?(?:and|&) ?b\)?)*|d ?& ?b(?: track)?|datasets? track",
        "datasets and benchmarks",
    ),
    (r"(?:system )?demos?(?:nstrations?)?(?: track| papers?)?|system demos?", "demo"),
    (
        r"industr(?:y|ial)(?: track| papers?)?|applied data science(?: and demo)?(?: track)?|ads(?: track)?"
        r"|software engineering in practice|seip",
        "industry",
    ),
    (
        r"(?:software engineering: )?new ideas and emerging (?:results|technologies)(?: track)?|nier",
        "new ideas",
    ),
    (r"software engineering education and training|seet", "education"),
    (r"software engineering in society|seis", "society"),
    (r"(?:main|conference)(?: conference| track| volume)?(?: proceedings| papers?)?(?<!conference)", "main"),
    (r"main conference", "main"),
    (r"(?:long|full|regular)(?: papers?)?(?: track)?|research (?:papers?|track)(?: track)?", "long"),
    (r"short(?: papers?)?(?: track)?", "short"),
    (r"position(?: papers?)?(?: track)?", "position paper"),
    (r"resources?(?: papers?)(?: track)?|resource track", "resource"),
    (r"student abstracts?(?: and poster(?: program)?)?(?: track)?", "student abstract"),
    (r"survey track", "survey"),
    (r"journal track", "journal track"),
    (r"special (?:track|session)(?: on [\w ]+)?|[\w ]{3,30} special track", "special track"),
    (r"social impact track|ai for social (?:good|impact)(?: track)?", "social impact"),
)
_ANY_TRACK: Final = "|".join(f"(?P<t{n}>{p})" for n, (p, _) in enumerate(_TRACK_NAMES))
TRACK: Final = lazy(_ANY_TRACK, re.I)
TRACK_END: Final = lazy(rf"(?:(?<=[\s-])|(?<=^))(?:{_ANY_TRACK})$", re.I)
TRACK_ENDS: Final = frozenset(
    "oral orals presentation presentations paper papers spotlight spotlights spot poster posters highlight highlights"
    " highlighted award awards candidate candidates finalist mention track tracks benchmark benchmarks d&b b demo demos"
    " demonstration demonstrations industry industrial ads main volume proceedings long full regular short position resource"
    " resources program abstract abstracts session top seip nier seet seis".split()
)
"""How a piece ends that may end in a track; the pattern is dear."""


def track_name(match: re.Match[str]) -> str:
    """Which track a match of `TRACK` or `TRACK_END` is."""
    group = next(name for name, value in match.groupdict().items() if value is not None)
    return _TRACK_NAMES[int(group[1:])][1]
