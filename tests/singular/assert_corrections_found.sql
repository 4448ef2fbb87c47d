-- A human correction that meets no figure corrects nothing: the locator or the printed value is wrong, or the document
-- is read differently now. Corrections of documents that are not in this warehouse wait.
select corrections.document_key, corrections.table_ordinal, corrections.row_ordinal, corrections.printed
from {{ ref('int_correction__located') }} as corrections
inner join {{ ref('dim_document') }} as documents on corrections.document_key = documents.document_key
left join {{ ref('fct_statement_amount') }} as amounts
    on corrections.document_key = amounts.document_key
    and corrections.table_ordinal = amounts.table_ordinal
    and corrections.row_ordinal = amounts.row_ordinal
    and corrections.column_ordinal = amounts.column_ordinal
    and corrections.number_ordinal = amounts.number_ordinal
    and amounts.is_corrected
where amounts.amount_key is null
