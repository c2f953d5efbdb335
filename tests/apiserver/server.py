"""The loopback server: eight APIs on one port, or each on a port of its own, with latency, limits, faults and a log.

Use it as a context manager:

    with ApiServer(latency={"arxiv": 0.05}) as server:
        Path("paperlist.yaml").write_text(server.settings_yaml())
        server.fail("status", api="semanticscholar", status=503, nth=1)
        ...
        assert server.asked("arxiv") == ["2310.05470"]
"""

from __future__ import annotations

import dataclasses
import io
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.apiserver.acl import Acl
from tests.apiserver.arxiv import Arxiv
from tests.apiserver.crossref import Crossref
from tests.apiserver.datacite import DataCite
from tests.apiserver.dblp import Dblp
from tests.apiserver.faults import Delivery, Fault, deliver, padded
from tests.apiserver.limits import Gate, Limit
from tests.apiserver.openalex import OpenAlex
from tests.apiserver.openreview import OpenReview
from tests.apiserver.semanticscholar import SemanticScholar
from tests.apiserver.settings import settings_text
from tests.apiserver.wire import Answer, Api, Request, text_answer
from tests.apiserver.world import World, load_world

_LONGEST_HANG = 60.0


@dataclass(frozen=True, slots=True)
class Row:
    """One request in the log: `time` is the server's monotonic clock at its arrival, `ids` what was asked for."""

    time: float
    api: str
    method: str
    path: str
    """With the query, as sent."""
    ids: tuple[str, ...]
    status: int
    """0 where no answer was sent."""
    fault: str | None
    headers: Mapping[str, str]
    body: bytes


class ApiServer:
    """The eight APIs on loopback.

    `separate`: one port per API, so that they are separate hosts to a client. `latency`: seconds, for all or by API.
    `limits`: by API (`contract_limits`); none unless given. `port`: the first (0: any free one).
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        separate: bool = False,
        latency: float | Mapping[str, float] = 0.0,
        limits: Mapping[str, Limit] | None = None,
        faults: Sequence[Fault] = (),
        semanticscholar: SemanticScholar | None = None,
        openreview: OpenReview | None = None,
        openalex: OpenAlex | None = None,
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.world = world or load_world()
        self.semanticscholar = semanticscholar or SemanticScholar()
        self.openreview = openreview or OpenReview()
        self.openalex = openalex or OpenAlex()
        apis: tuple[Api, ...] = (
            Arxiv(),
            self.semanticscholar,
            self.openreview,
            Acl(),
            Crossref(),
            self.openalex,
            Dblp(),
            DataCite(),
        )
        self.apis = {api.name: api for api in apis}
        self.latency, self.clock, self.separate = latency, clock, separate
        self.gates = {name: Gate(limit, clock) for name, limit in (limits or {}).items()}
        self.log: list[Row] = []
        self._faults = [*faults]
        self._used: Counter[int] = Counter()
        self._arrived: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        self._first_port = port
        self._listeners: dict[str, _Listener] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Open the ports. Raises OSError where `port` is taken."""
        groups = [[name] for name in self.apis] if self.separate else [[*self.apis]]
        for offset, names in enumerate(groups):
            listener = _Listener(self, names, self._first_port + offset if self._first_port else 0)
            self._listeners |= dict.fromkeys(names, listener)

    def stop(self) -> None:
        """Close the ports; requests that hang are let go."""
        self.stopping.set()
        for listener in set(self._listeners.values()):
            listener.close()

    def close(self, api: str) -> None:
        """Close the port of one API (with `separate`): connections to it are refused from now on."""
        self._listeners[api].close()

    def reopen(self, api: str) -> None:
        """Open a closed port again, the same one."""
        old = self._listeners[api]
        self._listeners[api] = _Listener(self, old.names, old.port)

    def port(self, api: str) -> int:
        """The port of an API."""
        return self._listeners[api].port

    def base(self, api: str) -> str:
        """`http://127.0.0.1:PORT` of an API."""
        return f"http://127.0.0.1:{self.port(api)}"

    def fail(self, kind: str, api: str | None = None, **options: Any) -> Fault:
        """Switch a fault on; see `Fault` for the options."""
        fault = Fault(kind, api, **options)
        with self._lock:
            self._faults.append(fault)
        return fault

    def heal(self, fault: Fault | None = None) -> None:
        """Switch one fault off, or all."""
        with self._lock:
            self._faults = [other for other in self._faults if fault is not None and other is not fault]

    def requests(self, api: str | None = None, *, login: bool = True) -> list[Row]:
        """The log, or one API's part of it, in order of arrival; without log-ins if so wished."""
        with self._lock:
            rows = sorted(self.log, key=lambda row: row.time)
        return [row for row in rows if api in (None, row.api) and (login or not row.path.endswith("/login"))]

    def asked(self, api: str) -> list[str]:
        """All ids and titles that one API was asked for, in order, with repetitions."""
        return [asked for row in self.requests(api) for asked in row.ids]

    def forget(self) -> None:
        """Empty the log and start counting requests anew."""
        with self._lock:
            self.log.clear()
            self._arrived.clear()

    def settings_yaml(self, **options: Any) -> str:
        """The text of a paperlist.yaml that sends every source here; see `settings.settings_text`."""
        return settings_text({name: self.base(name) for name in self.apis}, **options)

    def environment(self) -> dict[str, str]:
        """Environment variables with which sources are signed in: the key and the account that are good here."""
        return {
            "S2_API_KEY": self.semanticscholar.key,
            "OPENREVIEW_USERNAME": self.openreview.username,
            "OPENREVIEW_PASSWORD": self.openreview.password,
            "OPENALEX_API_KEY": self.openalex.key,
        }

    def serve(self, request: Request, target: str) -> tuple[Delivery, Fault | None]:
        """Answer one request: count it, wait, apply limit and fault, and log it."""
        arrived = self.clock()
        api = next((api for api in self.apis.values() if request.mount in api.mounts), None)
        if api is None:
            delivery, fault, name = Delivery(text_answer("no such API", 404)), None, ""
        else:
            fault, name = self._fault(api.name, target), api.name
            delivery = deliver(fault, self._healthy(api, request), api, request)
        row = Row(
            time=arrived,
            api=name,
            method=request.method,
            path=target,
            ids=api.asked(request) if api else (),
            status=0 if delivery.sending in ("refuse", "hang") else delivery.answer.status,
            fault=fault.kind if fault else None,
            headers=request.headers,
            body=request.body,
        )
        with self._lock:
            self.log.append(row)
        return delivery, fault

    def _healthy(self, api: Api, request: Request) -> Answer:
        gate = self.gates.get(api.name)
        if gate and not gate.enter():
            return _refusal(api, gate.limit)
        try:
            pause = (
                self.latency if isinstance(self.latency, (int, float)) else self.latency.get(api.name, 0.0)
            )
            if pause:
                self.stopping.wait(pause)
            return api.answer(request, self.world)
        finally:
            if gate:
                gate.leave()

    def _fault(self, api: str, target: str) -> Fault | None:
        with self._lock:
            self._arrived[api] += 1
            number = self._arrived[api]
            for fault in self._faults:
                used_up = fault.times is not None and self._used[id(fault)] >= fault.times
                if not used_up and fault.concerns(api, target, number):
                    self._used[id(fault)] += 1
                    return fault
        return None


def _refusal(api: Api, limit: Limit) -> Answer:
    """The API's own refusal, with the limit's status and Retry-After."""
    answer = api.too_many()
    headers = dict(answer.headers) | ({"Retry-After": limit.retry_after} if limit.retry_after else {})
    return dataclasses.replace(answer, status=limit.status, headers=headers)


class _Listener:
    """One open port and the thread that serves it."""

    def __init__(self, server: ApiServer, names: Sequence[str], port: int) -> None:
        self.names = names
        self._http = _Http(server, port)
        self.port: int = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, server: ApiServer, port: int) -> None:
        self.api_server = server
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.forget(request)
        super().shutdown_request(request)

    def forget(self, request: socket.socket) -> None:
        """A connection is closed."""
        self._open.discard(request)

    def server_close(self) -> None:
        """Close kept-alive connections too, so that a closed port is really silent."""
        super().server_close()
        for connection in list(self._open):
            self.shutdown_request(connection)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def do_GET(self) -> None:
        self._exchange()

    def do_POST(self) -> None:
        self._exchange()

    def log_message(self, format: str, *args: Any) -> None:
        """The server has its own log."""

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _exchange(self) -> None:
        parts = urlsplit(self.path)
        _, mount, *rest = parts.path.split("/", 2) if parts.path.startswith("/") else ("", "", "")
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            mount=unquote(mount),
            path="/" + "".join(rest),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        delivery, fault = self.server.api_server.serve(request, self.path)
        self._send(delivery, fault)

    def _send(self, delivery: Delivery, fault: Fault | None) -> None:
        body, blanks = delivery.answer.body, 0
        if delivery.sending == "pad" and fault:
            body, blanks = padded(delivery.answer, fault.size)
        head = self._head(delivery.answer, len(body) + blanks)
        ways: dict[str, Callable[[], None]] = {
            "whole": lambda: self._write(head + body),
            "refuse": self._reset,
            "hang": self._hang,
            "truncate": lambda: self._write(head + body[: len(body) // 2]),
            "reset": lambda: self._cut_off(head + body[: len(body) // 2]),
            "slow": lambda: self._drip(head + body, fault.pause if fault else 0.0),
            "pad": lambda: self._pad(head + body, blanks),
        }
        self.close_connection = self.close_connection or delivery.sending != "whole"
        try:
            ways[delivery.sending]()
        except OSError:
            self.close_connection = True

    def _head(self, answer: Answer, length: int) -> bytes:
        text = io.StringIO()
        text.write(f"HTTP/1.1 {answer.status} {responses.get(answer.status, '')}\r\n")
        headers = {
            "Date": self.date_time_string(),
            "Content-Type": answer.content_type,
            "Content-Length": str(length),
        }
        for name, value in {**headers, **answer.headers}.items():
            text.write(f"{name}: {value}\r\n")
        return (text.getvalue() + "\r\n").encode("latin-1")

    def _write(self, data: bytes) -> None:
        self.connection.sendall(data)

    def _cut_off(self, data: bytes) -> None:
        self._write(data)
        self._reset()

    def _reset(self) -> None:
        """Close with a reset instead of an orderly end (linger 0)."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.server.forget(self.connection)
        self.connection.close()

    def _hang(self) -> None:
        self.server.api_server.stopping.wait(_LONGEST_HANG)

    def _drip(self, data: bytes, pause: float) -> None:
        for at in range(len(data)):
            self._write(data[at : at + 1])
            if self.server.api_server.stopping.wait(pause):
                return

    def _pad(self, data: bytes, blanks: int) -> None:
        self._write(data)
        block = b" " * 65536
        for at in range(0, blanks, len(block)):
            self._write(block[: blanks - at])
