"""Quarantine: a document that breaks a test or a check is kept out and named; all others are published."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from gongkai import quarantine, status, steps
from gongkai.build import fingerprint
from gongkai.cli import cli
from gongkai.home import Home, open_home
from gongkai.messages import GongkaiError
from gongkai.quarantine import MOST_TRIALS, Held, active, filter_landing, settle, stored
from gongkai.runlog import Run, read_events, start_run
from gongkai.suspects import Failure, failures_of, suspects_of
from ingest.landing.schemas import SCHEMAS
from ingest.landing.writer import LANDED, Landing, polars_schema
from ingest.run import IngestOptions

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NAMES = (
    "临浦区体育局2023年部门预算.txt",
    "青禾市水务局2023年部门预算.txt",
    "白杨县妇女联合会2022年度部门决算公开说明.txt",
    "苇塘坪镇中心卫生院2023年度单位决算.txt",
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(tmp_path / "home")


@pytest.fixture(autouse=True)
def project(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Says which project this is: files changed by somebody while a test runs are not its subject."""

    def be(name: str) -> None:
        monkeypatch.setattr("gongkai.build.project_fingerprint", lambda: name)
        monkeypatch.setattr("gongkai.quarantine.project_fingerprint", lambda: name)

    be("one")
    return be


def _key(number: int) -> str:
    return f"{number:064x}"[::-1]


def _land(home: Home, keys: Iterable[str], version: str = "1", size: int | None = None) -> None:
    """Documents of a name and one paragraph each."""
    keys = list(keys)
    landing = Landing(home.landing)
    landing.recover()
    rows = {
        "documents": [{"document_id": key, "file_name": f"{key[:4]}.txt"} for key in keys],
        "paragraphs": [{"document_id": key, "paragraph_ordinal": 1, "text": "x"} for key in keys],
        "rejects": [
            {"document_id": key, "reject_ordinal": 1, "stage": "page", "code": "page_without_text"} for key in keys
        ],
    }
    landed = [
        {"document_id": key, "reading_version": version, "state": "read", "code": None, "figures": 0} for key in keys
    ]
    frames = {table: pl.DataFrame(held, schema=polars_schema(table)) for table, held in rows.items()}
    landing.commit(frames, pl.DataFrame(landed, schema=polars_schema("landed")), batch_documents=size)


def _run(home: Home) -> Run:
    return start_run(home, "refresh")


class _Trial:
    """A build that fails where it holds one of the bad documents, or all of a clashing group."""

    def __init__(self, keys: Sequence[str], bad: Iterable[str] = (), clash: Sequence[str] = ()) -> None:
        self.keys, self.bad, self.clash = set(keys), set(bad), set(clash)
        self.tried: list[set[str]] = []

    def __call__(self, held: quarantine.Quarantine) -> set[str]:
        kept = self.keys - held.keys()
        self.tried.append(kept)
        if kept & self.bad or (self.clash and self.clash <= kept):
            raise GongkaiError("checks_failed", failed=1, total=9, names="x", report="y")
        return kept


@pytest.fixture
def unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are of documents, but their rows name none."""
    monkeypatch.setattr(quarantine, "failures_of", lambda _home, error: (Failure("odd", "star.odd"),))
    monkeypatch.setattr(quarantine, "suspects_of", lambda *_: {})


@pytest.mark.usefixtures("unnamed")
@pytest.mark.parametrize("bad", [{5}, {0}, {0, 39}, {17, 18}])
def test_documents_no_row_names_are_found_by_trying(home: Home, bad: set[int]) -> None:
    keys = [_key(number) for number in range(40)]
    _land(home, keys)
    trial = _Trial(keys, {_key(number) for number in bad})
    kept, held = settle(home, _run(home), trial)
    assert held.keys() == trial.bad and kept == set(keys) - trial.bad and trial.tried[-1] == kept
    assert len(trial.tried) <= 2 + MOST_TRIALS
    assert stored(home) == held and all(entry.checks == ("odd",) for entry in held.values())


@pytest.mark.usefixtures("unnamed")
def test_of_two_that_clash_one_is_kept_out(home: Home) -> None:
    keys = [_key(number) for number in range(9)]
    _land(home, keys)
    _, held = settle(home, _run(home), _Trial(keys, clash=(_key(2), _key(7))))
    assert len(held) == 1 and held.keys() < {_key(2), _key(7)}


@pytest.mark.usefixtures("unnamed")
def test_the_published_ones_are_taken_to_be_sound(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [_key(number) for number in range(50)]
    _land(home, keys)
    monkeypatch.setattr(quarantine, "_published", lambda _home: set(keys[:46]))
    trial = _Trial(keys, {keys[48]})
    _, held = settle(home, _run(home), trial)
    assert held.keys() == {keys[48]} and len(trial.tried) <= 5
    assert all(set(keys[:46]) <= kept for kept in trial.tried)


@pytest.mark.usefixtures("unnamed")
def test_a_published_one_that_fails_now_is_found_too(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [_key(number) for number in range(8)]
    _land(home, keys)
    monkeypatch.setattr(quarantine, "_published", lambda _home: set(keys[:6]))
    _, held = settle(home, _run(home), _Trial(keys, {keys[1]}))
    assert held.keys() == {keys[1]}


@pytest.mark.usefixtures("unnamed")
def test_too_many_to_find_gives_up_with_the_first_failure(home: Home) -> None:
    keys = [_key(number) for number in range(200)]
    _land(home, keys)
    trial, run = _Trial(keys, keys[::2]), _run(home)
    with pytest.raises(GongkaiError) as caught:
        settle(home, run, trial)
    assert caught.value.code == "checks_failed" and len(trial.tried) == 1 + MOST_TRIALS
    assert stored(home) == {} and any(event["event"] == "quarantine_given_up" for event in read_events(run.folder))


@pytest.mark.parametrize("named", [True, False])
def test_where_all_are_bad_nothing_is_published(home: Home, monkeypatch: pytest.MonkeyPatch, named: bool) -> None:
    keys = [_key(number) for number in range(4)]
    _land(home, keys)
    monkeypatch.setattr(quarantine, "failures_of", lambda _home, error: (Failure("odd", "star.odd"),))
    monkeypatch.setattr(quarantine, "suspects_of", lambda *_: {key[:16]: {"odd"} for key in keys} if named else {})
    with pytest.raises(GongkaiError) as caught:
        settle(home, _run(home), _Trial(keys, keys))
    assert caught.value.code == "checks_failed" and stored(home) == {}


def test_rows_name_documents_round_after_round(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [_key(number) for number in range(30)]
    _land(home, keys)
    trial = _Trial(keys, {keys[3], keys[20], keys[21]})
    rounds = iter(({keys[3]}, {keys[20], keys[21]}))
    monkeypatch.setattr(quarantine, "failures_of", lambda _home, error: (Failure("odd", "star.odd"),))
    monkeypatch.setattr(quarantine, "suspects_of", lambda *_: {key[:16]: {"odd"} for key in next(rounds)})
    _, held = settle(home, _run(home), trial)
    assert held.keys() == trial.bad and len(trial.tried) == 3


def test_of_a_new_and_a_published_one_in_a_row_the_new_one_waits(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [_key(number) for number in range(6)]
    _land(home, keys)
    monkeypatch.setattr(quarantine, "_published", lambda _home: set(keys[:5]))
    monkeypatch.setattr(quarantine, "failures_of", lambda _home, error: (Failure("odd", "star.odd"),))
    monkeypatch.setattr(quarantine, "suspects_of", lambda *_: {keys[1][:16]: {"odd"}, keys[5][:16]: {"odd"}})
    _, held = settle(home, _run(home), _Trial(keys, clash=(keys[1], keys[5])))
    assert held.keys() == {keys[5]}


def test_what_is_not_about_documents_is_raised_at_once(home: Home) -> None:
    keys = [_key(number) for number in range(5)]
    _land(home, keys)
    folder = home.cache / "dbt"
    folder.mkdir(parents=True)
    parents = {
        "model.gongkai.fct": ["source.gongkai.landing.cells", "seed.gongkai.words"],
        "test.gongkai.fct_unique.1": ["model.gongkai.fct"],
        "test.gongkai.words_unique.2": ["seed.gongkai.words"],
        "seed.gongkai.words": [],
    }
    (folder / "manifest.json").write_text(json.dumps({"parent_map": parents}), encoding="utf-8")

    def failed(*parts: tuple[str, str, str]) -> tuple[Failure, ...]:
        failures = tuple(dict(zip(("node", "status", "message"), part, strict=True)) for part in parts)
        error = GongkaiError("build_failed", nodes="x", log="y", failures=failures)
        return failures_of(home, error)

    row = ("test.gongkai.fct_unique.1", "fail", "Got 2 results")
    value = ("model.gongkai.fct", "error", "Runtime Error in model fct\n  Conversion Error: Could not convert 'x'")
    assert [failure.name for failure in failed(row, value)] == ["fct_unique", "fct"]
    assert failed(("model.gongkai.fct", "error", "Runtime Error in model fct\n  Binder Error: no column x")) == ()
    assert failed(("model.gongkai.fct", "error", "Compilation Error in model fct")) == ()
    assert failed(("test.gongkai.words_unique.2", "fail", "Got 1 result")) == ()
    assert failed(("dbt", "error", "Parsing Error")) == ()
    assert failed(row, ("test.gongkai.words_unique.2", "fail", "Got 1 result")) == ()

    def checks(*parts: tuple[str, str, str]) -> tuple[Failure, ...]:
        return failures_of(home, GongkaiError("checks_failed", failed=1, total=2, names="", report="", failures=parts))

    assert checks(("landing", "landing_cells_key", "主键唯一")) == (
        Failure("landing_cells_key", "landing.landing_cells_key"),
    )
    assert checks(("landing", "landing_cells_key", "无法检查：没有表")) == ()
    assert checks(("star", "contract_columns_present", "数据契约规定的表和列都在")) == ()

    tried = []

    def attempt(held: quarantine.Quarantine) -> None:
        tried.append(held)
        raise GongkaiError("disk_space", home="h", free="1", needed="2")

    with pytest.raises(GongkaiError) as caught:
        settle(home, _run(home), attempt)
    assert caught.value.code == "disk_space" and len(tried) == 1


def test_a_check_alone_builds_again_without_them(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [_key(number) for number in range(4)]
    _land(home, keys)
    built: list[set[str]] = [set()]

    def build(_home: Home, _run: Run, held: quarantine.Quarantine, *_: object) -> None:
        built.append(set(held))

    def check(_home: Home, _run: Run) -> tuple[str, ...]:
        if keys[2] not in built[-1]:
            raise GongkaiError("checks_failed", failed=1, total=9, names="x", report="y")
        return ("passed",)

    monkeypatch.setattr(steps, "_build", build)
    monkeypatch.setattr(steps, "_check", check)
    monkeypatch.setattr(quarantine, "failures_of", lambda _home, error: (Failure("odd", "star.odd"),))
    monkeypatch.setattr(quarantine, "suspects_of", lambda *_: {keys[2][:16]: {"odd"}})
    assert steps.check_step(home, _run(home)) == ("passed",)
    assert built == [set(), {keys[2]}] and stored(home).keys() == {keys[2]}
    # The next build leaves it out from the start.
    steps.build_step(home, _run(home))
    assert built[-1] == {keys[2]}


def _held(key: str, version: str = "1", project: str = "one") -> Held:
    return Held(key, f"{key[:4]}.txt", ("odd",), version, project, "000001-x")


def test_the_filtered_landing_lacks_them_and_says_so(home: Home) -> None:
    keys = [_key(number) for number in range(7)]
    _land(home, keys, size=3)
    filter_landing(home, {keys[1]: _held(keys[1])})
    with duckdb.connect() as connection:

        def rows(folder: Path, table: str) -> list[tuple]:
            files = f"read_parquet('{folder}/{table}/*.parquet', union_by_name = true)"
            return connection.execute(f"select document_id from {files} order by all").fetchall()

        expected = sorted((key,) for key in keys if key != keys[1])
        for table in ("documents", "paragraphs", "landed"):
            assert rows(home.filtered_landing, table) == expected, table
        assert {path.name for path in home.filtered_landing.iterdir()} >= SCHEMAS.keys()
        files = f"read_parquet('{home.filtered_landing}/rejects/*.parquet', union_by_name = true)"
        found = connection.execute(
            f"select stage, code, file_name, reason from {files} where document_id = ?", [keys[1]]
        ).fetchall()
        assert [row[:3] for row in found] == [("file", "quarantined", f"{keys[1][:4]}.txt")]
        assert "odd" in found[0][3] and "报告" in found[0][3]
        # What was landed stays as it was.
        assert rows(home.landing, "documents") == sorted((key,) for key in keys)
        # Read beside its own rejects, of which there may be several.
        assert connection.execute(f"select count(*) from {files} where code = 'page_without_text'").fetchone() == (6,)
    filter_landing(home, {})
    assert not home.filtered_landing.exists()


def _rejects(home: Home) -> list[tuple]:
    files = f"read_parquet('{home.landing}/rejects/*.parquet', union_by_name = true)"
    with duckdb.connect() as connection:
        return connection.execute(
            f"select document_id, reject_ordinal, code from {files} where stage = 'file' order by all"
        ).fetchall()


def test_the_landing_keeps_the_row_of_who_is_kept_out(home: Home, unnamed: None) -> None:
    keys = [_key(number) for number in range(4)]
    _land(home, keys)
    untouched = fingerprint(home)
    settle(home, _run(home), _Trial(keys, bad=keys[2:3]))
    assert _rejects(home) == [(keys[2], 2, "quarantined")]
    # Nothing new follows from it, and the next start does not take it for debris.
    assert fingerprint(home) == untouched
    assert Landing(home.landing).recover().removed_files == ()
    (home.landing / "manifest.json").write_text("{", encoding="utf-8")
    Landing(home.landing).recover()
    assert _rejects(home) == [(keys[2], 2, "quarantined")]
    # What is built from the whole landing finds no such row, and once all pass there is none.
    home.quarantine.unlink()
    settle(home, _run(home), lambda held: filter_landing(home, held) or _rejects(home))
    assert _rejects(home) == []


def test_it_is_tried_again_when_reading_or_project_change(home: Home, project: Callable[[str], None]) -> None:
    keys = [_key(number) for number in range(3)]
    _land(home, keys)
    quarantine._store(home, {keys[0]: _held(keys[0]), keys[1]: _held(keys[1], version="0"), "gone": _held("gone")})
    assert active(home).keys() == {keys[0]}
    assert fingerprint(home, active(home)) != fingerprint(home)
    read_so = Landing(home.landing).landed()[keys[0]].content
    quarantine._store(home, {keys[0]: replace(_held(keys[0]), content=read_so)})
    assert active(home).keys() == {keys[0]}
    quarantine._store(home, {keys[0]: replace(_held(keys[0]), content="read otherwise")})
    assert active(home) == {}
    quarantine._store(home, {keys[0]: _held(keys[0]), keys[1]: _held(keys[1], version="0"), "gone": _held("gone")})
    project("another")
    assert active(home) == {} and stored(home).keys() == {keys[0], keys[1], "gone"}
    home.quarantine.write_text("[1", encoding="utf-8")
    assert stored(home) == active(home) == {}


# With dbt and the gate ---------------------------------------------------------------------------------------------


def _doctor(home: Home, file_name: str, change: Callable[[dict[str, pl.DataFrame]], None]) -> str:
    """Land one document again with changed rows, as if it had been read so; returns its document_id."""
    landing = Landing(home.landing)
    documents = landing.read_table("documents")
    key = documents.filter(pl.col("file_name") == file_name)["document_id"].item()
    own = pl.col("document_id") == key
    tables = {table: landing.read_table(table).filter(own) for table in SCHEMAS}
    change(tables)
    landing.commit(tables, landing.read_table("landed").filter(own))
    landing.settle(200)
    assert set(LANDED.names) == set(landing.read_table("landed").columns)
    return key


def _double_a_figure(tables: dict[str, pl.DataFrame]) -> None:
    """A number stands twice in its cell: dbt's tests of unique keys fail."""
    numbers = tables["cell_numbers"]
    tables["cell_numbers"] = pl.concat([numbers, numbers.filter(pl.col("role") == "figure").head(1)])


def _miscount(tables: dict[str, pl.DataFrame]) -> None:
    """A table claims one figure more than it has: only the gate looks at that."""
    tables["tables"] = tables["tables"].with_columns(pl.col("figure_count") + 1)


def test_one_oddly_read_document_never_stops_the_others(home: Home, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in NAMES:
        shutil.copyfile(SAMPLES / name, inbox / name)
    options = IngestOptions(jobs=1)
    steps.ingest_step(home, _run(home), [inbox], options)
    twice, miscounted = _doctor(home, NAMES[0], _double_a_figure), _doctor(home, NAMES[1], _miscount)

    run = _run(home)
    outcome = steps.refresh(home, run, [], options)
    assert outcome.is_new and {held.document_id for held in outcome.quarantined} == {twice, miscounted}
    # No trying out: the rows named them, one in the build and one in the check.
    events = [event["event"] for event in read_events(run.folder)]
    assert events.count("quarantine") == 2 and events.count("built") == 2 and all(c.success for c in outcome.checks)
    held = stored(home)
    assert held[miscounted].checks == ("landing_figures_counted",) and held[twice].checks
    with duckdb.connect(str(home.database.resolve()), read_only=True) as connection:
        names = {row[0] for row in connection.execute("select file_name from dim_document").fetchall()}
        assert names == set(NAMES[2:])
        told = connection.execute(
            "select file_name from meta_run_document where code = 'quarantined' order by all"
        ).fetchall()
        assert told == sorted((name,) for name in NAMES[:2])
    found = status.status(home)
    assert {row["file_name"] for row in found["quarantined"]} == set(NAMES[:2])
    assert f"已隔离 {NAMES[1]}：[quarantined]" in status.as_text(found)
    rejects = pl.read_parquet(home.filtered_landing / "rejects" / "quarantine.parquet")
    assert set(rejects["document_id"]) == {twice, miscounted} and set(rejects["code"]) == {"quarantined"}

    again = CliRunner().invoke(cli, ["refresh", "--home", str(home.root), "--json", "--strict"])
    assert again.exit_code == 3, again.output
    said = json.loads(again.stdout)
    assert not said["is_new"] and {entry["document_id"] for entry in said["quarantined"]} == {twice, miscounted}
    assert "[quarantined]" in again.stderr and "[nothing_new]" in again.stderr

    healed = steps.refresh(home, _run(home), [], replace(options, version="another"))
    assert healed.is_new and healed.quarantined == () and not home.quarantine.exists()
    assert healed.generation.documents == len(NAMES) and status.status(home)["quarantined"] == []


def test_rows_are_followed_to_their_documents(home: Home) -> None:
    """By document, by figure, by table, and by what a row shares with the table that was looked at."""
    run = _run(home)
    with duckdb.connect(str(run.folder / "failed.duckdb")) as connection:
        connection.execute(
            "create table int_table__identity as select 7 as table_number, 'doc-by-table' as document_key"
        )
        connection.execute("create table int_row as select 7 as table_number, 3 as row_ordinal")
        connection.execute(
            "create table fct as select * from (values ('abc-t1r2c3n1', 'X', 5), ('def-p1', 'Y', 6))"
            " as held(amount_key, code, n)"
        )
    folder = home.cache / "dbt"
    folder.mkdir(parents=True)
    tests = {
        "test.gongkai.by_table.1": ("select table_number, 2 as copies from gongkai.main.int_row", None, "int_row"),
        "test.gongkai.by_amount.1": ("select amount_key from gongkai.main.fct where n = 6", None, ""),
        "test.gongkai.by_share.1": ("select code as value_field, count(*) as n_records from gongkai.main.fct"
                                    " where code = 'X' group by all", "code", "fct"),
        "test.gongkai.by_nothing.1": ("select 1 as one", None, "fct"),
    }  # fmt: skip
    nodes = {
        name: {
            "resource_type": "test",
            "column_name": column,
            "attached_node": f"model.gongkai.{table}" if table else None,
        }
        for name, (_, column, table) in tests.items()
    }
    results = [{"unique_id": name, "compiled_code": sql} for name, (sql, _, _) in tests.items()]
    (folder / "manifest.json").write_text(json.dumps({"nodes": nodes, "parent_map": {}}), encoding="utf-8")
    (folder / "run_results.json").write_text(json.dumps({"results": results}), encoding="utf-8")
    error = GongkaiError("build_failed", nodes="x", log="y")
    failures = [Failure(name.split(".")[2], name) for name in tests]
    assert suspects_of(home, run, error, failures) == {
        "doc-by-table": {"by_table"},
        "def": {"by_amount"},
        "abc": {"by_share"},
    }
