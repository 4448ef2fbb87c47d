-- Grain: one row per printed figure that an additive fact may use (可加数据): money, a leaf, of the current version, of
-- the document's own year, told once in its document. A view over the fact, read once by each additive fact.
select
    amounts.amount_key,
    amounts.document_key,
    amounts.unit_key,
    amounts.fiscal_year,
    amounts.scope_code,
    amounts.statement_code,
    amounts.stage_code,
    amounts.fund_code,
    amounts.measure_code,
    amounts.functional_code,
    amounts.functional_key,
    amounts.economic_code,
    amounts.economic_key,
    amounts.line_item_code,
    amounts.three_public_code,
    amounts.statistic_code,
    amounts.project_key,
    amounts.flow,
    amounts.amount_yuan,
    amounts.half_unit_yuan,
    amounts.is_rollup,
    amounts.origin,
    versions.recency_rank
from {{ ref('fct_statement_amount') }} as amounts
inner join {{ ref('int_document__version') }} as versions on amounts.document_key = versions.document_key
{{ left_join_repeated('amounts') }}
where amounts.is_leaf
    and repeated.document_key is null
    and amounts.is_current
    and not {{ is_prior_stage('amounts.stage_code') }}
    and amounts.unit_key is not null
    and amounts.fiscal_year is not null
