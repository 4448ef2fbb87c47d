-- Every number printed in a table is a figure of the star, a code, a row or column number … or listed with the reason.
-- A number unaccounted for was lost between page and warehouse, the worst this project can do.
select document_key, file_name, numbers_printed, numbers_landed, unaccounted
from {{ ref('mart_document_coverage') }}
where unaccounted is distinct from 0
