"""What venue texts mean: tables read both ways, what must never be confused, and the table's own health."""

from __future__ import annotations

import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline import venues
from pipeline.model import Venue
from pipeline.venues import is_canonical, lookup, table, understand
from pipeline.venues.keys import by_acl, by_openreview, by_stream
from pipeline.venues.rows import agrees, by_id, family, has_siblings, print_name, that_year
from pipeline.venues.table import load_table, row_of, spelling_until

LISTED = [by_id(venue_id) for venue_id in load_table().kinds]
"""Every row of the file, in its order."""

READINGS = [
    # text, id, year, track
    ("ACL", "acl", None, None),
    ("acl 2020", "acl", 2020, None),
    ("ACL2021.", "acl", 2021, None),
    ("ICML'23", "icml", 2023, None),
    ("ICML ’23", "icml", 2023, None),
    ("AAAI-18", "aaai", 2018, None),
    ("EMNLP 18", "emnlp", 2018, None),
    ("2017-CVPR", "cvpr", 2017, None),
    ("2020 COLING", "coling", 2020, None),
    ("NeurIPS, 2024.", "neurips", 2024, None),
    ("(ICLR 2024)", "iclr", 2024, None),
    ("ICLR'24 Oral", "iclr", 2024, "oral"),
    ("ICLR 2025 Spotlight", "iclr", 2025, "spotlight"),
    ("ICLR 2026 Poster", "iclr", 2026, "poster"),
    ("ICLR(poster) 24", "iclr", 2024, "poster"),
    ("ICLR 2023 notable top 5%", "iclr", 2023, "notable"),
    ("ICLR 2025 (Oral, top 1.8%)", "iclr", 2025, "oral"),
    ("ACL 2024 Outstanding Paper Award", "acl", 2024, "best paper"),
    ("ACL 2024 Area Chair Award", "acl", 2024, "best paper"),
    ("CVPR 2024 Best Paper Candidate", "cvpr", 2024, "best paper"),
    ("CVPR 2024 (Highlight)", "cvpr", 2024, "highlight"),
    ("ICCV2019 best paper", "iccv", 2019, "best paper"),
    ("ICML, Best Paper", "icml", None, "best paper"),
    ("CVPRo", "cvpr", None, "oral"),
    ("EMNLP 2023 Main", "emnlp", 2023, "main"),
    ("ACL Long", "acl", None, "long"),
    ("ACL-Short", "acl", None, "short"),
    ("ACL Demo, 2023", "acl", 2023, "demo"),
    ("EMNLP (Demos)", "emnlp", None, "demo"),
    ("NAACL-HLT (Industry Papers)", "naacl", None, "industry"),
    ("NeurIPS 2023 Datasets and Benchmarks Track", "neurips", 2023, "datasets and benchmarks"),
    ("NeurIPS Datasets and Benchmarks", "neurips", None, "datasets and benchmarks"),
    ("NeurIPS'24 D&B", "neurips", 2024, "datasets and benchmarks"),
    ("KDD 2021 Applied Data Science Track", "kdd", 2021, "industry"),
    ("IJCAI 2019 Survey Track", "ijcai", 2019, "survey"),
    ("ICML 2024 Position Paper Track", "icml", 2024, "position paper"),
    # bibliographies and services
    ("Proc. of the 2023 Conf. on Empirical Methods in Natural Language Processing", "emnlp", 2023, None),
    ("Neural Information Processing Systems", "neurips", None, None),
    ("Annual Meeting of the Association for Computational Linguistics", "acl", None, None),
    ("Annu Meet Assoc Comput Linguistics", "acl", None, None),
    ("Conf Empir Method Nat Lang Process", "emnlp", None, None),
    ("Conference on Empirical Methods in Natural Language Processing", "emnlp", None, None),
    ("North American Chapter of the Association for Computational Linguistics", "naacl", None, None),
    ("Knowledge Discovery and Data Mining", "kdd", None, None),
    ("IEEE/RJS International Conference on Intelligent RObots and Systems", "iros", None, None),
    ("IEEE Computer Security Foundations Symposium", "csf", None, None),
    ("Trans. Mach. Learn. Res.", "tmlr", None, None),
    ("J. Mach. Learn. Res.", "jmlr", None, None),
    ("Nat. Mac. Intell.", "natmi", None, None),
    ("IEEE Trans. Pattern Anal. Mach. Intell. 2023", "tpami", 2023, None),
    ("ACM Comput. Surv.", "csur", None, None),
    ("Trans. Assoc. Comput. Linguistics", "tacl", None, None),
    ("ACM Trans. Graph. (SIGGRAPH 2022)", "tog", 2022, None),
    ("IEEE RA-L + ICRA 2022", "ral", 2022, None),
    ("Nature 518.7540 (2015): 529-533", "nature", 2015, None),
    ("JMLR 15(1):1929-1958, 2014", "jmlr", 2014, None),
    ("ACL (1)", "acl", None, None),
    ("EMNLP/IJCNLP (1)", "emnlp", None, None),
    ("IJCAI-ECAI 2018", "ijcai", 2018, None),
    ("MM '20", "mm", 2020, None),
    ("ACM Multimedia", "mm", None, None),
    ("WWW'19", "www", 2019, None),
    ("The Web Conference 2021", "www", 2021, None),
    ("NIPS 2016", "neurips", 2016, None),
    ("NeurlIPS'23", "neurips", 2023, None),
    ("IEEE (ICRA)", "icra", None, None),
    ("(TKDE)", "tkde", None, None),
    ("RA-L", "ral", None, None),
    ("ICML, PMLR 235, 2024", "icml", 2024, None),
    ("ACM MM", "mm", None, None),
    ("J. Sci. Comput.", "jsc-scientific", None, None),
    ("SIAM J. Sci. Comput.", "sisc", None, None),
    ("Tools and Algorithms for the Construction and Analysis of Systems", "tacas", None, None),
    ("Empirical Methods in Natural Language Processing. ACM, 2014", "emnlp", 2014, None),
    ("ICSE (SEIP)", "icse", None, "industry"),
    ("ICSE-NIER 2022", "icse", 2022, "new ideas"),
    # joint meetings
    ("COLING 2024", "lrec-coling", 2024, None),
    ("LREC 2024", "lrec-coling", 2024, None),
    ("LREC/COLING 2024", "lrec-coling", 2024, None),
    ("COLING 2022", "coling", 2022, None),
    ("IJCNLP 2021", "acl", 2021, None),
    ("AACL 2023", "ijcnlp", 2023, None),
    ("ACL/IJCNLP 2021", "acl", 2021, None),
    # beside the main proceedings
    ("Findings of ACL", "acl-findings", None, None),
    ("ACL Findings 2021", "acl-findings", 2021, None),
    ("EMNLP (Findings)", "emnlp-findings", None, None),
    ("ACL/IJCNLP (Findings)", "acl-findings", None, None),
    ("EMNLP'24 Findings", "emnlp-findings", 2024, None),
    ("EMNLP 2023 Findings (long paper)", "emnlp-findings", 2023, "long"),
    ("Findings of the Association for Computational Linguistics: EMNLP 2023", "emnlp-findings", 2023, None),
    ("Findings of the Association for Computational Linguistics ACL 2024", "acl-findings", 2024, None),
    ("EMNLP23-findings", "emnlp-findings", 2023, None),
    ("ACL 2024 Findings", "acl-findings", 2024, None),
    ("SIGIR, Tutorial, 2020", "sigir-tutorial", 2020, None),
    ("CVPR Workshops", "cvprw", None, None),
    (
        "Companion Publication of the 2023 Conference on Computer Supported Cooperative Work",
        "cscw-companion",
        2023,
        None,
    ),
    ("ICML 2023 Workshop on X", "icml-workshop", 2023, None),
    ("1st Workshop on X at ICML 2023", "icml-workshop", 2023, None),
    ("NIPSw", "neurips-workshop", None, None),
    ("NeurIPS-W 2022", "neurips-workshop", 2022, None),
    ("ICLR OSC workshop", "iclr-workshop", None, None),
    ("DL4C@ICLR", "iclr-workshop", None, None),
    ("CVPRW 2019", "cvprw", 2019, None),
    ("IEEvaluation@ACL", "ieevaluation", None, None),
    ("ACL TrustNLP Workshop", "trustnlp", None, None),
    ("W-NUT@EMNLP", "wnut", None, None),
    ("NeurIPS-ENLSP", "enlsp", None, None),
    ("ACL (student)", "acl-srw", None, None),
    ("ICML Tutorial", "icml-tutorial", None, None),
    ("WWW (Companion Volume)", "www-companion", None, None),
    ("CHI Extended Abstracts", "chi-companion", None, None),
    # not published, or not a proceedings
    ("arXiv", "arxiv", None, None),
    ("Arxiv 2023", "arxiv", 2023, None),
    ("arXiv 2023.10", "arxiv", 2023, None),
    ("CoRR", "arxiv", None, None),
    ("CoRR abs/2401.12345", "arxiv", None, None),
    ("abs/2401.12345", "arxiv", None, None),
    ("arXiv preprint arXiv:2401.12345", "arxiv", None, None),
    ("arXiv.org", "arxiv", None, None),
    ("arXiv (Cornell University)", "arxiv", None, None),
    ("Preprint'24", "arxiv", 2024, None),
    ("arXiv, accepted by ICML 2023", "icml", 2023, None),
    ("bioRxiv", "biorxiv", None, None),
    ("Huggingface", "huggingface", None, None),
    ("OpenAI Blog", "openai", None, None),
    ("Technical Report", "techreport", None, None),
    ("Book", "book", None, None),
    ("PhD Thesis", "phd", None, None),
    ("CVPR, from Google", "cvpr", None, None),
    ("Accepted at ICML 2023, 15 pages, 4 figures", "icml", 2023, None),
    ("Published as a conference paper at ICLR 2021", "iclr", 2021, None),
]

MEANINGLESS = [
    "",
    "   ",
    "\x00",
    "计算机学报",
    "PMLR",
    "PMLR 2024",
    "PMLR 9:249-256",
    "Proceedings of Machine Learning Research",
    "JMLR W&CP",
    "LNCS",
    "Lecture Notes in Computer Science",
    "CEUR Workshop Proceedings",
    "IEEE",
    "ACM",
    "AI",
    "CL",
    "SC",
    "Submitted to ICLR 2024",
    "Under review at ICLR 2024",
    "ICLR 2024 Conference Withdrawn Submission",
    "Rejected from NeurIPS 2022",
    "Extended version of ICML 2020 paper",
    "Findings of the Association for Computational Linguistics",
    "Findings",
    "Workshop",
    "ICML, CVPR, NAACL",
    "ACL, EMNLP",
    "International Conference on Machine Learning and Cybernetics",
    "International Conference on Computer Vision Theory and Practice",
    "International Conference on Artificial Intelligence",
    "International Conference on Learning",
    "International Conference on Machine Learning, Big Data and Business Intelligence",
    "International Conference on Computer Vision, Image and Deep Learning",
    "Programming",
    "FSE Selected Areas",
    "Industrial Conference on Data Mining",
    "Journal of Machine Learning",
    "International Journal of Machine Learning Research",
    "Computer Vision",
    "Learning",
    "Software Engineering",
    "Software Eng.",
    "Programming Languages",
    "Management of Data",
    "Machine Learning Systems",
    "Katja Hofmann's talk at NeurIPS",
]
"""Texts that name no venue, however much they look like one."""

BOOKTITLES = [
    (
        "acl",
        "ACL 2006, 21st International Conference on Computational Linguistics and 44th Annual Meeting of the "
        "Association for Computational Linguistics, Proceedings of the Conference, Sydney, 17-21 July 2006",
    ),
    (
        "acl",
        "Proceedings of the 61st Annual Meeting of the Association for Computational Linguistics "
        "(Volume 3: System Demonstrations)",
    ),
    (
        "acl-tutorial",
        "Proceedings of the 61st Annual Meeting of the Association for Computational Linguistics "
        "(Volume 6: Tutorial Abstracts)",
    ),
    (
        "acl-srw",
        "Proceedings of the 61st Annual Meeting of the Association for Computational Linguistics "
        "(Volume 4: Student Research Workshop)",
    ),
    (
        "emnlp",
        "EMNLP-CoNLL 2007, Proceedings of the 2007 Joint Conference on Empirical Methods in Natural Language "
        "Processing and Computational Natural Language Learning, June 28-30, 2007, Prague, Czech Republic",
    ),
    (
        "naacl",
        "Proceedings of the 2018 Conference of the North American Chapter of the Association for "
        "Computational Linguistics: Human Language Technologies, Volume 1 (Long Papers)",
    ),
    (
        "ijcnlp",
        "Proceedings of the 13th International Joint Conference on Natural Language Processing and the 3rd "
        "Conference of the Asia-Pacific Chapter of the Association for Computational Linguistics",
    ),
    (
        "neurips",
        "Advances in Neural Information Processing Systems 12, [NIPS Conference, Denver, Colorado, USA, "
        "November 29 - December 4, 1999]",
    ),
    (
        "icml",
        "Machine Learning, Proceedings of the Twentieth International Conference (ICML 2003), August 21-24, "
        "2003, Washington, DC, USA",
    ),
    (
        "iclr-workshop",
        "6th International Conference on Learning Representations, ICLR 2018, Vancouver, BC, Canada, "
        "April 30 - May 3, 2018, Workshop Track Proceedings",
    ),
    (
        "cvprw",
        "2020 IEEE/CVF Conference on Computer Vision and Pattern Recognition, CVPR Workshops 2020, Seattle",
    ),
    (
        "eccvw",
        "Computer Vision - ECCV 2018 Workshops - Munich, Germany, September 8-14, 2018, Proceedings, Part IV",
    ),
    (
        "eccv",
        "Computer Vision - ECCV 2020 - 16th European Conference, Glasgow, UK, August 23-28, 2020, Part I",
    ),
    (
        "aaai",
        "Proceedings, The Twenty-First National Conference on Artificial Intelligence and the Eighteenth "
        "Innovative Applications of Artificial Intelligence Conference, July 16-20, 2006, Boston, USA",
    ),
    ("www-companion", "Companion Proceedings of the The Web Conference 2018, WWW 2018, Lyon, France"),
    (
        "icdm-workshop",
        "2019 International Conference on Data Mining Workshops, ICDM Workshops 2019, Beijing, China",
    ),
    ("sdm", "Proceedings of the 2021 SIAM International Conference on Data Mining, SDM 2021, Virtual Event"),
    ("icdm", "Proceedings of the 8th IEEE International Conference on Data Mining (ICDM 2008), Pisa, Italy"),
    (
        "ecml",
        "Machine Learning and Knowledge Discovery in Databases - European Conference, ECML PKDD 2019, "
        "Würzburg, Germany, September 16-20, 2019, Proceedings, Part II",
    ),
    ("rss", "Robotics: Science and Systems XVI, Virtual Event / Corvalis, Oregon, USA, July 12-16, 2020"),
    ("chi-companion", "Extended Abstracts of the 2023 CHI Conference on Human Factors in Computing Systems"),
    ("facct", "FAT* '20: Conference on Fairness, Accountability, and Transparency, Barcelona, Spain"),
    (
        "icse-companion",
        "ICSE '20: 42nd International Conference on Software Engineering, Companion Volume, Seoul",
    ),
    ("sp", "42nd IEEE Symposium on Security and Privacy, SP 2021, San Francisco, CA, USA, 24-27 May 2021"),
    (
        "blackboxnlp",
        "Proceedings of the Third BlackboxNLP Workshop on Analyzing and Interpreting Neural Networks for "
        "NLP, BlackboxNLP@EMNLP 2020, Online, November 2020",
    ),
    (
        "semeval",
        "Proceedings of the Fourteenth Workshop on Semantic Evaluation, SemEval@COLING 2020, Barcelona",
    ),
]

BOOKTITLES += [
    (
        "tacas",
        "Tools and Algorithms for the Construction and Analysis of Systems - 27th International Conference, TACAS "
        "2021, Held as Part of the European Joint Conferences on Theory and Practice of Software, ETAPS 2021",
    ),
    (
        "fc",
        "Financial Cryptography and Data Security - 25th International Conference, FC 2021, Virtual Event",
    ),
    ("das", "Document Analysis Systems - 15th IAPR International Workshop, DAS 2022, La Rochelle, France"),
    (
        "miccai",
        "Medical Image Computing and Computer Assisted Intervention - MICCAI 2021 - 24th International Conference",
    ),
    (
        "mlmi",
        "Machine Learning in Medical Imaging - 12th International Workshop, MLMI 2021, Held in Conjunction with MICCAI",
    ),
    ("kdd", "Proceedings of the 31st ACM SIGKDD Conference on Knowledge Discovery and Data Mining V.1"),
    (
        "icse",
        "45th IEEE/ACM International Conference on Software Engineering: Software Engineering in Practice, SEIP@ICSE 2023",
    ),
    ("gecco-companion", "Proceedings of the Companion Conference on Genetic and Evolutionary Computation"),
    ("lod", "International Conference on Machine Learning, Optimization, and Data Science"),
    (
        "ecml",
        "Machine Learning and Knowledge Discovery in Databases. Research Track - European Conference, ECML PKDD 2021",
    ),
]
"""Themes of the printed proceedings, hosts of other meetings, tracks and companions."""

PRINTED = [
    ("acl-findings", "Findings of ACL"),
    ("emnlp-findings", "Findings of EMNLP"),
    ("icml-workshop", "ICML Workshop"),
    ("acl-srw", "ACL SRW"),
    ("neurips", "NeurIPS"),
    ("tacl", "TACL"),
    ("tmlr", "TMLR"),
    ("jmlr", "JMLR"),
    ("pvldb", "PVLDB"),
    ("www", "WWW"),
    ("mm", "ACM MM"),
    ("cl", "Computational Linguistics"),
    ("lrec-coling", "LREC-COLING"),
]

NEEDED = """
    acl emnlp naacl eacl aacl ijcnlp coling lrec lrec-coling conll tacl cl acl-findings emnlp-findings
    naacl-findings eacl-findings aacl-findings ijcnlp-findings acl-srw naacl-srw eacl-srw aacl-srw ijcnlp-srw
    semeval neurips icml iclr aistats colt uai corl acml l4dc automl colm mlsys cvpr iccv wacv eccv cvprw iccvw
    wacvw eccvw aaai ijcai jmlr tmlr tpami interspeech icassp rss bmvc icra iros icde icdm icme pvldb kdd sigir
    www wsdm cikm recsys iticse chi arxiv biorxiv medrxiv ssrn
""".split()
"""Ids that other modules and their data name."""


def the_id(text: str, year: int | None = None) -> str | None:
    venue = understand(text, year).venue
    return venue.id if venue else None


@pytest.mark.parametrize(("text", "venue_id", "year", "track"), READINGS)
def test_understand__table(text: str, venue_id: str, year: int | None, track: str | None) -> None:
    """A text means this row, year and track; the row's printed name means the row again."""
    reading = understand(text)
    assert reading.venue is not None
    assert (reading.venue.id, reading.year, reading.track) == (venue_id, year, track)
    assert the_id(print_name(reading.venue)) == venue_id


@pytest.mark.parametrize("text", MEANINGLESS)
def test_understand__is_none_rather_than_wrong(text: str) -> None:
    """Series, submissions, other conferences of like names and several venues at once are nothing."""
    assert understand(text).venue is None


@pytest.mark.parametrize(("venue_id", "text"), BOOKTITLES)
def test_understand__booktitles(venue_id: str, text: str) -> None:
    """Booktitles with places, dates, ordinals and joint meetings."""
    reading = understand(text)
    stated = re.search(r"\b(?:19|20)\d\d\b|(?<=')\d\d\b", text)
    year = int(stated[0][-4:]) % 100 + (1900 if stated[0] == "1999" else 2000) if stated else None
    assert (reading.venue and reading.venue.id, reading.year) == (venue_id, year)


def test_understand__a_year_beside_the_text_makes_short_acronyms_clear() -> None:
    """`SC` or `PR` alone may be anything; with a year, in capitals, it is the venue."""
    assert [the_id("SC"), the_id("SC", 2019), the_id("SC 2019")] == [None, "sc", "sc"]
    assert [the_id("PR"), the_id("PR", 2021), the_id("pr", 2021)] == [None, "pr", None]
    assert [the_id("COLING"), the_id("COLING", 2024)] == ["coling", "lrec-coling"]
    assert understand("COLING", 2024).year is None


@pytest.mark.parametrize("word", ["nature", "Nature", "NATURE"])
def test_understand__everyday_words_only_alone(word: str) -> None:
    """A journal that is called by a common word is meant where the word stands alone."""
    assert the_id(word) == "nature"
    assert the_id(f"In {word}") == "nature"
    assert the_id(f"On the {word} of learning, Smith") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("arXiv, ICML 2023", "ICML 2023, arXiv"),
        (
            "EMNLP 2017, Workshop on Noisy User-generated Text",
            "Workshop on Noisy User-generated Text, EMNLP 2017",
        ),
        ("ACL, EMNLP", "EMNLP, ACL"),
        ("AAAI 2020, IAAI 2020", "IAAI 2020, AAAI 2020"),
        ("Oral, ICLR 2023", "ICLR 2023, Oral"),
        ("Machine Learning, ICML 2007", "ICML 2007, Machine Learning"),
    ],
)
def test_understand__order_does_not_matter(one: str, other: str) -> None:
    """The parts of a text may stand in any order."""
    assert understand(one) == understand(other)


def test_understand__does_not_depend_on_what_was_asked_before() -> None:
    """Answers are the same in any order of questions."""
    texts = [row[0] for row in READINGS] + MEANINGLESS
    first = {text: understand(text) for text in texts}
    venues._understand.cache_clear()
    random.Random(7).shuffle(texts)
    assert {text: understand(text) for text in texts} == first


def spelled() -> Iterator[tuple[Venue, str]]:
    """Printed names of all rows, and of the findings of all conferences."""
    for venue in LISTED:
        yield venue, print_name(venue)
        if venue.kind == "conference":
            made = by_id(f"{venue.id}-findings")
            yield made, print_name(made)


def test_print_name__is_understood() -> None:
    """What the tool writes into a list it reads as the same venue, with and without a year."""
    wrong = [
        (venue.id, text)
        for venue, shown in spelled()
        for text in (shown, f"{shown} 2018", f"{shown}, 2018", f"{shown}'18")
        if the_id(text) != venue.id
    ]
    assert wrong == []


@pytest.mark.parametrize(("venue_id", "shown"), PRINTED)
def test_print_name__table(venue_id: str, shown: str) -> None:
    """Acronyms where they are clear, names where they are not."""
    assert print_name(by_id(venue_id)) == shown


def test_full_names__are_understood() -> None:
    """Every full name means its row."""
    assert [venue.id for venue in LISTED if the_id(venue.name) != venue.id] == []


def test_spellings__mean_their_row() -> None:
    """Every name and alias of the file means its row and no other; weak acronyms beside what they need."""
    wrong = []
    for key, spellings in load_table().words.items():
        clear = [one for one in spellings if not lookup._alias(one).quiet]
        for one in clear:
            text = spelling_until(one.text)[0] if one.role == "odd" else one.text
            dated = f"{text} 2018" if lookup._alias(one).dated else text
            wanted = that_year(by_id(one.venue_id), 2018 if dated != text else None).id
            if the_id(dated) != wanted:
                wrong.append((key, wanted, the_id(dated)))
    assert wrong == []


_DECORATED = [
    "Proceedings of the {}",
    "In Proceedings of the 12th {}",
    "Twenty-First {}",
    "XXI {}",
    "{} 2018",
    "{}, 2018",
    "{} (2018)",
    "2018 {}",
    "{}, IEEE",
    "{}, ACM, 2018",
    "{}. Springer, 2018",
    "{}, 2018, pp. 12-34",
    "{}, Vancouver, BC, Canada, July 3-7, 2018",
]


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("Geoffrey Hinton", True),
        ("Author58 Example", True),
        ("Jane Doe Smith", True),
        ("Mach Learn", False),
        ("Machine Learning", False),
        ("Hinton At Foo", False),
        ("Hinton, Geoffrey", False),
        ("ICML", False),
        ("Hinton", False),
    ],
)
def test_holds_no_venue__table(text: str, none: bool) -> None:
    """Said of a few plain words alone, and never where a word could be of a name or leads to one."""
    assert venues.holds_no_venue(text) is none


def test_holds_no_venue__never_of_a_venue() -> None:
    """Whatever the words of a known spelling are cut to, what is understood is never called no venue."""
    cut, wrong = random.Random(4), []
    for key in load_table().words:
        words = key.title().split()
        short = [word[: cut.randint(2, len(word))] if len(word) > 2 else word for word in words]
        both = (" ".join(words), " ".join(short))
        wrong += [text for text in both if venues.holds_no_venue(text) and understand(text).venue]
    assert wrong == []


@given(
    st.sampled_from([venue for venue in LISTED if venue.kind == "conference"]),
    st.sampled_from(_DECORATED),
    st.booleans(),
)
def test_understand__what_proceedings_add_changes_nothing(venue: Venue, template: str, short: bool) -> None:
    """Years, ordinals, "Proceedings of the", publishers, pages, places and dates never make it another venue."""
    name = print_name(venue) if short else venue.name
    wanted = {venue, that_year(venue, 2018)}
    assert understand(template.format(name)).venue in wanted or "strial" in name or "10" in name


@given(st.text(max_size=80))
def test_understand__never_raises(text: str) -> None:
    """Any text has an answer, and asking again gives the same one."""
    reading = understand(text)
    assert reading == understand(text)
    if reading.venue is not None:
        assert by_id(reading.venue.id) == reading.venue


@pytest.mark.parametrize("text", ["(" * 10**6, "the " * 10**5, "ICML/" * 10**5, "workshop at " * 10**5])
def test_understand__of_what_is_no_venue_text_is_nothing(text: str) -> None:
    """Texts of absurd length are not read at all."""
    assert understand(text).venue is None


_TEMPLATES = [
    "{0} {1}",
    "{0} 2023 {1}",
    "{1} of {0}",
    "{0} ({1})",
    "{0} {1} on Something New 2021",
    "{0}, {1}",
]
_PART_WORDS = ["workshop", "Workshops", "Findings", "Tutorial", "Companion", "Student Research Workshop"]


@given(
    st.sampled_from([venue for venue in LISTED if venue.kind == "conference"]),
    st.sampled_from(_TEMPLATES),
    st.sampled_from(_PART_WORDS),
    st.booleans(),
)
def test_understand__parts_are_never_the_main_conference(
    venue: Venue, template: str, word: str, short: bool
) -> None:
    """A text that says workshop, findings ... is not the main proceedings."""
    name = print_name(venue) if short else venue.name
    read = understand(template.format(name, word)).venue
    assert (
        read is None or read.kind != "conference" or word.lower().rstrip("s") in f"{name} {read.name}".lower()
    )


@given(st.lists(st.sampled_from(["ICML", "2023", "workshop", "Findings", "of", "the", ",", "(", ")", "at", "@", "ACL",
    "NeurIPS", "arXiv", "oral", "track", "Proceedings", "'19", "-", "/", "Nature", "Submitted to", ":", "X"]), max_size=9))  # fmt: skip
def test_understand__no_main_conference_in_a_workshop_text(words: list[str]) -> None:
    """However the words stand, "workshop" and "findings" exclude the main proceedings."""
    text = " ".join(words)
    read = understand(text).venue
    if read is not None and re.search("workshop|findings", text, re.I):
        assert read.kind != "conference"


@pytest.mark.parametrize(
    ("text", "venue_id", "year", "canonical"),
    [
        ("NeurIPS", "neurips", None, True),
        ("neurips 2023", "neurips", None, True),
        ("Neural Information Processing Systems", "neurips", None, True),
        ("NIPS", "neurips", None, False),
        ("NIPS 2023", "neurips", None, False),
        ("NIPS 2016", "neurips", None, True),
        ("NIPS", "neurips", 2016, True),
        ("NIPS", "neurips", 2023, False),
        ("NIPSs", "neurips", 2016, False),
        ("PMLR", "icml", None, False),
        ("PMLR 2024", "icml", None, False),
        ("Arxiv", "arxiv", None, True),
        ("ICLR Oral", "iclr", None, True),
        ("ACL Findings", "acl-findings", None, True),
        ("ACL", "acl-findings", None, False),
        ("ACMMM", "mm", None, True),
        ("WWW", "www", None, True),
        ("Trans. Mach. Learn. Res.", "tmlr", None, True),
        ("CVPR", "iccv", None, False),
    ],
)
def test_is_canonical__table(text: str, venue_id: str, year: int | None, canonical: bool) -> None:
    """Former and wrong acronyms are not how a venue is called; case and abbreviations do not matter."""
    assert is_canonical(text, by_id(venue_id), year) is canonical


@pytest.mark.parametrize(
    ("stream", "label", "venue_id"),
    [
        ("conf/iclr", None, "iclr"),
        ("https://dblp.org/streams/conf/icml", None, "icml"),
        ("conf/iccvw", None, "iccvw"),
        ("journals/corr", None, None),
        ("journals/corr", "CoRR", None),
        ("conf/acl", "ACL (1)", "acl"),
        ("conf/acl", "ACL (Findings)", "acl-findings"),
        ("conf/acl", "ACL (student)", "acl-srw"),
        ("conf/acl", "Something Else", None),
        ("conf/emnlp", "EMNLP/IJCNLP (1)", "emnlp"),
        ("conf/coling", "LREC/COLING", "lrec-coling"),
        ("conf/mm", "MM", "mm"),
        ("conf/sc", "SC", "sc"),
        ("conf/aaai", "SafeAI@AAAI", "aaai-workshop"),
        ("conf/nips", "ViGIL@NeurIPS", "vigil"),
        ("conf/iclr", "Tiny Papers @ ICLR", "iclr-tiny"),
        ("conf/www", "WWW (Companion Volume)", "www-companion"),
        ("conf/fse", "FSE", "iacr-fse"),
        ("conf/sigsoft", "FSE", "fse"),
        ("journals/automatica", "Autom.", "automatica"),
        ("journals/isci", "Inf. Sci.", "ins"),
        ("conf/nowhere", None, None),
        ("conf/nowhere", "Asian Test Symposium", "ats"),
        ("", None, None),
    ],
)
def test_by_stream__table(stream: str, label: str | None, venue_id: str | None) -> None:
    """DBLP's stream says the series, its label which part of it."""
    venue = by_stream(stream, label)
    assert (venue.id if venue else None) == venue_id


@pytest.mark.parametrize(
    ("venueid", "expected"),
    [
        ("ICLR.cc/2025/Conference", ("iclr", 2025)),
        ("NeurIPS.cc/2023/Track/Datasets_and_Benchmarks", ("neurips", 2023)),
        ("NeurIPS.cc/2021/Track/Datasets_and_Benchmarks/Round1", ("neurips", 2021)),
        ("robot-learning.org/CoRL/2023/Conference", ("corl", 2023)),
        ("colmweb.org/COLM/2024/Conference", ("colm", 2024)),
        ("TMLR", ("tmlr", None)),
        ("ICLR.cc/2024/Workshop/AGI", ("iclr-workshop", 2024)),
        ("ICLR.cc/2023/TinyPapers", ("iclr-tiny", 2023)),
        ("ICLR.cc/2024/Conference/Rejected_Submission", None),
        ("ICLR.cc/2024/Conference/Withdrawn_Submission", None),
        ("ICLR.cc/2026/Conference/Submission", None),
        ("TMLR/Rejected", None),
        ("EMNLP/2023/Conference", None),
        ("dblp.org/journals/NETWORK/2024", None),
        ("OpenReview.net/Public_Article", None),
        ("", None),
    ],
)
def test_by_openreview__table(venueid: str, expected: tuple[str, int | None] | None) -> None:
    """Only accepted papers of main proceedings and workshops are placed."""
    found = by_openreview(venueid)
    assert (found and (found[0].id, found[1])) == expected


@pytest.mark.parametrize(
    ("ids", "booktitle", "venue_id"),
    [
        ("acl", None, "acl"),
        ("acl,ijcnlp", None, "acl"),
        (
            "acl",
            "Proceedings of the 57th Annual Meeting of the Association for Computational Linguistics: Student Research Workshop",
            "acl-srw",
        ),
        (
            "emnlp",
            "Proceedings of the 2023 Conference on Empirical Methods in Natural Language Processing: Tutorial Abstracts",
            "emnlp-tutorial",
        ),
        (
            "findings",
            "Findings of the Association for Computational Linguistics: EMNLP 2023",
            "emnlp-findings",
        ),
        ("findings", None, None),
        ("lrec,coling", None, "lrec-coling"),
        ("trustnlp,ws", "Proceedings of the 3rd Workshop on Trustworthy NLP", "trustnlp"),
        (
            "nlma",
            "Proceedings of the 3rd Natural Logic Meets Machine Learning Workshop (NALOMA III)",
            "naloma",
        ),
        ("ws", "Proceedings of a Workshop on Something", None),
        ("cl", "Computational Linguistics, Volume 15, Number 1, March 1989", "cl"),
        ("", None, None),
    ],
)
def test_by_acl__table(ids: str, booktitle: str | None, venue_id: str | None) -> None:
    """The Anthology's venue ids say the series, the booktitle which volume of it."""
    venue = by_acl(ids, booktitle)
    assert (venue.id if venue else None) == venue_id


def test_by_id__names_the_nearest() -> None:
    """A mistyped id says which one was meant."""
    with pytest.raises(KeyError, match="did you mean 'neurips'"):
        by_id("neurps")


@pytest.mark.parametrize("venue_id", NEEDED)
def test_by_id__knows_what_others_name(venue_id: str) -> None:
    """Ids that the rules about identifiers conclude exist."""
    assert by_id(venue_id).id == venue_id


@pytest.mark.parametrize(
    ("venue_id", "top", "siblings"),
    [
        ("acl", "acl", True),
        ("acl-findings", "acl", True),
        ("acl-srw", "acl", True),
        ("cvprw", "cvpr", True),
        ("icml", "icml", False),
        ("icml-workshop", "icml", False),
        ("tmlr", "tmlr", False),
        ("trustnlp", "trustnlp", False),
    ],
)
def test_family__and_has_siblings(venue_id: str, top: str, siblings: bool) -> None:
    """Findings and workshops belong to their conference; some DBLP streams hold them all."""
    assert (family(by_id(venue_id)), has_siblings(by_id(venue_id))) == (top, siblings)


@pytest.mark.parametrize(
    ("listed", "decided", "right"),
    [
        ("acl", "acl", True),
        ("ijcnlp", "acl", True),
        ("coling", "lrec-coling", True),
        ("acl-workshop", "trustnlp", True),
        ("neurips-workshop", "enlsp", True),
        ("icml-workshop", "enlsp", False),
        ("acl", "acl-findings", False),
        ("acl", "emnlp", False),
    ],
)
def test_agrees__table(listed: str, decided: str, right: bool) -> None:
    """Series held together are both right, and so is a workshop's conference for an unnamed workshop."""
    assert agrees(by_id(listed), by_id(decided)) is right


# --- the file ---------------------------------------------------------------------------------------------------

FILE = Path(pipeline.__file__).with_name("data") / "venues.yaml"
BLOCKS: dict[str, str] = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def rows() -> Iterator[tuple[str, str]]:
    for block in BLOCKS.values():
        for text in re.split(r"\n(?=[^\s|#])", re.sub(r"(?m)^\s*# .*\n?", "", block).strip()):
            venue_id, _, rest = text.partition(": ")
            yield venue_id, rest


def test_file__has_every_id_once() -> None:
    """Ids are for life, so none may be used twice; the table is large."""
    counted = Counter(venue_id for venue_id, _ in rows())
    assert [venue_id for venue_id, count in counted.items() if count > 1] == []
    assert [venue_id for venue_id in counted if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", venue_id)] == []
    assert len(counted) > 1500
    assert list(counted) == [venue.id for venue in LISTED]


def test_file__uses_known_keys_only() -> None:
    """A mistyped key would silently become an alias."""
    known = table._KEYS
    wrong = [
        (venue_id, part)
        for venue_id, text in rows()
        for part in text.split("|")[1:]
        if "=" in part and part.partition("=")[0].strip() not in known
    ]
    assert wrong == []


def test_file__names_only_ids_that_exist() -> None:
    """`parent`, `with` and `was` lead to rows."""
    ids = {venue.id for venue in LISTED}
    for venue in LISTED:
        row = row_of(venue.id)
        named = {venue.parent or venue.id, *row.joint, *(was.partition("..")[0] for was in row.was)}
        assert named <= ids, venue.id


def test_file__names_are_of_series() -> None:
    """A full name has no year, no ordinal and no "Proceedings of" (but for journals that are called so)."""
    for venue in LISTED:
        assert not re.search(r"\b(?:19|20)\d\d\b|\b\d+(?:st|nd|rd|th)\b", venue.name), venue.id
        assert venue.kind == "journal" or not venue.name.startswith("Proceedings of"), venue.id


def test_file__no_spelling_means_two_venues() -> None:
    """A spelling belongs to one row, but for workshop acronyms that prove nothing alone."""
    for key, spellings in load_table().words.items():
        clear = {s.venue_id for s in spellings if not lookup._alias(s).quiet}
        assert len(clear) <= 1, key


def test_file__no_key_of_a_source_means_two_venues() -> None:
    """A DBLP stream, an OpenReview group and an Anthology id belong to one row."""
    made = [row_of(venue.id) for venue in LISTED]
    for keys in (
        [key for row in made for key in row.streams + row.workshop_streams],
        [key.lower() for row in made for key in row.groups],
        [key for row in made for key in row.anthology],
    ):
        assert [key for key, count in Counter(keys).items() if count > 1] == []


# --- real strings -----------------------------------------------------------------------------------------------

CORPUS = os.environ.get("PAPERLIST_CORPUS")
needs_corpus = pytest.mark.skipif(not CORPUS, reason="PAPERLIST_CORPUS does not name the real corpora")
STREAM_NAMES = {"nips": "neurips", "asunam": "asonam", "bigdataconf": "bigdata"}


@needs_corpus
def test_corpus__booktitles_mean_their_stream() -> None:
    """All confirmed booktitles mean the series under which DBLP files them."""
    lines = (Path(CORPUS or "") / "facts" / "booktitles.tsv").read_text(encoding="utf-8").splitlines()[1:]
    wrong = []
    for line in lines:
        stream, text, _ = line.split("\t")
        name = stream.partition("/")[2]
        wanted = "iclr" if name == "corr" else STREAM_NAMES.get(name, name)
        if the_id(text) != wanted:
            wrong.append((wanted, the_id(text), text))
    assert wrong == []


@needs_corpus
def test_corpus__volumes_are_known() -> None:
    """Every conference of the confirmed PMLR volumes is a row."""
    lines = (Path(CORPUS or "") / "facts" / "pmlr_volumes.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert {line.split("\t")[1] for line in lines if the_id(line.split("\t")[1]) is None} == set()


@needs_corpus
def test_corpus__labels_are_understood() -> None:
    """At least 97 % of the labelled venues, by occurrence, are understood."""
    labelled: Counter[str] = Counter()
    for path in (Path(CORPUS or "") / "gold").glob("*.json"):
        labelled.update(_venues_in(json.loads(path.read_text(encoding="utf-8"))))
    missed = Counter({text: count for text, count in labelled.items() if the_id(text) is None})
    assert labelled.total() > 100
    assert missed.total() <= 0.03 * labelled.total(), missed.most_common(20)


def _venues_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("venue"), str):
            yield value["venue"]
        for inner in value.values():
            yield from _venues_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _venues_in(inner)
