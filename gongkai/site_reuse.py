"""Pages of an earlier site that need not be written again: those of units about which nothing has changed (沿用旧页).

Everything a unit's pages show is in the work file; its rows are summed up in one number per unit, and the numbers are
kept in the site. Where a later build finds the same number, the same templates and code lists and all the files, it
links the files into the new site. A page somebody changed by hand is taken for what was written.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from gongkai.home import PROJECT
from gongkai.site_text import TEMPLATES, page_name

KEPT = ".gongkai-pages.json"
"""In the site: what its pages were made from."""

_OF_UNITS = ("unit", "year", "function", "economic", "income", "three_public", "project", "funding", "indicator",
             "metric")  # fmt: skip
_OF_DOCUMENTS = ("table", "cell", "paragraph", "presence", "unread", "flag", "finding")

# What a document shows besides its rows: quoted documents' cells, since quotes print whole rows.
_DIGESTS = """
create temp table part (unit_key varchar, what varchar, rows bigint, digest hugeint);
create temp table owner as
select document_key, coalesce(unit_key, 'd:' || document_key) as unit_key from site_document;
insert into part select owner.unit_key, 'document', count(*), sum(hash(rows)::hugeint)
from (select * exclude (chunk, ingested_at, fetched_at) from site_document) as rows
inner join owner on rows.document_key = owner.document_key group by 1;
create temp table cells as
select document_key, count(*) as rows, sum(hash(rows)::hugeint) as digest
from (select * exclude (chunk) from site_cell) as rows group by 1;
insert into part select owner.unit_key, 'quote', count(*), sum(hash(rows)::hugeint)
from (select * exclude (chunk, document_chunk) from site_quote) as rows
inner join owner on rows.finding_document_key = owner.document_key group by 1;
insert into part select unit_key, 'quoted', sum(rows), sum(digest) from (
    select distinct owner.unit_key, cells.document_key, cells.rows, cells.digest
    from site_quote inner join owner on site_quote.finding_document_key = owner.document_key
    inner join cells on site_quote.document_key = cells.document_key
) group by 1;
"""
_YEARS = """
select unit_key, fiscal_year from site_year union
select unit_key, fiscal_year from site_document where unit_key is not null and fiscal_year is not null
"""


@dataclass(slots=True)
class Reused:
    """What was taken over from the earlier site."""

    units: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    years: int = 0
    pictures: int = 0

    def of_chunks(self, store: Path) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
        """Units and documents taken over, by chunk: a process is told of its own alone."""
        if not self.units and not self.documents:
            return {}
        connection = duckdb.connect(str(store), read_only=True, config={"memory_limit": "1GB", "threads": 1})
        try:
            units = connection.execute("select chunk, unit_key from site_unit").fetchall()
            documents = connection.execute("select chunk, document_key from site_document").fetchall()
        finally:
            connection.close()
        held: dict[int, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        for place, (rows, kept) in enumerate(((units, self.units), (documents, self.documents))):
            for chunk, key in rows:
                if key in kept:
                    held[chunk][place].add(key)
        return {chunk: (frozenset(own), frozenset(theirs)) for chunk, (own, theirs) in held.items()}


@dataclass(frozen=True, slots=True)
class Basis:
    """What every unit's pages are made from, as numbers that change with it."""

    common: str
    units: dict[str, str]

    def save(self, out: Path) -> None:
        """Write it into the site at ``out``."""
        (out / KEPT).write_text(json.dumps({"common": self.common, "units": self.units}), encoding="utf-8")

    @classmethod
    def of_site(cls, site: Path | None) -> Basis | None:
        """That of a site made before; None where it is not told."""
        try:
            held = json.loads((site / KEPT).read_text(encoding="utf-8")) if site else None
            return cls(held["common"], held["units"]) if held else None
        except (OSError, ValueError, KeyError, TypeError):
            return None


def basis_of(store: Path, shared: dict[str, Any], pictures: str, sources: Path) -> Basis:
    """Sum up a work file; ``shared`` are the code lists pages may name, the rest is how sources are shown."""
    connection = duckdb.connect(str(store), read_only=True, config={"memory_limit": "1GB", "threads": 2})
    try:
        connection.execute(_DIGESTS)
        for name in _OF_UNITS:
            more = ", weight" if name == "unit" else ""
            connection.execute(
                f"insert into part select unit_key, '{name}', count(*), sum(hash(rows)::hugeint)"
                f" from (select * exclude (chunk{more}) from site_{name}) as rows where unit_key is not null group by 1"
            )
        for name in _OF_DOCUMENTS:
            connection.execute(
                f"insert into part select owner.unit_key, '{name}', count(*), sum(hash(rows)::hugeint)"
                f" from (select * exclude (chunk) from site_{name}) as rows"
                " inner join owner on rows.document_key = owner.document_key group by 1"
            )
        found = connection.execute("select * from part order by all").fetchall()
        documents = connection.execute("select owner.unit_key, document_id from owner inner join site_document"
                                       " using (document_key) order by all").fetchall()  # fmt: skip
    finally:
        connection.close()
    said: dict[str, Any] = defaultdict(hashlib.sha256)
    for unit, *rest in found:
        said[unit].update(repr(rest).encode())
    for unit, document in documents:
        # Bytes that have gone are shown as a grid.
        said[unit].update(f"{document} {(sources / document[:2] / document).exists()}".encode())
    return Basis(_common(shared, pictures), {unit: made.hexdigest()[:32] for unit, made in said.items()})


def _common(shared: dict[str, Any], pictures: str) -> str:
    """What all pages share: templates, the code that writes them, code lists, DuckDB's way of hashing."""
    made = hashlib.sha256(f"{duckdb.__version__} {pictures}".encode())
    for path in sorted([*TEMPLATES.iterdir(), *(PROJECT / "gongkai").glob("site*.py")]):
        made.update(path.read_bytes())
    lists = {name: value for name, value in shared.items() if name not in ("run", "has_sql")}
    version = shared["run"].get("gongkai_version")
    made.update(json.dumps([version, lists], sort_keys=True, default=_listed).encode())
    return made.hexdigest()


def _listed(value: Any) -> Any:
    return sorted(value) if isinstance(value, set) else str(value)


def reuse(store: Path, basis: Basis, earlier: Path | None, out: Path) -> Reused:
    """Link the pages of unchanged units from the site at ``earlier`` to ``out``."""
    before, made = Basis.of_site(earlier), Reused()
    if earlier is None or before is None or before.common != basis.common:
        return made
    connection = duckdb.connect(str(store), read_only=True, config={"memory_limit": "1GB", "threads": 1})
    try:
        years, documents = defaultdict(list), defaultdict(list)
        for unit, year in connection.execute(f"{_YEARS} order by all").fetchall():
            years[unit].append(year)
        for unit, key, document in connection.execute(
            "select coalesce(unit_key, 'd:' || document_key), document_key, document_id from site_document order by all"
        ).fetchall():
            documents[unit].append((key, document))
        units = {row[0] for row in connection.execute("select unit_key from site_unit").fetchall()}
    finally:
        connection.close()
    drawn: dict[str, list[str]] = defaultdict(list)
    for name in os.listdir(earlier / "p"):
        drawn[name.rsplit("-", 2)[0]].append(f"p/{name}")
    for unit, digest in basis.units.items():
        if before.units.get(unit) != digest:
            continue
        pages = [f"{folder}/{page_name(key)}{end}" for key, _ in documents[unit]
                 for folder, end in (("d", ".html"), ("t", ".js"))]  # fmt: skip
        if unit in units:
            name = page_name(unit)
            pages += [f"u/{name}.html", f"c/{name}.js", *(f"u/{name}-{year}.html" for year in years[unit])]
        pictures = [path for _, document in documents[unit] for path in drawn[page_name(document[:24])]]
        if not all((earlier / page).is_file() for page in pages):
            continue
        _link([*pages, *pictures], earlier, out)
        made.documents.update(key for key, _ in documents[unit])
        made.pictures += len(pictures)
        if unit in units:
            made.units.add(unit)
            made.years += len(years[unit])
    return made


def _link(names: Iterable[str], earlier: Path, out: Path) -> None:
    for name in names:
        try:
            os.link(earlier / name, out / name)
        except FileExistsError:
            continue
        except OSError:
            shutil.copyfile(earlier / name, out / name)
