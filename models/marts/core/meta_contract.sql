-- Grain: one row: which version of the data contract these tables keep (数据契约版本).
select
    1 as contract_version,
    'gongkai' as contract_name
