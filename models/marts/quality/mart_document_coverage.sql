-- Grain: one row per document (文档数字台账): every number printed in its tables, by what became of it.
-- unaccounted must be 0: a number that is neither a figure, nor accounted for otherwise, was lost.
with

roles as (

    select
        document_key,
        count(*) as numbers_landed,
        count(case when role = 'figure' then 1 end) as figures,
        count(case when role = 'code' then 1 end) as codes,
        count(case when role = 'row_number' then 1 end) as row_numbers,
        count(case when role = 'column_number' then 1 end) as column_numbers,
        count(case when role = 'ordinal' then 1 end) as ordinals,
        count(case when role = 'year' then 1 end) as years,
        count(case when role = 'page' then 1 end) as pages,
        count(case when role = 'label' then 1 end) as labels,
        count(case when role = 'header' then 1 end) as headers,
        count(case when role = 'indicator' then 1 end) as indicator_numbers,
        count(case when role = 'prose' then 1 end) as prose_numbers,
        count(case when role = 'unmapped' then 1 end) as unmapped
    from {{ ref('stg_landing__cell_numbers') }}
    group by document_key

),

in_star as (

    select document_key, count(*) as figures_in_star
    from {{ ref('fct_statement_amount') }}
    group by document_key

),

listed as (

    select
        document_key,
        count(case when role = 'figure' then 1 end) as figures_listed,
        count(case when role = 'unmapped' then 1 end) as unmapped_listed,
        count(*) as numbers_listed
    from {{ ref('mart_unmapped_cell') }}
    group by document_key

)

select
    documents.document_key,
    documents.file_name,
    coalesce(documents.cell_number_count, 0) as numbers_printed,
    coalesce(roles.numbers_landed, 0) as numbers_landed,
    coalesce(roles.figures, 0) as figures,
    coalesce(in_star.figures_in_star, 0) as figures_in_star,
    coalesce(roles.codes, 0) as codes,
    coalesce(roles.row_numbers, 0) as row_numbers,
    coalesce(roles.column_numbers, 0) as column_numbers,
    coalesce(roles.ordinals, 0) as ordinals,
    coalesce(roles.years, 0) as years,
    coalesce(roles.pages, 0) as pages,
    coalesce(roles.labels, 0) as labels,
    coalesce(roles.headers, 0) as headers,
    coalesce(roles.indicator_numbers, 0) as indicator_numbers,
    coalesce(roles.prose_numbers, 0) as prose_numbers,
    coalesce(roles.unmapped, 0) as unmapped,
    coalesce(listed.numbers_listed, 0) as numbers_listed,
    -- printed but not landed, landed under a role nobody knows, or a figure neither in the star nor listed
    coalesce(documents.cell_number_count, 0)
    - coalesce(in_star.figures_in_star, 0)
    - coalesce(listed.figures_listed, 0)
    - coalesce(listed.unmapped_listed, 0)
    - coalesce(roles.codes, 0)
    - coalesce(roles.row_numbers, 0)
    - coalesce(roles.column_numbers, 0)
    - coalesce(roles.ordinals, 0)
    - coalesce(roles.years, 0)
    - coalesce(roles.pages, 0)
    - coalesce(roles.labels, 0)
    - coalesce(roles.headers, 0)
    - coalesce(roles.indicator_numbers, 0)
    - coalesce(roles.prose_numbers, 0) as unaccounted
from {{ ref('stg_landing__documents') }} as documents
left join roles on documents.document_key = roles.document_key
left join in_star on documents.document_key = in_star.document_key
left join listed on documents.document_key = listed.document_key
