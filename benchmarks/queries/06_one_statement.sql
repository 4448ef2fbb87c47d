-- 一份文档的一张表，按打印顺序 · One table of one document, as printed
select row_ordinal, column_ordinal, row_label, column_label, value_printed, unit_of_measure, amount_yuan, is_total
from fct_statement_amount
where document_key = (select min(document_key) from dim_document where document_kind = 'final_account')
    and table_ordinal = 3
order by row_ordinal, column_ordinal;
