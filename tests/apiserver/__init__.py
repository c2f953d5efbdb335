"""A loopback server that speaks the eight APIs that sources ask, for tests, all of them about the same works.

`ApiServer` serves a `World` with latency, limits and `Fault`s and keeps a log; `NETWORKS` are machines without one.
For manual trials: `python -m tests.apiserver --port 8800`.
"""

from tests.apiserver.faults import KINDS, Fault
from tests.apiserver.limits import Limit, contract_limits
from tests.apiserver.nonet import NETWORKS
from tests.apiserver.openalex import OpenAlex
from tests.apiserver.openreview import OpenReview
from tests.apiserver.semanticscholar import SemanticScholar
from tests.apiserver.server import ApiServer, Row
from tests.apiserver.world import Work, World, load_world

__all__ = [
    "KINDS",
    "NETWORKS",
    "ApiServer",
    "Fault",
    "Limit",
    "OpenAlex",
    "OpenReview",
    "Row",
    "SemanticScholar",
    "Work",
    "World",
    "contract_limits",
    "load_world",
]
