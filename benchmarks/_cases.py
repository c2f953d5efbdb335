"""How often each hazard occurs: guesses of real life, with the rare ones made frequent enough to be counted."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks import _disputed as disputed
from benchmarks import _hazards as hazards
from benchmarks._hazards import Hazard
from benchmarks._simulated import Case, Maker

HAZARDS: Mapping[Hazard, float] = {
    hazards.plain: 26,
    hazards.without_preprint: 8,
    hazards.only_preprint: 12,
    hazards.respelled: 3,
    hazards.retitled: 2,
    hazards.findings: 4,
    hazards.workshop_and_main: 3,
    hazards.workshop_in_dblp: 1,
    hazards.extended: 2,
    hazards.extended_same_title: 1,
    hazards.namesake: 2,
    hazards.near_pair: 4,
    hazards.talk: 1.5,
    hazards.rejected: 3,
    hazards.s2_wrong_venue: 2,
    hazards.s2_wrong_link: 3,
    hazards.s2_merged: 1.5,
    hazards.s2_preprint_year: 1.5,
    hazards.openalex_wrong: 1.5,
    hazards.posted_content: 1,
    hazards.corr_only: 2,
    hazards.not_in_corr: 2,
    hazards.issue_year: 2,
    hazards.withdrawn: 1,
    hazards.retracted: 0.7,
    hazards.not_found: 1.5,
    hazards.copied_link: 2,
    hazards.copied_link_nobody: 1,
    hazards.sequel_link: 1.5,
    hazards.no_identifier: 4,
    hazards.no_identifier_nobody: 2,
    hazards.misspelt: 3,
    hazards.duplicate: 3,
    hazards.same_author_preprints: 1,
    disputed.counts_fall: 1,
    disputed.preprint_of: 1,
    disputed.wrong_relation: 1.5,
    disputed.cut_authors: 0.5,
    disputed.forum_of_another: 2,
    disputed.s2_upgrade: 2,
    disputed.homonyms: 1.5,
    disputed.unaccepted: 2,
    disputed.year_apart: 2,
    disputed.journal_ref: 2,
    disputed.preprint_retitled_in_dblp: 1,
}


def cases(maker: Maker, papers: int) -> list[Case]:
    """So many entries or a few more, each hazard in its share and at least once."""
    kinds, shares = [*HAZARDS], [*HAZARDS.values()]
    made = [hazard(maker) for hazard in kinds]
    while sum(len(case.entries) for case in made) < papers:
        (hazard,) = maker.rng.choices(kinds, shares)
        made.append(hazard(maker))
    maker.rng.shuffle(made)
    return made
