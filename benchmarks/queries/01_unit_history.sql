-- 一个单位历年的收支预算与决算 · One body's budgets and final accounts over the years
select
    fiscal_year,
    scope_code,
    income_budget_yuan,
    income_final_yuan,
    expenditure_budget_yuan,
    expenditure_final_yuan,
    three_public_final_yuan,
    findings
from mart_unit_year
where unit_key = (select min(unit_key) from mart_unit_year)
order by fiscal_year, scope_code;
