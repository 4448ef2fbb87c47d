-- Grain: one row per address of figures and term of a rule that takes it (数字地址与勾稽项). Terms are matched against the
-- few thousand distinct addresses, so that the many figures meet only the terms that concern them.
{% set selectors = {
    'lines': 'line_code', 'row_kinds': 'row_kind', 'functional_codes': 'functional_code',
    'economic_codes': 'economic_code', 'measures': 'measure_code', 'funds': 'fund_code',
    'three_public_codes': 'three_public_code', 'flows': 'flow', 'column_roles': 'column_role', 'roles': 'role',
    'sum_flags': 'sum_flag'
} %}
{% set lengths = {
    'functional_level': 'functional_code', 'parent_level': 'parent_functional_code',
    'economic_level': 'economic_code', 'economic_parent_level': 'parent_economic_code'
} %}
with

terms as (

    select
        terms.rule_id,
        coalesce(terms.branch, '') as branch,
        terms.term_ordinal,
        terms.side,
        cast(terms.coefficient as decimal(9, 4)) as coefficient,
        terms.need,
        {{ split_rows('terms.statements') }} as statement_code,
        {% for selector in selectors -%}
        '|' || terms.{{ selector }} || '|' as {{ selector }},
        {% endfor -%}
        {% for selector in lengths -%}
        cast(terms.{{ selector }} as integer) as {{ selector }},
        {% endfor -%}
        '|' || terms.stages || '|' as stages
    from {{ ref('rule_terms') }} as terms

),

addresses as (

    select distinct
        address,
        statement_code,
        {% for column in selectors.values() -%}
        {{ column }},
        {% endfor -%}
        parent_functional_code,
        parent_economic_code,
        stage_code
    from {{ ref('int_recon__figure') }}

)

select
    addresses.address,
    terms.rule_id,
    terms.branch,
    terms.term_ordinal,
    terms.side,
    terms.coefficient,
    terms.need,
    rules.method,
    coalesce(rules.hold, '') as hold
from terms
inner join {{ ref('rules') }} as rules on terms.rule_id = rules.rule_id
inner join addresses on terms.statement_code = addresses.statement_code
where rules.is_default = 'Y'
    {% for selector, column in selectors.items() -%}
    and (terms.{{ selector }} is null or instr(terms.{{ selector }}, '|' || addresses.{{ column }} || '|') > 0)
    {% endfor -%}
    {% for selector, column in lengths.items() -%}
    and (terms.{{ selector }} is null or length(coalesce(addresses.{{ column }}, '')) = terms.{{ selector }})
    {% endfor -%}
    -- a parent level of 0 is for rows of subjects directly under the row of sums
    and (
        terms.stages is null
        or instr(terms.stages, '|' || addresses.stage_code || '|') > 0
        or (
            instr(terms.stages, '|own|') > 0
            and (
                (addresses.statement_code like 'final%' and addresses.stage_code = 'final')
                or (
                    addresses.statement_code like 'budget%'
                    and addresses.stage_code in ('budget_unspecified', 'initial_budget')
                )
                -- numbers of vehicles or persons carry no stage
                or (addresses.stage_code is null and addresses.role in ('count', 'area'))
            )
        )
    )
