-- 各年度“三公”经费预算与决算 · The three public expenses, planned and spent, by year and item
select fiscal_year, three_public_code, stage_code, sum(amount_yuan) as amount_yuan, count(distinct unit_key) as units
from fct_three_public
where stage_code in ('initial_budget', 'full_year_budget', 'budget_unspecified', 'final') and is_counted
group by fiscal_year, three_public_code, stage_code
order by fiscal_year, three_public_code, stage_code;
