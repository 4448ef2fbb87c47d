"""The committed list of sources, ``sources.yml``: read, checked, turned into plain values (来源清单)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from gongkai.messages import GongkaiError

LEGAL_DAYS = 20
"""Budget Law, article 14: published within twenty days after the finance department's approval (批复后二十日内)."""
KINDS = ("budget", "final_account", "performance")
_SPAN = re.compile(r"^(\d{1,4})\s*([mhdw])$")
_SPANS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]{0,60}$")


@dataclass(frozen=True, slots=True)
class Expected:
    """One disclosure the list expects: unit × year × kind."""

    unit: str
    """Full name of the budget unit, as it would print it."""
    region: str | None
    """GB/T 2260 code or name of its division; a hint where the name alone is not enough."""
    fiscal_year: int
    document_kind: str
    due_on: date | None
    """Last day the law allows; None where the day of approval is not known."""


@dataclass(frozen=True, slots=True)
class ListedSource:
    """One entry: addresses to fetch, or a folder of this machine to read."""

    name: str
    addresses: tuple[str, ...] = ()
    folder: Path | None = None
    every: timedelta = timedelta(days=1)
    """Looked at again when this much time has passed."""
    follows_attachments: bool = True
    attachment_hosts: tuple[str, ...] = ()
    """Hosts attachments may lie on, beside those of the page's own domain."""
    expected: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True)
class HostRule:
    """How one host is to be treated."""

    delay_seconds: float | None = None
    """Least time between two requests; None takes the list's own."""
    allow_private: bool = False
    """Whether the host may resolve to an address of a private network, this machine included."""
    robots: str = "obey"
    """``obey``, or ``ignore`` where the operator of the host has agreed to it."""


@dataclass(frozen=True, slots=True)
class SourceList:
    """A whole ``sources.yml``."""

    sources: tuple[ListedSource, ...]
    hosts: Mapping[str, HostRule] = field(default_factory=dict)
    """Host, or host:port, in lower case."""
    delay_seconds: float = 2.0
    contact: str = ""
    """Told to the servers in the User-Agent: where their operators can reach us."""
    max_bytes: int = 100 * 2**20
    ca_file: Path | None = None
    """Certificates to trust instead of the usual ones; verification itself cannot be switched off."""

    def rule(self, url: str) -> HostRule:
        """The rule of the host of an address."""
        parts = urlsplit(url)
        return self.hosts.get(parts.netloc.lower()) or self.hosts.get(parts.hostname or "") or HostRule()


class _Bad(ValueError):
    pass


def read_sources(path: Path) -> SourceList:
    """Read and check a list. Raises ``GongkaiError`` sources_invalid (exit code 2) that says what and where."""
    try:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _source_list(held, path.parent)
    except OSError as error:
        raise GongkaiError("sources_invalid", 2, path=path, reason=error.strerror or error) from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())[:300]
        raise GongkaiError("sources_invalid", 2, path=path, reason=reason) from error
    except (_Bad, UnicodeDecodeError) as error:
        raise GongkaiError("sources_invalid", 2, path=path, reason=error) from error


def _source_list(held: Any, folder: Path) -> SourceList:
    known = {"version", "contact", "delay_seconds", "max_mib", "ca_file", "every", "hosts", "sources"}
    _fields(held, known, "清单")
    if held.get("version") != 1:
        raise _Bad(f"version 应为 1，实为 {held.get('version')!r}")
    every = _span(held.get("every", "1d"), "every")
    entries = held.get("sources")
    if not isinstance(entries, list) or not entries:
        raise _Bad("sources 应为非空列表")
    sources = tuple(_source(entry, number, every, folder) for number, entry in enumerate(entries, 1))
    names = [source.name for source in sources]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _Bad(f"name 重复：{'、'.join(twice)}")
    hosts = held.get("hosts") or {}
    if not isinstance(hosts, dict):
        raise _Bad("hosts 应为 主机: 规则")
    return SourceList(
        sources=sources,
        hosts={str(host).lower(): _host(rule, str(host)) for host, rule in hosts.items()},
        delay_seconds=_number(held.get("delay_seconds", 2.0), "delay_seconds", 0, 3600),
        contact=_text(held.get("contact", ""), "contact"),
        max_bytes=int(_number(held.get("max_mib", 100), "max_mib", 1, 4096) * 2**20),
        ca_file=folder / _text(held["ca_file"], "ca_file") if held.get("ca_file") else None,
    )


def _source(entry: Any, number: int, every: timedelta, folder: Path) -> ListedSource:
    place = f"sources 第 {number} 项"
    known = {"name", "address", "addresses", "folder", "unit", "region", "every", "attachments", "attachment_hosts"}
    _fields(entry, known | {"expect"}, place)
    name = _text(entry.get("name", ""), f"{place} name")
    if not _NAME.match(name):
        raise _Bad(f"{place}：name 应为小写字母、数字、- 或 _，实为 {name!r}")
    addresses = entry.get("addresses", [entry["address"]] if "address" in entry else [])
    if not isinstance(addresses, list):
        raise _Bad(f"{place}：addresses 应为列表")
    for address in addresses:
        _check_address(address, place)
    local = entry.get("folder")
    if bool(addresses) == (local is not None):
        raise _Bad(f"{place}：应有 address（或 addresses）与 folder 之一")
    hosts = entry.get("attachment_hosts") or []
    if not isinstance(hosts, list):
        raise _Bad(f"{place}：attachment_hosts 应为列表")
    attachments = entry.get("attachments", True)
    if not isinstance(attachments, bool):
        raise _Bad(f"{place}：attachments 应为 true 或 false")
    return ListedSource(
        name=name,
        addresses=tuple(addresses),
        folder=None if local is None else folder / _text(local, f"{place} folder"),
        every=_span(entry["every"], place) if "every" in entry else every,
        follows_attachments=attachments,
        attachment_hosts=tuple(_text(host, f"{place} attachment_hosts").lower() for host in hosts),
        expected=_expected(entry, place),
    )


def _expected(entry: dict[str, Any], place: str) -> tuple[Expected, ...]:
    wanted = entry.get("expect") or []
    if not isinstance(wanted, list):
        raise _Bad(f"{place}：expect 应为列表")
    found = []
    for item in wanted:
        _fields(item, {"unit", "region", "year", "kind", "approved_on", "due_on"}, f"{place} expect")
        unit, region = item.get("unit", entry.get("unit")), item.get("region", entry.get("region"))
        if not unit:
            raise _Bad(f"{place}：expect 需要 unit（单位全称）")
        year = item.get("year")
        if not isinstance(year, int) or not 1990 <= year <= 2100:
            raise _Bad(f"{place}：expect 的 year 应为年份，实为 {year!r}")
        if item.get("kind") not in KINDS:
            raise _Bad(f"{place}：expect 的 kind 应为 {'、'.join(KINDS)} 之一，实为 {item.get('kind')!r}")
        approved, due = _day(item.get("approved_on"), place), _day(item.get("due_on"), place)
        due = due or (approved + timedelta(days=LEGAL_DAYS) if approved else None)
        # A region code without quotes is a number to YAML.
        found.append(Expected(str(unit), None if region is None else str(region), year, item["kind"], due))
    return tuple(found)


def _host(rule: Any, host: str) -> HostRule:
    _fields(rule, {"delay_seconds", "allow_private", "robots"}, f"hosts {host}")
    delay, private, robots = rule.get("delay_seconds"), rule.get("allow_private", False), rule.get("robots", "obey")
    if not isinstance(private, bool):
        raise _Bad(f"hosts {host}：allow_private 应为 true 或 false")
    if robots not in ("obey", "ignore"):
        raise _Bad(f"hosts {host}：robots 应为 obey 或 ignore")
    return HostRule(None if delay is None else _number(delay, f"hosts {host}", 0, 3600), private, robots)


def _check_address(address: Any, place: str) -> None:
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
        _ = parts.port
    except ValueError:
        is_good = False
    if not is_good:
        raise _Bad(f"{place}：地址应为 http:// 或 https:// 开头且不含密码，实为 {address!r}")


def _fields(held: Any, known: set[str], place: str) -> None:
    if not isinstance(held, dict):
        raise _Bad(f"{place} 应为 键: 值")
    if unknown := sorted(str(key) for key in held if key not in known):
        raise _Bad(f"{place} 有不认识的键：{'、'.join(unknown)}")


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise _Bad(f"{place} 应为文字，实为 {value!r}")
    return value


def _number(value: Any, place: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise _Bad(f"{place} 应为 {least:g} 到 {most:g} 的数，实为 {value!r}")
    return float(value)


def _span(value: Any, place: str) -> timedelta:
    match = _SPAN.match(value) if isinstance(value, str) else None
    if match is None:
        raise _Bad(f"{place} 的 every 应如 30m、12h、1d、2w，实为 {value!r}")
    return int(match[1]) * _SPANS[match[2]]


def _day(value: Any, place: str) -> date | None:
    if value is None or type(value) is date:
        return value
    raise _Bad(f"{place}：日期应如 2024-02-08，实为 {value!r}")
