-- The subject joined to a figure has the figure's code, and was in force in the document's year.
select amounts.amount_key, amounts.functional_code as code, subjects.functional_key as subject_key
from {{ ref('fct_statement_amount') }} as amounts
inner join {{ ref('dim_document') }} as documents on amounts.document_key = documents.document_key
left join {{ ref('dim_functional_subject') }} as subjects on amounts.functional_key = subjects.functional_key
where amounts.functional_code is not null
    and (
        subjects.functional_key is null
        or subjects.functional_code <> amounts.functional_code
        or (
            subjects.is_official
            and (
                documents.fiscal_year < coalesce(subjects.valid_from_year, 0)
                or documents.fiscal_year > coalesce(subjects.valid_to_year, 9999)
            )
        )
    )
union all
select amounts.amount_key, amounts.economic_code as code, subjects.economic_key as subject_key
from {{ ref('fct_statement_amount') }} as amounts
inner join {{ ref('dim_document') }} as documents on amounts.document_key = documents.document_key
left join {{ ref('dim_economic_subject') }} as subjects on amounts.economic_key = subjects.economic_key
where amounts.economic_code is not null
    and (
        subjects.economic_key is null
        or subjects.economic_code <> amounts.economic_code
        or (
            subjects.is_official
            and (
                documents.fiscal_year < coalesce(subjects.valid_from_year, 0)
                or documents.fiscal_year > coalesce(subjects.valid_to_year, 9999)
            )
        )
    )
