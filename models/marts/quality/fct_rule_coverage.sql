-- Grain: one row per document and rule (勾稽规则覆盖): every rule says for every document whether it ran, and if not why.
with

documents as (

    select document_key, is_disclosure
    from {{ ref('int_document__identity') }}

),

applied as (

    select document_key, rule_id, count(*) as places
    from {{ ref('fct_reconciliation') }}
    group by document_key, rule_id

),

with_statements as (

    select distinct amounts.document_key, precedence.fact
    from {{ ref('fct_statement_amount') }} as amounts
    inner join {{ ref('statement_precedence') }} as precedence on amounts.statement_code = precedence.statement_code

)

select
    documents.document_key,
    rules.rule_id,
    case
        when applied.places > 0 then 'applied'
        when not documents.is_disclosure or with_statements.document_key is null then 'not_applicable'
        else 'not_evaluable'
    end as state,
    case
        when applied.places > 0 then '已核对' || cast(applied.places as {{ dbt.type_string() }}) || '处'
        when not documents.is_disclosure then '不是部门预决算公开'
        when with_statements.document_key is null then '没有列示这类金额的报表'
        else '报表未作为取数来源，或没有打印合计'
    end as reason
from documents
cross join {{ ref('reconciliation_rules') }} as rules
left join applied on documents.document_key = applied.document_key and rules.rule_id = applied.rule_id
left join with_statements
    on documents.document_key = with_statements.document_key and rules.fact = with_statements.fact
