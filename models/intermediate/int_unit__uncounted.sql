-- Grain: one row per unit, year, scope, stage and fact whose money a sum over bodies holds already (合计时不计的口径).
-- Of a department's consolidated figures (汇总) and its parts (本级, its units) a sum takes one: the parts where they
-- make up the whole, statement by statement, within rounding; else the consolidated figures, which hold what the parts
-- that are not published would. Told per fact and stage, for what has no consolidated figure has only its parts.
-- fact unit_year is expenditure with all budget stages as one (stage_code budget).
{% set cell = ['unit_key', 'fiscal_year', 'scope_code'] %}
{% set slot = ['fiscal_year', 'fact', 'stage_code'] %}
with

parents as (

    select unit_key, fiscal_year, parent_unit_key
    from {{ ref('int_unit__parent_year') }}

),

-- each body above another in a year, up to three levels
superiors as (

    select unit_key, fiscal_year, parent_unit_key as whole_unit_key, 1 as distance
    from parents
    union
    select parents.unit_key, parents.fiscal_year, second.parent_unit_key as whole_unit_key, 2 as distance
    from parents
    inner join parents as second
        on parents.parent_unit_key = second.unit_key and parents.fiscal_year = second.fiscal_year
    union
    select parents.unit_key, parents.fiscal_year, third.parent_unit_key as whole_unit_key, 3 as distance
    from parents
    inner join parents as second
        on parents.parent_unit_key = second.unit_key and parents.fiscal_year = second.fiscal_year
    inner join parents as third
        on second.parent_unit_key = third.unit_key and second.fiscal_year = third.fiscal_year

),

wholes as (

    select distinct unit_key
    from {{ ref('int_table__identity') }}
    where is_current and is_disclosure and scope_code = 'consolidated'
    union
    select distinct unit_key
    from {{ ref('int_document__identity') }}
    where is_disclosure and scope_code = 'consolidated' and unit_key is not null

),

-- who may count somebody's money again; a body's own parts in any year
involved as (

    select unit_key, unit_key as whole_unit_key, cast(null as integer) as fiscal_year, 0 as distance
    from wholes
    union
    select superiors.unit_key, superiors.whole_unit_key, superiors.fiscal_year, min(superiors.distance) as distance
    from superiors
    inner join wholes on superiors.whole_unit_key = wholes.unit_key
    where superiors.unit_key <> superiors.whole_unit_key
    group by superiors.unit_key, superiors.whole_unit_key, superiors.fiscal_year

),

bodies as (

    select distinct unit_key
    from involved

),

sources as (

    select distinct fact, statement_code
    from {{ ref('statement_precedence') }}
    where fact <> 'project_funding' or statement_code not like 'perf%'

),

printed as (

    select
        amounts.unit_key,
        amounts.fiscal_year,
        amounts.scope_code,
        amounts.stage_code,
        sources.fact,
        amounts.statement_code as piece,
        coalesce(amounts.amount_yuan, amounts.value) as amount,
        case when amounts.amount_yuan <> 0 then amounts.half_unit_yuan else 0 end as half_unit
    from {{ ref('fct_statement_amount') }} as amounts
    inner join bodies on amounts.unit_key = bodies.unit_key
    inner join sources on amounts.statement_code = sources.statement_code
    {{ left_join_repeated('amounts') }}
    where amounts.is_current
        and repeated.document_key is null
        and amounts.role = 'amount'
        and (amounts.is_leaf or (sources.fact = 'unit_statistic' and not amounts.is_total and not amounts.is_detail))
        and not {{ is_prior_stage('amounts.stage_code') }}
        and amounts.fiscal_year is not null
        and case sources.fact
            when 'expenditure' then amounts.flow = 'expenditure' and amounts.economic_code is null
                and (amounts.functional_code is not null or amounts.line_item_code is null)
            when 'income' then amounts.flow = 'income'
            when 'balance' then amounts.flow = 'balance'
            when 'economic_expenditure' then amounts.economic_code is not null
            when 'three_public' then amounts.three_public_code is not null
            when 'unit_statistic' then amounts.statistic_code is not null
                or amounts.three_public_code in ('meeting', 'training', 'operating_cost')
            else amounts.project_key is not null
        end
    {% for fact, model in [
        ('expenditure', 'int_prose__expenditure_chosen'), ('income', 'int_prose__income'),
        ('three_public', 'int_prose__three_public')
    ] -%}
    union all
    select
        stated.unit_key,
        stated.fiscal_year,
        stated.scope_code,
        stated.stage_code,
        '{{ fact }}' as fact,
        'prose' as piece,
        stated.amount_yuan as amount,
        case when stated.amount_yuan <> 0 then stated.half_unit_yuan else 0 end as half_unit
    from {{ ref(model) }} as stated
    inner join bodies on stated.unit_key = bodies.unit_key
    {% endfor -%}
    union all
    select
        stated.unit_key,
        stated.fiscal_year,
        stated.scope_code,
        stated.stage_code,
        'unit_statistic' as fact,
        'prose' as piece,
        coalesce(stated.amount_yuan, stated.value) as amount,
        0 as half_unit
    from {{ ref('int_prose__statistic') }} as stated
    inner join bodies on stated.unit_key = bodies.unit_key

),

pieces as (

    select
        {{ cell | join(', ') }},
        stage_code,
        fact,
        piece,
        sum(amount) as amount,
        sum(half_unit) as half_unit
    from (
        select {{ cell | join(', ') }}, stage_code, fact, piece, amount, half_unit
        from printed
        union all
        select
            {{ cell | join(', ') }},
            case stage_code when 'final' then 'final' else 'budget' end as stage_code,
            'unit_year' as fact,
            piece || ' ' || stage_code as piece,
            amount,
            half_unit
        from printed
        where fact = 'expenditure'
    ) as told
    group by {{ cell | join(', ') }}, stage_code, fact, piece

),

-- the parts right below a consolidated figure: of a unit that is a department itself its own consolidated figure
parts as (

    select
        involved.whole_unit_key,
        pieces.unit_key,
        pieces.fiscal_year,
        pieces.scope_code,
        pieces.stage_code,
        pieces.fact,
        pieces.piece,
        pieces.amount,
        pieces.half_unit,
        involved.distance,
        max(case when pieces.scope_code = 'consolidated' then 1 else 0 end) over (
            partition by
                involved.whole_unit_key, pieces.unit_key, pieces.fiscal_year, pieces.stage_code, pieces.fact,
                pieces.piece
        ) as has_consolidated
    from pieces
    inner join involved
        on pieces.unit_key = involved.unit_key
        and pieces.fiscal_year = coalesce(involved.fiscal_year, pieces.fiscal_year)
    where involved.distance > 0 or pieces.scope_code <> 'consolidated'

),

part_sums as (

    select whole_unit_key, {{ slot | join(', ') }}, piece, sum(amount) as amount, sum(half_unit) as half_unit
    from parts
    where distance = 0 or (distance = 1 and (scope_code = 'consolidated' or has_consolidated = 0))
    group by whole_unit_key, {{ slot | join(', ') }}, piece

),

whole_slots as (

    select
        pieces.unit_key,
        {% for column in slot -%}
        pieces.{{ column }},
        {% endfor -%}
        -- every statement of the whole, and at least one that is not all zero
        bool_and(
            coalesce(abs(part_sums.amount - pieces.amount) <= part_sums.half_unit + pieces.half_unit, pieces.amount = 0)
        )
        and bool_or(pieces.amount <> 0) as is_made_up_of_parts
    from pieces
    left join part_sums
        on pieces.unit_key = part_sums.whole_unit_key
        and pieces.fiscal_year = part_sums.fiscal_year
        and pieces.fact = part_sums.fact
        and pieces.stage_code = part_sums.stage_code
        and pieces.piece = part_sums.piece
    where pieces.scope_code = 'consolidated'
    group by pieces.unit_key, {% for column in slot %}pieces.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

)

select
    unit_key,
    fiscal_year,
    'consolidated' as scope_code,
    stage_code,
    fact
from whole_slots
where is_made_up_of_parts
union
select
    parts.unit_key,
    parts.fiscal_year,
    parts.scope_code,
    parts.stage_code,
    parts.fact
from parts
inner join whole_slots
    on parts.whole_unit_key = whole_slots.unit_key
    and parts.fiscal_year = whole_slots.fiscal_year
    and parts.stage_code = whole_slots.stage_code
    and parts.fact = whole_slots.fact
where not whole_slots.is_made_up_of_parts
