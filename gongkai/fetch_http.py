"""One polite GET: bounded, patient, and never where it should not go (礼貌的下载).

Rules kept for every request, redirects and robots.txt included: only http and https, TLS verified, no private address
unless the list allows the host (looked at when connecting, so that a name cannot change its mind between look-up and
use), robots.txt obeyed, a least delay per host, a bound on bytes, on time and on redirects.
"""

from __future__ import annotations

import email.utils
import ipaddress
import random
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
from protego import Protego

from gongkai import __version__
from gongkai.fetch_sources import SourceList

AGENT = "gongkai"
_REDIRECTS = (301, 302, 303, 307, 308)
_WORTH_RETRYING = (408, 425, 429, 500, 502, 503, 504)
_ROBOTS_BYTES = 500 * 1024
"""RFC 9309: at least 500 KiB of a robots.txt must be looked at; what follows may be left out."""
_ROBOTS_SECONDS = 24 * 3600
_LONGEST_CRAWL_DELAY = 60.0


class FetchFailure(Exception):
    """An address that could not be brought home. ``code`` stands in docs/messages.md."""

    def __init__(self, code: str, reason: str, *, retry: bool = False, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.code, self.reason, self.retry, self.retry_after = code, reason, retry, retry_after


class _PrivateAddress(Exception):
    pass


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one address may cost."""

    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    """Longest silence of a server."""
    file_seconds: float = 300.0
    """Longest time for one body, however steadily it drips."""
    redirects: int = 5
    attempts: int = 4
    backoff_seconds: float = 1.0
    """Wait before the second attempt; doubled each time, and up to half as much again by chance."""
    longest_wait_seconds: float = 120.0
    """A server that asks for more (Retry-After) is left alone until a later run."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, to be replaced in tests."""

    now: Callable[[], float] = time.time
    """Seconds since 1970."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server gave."""

    url: str
    """Address that answered, after redirects."""
    data: bytes | None
    """None where nothing has changed (304)."""
    etag: str | None = None
    last_modified: str | None = None
    content_type: str | None = None


@dataclass(slots=True)
class PoliteClient:
    """Fetches addresses one after another; close it when done."""

    sources: SourceList
    limits: FetchLimits = field(default_factory=FetchLimits)
    clock: Clock = field(default_factory=Clock)
    _robots: dict[str, tuple[float, Protego | None]] = field(default_factory=dict)
    """origin → (when read, its rules; None where nothing may be fetched because it could not be read)"""
    _free_at: dict[str, float] = field(default_factory=dict)
    """host → when the next request may be sent, monotonic"""
    _client: httpx.Client | None = None

    def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def __enter__(self) -> PoliteClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Answer:
        """Fetch an address; with validators of an earlier answer the server may say that nothing has changed.

        Raises ``FetchFailure``.
        """
        headers = {}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        for attempt in range(1, self.limits.attempts + 1):
            try:
                return self._follow(url, headers)
            except FetchFailure as failure:
                wait = failure.retry_after
                if wait is None:
                    wait = self.limits.backoff_seconds * 2 ** (attempt - 1) * (1 + random.random() / 2)
                if not failure.retry or attempt == self.limits.attempts or wait > self.limits.longest_wait_seconds:
                    raise
                self.clock.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    # One attempt --------------------------------------------------------------------------------------------------

    def _follow(self, url: str, headers: dict[str, str]) -> Answer:
        seen = [url]
        while True:
            self._check_robots(url)
            status, answer_headers, data = self._send(url, headers, self.sources.max_bytes)
            if status not in _REDIRECTS or "location" not in answer_headers:
                return self._answer(url, status, answer_headers, data, bool(headers))
            url = _redirected(url, answer_headers["location"])
            if url in seen:
                raise FetchFailure("fetch_redirect", f"重定向兜圈：{url}")
            seen.append(url)
            if len(seen) > self.limits.redirects + 1:
                raise FetchFailure("fetch_redirect", f"重定向超过 {self.limits.redirects} 次")

    def _answer(self, url: str, status: int, headers: httpx.Headers, data: bytes, is_conditional: bool) -> Answer:
        if status == 304 and is_conditional:
            return Answer(url, None, headers.get("etag"), headers.get("last-modified"))
        if status == 200:
            if not data:
                raise FetchFailure("fetch_empty", "服务器给出的内容为空")
            kind = headers.get("content-type")
            return Answer(url, data, headers.get("etag"), headers.get("last-modified"), kind)
        if status in (404, 410):
            raise FetchFailure("fetch_gone", f"地址不存在（{status}）")
        retry_after = self._retry_after(headers)
        raise FetchFailure(
            "fetch_status", f"服务器答复 {status}", retry=status in _WORTH_RETRYING, retry_after=retry_after
        )

    def _retry_after(self, headers: httpx.Headers) -> float | None:
        """Seconds a server asks us to wait, from a number or a date; None where it does not say."""
        said = headers.get("retry-after", "").strip()
        if said.isdecimal() and len(said) < 10:
            return float(said)
        try:
            return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - self.clock.now())
        except (ValueError, TypeError, OverflowError):
            return None

    def _send(self, url: str, headers: dict[str, str], max_bytes: int) -> tuple[int, httpx.Headers, bytes]:
        """One request, no redirects; the whole body, unpacked, within the bounds."""
        self._wait_for_turn(url)
        if self._client is None:
            self._client = self._make_client()
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                length = response.headers.get("content-length", "")
                if length.isdecimal() and int(length[:18]) > max_bytes:
                    raise _too_large(max_bytes)
                raw = _within_time(response.iter_raw(), self.clock, self.limits.file_seconds)
                data = b"".join(_bounded(_unpacked(raw, response.headers.get("content-encoding", "")), max_bytes))
                return response.status_code, response.headers, data
        except _PrivateAddress as error:
            raise FetchFailure("fetch_private", str(error)) from error
        except (httpx.TimeoutException, httpcore.TimeoutException) as error:
            raise FetchFailure("fetch_timeout", "服务器迟迟不答", retry=True) from error
        except (httpx.RemoteProtocolError, httpcore.RemoteProtocolError) as error:
            raise FetchFailure("fetch_broken", f"内容不完整或不合协议（{error}）", retry=True) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpcore.UnsupportedProtocol, UnicodeError) as error:
            raise FetchFailure("fetch_address", f"地址无法使用：{url[:200]}") from error
        except (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise FetchFailure("fetch_certificate", f"证书不可信（{error}）") from error
            raise FetchFailure("fetch_unreachable", f"连接不上（{error}）", retry=True) from error

    def _make_client(self) -> httpx.Client:
        agent = f"{AGENT}/{__version__}" + (f" (+{self.sources.contact})" if self.sources.contact else "")
        # Bytes are stored as sent and hashed, so no packing is asked for; a server that packs all the same is unpacked.
        headers = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        limits = self.limits
        timeout = httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds)
        transport = _Transport(self.sources)
        # Settings of the environment (proxies, certificates) would go round the checks above.
        return httpx.Client(
            transport=transport, headers=headers, timeout=timeout, follow_redirects=False, trust_env=False
        )

    # Manners ------------------------------------------------------------------------------------------------------

    def _wait_for_turn(self, url: str) -> None:
        host, rule = urlsplit(url).netloc.lower(), self.sources.rule(url)
        delay = self.sources.delay_seconds if rule.delay_seconds is None else rule.delay_seconds
        _, robots = self._robots.get(_origin(url), (0.0, None))
        if robots is not None and rule.robots == "obey":
            asked = robots.crawl_delay(AGENT)
            delay = max(delay, min(float(asked), _LONGEST_CRAWL_DELAY)) if asked else delay
        now = self.clock.monotonic()
        if (wait := self._free_at.get(host, now) - now) > 0:
            self.clock.sleep(wait)
        self._free_at[host] = self.clock.monotonic() + delay

    def _check_robots(self, url: str) -> None:
        """Raise ``FetchFailure`` fetch_robots where the host does not want the address fetched."""
        if self.sources.rule(url).robots == "ignore":
            return
        origin = _origin(url)
        read_at, robots = self._robots.get(origin, (None, None))
        if read_at is None or self.clock.monotonic() - read_at > _ROBOTS_SECONDS:
            robots = self._read_robots(origin)
            self._robots[origin] = (self.clock.monotonic(), robots)
        if robots is None:
            raise FetchFailure("fetch_robots", f"{origin}/robots.txt 读不到，按约定视为不许下载")
        if not robots.can_fetch(url, AGENT):
            raise FetchFailure("fetch_robots", f"{origin}/robots.txt 不许下载该地址")

    def _read_robots(self, origin: str) -> Protego | None:
        """Rules of a host as RFC 9309 has it: none where it has no file, all shut where it cannot be read."""
        url = f"{origin}/robots.txt"
        for _ in range(self.limits.redirects + 1):
            status, headers, data = self._send_robots(url)
            if status in _REDIRECTS and "location" in headers:
                try:
                    url = _redirected(url, headers["location"])
                except FetchFailure:
                    return None
                continue
            if status == 200:
                return Protego.parse(data.decode("utf-8", "replace"))
            return Protego.parse("") if 400 <= status < 500 and status != 429 else None
        return Protego.parse("")

    def _send_robots(self, url: str) -> tuple[int, httpx.Headers, bytes]:
        try:
            return self._send(url, {}, _ROBOTS_BYTES)
        except FetchFailure as failure:
            if failure.code in ("fetch_private", "fetch_certificate"):
                raise
            return 503, httpx.Headers(), b""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _redirected(url: str, location: str) -> str:
    """Where a redirect leads. Raises ``FetchFailure`` where it leaves http(s), or gives up TLS."""
    try:
        target = urljoin(url, location)
        scheme, has_host = urlsplit(target).scheme, bool(urlsplit(target).hostname)
    except ValueError:
        scheme, has_host, target = "", False, location
    if scheme not in ("http", "https") or not has_host:
        raise FetchFailure("fetch_redirect", f"重定向到不能用的地址：{target[:200]}")
    if urlsplit(url).scheme == "https" and scheme == "http":
        raise FetchFailure("fetch_redirect", f"由 https 重定向到不加密的 {target[:200]}")
    return target.partition("#")[0]


def _too_large(max_bytes: int) -> FetchFailure:
    return FetchFailure("fetch_too_large", f"内容超过上限 {max_bytes / 2**20:g} MiB")


def _bounded(parts: Iterator[bytes], max_bytes: int) -> Iterator[bytes]:
    total = 0
    for part in parts:
        total += len(part)
        if total > max_bytes:
            raise _too_large(max_bytes)
        yield part


def _within_time(parts: Iterator[bytes], clock: Clock, seconds: float) -> Iterator[bytes]:
    deadline = clock.monotonic() + seconds
    for part in parts:
        if clock.monotonic() > deadline:
            raise FetchFailure("fetch_timeout", f"{seconds:g} 秒内没有传完", retry=True)
        yield part


def _unpacked(parts: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """A packed body in pieces of at most 64 KiB, so that a bomb meets the bound on bytes before it bursts."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        yield from parts
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchFailure("fetch_broken", f"不认识的压缩方式 {encoding[:40]}")
    machine = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        for part in parts:
            while part:
                yield machine.decompress(part, 65536)
                part = machine.unconsumed_tail
        yield machine.flush()
    except zlib.error as error:
        raise FetchFailure("fetch_broken", f"压缩的内容已损坏（{error}）", retry=True) from error
    if not machine.eof:
        raise FetchFailure("fetch_broken", "压缩的内容不完整", retry=True)


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to the very address that was looked at, and to no private one unless the list allows the host."""

    def __init__(self, sources: SourceList) -> None:
        self._sources = sources
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(entry[4][0] for entry in found))
        if not self._sources.rule(f"http://{_bracketed(host)}:{port}").allow_private:
            for address in addresses:
                if not _is_public(address):
                    raise _PrivateAddress(f"{host} 指向内部网络地址 {address}；确需下载时在 hosts 里写 allow_private")
        for address in addresses[:-1]:
            try:
                return self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        raise _PrivateAddress("不连接本机套接字")

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return parsed.is_global and not parsed.is_multicast


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


class _Transport(httpx.BaseTransport):
    """httpx over an httpcore pool with the guarded backend."""

    def __init__(self, sources: SourceList) -> None:
        context = ssl.create_default_context(cafile=str(sources.ca_file)) if sources.ca_file else None
        self._pool = httpcore.ConnectionPool(
            ssl_context=context or httpx.create_ssl_context(trust_env=False),
            max_connections=4,
            network_backend=_GuardedBackend(sources),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream))

    def close(self) -> None:
        self._pool.close()
