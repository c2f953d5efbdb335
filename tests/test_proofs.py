"""What identifiers prove: facts, and silence where nothing is certain."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.identifiers import SCHEMES
from pipeline.model import Identifier
from pipeline.proofs import prove
from pipeline.venues.rows import by_id

HASH = "91f18a1287b398d378ef22505bf41832"

# (identifier, venue, year, text)
PROVEN = [
    # ACL Anthology, new ids
    ("acl:2023.findings-emnlp.710", "emnlp-findings", 2023, "ACL Anthology id 2023.findings-emnlp.710"),
    ("acl:2021.findings-acl.121", "acl-findings", 2021, None),
    ("acl:2024.findings-naacl.1", "naacl-findings", 2024, None),
    ("acl:2023.findings-eacl.85", "eacl-findings", 2023, None),
    ("acl:2023.emnlp-main.183", "emnlp", 2023, None),
    ("acl:2021.acl-long.353", "acl", 2021, None),
    ("acl:2022.acl-short.8", "acl", 2022, None),
    ("acl:2022.acl-demo.9", "acl", 2022, None),
    ("acl:2024.acl-demos.35", "acl", 2024, None),
    ("acl:2024.emnlp-industry.99", "emnlp", 2024, None),
    ("acl:2021.eacl-srw.2", "eacl-srw", 2021, None),
    ("acl:2022.acl-srw.1", "acl-srw", 2022, None),
    ("acl:2025.naacl-long.158", "naacl", 2025, None),
    ("acl:2020.aacl-main.1", "aacl", 2020, None),
    ("acl:2020.coling-main.133", "coling", 2020, None),
    ("acl:2022.coling-1.138", "coling", 2022, None),
    ("acl:2020.lrec-1.1", "lrec", 2020, None),
    ("acl:2024.lrec-main.1306", "lrec-coling", 2024, None),
    ("acl:2020.conll-1.1", "conll", 2020, None),
    ("acl:2022.tacl-1.39", "tacl", 2022, None),
    ("acl:2021.cl-3.19", "cl", 2021, None),
    ("acl:2022.gem-1.47", None, 2022, None),
    ("acl:2020.conll-shared.1", None, 2020, None),
    # ACL Anthology, old ids
    ("acl:P18-1001", "acl", 2018, None),
    ("acl:P16-2033", "acl", 2016, None),
    ("acl:P18-3001", "acl-srw", 2018, None),
    ("acl:P18-4001", "acl", 2018, None),
    ("acl:P19-2001", "acl-srw", 2019, None),
    ("acl:P19-3001", "acl", 2019, None),
    ("acl:P02-1040", "acl", 2002, None),
    ("acl:P98-1001", None, 1998, None),
    ("acl:P06-1001", None, 2006, None),
    ("acl:N18-2078", "naacl", 2018, None),
    ("acl:N19-1179", "naacl", 2019, None),
    ("acl:N19-3001", "naacl-srw", 2019, None),
    ("acl:E17-2068", "eacl", 2017, None),
    ("acl:D15-1041", "emnlp", 2015, None),
    ("acl:D19-1259", "emnlp", 2019, None),
    ("acl:D19-3001", "emnlp", 2019, None),
    ("acl:D19-5702", None, 2019, None),
    ("acl:W19-4804", None, 2019, None),
    ("acl:W04-3252", "emnlp", 2004, None),
    ("acl:W02-1011", "emnlp", 2002, None),
    ("acl:W03-0419", "conll", 2003, None),
    ("acl:C18-1166", "coling", 2018, None),
    ("acl:C98-1013", None, 1998, None),
    ("acl:K16-1002", "conll", 2016, None),
    ("acl:S18-2027", None, 2018, None),
    ("acl:I17-1001", "ijcnlp", 2017, None),
    ("acl:L18-1001", "lrec", 2018, None),
    ("acl:Q18-1023", "tacl", 2018, None),
    ("acl:J03-1002", "cl", 2003, None),
    ("acl:C65-1001", "coling", 1965, None),
    # proceedings
    ("pmlr:v235/guo24g", "icml", 2024, "PMLR volume 235"),
    ("pmlr:v37/ioffe15", "icml", 2015, "PMLR volume 37"),
    (f"neurips:2023/{HASH}", "neurips", 2023, "NeurIPS proceedings path"),
    (f"neurips:2021-round2/{HASH}", "neurips", 2021, "NeurIPS proceedings path"),
    ("neurips:paper/7181", "neurips", 2017, "NeurIPS proceedings path"),
    ("neurips:paper/7270", "neurips", None, "NeurIPS proceedings path"),
    (f"iclr:2024/{HASH}", "iclr", 2024, "ICLR proceedings path"),
    (f"mlsys:2023/{HASH}", "mlsys", 2023, "MLSys proceedings path"),
    ("cvf:CVPR2024/Wu_A_CVPR_2024_paper", "cvpr", 2024, "CVF Open Access path CVPR2024"),
    ("cvf:ECCV2018/Wu_A_ECCV_2018_paper", "eccv", 2018, None),
    ("cvf:WACV2024W/LLVM-AD/Wu_A_WACVW_2024_paper", "wacvw", 2024, None),
    ("cvf:ACCV2020/Wu_A_ACCV_2020_paper", "accv", 2020, None),
    ("ecva:2022/136860514", "eccv", 2022, None),
    ("isca:interspeech_2023/doe23_interspeech", "interspeech", 2023, None),
    ("rss:rss16/p082", "rss", 2020, None),
    ("jmlr:v21/20-074", "jmlr", 2020, "JMLR volume 21"),
    ("jmlr:v15/srivastava14a", "jmlr", 2014, None),
    ("jmlr:v3/blei03a", "jmlr", None, None),
    ("ijcai:2018/336", "ijcai", 2018, None),
    ("aaai:21286", "aaai", None, None),
    ("aaai:AAAI/AAAI18/17390", "aaai", 2018, None),
    # DOIs
    ("doi:10.18653/v1/2023.acl-long.1", "acl", 2023, "ACL Anthology id 2023.acl-long.1"),
    ("doi:10.18653/v1/d19-5702", None, 2019, None),
    ("doi:10.3115/v1/d14-1162", "emnlp", 2014, None),
    ("doi:10.24963/ijcai.2023/123", "ijcai", 2023, None),
    ("doi:10.1609/aaai.v38i16.29776", "aaai", 2024, None),
    ("doi:10.1609/aaai.v33i01.33013001", "aaai", 2019, None),
    ("doi:10.1109/cvpr52688.2022.01042", "cvpr", 2022, "DOI 10.1109/cvpr52688.2022.01042"),
    ("doi:10.1109/cvpr.2016.90", "cvpr", 2016, None),
    ("doi:10.1109/cvprw.2014.131", "cvprw", 2014, None),
    ("doi:10.1109/iccv48922.2021.00951", "iccv", 2021, None),
    ("doi:10.21437/interspeech.2021-1", "interspeech", 2021, None),
    ("doi:10.1162/tacl_a_00347", "tacl", None, None),
    ("doi:10.1162/coli_a_00370", "cl", None, None),
    ("doi:10.14778/3424573.3424575", "pvldb", None, None),
    ("doi:10.15607/rss.2023.xix.016", "rss", 2023, None),
    ("doi:10.5244/c.30.87", "bmvc", 2016, None),
]

PREPRINTS = [
    ("arxiv:2310.05470", "arxiv", "2023-10", "arXiv id 2310.05470"),
    ("arxiv:0704.0156", "arxiv", "2007-04", "arXiv id 0704.0156"),
    ("arxiv:math/0309136", "arxiv", "2003-09", "arXiv id math/0309136"),
    ("arxiv:hep-th/9901001", "arxiv", "1999-01", "arXiv id hep-th/9901001"),
    ("doi:10.48550/arxiv.2310.05470", "arxiv", "2023-10", "arXiv id 2310.05470"),
    ("dblp:journals/corr/abs-2310-05470", "arxiv", "2023-10", "arXiv id 2310.05470"),
    ("doi:10.1101/2020.05.20.107003", "biorxiv", None, "DOI 10.1101/2020.05.20.107003"),
    ("doi:10.1101/143511", "biorxiv", None, "DOI 10.1101/143511"),
    ("doi:10.1101/2023.06.07.23291119", "medrxiv", None, "DOI 10.1101/2023.06.07.23291119"),
]

SILENT = """openreview:AOJyfhWYHf pmlr:v9999/doe24a doi:10.1145/3592433 doi:10.1007/978-3-030-01237-3_14
doi:10.1109/msp.2017.2743240 doi:10.1101/gr.1234.56 ieee:8649787 s2:f832b16cb367802609d91d400085eb87d630212a
corpusid:1 dblp:conf/acl/Doe18 aaai:ICWSM/14975 aaai:KR/KR10/1234 github:a/b mag:1 arxiv:nonsense""".split()


@pytest.mark.parametrize(("text", "venue", "year", "words"), PROVEN)
def test_prove__states_venue_and_year(
    text: str, venue: str | None, year: int | None, words: str | None
) -> None:
    """An identifier proves what is certain for every paper with such an identifier, and no more."""
    proof = prove(Identifier.parse(text))
    assert proof is not None
    assert (str(proof.identifier), proof.venue, proof.year) == (text, venue, year)
    assert (proof.preprint, proof.published) == (False, None)
    assert words is None or proof.text == words


@pytest.mark.parametrize(("text", "server", "month", "words"), PREPRINTS)
def test_prove__knows_preprints(text: str, server: str, month: str | None, words: str) -> None:
    """A preprint's identifier proves its server and, on arXiv, the month of the first version; never a year of a venue."""
    proof = prove(Identifier.parse(text))
    assert proof is not None
    assert (proof.venue, proof.year, proof.published, proof.preprint) == (server, None, month, True)
    assert (str(proof.identifier), proof.text) == (text, words)


@pytest.mark.parametrize("text", SILENT)
def test_prove__is_silent_where_nothing_is_certain(text: str) -> None:
    """A forum, an unknown volume, a publisher of many venues prove nothing."""
    assert prove(Identifier.parse(text)) is None


@settings(derandomize=True, deadline=None)
@given(st.sampled_from(sorted(SCHEMES)), st.text())
def test_prove__never_raises(scheme: str, value: str) -> None:
    """Whatever an identifier's value is, the answer is a proof with a text or None."""
    proof = prove(Identifier(scheme, value))
    assert proof is None or (proof.text and (proof.year is None or proof.year > 1900 or scheme != "acl"))


def test_prove__names_venues_that_exist() -> None:
    """Every venue that an identifier proves is a row of the venue table."""
    proven = {prove(Identifier.parse(row[0])) for row in (*PROVEN, *PREPRINTS)}
    for venue in {proof.venue for proof in proven if proof and proof.venue}:
        assert by_id(venue).id == venue


def test_prove__agrees_with_every_confirmed_volume(corpus: Path) -> None:
    """The table of PMLR volumes is the confirmed one, whole."""
    with (corpus / "facts" / "pmlr_volumes.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert len(rows) > 60
    for row in rows:
        proof = prove(Identifier("pmlr", f"v{row['volume']}/doe24a"))
        assert proof is not None
        assert (by_id(proof.venue or "").acronym, proof.year) == (row["venue"], int(row["year"]))


def test_prove__jmlr_volumes_agree_with_the_years_in_their_keys() -> None:
    """Keys such as v15/srivastava14a hold the year that the volume proves."""
    for key in ("v9/vandermaaten08a", "v12/huang11b", "v13/bergstra12a", "v15/srivastava14a", "v17/teh16a"):
        proof = prove(Identifier("jmlr", key))
        assert proof is not None
        assert proof.year == 2000 + int(re.findall(r"(\d\d)[a-z]$", key)[0])
