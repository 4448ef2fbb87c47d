-- Every rule says for every document whether it ran; a check that silently did not run would look like a pass.
select documents.document_key, rules.rule_id
from {{ ref('dim_document') }} as documents
cross join {{ ref('dim_rule') }} as rules
left join {{ ref('fct_rule_coverage') }} as coverage
    on documents.document_key = coverage.document_key and rules.rule_id = coverage.rule_id
where coverage.state is null
