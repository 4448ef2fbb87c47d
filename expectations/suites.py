"""What must hold before anything is published, as data (发布前的硬性检查).

Each expectation is about *our* work: that nothing was lost, doubled or misplaced on the way from page to star. What is
wrong in the documents themselves is a row of ``fct_reconciliation`` or ``fct_finding`` and never stops publication.

Tables of the landing are named ``landing_<table>`` here; all others are those of the published file. SQL names the
rows that should not be; it selects keys and codes, never printed text, because it ends up on a page.
"""

from __future__ import annotations

from dataclasses import dataclass

from expectations.contract import CONTRACT, REFERENCES
from expectations.keys import standing_twice, without_home


@dataclass(frozen=True, slots=True)
class Expectation:
    """One claim about one table."""

    name: str
    """Stable; unique within its suite."""
    table: str
    why: str
    """What it protects, shown in the report."""
    unique: tuple[str, ...] = ()
    """Columns that together name a row: no two rows share them, NULL counting as a value."""
    filled: str = ""
    """Column that is never NULL."""
    among: tuple[str, tuple[str, ...]] | None = None
    """(column, values it may have); NULL is allowed."""
    no_rows: str = ""
    """Query whose every row breaks the claim."""
    reference: str = ""
    """Column of ``REFERENCES``, looked at in every table that has it."""


def _key(table: str, *columns: str) -> tuple[Expectation, ...]:
    """The columns name a row: one is unique and never NULL, several are unique together, NULL counting as a value."""
    why = f"一行一个 {', '.join(columns)}（主键唯一）"
    key = Expectation(f"{table}_key", table, why, unique=columns)
    if len(columns) > 1:
        return (key,)
    return key, Expectation(f"{table}_key_filled", table, f"{columns[0]} 不为空", filled=columns[0])


def _among(table: str, column: str, *values: str) -> Expectation:
    return Expectation(f"{table}_{column}_known", table, f"{column} 只有约定的代码", among=(column, values))


def _none(name: str, table: str, why: str, sql: str) -> Expectation:
    return Expectation(name, table, why, no_rows=" ".join(sql.split()))


# Landing -----------------------------------------------------------------------------------------------------------

_LANDING_KEYS = {
    "documents": (),
    "tables": ("table_ordinal",),
    "table_columns": ("table_ordinal", "section_ordinal", "column_ordinal", "part_ordinal"),
    "cells": ("table_ordinal", "row_ordinal", "column_ordinal"),
    "cell_numbers": ("table_ordinal", "row_ordinal", "column_ordinal", "number_ordinal"),
    "indicators": ("indicator_ordinal",),
    "claims": ("claim_ordinal",),
    "announcements": ("announcement_ordinal",),
    "paragraphs": ("paragraph_ordinal",),
    "narrative_amounts": ("amount_ordinal",),
    "prose_residue": ("residue_ordinal",),
    "prose_skipped": ("skipped_ordinal",),
    "rejects": ("reject_ordinal",),
}


def _landing_reference(child: str, parent: str, *columns: str) -> Expectation:
    """Every row of ``child`` has its row in ``parent``; a missing column refers to nothing."""
    keys, why = ("document_id", *columns), f"{child} 的每一行都能在 {parent} 找到归属"
    if parent in _MANY:
        sql = without_home(f"landing_{child}", keys, f"landing_{parent}", keys)
        return _none(f"{child}_in_{parent}", f"landing_{child}", why, sql)
    matched = " and ".join(f"child.{column} = parent.{column}" for column in keys)
    given = "".join(f" and child.{column} is not null" for column in columns)
    return _none(
        f"{child}_in_{parent}",
        f"landing_{child}",
        why,
        f"select distinct child.document_id from landing_{child} as child left join landing_{parent} as parent"
        f" on {matched} where parent.document_id is null{given}",
    )


_MANY = ("cells",)
"""Tables of the landing with so many rows that they are not held for a join."""


LANDING: tuple[Expectation, ...] = (
    *(claim for table, columns in _LANDING_KEYS.items() for claim in _key(f"landing_{table}", "document_id", *columns)),
    *(_landing_reference(table, "documents") for table in _LANDING_KEYS if table not in ("documents", "rejects")),
    _landing_reference("table_columns", "tables", "table_ordinal"),
    _landing_reference("cells", "tables", "table_ordinal"),
    _landing_reference("cell_numbers", "cells", "table_ordinal", "row_ordinal", "column_ordinal"),
    _landing_reference("indicators", "tables", "table_ordinal"),
    _landing_reference("narrative_amounts", "paragraphs", "paragraph_ordinal"),
    _among("landing_documents", "state", "disclosure", "not_disclosure", "government_level", "empty"),
    _among("landing_tables", "state", "present", "empty", "declared_empty"),
    _among("landing_indicators", "origin", "table", "prose"),
    _among("landing_rejects", "stage", "file", "page", "table", "number", "link"),
    _among(
        "landing_cell_numbers",
        "role",
        *("figure", "code", "row_number", "column_number", "ordinal", "year", "page", "label", "indicator", "prose"),
        "unmapped",
    ),
    _none(
        "landing_statement_code_known",
        "landing_tables",
        "识别出的报表都在 seeds/statements.csv",
        """select landed.document_id, landed.table_ordinal from landing_tables as landed
           left join dim_statement as known on landed.statement_code = known.statement_code
           where landed.statement_code is not null and known.statement_code is null""",
    ),
    _none(
        "landing_unmapped_says_why",
        "landing_cell_numbers",
        "没有归入报表的数字都写明了原因",
        """select document_id, table_ordinal, row_ordinal, column_ordinal from landing_cell_numbers
           where role = 'unmapped' and coalesce(trim(reason), '') = ''""",
    ),
    _none(
        "landing_value_is_a_number",
        "landing_cell_numbers",
        "每个数据都能作为十进制数读出",
        """select document_id, table_ordinal, row_ordinal, column_ordinal from landing_cell_numbers
           where role = 'figure' and try_cast(value_text as decimal(38, 6)) is null""",
    ),
    _none(
        "landing_numbers_counted",
        "landing_documents",
        "文档自己数出的表内数字个数与落地的行数一致，一个也没有丢",
        """select documents.document_id from landing_documents as documents
           left join (select document_id, count(*) as numbers from landing_cell_numbers group by document_id) as landed
             on documents.document_id = landed.document_id
           where coalesce(documents.cell_number_count, -1) <> coalesce(landed.numbers, 0)""",
    ),
    _none(
        "landing_figures_counted",
        "landing_tables",
        "每张表的数据个数与落地的行数一致",
        """select held.document_id, held.table_ordinal from landing_tables as held
           left join (select document_id, table_ordinal, count(*) as figures from landing_cell_numbers
                      where role = 'figure' group by document_id, table_ordinal) as landed
             on held.document_id = landed.document_id and held.table_ordinal = landed.table_ordinal
           where coalesce(held.figure_count, -1) <> coalesce(landed.figures, 0)""",
    ),
    _none(
        "landing_reject_has_code_and_reason",
        "landing_rejects",
        "每个未读入的输入都有代码和原因",
        """select document_id, reject_ordinal from landing_rejects
           where coalesce(code, '') = '' or coalesce(reason, '') = ''""",
    ),
)


# Star --------------------------------------------------------------------------------------------------------------

_STAR_KEYS = {
    "dim_document": ("document_key",),
    "dim_unit": ("unit_key",),
    "dim_region": ("region_key",),
    "dim_fiscal_year": ("fiscal_year",),
    "dim_functional_subject": ("functional_key",),
    "dim_economic_subject": ("economic_key",),
    "dim_scope": ("scope_code",),
    "dim_fund": ("fund_code",),
    "dim_stage": ("stage_code",),
    "dim_measure": ("measure_kind", "measure_code"),
    "dim_statement": ("statement_code",),
    "dim_line_item": ("line_item_code",),
    "dim_project": ("project_key",),
    "dim_rule": ("rule_id",),
    "fct_statement_amount": ("amount_key",),
    "fct_narrative_amount": ("amount_key",),
    "fct_expenditure": (
        *("unit_key", "fiscal_year", "scope_code", "stage_code", "fund_code", "functional_code", "measure_code"),
    ),
    "fct_income": (
        *("unit_key", "fiscal_year", "scope_code", "stage_code", "fund_code", "measure_code", "functional_code"),
    ),
    "fct_economic_expenditure": (
        *("unit_key", "fiscal_year", "scope_code", "stage_code", "fund_code", "economic_key", "measure_code"),
    ),
    "fct_reconciliation": ("reconciliation_key",),
    "fct_rule_coverage": ("document_key", "rule_id"),
    "fct_finding": ("finding_key",),
    "mart_unit_year": ("unit_key", "fiscal_year", "scope_code"),
}

_ADDITIVE = {
    "fct_expenditure": ("functional_code", "measure_code"),
    "fct_income": ("functional_code",),
    "fct_economic_expenditure": ("economic_code", "measure_code"),
}
"""Additive fact → columns its row shares with the printed figure it was chosen from."""

_AMOUNTS = """(select amount_key, document_key, unit_key, fiscal_year, scope_code, stage_code, unit_of_measure, value,
    amount_yuan from fct_statement_amount union all
    select amount_key, document_key, unit_key, fiscal_year, scope_code, stage_code, unit_of_measure, value,
    amount_yuan from fct_narrative_amount)"""


def _additive(fact: str, same: tuple[str, ...]) -> tuple[Expectation, ...]:
    """A printed leaf is in its fact once, and nothing but printed leaves is."""
    code = same[0]
    differs = " or ".join(
        f"printed.{column} is distinct from fact.{column}" for column in ("unit_key", "fiscal_year", "scope_code", code)
    )
    group = "unit_key, fiscal_year, scope_code, stage_code, fund_code"
    return (
        _none(
            f"{fact}_holds_printed_leaves_only",
            fact,
            "每一行都出自一个打印的末级数字：现行版本、本年、不是合计",
            f"""select fact.amount_key from {fact} as fact left join fct_statement_amount as printed
                on fact.amount_key = printed.amount_key left join dim_document as documents
                on printed.document_key = documents.document_key
                where fact.origin = 'table' and not fact.is_derived and (printed.amount_key is null or printed.is_total
                or not documents.is_current or printed.stage_code in ('prior_budget', 'prior_final', 'prior_execution')
                or {differs})""",
        ),
        _none(
            f"{fact}_holds_no_prior_stage",
            fact,
            "上年数不进入可加事实",
            f"select {group} from {fact} where stage_code in ('prior_budget', 'prior_final', 'prior_execution')",
        ),
        _none(
            f"{fact}_funds_add_up",
            fact,
            "可加事实的资金互不重叠：没有 all、appropriation",
            f"""select {group} from {fact} where fund_code is null
                or fund_code not in ('general', 'gov_fund', 'state_capital', 'non_fiscal', 'unsplit')""",
        ),
        _none(
            f"{fact}_holds_no_amount_twice",
            fact,
            "同一个打印数字只用一次",
            standing_twice(f"(select amount_key from {fact} where not is_derived)", ("amount_key",)),
        ),
        _none(
            f"{fact}_holds_no_parent_beside_its_part",
            fact,
            "同一单位、年度、口径、阶段、资金、类型里，没有科目与其下级科目并存",
            f"""select parent.amount_key from {fact} as parent inner join {fact} as part
                on parent.unit_key = part.unit_key and parent.fiscal_year = part.fiscal_year
                and parent.scope_code = part.scope_code and parent.stage_code = part.stage_code
                and parent.fund_code = part.fund_code and parent.measure_code is not distinct from part.measure_code
                and parent.document_key = part.document_key
                and substr(part.{code}, 1, length(parent.{code})) = parent.{code}
                and length(part.{code}) > length(parent.{code})
                where not parent.is_derived and not part.is_derived""",
        ),
    )


# Printed leaves of expenditure by statement, as the fact may use them; funds that are told together are put together.
_LEAVES = """(select unit_key, fiscal_year, scope_code, stage_code, document_key, statement_code, functional_code,
    case when fund_code in ('fiscal_account', 'unit_funds') then 'non_fiscal' else fund_code end as fund_code,
    case when measure_code = 'total' then 'unsplit' else measure_code end as measure_code,
    sum(amount_yuan) as amount_yuan, count(*) as figures
    from fct_statement_amount
    where is_leaf and is_current and flow = 'expenditure' and economic_code is null and amount_yuan is not null
    and (functional_code is not null or line_item_code is null) and measure_code is not null
    and stage_code not in ('prior_budget', 'prior_final', 'prior_execution')
    group by all)"""
_SAME_PLACE = """leaves.unit_key = fact.unit_key and leaves.fiscal_year = fact.fiscal_year
    and leaves.scope_code = fact.scope_code and leaves.stage_code = fact.stage_code
    and leaves.document_key = fact.document_key and leaves.statement_code = fact.source_statement_code
    and (leaves.fund_code = fact.fund_code
         or fact.fund_code = 'unsplit' and leaves.fund_code in ('all', 'appropriation'))"""
_SAME_LEAF = """leaves.functional_code is not distinct from fact.functional_code
    and leaves.measure_code = fact.measure_code"""

_EXPENDITURE = (
    _none(
        "fct_expenditure_rows_equal_their_leaves",
        "fct_expenditure",
        "每一行等于所选报表里该科目、该类型全部末级数字之和，一个不多，一个不少",
        f"""select fact.amount_key from fct_expenditure as fact left join {_LEAVES} as leaves on {_SAME_PLACE}
            and {_SAME_LEAF} and leaves.amount_yuan = fact.amount_yuan and leaves.figures = fact.figure_count
            where fact.origin = 'table' and not fact.is_derived and leaves.unit_key is null""",
    ),
    _none(
        "fct_expenditure_leaves_none_out",
        "fct_expenditure",
        "所选报表的每个末级数字都在事实里",
        f"""select distinct leaves.document_key, leaves.statement_code, leaves.functional_code, leaves.measure_code
            from {_LEAVES} as leaves inner join fct_expenditure as fact on {_SAME_PLACE}
            where fact.origin = 'table' and not fact.is_derived and not exists (
                select 1 from fct_expenditure as held where held.unit_key = fact.unit_key
                and held.fiscal_year = fact.fiscal_year and held.scope_code = fact.scope_code
                and held.stage_code = fact.stage_code and held.fund_code = fact.fund_code
                and held.functional_code is not distinct from leaves.functional_code
                and held.measure_code = leaves.measure_code)""",
    ),
    _none(
        "fct_expenditure_covers_every_fund",
        "fct_expenditure",
        "打印了某项预算支出的单位、年度、口径、阶段，事实里都有该项预算的支出",
        f"""select distinct leaves.document_key, leaves.statement_code, leaves.fund_code from {_LEAVES} as leaves
            inner join statement_precedence as chosen on chosen.fact = 'expenditure'
            and chosen.statement_code = leaves.statement_code and chosen.part = leaves.fund_code
            left join fct_expenditure as fact on leaves.unit_key = fact.unit_key
            and leaves.fiscal_year = fact.fiscal_year and leaves.scope_code = fact.scope_code
            and leaves.stage_code = fact.stage_code and leaves.fund_code = fact.fund_code
            where leaves.fund_code in ('general', 'gov_fund', 'state_capital') and leaves.amount_yuan <> 0
            and leaves.unit_key is not null and leaves.fiscal_year is not null and fact.unit_key is null""",
    ),
)

STAR: tuple[Expectation, ...] = (
    _none(
        "contract_columns_present",
        "contract_columns",
        "数据契约规定的表和列都在",
        """select wanted.table_name, wanted.column_name from contract_columns as wanted
           left join star_columns as held
             on wanted.table_name = held.table_name
             and (wanted.column_name = '' or wanted.column_name = held.column_name)
           where held.table_name is null""",
    ),
    _none(
        "everything_is_described",
        "star_columns",
        "每张事实表、维度表及其每一列都有说明",
        """select table_name, column_name from star_columns where coalesce(comment, '') = ''
           and (left(table_name, 4) in ('dim_', 'fct_') or left(table_name, 5) in ('mart_', 'meta_')
                or left(table_name, 7) = 'bridge_')""",
    ),
    _none(
        "no_binary_fractions",
        "star_columns",
        "金额和数值不用浮点数",
        """select table_name, column_name from star_columns where data_type in ('DOUBLE', 'FLOAT')
           and (column_name like '%yuan' or column_name like '%value' or column_name like '%amount'
                or column_name in ('difference', 'tolerance', 'weight', 'score', 'coefficient'))""",
    ),
    _none(
        "codes_are_text",
        "star_columns",
        "代码是文本，前导零不丢",
        """select table_name, column_name from star_columns
           where right(column_name, 5) = '_code' and data_type <> 'VARCHAR'""",
    ),
    _none(
        "amounts_are_decimal",
        "star_columns",
        "value 为 DECIMAL(24,6)，amount_yuan 为 DECIMAL(20,2)",
        """select table_name, column_name from star_columns where left(table_name, 4) = 'fct_'
           and (column_name = 'amount_yuan' and data_type <> 'DECIMAL(20,2)'
             or column_name = 'value' and data_type <> 'DECIMAL(24,6)')""",
    ),
    _none(
        "no_views_published",
        "star_tables",
        "发布的文件自带全部数据，不含依赖落地层的视图；中文视图只读本文件的表",
        "select table_name from star_tables where table_type <> 'BASE TABLE' and table_schema <> 'zh'",
    ),
    _none(
        "chinese_view_for_every_mart",
        "star_tables",
        "每张事实表、维表和汇总表都有一个带说明的中文视图",
        """select held.table_name from star_tables as held
           left join star_views as views on contains(views.comment, '[main.' || held.table_name || ']')
           where held.table_schema = 'main' and held.table_type = 'BASE TABLE' and views.view_name is null
             and regexp_matches(held.table_name, '^(dim|fct|mart|bridge|meta)_')""",
    ),
    _none(
        "storage_opens_in_old_clients",
        "star_tables",
        "存储格式为 v1.0.0，旧版 DuckDB 客户端能打开",
        "select storage_version from star_storage where storage_version not like 'v1.0.0%'",
    ),
    Expectation(
        "contract_version_stated",
        "meta_contract",
        "契约版本有且只有一行",
        no_rows="select count(*) as stated from meta_contract having count(*) <> 1",
    ),
    *(claim for table, columns in _STAR_KEYS.items() for claim in _key(table, *columns)),
    *(
        Expectation(f"{column}_whole", parent, f"{column} 的每个值都在 {parent}", reference=column)
        for column, (parent, _) in REFERENCES.items()
    ),
    _none(
        "amount_key_whole",
        "fct_statement_amount",
        "事实引用的每个 amount_key 都是一个打印的数字",
        without_home("used_amount_keys", ("amount_key",), _AMOUNTS, ("amount_key",)),
    ),
    _none(
        "amount_key_names_one_amount",
        "fct_statement_amount",
        "表内数字与文字数字的 amount_key 互不相同",
        standing_twice(_AMOUNTS, ("amount_key",)),
    ),
    _none(
        "no_amount_without_unit",
        "fct_statement_amount",
        "没有缺单位的数",
        "select amount_key from "
        + _AMOUNTS
        + " as printed where value is not null and coalesce(unit_of_measure, '') = ''",
    ),
    _none(
        "units_of_money_are_known",
        "fct_statement_amount",
        "带“元”的计量单位都在 seeds/units_of_measure.csv，能换算",
        "select distinct printed.unit_of_measure from "
        + _AMOUNTS
        + """ as printed left join units_of_measure as units on printed.unit_of_measure = units.unit_of_measure
             where right(printed.unit_of_measure, 1) = '元' and units.yuan_factor is null""",
    ),
    _none(
        "money_is_in_yuan",
        "fct_statement_amount",
        "amount_yuan 等于打印值乘以单位；不是金额的没有 amount_yuan",
        "select printed.amount_key from "
        + _AMOUNTS
        + """ as printed inner join units_of_measure as units on printed.unit_of_measure = units.unit_of_measure
             where printed.amount_yuan is distinct from
             cast(round(printed.value * cast(units.yuan_factor as decimal(12, 0)), 2) as decimal(20, 2))""",
    ),
    *(claim for fact, same in _ADDITIVE.items() for claim in _additive(fact, same)),
    *_EXPENDITURE,
    _none(
        "every_number_in_a_text_cell_is_accounted_for",
        "landing_cell_numbers",
        "文字单元格和绩效指标里的每个数字：作为文字数据或指标读出，否则列在 mart_unmapped_cell",
        """select documents.document_key, numbers.table_ordinal, numbers.row_ordinal, numbers.column_ordinal
           from landing_cell_numbers as numbers
           inner join dim_document as documents on numbers.document_id = documents.document_id
           where numbers.role in ('prose', 'indicator')
           and not exists (select 1 from landing_narrative_amounts as told
                           where told.document_id = numbers.document_id and told.table_ordinal = numbers.table_ordinal
                           and told.row_ordinal = numbers.row_ordinal and told.column_ordinal = numbers.column_ordinal)
           and not exists (select 1 from landing_indicators as told where told.document_id = numbers.document_id
                           and told.table_ordinal = numbers.table_ordinal and told.row_ordinal = numbers.row_ordinal)
           and not exists (select 1 from mart_unmapped_cell as told where told.document_key = documents.document_key
                           and told.table_ordinal = numbers.table_ordinal and told.row_ordinal = numbers.row_ordinal
                           and told.column_ordinal = numbers.column_ordinal
                           and told.number_ordinal = numbers.number_ordinal)""",
    ),
    _none(
        "no_fact_without_a_printed_number",
        "fct_statement_amount",
        "每个表内事实都有落地的打印数字，没有凭空多出来的",
        """select facts.amount_key from fct_statement_amount as facts
           inner join dim_document as documents on facts.document_key = documents.document_key
           left join landing_cell_numbers as numbers on numbers.document_id = documents.document_id
             and numbers.table_ordinal = facts.table_ordinal and numbers.row_ordinal = facts.row_ordinal
             and numbers.column_ordinal = facts.column_ordinal and numbers.number_ordinal = facts.number_ordinal
             and numbers.role = 'figure'
           where numbers.document_id is null""",
    ),
    _none(
        "every_figure_is_a_fact",
        "landing_cell_numbers",
        "读作数据的每个数字在 fct_statement_amount 恰有一行，位置相同",
        """select documents.document_key, numbers.table_ordinal, numbers.row_ordinal, numbers.column_ordinal,
                  numbers.number_ordinal
           from landing_cell_numbers as numbers
           inner join dim_document as documents on numbers.document_id = documents.document_id
           left join (select document_key, table_ordinal, row_ordinal, column_ordinal, number_ordinal
                      from fct_statement_amount
                      union all
                      select document_key, table_ordinal, row_ordinal, column_ordinal, number_ordinal
                      from mart_unmapped_cell) as known
             on documents.document_key = known.document_key and numbers.table_ordinal = known.table_ordinal
             and numbers.row_ordinal = known.row_ordinal and numbers.column_ordinal = known.column_ordinal
             and numbers.number_ordinal = known.number_ordinal
           where numbers.role in ('figure', 'unmapped')
           group by all having count(known.document_key) <> 1""",
    ),
    _none(
        "every_document_is_in_the_star",
        "landing_documents",
        "读入的每份文档都在 dim_document，反之亦然",
        """select coalesce(landed.document_id, held.document_id) as document_id from landing_documents as landed
           full join dim_document as held on landed.document_id = held.document_id
           where landed.document_id is null or held.document_id is null""",
    ),
    _none(
        "rule_coverage_is_complete",
        "fct_rule_coverage",
        "每份文档对每条规则都有交代：用了、不适用或算不了",
        """select documents.document_key, rules.rule_id from dim_document as documents cross join dim_rule as rules
           left join fct_rule_coverage as covered
             on documents.document_key = covered.document_key and rules.rule_id = covered.rule_id
           where covered.rule_id is null""",
    ),
    _among("fct_rule_coverage", "state", "applied", "not_applicable", "not_evaluable"),
    _among("fct_reconciliation", "status", "exact", "rounding", "discrepant", "incomplete"),
    _none(
        "reconciliation_status_follows_tolerance",
        "fct_reconciliation",
        "勾稽结论与差额、容差一致",
        """select reconciliation_key from fct_reconciliation where
           (status = 'exact' and difference is distinct from 0)
           or (status = 'rounding' and not (abs(difference) <= tolerance and difference <> 0))
           or (status = 'discrepant' and not abs(difference) > tolerance)""",
    ),
    # An observation looks for something in the document; where it finds nothing there is no result to show.
    _none(
        "applied_rules_have_results",
        "fct_rule_coverage",
        "标为已用的勾稽规则都有结果",
        """select covered.document_key, covered.rule_id from fct_rule_coverage as covered
           inner join dim_rule as rules on covered.rule_id = rules.rule_id and rules.evidence <> 'observation'
           left join fct_reconciliation as results
             on covered.document_key = results.document_key and covered.rule_id = results.rule_id
           where covered.state = 'applied' and results.rule_id is null""",
    ),
    _none(
        "results_are_of_applied_rules",
        "fct_reconciliation",
        "有结论的勾稽都出自标为已用的规则",
        """select results.reconciliation_key from fct_reconciliation as results
           left join fct_rule_coverage as covered
             on covered.document_key = results.document_key and covered.rule_id = results.rule_id
             and covered.state = 'applied'
           where results.status <> 'incomplete' and covered.rule_id is null""",
    ),
    _among("mart_statement_presence", "state", "present", "empty", "declared_empty", "missing"),
    _among("dim_document", "document_kind", "budget", "final_account", "performance"),
    _among("dim_unit", "unit_level", "department", "unit"),
    _among("dim_functional_subject", "level", "class", "group", "item"),
)

SUITES: dict[str, tuple[Expectation, ...]] = {"landing": LANDING, "star": STAR}
"""Suites by name, in the order they are run."""

CONTRACT_COLUMNS: tuple[tuple[str, str], ...] = tuple(
    (table, column) for table, columns in CONTRACT.items() for column in (columns or ("",))
)
"""(table, column) rows of ``contract_columns``; an empty column asks for the table alone."""
