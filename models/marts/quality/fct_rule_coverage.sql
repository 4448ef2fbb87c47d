-- Grain: one row per document and rule (勾稽规则覆盖): every rule says for every document whether it ran, and if not why.
with

documents as (

    select document_key, document_kind, fiscal_year, is_current, coalesce(state, 'disclosure') as state
    from {{ ref('dim_document') }}

),

results as (

    select
        document_key,
        rule_id,
        sum(case when status <> 'incomplete' then 1 else 0 end) as places,
        count(*) as tried,
        min(reason) as reason
    from {{ ref('fct_reconciliation') }}
    group by document_key, rule_id

),

observations as (

    select document_key, rule_id, count(*) as places
    from {{ ref('int_recon__observation') }}
    group by document_key, rule_id

),

numbered_documents as (

    {{ numbered_texts('document_key', ref('int_recon__figure')) | indent(4) }}

),

-- which of a rule's terms a document could fill
term_matches as (

    select
        terms.rule_id,
        documents.document_key,
        case when min(matched.side) = max(matched.side) then 1 else 2 end as sides
    from {{ ref('int_recon__matched') }} as matched
    inner join (
        select distinct term_number, rule_id
        from {{ ref('int_recon__address_term') }}
    ) as terms on matched.term_number = terms.term_number
    inner join numbered_documents as documents on matched.document_number = documents.text_ordinal
    where matched.side not in ('guard', 'unless', 'only')
    group by terms.rule_id, documents.document_key

)

select
    documents.document_key,
    rules.rule_id,
    case
        when results.places > 0 then 'applied'
        when rules.evidence = 'observation' and rules.is_default = 'Y' and documents.document_kind is not null
            and documents.is_current and instr(rules.document_kinds, documents.document_kind) > 0 then 'applied'
        when results.tried > 0 then 'not_evaluable'
        when rules.is_default <> 'Y' then 'not_applicable'
        when documents.document_kind is null or not documents.is_current then 'not_applicable'
        when instr(rules.document_kinds, documents.document_kind) = 0 then 'not_applicable'
        when documents.fiscal_year < cast(rules.valid_from_year as integer)
            or documents.fiscal_year > cast(rules.valid_to_year as integer) then 'not_applicable'
        when term_matches.sides = 1 then 'not_evaluable'
        else 'not_applicable'
    end as state,
    case
        when results.places > 0 then '已核对' || cast(results.places as {{ dbt.type_string() }}) || '处'
        when rules.evidence = 'observation' and rules.is_default = 'Y' and documents.document_kind is not null
            and documents.is_current and instr(rules.document_kinds, documents.document_kind) > 0
            then '已查看' || case
                when observations.places > 0 then '，有' || cast(observations.places as {{ dbt.type_string() }}) || '处'
                else '，未见'
            end
        when results.tried > 0 then coalesce(results.reason, '缺少需要的数')
        when rules.is_default <> 'Y' then '规则默认不启用'
        when not documents.is_current then '不是现行版本'
        when documents.document_kind is null then '不是部门预决算公开'
        when instr(rules.document_kinds, documents.document_kind) = 0 then '不适用于这类文件'
        when documents.fiscal_year < cast(rules.valid_from_year as integer)
            or documents.fiscal_year > cast(rules.valid_to_year as integer) then '不适用于这一年度'
        when term_matches.sides = 1 then '只有一方有数，另一方未列示'
        else '文件中没有这条规则所涉及的数'
    end as reason
from documents
cross join {{ ref('rules') }} as rules
left join results on documents.document_key = results.document_key and rules.rule_id = results.rule_id
left join observations on documents.document_key = observations.document_key and rules.rule_id = observations.rule_id
left join term_matches on documents.document_key = term_matches.document_key and rules.rule_id = term_matches.rule_id
