-- 某一科目支出最多的单位 · Who spends most on one subject, over the years
select units.unit_name, expenditure.fiscal_year, sum(expenditure.amount_yuan) as amount_yuan
from fct_expenditure as expenditure
inner join dim_unit as units on expenditure.unit_key = units.unit_key
where expenditure.functional_code = '2080505' and expenditure.stage_code = 'final' and expenditure.is_counted
group by units.unit_name, expenditure.fiscal_year
order by amount_yuan desc, units.unit_name
limit 50;
