"""The measurements themselves: copied landings are true landings, scripts and queries run, the page is kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest

from gongkai.home import Home
from ingest.landing.writer import Landing

# The benchmarks are no part of the installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks import __main__ as command
from benchmarks import by_hand, landing_at_scale, measure, scale

COPIED = 3
YEARS = (2022,)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A landing of two bodies' documents, copied until there are four times as many and one more."""
    folder = tmp_path_factory.mktemp("scale")
    return landing_at_scale.make(folder, COPIED * 4 + 1, COPIED // 3, YEARS, 3, 1)


def test_copies_are_documents_of_their_own(home: Home) -> None:
    landing = Landing(home.landing)
    assert landing.recover().removed_files == ()
    documents = landing.read_table("documents")
    assert len(documents) == documents["document_id"].n_unique() == COPIED * 4 + 1
    assert len(landing.names()) == len(documents)
    claims = landing.read_table("claims").filter(pl.col("claim_kind") == "unit_name")
    called = claims.group_by("document_id").agg(pl.col("value").mode().sort().first())
    assert called["value"].n_unique() == 5, "four whole copies and one begun: five counties, one body each"


def test_a_copy_prints_the_figures_of_its_original_at_the_same_places(home: Home) -> None:
    landing = Landing(home.landing)
    landing.recover()
    base = landing_at_scale.base(home.root.parent, COPIED // 3, YEARS, 3, 1)
    original = Landing(base.landing)
    original.recover()
    place = ["table_ordinal", "row_ordinal", "column_ordinal", "number_ordinal"]
    told = [*place, "value_text", "char_start", "char_end"]
    figures, copies = (found.read_table("cell_numbers") for found in (original, landing))
    whole = copies.join(copies.group_by("document_id").len(), on="document_id")
    assert len(figures) * 4 <= len(copies) < len(figures) * 5
    for document_id in figures["document_id"].unique():
        printed = figures.filter(pl.col("document_id") == document_id).select(told).sort(place)
        same = whole.filter(pl.col("len") == len(printed)).partition_by("document_id")
        assert sum(one.select(told).sort(place).equals(printed) for one in same) >= 4
    texts, copied = (found.read_table("paragraphs")["text"].str.len_chars() for found in (original, landing))
    assert set(copied) == set(texts), "names are changed character for character"


def test_names_of_places_never_meet(home: Home) -> None:
    called = landing_at_scale.other_names(("云岭", "青禾"), 50)
    assert len({name for names in called for name in names}) == 100
    with pytest.raises(ValueError, match="not enough"):
        landing_at_scale.other_names(("云岭", "青禾"), 5000)


def test_hand_written_script_holds_every_figure_once(home: Home) -> None:
    by_hand.write(home, 1, 1.0)
    with duckdb.connect(str(home.root / "handwritten.duckdb"), read_only=True) as connection:
        counted = connection.execute("select count(*), count(distinct amount_key) from fct_statement_amount").fetchone()
        verdicts = dict(connection.execute("select status, count(*) from fct_reconciliation group by 1").fetchall())
    with duckdb.connect() as connection:
        printed = connection.execute(
            f"""select count(*) from '{home.landing}/cell_numbers/*.parquet' as numbers
            inner join '{home.landing}/tables/*.parquet' as tables using (document_id, table_ordinal)
            where numbers.role = 'figure' and tables.statement_code is not null"""
        ).fetchone()[0]
    assert counted == (printed, printed)
    assert verdicts["exact"] > verdicts.get("discrepant", 0)


@pytest.mark.parametrize("query", scale.QUERIES, ids=lambda path: path.stem)
def test_queries_run_on_a_published_file(query: Path, samples_home: Path) -> None:
    with duckdb.connect(str(samples_home / "gongkai.duckdb"), read_only=True) as connection:
        connection.execute(query.read_text(encoding="utf-8")).fetchall()


def test_there_are_ten_queries() -> None:
    assert len(scale.QUERIES) == 10


def test_cost_of_a_command_counts_its_children() -> None:
    spin = "import time; began = time.process_time()\nwhile time.process_time() - began < 0.3: pass"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {spin!r}]); print('done')"
    used = measure.run(["python3", "-c", nested])
    assert used.status == 0 and used.output.strip() == "done"
    assert used.cpu >= 0.3
    assert used.peak_mb > 1


def test_exponent_of_growth() -> None:
    small, large = ({"documents": count, "build": {"cpu": cpu}} for count, cpu in ((1000, 10.0), (100_000, 1000.0)))
    assert scale.exponent(small, large, "build") == pytest.approx(1.0)


def test_page_keeps_sections_that_were_not_measured_again(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    stamp = "<!-- measured: {} -->\n*then*\n\n{}"
    texts = {"fixed": stamp.format("fixed", "| a |"), "scale": stamp.format("scale", "| b |\n\nGrowth.")}
    page.write_text(command._page(texts), encoding="utf-8")
    assert command._written(page) == texts
    assert page.read_text(encoding="utf-8").index("| a |") < page.read_text(encoding="utf-8").index("| b |")


def test_true_queries_are_those_of_the_largest_star_that_was_asked(tmp_path: Path) -> None:
    held = tmp_path / "scale.json"
    assert command._true_queries(held) == ["**Not measured on a star that was built.**"]
    queries = {"07_where": {"median_ms": 3.2, "cpu_ms": 41.0}}
    held.write_text(
        json.dumps(
            {
                "1000": {"documents": 1000, "queries": {"07_where": {"median_ms": 1.0, "cpu_ms": 2.0}}},
                "10000": {"documents": 10000, "queries": queries},
                "100000": {"documents": 100000, "queries": {"error": "no space"}},
            }
        ),
        encoding="utf-8",
    )
    said, rows = command._true_queries(held)
    assert "10,000" in said and "| 07_where | 3 | 41 |" in rows
