"""Which section a check sheet blames: the one the figure at fault stands in, not the one its identity starts from."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from gongkai.audit import AGREES, DIFFERS, Line, audit
from gongkai.home import Home

# An identity over two statements that holds in the samples, one figure on either side.
TWO_SIDED = """
    select results.reconciliation_key, results.rule_id, results.document_key,
        lefts.amount_key as left_key, left_names.name_zh as left_name,
        rights.amount_key as right_key, right_names.name_zh as right_name
    from fct_reconciliation as results
    inner join fct_statement_amount as lefts on results.left_amount_key = lefts.amount_key
    inner join fct_statement_amount as rights on results.right_amount_key = rights.amount_key
    inner join dim_statement as left_names on lefts.statement_code = left_names.statement_code
    inner join dim_statement as right_names on rights.statement_code = right_names.statement_code
    where results.status = 'exact' and left_names.name_zh <> right_names.name_zh
        and results.left_value > 0 and lefts.document_key = rights.document_key
    order by results.reconciliation_key
    limit 1
"""


@pytest.fixture(scope="module")
def published(samples_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples' warehouse in a file of its own."""
    return Path(shutil.copy((samples_home / "gongkai.duckdb").resolve(), tmp_path_factory.mktemp("blame") / "a.duckdb"))


def sections(
    published: Path, samples_home: Path, monkeypatch: pytest.MonkeyPatch, named: str, kind: str = "cross_table"
) -> tuple[Line, Line]:
    """Lines of the left and the right statement where their identity breaks and a finding names ``named``.

    ``named`` is left or right: that side's figure; place: no figure but the identity's own place.
    """
    with closing(duckdb.connect(str(published))) as connection:
        found = connection.execute(TWO_SIDED).fetchone()
        key, rule_id, document_key, left_key, left_name, right_key, right_name = found
        connection.execute("update fct_reconciliation set status = 'discrepant' where reconciliation_key = ?", [key])
        amount_key = {"left": left_key, "right": right_key}.get(named)
        connection.execute("delete from fct_finding")
        cause = f"f:{document_key}:{amount_key or key}"
        connection.execute(
            "insert into fct_finding (finding_key, document_key, kind, severity, rule_ids, place, printed, expected,"
            " amount_key, result_count, mends_all, message_zh, message_en)"
            " values (?, ?, ?, 'major', ?, ?, '1万元', '2万元', ?, 1, false, '不符', 'differs')",
            [cause, document_key, kind, rule_id, f"{right_name}（第1行）", amount_key],
        )
        monkeypatch.setattr("gongkai.audit.open_published", lambda home: closing(connection.cursor()))
        try:
            [sheet] = audit(Home(samples_home), document_key)
        finally:
            connection.execute("update fct_reconciliation set status = 'exact' where reconciliation_key = ?", [key])
            connection.execute("delete from fct_finding")
    lines = {line.name: line for line in sheet.lines}
    return lines[left_name], lines[right_name]


def test_the_side_that_is_the_cause_differs_and_the_other_agrees(
    published: Path, samples_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = sections(published, samples_home, monkeypatch, "right")
    # the broken identity is counted where it starts, the verdict falls where the figure stands
    assert (left.verdict, left.discrepant) == (AGREES, 1)
    assert left.note == f"与之核对的数不符，原因在{right.name}（问题1）"
    assert (right.verdict, right.discrepant, right.note) == (DIFFERS, 0, "")


def test_a_figure_of_the_side_an_identity_starts_from_leaves_the_other_alone(
    published: Path, samples_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = sections(published, samples_home, monkeypatch, "left")
    assert (left.verdict, left.note) == (DIFFERS, "")
    assert (right.verdict, right.note) == (AGREES, "")


def test_where_no_figure_is_named_the_identity_speaks_for_its_own_place(
    published: Path, samples_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = sections(published, samples_home, monkeypatch, "place")
    assert left.verdict == DIFFERS
    assert right.verdict == AGREES


def test_a_form_with_the_wrong_unit_is_blamed_for_what_is_held_against_it(
    published: Path, samples_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = sections(published, samples_home, monkeypatch, "place", kind="unit")
    assert left.verdict == AGREES and right.name in left.note
    assert right.verdict == DIFFERS
