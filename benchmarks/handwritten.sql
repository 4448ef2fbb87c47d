-- The star as one would write it by hand: one script, one process, the same landing Parquet and the same seeds, no
-- layers, no tests. It is what our layering is measured against (benchmarks/scale.py).
--
-- The same as the models: grain and columns of dim_document, dim_unit, the subjects' dimensions, fct_statement_amount,
-- the additive facts, fct_narrative_amount, fct_performance_indicator; choice of statements by precedence; identities
-- within a row, down a column, across statements and along printed totals, each with its tolerance from printed digits,
-- its verdict and the figures it used.
-- Simpler than the models: names of bodies are taken as printed (no regions, suffixes, departments above units, versions
-- or rollups); a subject named without its code has none; stage, fund and measure come from the column or the statement,
-- never from 其中 rows; prose is typed but its subjects are not resolved and it fills no gaps; no identities of prose,
-- rates, performance sheets, other years or other documents; no coverage of rules, findings, doubts, messages in words,
-- reading back, unmapped cells or disclosure gaps. Its leaves and choices are cruder, so its sums are not to be trusted;
-- its tables are as many and as large.
--
-- {landing} and {seeds} are folders.

create table dim_statement as from read_csv('{seeds}/statements.csv', all_varchar = true);
create table header_terms as from read_csv('{seeds}/header_terms.csv', all_varchar = true);
create table line_items as from read_csv('{seeds}/line_items.csv', all_varchar = true);
create table measures as from read_csv('{seeds}/measures.csv', all_varchar = true);
create table units_of_measure as
select unit_of_measure, kind, try_cast(yuan_factor as decimal(9, 0)) as yuan_factor
from read_csv('{seeds}/units_of_measure.csv', all_varchar = true);
create table statement_precedence as
select fact, part, statement_code, precedence::integer as precedence
from read_csv('{seeds}/statement_precedence.csv', all_varchar = true);
create table column_sums as
select sum_code, unnest(string_split(total_terms, ' ')) as total_term, part_terms
from read_csv('{seeds}/column_sums.csv', all_varchar = true);

create table dim_functional_subject as
select
    functional_code || '@' || valid_from_year as functional_key, functional_code, functional_name, level,
    left(functional_code, 3) as class_code,
    case when length(functional_code) >= 5 then left(functional_code, 5) end as group_code,
    try_cast(valid_from_year as integer) as valid_from_year, try_cast(valid_to_year as integer) as valid_to_year
from read_csv('{seeds}/functional_subjects.csv', all_varchar = true);
create table dim_economic_subject as
select
    economic_code || '@' || valid_from_year as economic_key, economic_code, economic_name, level, scheme,
    left(economic_code, 3) as class_code, is_personnel,
    try_cast(valid_from_year as integer) as valid_from_year, try_cast(valid_to_year as integer) as valid_to_year
from read_csv('{seeds}/economic_subjects.csv', all_varchar = true);
create table dim_region as from read_csv('{seeds}/regions.csv', all_varchar = true);

-- Who, when and what: the claim made most often.
create table claimed as
with votes as (
    select document_id, claim_kind, value, count(*) as votes
    from read_parquet('{landing}/claims/*.parquet')
    group by all
)
select
    document_id,
    max(value) filter (claim_kind = 'fiscal_year')::integer as fiscal_year,
    max(value) filter (claim_kind = 'unit_name') as unit_name,
    max(value) filter (claim_kind = 'document_kind') as document_kind,
    coalesce(max(value) filter (claim_kind = 'scope'), 'unit') as scope_code
from (
    select document_id, claim_kind, arg_max(value, row(votes, value)) as value
    from votes
    group by document_id, claim_kind
)
group by document_id;

create table dim_document as
select
    substr(documents.document_id, 1, 16) as document_key, documents.document_id, file_name, file_format,
    claimed.document_kind, title_printed as title, md5(claimed.unit_name) as unit_key, claimed.fiscal_year,
    claimed.scope_code, source_url, published_on, page_count, reader, reader_version, ingested_at, true as is_current
from read_parquet('{landing}/documents/*.parquet') as documents
left join claimed on documents.document_id = claimed.document_id
where state = 'disclosure';

create table dim_unit as
select md5(unit_name) as unit_key, unit_name, mode(scope_code) as unit_level
from claimed
where unit_name is not null
group by unit_name;

create table dim_fiscal_year as select distinct fiscal_year from dim_document where fiscal_year is not null;

create table printed_tables as
select
    row_number() over () as table_number, documents.document_key, documents.unit_key, tables.document_id,
    tables.table_ordinal, tables.statement_code, statements.fund_code, statements.stage_code,
    statements.row_vocabulary, documents.fiscal_year, coalesce(tables.scope_code, documents.scope_code) as scope_code,
    tables.project_name
from read_parquet('{landing}/tables/*.parquet') as tables
inner join dim_document as documents on tables.document_id = documents.document_id
inner join dim_statement as statements on tables.statement_code = statements.statement_code;

-- A column's stage, fund and measure: the last part of its header path that says one.
create table printed_columns as
select
    tables.table_number, parts.section_ordinal, parts.column_ordinal,
    arg_max(terms.stage_code, parts.part_ordinal) filter (terms.stage_code is not null) as stage_code,
    arg_max(terms.fund_code, parts.part_ordinal) filter (terms.fund_code is not null) as fund_code,
    arg_max(terms.measure_code, parts.part_ordinal) filter (terms.measure_code is not null) as measure_code,
    arg_max(terms.three_public_code, parts.part_ordinal)
        filter (terms.three_public_code is not null) as three_public_code,
    arg_max(terms.role, parts.part_ordinal) filter (terms.role is not null) as role,
    arg_max(parts.term_code, parts.part_ordinal) as term_code
from read_parquet('{landing}/table_columns/*.parquet') as parts
inner join printed_tables as tables
    on parts.document_id = tables.document_id and parts.table_ordinal = tables.table_ordinal
left join header_terms as terms on parts.term_code = terms.term_code
group by all;

create table fct_statement_amount as
with figures as (
    select
        tables.table_number, tables.document_key, tables.unit_key, tables.fiscal_year, tables.scope_code,
        tables.statement_code, tables.row_vocabulary, numbers.table_ordinal, numbers.row_ordinal,
        numbers.column_ordinal, numbers.number_ordinal, numbers.page, numbers.source_line, numbers.sheet,
        numbers.address, numbers.box_x0, numbers.box_top, numbers.box_x1, numbers.box_bottom, numbers.is_ocr,
        numbers.confidence, numbers.side, numbers.row_label, numbers.row_code, numbers.row_path, numbers.row_kind,
        numbers.line_item_code, numbers.column_label, numbers.value_printed, numbers.decimals, numbers.is_of_which,
        numbers.unit_of_measure, coalesce(numbers.project_name, tables.project_name) as project_name,
        try_cast(numbers.value_text as decimal(24, 6)) as value,
        coalesce(columns.role, 'amount') as role,
        coalesce(columns.stage_code, tables.stage_code) as stage_code,
        coalesce(lines.fund_code, columns.fund_code, tables.fund_code) as fund_code,
        coalesce(nullif(lines.measure_code, 'total'), columns.measure_code, 'total') as measure_code,
        coalesce(lines.three_public_code, columns.three_public_code) as three_public_code,
        lines.statistic_code, columns.term_code as column_term_code,
        case
            when left(numbers.row_code, 1) = '2' and length(numbers.row_code) in (3, 5, 7) then numbers.row_code
            else lines.functional_code
        end as functional_code,
        case
            when left(numbers.row_code, 1) in ('3', '5') and length(numbers.row_code) in (3, 5) then numbers.row_code
            else lines.economic_code
        end as economic_code,
        numbers.row_kind = 'total' or coalesce(lines.is_total = 'Y', false) as is_total_row,
        units.yuan_factor
    from read_parquet('{landing}/cell_numbers/*.parquet') as numbers
    inner join printed_tables as tables
        on numbers.document_id = tables.document_id and numbers.table_ordinal = tables.table_ordinal
    left join printed_columns as columns
        on tables.table_number = columns.table_number
        and numbers.section_ordinal = columns.section_ordinal
        and numbers.header_column_ordinal = columns.column_ordinal
    left join line_items as lines on numbers.line_item_code = lines.line_item_code
    left join units_of_measure as units on numbers.unit_of_measure = units.unit_of_measure
    where numbers.role = 'figure'
),
codes as (
    select distinct table_number, row_code from figures where row_code is not null
),
parents as (
    select distinct whole.table_number, whole.row_code
    from codes as whole
    inner join codes as part
        on whole.table_number = part.table_number and left(part.row_code, length(part.row_code) - 2) = whole.row_code
),
total_columns as (
    select distinct columns.table_number, columns.column_ordinal
    from printed_columns as columns
    inner join column_sums as sums on columns.term_code = sums.total_term
    inner join printed_columns as parts
        on columns.table_number = parts.table_number
        and contains(' ' || sums.part_terms || ' ', ' ' || parts.term_code || ' ')
)
select
    concat(figures.document_key, '-t', figures.table_ordinal, 'r', figures.row_ordinal, 'c', figures.column_ordinal,
        'n', figures.number_ordinal) as amount_key,
    figures.*,
    functional.functional_key,
    economic.economic_key,
    case
        when figures.project_name is not null
            then md5(concat_ws('|', figures.unit_key, figures.fiscal_year, figures.project_name))
    end as project_key,
    (figures.value * figures.yuan_factor)::decimal(20, 2) as amount_yuan,
    (0.5 / power(10, coalesce(figures.decimals, 0)) * figures.yuan_factor)::decimal(20, 6) as half_unit_yuan,
    figures.is_total_row or parents.row_code is not null or total_columns.table_number is not null as is_total,
    figures.yuan_factor is not null and figures.role = 'amount' and not figures.is_total_row
    and parents.row_code is null and total_columns.table_number is null
    and not coalesce(figures.is_of_which, false) as is_leaf,
    true as is_current, false as is_rollup, 'table' as origin
from figures
left join parents on figures.table_number = parents.table_number and figures.row_code = parents.row_code
left join total_columns
    on figures.table_number = total_columns.table_number and figures.column_ordinal = total_columns.column_ordinal
left join dim_functional_subject as functional
    on figures.functional_code = functional.functional_code
    and figures.fiscal_year between functional.valid_from_year and coalesce(functional.valid_to_year, 9999)
left join dim_economic_subject as economic
    on figures.economic_code = economic.economic_code
    and figures.fiscal_year between economic.valid_from_year and coalesce(economic.valid_to_year, 9999)
where figures.value is not null;

-- Additive facts: of the statements that say it, the one of best precedence.
create table fct_expenditure as
with cells as (
    select
        unit_key, fiscal_year, scope_code, stage_code, fund_code, functional_code, functional_key,
        case when measure_code = 'total' then 'unsplit' else measure_code end as measure_code, document_key,
        amounts.statement_code as source_statement_code, precedence.precedence, min(amount_key) as amount_key,
        sum(amount_yuan) as amount_yuan
    from fct_statement_amount as amounts
    inner join statement_precedence as precedence
        on precedence.fact = 'expenditure' and amounts.statement_code = precedence.statement_code
        and amounts.fund_code = precedence.part
    inner join measures on amounts.measure_code = measures.code and measures.kind = 'expenditure'
    where is_leaf and economic_code is null and coalesce(side, 'expenditure') = 'expenditure'
        and coalesce(stage_code, '') not like 'prior%'
    group by all
),
best as (
    select unit_key, fiscal_year, scope_code, stage_code, fund_code, min(precedence) as precedence
    from cells
    group by all
),
chosen as (
    select cells.*
    from cells
    inner join best using (unit_key, fiscal_year, scope_code, stage_code, fund_code, precedence)
),
-- the funds that are told apart stand; what all funds have beyond them is not from the treasury
told as (
    select unit_key, fiscal_year, scope_code, stage_code,
        bool_or(fund_code in ('general', 'gov_fund', 'state_capital') and amount_yuan <> 0) as has_split,
        bool_or(fund_code = 'all') as has_all
    from chosen
    group by all
),
beyond as (
    select chosen.* exclude (fund_code, amount_yuan), 'non_fiscal' as fund_code,
        chosen.amount_yuan - coalesce(fiscal.amount_yuan, 0) as amount_yuan, true as is_derived
    from chosen
    inner join told using (unit_key, fiscal_year, scope_code, stage_code)
    left join (
        select unit_key, fiscal_year, scope_code, stage_code, functional_code, measure_code,
            sum(amount_yuan) as amount_yuan
        from chosen
        where fund_code in ('general', 'gov_fund', 'state_capital')
        group by all
    ) as fiscal
        on chosen.unit_key = fiscal.unit_key and chosen.fiscal_year = fiscal.fiscal_year
        and chosen.scope_code = fiscal.scope_code and chosen.stage_code = fiscal.stage_code
        and chosen.functional_code is not distinct from fiscal.functional_code
        and chosen.measure_code = fiscal.measure_code
    where chosen.fund_code = 'all' and told.has_split
)
select chosen.* replace (
        case when chosen.fund_code in ('all', 'appropriation') then 'unsplit' else chosen.fund_code end as fund_code
    ), false as is_derived, false as is_rollup, 'table' as origin
from chosen
inner join told using (unit_key, fiscal_year, scope_code, stage_code)
where case
        when chosen.fund_code in ('general', 'gov_fund', 'state_capital') then told.has_split or not told.has_all
        when chosen.fund_code = 'all' then not told.has_split
        when chosen.fund_code = 'appropriation' then not told.has_split and not told.has_all
        else not told.has_all
    end
union all by name
select *, false as is_rollup, 'table' as origin from beyond where amount_yuan <> 0;

create table fct_income as
with cells as (
    select
        unit_key, fiscal_year, scope_code, stage_code, fund_code, functional_code, functional_key, measure_code,
        document_key, amounts.statement_code as source_statement_code, precedence.precedence,
        min(amount_key) as amount_key, sum(amount_yuan) as amount_yuan
    from fct_statement_amount as amounts
    inner join (
        select statement_code, min(precedence) as precedence
        from statement_precedence
        where fact = 'income'
        group by statement_code
    ) as precedence on amounts.statement_code = precedence.statement_code
    where is_leaf and coalesce(side, 'income') = 'income' and coalesce(stage_code, '') not like 'prior%'
    group by all
),
best as (
    select unit_key, fiscal_year, scope_code, stage_code, min(precedence) as precedence
    from cells
    group by all
)
select cells.*, false as is_rollup, 'table' as origin
from cells
inner join best using (unit_key, fiscal_year, scope_code, stage_code, precedence);

create table fct_economic_expenditure as
select
    amounts.unit_key, amounts.fiscal_year, amounts.scope_code, amounts.stage_code, amounts.fund_code,
    amounts.economic_code, amounts.economic_key, case left(amounts.economic_code, 1) when '3' then 'department'
    else 'government' end as scheme, amounts.measure_code, amounts.document_key, min(amount_key) as amount_key,
    sum(amount_yuan) as amount_yuan, false as is_rollup, 'table' as origin
from fct_statement_amount as amounts
where is_leaf and economic_code is not null and coalesce(stage_code, '') not like 'prior%'
group by all;

create table fct_three_public as
select
    unit_key, fiscal_year, scope_code, stage_code, fund_code, three_public_code, document_key,
    min(amount_key) as amount_key, max(amount_yuan) as amount_yuan, false as is_rollup, 'table' as origin
from fct_statement_amount
where three_public_code is not null and yuan_factor is not null and coalesce(stage_code, '') not like 'prior%'
group by all;

create table fct_unit_statistic as
select
    unit_key, fiscal_year, scope_code, stage_code, statistic_code, document_key, unit_of_measure,
    min(amount_key) as amount_key, max(value) as value, 'table' as origin
from fct_statement_amount
where statistic_code is not null
group by all;

create table fct_project_funding as
select
    project_key, unit_key, fiscal_year, stage_code, fund_code, document_key, min(amount_key) as amount_key,
    max(amount_yuan) as amount_yuan
from fct_statement_amount
where project_key is not null and amount_yuan is not null
group by all;

create table dim_project as
select project_key, min(project_name) as project_name, min(unit_key) as unit_key, min(fiscal_year) as fiscal_year
from fct_statement_amount
where project_key is not null
group by project_key;

create table fct_narrative_amount as
select
    documents.document_key || '-p' || amounts.amount_ordinal as amount_key, documents.document_key,
    documents.unit_key, coalesce(amounts.year_stated, documents.fiscal_year) as fiscal_year, documents.scope_code,
    amounts.section, amounts.sentence, amounts.subject_printed, amounts.role, amounts.direction, amounts.base_code,
    amounts.stage_code, try_cast(amounts.value_text as decimal(24, 6)) as value, amounts.value_printed,
    amounts.unit_of_measure,
    (try_cast(amounts.value_text as decimal(24, 6)) * units.yuan_factor)::decimal(20, 2) as amount_yuan,
    amounts.is_implied, amounts.page, amounts.source_line, 'prose' as origin
from read_parquet('{landing}/narrative_amounts/*.parquet') as amounts
inner join dim_document as documents on amounts.document_id = documents.document_id
left join units_of_measure as units on amounts.unit_of_measure = units.unit_of_measure;

create table fct_performance_indicator as
select
    documents.document_key, documents.unit_key, documents.fiscal_year, indicators.indicator_ordinal,
    indicators.origin, indicators.project_name, indicators.level1, indicators.level2, indicators.level3,
    indicators.target_printed,
    try_cast(regexp_extract(target_printed, '-?[0-9]+([.][0-9]+)?') as decimal(24, 6)) as target_value,
    indicators.actual_printed,
    try_cast(regexp_extract(actual_printed, '-?[0-9]+([.][0-9]+)?') as decimal(24, 6)) as actual_value,
    try_cast(weight_printed as decimal(9, 2)) as weight, try_cast(score_printed as decimal(9, 2)) as score,
    indicators.deviation_reason
from read_parquet('{landing}/indicators/*.parquet') as indicators
inner join dim_document as documents on indicators.document_id = documents.document_id;

-- Reconciliation: each family gives terms (rule, place, side, figure); one aggregate judges them all.
create table bridge_reconciliation_amount as
with figures as (
    select
        amount_key, document_key, table_number, row_ordinal, column_ordinal, scope_code, fiscal_year, stage_code,
        fund_code, measure_code, statement_code, row_code, row_vocabulary, line_item_code, column_term_code,
        is_total_row, length(row_code) as code_length, side, column_label
    from fct_statement_amount
    where role = 'amount' and yuan_factor is not null
),
codes as (
    select distinct table_number, row_code from figures where row_code is not null
),
-- a subject equals the sum of the subjects under it, column by column
down as (
    select 'parent' as rule_id, table_number || 'c' || column_ordinal || 'k' || row_code as place, 1 as coefficient,
        document_key, amount_key
    from figures
    where row_code is not null and code_length in (3, 5)
    union all
    select 'parent', figures.table_number || 'c' || figures.column_ordinal || 'k' || codes.row_code, -1,
        figures.document_key, figures.amount_key
    from figures
    inner join codes
        on figures.table_number = codes.table_number
        and left(figures.row_code, length(figures.row_code) - 2) = codes.row_code
),
-- the row of sums equals the sum of the classes
totals as (
    select 'total' as rule_id, table_number || 'c' || column_ordinal as place,
        case when row_code is null then 1 else -1 end as coefficient, document_key, amount_key
    from figures
    where row_vocabulary in ('functional', 'economic', 'economic_gov')
        and (code_length = 3 or (is_total_row and row_code is null))
),
-- a column of totals equals the sum of the columns beside it, under the same head
across as (
    select sums.sum_code as rule_id,
        concat(figures.table_number, 'r', figures.row_ordinal, left(figures.column_label,
            length(figures.column_label) - length(string_split(figures.column_label, '/')[-1]))) as place,
        sums.coefficient, figures.document_key, figures.amount_key
    from figures
    inner join (
        select sum_code, total_term as term_code, 1 as coefficient from column_sums
        union
        select sum_code, unnest(string_split(part_terms, ' ')), -1 from column_sums
    ) as sums on figures.column_term_code = sums.term_code
),
-- a line equals the sum of the lines under it
lines as (
    select 'line:' || line_item_code as rule_id,
        table_number || 'c' || column_ordinal || coalesce(side, '') as place, 1 as coefficient, document_key, amount_key
    from figures
    where line_item_code in (select parent_line_item_code from line_items)
    union all
    select 'line:' || items.parent_line_item_code,
        figures.table_number || 'c' || figures.column_ordinal || coalesce(figures.side, ''), -1, figures.document_key,
        figures.amount_key
    from figures
    inner join line_items as items on figures.line_item_code = items.line_item_code
    where items.parent_line_item_code is not null
),
-- one figure printed in two statements is one figure
same as (
    select 'same' as rule_id,
        concat_ws('|', figures.document_key, figures.scope_code, figures.fiscal_year, figures.stage_code,
            figures.fund_code, figures.measure_code, coalesce(figures.row_code, '合计'), others.second) as place,
        case when figures.table_number = others.first then 1 else -1 end as coefficient, figures.document_key,
        figures.amount_key
    from figures
    inner join (
        select * exclude (seen_in), seen_in[1] as first, unnest(seen_in[2:]) as second
        from (
            select document_key, scope_code, fiscal_year, stage_code, fund_code, measure_code, row_code,
                list_sort(list(distinct table_number)) as seen_in
            from figures
            where row_code is not null or is_total_row
            group by all
        )
    ) as others
        on figures.document_key = others.document_key
        and figures.scope_code is not distinct from others.scope_code
        and figures.fiscal_year is not distinct from others.fiscal_year
        and figures.stage_code is not distinct from others.stage_code
        and figures.fund_code is not distinct from others.fund_code
        and figures.measure_code is not distinct from others.measure_code
        and figures.row_code is not distinct from others.row_code
        and figures.table_number in (others.first, others.second)
    where figures.row_code is not null or figures.is_total_row
)
select rule_id || '|' || place as reconciliation_key, rule_id, document_key, amount_key, coefficient
from (from down union all from totals union all from across union all from lines union all from same);

create table fct_reconciliation as
with judged as (
    select
        terms.reconciliation_key, any_value(terms.rule_id) as rule_id, any_value(terms.document_key) as document_key,
        sum(case when coefficient = 1 then amount_yuan end) as left_value,
        sum(case when coefficient = -1 then amount_yuan end) as right_value,
        sum(case when amount_yuan <> 0 then half_unit_yuan else 0 end) as tolerance,
        min(case when coefficient = 1 then figures.amount_key end) as left_amount_key,
        min(case when coefficient = -1 then figures.amount_key end) as right_amount_key
    from bridge_reconciliation_amount as terms
    inner join fct_statement_amount as figures on terms.amount_key = figures.amount_key
    group by terms.reconciliation_key
)
select
    *,
    left_value - right_value as difference,
    '元' as unit_of_measure,
    case
        when left_value is null or right_value is null then 'incomplete'
        when left_value = right_value then 'exact'
        when abs(left_value - right_value) <= tolerance then 'rounding'
        else 'discrepant'
    end as status
from judged
where left_value is not null and right_value is not null;

create table mart_unit_year as
select
    unit_key, fiscal_year, scope_code,
    sum(amount_yuan) filter (stage_code = 'final') as expenditure_final_yuan,
    sum(amount_yuan) filter (stage_code <> 'final') as expenditure_budget_yuan,
    sum(amount_yuan) filter (stage_code = 'final' and measure_code = 'project') as project_final_yuan,
    count(distinct document_key) as documents
from fct_expenditure
group by all;

checkpoint;
