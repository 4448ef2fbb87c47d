"""One GET against a server that misbehaves: what is refused, what is tried again, how patiently."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import time
import tracemalloc
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest
from misbehaving_server import Handler, Server, serving

from gongkai.fetch_http import AGENT, Clock, FetchFailure, FetchLimits, PoliteClient, _is_public
from gongkai.fetch_sources import HostRule, SourceList

LIMITS = FetchLimits(connect_seconds=2, read_seconds=0.5, file_seconds=1.5, attempts=3, longest_wait_seconds=60)


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    running.behaviours.clear()
    running.asked.clear()
    running.requests.clear()
    return running


class FakeTime:
    """Time that passes when somebody sleeps, and by itself."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.start = time.monotonic()

    def monotonic(self) -> float:
        return time.monotonic() - self.start + sum(self.slept)

    def clock(self) -> Clock:
        return Clock(lambda: 1_800_000_000.0 + self.monotonic(), self.monotonic, self.slept.append)


@pytest.fixture
def times() -> FakeTime:
    return FakeTime()


def _client(server: Server, times: FakeTime, **changes: object) -> PoliteClient:
    rule = HostRule(allow_private=True)
    settings = {"sources": (), "hosts": {server.host: rule}, "delay_seconds": 0.0, "max_bytes": 200_000} | changes
    return PoliteClient(SourceList(**settings), LIMITS, times.clock())


def _failure(server: Server, times: FakeTime, url: str, **changes: object) -> FetchFailure:
    with _client(server, times, **changes) as client, pytest.raises(FetchFailure) as caught:
        client.get(url)
    return caught.value


def test_a_file_comes_home_with_its_validators(server: Server, times: FakeTime) -> None:
    url = server.put("/a.pdf", b"%PDF-", ETag='"1"', Last_Modified="Mon, 05 Feb 2024 00:00:00 GMT", Content_Type="x/y")
    with _client(server, times, contact="https://example.org/us") as client:
        answer = client.get(url)
    assert (answer.url, answer.data, answer.etag, answer.content_type) == (url, b"%PDF-", '"1"', "x/y")
    assert answer.last_modified == "Mon, 05 Feb 2024 00:00:00 GMT"
    headers = server.requests[-1][1]
    assert headers["user-agent"].startswith(f"{AGENT}/") and "https://example.org/us" in headers["user-agent"]


def test_what_has_not_changed_is_not_sent_again(server: Server, times: FakeTime) -> None:
    def conditional(handler: Handler) -> None:
        fresh = handler.headers.get("If-None-Match") == '"1"' and handler.headers.get("If-Modified-Since") == "then"
        handler.give(304 if fresh else 200, b"" if fresh else b"body", ETag='"1"')

    url = server.do("/a", conditional)
    with _client(server, times) as client:
        assert client.get(url, etag='"1"', last_modified="then").data is None
        assert client.get(url, etag='"0"', last_modified="then").data == b"body"


def test_a_304_nobody_asked_for_is_no_content(server: Server, times: FakeTime) -> None:
    assert _failure(server, times, server.put("/a", b"", 304)).code == "fetch_status"


def test_a_server_that_is_busy_is_asked_again_later(server: Server, times: FakeTime) -> None:
    def busy_once(handler: Handler) -> None:
        if server.asked["/a"] == 1:
            handler.give(503, b"busy")
        else:
            handler.give(200, b"now")

    with _client(server, times) as client:
        assert client.get(server.do("/a", busy_once)).data == b"now"
    assert len(times.slept) == 1 and 1.0 <= times.slept[0] <= 1.5


def test_waits_grow_and_end(server: Server, times: FakeTime) -> None:
    failure = _failure(server, times, server.put("/a", b"", 502))
    assert failure.code == "fetch_status" and "502" in failure.reason and server.asked["/a"] == LIMITS.attempts
    assert 1.0 <= times.slept[0] <= 1.5 and 2.0 <= times.slept[1] <= 3.0 and len(times.slept) == 2


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_obeyed(server: Server, times: FakeTime, form: str) -> None:
    said = "17" if form == "seconds" else formatdate(1_800_000_017, usegmt=True)
    url = server.put("/a", b"", 429, Retry_After=said)
    _failure(server, times, url)
    assert times.slept[0] == pytest.approx(17, abs=1.5)


def test_a_server_that_wants_peace_for_an_hour_is_left_alone(server: Server, times: FakeTime) -> None:
    failure = _failure(server, times, server.put("/a", b"", 503, Retry_After="3600"))
    assert failure.retry_after == 3600 and server.asked["/a"] == 1 and times.slept == []


@pytest.mark.parametrize("said", ["soon", "-5", "1e9", "Mon, 99 Foo 2024", ""])
def test_a_strange_retry_after_is_ignored(server: Server, times: FakeTime, said: str) -> None:
    failure = _failure(server, times, server.put("/a", b"", 503, Retry_After=said))
    assert failure.retry_after is None and server.asked["/a"] == 3


def test_a_missing_file_is_not_asked_for_again(server: Server, times: FakeTime) -> None:
    assert _failure(server, times, server.url("/none")).code == "fetch_gone"
    assert server.asked["/none"] == 1


def test_a_body_cut_short_is_never_taken_for_whole(server: Server, times: FakeTime) -> None:
    def truncate(handler: Handler) -> None:
        handler.give(200, b"half", Content_Length="8")
        handler.close_connection = True

    failure = _failure(server, times, server.do("/a", truncate))
    assert failure.code == "fetch_broken" and server.asked["/a"] == LIMITS.attempts


def test_a_chunked_body_cut_short_is_never_taken_for_whole(server: Server, times: FakeTime) -> None:
    def truncate(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"4\r\nhalf\r\n")
        handler.close_connection = True

    assert _failure(server, times, server.do("/a", truncate)).code == "fetch_broken"


def test_a_silent_server_is_given_up(server: Server, times: FakeTime) -> None:
    failure = _failure(server, times, server.do("/a", lambda handler: time.sleep(1.2)))
    assert failure.code == "fetch_timeout" and server.asked["/a"] == LIMITS.attempts


def test_a_dripping_server_is_given_up(server: Server, times: FakeTime) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(60):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)

    limits = FetchLimits(connect_seconds=2, read_seconds=0.5, file_seconds=0.6, attempts=1)
    sources = SourceList(sources=(), hosts={server.host: HostRule(allow_private=True)}, delay_seconds=0)
    began = time.monotonic()
    with PoliteClient(sources, limits, times.clock()) as client, pytest.raises(FetchFailure) as caught:
        client.get(server.do("/a", drip))
    assert caught.value.code == "fetch_timeout" and time.monotonic() - began < 3


def test_nobody_listening(server: Server, times: FakeTime) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        rules = {"127.0.0.1": HostRule(allow_private=True, robots="ignore")}
        assert _failure(server, times, f"http://127.0.0.1:{port}/a", hosts=rules).code == "fetch_unreachable"


def test_garbage_instead_of_http(server: Server, times: FakeTime) -> None:
    def garbage(handler: Handler) -> None:
        handler.wfile.write(b"\x00\x01\x02 hello\r\n\r\n")
        handler.close_connection = True

    assert _failure(server, times, server.do("/a", garbage)).code == "fetch_broken"


@pytest.mark.parametrize("says_length", [True, False])
def test_a_huge_body_is_refused_without_being_held(server: Server, times: FakeTime, says_length: bool) -> None:
    def huge(handler: Handler) -> None:
        handler.send_response(200)
        if says_length:
            handler.send_header("Content-Length", str(10**12))
        handler.send_header("Connection", "close")
        handler.end_headers()
        for _ in range(400):
            handler.wfile.write(b"x" * 65536)
        handler.close_connection = True

    tracemalloc.start()
    failure = _failure(server, times, server.do("/a", huge))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert failure.code == "fetch_too_large" and server.asked["/a"] == 1 and peak < 5_000_000


def test_a_gzip_bomb_meets_the_bound(server: Server, times: FakeTime) -> None:
    bomb = gzip.compress(bytes(300_000_000), 9)
    tracemalloc.start()
    failure = _failure(server, times, server.put("/a", bomb, Content_Encoding="gzip"), max_bytes=2_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert failure.code == "fetch_too_large" and peak < 12_000_000


def test_a_packed_body_is_unpacked_and_a_broken_one_refused(server: Server, times: FakeTime) -> None:
    packed = gzip.compress("内容".encode() * 5000)
    with _client(server, times) as client:
        assert client.get(server.put("/a", packed, Content_Encoding="gzip")).data == "内容".encode() * 5000
    for number, body in enumerate((packed[:-30], b"not gzip at all", packed[:40] + b"\x00" * 40)):
        url = server.put(f"/b{number}", body, Content_Encoding="gzip")
        assert _failure(server, times, url).code == "fetch_broken"
    assert _failure(server, times, server.put("/c", packed, Content_Encoding="br")).code == "fetch_broken"


def test_redirects_are_followed_within_bounds(server: Server, times: FakeTime) -> None:
    for number in range(5):
        server.put(f"/{number}", b"", 302, Location=f"/{number + 1}")
    server.put("/5", b"there")
    with _client(server, times) as client:
        answer = client.get(server.url("/0"))
        assert (answer.data, answer.url) == (b"there", server.url("/5"))
    server.put("/begin", b"", 301, Location="/0")
    assert _failure(server, times, server.url("/begin")).code == "fetch_redirect"


def test_a_redirect_loop_ends(server: Server, times: FakeTime) -> None:
    server.put("/a", b"", 302, Location="/b")
    server.put("/b", b"", 302, Location="/a#x")
    assert _failure(server, times, server.url("/a")).code == "fetch_redirect"
    assert server.asked["/a"] == server.asked["/b"] == 1


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.com/x", "//", "http://[::1", "gopher:x"])
def test_a_redirect_out_of_the_web_is_refused(server: Server, times: FakeTime, target: str) -> None:
    failure = _failure(server, times, server.put("/a", b"", 302, Location=target))
    # httpx itself refuses the two that are no addresses at all.
    assert failure.code in ("fetch_redirect", "fetch_broken", "fetch_address")
    assert {path for path, _ in server.requests} == {"/robots.txt", "/a"}


def test_private_addresses_are_refused_unless_allowed(server: Server, times: FakeTime) -> None:
    url = server.put("/a", b"secret")
    assert _failure(server, times, url, hosts={}).code == "fetch_private"
    by_name = url.replace("127.0.0.1", "localhost")
    assert _failure(server, times, by_name, hosts={}).code == "fetch_private"
    assert server.requests == []


def test_a_redirect_to_a_private_address_is_refused(server: Server, times: FakeTime) -> None:
    with serving() as inside:
        target = inside.put("/latest/meta-data", b"secret")
        failure = _failure(server, times, server.put("/a", b"", 302, Location=target))
        assert failure.code == "fetch_private" and inside.requests == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("10.1.2.3", False), ("192.168.0.1", False), ("172.16.0.9", False), ("169.254.169.254", False),
        ("127.0.0.1", False), ("0.0.0.0", False), ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False),
        ("::ffff:10.0.0.1", False), ("224.0.0.1", False), ("100.64.0.1", False), ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert _is_public(address) is public


def test_robots_are_obeyed_also_after_a_redirect(server: Server, times: FakeTime) -> None:
    server.put("/robots.txt", b"User-agent: *\nDisallow: /private/\nAllow: /private/open\n")
    server.put("/private/a", b"x")
    server.put("/private/open", b"y")
    server.put("/way", b"", 302, Location="/private/a")
    with _client(server, times) as client:
        for path in ("/private/a", "/way"):
            with pytest.raises(FetchFailure) as caught:
                client.get(server.url(path))
            assert caught.value.code == "fetch_robots"
        assert client.get(server.url("/private/open")).data == b"y"
    assert server.asked["/private/a"] == 0 and server.asked["/robots.txt"] == 1


def test_robots_may_speak_to_us_alone_and_may_be_overruled_by_the_list(server: Server, times: FakeTime) -> None:
    server.put("/robots.txt", b"User-agent: gongkai\nDisallow: /\n\nUser-agent: *\nDisallow:\n")
    url = server.put("/a", b"x")
    assert _failure(server, times, url).code == "fetch_robots"
    rules = {server.host: HostRule(allow_private=True, robots="ignore")}
    with _client(server, times, hosts=rules) as client:
        assert client.get(url).data == b"x"


def test_robots_that_cannot_be_read_close_the_host(server: Server, times: FakeTime) -> None:
    url = server.put("/a", b"x")
    server.put("/robots.txt", b"", 503)
    assert _failure(server, times, url).code == "fetch_robots" and server.asked["/a"] == 0


@pytest.mark.parametrize("body", [b"\xff\xfe\x00garbage", b"<html>not robots</html>", b"Disallow: /\n", b""])
def test_robots_of_anything_do_no_harm(server: Server, times: FakeTime, body: bytes) -> None:
    server.put("/robots.txt", body)
    with _client(server, times) as client:
        assert client.get(server.put("/a", b"x")).data == b"x"


def test_requests_to_one_host_keep_their_distance(server: Server, times: FakeTime) -> None:
    urls = [server.put(f"/{number}", b"x") for number in range(3)]
    with _client(server, times, delay_seconds=5.0) as client:
        for url in urls:
            client.get(url)
    # Three requests after the one for robots.txt.
    assert len(times.slept) == 3 and all(4.5 < wait <= 5 for wait in times.slept)


def test_a_crawl_delay_is_kept_within_reason(server: Server, times: FakeTime) -> None:
    server.put("/robots.txt", b"User-agent: *\nCrawl-delay: 7\n")
    with _client(server, times) as client:
        client.get(server.put("/a", b"x"))
        client.get(server.put("/b", b"x"))
    assert any(6 < wait <= 7 for wait in times.slept)


def test_a_certificate_nobody_vouches_for_is_refused(server: Server, times: FakeTime, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    made = subprocess.run(command, capture_output=True, check=False)
    assert made.returncode == 0, made.stderr
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving() as secure:
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        secure.put("/a", b"x")
        secure.put("/down", b"", 302, Location=server.put("/a", b"plain"))
        url = f"https://{secure.host}/a"
        rules = {secure.host: HostRule(allow_private=True), server.host: HostRule(allow_private=True)}
        assert _failure(server, times, url, hosts=rules).code == "fetch_certificate"
        with _client(server, times, hosts=rules, ca_file=certificate) as client:
            assert client.get(url).data == b"x"
            with pytest.raises(FetchFailure) as caught:
                client.get(f"https://{secure.host}/down")
        assert caught.value.code == "fetch_redirect" and server.asked["/a"] == 0
