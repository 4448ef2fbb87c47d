"""The dictionaries agree with each other."""

from __future__ import annotations

import pytest

from ingest import dictionaries
from ingest.dictionaries import line_items, read_seed, statements, templates, terms


def test_columns_name_known_lines() -> None:
    unknown = {row["term_code"] for row in read_seed("header_terms") if row["line_item_code"]} - {
        row["term_code"] for row in read_seed("header_terms") if row["line_item_code"] in line_items()
    }
    assert not unknown


def test_lines_hang_under_known_lines() -> None:
    assert all(item.parent in line_items() for item in line_items().values() if item.parent)


def test_templates_name_known_statements_and_terms() -> None:
    for template in templates():
        assert set(template.statement_codes) <= set(statements())
        assert {code for path in template.columns for code in path} <= set(terms())


def test_sums_name_known_terms() -> None:
    for rule in dictionaries.column_sums():
        assert set(rule.total) | set(rule.parts) <= set(terms())


@pytest.mark.parametrize("name", ["statements", "header_terms", "line_items", "column_templates"])
def test_codes_are_unique(name: str) -> None:
    rows = read_seed(name)
    first = next(iter(rows[0]))
    codes = [row[first] for row in rows]
    assert len(codes) == len(set(codes))


def test_a_changed_dictionary_changes_the_version(tmp_path, monkeypatch) -> None:
    for path in dictionaries.SEEDS.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    before = dictionaries.digest()
    monkeypatch.setattr(dictionaries, "SEEDS", tmp_path)
    dictionaries.digest.cache_clear()
    assert dictionaries.digest() == before
    with (tmp_path / "header_terms.csv").open("a", encoding="utf-8") as seed:
        seed.write("\n")
    dictionaries.digest.cache_clear()
    assert dictionaries.digest() != before
    dictionaries.digest.cache_clear()
