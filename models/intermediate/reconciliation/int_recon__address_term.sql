-- Grain: one row per address of figures and term of a rule that takes it (数字地址与勾稽项). Terms are matched against the
-- few thousand distinct addresses, so that the many figures meet only the terms that concern them. term_number stands for
-- the term; address_place is what of a place's name the address decides, address_part the number of identity and it,
-- address_number the address's.
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
        dense_rank() over (
            order by
                terms.rule_id, coalesce(terms.branch, ''), terms.term_ordinal, terms.side, terms.coefficient, terms.need
        ) as term_number,
        dense_rank() over (order by terms.rule_id, coalesce(terms.branch, '')) as branch_number,
        terms.rule_id,
        coalesce(terms.branch, '') as branch,
        terms.term_ordinal,
        terms.side,
        cast(terms.coefficient as decimal(9, 4)) as coefficient,
        terms.need,
        rules.method,
        coalesce(rules.hold, '') as hold,
        terms.statements,
        {% for selector in selectors -%}
        '|' || terms.{{ selector }} || '|' as {{ selector }},
        {% endfor -%}
        {% for selector in lengths -%}
        cast(terms.{{ selector }} as integer) as {{ selector }},
        {% endfor -%}
        '|' || terms.stages || '|' as stages
    from {{ ref('rule_terms') }} as terms
    inner join {{ ref('rules') }} as rules on terms.rule_id = rules.rule_id
    where rules.is_default = 'Y'

),

terms_of_statements as (

    select
        term_number,
        branch_number,
        rule_id,
        branch,
        term_ordinal,
        side,
        coefficient,
        need,
        method,
        hold,
        {{ split_rows('statements') }} as statement_code,
        {% for selector in selectors -%}
        {{ selector }},
        {% endfor -%}
        {% for selector in lengths -%}
        {{ selector }},
        {% endfor -%}
        stages
    from terms

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

),

taken as (

    select
        addresses.address,
        terms.rule_id,
        terms.branch,
        terms.term_ordinal,
        terms.side,
        terms.coefficient,
        terms.need,
        terms.method,
        terms.hold,
        terms.term_number,
        terms.branch_number,
        concat(
            {{ recon_place_parts('addresses', 'terms.hold', 'terms.side') | join(',\n        ') }}
        ) as address_place
    from terms_of_statements as terms
    inner join addresses on terms.statement_code = addresses.statement_code
    where true
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

)

select
    address,
    rule_id,
    branch,
    term_ordinal,
    side,
    coefficient,
    need,
    method,
    hold,
    term_number,
    address_place,
    dense_rank() over (order by branch_number, address_place) as address_part,
    dense_rank() over (order by address) as address_number
from taken
