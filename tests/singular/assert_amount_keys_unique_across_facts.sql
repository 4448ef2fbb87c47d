-- amount_key names one figure, whether a table or a sentence prints it.
select statements.amount_key
from {{ ref('fct_statement_amount') }} as statements
inner join {{ ref('fct_narrative_amount') }} as narrative on statements.amount_key = narrative.amount_key
