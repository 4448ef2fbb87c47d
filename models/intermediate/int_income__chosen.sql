-- Grain: one row per statement, document and cell of the income fact (收入候选数), in three parts that are chosen
-- apart: appropriations, other income, and what is carried over where a budget counts it as a source.
{% set groups = [
    'unit_key', 'fiscal_year', 'scope_code', 'stage_code', 'part', 'fund_code', 'statement_code', 'document_key',
    'recency_rank', 'is_rollup', 'measure_code', 'functional_code', 'functional_key', 'origin'
] %}
with

amounts as (

    select
        additive.unit_key,
        additive.fiscal_year,
        additive.scope_code,
        additive.stage_code,
        case
            when additive.measure_code = 'carry_over' then 'carry_over'
            when additive.fund_code in ('general', 'gov_fund', 'state_capital', 'appropriation') then 'appropriation'
            else 'other'
        end as part,
        case
            when additive.fund_code in ('fiscal_account', 'unit_funds', 'non_fiscal') then 'non_fiscal'
            when additive.fund_code in ('all', 'appropriation') then 'unsplit'
            else additive.fund_code
        end as fund_code,
        additive.statement_code,
        additive.document_key,
        additive.recency_rank,
        additive.is_rollup,
        -- a line or column of unit funds told without its source
        case
            when additive.measure_code = 'total'
                and additive.fund_code in ('general', 'gov_fund', 'state_capital', 'appropriation')
                then 'appropriation'
            when additive.measure_code = 'total' then 'unsplit'
            else additive.measure_code
        end as measure_code,
        additive.functional_code,
        additive.functional_key,
        additive.origin,
        additive.amount_key,
        additive.amount_yuan,
        additive.half_unit_yuan
    from {{ ref('int_amount__additive') }} as additive
    inner join {{ ref('statements') }} as statements on additive.statement_code = statements.statement_code
    -- a column read as a kind of expenditure is no source of income: its figures stay out until it is read better
    left join {{ ref('measures') }} as kinds on additive.measure_code = kinds.code and kinds.kind = 'income'
    where (additive.flow = 'income' and (kinds.code is not null or additive.measure_code in ('total', 'unsplit')))
        or (
            additive.flow = 'balance'
            and statements.document_kind = 'budget'
            and additive.measure_code = 'carry_over'
        )

),

cells as (

    select
        {% for column in groups -%}
        {{ column }},
        {% endfor -%}
        min(amount_key) as amount_key,
        count(*) as figure_count,
        sum(amount_yuan) as amount_yuan,
        {{ sum_of_half_units('amount_yuan', 'half_unit_yuan') }} as half_unit_yuan
    from amounts
    group by {{ groups | join(', ') }}

),

-- per statement and part: is the money told by fund? (a final account's income table says 财政拨款收入 and no more)
statements_split as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        part,
        statement_code,
        document_key,
        sum(case when fund_code = 'unsplit' then abs(amount_yuan) else 0 end) as unsplit_yuan,
        sum(case when fund_code in ('gov_fund', 'state_capital') then abs(amount_yuan) else 0 end) as beside_general_yuan,
        sum(case when fund_code = 'general' then abs(amount_yuan) else 0 end) as general_yuan
    from cells
    group by unit_key, fiscal_year, scope_code, stage_code, part, statement_code, document_key

),

-- the totals tell by fund what the income table does not: where all of it is of the general budget, so is each item
only_general as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code
    from statements_split
    where part = 'appropriation'
    group by unit_key, fiscal_year, scope_code, stage_code
    having sum(general_yuan) > 0 and sum(beside_general_yuan) = 0

),

-- the funds' own tables print this year's income by item: what the income table holds beyond it is general
told_items as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        functional_code,
        functional_key,
        min(amount_key) as amount_key,
        sum(figure_count) as figure_count,
        sum(amount_yuan) as amount_yuan,
        sum(half_unit_yuan) as half_unit_yuan
    from cells
    where part = 'appropriation'
        and fund_code in ('gov_fund', 'state_capital')
        and statement_code in ('final_fund', 'final_state_capital')
        and functional_code is not null
        and amount_yuan <> 0
    group by unit_key, fiscal_year, scope_code, stage_code, fund_code, functional_code, functional_key

),

-- which funds beside the general budget have money, and which of them their tables print by item
fund_money as (

    select
        cells.unit_key,
        cells.fiscal_year,
        cells.scope_code,
        cells.stage_code,
        max(case when cells.fund_code = 'gov_fund' then 1 else 0 end) as has_gov_fund,
        max(case when told.fund_code = 'gov_fund' then 1 else 0 end) as tells_gov_fund,
        max(case when told.fund_code = 'state_capital' then 1 else 0 end) as tells_state_capital
    from cells
    left join told_items as told
        on cells.unit_key = told.unit_key
        and cells.fiscal_year = told.fiscal_year
        and cells.scope_code = told.scope_code
        and cells.stage_code = told.stage_code
    where cells.part = 'appropriation' and cells.amount_yuan <> 0
    group by cells.unit_key, cells.fiscal_year, cells.scope_code, cells.stage_code

),

fund_items as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        functional_code,
        functional_key,
        amount_key,
        figure_count,
        amount_yuan,
        half_unit_yuan
    from told_items
    union all
    -- tables of state capital that print expenditure only: its class, 223, tells its items in the income table, where
    -- no other fund's items would then be taken for the general budget's
    select
        cells.unit_key,
        cells.fiscal_year,
        cells.scope_code,
        cells.stage_code,
        'state_capital' as fund_code,
        cells.functional_code,
        cells.functional_key,
        min(cells.amount_key) as amount_key,
        sum(cells.figure_count) as figure_count,
        sum(cells.amount_yuan) as amount_yuan,
        sum(cells.half_unit_yuan) as half_unit_yuan
    from cells
    inner join fund_money
        on cells.unit_key = fund_money.unit_key
        and cells.fiscal_year = fund_money.fiscal_year
        and cells.scope_code = fund_money.scope_code
        and cells.stage_code = fund_money.stage_code
        and fund_money.tells_state_capital = 0
        and fund_money.has_gov_fund <= fund_money.tells_gov_fund
    where cells.part = 'appropriation'
        and cells.fund_code = 'unsplit'
        and cells.statement_code = 'final_income'
        and cells.functional_code like '223%'
        and cells.amount_yuan <> 0
    group by
        cells.unit_key, cells.fiscal_year, cells.scope_code, cells.stage_code, cells.functional_code,
        cells.functional_key

),

splittable as (

    select distinct unit_key, fiscal_year, scope_code, stage_code
    from fund_items

),

ranked as (

    select
        statements_split.unit_key,
        statements_split.fiscal_year,
        statements_split.scope_code,
        statements_split.stage_code,
        statements_split.part,
        statements_split.statement_code,
        statements_split.document_key,
        row_number() over (
            partition by
                statements_split.unit_key,
                statements_split.fiscal_year,
                statements_split.scope_code,
                statements_split.stage_code,
                statements_split.part
            order by
                case
                    when statements_split.part <> 'appropriation' or statements_split.unsplit_yuan = 0 then 0
                    when only_general.unit_key is not null or splittable.unit_key is not null then 0
                    else 1
                end asc,
                precedence.precedence asc,
                documents.recency_rank asc
        ) as choice_rank,
        only_general.unit_key is not null as is_only_general,
        splittable.unit_key is not null as is_splittable
    from statements_split
    inner join {{ ref('statement_precedence') }} as precedence
        on precedence.fact = 'income'
        and statements_split.part = precedence.part
        and statements_split.statement_code = precedence.statement_code
    inner join {{ ref('int_document__version') }} as documents
        on statements_split.document_key = documents.document_key
    left join only_general
        on statements_split.unit_key = only_general.unit_key
        and statements_split.fiscal_year = only_general.fiscal_year
        and statements_split.scope_code = only_general.scope_code
        and statements_split.stage_code = only_general.stage_code
    left join splittable
        on statements_split.unit_key = splittable.unit_key
        and statements_split.fiscal_year = splittable.fiscal_year
        and statements_split.scope_code = splittable.scope_code
        and statements_split.stage_code = splittable.stage_code

),

chosen as (

    select
        {% for column in groups -%}
        cells.{{ column }},
        {% endfor -%}
        cells.amount_key,
        cells.figure_count,
        cells.amount_yuan,
        cells.half_unit_yuan,
        ranked.is_only_general,
        ranked.is_splittable,
        cells.part = 'appropriation' and cells.fund_code = 'unsplit' as is_to_split
    from cells
    inner join ranked
        on cells.unit_key = ranked.unit_key
        and cells.fiscal_year = ranked.fiscal_year
        and cells.scope_code = ranked.scope_code
        and cells.stage_code = ranked.stage_code
        and cells.part = ranked.part
        and cells.statement_code = ranked.statement_code
        and cells.document_key = ranked.document_key
        and ranked.choice_rank = 1

),

split_by_items as (

    select
        chosen.unit_key,
        chosen.fiscal_year,
        chosen.scope_code,
        chosen.stage_code,
        'general' as fund_code,
        chosen.statement_code,
        chosen.document_key,
        chosen.is_rollup,
        chosen.measure_code,
        chosen.functional_code,
        chosen.functional_key,
        chosen.origin,
        chosen.amount_key,
        chosen.figure_count + coalesce(items.figure_count, 0) as figure_count,
        chosen.amount_yuan - coalesce(items.amount_yuan, 0) as amount_yuan,
        chosen.half_unit_yuan + coalesce(items.half_unit_yuan, 0) as half_unit_yuan,
        items.functional_code is not null as is_derived
    from chosen
    left join (
        select
            unit_key,
            fiscal_year,
            scope_code,
            stage_code,
            functional_code,
            sum(figure_count) as figure_count,
            sum(amount_yuan) as amount_yuan,
            sum(half_unit_yuan) as half_unit_yuan
        from fund_items
        group by unit_key, fiscal_year, scope_code, stage_code, functional_code
    ) as items
        on chosen.unit_key = items.unit_key
        and chosen.fiscal_year = items.fiscal_year
        and chosen.scope_code = items.scope_code
        and chosen.stage_code = items.stage_code
        and chosen.functional_code = items.functional_code
    where chosen.is_to_split and chosen.is_splittable and not chosen.is_only_general
        -- an item wholly of a fund leaves nothing to the general budget
        and (
            items.functional_code is null
            or abs(chosen.amount_yuan - items.amount_yuan) > chosen.half_unit_yuan + items.half_unit_yuan
        )

)

select
    unit_key,
    fiscal_year,
    scope_code,
    stage_code,
    case when is_to_split and is_only_general then 'general' else fund_code end as fund_code,
    statement_code,
    document_key,
    is_rollup,
    measure_code,
    functional_code,
    functional_key,
    origin,
    amount_key,
    figure_count,
    amount_yuan,
    half_unit_yuan,
    false as is_derived
from chosen
where not is_to_split or is_only_general or not is_splittable
union all
select
    unit_key,
    fiscal_year,
    scope_code,
    stage_code,
    fund_code,
    statement_code,
    document_key,
    is_rollup,
    measure_code,
    functional_code,
    functional_key,
    origin,
    amount_key,
    figure_count,
    amount_yuan,
    half_unit_yuan,
    is_derived
from split_by_items
union all
select
    chosen.unit_key,
    chosen.fiscal_year,
    chosen.scope_code,
    chosen.stage_code,
    items.fund_code,
    chosen.statement_code,
    chosen.document_key,
    chosen.is_rollup,
    chosen.measure_code,
    items.functional_code,
    items.functional_key,
    chosen.origin,
    items.amount_key,
    items.figure_count,
    items.amount_yuan,
    items.half_unit_yuan,
    false as is_derived
from fund_items as items
inner join (
    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        origin,
        measure_code,
        max(statement_code) as statement_code,
        max(document_key) as document_key,
        bool_or(is_rollup) as is_rollup
    from chosen
    where is_to_split and is_splittable and not is_only_general
    group by unit_key, fiscal_year, scope_code, stage_code, origin, measure_code
) as chosen
    on items.unit_key = chosen.unit_key
    and items.fiscal_year = chosen.fiscal_year
    and items.scope_code = chosen.scope_code
    and items.stage_code = chosen.stage_code
