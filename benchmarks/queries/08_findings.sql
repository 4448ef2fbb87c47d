-- 各类问题的数量 · Findings by kind and severity, and in how many documents
select kind, severity, count(*) as findings, count(distinct document_key) as documents
from fct_finding
group by kind, severity
order by findings desc, kind, severity;
