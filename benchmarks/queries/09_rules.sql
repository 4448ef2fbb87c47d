-- 各条勾稽关系的结论 · How every identity fares: holds, holds within rounding, fails, cannot be told
select rules.rule_id, rules.rule_name_zh, results.status, results.results
from (
    select rule_id, status, count(*) as results
    from fct_reconciliation
    group by rule_id, status
) as results
inner join dim_rule as rules on results.rule_id = rules.rule_id
order by rules.rule_id, results.status;
