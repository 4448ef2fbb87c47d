"""A landing of as many documents as wanted, without parsing each of them (大规模落地层).

    python benchmarks/landing_at_scale.py FOLDER --documents 100000 [--units 120] [--years 2021-2024] [--seed 7]

A base of synthetic documents (``synth``, lightly damaged, every format, dialect and kind) is written and read as usual;
its landing rows are then copied as often as needed. Each copy is another set of counties: their names are changed in
every text, character for character, so that offsets stay true, and document ids are hashed anew. Amounts repeat from
copy to copy, so every identity that holds in the base holds in the copies; a row group of Parquet or DuckDB sees less
than one base, so that repetition does not make files smaller. One copy is in memory at a time.

The result is a home: ``FOLDER/home-<documents>/landing`` with batches and manifest as a refresh makes them.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from gongkai.home import Home  # noqa: E402
from ingest.dictionaries import read_seed  # noqa: E402
from ingest.landing.schemas import SCHEMAS, SIDE_TABLES  # noqa: E402
from ingest.landing.writer import Landing  # noqa: E402
from ingest.names import Name  # noqa: E402

_RENAMED = {
    "documents": ("file_name", "title_printed"),
    "tables": ("title_printed", "unit_name_printed"),
    "cells": ("text_printed",),
    "cell_numbers": ("row_label", "row_label_key", "row_path", "project_name"),
    "claims": ("value", "text_printed"),
    "announcements": ("title_printed",),
    "paragraphs": ("text", "section"),
    "narrative_amounts": ("section", "sentence", "subject_printed", "subject_key", "parent_printed"),
    "indicators": ("project_name",),
}
"""Landing columns in which the name of a body can stand."""
_FIRST = "云青白临岚松桃苇梧澄栖榆槐棠荻荷菱芷蓼枫桐柏竹兰蕙萱葵芦苔茗砚墨琴棋笙箫鹭雁鸢鹤鸾鹿麓岱嵩岐崃岷岬峦"
_SECOND = "岭禾杨浦鹤溪塘汀洲渚陂屿坞岫垣墟埠堰涧泽沚滩浔湄沅洄泠淞漪溆垄畈畲墩峪岘磴磐砀硖"


@dataclass(frozen=True, slots=True)
class Base:
    """Documents that were really read."""

    landing: Path
    counties: tuple[str, ...]
    """Short names of the counties, two characters each."""


def base(folder: Path, units: int, years: tuple[int, ...], seed: int, jobs: int) -> Base:
    """Make and read the documents to be copied, once: below ``folder/base``."""
    documents, home = folder / "base", Home(folder / "base-home")
    if not (home.landing / "manifest.json").exists():
        from ingest.run import IngestOptions, ingest
        from synth.choices import FORMATS, KINDS
        from synth.write import Order, write

        shutil.rmtree(documents, ignore_errors=True)
        write(Order(units, years, seed, FORMATS, "light", KINDS), documents, jobs)
        ingest([documents / "documents"], home.landing, home.sources, IngestOptions(jobs=jobs))
    names = pl.read_parquet(documents / "truth" / "documents.parquet")["region_name"].unique().sort()
    return Base(home.landing, tuple(name[:2] for name in names))


def other_names(counties: tuple[str, ...], copies: int) -> list[tuple[str, ...]]:
    """For each copy the short names its counties take; the first copy keeps its own. Raises ValueError for too many."""
    taken = {*counties, *(row["short_name"] or row["region_name"] for row in read_seed("regions"))}
    free = (first + second for second, first in itertools.product(_SECOND, _FIRST))
    fresh = [name for name in free if name not in taken and name[0] != name[1]]
    if len(counties) * (copies - 1) > len(fresh):
        raise ValueError(f"{len(fresh)} invented names are not enough for {copies} copies of {len(counties)} counties")
    return [counties] + [
        tuple(fresh[start : start + len(counties)]) for start in range(0, len(counties) * (copies - 1), len(counties))
    ]


def replicate(made: Base, home: Home, documents: int) -> int:
    """Fill the landing of ``home`` with ``documents`` documents; returns how many figures they print."""
    landing = Landing(made.landing)
    landing.recover()
    tables = {table: landing.read_table(table) for table in SCHEMAS}
    landed = landing.read_table("landed").filter(pl.col("state") == "read").sort("document_id")
    ids = landed["document_id"].to_list()
    target = Landing(home.landing)
    target.recover()
    for table in SIDE_TABLES:
        target.set_side(table, [])
    names: list[Name] = []
    figures = 0
    for copy, called in enumerate(other_names(made.counties, -(-documents // len(ids)))):
        wanted = ids[: min(len(ids), documents - copy * len(ids))]
        renamed = {old: hashlib.sha256(f"{old} {copy}".encode()).hexdigest() if copy else old for old in wanted}
        copied = {
            table: _copied(frame, renamed, dict(zip(made.counties, called, strict=True)), _RENAMED.get(table, ()))
            for table, frame in tables.items()
        }
        own = _copied(landed, renamed, {}, ())
        target.commit(copied, own, 200)
        figures += int(own["figures"].sum())
        for row in copied["documents"].select("document_id", "file_name").iter_rows():
            file = f"{copy:04d}/{row[0][:8]}-{row[1]}"
            names.append(Name(str(home.root / "documents"), file, "", row[0], None, False))
    target.set_names(names)
    return figures


def _copied(
    frame: pl.DataFrame, renamed: dict[str, str], called: dict[str, str], columns: tuple[str, ...]
) -> pl.DataFrame:
    """Rows of the wanted documents under other ids and with other names of places."""
    changed = {old: new for old, new in called.items() if old != new}
    ids = pl.DataFrame({"document_id": list(renamed), "_other": list(renamed.values())})
    found = frame.join(ids, on="document_id").with_columns(document_id=pl.col("_other")).drop("_other")
    if changed:
        # Most cells hold digits: only texts that name a place are rewritten.
        texts = [pl.col(name).str.replace_many(list(changed), list(changed.values())) for name in columns]
        found = found.with_columns(texts)
    return found.select(frame.columns)


def make(folder: Path, documents: int, units: int, years: tuple[int, ...], seed: int, jobs: int) -> Home:
    """The home with a landing of ``documents`` documents, made where it is not there yet."""
    home = Home(folder / f"home-{documents}")
    done = home.root / "landing-made"
    if not done.exists():
        shutil.rmtree(home.root, ignore_errors=True)
        home.landing.mkdir(parents=True)
        figures = replicate(base(folder, units, years, seed, jobs), home, documents)
        done.write_text(f"{documents} documents, {figures} figures\n", encoding="ascii")
    return home


def main() -> None:
    """Make the landing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--units", type=int, default=120)
    parser.add_argument("--years", default="2021-2024")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    given = parser.parse_args()
    first, last = map(int, given.years.split("-"))
    years = tuple(range(first, last + 1))
    home = make(given.folder, given.documents, given.units, years, given.seed, given.jobs)
    print(home.root, (home.root / "landing-made").read_text(encoding="ascii").strip())


if __name__ == "__main__":
    main()
