"""The gate of a spliced file finds what is wrong in touched rows, in untouched ones, and between them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest
from test_expectations import BREAKS, CLAIMS

from expectations.looking import columns_of, statements
from expectations.scoped import _TWICE, SPLICE, WITHIN, Digest, Scope, digest_of, evaluate, page, table_digests
from expectations.suites import SUITES
from gongkai import splice
from gongkai.home import Home


@dataclass
class Scene:
    """The samples' warehouse twice, as tables that may be broken: what was published, and what is to be."""

    connection: duckdb.DuckDBPyConnection
    scope: Scope
    """One body is touched; nothing in it has changed."""
    digests: dict[str, Digest]

    def run(self, *sql: str, scope: Scope | None = None, suites: dict | None = None, built: bool = False) -> list:
        """Outcomes that fail after some statements, all of which are undone. ``built``: what was broken was built so,
        and not broken on the way into the file."""
        scope = scope or self.scope
        self.connection.execute("begin")
        try:
            for statement in sql:
                self.connection.execute(statement)
            if built:
                scope = replace(scope, added=_added(self.connection, scope))
            held = evaluate(self.connection, scope, self.digests, suites=SUITES if suites is None else suites)[0]
            return [outcome for outcome in held if not outcome.success]
        finally:
            self.connection.execute("rollback")

    def names(self, *sql: str, **how: object) -> set[str]:
        """Names of what fails."""
        return {outcome.name for outcome in self.run(*sql, **how)}


def _added(connection: duckdb.DuckDBPyConnection, scope: Scope) -> dict[str, Digest]:
    columns, found = columns_of(connection), {}
    for table, column in scope.owners.items():
        owner = "split_part(amount_key, '-', 1)" if column == "amount_key" else column
        keys = ", ".join(f"'{key}'" for key in (scope.units if column == "unit_key" else scope.keys))
        found[table] = digest_of(connection, table, columns[table], f"{owner} in ({keys})")
    return found


def _scope(connection: duckdb.DuckDBPyConnection, home: Home, where: str) -> Scope:
    """The bodies of the documents that meet a condition, and all that hang together with them."""
    nodes = json.loads((home.cache / "compiled.json").read_text(encoding="utf-8"))["nodes"]
    shaped = {name for name, kind, *_, is_shaped in nodes if kind == "model" and is_shaped}
    columns = columns_of(connection)
    owners = {
        table: next(key for key in splice._KEYS if key in columns[table])
        for table in sorted(shaped & columns.keys() - {*splice.WHOLE, *splice.LISTED})
    }
    links = connection.execute("select document_key, unit_key from meta_document_unit").fetchall()
    ids = [key for (key,) in connection.execute("select document_id from dim_document").fetchall()]
    chosen = {key for (key,) in connection.execute(f"select document_id from dim_document where {where}").fetchall()}
    now = {key: "new" if key in chosen else "same" for key in ids}
    touched = splice._touched(now, dict.fromkeys(ids, "same"), links)
    scope = Scope(
        tuple(touched.documents), tuple(touched.keys), tuple(touched.units), owners, (*splice.WHOLE, *splice.LISTED), {}
    )
    return replace(scope, added=_added(connection, scope))


@pytest.fixture(scope="module")
def scene(samples_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home = Home(samples_home)
    with duckdb.connect() as connection:
        for statement in statements(home.landing, home.database, "table"):
            connection.execute(statement)
        before = tmp_path_factory.mktemp("before") / "before.duckdb"
        shutil.copyfile(home.database.resolve(), before)
        connection.execute(f"attach '{before}' as before")
        first = "unit_key = (select min(unit_key) from dim_document where fiscal_year is not null)"
        scope = _scope(connection, home, first)
        yield Scene(connection, scope, table_digests(connection, columns_of(connection)))


@pytest.fixture(scope="module")
def all_touched(scene: Scene, samples_home: Path) -> Scope:
    return _scope(scene.connection, Home(samples_home), "true")


def test_a_splice_that_changed_nothing_passes(scene: Scene, all_touched: Scope) -> None:
    documents = scene.connection.execute("select count(*) from dim_document").fetchone()[0]
    assert 0 < len(scene.scope.documents) < documents == len(all_touched.documents)
    assert len(scene.scope.owners) > 15
    assert scene.names() == scene.names(scope=all_touched) == set()


def test_every_claim_is_evaluated_on_what_is_touched(scene: Scene, all_touched: Scope) -> None:
    """Everything broken at once in rows that were built so; what was hidden is broken again by itself."""
    breaks = [statement for name in CLAIMS for statement in BREAKS[name].sql]
    breaks.sort(key=lambda sql: sql.startswith("insert"))
    hidden = CLAIMS.keys() - scene.names(*breaks, scope=all_touched, built=True)
    assert len(hidden) < len(CLAIMS) / 4
    by_name = {}
    for name in sorted(hidden):
        by_name[name] = scene.names(*BREAKS[name].sql, scope=all_touched, built=True, suites={"star": (CLAIMS[name],)})
    # A row that says of nobody that it is his cannot be touched: it is one too many among the others.
    astray = {name for name, found in by_name.items() if name not in found}
    assert all("untouched_rows_unchanged" in by_name[name] for name in astray), by_name
    assert astray <= {"dim_document_key_filled", "fct_finding_key_filled", "dim_unit_key_filled", "document_key_whole"}


def test_claims_that_stay_within_a_body_are_claims() -> None:
    custom = {claim.name for claims in SUITES.values() for claim in claims if claim.no_rows}
    assert custom >= WITHIN and _TWICE.keys() <= custom and not WITHIN & _TWICE.keys()


def _untouched(scope: Scope, table: str) -> str:
    """Condition on the first row of a table that is of no touched body."""
    column = scope.owners[table]
    owner = "split_part(amount_key, '-', 1)" if column == "amount_key" else column
    keys = ", ".join(f"'{key}'" for key in (scope.units if column == "unit_key" else scope.keys))
    return f"rowid = (select min(rowid) from {table} where {owner} not in ({keys}))"


def test_untouched_rows_that_splicing_changed_lost_or_doubled_are_seen(scene: Scene) -> None:
    connection, scope = scene.connection, scene.scope
    columns = columns_of(connection)
    held = [
        table
        for table in scope.owners
        if connection.execute(f"select count(*) from {table} where {_untouched(scope, table)}").fetchone()[0]
    ]
    assert len(held) > 15
    changed = {
        table: next(name for name in reversed(columns[table]) if not name.endswith("_key") and name not in splice._KEYS)
        for table in held
    }
    breaks = {
        "changed": [
            f"update {table} set {name} = case when {name} is null then"
            f" (select max({name}) from {table}) end where {_untouched(scope, table)}"
            for table, name in changed.items()
        ],
        "lost": [f"delete from {table} where {_untouched(scope, table)}" for table in held],
        "doubled": [f"insert into {table} select * from {table} where {_untouched(scope, table)}" for table in held],
    }
    for how, statements_ in breaks.items():
        seen = {
            sample
            for outcome in scene.run(*statements_, suites={})
            if outcome.name == "untouched_rows_unchanged"
            for sample in outcome.sample
        }
        assert len(seen) == 5, how
    # One by one for a few, since a report shows the first five tables.
    for table, how in (("fct_expenditure", "changed"), ("mart_unit_year", "lost"), ("fct_reconciliation", "doubled")):
        [sql] = [sql for sql in breaks[how] if f" {table} " in sql]
        found = scene.names(sql, suites={})
        assert "untouched_rows_unchanged" in found and "touched_rows_as_built" not in found, table


def test_built_rows_that_were_lost_or_put_in_twice_are_seen(scene: Scene) -> None:
    keys = ", ".join(f"'{key}'" for key in scene.scope.keys)
    first = f"rowid = (select min(rowid) from fct_narrative_amount where document_key in ({keys}))"
    for sql in (
        f"delete from fct_narrative_amount where {first}",
        f"insert into fct_narrative_amount select * from fct_narrative_amount where {first}",
        f"update fct_narrative_amount set sentence = sentence || ' ' where {first}",
    ):
        found = {outcome.name: outcome.sample for outcome in scene.run(sql, suites={})}
        assert found["touched_rows_as_built"] == ("('fct_narrative_amount',)",)
        assert not found.keys() - {"touched_rows_as_built", "nothing_refers_to_what_went"}


def _of(scope: Scope, column: str, *, touched: bool, table: str = "fct_statement_amount") -> str:
    keys = ", ".join(f"'{key}'" for key in scope.keys)
    return f"(select min({column}) from {table} where document_key {'' if touched else 'not '}in ({keys}))"


def test_a_key_of_another_body_is_seen(scene: Scene) -> None:
    """A new row takes the key of a row that was there before, in one fact or across two."""
    scope = scene.scope
    for table, column, claims in (
        ("fct_statement_amount", "amount_key", {"fct_statement_amount_key", "amount_key_names_one_amount"}),
        ("fct_reconciliation", "reconciliation_key", {"fct_reconciliation_key"}),
    ):
        mine = _of(scope, column, touched=True, table=table)
        sql = f"update {table} set {column} = {_of(scope, column, touched=False, table=table)} where {column} = {mine}"
        assert scene.names(sql, built=True) >= claims, table
    mine = _of(scope, "amount_key", touched=True, table="fct_narrative_amount")
    other = _of(scope, "amount_key", touched=False)
    sql = f"update fct_narrative_amount set amount_key = {other} where amount_key = {mine}"
    assert "amount_key_names_one_amount" in scene.names(sql, built=True)
    # The same year of the same body, by a row that says it is another document's.
    mine = f"rowid = (select min(rowid) from fct_expenditure where document_key in {_in(scope)} and origin = 'table')"
    other = f"rowid = (select min(rowid) from fct_expenditure where document_key not in {_in(scope)})"
    held = ("unit_key", "fiscal_year", "scope_code", "stage_code", "fund_code", "functional_code", "measure_code")
    taken = ", ".join(f"{name} = (select {name} from fct_expenditure where {other})" for name in held)
    assert "fct_expenditure_key" in scene.names(f"update fct_expenditure set {taken} where {mine}", built=True)


def _in(scope: Scope) -> str:
    return "(" + ", ".join(f"'{key}'" for key in scope.keys) + ")"


def test_a_reference_to_what_is_not_there_is_seen(scene: Scene) -> None:
    keys, unit = _in(scene.scope), f"'{scene.scope.units[0]}'"
    first = f"rowid = (select min(rowid) from fct_expenditure where document_key in {keys})"
    assert "unit_key_whole" in scene.names(f"update fct_expenditure set unit_key = 'nobody' where {first}", built=True)
    # A subject that the new rows need was lost where the table of all subjects was made again.
    used = f"(select min(functional_key) from fct_expenditure where document_key in {keys})"
    assert "functional_key_whole" in scene.names(f"delete from dim_functional_subject where functional_key = {used}")
    # One that only rows of other bodies need.
    mine = (
        f"select functional_key from fct_statement_amount where document_key in {keys} and functional_key is not null"
    )
    others = f"fct_expenditure where document_key not in {keys} and functional_key not in ({mine})"
    elsewhere = f"(select min(functional_key) from {others})"
    found = scene.run(f"delete from dim_functional_subject where functional_key = {elsewhere}", suites={})
    [dangling] = [outcome for outcome in found if outcome.name == "nothing_refers_to_what_went"]
    assert "functional_key" in dangling.sample[0]
    assert unit


def test_other_bodies_that_refer_to_what_went_are_seen(scene: Scene) -> None:
    """Rows of another body referred to a row of a touched one, as published; that row went away with it."""
    scope = scene.scope
    units = ", ".join(f"'{unit}'" for unit in scope.units)
    gone = f"(select min(unit_key) from star.main.dim_unit where unit_key in ({units}))"
    child = f"(select min(unit_key) from star.main.dim_unit where unit_key not in ({units}))"
    point = f"update {{}}dim_unit set parent_unit_key = {gone} where unit_key = {child}"
    published = scene.digests
    connection = scene.connection
    connection.execute("begin")
    try:
        connection.execute(point.format("main."))
        digests = table_digests(connection, columns_of(connection))
    finally:
        connection.execute("rollback")
    connection.execute(point.format("before.main."))
    scene.digests = digests
    try:
        removed = [
            f"delete from {table} where unit_key = {gone}"
            for table, columns in columns_of(connection).items()
            if table in scope.owners and "unit_key" in columns
        ]
        found = scene.run(point.format("main."), *removed, suites={}, built=True)
        [dangling] = [outcome for outcome in found if outcome.name == "nothing_refers_to_what_went"]
        assert "('dim_unit', 'parent_unit_key'" in " ".join(dangling.sample)
        assert scene.names(point.format("main."), suites={}, built=True) == set()
    finally:
        scene.digests = published
        back = f"(select parent_unit_key from star.main.dim_unit where unit_key = {child})"
        connection.execute(f"update before.main.dim_unit set parent_unit_key = {back} where unit_key = {child}")


def test_what_no_document_shapes_and_what_is_remembered_must_stay(scene: Scene) -> None:
    def only(*sql: str) -> set[str]:
        return scene.names(*sql, suites={})

    assert only("delete from dim_fund where rowid = 0") >= {"dictionaries_unchanged"}
    assert only("delete from units_of_measure where rowid = 0") == {"dictionaries_unchanged"}
    assert only("delete from meta_landed where rowid = 0") == {"made_from_what_it_holds"}
    assert only("delete from meta_document_unit") == {"made_from_what_it_holds"}
    assert only("delete from meta_run") == {"runs_are_remembered"}
    [tables] = [
        outcome
        for outcome in scene.run("delete from star_columns where table_name = 'fct_income'", suites={})
        if outcome.name == "same_tables"
    ]
    assert "fct_income" in " ".join(tables.sample)


def test_without_the_digests_of_before_nothing_passes(scene: Scene) -> None:
    held, scene.digests = scene.digests, {}
    try:
        assert {"dictionaries_unchanged", "untouched_rows_unchanged"} <= scene.names(suites={})
    finally:
        scene.digests = held


def test_the_report_escapes_what_it_shows(scene: Scene) -> None:
    outcomes = evaluate_once(scene, "update dim_fund set fund_code = '<b>' where rowid = 0")
    text = page(outcomes, scene.scope, "")
    assert "<b>" not in text and f"{SPLICE}.same_tables" in text and "✓" in text


def evaluate_once(scene: Scene, sql: str) -> list:
    """All outcomes after one statement that is undone."""
    scene.connection.execute("begin")
    try:
        scene.connection.execute(sql)
        return evaluate(scene.connection, scene.scope, scene.digests)[0]
    finally:
        scene.connection.execute("rollback")
