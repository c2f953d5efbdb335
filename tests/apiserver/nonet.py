"""Machines without a network, in the four ways in which they have none, for tests of the whole command.

Each function is a context manager that gives the text of a `paperlist.yaml`: every source's address then leads to a
closed port, a name that does not resolve, a port that swallows packets, or a captive portal.
"""

from __future__ import annotations

import contextlib
import errno
import select
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType

from tests.apiserver.faults import Fault
from tests.apiserver.server import ApiServer
from tests.apiserver.settings import PATHS, settings_text

UNKNOWN_HOST = "paperlist.invalid"
"""`.invalid` never resolves (RFC 6761, section 6.4)."""


@contextlib.contextmanager
def refused() -> Iterator[str]:
    """Connections are refused: ports that were free a moment ago, held but not listening."""
    with contextlib.ExitStack() as stack:
        sockets = {name: stack.enter_context(_bound()) for name in PATHS}
        yield settings_text({name: _address(held) for name, held in sockets.items()})


@contextlib.contextmanager
def no_dns() -> Iterator[str]:
    """Names do not resolve. Each source has a name of its own, as in life."""
    yield settings_text({name: f"http://{name}.{UNKNOWN_HOST}" for name in PATHS})


@contextlib.contextmanager
def black_hole() -> Iterator[str]:
    """Packets are swallowed: connecting hangs until the client gives up. One hole per source."""
    with contextlib.ExitStack() as stack:
        holes = {name: stack.enter_context(swallowing_port()) for name in PATHS}
        yield settings_text({name: f"http://127.0.0.1:{port}" for name, port in holes.items()})


@contextlib.contextmanager
def captive_portal() -> Iterator[str]:
    """Everything is answered with 200 and a log-in page."""
    with ApiServer(separate=True, faults=[Fault("html")]) as server:
        yield server.settings_yaml()


NETWORKS: Mapping[str, Callable[[], AbstractContextManager[str]]] = MappingProxyType(
    {"refused": refused, "no_dns": no_dns, "black_hole": black_hole, "captive_portal": captive_portal}
)


@contextlib.contextmanager
def swallowing_port() -> Iterator[int]:
    """A port of loopback that answers no connection attempt at all.

    It listens and never accepts; connections of our own fill its queue, and the kernel drops the first packet of any
    further one (listen(2): "the request may be ignored so that a later reattempt at connection succeeds"). Raises
    RuntimeError on a system that behaves otherwise.
    """
    with contextlib.ExitStack() as stack:
        hole = stack.enter_context(_bound())
        hole.listen(0)
        for _ in range(64):
            if not _connects(hole, stack):
                break
        if any(_connects(hole, stack) for _ in range(2)):
            raise RuntimeError("this system accepts connections beyond a full queue")
        yield int(hole.getsockname()[1])


def _connects(hole: socket.socket, stack: contextlib.ExitStack) -> bool:
    """Whether one more connection (kept open until the end) comes about at once (on loopback it takes microseconds)."""
    attempt = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    attempt.setblocking(False)
    if attempt.connect_ex(hole.getsockname()) not in (0, errno.EINPROGRESS):
        return False
    _, writable, _ = select.select([], [attempt], [], 0.03)
    return bool(writable)


def _bound() -> socket.socket:
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.bind(("127.0.0.1", 0))
    return held


def _address(held: socket.socket) -> str:
    return f"http://127.0.0.1:{held.getsockname()[1]}"
