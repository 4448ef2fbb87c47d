"""A real HTTP server on loopback that misbehaves on demand, for tests of fetching."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers each path as the test has put it."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.asked[self.path] += 1
        self.server.requests.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
        behaviour = self.server.behaviours.get(self.path)
        try:
            if behaviour is None:
                self.give(404, b"not here")
            else:
                behaviour(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def give(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole, well-behaved answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Holds what each path does, and what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours: dict[str, Behaviour] = {}
        self.asked: Counter[str] = Counter()
        self.requests: list[tuple[str, dict[str, str]]] = []

    def handle_error(self, *_: object) -> None:
        """A client that gave up is what many tests are about."""

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def url(self, path: str) -> str:
        """Address of a path."""
        return f"http://{self.host}{path}"

    def put(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """Let a path answer with ``body``; returns its address."""
        self.behaviours[path] = lambda handler: handler.give(status, body, **headers)
        return self.url(path)

    def do(self, path: str, behaviour: Behaviour) -> str:
        """Let a path misbehave; returns its address."""
        self.behaviours[path] = behaviour
        return self.url(path)


@contextmanager
def serving() -> Iterator[Server]:
    """A server, running."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
