-- Grain: one row per cell of the economic expenditure fact and statement it comes from (经济分类支出).
-- Chosen per unit, year, scope, stage, fund, scheme and part: basic and project apart where they are told apart, and
-- tables that do not split (支出决算明细表) only where nothing finer is printed.
{% set cell = ['unit_key', 'fiscal_year', 'scope_code', 'stage_code', 'fund_code', 'scheme'] %}
with

-- a head lost: 人员经费合计 and 公用经费合计 are both printed, and all leaves stand under one of the two words
mis_headed as (

    select document_key, table_ordinal
    from {{ ref('fct_statement_amount') }}
    where is_current
        and statement_code in ('final_general_basic_economic', 'budget_general_basic_economic')
        and amount_yuan <> 0
        and (is_leaf or line_item_code in ('personnel_total', 'public_total'))
        and measure_code in ('personnel', 'public')
    group by document_key, table_ordinal
    having count(distinct case when line_item_code in ('personnel_total', 'public_total') then line_item_code end) = 2
        and count(distinct case when is_leaf and economic_code is not null then measure_code end) = 1

),

amounts as (

    select
        amounts.unit_key,
        amounts.fiscal_year,
        amounts.scope_code,
        amounts.stage_code,
        case
            when amounts.fund_code in ('all', 'appropriation') then 'unsplit'
            when amounts.fund_code in ('fiscal_account', 'unit_funds') then 'non_fiscal'
            else amounts.fund_code
        end as fund_code,
        case when left(amounts.economic_code, 1) = '5' then 'government' else 'department' end as scheme,
        amounts.statement_code,
        amounts.document_key,
        versions.recency_rank,
        amounts.is_rollup,
        amounts.economic_code,
        amounts.economic_key,
        case
            when mis_headed.document_key is null or amounts.measure_code not in ('personnel', 'public')
                then amounts.measure_code
            when left(amounts.economic_code, 3) in ('301', '303') then 'personnel'
            else 'public'
        end as measure_code,
        amounts.row_ordinal,
        amounts.table_ordinal,
        amounts.is_leaf,
        amounts.is_of_which,
        amounts.amount_key,
        amounts.amount_yuan,
        amounts.half_unit_yuan,
        amounts.origin
    from {{ ref('fct_statement_amount') }} as amounts
    inner join {{ ref('int_document__version') }} as versions on amounts.document_key = versions.document_key
    left join mis_headed
        on amounts.document_key = mis_headed.document_key and amounts.table_ordinal = mis_headed.table_ordinal
    {{ left_join_repeated('amounts') }}
    where repeated.document_key is null
        and amounts.economic_code is not null
        and amounts.is_current
        and amounts.amount_yuan is not null
        and amounts.role = 'amount'
        and not amounts.is_total
        and not {{ is_prior_stage('amounts.stage_code') }}
        and amounts.unit_key is not null
        and amounts.fiscal_year is not null

),

-- Some provinces print all expenditure of an economic subject and basic expenditure as 其中 beside it: what the 其中
-- leaves is project expenditure.
with_basic_part as (

    select distinct unit_key, fiscal_year, document_key, table_ordinal
    from amounts
    where statement_code in ('final_general_basic_economic', 'budget_general_basic_economic')
        and measure_code = 'basic'
        and not is_leaf

),

pairs as (

    select
        whole.unit_key,
        whole.fiscal_year,
        whole.scope_code,
        whole.stage_code,
        whole.fund_code,
        whole.scheme,
        whole.statement_code,
        whole.document_key,
        whole.recency_rank,
        whole.is_rollup,
        whole.economic_code,
        whole.economic_key,
        whole.origin,
        whole.amount_key,
        whole.amount_yuan,
        whole.half_unit_yuan,
        part.amount_key as part_amount_key,
        coalesce(part.amount_yuan, 0) as part_amount_yuan,
        coalesce(part.half_unit_yuan, 0) as part_half_unit_yuan
    from amounts as whole
    inner join with_basic_part
        on whole.document_key = with_basic_part.document_key
        and whole.table_ordinal = with_basic_part.table_ordinal
    left join amounts as part
        on whole.document_key = part.document_key
        and whole.table_ordinal = part.table_ordinal
        and whole.economic_code = part.economic_code
        and whole.row_ordinal = part.row_ordinal
        and part.measure_code = 'basic'
    where whole.is_leaf and whole.measure_code = 'total'

),

leaves as (

    select
        amounts.unit_key,
        amounts.fiscal_year,
        amounts.scope_code,
        amounts.stage_code,
        amounts.fund_code,
        amounts.scheme,
        amounts.statement_code,
        amounts.document_key,
        amounts.recency_rank,
        amounts.is_rollup,
        amounts.economic_code,
        amounts.economic_key,
        case when amounts.measure_code = 'total' then 'unsplit' else amounts.measure_code end as measure_code,
        amounts.origin,
        amounts.amount_key,
        amounts.amount_yuan,
        amounts.half_unit_yuan,
        false as is_derived
    from amounts
    left join with_basic_part
        on amounts.document_key = with_basic_part.document_key
        and amounts.table_ordinal = with_basic_part.table_ordinal
    where amounts.is_leaf and with_basic_part.document_key is null
    union all
    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        scheme,
        statement_code,
        document_key,
        recency_rank,
        is_rollup,
        economic_code,
        economic_key,
        'basic' as measure_code,
        origin,
        part_amount_key as amount_key,
        part_amount_yuan as amount_yuan,
        part_half_unit_yuan as half_unit_yuan,
        false as is_derived
    from pairs
    where part_amount_key is not null
    union all
    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        scheme,
        statement_code,
        document_key,
        recency_rank,
        is_rollup,
        economic_code,
        economic_key,
        'project' as measure_code,
        origin,
        amount_key,
        amount_yuan - part_amount_yuan as amount_yuan,
        half_unit_yuan + part_half_unit_yuan as half_unit_yuan,
        part_amount_key is not null as is_derived
    from pairs
    where abs(amount_yuan - part_amount_yuan) > half_unit_yuan + part_half_unit_yuan

),

parted as (

    select
        {% for column in cell -%}
        leaves.{{ column }},
        {% endfor -%}
        leaves.statement_code,
        leaves.document_key,
        leaves.is_rollup,
        leaves.economic_code,
        leaves.economic_key,
        leaves.measure_code,
        leaves.origin,
        leaves.amount_key,
        leaves.amount_yuan,
        leaves.half_unit_yuan,
        leaves.is_derived,
        case
            when leaves.measure_code in ('basic', 'personnel', 'public') then 'basic'
            when leaves.measure_code = 'project' then 'project'
            else 'unsplit'
        end as part,
        leaves.recency_rank
    from leaves

),

ranked as (

    select
        {% for column in cell -%}
        parted.{{ column }},
        {% endfor -%}
        parted.statement_code,
        parted.document_key,
        parted.is_rollup,
        parted.economic_code,
        parted.economic_key,
        parted.measure_code,
        parted.origin,
        parted.amount_key,
        parted.amount_yuan,
        parted.half_unit_yuan,
        parted.is_derived,
        parted.part,
        precedence.precedence * 1000000 + parted.recency_rank as choice_rank,
        min(precedence.precedence * 1000000 + parted.recency_rank) over (
            partition by {% for column in cell %}parted.{{ column }}, {% endfor %}parted.part
        ) as best_rank,
        bool_or(parted.part <> 'unsplit') over (
            partition by {% for column in cell %}parted.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}
        ) as has_split
    from parted
    inner join {{ ref('statement_precedence') }} as precedence
        on precedence.fact = 'economic_expenditure'
        and parted.statement_code = precedence.statement_code
        and parted.part = precedence.part

)

select
    {% for column in cell -%}
    {{ column }},
    {% endfor -%}
    statement_code,
    document_key,
    is_rollup,
    economic_code,
    economic_key,
    measure_code,
    origin,
    amount_key,
    amount_yuan,
    half_unit_yuan,
    is_derived
from ranked
where choice_rank = best_rank and (part <> 'unsplit' or not has_split)
