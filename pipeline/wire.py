"""One request over the wire: addresses, connections, sizes and what went wrong, in our words.

Requests carries it, with TLS on, the environment's proxies (never for this machine itself), no cookies,
no netrc, no retry and no redirect: all of these are decided above, in `session`.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import re
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlsplit

from pipeline.ratelimit import Clock, in_words

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter

DEFAULT_MAX_BYTES = 32 << 20
_SLOW_BODY = 3.0
"""A head or a body that takes longer than so many timeouts is given up, however steadily it drips."""
_PORTS = {"http": 80, "https": 443}
_SHARED_SUFFIXES = frozenset(
    "github.io gitlab.io githubusercontent.com herokuapp.com netlify.app vercel.app pages.dev web.app".split()
)

Origin = tuple[str, str, int]
"""Scheme, host, port."""


# Addresses


def origin_of(url: str) -> Origin:
    """Scheme, host and port. Raises ValueError for what is no plain http(s) address."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"not an address to ask: {url!r:.200}")
    return parts.scheme, parts.hostname.lower().rstrip("."), parts.port or _PORTS[parts.scheme]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself: never asked through a proxy, and its limits are nobody's."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _site(host: str) -> str:
    """The part of a host name that one owner holds: `arxiv.org` for `export.arxiv.org`."""
    labels = host.split(".")
    if len(labels) < 3 or labels[-1].isdigit() or ":" in host:
        return host
    suffix = labels[-2:]
    shared = ".".join(suffix) in _SHARED_SUFFIXES or (len(suffix[1]) == 2 and len(suffix[0]) <= 3)
    return ".".join(labels[-3:] if shared else suffix)


def same_site(origin: Origin, target: Origin) -> bool:
    """Whether a redirect between two origins stays with one owner and on the usual doors."""
    if origin[1] == target[1] and origin[2] == target[2]:
        return True
    usual = all(port == _PORTS[scheme] for scheme, _, port in (origin, target))
    return usual and "." in target[1] and _site(origin[1]) == _site(target[1])


def printable(host: str) -> str:
    """A host name that a server gave us, fit for a line that a person reads."""
    return re.sub(r"[^\w.:-]", "?", host, flags=re.ASCII)[:80]


# The wire


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it goes out. `private` (a log-in) is never cached and never redirected elsewhere."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    accept: str = "json"
    private: bool = False
    max_bytes: int = DEFAULT_MAX_BYTES

    @property
    def key(self) -> str:
        """The cache key: what is asked for, and nothing about who asks."""
        content_type = self.headers.get("Content-Type", "")
        facts = (self.method, self.url, self.headers.get("Accept", ""), content_type)
        return hashlib.sha256("\0".join(facts).encode() + b"\0" + (self.body or b"")).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class WireError(Exception):
    """No answer. `unreachable`: nobody is there; `broken`: worth another try; `unusable`: it is not."""

    def __init__(self, kind: Literal["unreachable", "broken", "unusable"], reason: str) -> None:
        self.kind, self.reason = kind, reason
        super().__init__(reason)


class Wire(Protocol):
    """What carries a request: requests in earnest, a fake in tests."""

    def prepare(self, url: str, connect_timeout: float) -> None:
        """Do what takes time before a request (imports, name look-up). Raises WireError."""

    def send(self, call: Call, *, connect_timeout: float, timeout: float) -> Answer:
        """Send one request, no retry, no redirect. Raises WireError."""

    def close(self) -> None:
        """Close all connections."""


def look_up(host: str, port: int, seconds: float) -> int:
    """How many addresses a host has; the system's own look-up may take minutes, this one does not.

    Raises WireError (`unreachable`) when there are none within `seconds`.
    """
    import socket

    found: list[int] = []  # filled by the thread

    def ask() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            found.append(len({row[4] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}))

    # a daemon: a look-up that hangs must not keep the process from ending
    thread = threading.Thread(target=ask, daemon=True, name=f"look-up of {host}")
    thread.start()
    thread.join(seconds)
    if not found:
        late = f" within {in_words(seconds)}" if thread.is_alive() else ""
        raise WireError("unreachable", f"cannot be reached: no address for {printable(host)}{late} (DNS)")
    return found[0]


class RequestsWire:
    """The wire by requests: TLS on, proxies of the environment, no cookies, no netrc, sizes limited."""

    def __init__(self, clock: Clock, resolve: Callable[[str, int, float], int] = look_up) -> None:
        """`resolve` says how many addresses a host has, or raises WireError."""
        self._clock, self._resolve = clock, resolve
        self._lock = threading.Lock()
        self._session: requests.Session | None = None
        self._addresses: dict[str, int] = {}

    @property
    def session(self) -> requests.Session:
        """The requests session, made when it is first needed."""
        with self._lock:
            if self._session is None:
                self._session = _new_requests_session()
            return self._session

    def prepare(self, url: str, connect_timeout: float) -> None:
        """Import what is needed and look the host up, once per host and run. Raises WireError."""
        from requests.utils import select_proxy

        _, host, port = origin_of(url)
        if host in self._addresses:
            return
        direct = is_loopback(host) or not select_proxy(url, self._environment(url)["proxies"])
        literal = host.replace(".", "").isdigit() or ":" in host or is_loopback(host)
        look_up_needed = direct and not literal
        self._addresses[host] = max(1, self._resolve(host, port, connect_timeout)) if look_up_needed else 1

    def send(self, call: Call, *, connect_timeout: float, timeout: float) -> Answer:
        """Send one request, no retry, no redirect. Raises WireError."""
        import requests
        from urllib3.exceptions import HTTPError

        host = origin_of(call.url)[1]
        # each address of a host gets its own connect timeout: share it, but leave room for a lost packet
        connect = max(min(1.0, connect_timeout), connect_timeout / self._addresses.get(host, 1))
        request = requests.Request(call.method, call.url, headers=dict(call.headers), data=call.body)
        deadline = self._clock.monotonic() + _SLOW_BODY * timeout
        try:
            with self.session.send(
                request.prepare(),
                stream=True,
                timeout=(connect, timeout),
                allow_redirects=False,
                **self._environment(call.url),
            ) as response:
                body = self._body(response, call.max_bytes, deadline)
                return Answer(response.status_code, dict(response.headers), body)
        except (requests.RequestException, HTTPError, OSError, ValueError, RuntimeError) as error:
            # the last two: what the libraries raise themselves where headers or packing are nonsense
            if self._clock.monotonic() > deadline:
                raise WireError("unusable", "answers too slowly") from None
            raise _explained(error, connect_timeout, timeout) from None

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            if self._session is not None:
                self._session.close()
                self._session = None

    def _environment(self, url: str) -> dict[str, Any]:
        """Proxies and certificates as requests finds them; nothing of it for this machine itself."""
        merged = self.session.merge_environment_settings(url, {}, None, None, None)
        proxies = {} if is_loopback(origin_of(url)[1]) else dict(merged["proxies"])
        return {"proxies": proxies, "verify": merged["verify"], "cert": merged["cert"]}

    def _body(self, response: requests.Response, limit: int, deadline: float) -> bytes:
        """The unpacked body, read in pieces: a small packed one may hide a huge one."""
        declared = response.headers.get("Content-Length", "")
        if declared.isascii() and declared.isdigit() and int(declared[:18]) > limit:
            raise _too_large(limit)
        body, packing = bytearray(), _Packing(response.headers.get("Content-Encoding", ""))
        while piece := response.raw.read1(1 << 16, decode_content=False):  # at most one packet's wait
            for plain in packing.unpack(piece):
                body += plain
                if len(body) > limit:
                    raise _too_large(limit)
            if self._clock.monotonic() > deadline:
                raise WireError("unusable", "answers too slowly")
        packing.end()
        return bytes(body)


class _Packing:
    """Unpacks gzip and deflate piece by piece, never more than a mebibyte at once."""

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise WireError(
                "unusable", f"sent an answer packed as {printable(name)}, which was not asked for"
            )
        self._packed = name not in ("", "identity")
        self._open: Any = None

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        """What a piece of the packed body holds. Raises WireError (`broken`) for nonsense."""
        if not self._packed:
            yield piece
            return
        while piece:
            if self._open is None:
                self._open = zlib.decompressobj(wbits=47)  # gzip or zlib, by its header
            try:
                yield self._open.decompress(piece, 1 << 20)
            except zlib.error:
                raise WireError("broken", "sent an answer that cannot be unpacked") from None
            piece = self._open.unconsumed_tail
            if self._open.eof:
                piece, self._open = self._open.unused_data, None

    def end(self) -> None:
        """The body is over. Raises WireError (`broken`) where its packing is not."""
        if self._open is not None:
            raise WireError("broken", "broke off in the middle of an answer")


def _too_large(limit: int) -> WireError:
    return WireError("unusable", f"answered with more than {limit / (1 << 20):g} MiB")


def _new_requests_session() -> requests.Session:
    import logging
    from http.cookiejar import DefaultCookiePolicy

    import requests

    class Session(requests.Session):
        def get_redirect_target(self, resp: requests.Response) -> None:
            """No redirect is prepared: for that its whole body would be read, whatever its size, and its target parsed."""

    # its warnings repeat what our own errors say, and would go to standard error on their own
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    session = Session()
    for scheme in _PORTS:
        session.mount(f"{scheme}://", _watching_adapter())
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _watching_adapter() -> HTTPAdapter:
    """An adapter whose connections give up a head that drips: no time-out of a single read ends that."""
    import socket

    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Watched(HTTPConnection):
        def getresponse(self) -> Any:
            timeout, connected = self.timeout, self.sock
            if not isinstance(timeout, (int, float)) or connected is None:
                return super().getresponse()
            # of the plain socket, so that the TLS layer is not changed under its reader
            cut = partial(socket.socket.shutdown, connected, socket.SHUT_RDWR)
            timer = threading.Timer(_SLOW_BODY * timeout, _quietly, [cut])
            timer.daemon = True
            timer.start()
            try:
                return super().getresponse()
            finally:
                timer.cancel()

    class WatchedTls(Watched, HTTPSConnection):
        pass

    class Pool(HTTPConnectionPool):
        ConnectionCls = Watched

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = WatchedTls

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = {"http": Pool, "https": TlsPool}

        def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
            manager = super().proxy_manager_for(*args, **options)
            manager.pool_classes_by_scheme = {"http": Pool, "https": TlsPool}
            return manager

    return Adapter()


def _quietly(act: Callable[[], object]) -> None:
    with contextlib.suppress(OSError):  # closed meanwhile
        act()


def _explained(error: Exception, connect_timeout: float, timeout: float) -> WireError:
    """An exception of the libraries in our words; its own text may hold addresses and proxies' passwords."""
    causes = _causes(error)
    for types, kind, reason in _explanations():
        if any(isinstance(cause, types) for cause in causes):
            return WireError(kind, reason.format(connect=connect_timeout, timeout=timeout))
    return WireError("unusable", f"cannot be asked ({type(error).__name__})")


Explanation = tuple[tuple[type[BaseException], ...], Literal["unreachable", "broken", "unusable"], str]


def _explanations() -> tuple[Explanation, ...]:
    """What the libraries' exceptions mean; the first that occurs among an error's causes is true."""
    from requests import exceptions as rq
    from urllib3 import exceptions as u3

    nobody = "cannot be reached: "
    return (
        ((rq.InvalidSchema, rq.InvalidURL), "unusable", "cannot be asked: no way to its address or proxy"),
        ((rq.ProxyError, u3.ProxyError), "unreachable", nobody + "the proxy does not let us through"),
        ((rq.SSLError, u3.SSLError), "unreachable", nobody + "its TLS certificate or handshake is not valid"),
        ((u3.NameResolutionError,), "unreachable", nobody + "no such host (DNS)"),
        ((ConnectionRefusedError,), "unreachable", nobody + "connection refused"),
        ((u3.NewConnectionError,), "unreachable", nobody + "no network, or no route to it"),
        ((u3.ConnectTimeoutError,), "unreachable", nobody + "no connection within {connect:g} s"),
        (
            (rq.ReadTimeout, u3.ReadTimeoutError, TimeoutError),
            "broken",
            "did not answer within {timeout:g} s",
        ),
        ((rq.ChunkedEncodingError, u3.IncompleteRead), "broken", "broke off in the middle of an answer"),
        ((rq.ConnectionError, u3.ProtocolError, ConnectionError), "broken", "broke the connection"),
    )


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it was made of: requests and urllib3 keep causes in arguments and attributes."""
    found: list[BaseException] = [error]
    for cause in found:
        inner = (*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__)
        found += [each for each in inner if isinstance(each, BaseException) and each not in found]
    return found
