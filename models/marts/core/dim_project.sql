-- Grain: one row per project, unit and year (项目).
with

printed as (

    select
        project_key,
        unit_key,
        document_key,
        project_name,
        count(*) as uses
    from {{ ref('fct_statement_amount') }}
    where project_key is not null
    group by project_key, unit_key, document_key, project_name
    union all
    select project_key, unit_key, document_key, project_name, count(*) as uses
    from {{ ref('fct_performance_indicator') }}
    where project_key is not null
    group by project_key, unit_key, document_key, project_name

)

select
    printed.project_key,
    {{ at_greatest('printed.project_name', 'printed.uses', can_tie=true) }} as project_name,
    max(printed.unit_key) as unit_key,
    max(identity.fiscal_year) as fiscal_year
from printed
inner join {{ ref('int_document__identity') }} as identity on printed.document_key = identity.document_key
group by printed.project_key
