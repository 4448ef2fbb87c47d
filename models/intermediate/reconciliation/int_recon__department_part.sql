-- Grain: one row per total of a department's account and the like total of a body it is made of (部门汇总与本级、所属单位的数),
-- where every body that was ever seen is there for the year. Payments inside the group (上级补助, 附属上缴, 上缴上级,
-- 对附属单位补助) cancel: only basic and project spending is compared.
with

members as (

    select
        figures.document_key,
        documents.fiscal_year as document_year,
        documents.unit_key,
        figures.scope_code,
        coalesce(case when figures.scope_code = 'own' then documents.unit_key end, parents.parent_unit_key)
            as department_unit_key,
        coalesce(figures.functional_code, '') as functional_code,
        figures.measure_code,
        figures.compared_value as value,
        figures.compared_half_unit as half_unit,
        figures.amount_key,
        figures.doubt,
        figures.label,
        figures.place
    from {{ ref('int_recon__figure') }} as figures
    inner join {{ ref('dim_document') }} as documents
        on figures.document_key = documents.document_key
        and documents.is_current
        and figures.fiscal_year = documents.fiscal_year
    left join {{ ref('int_unit__parent') }} as parents on documents.unit_key = parents.unit_key
    where figures.origin = 'table'
        and figures.unit_code = '元'
        and figures.statement_code = 'final_expenditure'
        and figures.row_kind in ('total', 'func')
        and figures.measure_code in ('basic', 'project')
        and figures.stage_code = 'final'
        and documents.unit_key is not null

),

member_counts as (

    select department_unit_key, document_year, count(distinct unit_key || scope_code) as members
    from members
    where scope_code <> 'consolidated' and department_unit_key is not null
    group by department_unit_key, document_year

),

known_members as (

    select parent_unit_key as department_unit_key, count(*) as units
    from {{ ref('int_unit__parent') }}
    group by parent_unit_key

)

select
    departments.document_key,
    departments.functional_code,
    departments.measure_code,
    departments.amount_key,
    departments.value,
    departments.half_unit,
    departments.doubt,
    departments.label,
    departments.place,
    parts.amount_key as part_amount_key,
    parts.value as part_value,
    parts.half_unit as part_half_unit,
    parts.doubt as part_doubt
from members as departments
inner join members as parts
    on departments.unit_key = parts.department_unit_key
    and departments.document_year = parts.document_year
    and departments.functional_code = parts.functional_code
    and departments.measure_code = parts.measure_code
    and parts.scope_code <> 'consolidated'
inner join member_counts as counts
    on departments.unit_key = counts.department_unit_key and departments.document_year = counts.document_year
inner join known_members as known on departments.unit_key = known.department_unit_key
where departments.scope_code = 'consolidated'
    and departments.functional_code = ''
    -- own body and all units
    and counts.members = known.units + 1
