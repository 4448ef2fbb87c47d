-- Grain: one row per discrepant result that a form with the wrong unit of money explains (金额单位有误的表所致不符): a form that
-- says 元 where it means 万元 is ten thousand times off from what other forms say, not from its own sums, and that is one
-- finding.
{% set text = dbt.type_string() %}
{% set of_wrong_form = "figures.table_ordinal = apart_tables.table_ordinal and figures.document_key = apart_tables.document_key
            and figures.origin = 'table'" %}
{% set unit_factor = "case when " ~ of_wrong_form ~ "
            then case apart_tables.unit_printed when '元' then 10000 else 0.0001 end else 1 end" %}
with

accused as (

    select reconciliation_key, document_key, left_value, right_value, unit_of_measure, comparison
    from {{ ref('int_recon__accused') }}

),

-- what a discrepant result takes from a figure with an address
figures as (

    select uses.reconciliation_key, uses.coefficient, suspects.amount_key, suspects.document_key, suspects.origin,
        suspects.statement_code, suspects.table_ordinal, suspects.unit_printed, suspects.compared_value,
        suspects.compared_half_unit, suspects.kept_equal
    from {{ ref('int_recon__accused_use') }} as uses
    inner join {{ ref('int_recon__suspect') }} as suspects on uses.amount_key = suspects.amount_key
    where uses.status = 'discrepant' and suspects.is_addressed

),

between_forms as (

    select reconciliation_key
    from figures
    group by reconciliation_key
    having count(distinct coalesce(table_ordinal, 0)) > 1 or count(distinct document_key) > 1

),

apart as (

    select reconciliation_key, document_key
    from accused
    where reconciliation_key in (select between_forms.reconciliation_key from between_forms)
        and unit_of_measure = '元'
        and left_value <> 0
        and right_value <> 0
        and (
            abs(left_value) between 9900 * abs(right_value) and 10100 * abs(right_value)
            or abs(right_value) between 9900 * abs(left_value) and 10100 * abs(left_value)
        )

),

apart_figures as (

    select distinct
        apart.reconciliation_key,
        apart.document_key,
        figures.table_ordinal,
        figures.statement_code,
        figures.unit_printed,
        figures.amount_key,
        case when figures.kept_equal > 0 then 1 else 0 end as agrees
    from apart
    inner join figures
        on apart.reconciliation_key = figures.reconciliation_key and apart.document_key = figures.document_key
    where figures.origin = 'table' and figures.unit_printed in ('元', '万元')

),

units_used as (

    select document_key, unit_printed, tables, sum(tables) over (partition by document_key) as forms
    from (
        select document_key, unit_printed, count(distinct table_ordinal) as tables
        from {{ ref('int_recon__figure') }}
        where origin = 'table'
            and unit_printed in ('元', '万元')
            and statement_code not like 'perf%'
            and document_key in (select distinct apart.document_key from apart)
        group by document_key, unit_printed
    ) as counted

),

-- of two forms that contradict each other only, the one whose unit fewer forms bear
apart_tables as (

    select
        figures.document_key,
        figures.table_ordinal,
        min(figures.statement_code) as statement_code,
        min(figures.unit_printed) as unit_printed,
        row_number() over (
            partition by figures.document_key
            order by
                count(distinct figures.reconciliation_key) desc,
                min(units_used.tables) asc,
                figures.table_ordinal
        ) as preference
    from apart_figures as figures
    inner join units_used
        on figures.document_key = units_used.document_key and figures.unit_printed = units_used.unit_printed
    group by figures.document_key, figures.table_ordinal
    having min(figures.unit_printed) = max(figures.unit_printed)
        and (
            (count(distinct figures.reconciliation_key) > 2 and count(distinct figures.amount_key) > 1)
            -- its own sums hold, and no other form bears its unit
            or (min(figures.agrees) = 1 and min(units_used.tables) = 1 and min(units_used.forms) > 3)
        )

),

-- everything that holds once the form is read in the other unit goes with it
mended_by_unit as (

    select figures.reconciliation_key, apart_tables.document_key
    from apart_tables
    inner join accused on apart_tables.document_key = accused.document_key and accused.unit_of_measure = '元'
    inner join figures on accused.reconciliation_key = figures.reconciliation_key
    where apart_tables.preference = 1
    group by figures.reconciliation_key, apart_tables.document_key, accused.comparison
    having max(case when {{ of_wrong_form }} then 1 else 0 end) = 1
        and min(case when {{ of_wrong_form }} then 1 else 0 end) = 0
        and case
            when accused.comparison = '<=' then sum(figures.coefficient * figures.compared_value * {{ unit_factor }})
            else abs(sum(figures.coefficient * figures.compared_value * {{ unit_factor }}))
        end <= sum(abs(figures.coefficient) * figures.compared_half_unit * {{ unit_factor }})

)

select
    held.reconciliation_key,
    'unit:' || cast(apart_tables.table_ordinal as {{ text }}) as root_key,
    {{ titled_place('statements.name_zh', figure_place('tables.page', 'tables.source_line', 'tables.sheet', 'null')) }}
        as place,
    apart_tables.unit_printed,
    tables.page,
    tables.source_line
from apart_tables
inner join (
    select reconciliation_key, document_key, table_ordinal from apart_figures
    union
    select mended_by_unit.reconciliation_key, mended_by_unit.document_key, wrong.table_ordinal
    from mended_by_unit
    inner join apart_tables as wrong
        on mended_by_unit.document_key = wrong.document_key and wrong.preference = 1
) as held
    on apart_tables.document_key = held.document_key
    and apart_tables.table_ordinal = held.table_ordinal
inner join {{ ref('stg_landing__tables') }} as tables
    on apart_tables.document_key = tables.document_key and apart_tables.table_ordinal = tables.table_ordinal
left join {{ ref('statements') }} as statements on apart_tables.statement_code = statements.statement_code
where apart_tables.preference = 1
