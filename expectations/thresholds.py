"""How many identities of one rule may break before our reading is suspected, not the documents (差错比例的警戒线).

A document's errors are data. But a rule that suddenly breaks in a large part of many documents says that a reader has
broken: a column shifted, a unit lost. Such a jump is one warning here instead of ten thousand findings. With few
documents nothing can be said, and nothing is. A breach warns and does not stop publication: real corpora may be that
bad, and no single document is at fault.
"""

from __future__ import annotations

from expectations.suites import Expectation

LEAST_DOCUMENTS = 100
"""Documents a rule must have been decided in before its share says anything."""
MOST_IN_TABLES = 0.20
"""Share of places that may break where tables are added up: of published ones less than one in a hundred does."""
MOST_IN_PROSE = 0.50
"""Share that may break where people compute by hand: of growth rates seen, one in nine is wrong."""
MOST_IN_DOUBT = 0.50
"""Share of places that may be given up because our reading is in doubt."""

_TABLE_KINDS = ("row_sum", "column_sum", "hierarchy", "cross_table", "balance", "inequality", "leaf_sum")


def _share(name: str, why: str, kinds: str, counted: str, decided: str, most: float, least: int) -> Expectation:
    """Rules whose share of ``counted`` among ``decided`` results passes ``most``."""
    sql = f"""select results.rule_id, count(*) as decided, sum(case when {counted} then 1 else 0 end) as counted
        from fct_reconciliation as results inner join dim_rule as rules on results.rule_id = rules.rule_id
        where {decided} and rules.rule_kind {kinds}
        group by results.rule_id
        having count(distinct results.document_key) >= {least}
        and sum(case when {counted} then 1 else 0 end) > {most} * count(*)"""
    return Expectation(name, "fct_reconciliation", why, no_rows=" ".join(sql.split()))


def thresholds(least_documents: int = LEAST_DOCUMENTS) -> tuple[Expectation, ...]:
    """The claims; ``least_documents`` is how many a rule must have been decided in."""
    tables = "in ('" + "', '".join(_TABLE_KINDS) + "')"
    discrepant, decided = "results.status = 'discrepant'", "results.status <> 'incomplete'"
    doubted = "results.status = 'incomplete' and results.reason like '%按位置回读%'"
    return (
        _share(
            "rules_of_tables_seldom_break",
            "表内、表间勾稽大面积不符时，多半是读表出了错，而不是文件有错",
            tables, discrepant, decided, MOST_IN_TABLES, least_documents,
        ),
        _share(
            "rules_of_prose_do_not_mostly_break",
            "文字勾稽多数不符时，多半是读文字出了错，而不是文件有错",
            f"not {tables}", discrepant, decided, MOST_IN_PROSE, least_documents,
        ),
        _share(
            "figures_are_found_where_they_were_read",
            "大面积按位置回读不到原数时，位置或原文已经错乱",
            "is not null", doubted, "results.status is not null", MOST_IN_DOUBT, least_documents,
        ),
    )  # fmt: skip


THRESHOLDS = thresholds()
SUITE = "thresholds"
"""Name of the suite: what fails in it warns."""
