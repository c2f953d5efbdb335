"""URLs and identifiers: one table, read in both directions."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.identifiers import (
    SCHEMES,
    canonical,
    parse_reference,
    pdf_url,
    read_url,
    siblings,
    strength,
    to_url,
)
from pipeline.model import Identifier

HASH = "91f18a1287b398d378ef22505bf41832"
SHA = "f832b16cb367802609d91d400085eb87d630212a"

# (URL, identifiers it gives, role). Read backwards too: every identifier here leads to a page that gives it.
TABLE = [
    # arXiv
    ("https://arxiv.org/abs/2212.08073", "arxiv:2212.08073", "paper"),
    ("http://arxiv.org/abs/2212.08073v2", "arxiv:2212.08073", "paper"),
    ("https://www.arxiv.org/pdf/2212.08073.pdf", "arxiv:2212.08073", "paper"),
    ("https://arxiv.org/pdf/2212.08073v10.pdf", "arxiv:2212.08073", "paper"),
    ("https://export.arxiv.org/abs/0704.0156", "arxiv:0704.0156", "paper"),
    ("https://arxiv.org/html/2311.00931v2", "arxiv:2311.00931", "paper"),
    ("https://arxiv.org/html/2311.00931v2#S3.T1", "arxiv:2311.00931", "paper"),
    ("https://arxiv.org//abs//2311.00931", "arxiv:2311.00931", "paper"),
    ("https://arxiv.org/abs/2107.05446.pdf", "arxiv:2107.05446", "paper"),
    ("https://arxiv.org/abs/1911.02972v", "arxiv:1911.02972", "paper"),
    ("https://arxiv.org/abs/2409.03752.", "arxiv:2409.03752", "paper"),
    ("https://arxiv.org/abs/2510.13890},", "arxiv:2510.13890", "paper"),
    ("https://arxiv.org/abs/1909.12579?context=cs.CV", "arxiv:1909.12579", "paper"),
    ("http://arxiv.org/pdf/1112.6209.pdf&embed", "arxiv:1112.6209", "paper"),
    ("https://arxiv.org/pdf/2305.11169.pdf%22", "arxiv:2305.11169", "paper"),
    ("http://arxiv.org/pdf/1506.05869.pdf%20(http://arxiv.org/pdf/1506.05869.pdf", "arxiv:1506.05869", "paper"),
    ("HTTPS://ArXiv.org/ABS/2310.05470", "arxiv:2310.05470", "paper"),
    ("arxiv.org/abs/2307.12966", "arxiv:2307.12966", "paper"),
    ("//arxiv.org/abs/2307.12966", "arxiv:2307.12966", "paper"),
    ("https://arxiv.org/abs/arXiv:2307.12966", "arxiv:2307.12966", "paper"),
    ("https://arxiv.org/ftp/arxiv/papers/1708/1708.00977.pdf", "arxiv:1708.00977", "paper"),
    ("https://browse.arxiv.org/pdf/2309.10020.pdf", "arxiv:2309.10020", "paper"),
    ("https://arxiv.org/abs/hep-th/9901001", "arxiv:hep-th/9901001", "paper"),
    ("http://arxiv.org/pdf/cs/9901002v1.pdf", "arxiv:cs/9901002", "paper"),
    ("https://arxiv.org/abs/math.GT/0309136", "arxiv:math/0309136", "paper"),
    ("https://arxiv.org/abs/math/0309136v3", "arxiv:math/0309136", "paper"),
    ("https://doi.org/10.48550/arXiv.2308.14296", "arxiv:2308.14296", "paper"),
    ("https://doi.org/10.48550/ARXIV.2308.14296v1", "arxiv:2308.14296", "paper"),
    ("https://www.alphaxiv.org/abs/2308.14296v2", "arxiv:2308.14296", "paper"),
    ("https://www.alphaxiv.org/overview/2308.14296", "arxiv:2308.14296", "paper"),
    ("https://ar5iv.labs.arxiv.org/html/2308.14296", "arxiv:2308.14296", "paper"),
    ("https://ar5iv.org/abs/2308.14296", "arxiv:2308.14296", "paper"),
    ("https://huggingface.co/papers/2305.07759", "arxiv:2305.07759", "paper"),
    ("https://hf.co/papers/2305.07759#community", "arxiv:2305.07759", "paper"),
    ("https://scirate.com/arxiv/2305.07759", "arxiv:2305.07759", "paper"),
    ("https://www.semanticscholar.org/arxiv/2305.07759", "arxiv:2305.07759", "paper"),
    ("https://ui.adsabs.harvard.edu/abs/2017arXiv170603762V/abstract", "arxiv:1706.03762", "paper"),
    ("arXiv:2212.08073v2", "arxiv:2212.08073", "paper"),
    # OpenReview
    ("https://openreview.net/forum?id=AOJyfhWYHf", "openreview:AOJyfhWYHf", "paper"),
    ("https://openreview.net/forum/?id=AOJyfhWYHf", "openreview:AOJyfhWYHf", "paper"),
    ("https://openreview.net/pdf?id=AFDcYJKhND", "openreview:AFDcYJKhND", "paper"),
    ("http://openreview.net/forum?id=Hk4_qw5xe", "openreview:Hk4_qw5xe", "paper"),
    ("https://openreview.net/forum?id=-5EWhW_4qWP", "openreview:-5EWhW_4qWP", "paper"),
    ("https://openreview.net/forum?id=B1QRgziT-", "openreview:B1QRgziT-", "paper"),
    ("https://openreview.net/forum?id=0o95CVdNuz#discussion", "openreview:0o95CVdNuz", "paper"),
    ("https://openreview.net/forum?id=7EMphtUgCI&noteId=yGw4rbGozi", "openreview:7EMphtUgCI", "paper"),
    ("https://openreview.net/forum?noteId=yGw4rbGozi&id=7EMphtUgCI", "openreview:7EMphtUgCI", "paper"),
    ("https://openreview.net/forum?noteId=yGw4rbGozi&amp;id=7EMphtUgCI", "openreview:7EMphtUgCI", "paper"),
    ("https://openreview.net/attachment?id=H1Edd5d2JP&name=pdf", "openreview:H1Edd5d2JP", "paper"),
    ("https://openreview.net/attachment?id=w-CPUXXrAj&name=supplementary_material", "openreview:w-CPUXXrAj", "other"),
    ("https://openreview.net/pdf/6c509d93a31887cb5e3feaae2a453c392028dfdb.pdf", "", "paper"),
    ("https://openreview.net/group?id=ICML.cc/2018/ECA", "", "other"),
    # ACL Anthology
    ("https://aclanthology.org/2023.emnlp-main.183/", "acl:2023.emnlp-main.183", "paper"),
    ("https://aclanthology.org/2023.emnlp-main.183.pdf", "acl:2023.emnlp-main.183", "paper"),
    ("https://aclanthology.org/2023.emnlp-main.183.bib", "acl:2023.emnlp-main.183", "paper"),
    ("https://aclanthology.org/2021.acl-long.353v2.pdf", "acl:2021.acl-long.353", "paper"),
    ("https://aclanthology.org/P18-1001v1/", "acl:P18-1001", "paper"),
    ("https://aclanthology.org/p18-1001", "acl:P18-1001", "paper"),
    ("https://aclanthology.org/2025.naacl-long.158/?utm_source=x", "acl:2025.naacl-long.158", "paper"),
    ("https://www.aclweb.org/anthology/2020.acl-main.190.pdf", "acl:2020.acl-main.190", "paper"),
    ("http://aclweb.org/anthology/W16-3210.pdf", "acl:W16-3210", "paper"),
    ("http://aclweb.org/anthology/D/D15/D15-1041.pdf", "acl:D15-1041", "paper"),
    ("https://www.aclweb.org/anthology/papers/P/P18/P18-1001.pdf", "acl:P18-1001", "paper"),
    ("https://www.aclweb.org/anthology/papers/P/P18/P18-1001/", "acl:P18-1001", "paper"),
    ("https://anthology.aclweb.org/P/P16/P16-2033.pdf", "acl:P16-2033", "paper"),
    ("https://aclanthology.org/attachments/P18-1001.Notes.pdf", "acl:P18-1001", "other"),
    ("https://aclanthology.org/anthology-files/pdf/findings/2025.findings-emnlp.279.pdf", "acl:2025.findings-emnlp.279", "paper"),
    ("https://aclanthology.org/volumes/2020.challengehml-1/", "", "other"),
    ("https://aclanthology.org/2023.emnlp-main.0/", "", "other"),
    (
        "https://doi.org/10.18653/v1/2023.acl-long.1",
        "acl:2023.acl-long.1 doi:10.18653/v1/2023.acl-long.1",
        "paper",
    ),
    ("https://doi.org/10.18653/v1/D19-1454", "acl:D19-1454 doi:10.18653/v1/d19-1454", "paper"),
    ("https://doi.org/10.3115/v1/D14-1162", "acl:D14-1162 doi:10.3115/v1/d14-1162", "paper"),
    # DOI
    ("https://doi.org/10.1145/3592433", "doi:10.1145/3592433", "paper"),
    ("http://dx.doi.org/10.1109/MSP.2017.2743240", "doi:10.1109/msp.2017.2743240", "paper"),
    ("https://dx.doi.org/doi:10.1038/nature14236", "doi:10.1038/nature14236", "paper"),
    ("https://doi.org/https://doi.org/10.1038/nature14236", "doi:10.1038/nature14236", "paper"),
    ("https://doi.org/10.1016/S0019-9958(77)90354-0", "doi:10.1016/s0019-9958(77)90354-0", "paper"),
    ("https://doi.org/10.1145/3592433).", "doi:10.1145/3592433", "paper"),
    ("https://doi.org/10.1007%2F978-3-030-01237-3_14", "doi:10.1007/978-3-030-01237-3_14", "paper"),
    (
        "https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16%3C1661::AID-SIM968%3E3.0.CO;2-2",
        "doi:10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2",
        "paper",
    ),
    ("https://dl.acm.org/doi/10.1145/3649217.3653554", "doi:10.1145/3649217.3653554", "paper"),
    ("https://dl.acm.org/doi/abs/10.1145/3649217.3653554", "doi:10.1145/3649217.3653554", "paper"),
    ("https://dl.acm.org/doi/pdf/10.1145/3649217.3653554?casa_token=a%3Ab", "doi:10.1145/3649217.3653554", "paper"),
    ("https://dl.acm.org/doi/full/10.1145/3649217.3653554", "doi:10.1145/3649217.3653554", "paper"),
    ("https://dl.acm.org/doi/epdf/10.1145/3649217.3653554", "doi:10.1145/3649217.3653554", "paper"),
    ("https://dl.acm.org/citation.cfm?doid=2663204.2663238", "doi:10.1145/2663204.2663238", "paper"),
    ("https://dl.acm.org/citation.cfm?id=3240618", "", "paper"),
    ("https://dl-acm-org.proxy.example.edu/doi/10.1145/3592433", "doi:10.1145/3592433", "paper"),
    ("https://link.springer.com/chapter/10.1007/978-3-031-08999-2_22#citeas", "doi:10.1007/978-3-031-08999-2_22", "paper"),
    ("https://link.springer.com/article/10.1007/s10462-020-09884-9", "doi:10.1007/s10462-020-09884-9", "paper"),
    ("https://link.springer.com/content/pdf/10.1007%2Fs10994-010-5196-5.pdf", "doi:10.1007/s10994-010-5196-5", "paper"),
    ("https://www.nature.com/articles/s41586-023-06735-9", "doi:10.1038/s41586-023-06735-9", "paper"),
    ("https://www.nature.com/articles/s41586-024-07441-w.pdf", "doi:10.1038/s41586-024-07441-w", "paper"),
    ("http://www.nature.com/nature/journal/v521/n7553/full/nature14540.html", "doi:10.1038/nature14540", "paper"),
    ("https://www.nature.com/articles/s41599-020-0501-9", "doi:10.1057/s41599-020-0501-9", "paper"),
    ("https://www.nature.com/articles/sdata201635", "", "paper"),
    ("https://www.science.org/doi/full/10.1126/science.abq1158", "doi:10.1126/science.abq1158", "paper"),
    ("https://onlinelibrary.wiley.com/doi/epdf/10.1002/widm.1389", "doi:10.1002/widm.1389", "paper"),
    ("https://wires.onlinelibrary.wiley.com/doi/abs/10.1002/widm.1139", "doi:10.1002/widm.1139", "paper"),
    ("https://www.tandfonline.com/doi/full/10.1080/17538947.2025.2449708", "doi:10.1080/17538947.2025.2449708", "paper"),
    ("https://journals.sagepub.com/doi/pdf/10.1177/0956797619872191", "doi:10.1177/0956797619872191", "paper"),
    ("https://www.pnas.org/doi/10.1073/pnas.1611835114", "doi:10.1073/pnas.1611835114", "paper"),
    ("https://academic.oup.com/bib/article/doi/10.1093/bib/bbac409/6713511", "doi:10.1093/bib/bbac409", "paper"),
    ("https://academic.oup.com/bioinformatics/article/36/4/1234/5566506", "", "paper"),
    ("https://direct.mit.edu/tacl/article-pdf/doi/10.1162/tacl_a_00519/2060745/tacl_a_00519.pdf", "doi:10.1162/tacl_a_00519", "paper"),
    ("https://www.frontiersin.org/articles/10.3389/fgene.2019.00524/full", "doi:10.3389/fgene.2019.00524", "paper"),
    ("https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0130140", "doi:10.1371/journal.pone.0130140", "paper"),
    ("https://www.sciencedirect.com/science/article/pii/S2666651021000061", "", "paper"),
    ("https://papers.ssrn.com/sol3/papers.cfm?abstract_id=4389233", "doi:10.2139/ssrn.4389233", "paper"),
    ("https://doi.org/10.5281/zenodo.19703527", "doi:10.5281/zenodo.19703527", "data"),
    ("https://ieeexplore.ieee.org/document/8649787", "ieee:8649787", "paper"),
    ("https://ieeexplore.ieee.org/abstract/document/10174688/algorithms#algorithms", "ieee:10174688", "paper"),
    ("https://ieeexplore.ieee.org/stamp/stamp.jsp?tp=&arnumber=4700287", "ieee:4700287", "paper"),
    ("https://ieeexplore.ieee.org/ielx7/6287639/8948470/09314079.pdf", "ieee:9314079", "paper"),
    # PMLR, JMLR
    ("https://proceedings.mlr.press/v235/guo24g.html", "pmlr:v235/guo24g", "paper"),
    ("http://proceedings.mlr.press/v119/locatello20a/locatello20a.pdf", "pmlr:v119/locatello20a", "paper"),
    ("http://proceedings.mlr.press/v37/ioffe15.pdf", "pmlr:v37/ioffe15", "paper"),
    ("http://proceedings.mlr.press/v37/ioffe15-supp.pdf", "pmlr:v37/ioffe15", "other"),
    ("http://jmlr.org/proceedings/papers/v37/heinrich15.pdf", "pmlr:v37/heinrich15", "paper"),
    ("https://raw.githubusercontent.com/mlresearch/v235/main/assets/guo24g/guo24g.pdf", "pmlr:v235/guo24g", "paper"),
    ("https://jmlr.org/papers/v21/20-074.html", "jmlr:v21/20-074", "paper"),
    ("http://www.jmlr.org/papers/volume17/15-239/source/15-239.pdf", "jmlr:v17/15-239", "paper"),
    ("https://jmlr.csail.mit.edu/papers/v3/blei03a.html", "jmlr:v3/blei03a", "paper"),
    # NeurIPS and its relatives
    (f"https://proceedings.neurips.cc/paper_files/paper/2022/hash/{HASH}-Abstract-Conference.html", f"neurips:2022/{HASH}", "paper"),
    (f"https://proceedings.neurips.cc/paper_files/paper/2023/hash/{HASH}-Abstract-Datasets_and_Benchmarks.html", f"neurips:2023/{HASH}", "paper"),
    (f"https://papers.nips.cc/paper/2020/hash/{HASH}-Abstract.html", f"neurips:2020/{HASH}", "paper"),
    (f"https://papers.neurips.cc/paper/2020/file/{HASH}-Paper.pdf", f"neurips:2020/{HASH}", "paper"),
    (f"https://proceedings.neurips.cc//paper/2020/file/{HASH}-Supplemental.pdf", f"neurips:2020/{HASH}", "other"),
    (f"https://datasets-benchmarks-proceedings.neurips.cc/paper/2021/hash/{HASH}-Abstract-round2.html", f"neurips:2021-round2/{HASH}", "paper"),
    ("http://papers.nips.cc/paper/7181-attention-is-all-you-need.pdf", "neurips:paper/7181", "paper"),
    ("https://neurips.cc/virtual/2024/poster/95598", "", "paper"),
    (f"https://proceedings.iclr.cc/paper_files/paper/2024/hash/{HASH}-Abstract-Conference.html", f"iclr:2024/{HASH}", "paper"),
    (f"https://proceedings.mlsys.org/paper_files/paper/2023/file/{HASH}-Paper-mlsys2023.pdf", f"mlsys:2023/{HASH}", "paper"),
    # CVF, ECVA
    ("https://openaccess.thecvf.com/content/CVPR2024/papers/Wu_A_Thing_CVPR_2024_paper.pdf", "cvf:CVPR2024/Wu_A_Thing_CVPR_2024_paper", "paper"),
    ("https://openaccess.thecvf.com/content/CVPR2024/html/Wu_A_Thing_CVPR_2024_paper.html", "cvf:CVPR2024/Wu_A_Thing_CVPR_2024_paper", "paper"),
    ("http://openaccess.thecvf.com/content_cvpr_2018/papers/Wu_A_Thing_CVPR_2018_paper.pdf", "cvf:CVPR2018/Wu_A_Thing_CVPR_2018_paper", "paper"),
    ("https://openaccess.thecvf.com/content_ICCV_2019/html/Wu_A_Thing_ICCV_2019_paper.html", "cvf:ICCV2019/Wu_A_Thing_ICCV_2019_paper", "paper"),
    ("http://openaccess.thecvf.com/content_ECCV_2018/html/Al_Wu_A_Thing_ECCV_2018_paper.html", "cvf:ECCV2018/Al_Wu_A_Thing_ECCV_2018_paper", "paper"),
    ("http://www.cv-foundation.org/openaccess/content_iccv_2015/papers/Wu_A_Thing_ICCV_2015_paper.pdf", "cvf:ICCV2015/Wu_A_Thing_ICCV_2015_paper", "paper"),
    ("https://openaccess.thecvf.com/content/WACV2024W/LLVM-AD/papers/Wu_A_WACVW_2024_paper.pdf", "cvf:WACV2024W/LLVM-AD/Wu_A_WACVW_2024_paper", "paper"),
    ("http://openaccess.thecvf.com/content_CVPRW_2019/html/EVW/Wu_A_CVPRW_2019_paper.html", "cvf:CVPR2019W/EVW/Wu_A_CVPRW_2019_paper", "paper"),
    ("http://openaccess.thecvf.com/content_cvpr_2018_workshops/papers/w49/Wu_A_CVPR_2018_paper.pdf", "cvf:CVPR2018W/w49/Wu_A_CVPR_2018_paper", "paper"),
    ("http://www.cv-foundation.org//openaccess/content_cvpr_workshops_2014/W15/papers/Wu_A_2014_CVPR_paper.pdf", "cvf:CVPR2014W/W15/Wu_A_2014_CVPR_paper", "paper"),
    ("https://www.ecva.net/papers/eccv_2022/papers_ECCV/papers/136860514.pdf", "ecva:2022/136860514", "paper"),
    # AAAI, IJCAI and others
    ("https://ojs.aaai.org/index.php/AAAI/article/view/21286", "aaai:21286", "paper"),
    ("https://ojs.aaai.org/index.php/AAAI/article/view/29776/31338", "aaai:29776", "paper"),
    ("https://aaai.org/ojs/index.php/AAAI/article/view/6098", "aaai:6098", "paper"),
    ("https://ojs.aaai.org/index.php/ICWSM/article/view/14975/14825", "aaai:ICWSM/14975", "paper"),
    ("https://www.aaai.org/ocs/index.php/AAAI/AAAI18/paper/viewFile/17390/16123", "aaai:AAAI/AAAI18/17390", "paper"),
    ("https://doi.org/10.1609/aaai.v38i16.29776", "doi:10.1609/aaai.v38i16.29776 aaai:29776", "paper"),
    ("https://www.ijcai.org/proceedings/2018/0336.pdf", "ijcai:2018/336", "paper"),
    ("https://www.ijcai.org/Proceedings/2020/687", "ijcai:2020/687", "paper"),
    ("https://doi.org/10.24963/ijcai.2023/123", "doi:10.24963/ijcai.2023/123 ijcai:2023/123", "paper"),
    ("http://www.roboticsproceedings.org/rss16/p082.pdf", "rss:rss16/p082", "paper"),
    ("https://www.isca-archive.org/interspeech_2023/doe23_interspeech.html", "isca:interspeech_2023/doe23_interspeech", "paper"),
    # indexes
    (f"https://www.semanticscholar.org/paper/A-Title-Doe/{SHA}", f"s2:{SHA}", "paper"),
    (f"https://www.semanticscholar.org/paper/WebGPT%3A-X-Doe/{SHA}?p2df", f"s2:{SHA}", "paper"),
    ("https://api.semanticscholar.org/CorpusId:259088724", "corpusid:259088724", "paper"),
    ("https://api.semanticscholar.org/CorpusID:259088724", "corpusid:259088724", "paper"),
    ("https://pubmed.ncbi.nlm.nih.gov/12345678/", "pmid:12345678", "paper"),
    ("https://www.ncbi.nlm.nih.gov/pubmed/12345678", "pmid:12345678", "paper"),
    ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC5565730/pdf/nihms891351.pdf", "pmcid:PMC5565730", "paper"),
    ("https://pmc.ncbi.nlm.nih.gov/articles/PMC5565730/", "pmcid:PMC5565730", "paper"),
    ("https://dblp.org/rec/conf/acl/Doe18.html", "dblp:conf/acl/Doe18", "paper"),
    ("https://dblp.uni-trier.de/rec/journals/corr/abs-2305-07759", "arxiv:2305.07759 dblp:journals/corr/abs-2305-07759", "paper"),
    ("https://openalex.org/W2741809807", "openalex:W2741809807", "paper"),
    # bioRxiv, medRxiv
    ("https://www.biorxiv.org/content/10.1101/2023.09.11.556673v1.full.pdf", "doi:10.1101/2023.09.11.556673", "paper"),
    ("https://www.medrxiv.org/content/10.1101/2025.05.01.25326820v1", "doi:10.1101/2025.05.01.25326820", "paper"),
    ("https://www.biorxiv.org/content/early/2017/05/30/143511", "doi:10.1101/143511", "paper"),
    # Hugging Face
    ("https://huggingface.co/microsoft/phi-2", "huggingface:microsoft/phi-2", "model"),
    ("https://huggingface.co/microsoft/phi-2/tree/main", "huggingface:microsoft/phi-2", "model"),
    ("https://huggingface.co/datasets/Open-Orca/SlimOrca", "huggingface:datasets/Open-Orca/SlimOrca", "data"),
    ("https://huggingface.co/datasets/squad_v2/viewer", "huggingface:datasets/squad_v2", "data"),
    ("https://huggingface.co/spaces/lmsys/arena", "huggingface:spaces/lmsys/arena", "project"),
    ("https://huggingface.co/docs/transformers/en/model_doc/mobilebert", "", "other"),
    ("https://huggingface.co/openchat", "", "other"),
    ("https://huggingface.co/blog/smollm3", "", "blog"),
    ("https://huggingface.co/collections/bigcode/starcoder2-65de6da6", "", "project"),
    ("https://huggingface.co/a/b/resolve/main/report.pdf", "", "paper"),
    # code
    ("https://github.com/GAIR-NLP/auto-j", "github:gair-nlp/auto-j", "code"),
    ("https://github.com/GAIR-NLP/auto-j.git", "github:gair-nlp/auto-j", "code"),
    ("https://github.com/microsoft/unilm/tree/master/adalm", "github:microsoft/unilm", "code"),
    ("https://github.com/OpenBMB", "", "code"),
    ("https://github.com/a/b/blob/main/paper.pdf", "", "paper"),
    ("https://github.com/a/b/raw/main/figs/x.png", "", "other"),
    ("https://github.com/topics/llm", "", "other"),
    ("https://anonymous.4open.science/r/I-LLM-F242/README.md", "4open:I-LLM-F242", "code"),
    ("https://gitlab.com/marvl/map-fusion", "", "code"),
    ("https://colab.research.google.com/drive/1abc", "", "code"),
    # everything else has a role only
    ("https://www.youtube.com/watch?v=9szizM-XUCg", "", "video"),
    ("https://youtu.be/uZkEi9Y2dj4", "", "video"),
    ("https://medium.com/@x/graph-rag-1", "", "blog"),
    ("https://someone.substack.com/p/x", "", "blog"),
    ("https://zhuanlan.zhihu.com/p/84703949", "", "blog"),
    ("https://openai.com/research/gpt-4", "", "blog"),
    ("https://cdn.openai.com/papers/GPTV_System_Card.pdf", "", "paper"),
    ("https://someone.github.io/project/", "", "project"),
    ("https://someone.github.io/project/paper.pdf", "", "paper"),
    ("https://insightcivic.s3.us-east-1.amazonaws.com/language-models.pdf", "", "paper"),
    ("http://some.university.edu/~x/papers/thing.ps.gz", "", "paper"),
    ("https://zenodo.org/records/3971235", "", "data"),
    ("https://x.com/a/status/1719719308882801045", "", "other"),
    ("https://img.shields.io/badge/arXiv-2212.08073-red", "", "other"),
    ("https://arxiv.org/html/2401.10774v1/x1.png", "", "other"),
    ("https://arxiv.org/list/cs.CL/recent", "", "other"),
    ("papers/mine.pdf", "", "paper"),
    ("docs/notes.md", "", "other"),
    ("#section", "", "other"),
    ("mailto:someone@some.org", "", "other"),
    # redirectors
    ("https://www.google.com/url?q=https%3A%2F%2Farxiv.org%2Fabs%2F2212.08073&sa=D", "arxiv:2212.08073", "paper"),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Farxiv.org%2Fabs%2F2212.08073&h=A", "arxiv:2212.08073", "paper"),
    ("https://web.archive.org/web/20200101000000/https://arxiv.org/abs/2212.08073", "arxiv:2212.08073", "paper"),
    ("https://web.archive.org/web/2020id_/http://openreview.net/forum?id=AOJyfhWYHf", "openreview:AOJyfhWYHf", "paper"),
    ("https://r.jina.ai/https://arxiv.org/abs/2212.08073", "arxiv:2212.08073", "paper"),
    ("https://translate.google.com/translate?sl=en&u=https://arxiv.org/abs/2212.08073", "arxiv:2212.08073", "paper"),
    ("https://arxiv-org.translate.goog/abs/2212.08073?_x_tr_sl=en", "arxiv:2212.08073", "paper"),
    ("https://scholar.google.com/scholar_url?url=https://ojs.aaai.org/index.php/AAAI/article/view/10350/10209&hl=de", "aaai:10350", "paper"),
    ("https://link.zhihu.com/?target=https%3A//github.com/a/b", "github:a/b", "code"),
    ("https://docs.google.com/viewer?url=https%3A%2F%2Faclanthology.org%2FP18-1001.pdf", "acl:P18-1001", "paper"),
    ("https://login.proxy.edu/login?url=https://dl.acm.org/doi/10.1145/3592433", "doi:10.1145/3592433", "paper"),
]  # fmt: skip

PROBLEMS = [
    ("", "empty"),
    ("   ", "empty"),
    ("#", "empty"),
    ("<>", "empty"),
    ("TODO", "empty"),
    ("link", "empty"),
    ("paper_url", "empty"),
    ("https://", "empty"),
    ("https://example.com/paper", "empty"),
    ("https://arxiv.org/abs/", "empty"),
    ("https://arxiv.org/abs/25xx.xxxxx", "empty"),
    ("https://arxiv.org/pdf/XXXX.XXXXX.pdf", "empty"),
    ("https://openreview.net/forum?id=", "empty"),
    ("https://openreview.net/forum?id=XXXXXXXXXX", "malformed"),
    ("https://openreview.net/forum?noteId=yGw4rbGozi", "malformed"),
    ("https://arxiv.org/abs/2313.01234", "malformed"),
    ("https://arxiv.org/abs/2305.1234", "malformed"),
    ("https://arxiv.org/abs/2305.123456", "malformed"),
    ("https://arxiv.org/abs/1409.01234", "malformed"),
    ("https://arxiv.org/abs/nonsense/0309136", "malformed"),
    ("https://doi.org/10.48550/arXiv.2305.1", "malformed"),
    ("https://doi.org/10.1145", "malformed"),
    ("https://dl.acm.org/doi/10.5555/3666122.3667691", "pseudo_doi"),
    ("https://dl.acm.org/doi/abs/10.5555/3666122.3666563", "pseudo_doi"),
    ("https://doi.org/10.5555/3666122.3666563", "pseudo_doi"),
]

REFERENCES = [
    ("arXiv:2212.08073v2", "arxiv:2212.08073"),
    ("2212.08073", "arxiv:2212.08073"),
    ("cs/9901002", "arxiv:cs/9901002"),
    ("arxiv.org/abs/2212.08073", "arxiv:2212.08073"),
    (" https://arxiv.org/abs/2212.08073 ", "arxiv:2212.08073"),
    ("10.1145/3592433", "doi:10.1145/3592433"),
    ("doi: 10.1145/3592433", "doi:10.1145/3592433"),
    ("DOI:10.48550/arXiv.2212.08073", "arxiv:2212.08073"),
    ("ACL:P18-1001", "acl:P18-1001"),
    ("P18-1001", "acl:P18-1001"),
    ("2023.acl-long.1", "acl:2023.acl-long.1"),
    ("openreview:AOJyfhWYHf", "openreview:AOJyfhWYHf"),
    ("CorpusId:123", "corpusid:123"),
    ("PMID: 12345", "pmid:12345"),
    ("PMCID:PMC123", "pmcid:PMC123"),
    (SHA.upper(), f"s2:{SHA}"),
    ("DBLP:conf/acl/Doe18", "dblp:conf/acl/Doe18"),
    ("https://doi.org/10.18653/v1/2023.acl-long.1", "acl:2023.acl-long.1"),
    ("10.5555/3666122.3667691", None),
    ("some words", None),
    ("", None),
]

SIBLINGS = [
    ("arxiv:2212.08073", "doi:10.48550/arxiv.2212.08073 dblp:journals/corr/abs-2212-08073"),
    ("arxiv:1706.03762", "doi:10.48550/arxiv.1706.03762"),
    ("arxiv:math/0309136", "doi:10.48550/arxiv.math/0309136"),
    ("doi:10.48550/arxiv.2212.08073", "arxiv:2212.08073"),
    ("dblp:journals/corr/abs-2212-08073", "arxiv:2212.08073"),
    ("dblp:conf/acl/Doe18", ""),
    ("acl:2023.acl-long.1", "doi:10.18653/v1/2023.acl-long.1"),
    ("acl:2022.tacl-1.39", ""),
    ("acl:P18-1001", ""),
    ("doi:10.18653/v1/p18-1001", "acl:P18-1001"),
    ("doi:10.24963/ijcai.2023/123", "ijcai:2023/123"),
    ("ijcai:2023/123", "doi:10.24963/ijcai.2023/123"),
    ("openreview:AOJyfhWYHf", ""),
]

IDENTIFIERS = sorted({text for _, texts, _ in TABLE for text in texts.split()})


def ids(text: str) -> tuple[Identifier, ...]:
    """The identifiers that a blank-separated text prints."""
    return tuple(Identifier.parse(one) for one in text.split())


@pytest.mark.parametrize(("url", "identifiers", "role"), TABLE)
def test_read_url__gives_identifiers_and_role(url: str, identifiers: str, role: str) -> None:
    """The table read forwards."""
    reading = read_url(url)
    assert set(reading.identifiers) == set(ids(identifiers))
    assert (reading.role, reading.problem) == (role, None)
    assert list(reading.identifiers) == sorted(reading.identifiers, key=strength)


@pytest.mark.parametrize("text", IDENTIFIERS)
def test_to_url__leads_back_to_the_identifier(text: str) -> None:
    """The table read backwards: the canonical page of an identifier names that identifier."""
    identifier = Identifier.parse(text)
    url = to_url(identifier)
    assert url is not None
    assert identifier in read_url(url).identifiers
    assert read_url(url).problem is None


@pytest.mark.parametrize("text", IDENTIFIERS)
def test_pdf_url__leads_back_to_the_identifier(text: str) -> None:
    """Where an identifier tells the address of a PDF, that address names the identifier and is a paper."""
    identifier = Identifier.parse(text)
    if url := pdf_url(identifier):
        assert identifier in read_url(url).identifiers
        assert read_url(url).role == "paper"


def test_pdf_url__is_known_for_open_proceedings_only() -> None:
    """A DOI tells no address of a PDF; an arXiv id does."""
    assert pdf_url(Identifier("arxiv", "2212.08073")) == "https://arxiv.org/pdf/2212.08073"
    assert pdf_url(Identifier("doi", "10.1145/3592433")) is None


_NEURIPS, _FILES = "https://proceedings.neurips.cc", "paper_files/paper"
PDFS = [
    (f"{_NEURIPS}/{_FILES}/2023/hash/{HASH}-Abstract-Conference.html", f"{_NEURIPS}/{_FILES}/2023/file/{HASH}-Paper-Conference.pdf"),
    (f"{_NEURIPS}/{_FILES}/2023/hash/{HASH}-Abstract-Datasets_and_Benchmarks.html", f"{_NEURIPS}/{_FILES}/2023/file/{HASH}-Paper-Datasets_and_Benchmarks.pdf"),
    (f"https://papers.nips.cc/{_FILES}/2024/hash/{HASH}-Abstract-Datasets_and_Benchmarks_Track.html", f"{_NEURIPS}/{_FILES}/2024/file/{HASH}-Paper-Datasets_and_Benchmarks_Track.pdf"),
    (f"{_NEURIPS}/{_FILES}/2022/file/{HASH}-Paper-Datasets_and_Benchmarks.pdf", f"{_NEURIPS}/{_FILES}/2022/file/{HASH}-Paper-Datasets_and_Benchmarks.pdf"),
    (f"{_NEURIPS}/{_FILES}/2022/hash/{HASH}", None),
    (f"{_NEURIPS}/{_FILES}/2022/file/{HASH}-Supplemental-Conference.pdf", None),
    (f"{_NEURIPS}/paper/2020/hash/{HASH}-Abstract.html", f"{_NEURIPS}/{_FILES}/2020/file/{HASH}-Paper.pdf"),
    (f"https://proceedings.iclr.cc/{_FILES}/2024/hash/{HASH}-Abstract-Conference.html", f"https://proceedings.iclr.cc/{_FILES}/2024/file/{HASH}-Paper-Conference.pdf"),
    (f"https://proceedings.mlsys.org/{_FILES}/2023/hash/{HASH}-Abstract-mlsys2023.html", f"https://proceedings.mlsys.org/{_FILES}/2023/file/{HASH}-Paper-mlsys2023.pdf"),
    ("https://proceedings.mlr.press/v48/niepert16.html", "https://proceedings.mlr.press/v48/niepert16.pdf"),
    ("https://proceedings.mlr.press/v27/bengio12a.html", "https://proceedings.mlr.press/v27/bengio12a/bengio12a.pdf"),
    ("https://proceedings.mlr.press/v235/chen24a.html", "https://proceedings.mlr.press/v235/chen24a/chen24a.pdf"),
    ("https://proceedings.mlr.press/v49/eldan16.html", None),
]  # fmt: skip


@pytest.mark.parametrize(("url", "pdf"), PDFS, ids=[url.partition("//")[2] for url, _ in PDFS])
def test_pdf_url__from_the_identifier_or_from_the_link(url: str, pdf: str | None) -> None:
    """Where a hash does not tell the track, the address of the page does; nothing is guessed."""
    reading = read_url(url)
    assert (pdf_url(reading.identifiers[0]) or reading.pdf) == pdf
    if reading.pdf:
        assert reading.identifiers == read_url(reading.pdf).identifiers
        assert pdf_url(reading.identifiers[0]) is None


def test_to_url__of_an_unknown_scheme_is_none() -> None:
    """Nobody knows where an identifier of a foreign scheme leads."""
    assert to_url(Identifier("mag", "1")) is None


@pytest.mark.parametrize("text", IDENTIFIERS)
def test_canonical__of_a_canonical_value_is_itself(text: str) -> None:
    """What the table holds is canonical already."""
    identifier = Identifier.parse(text)
    assert canonical(identifier.scheme, identifier.value) == identifier


@pytest.mark.parametrize(("url", "problem"), PROBLEMS)
def test_read_url__names_the_problem(url: str, problem: str) -> None:
    """A link that should name a paper and does not says why, and gives no identifier."""
    reading = read_url(url)
    assert (reading.identifiers, reading.problem) == ((), problem)


@pytest.mark.parametrize(("text", "identifier"), REFERENCES)
def test_parse_reference__reads_what_people_type(text: str, identifier: str | None) -> None:
    """URLs, prefixed values, and bare values that cannot be mistaken."""
    found = parse_reference(text)
    assert (str(found) if found else None) == identifier


@pytest.mark.parametrize(("text", "others"), SIBLINGS)
def test_siblings__are_the_same_names_in_other_schemes(text: str, others: str) -> None:
    """What follows from an identifier without asking anybody, and nothing more."""
    assert siblings(Identifier.parse(text)) == ids(others)


def test_canonical__refuses_what_cannot_exist() -> None:
    """One malformed id spoils a whole batch at some APIs, so it never becomes an identifier."""
    assert canonical("arxiv", "2313.01234") is None
    assert canonical("acl", "P18-10") is None
    assert canonical("neurips", HASH) is None
    assert canonical("s2", "abc") is None
    assert canonical("doi", "10.5555/3666122.3667691") is None


def test_canonical__gives_an_arxiv_doi_as_the_arxiv_id() -> None:
    """The scheme `doi` holds publishers' DOIs only."""
    assert canonical("doi", "10.48550/arXiv.2212.08073") == Identifier("arxiv", "2212.08073")


def test_canonical__of_an_unknown_scheme_is_an_error() -> None:
    """A typo in a scheme's name must not look like a malformed value."""
    with pytest.raises(KeyError):
        canonical("arxvi", "2212.08073")


def test_strength__orders_names_for_the_paper_id() -> None:
    """arXiv before ACL before OpenReview before DOI before PMLR before NeurIPS before all others."""
    order = ["arxiv", "acl", "openreview", "doi", "pmlr", "neurips", "cvf", "mag"]
    assert sorted(order, key=lambda scheme: strength(Identifier(scheme, "x"))) == order


def test_schemes__know_what_they_name_and_where_it_is() -> None:
    """Every scheme of the table has a role, forms and pages, and the table here exercises it."""
    assert {Identifier.parse(text).scheme for text in IDENTIFIERS} == set(SCHEMES)
    assert all(scheme.forms and scheme.pages for scheme in SCHEMES.values())
    assert {name for name, scheme in SCHEMES.items() if scheme.role != "paper"} == {
        "github",
        "huggingface",
        "4open",
    }


STEADY = settings(derandomize=True, deadline=None)
PIECES = """https:// http: // / ? id= & = % %2F %zz .pdf # : doi/ v2 arxiv.org /abs/ openreview.net forum github.com x
aclanthology.org doi.org 10.1145/ google.com url?q= web.archive.org/web/2020/ r.jina.ai/ 2212.08073 P18-1001 ] [ ( )"""
URLISH = st.lists(st.sampled_from(PIECES.split()) | st.text(max_size=5), max_size=9).map("".join)


@STEADY
@given(st.text() | URLISH)
@example("https://[::1]/x")
@example("http://\ud800/abs/\udcff")
@example("https://r.jina.ai/" * 50 + "https://arxiv.org/abs/2212.08073")
def test_read_url__never_raises_and_gives_canonical_identifiers(text: str) -> None:
    """Whatever stands in a list, reading it works, and its identifiers survive the way to a page and back."""
    for identifier in read_url(text).identifiers:
        assert canonical(identifier.scheme, identifier.value) == identifier
        assert identifier in read_url(to_url(identifier) or "").identifiers
    parse_reference(text)


@STEADY
@given(st.sampled_from(sorted(SCHEMES)), st.text() | URLISH)
def test_canonical__is_idempotent(scheme: str, value: str) -> None:
    """The canonical form of a canonical form is itself."""
    if found := canonical(scheme, value):
        assert canonical(found.scheme, found.value) == found


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_to_url__round_trips_for_all_values_of_a_scheme(scheme: str) -> None:
    """Any canonical value of a scheme, not only the examples, leads to a page and back."""

    @STEADY
    @given(st.one_of([st.from_regex(_generator(scheme, n), fullmatch=True) for n in range(_forms(scheme))]))
    def check(value: str) -> None:
        if found := canonical(scheme, value):
            assert found in read_url(to_url(found) or "").identifiers

    check()


def _forms(scheme: str) -> int:
    return sum(form.value is not None for form in SCHEMES[scheme].forms)


def _generator(scheme: str, number: int) -> re.Pattern[str]:
    """The pattern of a scheme's form, with the parts of the table filled in."""
    from pipeline import identifiers

    form = [form for form in SCHEMES[scheme].forms if form.value is not None][number]
    return re.compile(identifiers._compiled(form.pattern).pattern, re.ASCII)


def test_read_url__trailing_text_does_not_matter() -> None:
    """What writing a URL into a sentence appends is not part of it."""
    for tail in (".", ",", ")", ").", "]", '"', "'", ">", ";", "}", "},", "#", "#frag", "?x=y", " "):
        for url in ("https://arxiv.org/abs/2212.08073", "https://dl.acm.org/doi/10.1145/3592433"):
            assert read_url(url + tail).identifiers == read_url(url).identifiers, tail


def _urls(corpus: Path) -> set[str]:
    texts = (
        path.read_text(encoding="utf-8", errors="surrogateescape")
        for path in sorted(corpus.glob("lists/*.md"))
    )
    return {url for text in texts for url in re.findall(r"https?://[^\s<>\])\"']+", text)}


def test_read_url__holds_on_real_lists(corpus: Path) -> None:
    """Over all URLs of the real lists: canonical identifiers, pages that lead back, and few arXiv links unread."""
    urls = _urls(corpus)
    assert len(urls) > 30_000
    for url in urls:
        for identifier in read_url(url).identifiers:
            assert identifier in read_url(to_url(identifier) or "").identifiers, url
    papers = [url for url in urls if re.match(r"https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/", url)]
    unread = [url for url in papers if not read_url(url).identifiers]
    assert len(unread) < 5, unread


def test_read_url__is_quick(corpus: Path) -> None:
    """A list of thousands of entries is read in a moment: far over 20,000 different URLs a second of CPU time."""
    urls = sorted(_urls(corpus))
    for url in urls:
        read_url(url)
    read_url.cache_clear()
    start = time.process_time()
    for url in urls:
        read_url(url)
    assert len(urls) / (time.process_time() - start) > 20_000
