"""Run the test server by hand: `python -m tests.apiserver --port 8800 > paperlist.yaml`.

Standard output gets the settings that lead to it, standard error one line per request.
"""

from __future__ import annotations

import argparse
import sys
import threading

from tests.apiserver.faults import KINDS, Fault
from tests.apiserver.limits import contract_limits
from tests.apiserver.semanticscholar import SemanticScholar
from tests.apiserver.server import ApiServer
from tests.apiserver.world import load_world


def main() -> None:
    """Serve until interrupted."""
    options = _options()
    limits = contract_limits(options.scale) if options.limits else None
    faults = [Fault(kind, api or None) for kind, _, api in (text.partition("@") for text in options.fault)]
    keyless = SemanticScholar(keyless=options.keyless)
    world = load_world(options.extra)
    server = ApiServer(
        world,
        separate=options.separate,
        latency=options.latency,
        limits=limits,
        faults=faults,
        semanticscholar=keyless,
        port=options.port,
    )
    with server:
        print(server.settings_yaml(interval=0.0 if limits is None else 3.0 * options.scale), flush=True)
        environment = " ".join(f"{name}={value}" for name, value in server.environment().items())
        print(f"signed in with: {environment}", file=sys.stderr)
        _follow(server)


def _follow(server: ApiServer) -> None:
    shown, pause = 0, threading.Event()
    try:
        while True:
            rows = server.requests()
            for row in rows[shown:]:
                asked = f"{len(row.ids)} asked" + (f", fault {row.fault}" if row.fault else "")
                print(f"{row.api} {row.method} {row.path[:120]} -> {row.status} ({asked})", file=sys.stderr)
            shown = len(rows)
            pause.wait(0.2)
    except KeyboardInterrupt:
        return


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.apiserver", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8800, help="the port (with --separate: the first of eight)"
    )
    parser.add_argument("--separate", action="store_true", help="one port per API")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before every answer")
    parser.add_argument("--limits", action="store_true", help="keep the APIs' own rate limits")
    parser.add_argument("--scale", type=float, default=1.0, help="shrink the limits' times by this factor")
    parser.add_argument(
        "--keyless", type=int, default=1, help="Semantic Scholar answers each N-th keyless request"
    )
    parser.add_argument("--extra", type=int, default=0, help="synthetic works beside the others")
    kinds = ", ".join(sorted(KINDS))
    parser.add_argument("--fault", action="append", default=[], metavar="KIND[@API]", help=f"one of {kinds}")
    return parser.parse_args()


if __name__ == "__main__":
    main()
