-- 人员经费占基本支出的比重 · Share of personnel in expenditure by economic subject, by year
select
    expenditure.fiscal_year,
    sum(expenditure.amount_yuan) as amount_yuan,
    sum(case when subjects.is_personnel then expenditure.amount_yuan end) as personnel_yuan,
    round(100 * sum(case when subjects.is_personnel then expenditure.amount_yuan end) / sum(expenditure.amount_yuan), 2)
        as personnel_percent
from fct_economic_expenditure as expenditure
inner join dim_economic_subject as subjects on expenditure.economic_key = subjects.economic_key
where expenditure.scheme = 'department' and expenditure.stage_code = 'final' and expenditure.is_counted
group by expenditure.fiscal_year
order by expenditure.fiscal_year;
