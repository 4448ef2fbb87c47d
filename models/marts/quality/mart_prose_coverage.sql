-- Grain: one row per document (文字台账): what became of the numbers and facts of its prose. unresolved counts facts whose
-- subject no dictionary knows: they keep their words in fct_narrative_amount, and a row in
-- seeds/prose_subject_names.csv teaches the name.
with

facts as (

    select
        document_key,
        count(*) as facts,
        sum(case when is_implied then 1 else 0 end) as implied,
        sum(case when line_item_code is not null then 1 else 0 end) as with_line,
        sum(case when functional_code is not null then 1 else 0 end) as with_functional,
        sum(case when economic_code is not null then 1 else 0 end) as with_economic,
        sum(case when statistic_code is not null then 1 else 0 end) as with_statistic,
        sum(
            case when coalesce(line_item_code, functional_code, economic_code, statistic_code) is null then 1 else 0 end
        ) as unresolved,
        sum(
            case
                when functional_code is null and coalesce(class_name, group_name, item_name) is not null then 1
                else 0
            end
        ) as unknown_subjects
    from {{ ref('fct_narrative_amount') }}
    group by document_key

),

skipped as (

    select
        document_key,
        count(*) as skipped,
        sum(case when reason_code = 'no_unit' then 1 else 0 end) as skipped_without_unit
    from {{ ref('stg_landing__prose_skipped') }}
    group by document_key

),

residue as (

    select document_key, count(*) as residue
    from {{ ref('stg_landing__prose_residue') }}
    group by document_key

)

select
    documents.document_key,
    documents.file_name,
    cast(coalesce(facts.facts, 0) as integer) as facts,
    cast(coalesce(facts.implied, 0) as integer) as implied,
    cast(coalesce(facts.with_line, 0) as integer) as with_line,
    cast(coalesce(facts.with_functional, 0) as integer) as with_functional,
    cast(coalesce(facts.with_economic, 0) as integer) as with_economic,
    cast(coalesce(facts.with_statistic, 0) as integer) as with_statistic,
    cast(coalesce(facts.unresolved, 0) as integer) as unresolved,
    cast(coalesce(facts.unknown_subjects, 0) as integer) as unknown_subjects,
    cast(coalesce(skipped.skipped, 0) as integer) as skipped,
    cast(coalesce(skipped.skipped_without_unit, 0) as integer) as skipped_without_unit,
    cast(coalesce(residue.residue, 0) as integer) as residue
from {{ ref('dim_document') }} as documents
left join facts on documents.document_key = facts.document_key
left join skipped on documents.document_key = skipped.document_key
left join residue on documents.document_key = residue.document_key
