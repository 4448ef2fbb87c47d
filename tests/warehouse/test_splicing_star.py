"""A warehouse that new documents were spliced into equals the one built from all documents, table by table."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from gongkai import splice
from gongkai.home import Home, open_home
from gongkai.publish import current_number, read_generation
from gongkai.runlog import read_events, start_run
from gongkai.steps import RefreshOutcome, refresh
from ingest.run import IngestOptions

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
TIMES = ("ingested_at", "fetched_at", "content")
"""When something was read, and a digest that holds it."""
_AMOUNT = re.compile(r"([0-9]+)[.][0-9]{2}")


@pytest.fixture(autouse=True)
def project(samples_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project that made the samples' warehouse is the one at work, whatever somebody edits meanwhile."""
    home = Home(samples_home)
    made_by = read_generation(home, current_number(home)).project
    assert made_by
    monkeypatch.setattr("gongkai.build.project_fingerprint", lambda: made_by)
    monkeypatch.setattr("gongkai.quarantine.project_fingerprint", lambda: made_by)


def _refresh(home: Home, *sources: Path, prune: bool = False, full: bool = False) -> tuple[RefreshOutcome, list[dict]]:
    run = start_run(home, "refresh")
    options = IngestOptions(jobs=2, prune=prune, allow_shrink=True)
    outcome = refresh(home, run, sources, options, full=full)
    return outcome, read_events(run.folder)


def _events(events: list[dict], name: str) -> list[dict]:
    return [event for event in events if event["event"] == name]


def _differences(ours: Home, clean: Home) -> dict[str, int]:
    """Table → rows that only one of two published files holds; columns, their types and comments count as rows."""
    found = {}
    with duckdb.connect() as connection:
        for alias, home in (("ours", ours), ("clean", clean)):
            connection.execute(f"attach '{home.database.resolve()}' as {alias} (read_only)")
        described = (
            "select table_name, column_name, column_index, data_type, comment from duckdb_columns()"
            " where database_name = '{}' and schema_name = 'main'"
        )
        sides = [described.format(alias) for alias in ("ours", "clean")]
        found["columns"] = _unlike(connection, *sides)
        tables = connection.execute(
            "select table_name, list(column_name order by column_index) from duckdb_columns()"
            " where database_name = 'clean' and schema_name = 'main' and table_name not like 'meta_run%' group by 1"
        ).fetchall()
        assert len(tables) > 50
        for table, columns in tables:
            names = ", ".join(f'"{name}"' for name in columns if name not in TIMES)
            found[table] = _unlike(
                connection, *(f'select {names} from {alias}.main."{table}"' for alias in ("ours", "clean"))
            )
    return {table: count for table, count in found.items() if count}


def _unlike(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    query = f"select count(*) from (({one} except all {other}) union all ({other} except all {one}))"
    return connection.execute(query).fetchone()[0]


@pytest.mark.slow
def test_splicing_equals_building_all(samples_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splice, "MOST_SHARE", 1.0)
    shutil.copytree(samples_home, tmp_path / "home", symlinks=True)
    home, inbox = open_home(tmp_path / "home"), tmp_path / "inbox"
    inbox.mkdir()
    budget = (SAMPLES / "青禾市水务局2023年部门预算.txt").read_text(encoding="utf-8")
    account = (SAMPLES / "青禾市水务局2023年度部门决算公开.txt").read_text(encoding="utf-8")
    # A correction of a document that is here, a unit nobody knew, and a subject code that is in no list.
    (inbox / "更正.txt").write_text(_AMOUNT.sub(r"\g<1>.57", budget, 9), encoding="utf-8")
    stranger = account.replace("青禾市水务局", "青禾市园林绿化局").replace("21303", "21388")
    (inbox / "新单位.txt").write_text(stranger, encoding="utf-8")
    with duckdb.connect(str(home.database.resolve()), read_only=True) as connection:
        keys = set(connection.execute("select amount_key from fct_statement_amount").fetchall())

    # Checked as a whole, because somebody wants it so.
    outcome, events = _refresh(home, inbox, full=True)
    [spliced] = _events(events, "spliced")
    assert outcome.is_new and outcome.generation.spliced == 1 and not _events(events, "not_spliced")
    assert [event["scoped"] for event in _events(events, "gate")] == [False] and outcome.generation.scoped == 0
    documents = outcome.generation.documents
    assert 3 <= spliced["documents"] < documents, "the documents of the unit, and no others"
    with duckdb.connect(str(home.database.resolve()), read_only=True) as connection:
        assert keys < set(connection.execute("select amount_key from fct_statement_amount").fetchall())
        last = "select documents_spliced from meta_run order by generation desc limit 2"
        assert connection.execute(last).fetchall() == [(spliced["documents"],), (None,)]
        local = "select functional_code from dim_functional_subject where not is_official"
        assert any(code.startswith("21388") for (code,) in connection.execute(local).fetchall())

    # One goes, taking a unit and its codes with it; the correction is corrected; one is no document.
    (inbox / "新单位.txt").unlink()
    (inbox / "更正.txt").unlink()
    (inbox / "再更正.txt").write_text(_AMOUNT.sub(r"\g<1>.68", budget, 5), encoding="utf-8")
    (inbox / "空.txt").write_bytes(b"")
    shutil.copytree(home.root, tmp_path / "clean", symlinks=True)
    clean = open_home(tmp_path / "clean")
    outcome, events = _refresh(home, inbox, prune=True)
    assert _events(events, "spliced") and outcome.generation.spliced == 2 and outcome.ingested.removed >= 1
    assert outcome.generation.documents < documents
    [gate] = _events(events, "gate")
    assert gate["scoped"] and gate["documents"] < documents and outcome.generation.scoped == 1
    assert (home.docs / "scoped.html").exists()

    # From the same landing, since which of two versions is the newer hangs on when they were first read. A splice that
    # takes a row of another body with it is found out, and all is built instead.
    replace_rows = splice._replace_rows

    def too_many(connection: duckdb.DuckDBPyConnection, table: str, replaced: set[str]) -> tuple:
        found = replace_rows(connection, table, replaced)
        if table == "fct_three_public":
            others = "document_key not in (select key from gone_documents)"
            first = f"(select min(rowid) from {table} where {others})"
            connection.execute(f"delete from {table} where rowid = {first}")
        return found

    monkeypatch.setattr(splice, "_replace_rows", too_many)
    whole, events = _refresh(clean, inbox, prune=True)
    [refused] = _events(events, "not_spliced")
    assert "splice.untouched_rows_unchanged" in refused["reason"]
    assert [event["name"] for event in _events(events, "check_failed")] == ["untouched_rows_unchanged"]
    assert [event["checks"] for event in _events(events, "splice_refused")] == [["untouched_rows_unchanged"]]
    assert whole.generation.spliced == whole.generation.scoped == 0
    assert not (clean.docs / "scoped.html").exists(), "the report of a gate that was overruled is gone"
    assert _differences(home, clean) == {}
    # Nothing new is nothing to do.
    assert not _refresh(home, inbox)[0].is_new


def test_the_comparison_sees_a_row_and_a_comment_that_differ(samples_home: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        shutil.copytree(samples_home / "generations", tmp_path / name / "generations")
        (tmp_path / name / "gongkai.duckdb").symlink_to(Path(*(samples_home / "gongkai.duckdb").readlink().parts))
    one, other = Home(tmp_path / "one"), Home(tmp_path / "other")
    assert _differences(one, other) == {}
    path = other.database.resolve()
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update fct_expenditure set amount_yuan = amount_yuan + 0.01 where rowid = 0")
        connection.execute("comment on column dim_unit.unit_name is 'another'")
    assert _differences(one, other) == {"fct_expenditure": 2, "columns": 2}
