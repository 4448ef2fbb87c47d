"""``gongkai fetch``: brings home what the list of sources names, politely and only where it has changed (下载).

Everything lies below ``<home>/fetched``: ``files/<source>/…`` the bytes, under a name that stays the same for an
address, so that a corrected file becomes a new version of the old one; ``ledger.jsonl`` one line for each file brought
home (address, time, hash), never rewritten; ``state.json`` what is needed to ask only for changes, which may be lost;
``list.json`` what the list expects; ``report.json`` how the last run went. A refresh reads all of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from gongkai.fetch_http import Answer, Clock, FetchFailure, FetchLimits, PoliteClient
from gongkai.fetch_sources import ListedSource, SourceList
from gongkai.home import Home
from ingest.errors import IngestError
from ingest.readers import detect, read_document

MOST_ATTACHMENTS = 300
"""Attachments of one page that are followed; a page with more is an index and should be listed in parts."""
_NAME_BYTES = 150
_PAGES = ("html", "mhtml")
_SAVE_EVERY = 20
_SHARED_DOMAINS = frozenset(f"{kind}.cn" for kind in ("gov", "com", "org", "net", "edu", "ac"))


@dataclass(frozen=True, slots=True)
class AddressOutcome:
    """What became of one address."""

    source: str
    url: str
    action: str
    """new · changed · unchanged · not_due · failed · skipped (an attachment on a host that is not the page's)."""
    code: str | None = None
    """Code of the failure, see docs/messages.md."""
    reason: str | None = None
    page_url: str | None = None
    """Page that points to it, for an attachment."""
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a run of fetch did."""

    started: str
    outcomes: tuple[AddressOutcome, ...]
    folders_missing: tuple[str, ...]

    def count(self, *actions: str) -> int:
        """Addresses with one of these outcomes."""
        return sum(outcome.action in actions for outcome in self.outcomes)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        actions = ("new", "changed", "unchanged", "not_due", "failed", "skipped")
        counts = {action: self.count(action) for action in actions}
        return {
            "started": self.started,
            "counts": counts,
            "folders_missing": list(self.folders_missing),
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
        }


def fetched_folder(home: Home) -> Path:
    """Where fetched files lie; a refresh reads this folder beside its other sources."""
    return home.root / "fetched" / "files"


def fetch(
    home: Home,
    sources: SourceList,
    *,
    force: bool = False,
    limits: FetchLimits | None = None,
    clock: Clock | None = None,
    progress: Callable[[AddressOutcome], None] = lambda _: None,
) -> FetchReport:
    """Bring home what is due; ``force`` asks for everything, due or not.

    One failing address never stops the others. The caller holds the lock of ``<home>/fetched``.
    """
    clock = clock or Clock()
    with PoliteClient(sources, limits or FetchLimits(), clock) as client:
        return _Fetch(home, sources, client, clock, force, progress).run()


@dataclass(slots=True)
class _Fetch:
    home: Home
    sources: SourceList
    client: PoliteClient
    clock: Clock
    force: bool
    progress: Callable[[AddressOutcome], None]
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    outcomes: list[AddressOutcome] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.home.root / "fetched"

    def run(self) -> FetchReport:
        fetched_folder(self.home).mkdir(parents=True, exist_ok=True)
        for partial in self.folder.glob(".incoming-*"):
            partial.unlink(missing_ok=True)
        self.state = _load(self.folder / "state.json")
        started = self._now()
        missing = []
        for source in self.sources.sources:
            if source.folder is not None:
                if not source.folder.is_dir():
                    missing.append(str(source.folder))
                continue
            for url in source.addresses:
                self._page(source, url.partition("#")[0])
            self._save_state()
        self._save_list()
        report = FetchReport(started, tuple(self.outcomes), tuple(missing))
        _write_json(self.folder / "report.json", report.as_dict())
        return report

    def _now(self) -> str:
        return datetime.fromtimestamp(self.clock.now(), UTC).isoformat(timespec="seconds")

    # Addresses ----------------------------------------------------------------------------------------------------

    def _page(self, source: ListedSource, url: str) -> None:
        """An address of the list and, where it is a page, the attachments on it, one step far."""
        held = self.state.get(url, {})
        if not self.force and not self._is_due(source, held):
            self._tell(AddressOutcome(source.name, url, "not_due", document_id=held.get("document_id")))
            return
        if not self._one(source, url, None, ""):
            return
        if not source.follows_attachments:
            return
        held = self.state[url]
        for link, text in held.get("links", ()):
            if _is_near(url, link, source.attachment_hosts):
                self._one(source, link, url, text)
            else:
                host = urlsplit(link).hostname
                reason = f"附件在别的主机 {host} 上；需要时写进 attachment_hosts"
                self._tell(AddressOutcome(source.name, link, "skipped", "fetch_elsewhere", reason, url))
        if held.get("links_left"):
            reason = f"附件超过 {MOST_ATTACHMENTS} 个，其余 {held['links_left']} 个未下载；请把页面分开列出"
            self._tell(AddressOutcome(source.name, url, "skipped", "fetch_too_many", reason, url))

    def _is_due(self, source: ListedSource, held: dict[str, Any]) -> bool:
        now = self.clock.now()
        if now < held.get("not_before", 0) <= now + 7 * 86400:
            return False
        age = now - held.get("looked_at", 0)
        # A time of last look that lies in the future comes of a clock set wrong: look again.
        return age >= source.every.total_seconds() or age < 0 or held.get("code") is not None

    def _one(self, source: ListedSource, url: str, page_url: str | None, text: str) -> bool:
        """Fetch one address and keep what came; returns whether its content is here."""
        held = self.state.setdefault(url, {})
        path = self._path(source, url)
        place = path.relative_to(self.folder).as_posix()
        is_here = held.get("path") == place and _hash(path) == held.get("document_id")
        validators = {key: held.get(key) for key in ("etag", "last_modified")} if is_here else {}
        try:
            answer = self.client.get(url, **validators)
            if answer.data is not None:
                self._check_kind(answer, page_url, url)
        except FetchFailure as failure:
            held["code"] = failure.code
            held["failures"] = held.get("failures", 0) + 1
            if failure.retry_after:
                held["not_before"] = self.clock.now() + failure.retry_after
            known = held.get("document_id")
            self._tell(AddressOutcome(source.name, url, "failed", failure.code, failure.reason, page_url, known))
            return False
        action = "unchanged"
        if answer.data is not None:
            document_id = hashlib.sha256(answer.data).hexdigest()
            if document_id != held.get("document_id") or not is_here:
                action = "changed" if held.get("document_id") not in (None, document_id) else "new"
                self._keep(path, answer.data)
                row = {"source": source.name, "url": url, "page_url": page_url, "link_text": text, "path": place}
                self._enter(row | {"document_id": document_id}, answer)
            held.update(document_id=document_id, path=place)
            held.update(etag=answer.etag, last_modified=answer.last_modified)
            if page_url is None and source.follows_attachments:
                links = _attachments(answer)
                held["links"], held["links_left"] = links[:MOST_ATTACHMENTS], max(0, len(links) - MOST_ATTACHMENTS)
        held["looked_at"] = self.clock.now()
        for key in ("code", "failures", "not_before"):
            held.pop(key, None)
        self._tell(AddressOutcome(source.name, url, action, None, None, page_url, held["document_id"]))
        return True

    def _check_kind(self, answer: Answer, page_url: str | None, url: str) -> None:
        """An attachment that turns out to be a web page is an error page or a log-in, whatever its type says."""
        may_be_page = page_url is None or urlsplit(url).path.lower().endswith((".html", ".htm", ".shtml", ".mht"))
        if not may_be_page and detect(answer.data) in _PAGES:
            raise FetchFailure("fetch_wrong_kind", f"附件地址给出的是网页，不是文件（{answer.content_type}）")

    def _tell(self, outcome: AddressOutcome) -> None:
        self.outcomes.append(outcome)
        self.progress(outcome)
        if len(self.outcomes) % _SAVE_EVERY == 0:
            self._save_state()

    # Keeping ------------------------------------------------------------------------------------------------------

    def _path(self, source: ListedSource, url: str) -> Path:
        return fetched_folder(self.home) / source.name / file_name(url)

    def _keep(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f".incoming-{os.getpid()}"
        with partial.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(path)

    def _enter(self, row: dict[str, Any], answer: Answer) -> None:
        """One line in the ledger. After a line torn by a kill a new one is begun."""
        row = {"at": self._now()} | row
        row |= {"final_url": answer.url, "byte_count": len(answer.data), "content_type": answer.content_type}
        ledger = self.folder / "ledger.jsonl"
        is_torn = ledger.exists() and ledger.stat().st_size > 0 and _last_byte(ledger) != b"\n"
        with ledger.open("ab") as handle:
            handle.write((b"\n" if is_torn else b"") + json.dumps(row, ensure_ascii=False).encode() + b"\n")
            handle.flush()
            os.fsync(handle.fileno())

    def _save_state(self) -> None:
        _write_json(self.folder / "state.json", self.state)

    def _save_list(self) -> None:
        """What the list expects, and when its sources were last looked at with success: input of the next refresh."""
        expected = []
        for source in self.sources.sources:
            looked = [self.state.get(url.partition("#")[0], {}).get("looked_at") for url in source.addresses]
            # A source counts as looked at when its last address was.
            at = min(looked) if looked and None not in looked else None
            at = self.clock.now() if source.folder is not None and source.folder.is_dir() else at
            day = None if at is None else datetime.fromtimestamp(at, UTC).date().isoformat()
            for wanted in source.expected:
                expected.append(
                    {
                        "source_name": source.name,
                        "unit_name": wanted.unit,
                        "region": wanted.region,
                        "fiscal_year": wanted.fiscal_year,
                        "document_kind": wanted.document_kind,
                        "due_on": None if wanted.due_on is None else wanted.due_on.isoformat(),
                        "looked_on": day,
                    }
                )
        folders = [str(source.folder.resolve()) for source in self.sources.sources if source.folder is not None]
        _write_json(self.folder / "list.json", {"folders": folders, "expected": expected})


def file_name(url: str) -> str:
    """Name of the file an address is kept under: its own last part made harmless, and a hash so that it is unique."""
    parts = urlsplit(url)
    given = unquote(parts.path.rstrip("/").rsplit("/", 1)[-1]) or "index"
    harmless = "".join(c if unicodedata.category(c)[0] in "LN" or c in "-_.()（）" else "_" for c in given)
    harmless = re.sub(r"\.{2,}", "_", harmless).lstrip(".")
    stem, dot, ending = harmless.rpartition(".")
    if not dot or len(ending) > 8 or not re.fullmatch(r"[A-Za-z0-9]+", ending):
        stem, dot, ending = harmless, "", ""
    short = stem.encode()[:_NAME_BYTES].decode(errors="ignore").rstrip(".")
    mark = hashlib.sha256(url.encode()).hexdigest()[:12]
    return f"{short or 'file'}-{mark}{dot}{ending}"


def _attachments(answer: Answer) -> list[tuple[str, str]]:
    """(address, text) of the attachments a page points to, in its order, each once; none where it is no page."""
    if detect(answer.data) not in _PAGES:
        return []
    try:
        links = read_document(answer.data).links
    except IngestError:
        return []
    found: dict[str, str] = {}
    for link in links:
        try:
            target = urljoin(answer.url, link.url.strip()).partition("#")[0]
            is_web = urlsplit(target).scheme in ("http", "https") and urlsplit(target).hostname
        except ValueError:
            continue
        if is_web and target != answer.url:
            found.setdefault(target, link.text)
    return list(found.items())


def _is_near(page: str, target: str, more_hosts: Iterable[str]) -> bool:
    """Whether an attachment lies on the page's host, on one below the same domain, or on one the list names."""
    own, other = (urlsplit(url).hostname or "" for url in (page, target))
    if own == other or other in more_hosts:
        return True
    domain = own.partition(".")[2]
    is_number = own.replace(".", "").isdecimal() or ":" in own
    # example.com is somebody's domain; com and gov.cn are nobody's.
    if is_number or "." not in domain or domain in _SHARED_DOMAINS:
        return False
    return other == domain or other.endswith(f".{domain}")


# What a refresh takes over ------------------------------------------------------------------------------------------


def listed_folders(home: Home) -> list[Path]:
    """Folders a refresh reads beside those named to it: what was fetched, and folders of the list."""
    fetched = fetched_folder(home)
    held = _load(home.root / "fetched" / "list.json").get("folders", [])
    return ([fetched] if fetched.is_dir() else []) + [Path(folder) for folder in held if isinstance(folder, str)]


def fetched_rows(home: Home) -> list[dict[str, Any]]:
    """Rows of the landing table ``fetches``: where each document was fetched from, first time per address."""
    first: dict[tuple[str, str], dict[str, Any]] = {}
    try:
        lines = (home.root / "fetched" / "ledger.jsonl").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        try:
            row = json.loads(line)
            key = row["document_id"], row["url"]
            first.setdefault(key, row | {"fetched_at": datetime.fromisoformat(row["at"])})
        except (ValueError, TypeError, KeyError):
            continue
    return [first[key] for key in sorted(first)]


def expected_rows(home: Home) -> list[dict[str, Any]]:
    """Rows of the landing table ``expected_disclosures``."""
    held = _load(home.root / "fetched" / "list.json").get("expected", [])
    return [row for row in held if isinstance(row, dict)]


def _load(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return held if isinstance(held, dict) else {}
    except (OSError, ValueError):
        return {}


def _write_json(path: Path, held: Any) -> None:
    partial = path.with_suffix(".tmp")
    with partial.open("w", encoding="utf-8") as handle:
        json.dump(held, handle, ensure_ascii=False, indent=1)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(path)


def _hash(path: Path) -> str | None:
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return None


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as handle:
        handle.seek(-1, os.SEEK_END)
        return handle.read(1)
