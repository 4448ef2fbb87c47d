-- 各年度按功能分类（类）的决算支出 · Final expenditure by functional class and year
select expenditure.fiscal_year, subjects.class_code, subjects.class_name, sum(expenditure.amount_yuan) as amount_yuan
from fct_expenditure as expenditure
inner join dim_functional_subject as subjects on expenditure.functional_key = subjects.functional_key
where expenditure.stage_code = 'final' and expenditure.is_counted
group by expenditure.fiscal_year, subjects.class_code, subjects.class_name
order by expenditure.fiscal_year, amount_yuan desc;
