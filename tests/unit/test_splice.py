"""What a change touches, and when nothing may be spliced."""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations.scoped import Scope
from gongkai import check, splice
from gongkai.home import Home, open_home
from gongkai.publish import Generation
from gongkai.splice import Compiled, Node, NotSplicedError, contents, keep_compiled, read_compiled
from ingest.landing.writer import Landing, polars_schema


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(tmp_path / "home")


def _id(number: int) -> str:
    return f"{number:064d}"[::-1]


def _key(number: int) -> str:
    return _id(number)[:16]


def test_a_change_touches_all_that_hang_together_and_nothing_else() -> None:
    # 1 and 2 share unit a; 2 and 3 share the department b; 4 and 5 share c; 6 names nobody.
    links = [(_key(1), "a"), (_key(2), "a"), (_key(2), "b"), (_key(3), "b"), (_key(4), "c"), (_key(5), "c")]
    before = {_id(number): "same" for number in range(1, 7)}

    def touched(now: dict[str, str]) -> tuple[set[str], set[str], set[str]]:
        found = splice._touched(now, before, links)
        return set(found.documents), set(found.keys), set(found.units)

    assert touched(before) == (set(), set(), set())
    group = {1, 2, 3}
    changed = touched(before | {_id(3): "other"})
    assert changed == ({_id(n) for n in group}, {_key(n) for n in group}, {"a", "b"})
    assert touched(before | {_id(6): "other"}) == ({_id(6)}, {_key(6)}, set())
    # A removed one is not built, but its rows go, and those who shared a unit with it are built.
    gone = {key: digest for key, digest in before.items() if key != _id(5)}
    assert touched(gone) == ({_id(4)}, {_key(4), _key(5)}, {"c"})
    assert touched(before | {_id(7): "new"})[0] == {_id(7)}


def _land(landing: Landing, numbers: list[int], text: str = "x") -> None:
    rows = [{"document_id": _id(number), "file_name": f"{number}.txt"} for number in numbers]
    said = [{"document_id": _id(number), "paragraph_ordinal": 1, "text": text} for number in numbers]
    landed = [
        {"document_id": _id(number), "reading_version": "1", "state": "read", "code": None, "figures": 0}
        for number in numbers
    ]
    frames = {
        "documents": pl.DataFrame(rows, schema=polars_schema("documents")),
        "paragraphs": pl.DataFrame(said, schema=polars_schema("paragraphs")),
    }
    landing.commit(frames, pl.DataFrame(landed, schema=polars_schema("landed")))


def test_contents_follow_what_was_read_and_where_it_came_from(home: Home) -> None:
    landing = Landing(home.landing)
    landing.recover()
    _land(landing, [1, 2, 3])
    first = contents(home, [])
    assert len(set(first.values())) == 3
    assert contents(home, [_id(2)]).keys() == {_id(1), _id(3)}
    # Read again alike, or merged into another batch: the same.
    _land(landing, [2])
    _land(landing, [4])
    landing.settle(10, small_batches=0)
    assert {key: digest for key, digest in contents(home, []).items() if key != _id(4)} == first
    _land(landing, [3], "y")
    assert {key for key, digest in contents(home, []).items() if first.get(key) == digest} == {_id(1), _id(2)}
    fetch = {"document_id": _id(1), "url": "https://example.org/1", "fetched_at": None}
    landing.set_side("fetches", [fetch])
    assert {key for key, digest in contents(home, []).items() if first.get(key) == digest} == {_id(2)}


def _artefacts(home: Home) -> None:
    folder = home.cache / "dbt"
    folder.mkdir(parents=True)

    def node(name: str, kind: str = "model", made: str = "table") -> dict:
        config = {"materialized": made}
        return {"name": name, "alias": name, "resource_type": kind, "config": config}

    manifest = {
        "nodes": {
            "seed.g.codes": node("codes", "seed", "seed"),
            "model.g.b_star": node("b_star"),
            "model.g.z_stg": node("z_stg", made="view"),
            "model.g.c_codes": node("c_codes"),
            "test.g.t.1": node("t", "test", "test"),
            "test.g.u.2": node("u", "test", "test"),
        },
        "parent_map": {
            "model.g.b_star": ["model.g.z_stg", "model.g.c_codes"],
            "model.g.z_stg": ["source.g.landing.documents"],
            "model.g.c_codes": ["seed.g.codes"],
            "test.g.t.1": ["model.g.b_star"],
            "test.g.u.2": ["model.g.c_codes"],
            "seed.g.codes": [],
            "source.g.landing.documents": [],
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    results = [{"unique_id": key, "compiled_code": f"select '{key}'"} for key in manifest["nodes"] if "seed" not in key]
    (folder / "run_results.json").write_text(json.dumps({"results": results}))


def test_compiled_sql_is_kept_in_an_order_it_can_be_run_in(home: Home) -> None:
    _artefacts(home)
    keep_compiled(home, "one")
    compiled = read_compiled(home, "one")
    assert compiled.seeds == ("codes",)
    names = [node.name for node in compiled.nodes]
    assert names.index("b_star") > max(names.index("z_stg"), names.index("c_codes")) and len(names) == 5
    assert {node.name for node in compiled.nodes if node.is_shaped} == {"z_stg", "b_star", "t"}
    assert [node.name for node in compiled.above(["c_codes"])] == ["c_codes"]
    assert {node.name for node in compiled.above(["b_star"])} == {"b_star", "c_codes", "z_stg"}
    with pytest.raises(NotSplicedError, match="another project"):
        read_compiled(home, "two")
    # A whole build that leaves no artefacts leaves nothing to splice with.
    (home.cache / "dbt" / "run_results.json").unlink()
    keep_compiled(home, "one")
    with pytest.raises(NotSplicedError, match="kept"):
        read_compiled(home, "one")


def test_a_table_whose_rows_do_not_say_whose_they_are_is_not_spliced(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "part.duckdb")) as part:
        part.execute("create table fct_a as select 'd2' as document_key, 2 as value")
        part.execute("create table bridge as select 'd2-t1' as amount_key, 2 as value")
        part.execute("create table mart_u as select cast(null as varchar) as unit_key, 2 as value")
        part.execute("create table mart_v as select 'u' as unit_key, 2 as value")
        part.execute("create table fct_n as select 1 as value")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{tmp_path / 'part.duckdb'}' as part (read_only)")
        connection.execute("create table fct_a as select unnest(['d1', 'd2']) as document_key, 1 as value")
        connection.execute("create table bridge as select unnest(['d1-t1', 'd2-t9']) as amount_key, 1 as value")
        connection.execute("create table mart_u as select 'u' as unit_key, 1 as value")
        connection.execute("create table mart_v as select cast(null as varchar) as unit_key, 1 as value")
        connection.execute("create table fct_n as select 1 as value")
        connection.execute("create table gone_documents as select 'd2' as key")
        connection.execute("create table gone_units as select 'u' as key")
        both = ("gone_documents", "gone_units")
        splice._replace_rows(connection, "fct_a", both)
        splice._replace_rows(connection, "bridge", both)
        assert connection.execute("from fct_a order by all").fetchall() == [("d1", 1), ("d2", 2)]
        assert connection.execute("from bridge order by all").fetchall() == [("d1-t1", 1), ("d2-t1", 2)]
        for table in ("mart_u", "mart_v"):
            with pytest.raises(NotSplicedError, match="have no unit_key"):
                splice._replace_rows(connection, table, both)
        with pytest.raises(NotSplicedError, match="whose they are"):
            splice._replace_rows(connection, "fct_n", both)
        with pytest.raises(NotSplicedError, match="have no unit_key"):
            splice._replace_rows(connection, "mart_u", ())


def test_documents_of_new_bodies_are_put_in_beside_the_others(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "part.duckdb")) as part:
        part.execute("create table fct_a as select 'd3' as document_key, 3 as value")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{tmp_path / 'part.duckdb'}' as part (read_only)")
        connection.execute("create table fct_a as select unnest(['d1', 'd2']) as document_key, 1 as value")
        connection.execute("create table dim_document as select document_key from fct_a")
        connection.execute("create table dim_unit as select 'u' as unit_key")
        for keys, replaced in (
            (("d3", "new"), set()),
            (("d2", "new"), {"gone_documents"}),
            (("d3", "u"), {"gone_units"}),
        ):
            for name, key in zip(("gone_documents", "gone_units"), keys, strict=True):
                connection.execute(f"create or replace table {name} as select '{key}' as key")
            assert splice._replaced(connection) == replaced
        splice._replace_rows(connection, "fct_a", ())
        assert connection.execute("from fct_a order by all").fetchall() == [("d1", 1), ("d2", 1), ("d3", 3)]


def test_a_file_is_copied_with_or_without_the_file_systems_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "源 文件", tmp_path / "copy"
    source.write_bytes(bytes(range(256)) * 1000)
    target.write_bytes(b"longer than nothing")
    splice._copy(source, target)
    assert target.read_bytes() == source.read_bytes()

    def shared(descriptor: int, request: int, other: int) -> int:
        assert request == splice._SHARE_BLOCKS
        return os.write(descriptor, os.pread(other, 10**6, 0)) and 0

    monkeypatch.setattr(splice.fcntl, "ioctl", shared)
    monkeypatch.setattr(splice.shutil, "copyfile", None)
    splice._copy(source, target)
    assert target.read_bytes() == source.read_bytes()


def _generation(**more: object) -> Generation:
    return Generation(1, "r", "now", "x", 1, 1, 1, **({"digests": {"dim_unit": (1, "1")}} | more))


def test_a_spliced_file_is_checked_wholly_now_and_then() -> None:
    scope = Scope(("a",) * 10, (), (), {}, (), {})
    assert check._may_be_scoped(scope, _generation())
    assert check._may_be_scoped(scope, _generation(scoped=check.MOST_SCOPED - 1))
    assert not check._may_be_scoped(scope, _generation(scoped=check.MOST_SCOPED))
    assert not check._may_be_scoped(scope, _generation(digests={}))
    many = Scope(("a",) * (check.MOST_DOCUMENTS + 1), (), (), {}, (), {})
    assert not check._may_be_scoped(many, _generation())


def test_a_part_is_built_by_the_landing_it_is_given(tmp_path: Path) -> None:
    node = Node("stg", "model", "view", "select 1 as x from read_parquet('/old place/documents/*.parquet')", (), True)
    assert Compiled("p", (), (node,)).above(["stg", "nobody"]) == (node,)
    (tmp_path / "it's" / "documents").mkdir(parents=True)
    pl.DataFrame({"x": [1, 2]}).write_parquet(tmp_path / "it's" / "documents" / "a.parquet")
    with duckdb.connect() as connection:
        splice._run_models(connection, [node], tmp_path / "it's")
        assert connection.execute("select count(*) from stg").fetchone() == (2,)
