-- Grain: one row per fiscal year (预算年度) that a figure of the warehouse is of, a document is about, or the list of sources expects.
with

years as (

    select fiscal_year from {{ ref('fct_statement_amount') }}
    union
    select fiscal_year from {{ ref('int_document__identity') }}
    union
    select fiscal_year from {{ ref('fct_narrative_amount') }}
    union
    select fiscal_year from {{ ref('stg_landing__expected_disclosures') }}

)

select
    fiscal_year,
    cast(fiscal_year as {{ dbt.type_string() }}) || '年度' as fiscal_year_name,
    cast(cast(fiscal_year as {{ dbt.type_string() }}) || '-01-01' as date) as first_day
from years
where fiscal_year is not null
