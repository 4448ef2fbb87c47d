-- 各条勾稽关系的结论 · How every identity fares: holds, holds within rounding, fails, cannot be told
select rules.rule_id, rules.rule_name_zh, results.status, count(*) as results
from fct_reconciliation as results
inner join dim_rule as rules on results.rule_id = rules.rule_id
group by rules.rule_id, rules.rule_name_zh, results.status
order by rules.rule_id, results.status;
