-- 一个汇总数出自哪里 · From a sum back to the printed figures: one unit's largest items and where they stand
select facts.functional_code, facts.amount_yuan, documents.file_name, printed.page, printed.source_line,
    printed.sheet, printed.row_label, printed.column_label, printed.value_printed
from (
    select functional_code, amount_yuan, document_key, amount_key
    from fct_expenditure
    where unit_key = (select min(unit_key) from mart_unit_year) and stage_code = 'final'
    order by amount_yuan desc, amount_key
    limit 10
) as facts
inner join dim_document as documents on facts.document_key = documents.document_key
inner join fct_statement_amount as printed on facts.amount_key = printed.amount_key
order by facts.amount_yuan desc, facts.amount_key;
