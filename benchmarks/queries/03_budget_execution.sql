-- 预算执行率最低的单位 · Bodies that spent the smallest share of what they planned
select
    unit_name,
    fiscal_year,
    expenditure_budget_yuan,
    expenditure_final_yuan,
    round(100 * expenditure_final_yuan / expenditure_budget_yuan, 2) as executed_percent
from mart_unit_year
where expenditure_budget_yuan > 0 and expenditure_final_yuan is not null and is_counted_final
order by expenditure_final_yuan / expenditure_budget_yuan, unit_name
limit 50;
