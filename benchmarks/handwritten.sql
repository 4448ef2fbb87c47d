-- The star as one would write it by hand: one script, one process, the same landing Parquet and the same seeds, no
-- layers, no tests. It is what our layering is measured against (benchmarks/scale.py). Steps on the way are temporary
-- tables and views, keys within the script are numbers; nothing is read of the models, though what a figure means is
-- decided as they decide it: the tables are held to theirs, row by row (tests/warehouse/test_handwritten.py).
--
-- Left out (LEFT_OUT in benchmarks/by_hand.py, printed in docs/benchmarks.md; all of it makes this cheaper): regions
-- that a name alone leaves open; facts that only prose tells; identities that are not made of terms (shares, lists and
-- repetitions in prose, scores, other years and documents); reading back; findings, histories of bodies and the tables
-- for reports; descriptions of columns.
--
-- {landing} and {seeds} are folders; scratch is a database file for what goes when it has ended.

create macro seed(name) as table from read_csv('{seeds}/' || name || '.csv', header = true, all_varchar = true);
create macro folded(name) as
translate(regexp_replace(name, '[ \t\r\n\x{00a0}\x{3000}\x{200b}\x{feff}]+', '', 'g'), '（）０１２３４５６７８９％：，—－',
    '()0123456789%:,--');
create macro label_key(name) as regexp_replace(
    folded(name), '[-–―_、，,。.:；;“”"‘’「」『』()【】〔〕<>《》〈〉*·…/／+]+', '', 'g'
);
create macro half_unit(decimals) as
case coalesce(decimals, 0)
    when 0 then 0.5::decimal(8, 7) when 1 then 0.05::decimal(8, 7) when 2 then 0.005::decimal(8, 7)
    when 3 then 0.0005::decimal(8, 7) when 4 then 0.00005::decimal(8, 7) when 5 then 0.000005::decimal(8, 7)
    else 0.0000005::decimal(8, 7)
end;
create macro shown(number) as
trim(trailing '.' from trim(trailing '0' from cast(cast(number as decimal(24, 6)) as varchar)));

-- Code lists.
create temp table statements as from seed('statements');
create temp table line_items as from seed('line_items');
create temp table measures as from seed('measures');
create temp table rules as from seed('rules');
create temp table balances as from seed('balances');
create table meta_contract as select 1 as contract_version, 'gongkai' as contract_name;
create table dim_scope as
select code as scope_code, name_zh, name_en, definition_en || ' (' || definition_zh || ')' as definition, definition_zh,
    definition_en
from seed('scopes');
create table dim_fund as
select code as fund_code, name_zh, name_en, definition_en || ' (' || definition_zh || ')' as definition, definition_zh,
    definition_en
from seed('funds');
create table dim_stage as
select code as stage_code, name_zh, name_en, definition_en || ' (' || definition_zh || ')' as definition, definition_zh,
    definition_en
from seed('stages');
create table dim_measure as
select
    kind as measure_kind, code as measure_code, name_zh, name_en,
    definition_en || ' (' || definition_zh || ')' as definition, definition_zh, definition_en,
    case when code in ('personnel', 'public') then 'basic' else code end as measure_group_code
from measures;
create table dim_statement as
select
    statement_code, name_zh, name_en, document_kind, family, ordinal::integer as statement_ordinal, row_vocabulary,
    fund_code, stage_code, name_en || ' (' || name_zh || ')' as definition
from statements;
create table dim_line_item as
select
    line_item_code, name_zh, name_en, side, families, parent_line_item_code, coalesce(is_total, 'N') = 'Y' as is_total,
    measure_code, fund_code, functional_code, three_public_code, economic_code, statistic_code, unit_of_measure,
    name_en || ' (' || name_zh || ')' as definition
from line_items;
create table dim_region as
select
    region_code as region_key, region_code, region_name, region_level, province_name, prefecture_name,
    short_name as region_short_name, former_names, is_current = 'true' as is_current
from seed('regions');
create table dim_rule as
select
    rule_id, source_number, rule_kind, method, comparison, name_zh as rule_name_zh, name_en as rule_name_en, formula,
        basis,
    basis_verified = 'Y' as basis_verified, severity, is_default = 'Y' as is_default, evidence, document_kinds,
    valid_from_year::integer as valid_from_year, valid_to_year::integer as valid_to_year, exceptions_zh,
    scope_zh as scope
from rules;
create temp table header_terms as from seed('header_terms');
create temp table units_of_measure as
select unit_of_measure, yuan_factor::decimal(9, 0) as yuan_factor from seed('units_of_measure');
create temp table statement_precedence as
select fact, part, statement_code, precedence::integer as precedence from seed('statement_precedence');
create temp table code_parts as
select code_list, code, part_code, coalesce(covers, 'N') = 'Y' as covers from seed('code_parts');
create temp table claim_weights as select place, weight::integer as weight from seed('claim_weights');
create temp table functional_subjects as
select
    functional_code || '@' || coalesce(valid_from_year, '0') as functional_key, functional_code, functional_name, level,
    valid_from_year::integer as valid_from_year, valid_to_year::integer as valid_to_year, vouched = 'yes' as is_vouched,
    basis, true as is_official
from seed('functional_subjects');
create temp table economic_subjects as
select
    economic_code || '@' || coalesce(valid_from_year, '0') as economic_key, economic_code, economic_name, level, scheme,
    is_personnel = 'true' as is_personnel, valid_from_year::integer as valid_from_year,
    valid_to_year::integer as valid_to_year, true as is_official, vouched = 'yes' as is_vouched, basis
from seed('economic_subjects');
create temp table functional_year as
select functional_code, years.fiscal_year, arg_max(functional_key, coalesce(valid_from_year, 0)) as functional_key
from functional_subjects
inner join range(2007, 2041) as years(fiscal_year)
    on years.fiscal_year between coalesce(valid_from_year, 0) and coalesce(valid_to_year, 9999)
group by all;
create temp table economic_year as
select economic_code, years.fiscal_year, arg_max(economic_key, coalesce(valid_from_year, 0)) as economic_key
from economic_subjects
inner join range(2007, 2041) as years(fiscal_year)
    on years.fiscal_year between coalesce(valid_from_year, 0) and coalesce(valid_to_year, 9999)
group by all;

-- Names of bodies as printed, without what tells their scope.
create temp table claims as
select substr(document_id, 1, 16) as document_key, part_ordinal, table_ordinal, claim_kind, value, place,
    coalesce(weight, 1) as weight
from read_parquet('{landing}/claims/*.parquet')
left join claim_weights using (place)
where value is not null;
create temp table read_tables as
select substr(document_id, 1, 16) as document_key, * exclude (document_id)
from read_parquet('{landing}/tables/*.parquet');
create temp table stripped as
with suffixes as (
    select suffix, scope_code, length(suffix) as cut, coalesce(not_after || suffix, ' ') as kept
    from seed('unit_name_suffixes')
),
names as (
    select value as name_printed from claims where claim_kind in ('unit_name', 'parent_unit')
    union
    select unit_name_printed from read_tables where unit_name_printed is not null
),
once as (
    select name_printed, name, max(cut) as cut, arg_max(scope_code, suffixes.cut) as scope_code
    from (
        select name_printed, regexp_replace(folded(name_printed), '^[0-9]{3,}[-_、.]?', '') as name from names
    ) as folded
    left join suffixes
        on right(name, suffixes.cut) = suffix and length(name) > suffixes.cut + 2 and right(name, length(kept)) <> kept
    group by all
),
twice as (
    select name_printed, shorter as name, once.scope_code, max(suffixes.cut) as cut,
        arg_max(suffixes.scope_code, suffixes.cut) as inner_scope_code
    from (select *, left(name, length(name) - coalesce(cut, 0)) as shorter from once) as once
    left join suffixes
        on right(shorter, suffixes.cut) = suffix and length(shorter) > suffixes.cut + 2
        and right(shorter, length(kept)) <> kept
    group by all
)
select
    name_printed, left(name, length(name) - coalesce(cut, 0)) as unit_name,
    coalesce(scope_code, inner_scope_code) as scope_code
from twice
where length(name) - coalesce(cut, 0) > 1 and name not in (select word from seed('unit_name_stopwords'));

-- The region at the head of a name, where its longest spelling means one: 北京市海淀区财政局 is of 海淀区.
create temp table bodies as
with spelled as (
    select region_code, region_level, province_name, prefecture_name, region_name, region_name as spelling, is_current
    from dim_region
    union
    select region_code, region_level, province_name, prefecture_name, region_name, region_short_name, is_current
    from dim_region
    where region_level in ('province', 'prefecture') and length(region_short_name) > 1
    union
    select region_code, region_level, province_name, prefecture_name, region_name, alias, is_current
    from dim_region inner join seed('region_aliases') using (region_code)
),
in_prefecture as (
    select region_code, region_level, province_name, spelling, is_current from spelled
    union
    select one.region_code, one.region_level, one.province_name, upper.spelling || one.spelling, one.is_current
    from spelled as one
    inner join spelled as upper
        on one.prefecture_name = upper.region_name and one.province_name = upper.province_name
        and upper.region_level = 'prefecture' and one.region_level = 'county'
),
in_province as (
    select region_code, spelling, is_current from in_prefecture
    union
    select one.region_code, upper.spelling || one.spelling, one.is_current
    from in_prefecture as one
    inner join spelled as upper
        on one.province_name = upper.region_name and upper.region_level = 'province'
        and one.region_level in ('prefecture', 'county')
),
spellings as (
    select spelling, min(region_code) as region_code
    from (from in_province qualify is_current = max(is_current) over (partition by spelling)) as best
    group by spelling
    having count(distinct region_code) = 1
),
headed as (
    select unit_name, region_code, substr(unit_name, head_length + 1) as body_name
    from (select distinct unit_name, unnest(range(2, 25)) as head_length from stripped) as heads
    inner join spellings on left(unit_name, head_length) = spelling and head_length + 1 < length(unit_name)
    qualify row_number() over (partition by unit_name order by head_length desc) = 1
)
select
    name_printed, stripped.unit_name, scope_code, region_code, coalesce(body_name, unit_name) as body,
    region_code is not null or regexp_matches(unit_name, '^[一-龥]{2,5}(市|县|自治州|自治县|区|旗|盟|镇|乡|街道)[一-龥]{2,}')
        as has_region,
    md5(concat(
        case when not regexp_matches(body, '^[一-龥]{2,5}(市|县|自治州|自治县|区|旗|盟|镇|乡|街道)[一-龥]{2,}') then region_code
        end, '|', body)) as unit_key
from stripped
left join headed using (unit_name);

-- Who, what and when a document is of, by weighted majority of what it says.
create temp table identities as
with votes as (
    select document_key, claim_kind, value, sum(weight) as weight, max(weight) as best
    from claims
    where claim_kind in ('fiscal_year', 'document_kind', 'scope', 'published_on')
    group by all
),
decided as (
    select
        document_key,
        arg_max(value, row(weight, best, value)) filter (claim_kind = 'fiscal_year') as fiscal_year,
        arg_max(value, row(weight, best, value)) filter (claim_kind = 'document_kind') as document_kind,
        arg_max(value, row(weight, best, value)) filter (claim_kind = 'published_on') as published_on
    from votes
    group by all
),
named as (
    select
        claims.document_key, bodies.unit_key, bodies.scope_code,
        case
            when tables.statement_code in ('perf_project_target', 'perf_project_self') then 0 else claims.weight
        end as weight
    from claims
    inner join bodies on claims.value = bodies.name_printed
    left join read_tables as tables
        on claims.document_key = tables.document_key and claims.table_ordinal = tables.table_ordinal
    where claim_kind = 'unit_name'
),
units as (
    select document_key, arg_min(unit_key, row(-weight, -votes, unit_key)) as unit_key
    from (
        select document_key, unit_key, sum(weight) as weight, count(*) as votes from named group by all
    ) as counted
    group by all
),
scopes as (
    select
        document_key,
        arg_min(scope_code, row(scope_code <> 'consolidated', -weight, scope_code)) as scope_code
    from (
        select document_key, scope_code, sum(weight) as weight
        from (
            select document_key, value as scope_code, weight from votes where claim_kind = 'scope'
            union all
            select document_key, scope_code, weight from named where scope_code is not null
        ) as told
        group by all
    ) as counted
    group by all
),
unit_scopes as (
    select unit_key, arg_min(scope_code, row(scope_code = 'own', -votes, scope_code <> 'consolidated', scope_code))
        as scope_code
    from (
        select unit_key, scope_code, count(*) as votes from units inner join scopes using (document_key) group by all
    ) as counted
    group by all
),
kinds as (
    select document_key, arg_min(document_kind, row(-votes, document_kind)) as document_kind
    from (
        select document_key, document_kind, count(*) as votes
        from read_tables inner join statements using (statement_code)
        group by all
    ) as counted
    group by all
)
select
    substr(documents.document_id, 1, 16) as document_key, documents.* , units.unit_key,
    try_cast(decided.fiscal_year as integer) as fiscal_year,
    coalesce(decided.document_kind, kinds.document_kind) as document_kind,
    coalesce(scopes.scope_code, unit_scopes.scope_code, 'unit') as scope_code,
    coalesce(decided.published_on, documents.published_on) as said_published_on,
    coalesce(documents.state, 'disclosure') = 'disclosure' as is_disclosure
from read_parquet('{landing}/documents/*.parquet') as documents
left join decided on substr(documents.document_id, 1, 16) = decided.document_key
left join units on substr(documents.document_id, 1, 16) = units.document_key
left join scopes on substr(documents.document_id, 1, 16) = scopes.document_key
left join unit_scopes on units.unit_key = unit_scopes.unit_key
left join kinds on substr(documents.document_id, 1, 16) = kinds.document_key;

-- A later document of one body, year and kind that prints half of an earlier one's statements again supersedes it.
create temp table versions as
with seen as (
    select
        one.document_key, one.unit_key, one.fiscal_year, one.document_kind, one.scope_code, one.ingested_at,
        coalesce(one.said_published_on, max(known.said_published_on), '') as effective_on
    from identities as one
    left join identities as known
        on one.said_published_on is null and known.ingested_at < one.ingested_at and one.unit_key = known.unit_key
        and one.fiscal_year = known.fiscal_year and one.document_kind is not distinct from known.document_kind
    where one.is_disclosure and one.unit_key is not null and one.fiscal_year is not null
    group by one.document_key, one.unit_key, one.fiscal_year, one.document_kind, one.scope_code, one.ingested_at,
        one.said_published_on
),
items as (
    select distinct
        document_key, unit_key, fiscal_year, document_kind, statement_code, project_name,
        coalesce(tables.scope_code, seen.scope_code) as scope_code
    from seen
    inner join read_tables as tables using (document_key)
    where statement_code is not null
),
superseded as (
    select distinct earlier.document_key
    from (
        select one.document_key, other.document_key as later_key, count(*) as shared,
            count(one.project_name) as shared_projects
        from items as one
        inner join items as other
            on one.unit_key = other.unit_key and one.fiscal_year = other.fiscal_year
            and one.document_kind = other.document_kind and one.statement_code = other.statement_code
            and one.scope_code = other.scope_code and one.project_name is not distinct from other.project_name
            and one.document_key <> other.document_key
        group by all
    ) as pairs
    inner join (
        select document_key, count(*) as items, count(project_name) as projects from items group by all
    ) as counts using (document_key)
    inner join seen as earlier using (document_key)
    inner join seen as later on pairs.later_key = later.document_key
    where shared * 2 >= counts.items
        and (earlier.document_kind <> 'performance' or shared_projects = counts.projects)
        and row(later.effective_on, later.ingested_at, later.document_key)
        > row(earlier.effective_on, earlier.ingested_at, earlier.document_key)
)
select
    identities.document_key, superseded.document_key is null as is_current,
    case
        when seen.document_key is not null then row_number() over (
            partition by seen.unit_key, seen.fiscal_year
            order by seen.effective_on desc, seen.ingested_at desc, seen.document_key desc
        )
    end as recency_rank
from identities
left join superseded using (document_key)
left join seen using (document_key);

create table dim_document as
select
    document_key, document_id, file_name, file_format, document_kind, title_printed as title, unit_key, fiscal_year,
    scope_code, source_url, said_published_on as published_on, page_count, line_count, byte_count, encoding,
    archive_name, reader, reader_version, state, state_reason, ingested_at, is_current
from identities
inner join versions using (document_key);

-- Tables, with what their figures are by default.
create temp table printed_tables as
with title_funds as (
    select document_key, table_ordinal, arg_max(funds.fund_code, row(length(title_part), funds.fund_code)) as fund_code
    from read_tables as tables
    inner join seed('title_funds') as funds
        on tables.statement_code = funds.statement_code and instr(title_printed, title_part) > 0
    group by all
),
part_scopes as (
    select document_key, part_ordinal, arg_min(value, row(-votes, value)) as scope_code
    from (
        select document_key, part_ordinal, value, count(*) as votes
        from claims
        where claim_kind = 'scope' and part_ordinal is not null
            and place in ('title', 'cover', 'heading', 'table_head')
        group by all
    ) as counted
    group by all
)
select
    row_number() over () as table_number, tables.document_key, tables.table_ordinal, tables.statement_code,
    statements.document_kind as statement_kind, statements.family, statements.row_vocabulary, tables.project_name,
    tables.alignment_confidence, coalesce(title_funds.fund_code, statements.fund_code) as fund_code,
    statements.stage_code, identities.fiscal_year, identities.is_disclosure, versions.is_current, versions.recency_rank,
    case when family like 'perf%' then coalesce(bodies.unit_key, identities.unit_key) else identities.unit_key end
        as unit_key,
    case
        when family like 'perf%' and bodies.unit_key <> identities.unit_key
            then coalesce(tables.scope_code, bodies.scope_code, 'unit')
        else coalesce(tables.scope_code, bodies.scope_code, part_scopes.scope_code, identities.scope_code)
    end as scope_code
from read_tables as tables
inner join identities using (document_key)
inner join versions using (document_key)
left join statements as statements on tables.statement_code = statements.statement_code
left join title_funds on tables.document_key = title_funds.document_key
    and tables.table_ordinal = title_funds.table_ordinal
left join part_scopes on tables.document_key = part_scopes.document_key
    and tables.part_ordinal = part_scopes.part_ordinal
left join bodies on tables.unit_name_printed = bodies.name_printed;

-- Superiors: the body most often named as such; of two that name each other the better attested direction stands.
create temp table superiors as
with votes as (
    select coalesce(tables.unit_key, identities.unit_key) as unit_key, bodies.unit_key as parent_unit_key, 2 as weight
    from claims
    inner join bodies on claims.value = bodies.name_printed
    inner join identities using (document_key)
    left join printed_tables as tables
        on claims.document_key = tables.document_key and claims.table_ordinal = tables.table_ordinal
    where claim_kind = 'parent_unit'
    union all
    select tables.unit_key, identities.unit_key, 1
    from printed_tables as tables
    inner join identities using (document_key)
    where tables.unit_key <> identities.unit_key and identities.scope_code = 'consolidated'
)
select unit_key, parent_unit_key, sum(weight) as weight from votes where unit_key <> parent_unit_key group by all;
create temp table parents as
with best as (
    from superiors qualify row_number() over (partition by unit_key order by weight desc, parent_unit_key) = 1
)
select one.unit_key, one.parent_unit_key
from best as one
left join best as other on one.unit_key = other.parent_unit_key and one.parent_unit_key = other.unit_key
where other.unit_key is null or row(-one.weight, one.unit_key) < row(-other.weight, one.parent_unit_key);

create temp table rollups as
with sets as (
    select distinct unit_key, fiscal_year, statement_kind, scope_code
    from printed_tables
    where is_current and is_disclosure and statement_kind in ('budget', 'final_account')
)
select distinct sets.unit_key, sets.fiscal_year, sets.statement_kind
from sets
inner join (
    select unit_key, fiscal_year, statement_kind from sets where scope_code = 'own'
    union
    select parent_unit_key, fiscal_year, statement_kind from sets inner join parents using (unit_key)
) as members using (unit_key, fiscal_year, statement_kind)
where sets.scope_code = 'consolidated';

create table dim_unit as
with used as (
    select unit_key from identities
    union
    select unit_key from printed_tables
    union
    select parent_unit_key from superiors
),
said as (
    select bodies.unit_key, unit_name, name_printed, region_code, has_region, sum(weight) as weight
    from bodies
    left join claims on bodies.name_printed = claims.value and claim_kind in ('unit_name', 'parent_unit')
    group by all
),
names as (
    select unit_key, arg_min(unit_name, row(not has_region, length(unit_name), -weight, unit_name)) as unit_name,
        arg_min(coalesce(region_code, ''), row(not has_region, length(unit_name), -weight, unit_name)) as region_code
    from (
        select unit_key, unit_name, max(region_code) as region_code, bool_or(has_region) as has_region,
            coalesce(sum(weight), 0) as weight
        from said
        group by all
    ) as spoken
    group by all
)
select
    used.unit_key, names.unit_name, printed.unit_names_printed, nullif(names.region_code, '') as region_key,
        parents.parent_unit_key,
    case
        when used.unit_key in (select parent_unit_key from parents)
            or (parents.unit_key is null
                and used.unit_key in (select unit_key from identities where scope_code in ('consolidated', 'own')))
            then 'department'
        else 'unit'
    end as unit_level
from used
inner join names using (unit_key)
inner join (
    select unit_key, string_agg(name_printed, '; ' order by name_printed) as unit_names_printed from said group by all
) as printed using (unit_key)
left join parents on used.unit_key = parents.unit_key;

create temp view printed_numbers as
select substr(document_id, 1, 16) as document_key, * exclude (document_id)
from read_parquet('{landing}/cell_numbers/*.parquet');

-- Labels of rows and columns that say which stage their figures are of: 决算数, 2022年预算数, 公务接待费决算数.
create temp table stage_labels as
with words as (
    select label_key(word) as word_key, min(stage_code) as stage_code
    from (
        select stage_code, label as word from header_terms where kind = 'amount' and stage_code is not null
        union all
        select stage_code, unnest(string_split(variants, '|')) from header_terms
        where kind = 'amount' and stage_code is not null
    ) as words
    group by all
    having count(distinct stage_code) = 1
),
labels as (
    select row_label_key as label from printed_numbers
    where role = 'figure' and row_code is null and length(row_label_key) <= 30
    union
    select label_printed from read_parquet('{landing}/table_columns/*.parquet') where length(label_printed) <= 30
),
folded as (
    select label, label_key(label) as key, regexp_replace(key, '(19|20)[0-9][0-9]年度?|(万元|元)$', '', 'g') as lean,
        nullif(regexp_extract(label, '(20[0-9][0-9])年', 1), '')::integer as year_stated
    from labels
)
select
    label, year_stated,
    case
        when starts_with(stage_code, 'prior') or not regexp_matches(key, '^(上|前|去)一?年') then stage_code
        when stage_code = 'final' then 'prior_final'
        else 'prior_budget'
    end as stage_code
from folded
inner join words
    on lean = word_key or key = word_key
    or (right(word_key, 1) = '数' and length(word_key) >= 3 and right(lean, length(word_key)) = word_key)
where not regexp_matches(lean, '(公共|基金|经营|资本)预算数?$')
qualify row_number() over (partition by label order by length(word_key) desc, stage_code) = 1;

-- What a column's header path says of the figures under it: for each attribute its last part that says something.
create temp table printed_columns as
with gathered as (
    select
        substr(columns.document_id, 1, 16) as document_key, table_ordinal, section_ordinal, column_ordinal,
        arg_max(coalesce(terms.stage_code, case when terms.fund_code is null then stage_labels.stage_code end),
            part_ordinal) as stage_code,
        arg_max(terms.fund_code, part_ordinal) as fund_code,
        coalesce(
            arg_max(nullif(terms.measure_code, 'total'), part_ordinal) filter (terms.fund_code is null),
            max(terms.measure_code) filter (terms.fund_code is null and terms.measure_code = 'total')
        ) as named_measure_code,
        arg_max(terms.measure_code, part_ordinal) filter (terms.fund_code is not null) as fund_measure_code,
        arg_max(terms.three_public_code, part_ordinal) as three_public_code,
        arg_max(terms.line_item_code, part_ordinal) as line_item_code,
        arg_max(terms.economic_code, part_ordinal) as economic_code,
        arg_max(coalesce(terms.role, case when terms.kind = 'score' then 'score' end), part_ordinal) as named_role,
        arg_max(flows.flow, part_ordinal) as flow,
        arg_max(nullif(regexp_extract(label_printed, '(20[0-9][0-9])年', 1), ''), part_ordinal)::integer as year_stated,
        string_agg(label_printed, '/' order by part_ordinal) as column_label,
        max(part_ordinal) as part_count,
        max(part_ordinal) filter (terms.fund_code is null and terms.measure_code <> 'total') as measure_part,
        max(part_ordinal) filter (columns.term_code is null) as unknown_part,
        bool_or(coalesce(terms.is_of_which, 'N') = 'Y'
            or left(regexp_replace(label_printed, '[ \t\r\n\x{00a0}\x{3000}\x{200b}\x{feff}]+', '', 'g'), 2) = '其中')
                as is_of_which,
        bool_or(coalesce(terms.is_total, 'N') = 'Y') as has_total_word
    from read_parquet('{landing}/table_columns/*.parquet') as columns
    left join header_terms as terms using (term_code)
    left join seed('header_term_flows') as flows using (term_code)
    left join stage_labels on columns.label_printed = stage_labels.label
    group by all
),
in_table as (
    select
        gathered.* exclude (stage_code, fund_code, flow),
        tables.table_number, tables.family, coalesce(named_role, 'amount') as role,
        coalesce(gathered.fund_code, tables.fund_code) as fund_code,
        gathered.stage_code is not null as has_stage,
        coalesce(unknown_part, 0) = part_count as is_unknown,
        coalesce(measure_part, 0) = part_count as has_own_measure,
        coalesce(named_role, '') in ('change', 'change_rate', 'completion_rate', 'share', 'score') as is_relative,
        coalesce(flow, case
            when named_role = 'balance' then 'balance'
            when family = 'income' then 'income'
            when family in ('expenditure', 'general_expenditure', 'basic_economic', 'project', 'fund', 'state_capital',
                'economic_gov', 'other') then 'expenditure'
        end) as flow,
        case
            when is_relative then null
            when year_stated = fiscal_year - 1
                and gathered.stage_code in ('initial_budget', 'full_year_budget', 'budget_unspecified')
                then 'prior_budget'
            when year_stated = fiscal_year - 1 and gathered.stage_code = 'final'
                then case statement_kind when 'budget' then 'prior_execution' else 'prior_final' end
            when gathered.stage_code = 'final' and statement_kind = 'budget' then tables.stage_code
            else coalesce(gathered.stage_code, tables.stage_code)
        end as stage_code,
        bool_or(family = 'basic_economic' and is_of_which and named_measure_code = 'basic')
            over (partition by tables.table_number) as has_basic_part
    from gathered
    inner join printed_tables as tables using (document_key, table_ordinal)
),
measured as (
    select
        *,
        case
            when is_relative then null
            when coalesce(has_basic_part, false) and not is_of_which then 'total'
            when named_measure_code <> 'total' then named_measure_code
            when flow = 'income' and fund_measure_code is not null then fund_measure_code
            when family = 'project' then 'project'
            when family = 'basic_economic' then 'basic'
            else named_measure_code
        end as measure_code
    from in_table
),
compared as (
    select
        * exclude (document_key, named_measure_code, fund_measure_code, named_role, year_stated),
        min(column_ordinal) over (
            partition by table_number, role, flow, stage_code, fund_code, measure_code, three_public_code,
                economic_code, line_item_code
        ) as context_ordinal,
        row_number() over (
            partition by table_number, section_ordinal, role, flow, stage_code, fund_code, measure_code,
                three_public_code, economic_code, line_item_code
            order by is_unknown asc, is_of_which asc, has_total_word desc, column_ordinal asc
        ) > 1 as is_repeat
    from measured
),
filled as (
    select distinct tables.table_number, column_ordinal
    from printed_numbers
    inner join printed_tables as tables using (document_key, table_ordinal)
    where role = 'figure'
),
-- 合计 beside 基本支出 and 项目支出 is a total; 事业收入 beside 其中:教育收费 is none, the second is a detail
pairs as (
    select
        whole.table_number, whole.section_ordinal, whole.column_ordinal, part.column_ordinal as part_ordinal,
        part_filled.table_number is not null as is_part_filled,
        whole_filled.table_number is not null as is_whole_filled,
        coalesce(measures.covers, true) and coalesce(three.covers, true) as is_covering,
        is_covering and not part.is_of_which as is_plain
    from compared as whole
    inner join compared as part
        on whole.table_number = part.table_number and whole.section_ordinal = part.section_ordinal
        and whole.column_ordinal <> part.column_ordinal and whole.role = part.role
        and whole.flow is not distinct from part.flow and whole.stage_code is not distinct from part.stage_code
        and not part.is_repeat
    left join code_parts as funds
        on funds.code_list = 'fund' and whole.fund_code = funds.code and part.fund_code = funds.part_code
    left join code_parts as measures
        on measures.code_list = 'measure' and coalesce(whole.measure_code, 'total') = measures.code
        and coalesce(part.measure_code, 'total') = measures.part_code
    left join code_parts as three
        on three.code_list = 'three_public' and coalesce(whole.three_public_code, 'total') = three.code
        and coalesce(part.three_public_code, 'total') = three.part_code
    left join filled as part_filled
        on part.table_number = part_filled.table_number and part.column_ordinal = part_filled.column_ordinal
    left join filled as whole_filled
        on whole.table_number = whole_filled.table_number and whole.column_ordinal = whole_filled.column_ordinal
    where (funds.code is not null or whole.fund_code is not distinct from part.fund_code)
        and (measures.code is not null
            or coalesce(whole.measure_code, 'total') = coalesce(part.measure_code, 'total'))
        and (three.code is not null
            or coalesce(whole.three_public_code, 'total') = coalesce(part.three_public_code, 'total'))
        and (whole.economic_code is null or whole.economic_code = part.economic_code)
        and (funds.code is not null or measures.code is not null or three.code is not null
            or (whole.economic_code is null and part.economic_code is not null))
),
covered as (
    select table_number, section_ordinal, column_ordinal,
        bool_or(is_plain) or count(distinct part_ordinal) filter (is_covering) > 1 as is_covered
    from pairs
    group by all
    having bool_or(is_part_filled)
),
parts as (
    select pairs.table_number, pairs.section_ordinal, pairs.part_ordinal as column_ordinal,
        bool_or(not is_covering or not coalesce(is_covered, false)) as is_uncovered
    from pairs
    left join covered using (table_number, section_ordinal, column_ordinal)
    where is_whole_filled
    group by all
)
select
    compared.table_number, compared.section_ordinal, compared.column_ordinal, family, column_label, role, flow,
    stage_code, has_stage, fund_code, measure_code, has_own_measure, three_public_code, economic_code, line_item_code,
    context_ordinal, coalesce(is_covered, false) as is_total, is_repeat or coalesce(is_uncovered, false) as is_detail
from compared
left join covered using (table_number, section_ordinal, column_ordinal)
left join parts using (table_number, section_ordinal, column_ordinal);

-- Figures that stand beside their column.
create temp table slipped as
with labelled as (
    select table_number, column_label, arg_min(section_ordinal, row(section_ordinal, column_ordinal))
        as section_ordinal,
        arg_min(column_ordinal, row(section_ordinal, column_ordinal)) as column_ordinal
    from printed_columns
    where family like 'perf%'
    group by all
)
select tables.table_number, numbers.row_ordinal, numbers.column_ordinal,
    case when tables.family like 'perf%' then coalesce(min(meant.section_ordinal), 0) else min(numbers.section_ordinal)
    end as meant_section_ordinal,
    case when tables.family like 'perf%' then coalesce(min(meant.column_ordinal), 0)
        else min(numbers.header_column_ordinal) end as meant_column_ordinal
from printed_numbers as numbers
inner join printed_tables as tables using (document_key, table_ordinal)
left join printed_columns as standing
    on tables.table_number = standing.table_number and numbers.section_ordinal = standing.section_ordinal
    and numbers.column_ordinal = standing.column_ordinal
left join labelled as meant
    on tables.table_number = meant.table_number and numbers.column_label = meant.column_label
where numbers.role = 'figure' and tables.family is not null
    and case
        when tables.family like 'perf%'
            then numbers.column_label is not null and coalesce(standing.column_label, '') <> numbers.column_label
        else numbers.header_column_ordinal <> numbers.column_ordinal
    end
group by tables.table_number, numbers.row_ordinal, numbers.column_ordinal, tables.family;

-- Rows of functional tables that print a name without its code: the subject named, under the rows above.
create temp table subject_names as
with spelled as (
    select fiscal_year, functional_code, level, name_key, preference
    from (
        select
            functional_code, level, label_key(functional_name) as name_key,
            years.fiscal_year,
            case
                when years.fiscal_year between coalesce(valid_from_year, 0) and coalesce(valid_to_year, 9999) then 1
                    else 3
            end as preference
        from functional_subjects, (select distinct fiscal_year from printed_tables where fiscal_year is not null)
            as years
        union all
        select functional_code, level, label_key(alias), years.fiscal_year, 2
        from seed('functional_aliases'),
            (select distinct fiscal_year from printed_tables where fiscal_year is not null) as years
    ) as names
),
either as (
    from spelled
    union all by name
    select * replace (left(name_key, length(name_key) - 2) as name_key, preference + 3 as preference)
    from spelled
    where right(name_key, 2) = '支出' and level = 'class' and length(name_key) > 4
),
placed as (
    select level, '' as above_code, name_key, fiscal_year, functional_code, preference from either
    union all
    select 'any', '', name_key, fiscal_year, functional_code, preference from either
    union all
    select level, left(functional_code, 3), name_key, fiscal_year, functional_code, preference
    from either
    where level in ('group', 'item')
    union all
    select level, left(functional_code, 5), name_key, fiscal_year, functional_code, preference
    from either
    where level = 'item'
),
best as (
    select *, min(preference) over (partition by level, above_code, name_key, fiscal_year) as least
    from placed
)
select level, above_code, name_key, fiscal_year, min(functional_code) as functional_code
from best
where preference = least
group by all
having count(distinct functional_code) = 1;

create temp table named_rows as
with named as (
    select distinct tables.table_number, section_ordinal, row_ordinal, row_label_key as name_key, tables.fiscal_year
    from printed_numbers as numbers
    inner join printed_tables as tables using (document_key, table_ordinal)
    where role = 'figure' and row_code is null and line_item_code is null and row_label_key is not null
        and coalesce(row_kind, 'line') <> 'total' and row_vocabulary in ('functional', 'project')
),
with_class as (
    select named.*, classes.functional_code as class_code,
        last_value(classes.functional_code ignore nulls) over (
            partition by table_number, section_ordinal order by row_ordinal, classes.functional_code nulls first
            rows between unbounded preceding and current row
        ) as class_above
    from named
    left join subject_names as classes
        on level = 'class' and above_code = '' and named.name_key = classes.name_key
        and named.fiscal_year = classes.fiscal_year
),
with_group as (
    select with_class.*, coalesce(under.functional_code, lone.functional_code) as group_code,
        last_value(coalesce(under.functional_code, lone.functional_code) ignore nulls) over (
            partition by table_number, section_ordinal, class_above order by row_ordinal
            rows between unbounded preceding and 1 preceding
        ) as group_above
    from with_class
    left join subject_names as under
        on under.level = 'group' and class_code is null and class_above = under.above_code
        and with_class.name_key = under.name_key and with_class.fiscal_year = under.fiscal_year
    left join subject_names as lone
        on lone.level = 'group' and class_above is null and lone.above_code = ''
        and with_class.name_key = lone.name_key and with_class.fiscal_year = lone.fiscal_year
)
select
    named.table_number, named.section_ordinal, named.row_ordinal,
    coalesce(class_code, case when group_code <> coalesce(group_above, '') then group_code end, items.functional_code,
        class_items.functional_code, group_code, lone.functional_code) as functional_code
from with_group as named
left join subject_names as items
    on items.level = 'item' and group_above = items.above_code and named.name_key = items.name_key
    and named.fiscal_year = items.fiscal_year
left join subject_names as class_items
    on class_items.level = 'item' and class_above = class_items.above_code and named.name_key = class_items.name_key
    and named.fiscal_year = class_items.fiscal_year
left join subject_names as lone
    on lone.level = 'any' and class_above is null and named.name_key = lone.name_key
    and named.fiscal_year = lone.fiscal_year;

-- Rows of economic tables that print a name without its code: a name of one subject of the department's scheme.
create temp table named_economic_rows as
with names as (
    select years.fiscal_year, economic_code, label_key(economic_name) as name_key
    from economic_subjects, (select distinct fiscal_year from printed_tables where fiscal_year is not null) as years
    where scheme = 'department'
    qualify years.fiscal_year not between coalesce(valid_from_year, 0) and coalesce(valid_to_year, 9999) = min(
        years.fiscal_year not between coalesce(valid_from_year, 0) and coalesce(valid_to_year, 9999)
    ) over (partition by label_key(economic_name), years.fiscal_year)
)
select tables.table_number, section_ordinal, row_ordinal, min(names.economic_code) as economic_code
from printed_numbers as numbers
inner join printed_tables as tables using (document_key, table_ordinal)
inner join (from names select name_key, fiscal_year, min(economic_code) as economic_code group by all
    having count(distinct economic_code) = 1) as names
    on numbers.row_label_key = names.name_key and tables.fiscal_year = names.fiscal_year
anti join (
    from printed_numbers where role = 'figure' and left(row_code, 1) = '5' and length(row_code) in (3, 5)
) as government using (document_key, table_ordinal)
where role = 'figure' and row_code is null and line_item_code is null and not coalesce(is_of_which, false)
    and coalesce(row_kind, 'line') <> 'total' and row_vocabulary = 'economic'
group by all
having count(distinct names.economic_code) = 1;

create temp table section_totals as
select table_number, section_ordinal, min(parent_line_item_code) as line_item_code
from (
    select distinct tables.table_number, section_ordinal, items.parent_line_item_code
    from printed_numbers as numbers
    inner join printed_tables as tables using (document_key, table_ordinal)
    inner join line_items as items on numbers.line_item_code = items.line_item_code
    where role = 'figure' and tables.row_vocabulary = 'statistics' and items.parent_line_item_code is not null
) as lines
group by all
having count(*) = 1;

-- The planner takes the figures for few, because most joins may drop rows for all it knows, and would hash them instead
-- of what they are looked up in: it is told to keep to the order written.
set disabled_optimizers = 'build_side_probe_side';

-- Row, column and table brought together: the row's line speaks before the column, the column's stage before the row's.
create temp view resolved as
with located as (
    select
        numbers.* exclude (role, line_item_code, project_name, reason, unit_origin, char_start, char_end, value_text),
        -- what is of no statement stays in without a value, and drops out with the values
        case when tables.statement_code is not null and tables.is_disclosure then value_text end as value_text,
        tables.* exclude (document_key, table_ordinal, project_name, fiscal_year, stage_code, fund_code),
        tables.fiscal_year as document_fiscal_year, tables.stage_code as table_stage_code,
        tables.fund_code as table_fund_code,
        numbers.line_item_code as own_line_code,
        coalesce(numbers.line_item_code, case when row_kind = 'total' then section_totals.line_item_code end)
            as row_line_item_code,
        coalesce(numbers.project_name, tables.project_name) as project_name,
        numbers.project_name is not null as is_project_row,
        case
            when worded.year_stated = tables.fiscal_year - 1 and worded.stage_code = 'final'
                then case statement_kind when 'budget' then 'prior_execution' else 'prior_final' end
            when worded.year_stated = tables.fiscal_year - 1 and worded.stage_code not like 'prior%' then 'prior_budget'
            when worded.stage_code = 'final' and statement_kind = 'budget' then tables.stage_code
            else worded.stage_code
        end as row_stage_code,
        slipped.meant_section_ordinal, slipped.meant_column_ordinal
    from printed_numbers as numbers
    left join printed_tables as tables
        on numbers.document_key = tables.document_key and numbers.table_ordinal = tables.table_ordinal
    left join section_totals
        on tables.table_number = section_totals.table_number
        and numbers.section_ordinal = section_totals.section_ordinal
    left join slipped
        on tables.table_number = slipped.table_number and numbers.row_ordinal = slipped.row_ordinal
        and numbers.column_ordinal = slipped.column_ordinal
    left join stage_labels as worded on numbers.row_label_key = worded.label and numbers.row_code is null
    where numbers.role = 'figure'
),
joined as (
    select
        figures.* exclude (is_of_which),
        coalesce(figures.is_of_which, false) as is_of_which,
        coalesce(figures.row_line_item_code, columns.line_item_code) as line_item_code,
        coalesce(columns.role, heads.role, case when heads.kind = 'score' then 'score' end) as named_role,
        coalesce(named_role, 'amount') as role,
        case
            when named_role in ('change', 'change_rate', 'completion_rate', 'share', 'score') then null
            when row_stage_code is null then coalesce(columns.stage_code, heads.stage_code, table_stage_code)
            when coalesce(columns.has_stage, heads.stage_code is not null)
                and (row_stage_code not like 'prior%' or columns.stage_code like 'prior%')
                then coalesce(columns.stage_code, heads.stage_code)
            when not coalesce(columns.has_stage, heads.stage_code is not null) then row_stage_code
            when coalesce(columns.stage_code, heads.stage_code) <> 'final' then 'prior_budget'
            when statement_kind = 'budget' then 'prior_execution'
            else 'prior_final'
        end as stage_code,
        case
            when named_role in ('change_rate', 'completion_rate', 'share', 'score') then null
            else coalesce(lines.fund_code, columns.fund_code, table_fund_code)
        end as fund_code,
        coalesce(
            case when balances.line_item_code is not null or columns.flow = 'balance' then 'balance' end, figures.side,
                lines.side, columns.flow
        ) as flow,
        case
            when columns.has_own_measure and finer.part_code is not null then columns.measure_code
            else coalesce(nullif(lines.measure_code, 'total'), columns.measure_code)
        end as named_measure_code,
        coalesce(lines.three_public_code, columns.three_public_code) as three_public_code,
        coalesce(lines.statistic_code, column_lines.statistic_code) as statistic_code,
        case
            when left(row_code, 1) = '2' and length(row_code) in (3, 5, 7) then row_code else named.functional_code
        end as row_functional_code,
        case
            when left(row_code, 1) in ('3', '5') and length(row_code) in (3, 5) then row_code
            else named_economic.economic_code
        end as row_economic_code,
        lines.functional_code as line_functional_code,
        coalesce(lines.economic_code, columns.economic_code) as attributed_economic_code,
        coalesce(columns.context_ordinal, figures.column_ordinal) as context_ordinal,
        coalesce(lines.is_total = 'Y', false) as is_total_line,
        coalesce(columns.is_total, false) as is_total_column,
        coalesce(columns.is_detail, headed.table_number is not null, false) as is_detail_column
    from located as figures
    left join printed_columns as columns
        on figures.table_number = columns.table_number
        and coalesce(figures.meant_section_ordinal, figures.section_ordinal) = columns.section_ordinal
        and coalesce(figures.meant_column_ordinal, figures.column_ordinal) = columns.column_ordinal
    left join header_terms as heads on figures.column_term_code = heads.term_code and columns.table_number is null
    left join (
        select distinct table_number, stage_code
        from printed_columns
        where family = 'three_public' and has_stage and role = 'amount' and three_public_code is null
            and line_item_code is null
    ) as headed
        on figures.table_number = headed.table_number and figures.table_stage_code = headed.stage_code
        and columns.table_number is null and figures.column_term_code is null
    left join named_rows as named
        on figures.table_number = named.table_number and figures.section_ordinal = named.section_ordinal
        and figures.row_ordinal = named.row_ordinal
    left join named_economic_rows as named_economic
        on figures.table_number = named_economic.table_number
        and figures.section_ordinal = named_economic.section_ordinal
        and figures.row_ordinal = named_economic.row_ordinal
    left join line_items as lines on figures.row_line_item_code = lines.line_item_code
    left join line_items as column_lines on columns.line_item_code = column_lines.line_item_code
    left join balances
        on coalesce(figures.row_line_item_code, columns.line_item_code) = balances.line_item_code
    left join code_parts as finer
        on finer.code_list = 'measure' and lines.measure_code = finer.code and columns.measure_code = finer.part_code
)
select
    *,
    case when stage_code like 'prior%' then document_fiscal_year - 1 else document_fiscal_year end as fiscal_year,
    case
        when role in ('change', 'change_rate', 'completion_rate', 'share', 'score') then null
        when flow = 'balance' then named_measure_code
        else coalesce(named_measure_code, 'total')
    end as measure_code,
    coalesce(row_functional_code, line_functional_code) as functional_code,
    coalesce(row_economic_code, attributed_economic_code) as economic_code,
    -- '' the row of sums, a line, or a subject's code (with / where the row is of one project under it)
    case
        when row_vocabulary in ('functional', 'economic', 'economic_gov', 'project')
            and (coalesce(row_kind = 'total', false) or is_total_line) then ''
        when row_line_item_code is not null then row_line_item_code
        when row_kind = 'total' then ''
        when is_project_row then coalesce(row_functional_code, '') || '/'
        else coalesce(row_functional_code, row_economic_code)
    end as row_identity
from joined;

-- Lines and the lines under them, through all levels.
create temp table line_parts as
with recursive direct as (
    select parent_line_item_code as line_item_code, line_item_code as part_code
    from line_items
    where parent_line_item_code is not null
    union
    select line_item_code, part_line_item_code from seed('line_item_parts')
),
below as (
    from direct
    union
    select below.line_item_code, direct.part_code from below
        inner join direct on below.part_code = direct.line_item_code
)
select
    below.line_item_code, below.part_code,
    (whole.measure_code is not distinct from part.measure_code and whole.fund_code is not distinct from part.fund_code
        and whole.functional_code is not distinct from part.functional_code
        and whole.three_public_code is not distinct from part.three_public_code
        and whole.statistic_code is not distinct from part.statistic_code and below.part_code not like 'perf%')
    or exists (from code_parts where not covers and code_list = 'measure' and code_parts.part_code = part.measure_code)
    or exists (from code_parts where not covers and code_list = 'three_public'
        and code_parts.part_code = part.three_public_code) as is_detail
from below
inner join line_items as whole on below.line_item_code = whole.line_item_code
inner join line_items as part on below.part_code = part.line_item_code;

-- Rows that sum up others, or only detail one.
create temp table row_wholes as
with printed as (
    select table_number, context_ordinal, coalesce(row_identity, '?') as row_identity,
        row_line_item_code is not null as is_line, bool_or(is_of_which) as is_of_which
    from resolved
    where row_identity is not null or row_label is not null
    group by all
),
codes as (
    select distinct table_number, context_ordinal, row_identity
    from printed
    where not is_line and row_identity not in ('', '?')
),
-- another table of the statement is by subject: this one, by body, holds the same money
by_subject as (
    select distinct others.table_number
    from codes
    inner join printed_tables as own using (table_number)
    inner join printed_tables as others using (document_key, statement_code, unit_key, fiscal_year, scope_code)
    where own.row_vocabulary = 'functional'
),
lines as (
    select table_number, row_identity, bool_or(is_of_which) as is_of_which
    from printed
    where is_line and row_identity <> ''
    group by all
),
pairs as (
    select whole.table_number, whole.row_identity, part.row_identity as part_identity, part.is_of_which, is_detail
    from lines as whole
    inner join line_parts on whole.row_identity = line_parts.line_item_code
    inner join lines as part on whole.table_number = part.table_number and line_parts.part_code = part.row_identity
),
line_wholes as (
    select table_number, row_identity
    from pairs
    where not is_detail
    group by all
    having bool_or(not is_of_which) or count(*) > 1
),
flags as (
    select table_number, row_identity, true as is_total, false as is_detail from line_wholes
    union all
    select table_number, part_identity, false, true
    from pairs
    left join line_wholes using (table_number, row_identity)
    where is_detail or line_wholes.row_identity is null
)
select table_number, context_ordinal, left(row_identity, 3) as row_identity, true as is_total, false as is_detail
from codes
where length(row_identity) > 4
union
select table_number, context_ordinal, left(row_identity, 5), true, false from codes where length(row_identity) > 6
union
select table_number, context_ordinal, left(row_identity, length(row_identity) - 1), true, false
from codes
where right(row_identity, 1) = '/' and length(row_identity) > 1
union
select table_number, 0, row_identity, bool_or(is_total), bool_or(is_detail) from flags group by all
union
select table_number, 0, '', true, false
from (select table_number from printed where row_identity not in ('', '?') union select table_number from by_subject)
union
select table_number, 0, '?', false, true
from (select table_number from printed where row_identity <> '?' union select table_number from by_subject);

create table fct_statement_amount as
with figures as (
    select
        resolved.*, try_cast(value_text as decimal(24, 6)) as value, units.yuan_factor,
        coalesce(wholes.is_total, false) or is_total_column as is_total,
        coalesce(wholes.is_detail, false) or is_detail_column as is_detail_row
    from resolved
    left join row_wholes as wholes
        on resolved.table_number = wholes.table_number and coalesce(resolved.row_identity, '?') = wholes.row_identity
        and case when row_line_item_code is null and length(resolved.row_identity) > 0 then resolved.context_ordinal
            else 0 end
        = wholes.context_ordinal
        and (resolved.row_identity is not null or row_label is not null)
    left join units_of_measure as units using (unit_of_measure)
)
select
    concat(document_key, '-t', table_ordinal, 'r', row_ordinal, 'c', column_ordinal, 'n', number_ordinal) as amount_key,
    document_key, figures.unit_key, figures.fiscal_year, scope_code, statement_code, stage_code, fund_code,
        measure_code,
    figures.functional_code,
    case when figures.functional_code is not null then coalesce(functional_key, figures.functional_code || '@seen') end
        as functional_key,
    figures.economic_code,
    case when figures.economic_code is not null then coalesce(economic_key, figures.economic_code || '@seen') end
        as economic_key,
    line_item_code, three_public_code, statistic_code,
    case
        when project_name is not null
            then md5(concat(figures.unit_key, '|', document_fiscal_year, '|', label_key(project_name)))
    end as project_key,
    project_name, side, flow, role, row_label, row_code, row_path,
    case
        when row_identity is null then 'other'
        when row_identity = '' then 'total'
        when row_line_item_code is not null then 'line'
        when right(row_identity, 1) = '/' then 'project'
        else 'subject'
    end as row_kind,
    column_label, value, value_printed, decimals::integer as decimals, unit_of_measure,
    (value * yuan_factor)::decimal(20, 2) as amount_yuan,
    (half_unit(decimals) * yuan_factor)::decimal(20, 6) as half_unit_yuan,
    page, table_ordinal, row_ordinal, column_ordinal, coalesce(header_column_ordinal, column_ordinal)
        as header_column_ordinal,
    number_ordinal, source_line, sheet, address, box_x0, box_top, box_x1, box_bottom, coalesce(is_ocr, false) as is_ocr,
    confidence, alignment_confidence, is_of_which, is_detail_row as is_detail, false as is_corrected, is_total,
    yuan_factor is not null and role = 'amount' and not is_total and not is_detail_row as is_leaf, is_current,
    rollups.unit_key is not null and scope_code = 'consolidated' as is_rollup, 'table' as origin
from figures
left join functional_year as functional
    on figures.functional_code = functional.functional_code and document_fiscal_year = functional.fiscal_year
left join economic_year as economic
    on figures.economic_code = economic.economic_code and document_fiscal_year = economic.fiscal_year
left join rollups
    on figures.unit_key = rollups.unit_key and document_fiscal_year = rollups.fiscal_year
    and figures.statement_kind = rollups.statement_kind
where value is not null;

set disabled_optimizers = '';

-- What additive facts may use: money, leaves, of current versions, of the document's own year.
create temp view additive as
select amounts.*, versions.recency_rank
from fct_statement_amount as amounts
inner join versions using (document_key)
where is_leaf and amounts.is_current and coalesce(stage_code, '') not in ('prior_budget', 'prior_final',
    'prior_execution')
    and stage_code is not null
    and amounts.unit_key is not null and amounts.fiscal_year is not null;

-- Of the statements that tell a unit's expenditure, the one of best precedence, by fund.
create temp table expenditure_chosen as
with cells as (
    select
        unit_key, fiscal_year, scope_code, stage_code,
        case when fund_code in ('fiscal_account', 'unit_funds', 'non_fiscal') then 'non_fiscal' else fund_code end
            as fund_code,
        functional_code, functional_key, case when measure_code = 'total' then 'unsplit' else measure_code end
            as measure_code,
        document_key, statement_code, recency_rank, is_rollup, origin,
        min(amount_key) as amount_key, count(*) as figure_count, sum(amount_yuan) as amount_yuan,
        sum(case when amount_yuan <> 0 then half_unit_yuan else 0 end) as half_unit_yuan
    from additive
    where flow = 'expenditure' and economic_code is null and (functional_code is not null or line_item_code is null)
        and measure_code in (select code from measures where kind = 'expenditure')
    group by all
)
select cells.*, precedence
from cells
inner join statement_precedence as ranks
    on ranks.fact = 'expenditure' and cells.statement_code = ranks.statement_code and cells.fund_code = ranks.part
qualify row(precedence, recency_rank)
    = min(row(precedence, recency_rank)) over (partition by unit_key, fiscal_year, scope_code, stage_code, fund_code);

create temp table expenditure_told as
select
    unit_key, fiscal_year, scope_code, stage_code,
    bool_or(fund_code in ('general', 'gov_fund', 'state_capital') and amount_yuan <> 0) as has_split,
    bool_or(fund_code = 'all') as has_all
from expenditure_chosen
group by all;

create table fct_expenditure as
with sides as (
    select unit_key, fiscal_year, scope_code, stage_code, side, min(depth) as depth, bool_or(has_unsplit)
        as has_unsplit,
        bool_or(fund_code = 'general') as has_general
    from (
        select unit_key, fiscal_year, scope_code, stage_code, fund_code = 'all' as side, fund_code,
            max(coalesce(length(functional_code), 0)) as depth,
            bool_or(measure_code = 'unsplit' and amount_yuan <> 0) as has_unsplit
        from expenditure_chosen
        where fund_code in ('all', 'general', 'gov_fund', 'state_capital')
        group by all
        having sum(abs(amount_yuan)) > 0
    ) as funds
    group by all
),
levels as (
    select whole.unit_key, whole.fiscal_year, whole.scope_code, whole.stage_code,
        least(whole.depth, known.depth) as depth, whole.has_unsplit or known.has_unsplit as is_unsplit,
            known.has_general
    from sides as whole
    inner join sides as known using (unit_key, fiscal_year, scope_code, stage_code)
    where whole.side and not known.side
),
-- what all funds hold beyond the appropriations, at the finest level that both sides print
beyond as (
    select
        unit_key, fiscal_year, scope_code, stage_code,
        case when bool_or(has_general) then 'non_fiscal' else 'unsplit' end as fund_code,
        nullif(left(functional_code, depth), '') as functional_code,
        case when is_unsplit then 'unsplit' when measure_code in ('personnel', 'public') then 'basic'
            else measure_code end
            as measure_code,
        coalesce(min(document_key) filter (fund_code = 'all'), min(document_key)) as document_key,
        coalesce(min(statement_code) filter (fund_code = 'all'), min(statement_code)) as statement_code,
        coalesce(min(precedence) filter (fund_code = 'all'), min(precedence)) as precedence,
        coalesce(min(amount_key) filter (fund_code = 'all'), min(amount_key)) as amount_key,
        sum(figure_count) as figure_count,
        sum(case when fund_code = 'all' then amount_yuan else -amount_yuan end) as amount_yuan,
        sum(half_unit_yuan) as half_unit_yuan, bool_or(is_rollup) as is_rollup
    from expenditure_chosen
    inner join levels using (unit_key, fiscal_year, scope_code, stage_code)
    where fund_code in ('all', 'general', 'gov_fund', 'state_capital')
    group by unit_key, fiscal_year, scope_code, stage_code, nullif(left(functional_code, depth), ''),
        case when is_unsplit then 'unsplit' when measure_code in ('personnel', 'public') then 'basic'
            else measure_code end
),
united as (
    select
        unit_key, fiscal_year, scope_code, stage_code,
        case when fund_code in ('all', 'appropriation') then 'unsplit' else fund_code end as fund_code, functional_code,
        functional_key, measure_code, document_key, statement_code, precedence, amount_key, figure_count, amount_yuan,
        half_unit_yuan, is_rollup, false as is_derived, origin
    from expenditure_chosen
    inner join expenditure_told using (unit_key, fiscal_year, scope_code, stage_code)
    where case
        when fund_code in ('general', 'gov_fund', 'state_capital') then has_split or not has_all
        when fund_code = 'all' then not has_split
        when fund_code = 'appropriation' then not has_split and not has_all
        when fund_code = 'non_fiscal' then not (has_all and has_split)
        else true
    end
    union all
    select
        unit_key, beyond.fiscal_year, scope_code, stage_code, fund_code, beyond.functional_code,
        case when beyond.functional_code is not null
            then coalesce(subjects.functional_key, beyond.functional_code || '@seen') end,
        measure_code, document_key, statement_code, precedence, amount_key, figure_count, amount_yuan, half_unit_yuan,
        is_rollup, true, 'table'
    from beyond
    inner join expenditure_told using (unit_key, fiscal_year, scope_code, stage_code)
    left join functional_year as subjects
        on beyond.functional_code = subjects.functional_code and beyond.fiscal_year = subjects.fiscal_year
    where abs(amount_yuan) > half_unit_yuan and has_split
)
select
    unit_key, fiscal_year, scope_code, stage_code, fund_code, functional_code, functional_key, measure_code,
    case when measure_code in ('personnel', 'public') then 'basic' else measure_code end as measure_group_code,
    amount_yuan::decimal(20, 2) as amount_yuan, half_unit_yuan::decimal(20, 6) as half_unit_yuan, amount_key,
    figure_count::integer as figure_count, document_key, statement_code as source_statement_code, precedence,
        is_derived,
    is_rollup, origin
from united;

-- Income: appropriations, other income and what is carried over, each from the statement that tells it best.
create temp table income_chosen as
with cells as (
    select
        unit_key, fiscal_year, scope_code, stage_code,
        case
            when measure_code = 'carry_over' then 'carry_over'
            when fund_code in ('general', 'gov_fund', 'state_capital', 'appropriation') then 'appropriation'
            else 'other'
        end as part,
        case
            when fund_code in ('fiscal_account', 'unit_funds', 'non_fiscal') then 'non_fiscal'
            when fund_code in ('all', 'appropriation') then 'unsplit'
            else fund_code
        end as fund_code,
        statement_code, document_key, recency_rank, is_rollup,
        case
            when measure_code = 'total' and fund_code in ('general', 'gov_fund', 'state_capital', 'appropriation')
                then 'appropriation'
            when measure_code = 'total' then 'unsplit'
            else measure_code
        end as measure_code,
        functional_code, functional_key, origin,
        min(amount_key) as amount_key, count(*) as figure_count, sum(amount_yuan) as amount_yuan,
        sum(case when amount_yuan <> 0 then half_unit_yuan else 0 end) as half_unit_yuan
    from additive
    where (flow = 'income' and (measure_code in ('total', 'unsplit')
            or measure_code in (select code from measures where kind = 'income')))
        or (flow = 'balance' and measure_code = 'carry_over'
            and statement_code in (select statement_code from statements where document_kind = 'budget'))
    group by all
),
statements_split as (
    select
        unit_key, fiscal_year, scope_code, stage_code, part, statement_code, document_key,
        min(recency_rank) as recency_rank,
        coalesce(sum(abs(amount_yuan)) filter (fund_code = 'unsplit'), 0) as unsplit_yuan,
        coalesce(sum(abs(amount_yuan)) filter (fund_code in ('gov_fund', 'state_capital')), 0) as beside_yuan,
        coalesce(sum(abs(amount_yuan)) filter (fund_code = 'general'), 0) as general_yuan
    from cells
    group by all
),
only_general as (
    select unit_key, fiscal_year, scope_code, stage_code
    from statements_split
    where part = 'appropriation'
    group by all
    having sum(general_yuan) > 0 and sum(beside_yuan) = 0
),
told_items as (
    select unit_key, fiscal_year, scope_code, stage_code, fund_code, functional_code, functional_key,
        min(amount_key) as amount_key, sum(figure_count) as figure_count, sum(amount_yuan) as amount_yuan,
        sum(half_unit_yuan) as half_unit_yuan
    from cells
    where part = 'appropriation' and fund_code in ('gov_fund', 'state_capital')
        and statement_code in ('final_fund', 'final_state_capital') and functional_code is not null and amount_yuan <> 0
    group by all
),
fund_money as (
    select cells.unit_key, cells.fiscal_year, cells.scope_code, cells.stage_code,
        bool_or(cells.fund_code = 'gov_fund') as has_gov_fund,
        bool_or(coalesce(told.fund_code = 'gov_fund', false)) as tells_gov_fund,
        bool_or(coalesce(told.fund_code = 'state_capital', false)) as tells_state_capital
    from cells
    left join told_items as told using (unit_key, fiscal_year, scope_code, stage_code)
    where cells.part = 'appropriation' and cells.amount_yuan <> 0
    group by all
),
fund_items as (
    from told_items
    union all
    select unit_key, fiscal_year, scope_code, stage_code, 'state_capital', functional_code, functional_key,
        min(amount_key), sum(figure_count), sum(amount_yuan), sum(half_unit_yuan)
    from cells
    inner join fund_money using (unit_key, fiscal_year, scope_code, stage_code)
    where not tells_state_capital and (tells_gov_fund or not has_gov_fund) and part = 'appropriation'
        and fund_code = 'unsplit' and statement_code = 'final_income' and functional_code like '223%'
            and amount_yuan <> 0
    group by all
),
items as (
    select unit_key, fiscal_year, scope_code, stage_code, functional_code, sum(figure_count) as figure_count,
        sum(amount_yuan) as amount_yuan, sum(half_unit_yuan) as half_unit_yuan
    from fund_items
    group by all
),
ranked as (
    select split.*, only_general.unit_key is not null as is_only_general, splittable.unit_key is not null
        as is_splittable
    from statements_split as split
    inner join statement_precedence as ranks
        on ranks.fact = 'income' and split.part = ranks.part and split.statement_code = ranks.statement_code
    left join only_general using (unit_key, fiscal_year, scope_code, stage_code)
    left join (select distinct unit_key, fiscal_year, scope_code, stage_code from fund_items) as splittable
        using (unit_key, fiscal_year, scope_code, stage_code)
    qualify row_number() over (
        partition by split.unit_key, split.fiscal_year, split.scope_code, split.stage_code, split.part
        order by
            split.part = 'appropriation' and unsplit_yuan <> 0 and not (is_only_general or is_splittable),
            precedence, recency_rank
    ) = 1
),
chosen as (
    select cells.*, is_only_general, is_splittable, cells.part = 'appropriation' and fund_code = 'unsplit'
        as is_to_split
    from cells
    inner join ranked using (unit_key, fiscal_year, scope_code, stage_code, part, statement_code, document_key)
)
select
    unit_key, fiscal_year, scope_code, stage_code,
    case when is_to_split and is_only_general then 'general' else fund_code end as fund_code, statement_code,
        document_key,
    is_rollup, measure_code, functional_code, functional_key, origin, amount_key, figure_count, amount_yuan,
    half_unit_yuan, false as is_derived
from chosen
where not is_to_split or is_only_general or not is_splittable
union all
select
    unit_key, fiscal_year, scope_code, stage_code, 'general', statement_code, document_key, is_rollup, measure_code,
    chosen.functional_code, functional_key, origin, amount_key, chosen.figure_count + coalesce(items.figure_count, 0),
    chosen.amount_yuan - coalesce(items.amount_yuan, 0), chosen.half_unit_yuan + coalesce(items.half_unit_yuan, 0),
    items.functional_code is not null
from chosen
left join items using (unit_key, fiscal_year, scope_code, stage_code, functional_code)
where is_to_split and is_splittable and not is_only_general
    and (items.functional_code is null
        or abs(chosen.amount_yuan - items.amount_yuan) > chosen.half_unit_yuan + items.half_unit_yuan)
union all
select
    unit_key, fiscal_year, scope_code, stage_code, fund_code, statement_code, document_key, is_rollup, measure_code,
    functional_code, functional_key, origin, amount_key, figure_count, amount_yuan, half_unit_yuan, false
from fund_items
inner join (
    select unit_key, fiscal_year, scope_code, stage_code, origin, measure_code, max(statement_code) as statement_code,
        max(document_key) as document_key, bool_or(is_rollup) as is_rollup
    from chosen
    where is_to_split and is_splittable and not is_only_general
    group by all
) as split using (unit_key, fiscal_year, scope_code, stage_code);

create table fct_income as
select
    unit_key, fiscal_year, scope_code, stage_code, fund_code, measure_code, functional_code,
    max(functional_key) as functional_key, sum(amount_yuan)::decimal(20, 2) as amount_yuan,
    sum(half_unit_yuan)::decimal(20, 6) as half_unit_yuan, min(amount_key) as amount_key,
    sum(figure_count)::integer as figure_count, min(document_key) as document_key,
    min(statement_code) as source_statement_code, bool_or(is_derived) as is_derived, bool_or(is_rollup) as is_rollup,
    min(origin) as origin
from income_chosen
group by unit_key, fiscal_year, scope_code, stage_code, fund_code, measure_code, functional_code;

create temp table economic_chosen as
-- a head lost: all leaves stand under one of the two words whose totals are printed
with mis_headed as (
    select document_key, table_ordinal, true as is_mis_headed
    from fct_statement_amount
    where is_current and statement_code in ('final_general_basic_economic', 'budget_general_basic_economic')
        and amount_yuan <> 0 and measure_code in ('personnel', 'public')
        and (is_leaf or line_item_code in ('personnel_total', 'public_total'))
    group by all
    having count(distinct line_item_code) filter (line_item_code in ('personnel_total', 'public_total')) = 2
        and count(distinct measure_code) filter (is_leaf and economic_code is not null) = 1
),
amounts as (
    select
        amounts.unit_key, amounts.fiscal_year, scope_code, stage_code,
        case
            when fund_code in ('all', 'appropriation') then 'unsplit'
            when fund_code in ('fiscal_account', 'unit_funds') then 'non_fiscal'
            else fund_code
        end as fund_code,
        case when left(economic_code, 1) = '5' then 'government' else 'department' end as scheme,
        statement_code, document_key, recency_rank, is_rollup, economic_code, economic_key,
        case
            when is_mis_headed is null or amounts.measure_code not in ('personnel', 'public') then amounts.measure_code
            when left(economic_code, 3) in ('301', '303') then 'personnel'
            else 'public'
        end as measure_code,
        row_ordinal,
        table_ordinal, is_leaf, amount_key, amount_yuan, half_unit_yuan, origin,
        bool_or(statement_code in ('final_general_basic_economic', 'budget_general_basic_economic')
            and amounts.measure_code = 'basic' and not is_leaf) over (partition by document_key, table_ordinal)
                as has_basic_part
    from fct_statement_amount as amounts
    inner join versions using (document_key)
    left join mis_headed using (document_key, table_ordinal)
    where economic_code is not null and amounts.is_current and amount_yuan is not null and role = 'amount'
        and not is_total and stage_code not in ('prior_budget', 'prior_final', 'prior_execution')
        and amounts.unit_key is not null and amounts.fiscal_year is not null
),
pairs as (
    select whole.*, part.amount_key as part_key, coalesce(part.amount_yuan, 0) as part_yuan,
        coalesce(part.half_unit_yuan, 0) as part_half
    from (from amounts where has_basic_part and is_leaf and measure_code = 'total') as whole
    left join amounts as part
        on whole.document_key = part.document_key and whole.table_ordinal = part.table_ordinal
        and whole.economic_code = part.economic_code and whole.row_ordinal = part.row_ordinal
        and part.measure_code = 'basic'
),
leaves as (
    select * replace (case when measure_code = 'total' then 'unsplit' else measure_code end as measure_code),
        false as is_derived
    from amounts
    where is_leaf and not coalesce(has_basic_part, false)
    union all by name
    select * exclude (part_key, part_yuan, part_half) replace ('basic' as measure_code, part_key as amount_key,
        part_yuan as amount_yuan, part_half as half_unit_yuan), false as is_derived
    from pairs
    where part_key is not null
    union all by name
    select * exclude (part_key, part_yuan, part_half) replace ('project' as measure_code,
        amount_yuan - part_yuan as amount_yuan, half_unit_yuan + part_half as half_unit_yuan),
        part_key is not null as is_derived
    from pairs
    where abs(amount_yuan - part_yuan) > half_unit_yuan + part_half
),
parted as (
    select *, case when measure_code in ('basic', 'personnel', 'public') then 'basic' when measure_code = 'project'
        then 'project' else 'unsplit' end as part
    from leaves
)
select parted.*
from parted
inner join statement_precedence as ranks
    on ranks.fact = 'economic_expenditure' and parted.statement_code = ranks.statement_code and parted.part = ranks.part
qualify precedence * 1000000 + recency_rank = min(precedence * 1000000 + recency_rank) over (
        partition by unit_key, fiscal_year, scope_code, stage_code, fund_code, scheme, parted.part)
    and (parted.part <> 'unsplit' or not bool_or(parted.part <> 'unsplit') over (
        partition by unit_key, fiscal_year, scope_code, stage_code, fund_code, scheme));

create table fct_economic_expenditure as
select
    unit_key, fiscal_year, scope_code, stage_code, fund_code, scheme, economic_code, max(economic_key) as economic_key,
    measure_code, case when measure_code in ('personnel', 'public') then 'basic' else measure_code end
        as measure_group_code,
    sum(amount_yuan)::decimal(20, 2) as amount_yuan,
    sum(case when amount_yuan <> 0 then half_unit_yuan else 0 end)::decimal(20, 6) as half_unit_yuan,
    min(amount_key) as amount_key, count(*)::integer as figure_count, min(document_key) as document_key,
    min(statement_code) as source_statement_code, bool_or(is_derived) as is_derived, bool_or(is_rollup) as is_rollup,
    min(origin) as origin
from economic_chosen
group by unit_key, fiscal_year, scope_code, stage_code, fund_code, scheme, economic_code, measure_code;

create table fct_three_public as
with amounts as (
    select additive.*, precedence * 1000000 + recency_rank as choice
    from additive
    inner join statement_precedence as ranks
        on ranks.fact = 'three_public' and additive.statement_code = ranks.statement_code
    where three_public_code in ('overseas', 'vehicle', 'vehicle_purchase', 'vehicle_operation', 'hospitality', 'total')
    qualify choice = min(choice) over (partition by unit_key, fiscal_year, scope_code, stage_code)
)
select
    unit_key, fiscal_year, scope_code, stage_code,
    case when fund_code in ('all', 'appropriation') then 'unsplit'
        when fund_code in ('fiscal_account', 'unit_funds') then 'non_fiscal' else fund_code end as fund_code,
    case when three_public_code = 'total' then 'unsplit' else three_public_code end as three_public_code,
    sum(amount_yuan)::decimal(20, 2) as amount_yuan,
    sum(case when amount_yuan <> 0 then half_unit_yuan else 0 end)::decimal(20, 6) as half_unit_yuan,
    min(amount_key) as amount_key, count(*)::integer as figure_count, min(document_key) as document_key,
    min(statement_code) as source_statement_code, bool_or(is_rollup) as is_rollup, min(origin) as origin
from amounts
group by all;

create table fct_unit_statistic as
with amounts as (
    select amounts.* replace (coalesce(statistic_code, case when three_public_code in ('meeting', 'training',
            'operating_cost') then three_public_code end) as statistic_code), precedence, recency_rank
    from fct_statement_amount as amounts
    inner join versions using (document_key)
    inner join statement_precedence as ranks
        on ranks.fact = 'unit_statistic' and amounts.statement_code = ranks.statement_code
    where amounts.is_current and role = 'amount'
        and (statistic_code is not null or three_public_code in ('meeting', 'training', 'operating_cost'))
        and stage_code not in ('prior_budget', 'prior_final', 'prior_execution')
        and amounts.unit_key is not null and amounts.fiscal_year is not null
)
select unit_key, fiscal_year, scope_code, stage_code, statistic_code, value, unit_of_measure, amount_yuan, amount_key,
    document_key, statement_code as source_statement_code, is_rollup, origin
from amounts
qualify row_number() over (
    partition by unit_key, fiscal_year, scope_code, stage_code, statistic_code
    order by precedence, recency_rank, is_detail, table_ordinal, row_ordinal, column_ordinal, number_ordinal
) = 1;

create table fct_balance as
with amounts as (
    select
        additive.* replace (
            case when additive.fund_code in ('fiscal_account', 'unit_funds') then 'non_fiscal'
                else additive.fund_code end as fund_code
        ),
        balance_code, case when family = 'summary' then 'all' else 'appropriation' end as coverage,
        precedence * 1000000 + recency_rank as choice
    from additive
    inner join balances using (line_item_code)
    inner join statements as statements on additive.statement_code = statements.statement_code
    inner join statement_precedence as ranks
        on ranks.fact = 'balance' and additive.statement_code = ranks.statement_code
    where balance_code in ('opening', 'closing', 'balance_used', 'distribution')
    qualify choice = min(choice) over (
        partition by unit_key, fiscal_year, scope_code, additive.stage_code, coverage)
)
select
    unit_key, fiscal_year, scope_code, stage_code, coverage, fund_code, balance_code,
    sum(amount_yuan)::decimal(20, 2) as amount_yuan,
    sum(case when amount_yuan <> 0 then half_unit_yuan else 0 end)::decimal(20, 6) as half_unit_yuan,
    min(amount_key) as amount_key, count(*)::integer as figure_count, min(document_key) as document_key,
    min(statement_code) as source_statement_code, bool_or(is_rollup) as is_rollup, min(origin) as origin
from amounts
group by all;

create table fct_project_funding as
with amounts as (
    select
        additive.* replace (coalesce(sources.fund_code, case
            when additive.fund_code in ('all', 'appropriation') or additive.fund_code is null then 'unsplit'
            when additive.fund_code in ('fiscal_account', 'unit_funds') then 'non_fiscal'
            else additive.fund_code end) as fund_code),
        coalesce(sources.fund_source_code, case
            when additive.fund_code in ('all', 'appropriation') or additive.fund_code is null then 'unsplit'
            else additive.fund_code end) as fund_source_code,
        precedence * 1000000 + recency_rank as choice
    from additive
    inner join statement_precedence as ranks
        on ranks.fact = 'project_funding' and additive.statement_code = ranks.statement_code
    left join seed('project_fund_sources') as sources using (line_item_code)
    where project_key is not null and (sources.fund_source_code is not null or additive.statement_code not like 'perf%')
    qualify choice = min(choice) over (partition by project_key, stage_code)
)
select
    project_key, max(unit_key) as unit_key, max(fiscal_year) as fiscal_year, max(scope_code) as scope_code, stage_code,
    fund_source_code, max(fund_code) as fund_code, sum(amount_yuan)::decimal(20, 2) as amount_yuan,
    sum(case when amount_yuan <> 0 then half_unit_yuan else 0 end)::decimal(20, 6) as half_unit_yuan,
    min(amount_key) as amount_key, count(*)::integer as figure_count, min(document_key) as document_key,
    min(statement_code) as source_statement_code, bool_or(is_rollup) as is_rollup, min(origin) as origin
from amounts
group by project_key, stage_code, fund_source_code;

create macro first_number(text) as
try_cast(nullif(regexp_extract(replace(folded(text), ',', ''), '(-?[0-9]+([.][0-9]+)?)', 1), '') as decimal(24, 6));
create table fct_performance_indicator as
with told as (
    select
        indicators.*, substr(indicators.document_id, 1, 16) as document_key,
        folded(target_printed) as target_text
    from read_parquet('{landing}/indicators/*.parquet') as indicators
)
select
    told.document_key || '-i' || indicator_ordinal as indicator_key, told.document_key,
    coalesce(tables.unit_key, identities.unit_key) as unit_key, identities.fiscal_year,
    coalesce(tables.scope_code, identities.scope_code) as scope_code,
    coalesce(told.statement_code, tables.statement_code) as statement_code,
    case when coalesce(told.project_name, tables.project_name) is not null then
        md5(concat(coalesce(tables.unit_key, identities.unit_key), '|', identities.fiscal_year, '|',
            label_key(coalesce(told.project_name, tables.project_name)))) end as project_key,
    coalesce(told.project_name, tables.project_name) as project_name,
    level1, level2, level3, target_printed,
    case
        when target_text is null then null
        when regexp_matches(target_text, '^(≥|>=|＞=|>＝|大于等于|不低于|不少于|不小于)') then '>='
        when regexp_matches(target_text, '^(≤|<=|＜=|<＝|小于等于|不高于|不超过|不大于|控制在)') then '<='
        when regexp_matches(target_text, '^(>|＞|大于|超过|高于)') then '>'
        when regexp_matches(target_text, '^(<|＜|小于|低于|少于)') then '<'
        when regexp_matches(target_text, '^(=|＝|等于|[-+]?[0-9])') then '='
        else 'text'
    end as target_operator,
    case when target_operator <> 'text' then first_number(target_printed) end as target_value, target_initial_printed,
    actual_printed, first_number(actual_printed) as actual_value, prior_actual_printed,
    first_number(weight_printed) as weight, first_number(score_printed) as score, completion_printed, deviation_reason,
    note, told.page, told.source_line, told.table_ordinal, told.row_ordinal, versions.is_current,
    rollups.unit_key is not null and coalesce(tables.scope_code, identities.scope_code) = 'consolidated' as is_rollup,
    told.origin
from told
inner join identities on told.document_key = identities.document_key
inner join versions on told.document_key = versions.document_key
left join printed_tables as tables
    on told.document_key = tables.document_key and told.table_ordinal = tables.table_ordinal
left join rollups on identities.unit_key = rollups.unit_key and identities.fiscal_year = rollups.fiscal_year
    and identities.document_kind = rollups.statement_kind
where identities.is_disclosure;

create table dim_project as
with printed as (
    select project_key, unit_key, document_key, project_name, count(*) as uses
    from fct_statement_amount where project_key is not null group by all
    union all
    select project_key, unit_key, document_key, project_name, count(*)
    from fct_performance_indicator where project_key is not null group by all
)
select project_key, arg_max(project_name, row(uses, project_name)) as project_name, max(printed.unit_key) as unit_key,
    max(fiscal_year) as fiscal_year
from printed
inner join identities using (document_key)
group by project_key;

-- Prose: what a sentence's words name, the shortest peel of standing words first.
create temp table prose_names as
with written as (
    select label_key(name) as name_key, coalesce(unit_of_measure, '') as unit_of_measure, line_item_code,
        statistic_code,
        1 as preference
    from seed('prose_subject_names')
    union all
    select label_key(name_zh), coalesce(unit_of_measure, ''), line_item_code, statistic_code, 2
    from line_items
    where line_item_code not like 'perf%' and left(line_item_code, 6) <> 'class_'
    union all
    select label_key(unnest(string_split(variants, '|'))), coalesce(unit_of_measure, ''), line_item_code,
        statistic_code, 3
    from line_items
    where line_item_code not like 'perf%' and left(line_item_code, 6) <> 'class_'
),
best as (
    from written
    where name_key <> ''
    qualify preference = min(preference) over (partition by name_key, unit_of_measure)
)
select name_key, unit_of_measure, case when unit_of_measure = '' then 'money' else 'count' end as unit_kind,
    min(line_item_code) as line_item_code, min(statistic_code) as statistic_code
from best
group by all
having count(distinct coalesce(line_item_code, '') || coalesce(statistic_code, '')) = 1;

create temp table told as
select
    substr(document_id, 1, 16) as document_key, amounts.* exclude (document_id), units.yuan_factor,
    coalesce(units.kind, '') as measured_kind,
    case when amounts.unit_of_measure in ('名', '位') then '人' when amounts.unit_of_measure in ('台', '套', '台(套)')
        then '台（套）' else coalesce(amounts.unit_of_measure, '') end as measured_in
from read_parquet('{landing}/narrative_amounts/*.parquet') as amounts
left join (
    select unit_of_measure, kind, yuan_factor::decimal(12, 0) as yuan_factor from seed('units_of_measure')
) as units using (unit_of_measure);

create temp table prose_subjects as
with spoken as (
    select distinct subject_key, measured_kind, measured_in as unit_of_measure from told where subject_key <> ''
),
affixes as (
    select place, affix, fund_code, length(affix) as cut from (
        select place, label_key(affix) as affix, fund_code from seed('prose_subject_affixes')
    ) as folded
),
headless as (
    select distinct subject_key, subject_key as rest, null::varchar as fund_code, 0 as peeled from spoken
    union all
    select subject_key, substr(subject_key, cut + 1), fund_code, cut
    from (select distinct subject_key from spoken) as subjects
    inner join affixes on place = 'before' and left(subject_key, cut) = affix and length(subject_key) > cut
),
peeled as (
    select subject_key, rest as core, fund_code, peeled * 2 as peeled, false as loses_total from headless
    union all
    select subject_key, left(rest, length(rest) - cut), coalesce(headless.fund_code, affixes.fund_code),
        peeled * 2 + cut * 2 - 1, left(affix, 1) in ('总', '合', '规')
    from headless
    inner join affixes on place = 'after' and right(rest, cut) = affix and length(rest) > cut
),
cores as (
    from peeled
    union all
    select subject_key, name_key, fund_code, 1000 + length(core) - length(name_key), false
    from peeled
    inner join (select distinct name_key from prose_names where length(name_key) >= 5) as names
        on right(core, length(name_key)) = name_key and length(core) > length(name_key)
    where not regexp_matches(subject_key, '[购新增减均其占调]|价值|预留|压缩|节约|比')
)
select subject_key, spoken.unit_of_measure, measured_kind, fund_code, line_item_code, statistic_code
from spoken
inner join cores using (subject_key)
inner join prose_names as names
    on core = name_key
    and case
        when measured_kind = 'money' then unit_kind = 'money'
        when measured_kind in ('rate', '') then true
        else unit_kind = 'count' and names.unit_of_measure = spoken.unit_of_measure
    end
    and not (instr(subject_key, '支出') > 0 and coalesce(line_item_code, '') like 'income%')
    and not (instr(subject_key, '收入') > 0 and coalesce(line_item_code, '') like 'expenditure%')
    and not (loses_total
        and (coalesce(line_item_code, '') like 'income%' or coalesce(line_item_code, '') like 'expenditure%'))
qualify row_number() over (
    partition by subject_key, spoken.unit_of_measure, measured_kind
    order by peeled, names.unit_of_measure <> spoken.unit_of_measure, unit_kind <> 'money',
        coalesce(line_item_code, statistic_code)
) = 1;

create temp table economic_names as
with names as (
    select years.fiscal_year, economic_code, label_key(economic_name) as name_key,
        years.fiscal_year not between coalesce(valid_from_year, 0) and coalesce(valid_to_year, 9999) as is_other_year
    from economic_subjects, (select distinct fiscal_year from dim_document where fiscal_year is not null) as years
    where scheme = 'department'
),
best as (
    from names qualify is_other_year = min(is_other_year) over (partition by name_key, fiscal_year)
)
select name_key, fiscal_year, min(economic_code) as economic_code
from best
group by all
having count(distinct economic_code) = 1;

create table fct_narrative_amount as
with stated as (
    select
        told.*, identities.unit_key, identities.fiscal_year as document_year, identities.scope_code,
        versions.is_current, rollups.unit_key is not null and scope_code = 'consolidated' as is_rollup,
        case when left(code_printed, 1) = '2' and length(code_printed) in (3, 5, 7) then code_printed end as own_code,
        instr(coalesce(section, ''), '基本支出') > 0 or regexp_matches(coalesce(parent_printed, ''),
            '人员经费|公用经费|人员支出|公用支出|工资福利|商品和服务|对个人和家庭|机关运行经费') as is_economic,
        class_name is not null or group_name is not null or item_name is not null as is_named,
        label_key(item_name) as item_key, label_key(group_name) as group_key, label_key(class_name) as class_key,
        case when right(subject_key, 2) = '支出' then left(subject_key, greatest(length(subject_key) - 2, 0)) end
            as shorter_key,
        regexp_extract(coalesce(section, ''), '[^/]*$', 0) as deepest
    from told
    inner join identities using (document_key)
    inner join versions using (document_key)
    left join rollups on identities.unit_key = rollups.unit_key and identities.fiscal_year = rollups.fiscal_year
        and identities.document_kind = rollups.statement_kind
    where is_disclosure
),
grouped as (
    select stated.*, classes.functional_code as class_code,
        coalesce(under.functional_code, anywhere.functional_code) as group_code
    from stated
    left join subject_names as classes
        on classes.level = 'class' and classes.above_code = '' and class_key = classes.name_key
        and document_year = classes.fiscal_year
    left join subject_names as under
        on under.level = 'group' and classes.functional_code = under.above_code and group_key = under.name_key
        and document_year = under.fiscal_year
    left join subject_names as anywhere
        on anywhere.level = 'group' and anywhere.above_code = '' and group_key = anywhere.name_key
        and document_year = anywhere.fiscal_year
),
contained as (
    select item_key, group_code, document_year,
        case
            when count(distinct functional_code) filter (left(name_key, length(item_key)) = item_key) = 1
                then min(functional_code) filter (left(name_key, length(item_key)) = item_key)
            when count(distinct functional_code) = 1 then min(functional_code)
        end as functional_code
    from (
        select distinct item_key, group_code, document_year from grouped where length(item_key) >= 4
    ) as items
    inner join subject_names as names
        on names.level = 'item' and group_code = names.above_code and document_year = names.fiscal_year
        and instr(names.name_key, item_key) > 0
    group by all
),
resolved as (
    select
        grouped.*,
        coalesce(subjects.functional_code, shorter.functional_code) as subject_code,
        coalesce(own_code, in_group.functional_code, contained.functional_code, in_class.functional_code,
            anywhere.functional_code, case when grouped.item_key is null then coalesce(grouped.group_code,
                class_code) end,
            case when not is_named and not is_economic and coalesce(lines.fund_code, '') <> 'state_capital'
                then subject_code end) as functional_code,
        case when not is_named and (is_economic or subject_code is null)
            then coalesce(economic.economic_code, shorter_economic.economic_code) end as economic_code,
        lines.line_item_code, lines.statistic_code as said_statistic, lines.fund_code as said_fund
    from grouped
    left join contained using (item_key, group_code, document_year)
    left join subject_names as in_group
        on in_group.level = 'item' and grouped.group_code = in_group.above_code
        and grouped.item_key = in_group.name_key and grouped.document_year = in_group.fiscal_year
    left join subject_names as in_class
        on in_class.level = 'item' and class_code = in_class.above_code and grouped.item_key = in_class.name_key
        and grouped.document_year = in_class.fiscal_year
    left join subject_names as anywhere
        on anywhere.level = 'item' and anywhere.above_code = '' and grouped.item_key = anywhere.name_key
        and grouped.document_year = anywhere.fiscal_year
    left join subject_names as subjects
        on subjects.level = 'any' and grouped.subject_key = subjects.name_key
        and grouped.document_year = subjects.fiscal_year
    left join subject_names as shorter
        on shorter.level = 'any' and shorter_key = shorter.name_key and grouped.document_year = shorter.fiscal_year
    left join economic_names as economic
        on grouped.subject_key = economic.name_key and grouped.document_year = economic.fiscal_year
    left join economic_names as shorter_economic
        on shorter_key = shorter_economic.name_key and grouped.document_year = shorter_economic.fiscal_year
    left join prose_subjects as lines
        on grouped.subject_key = lines.subject_key and grouped.measured_in = lines.unit_of_measure
        and grouped.measured_kind = lines.measured_kind
        and not (instr(coalesce(parent_printed, ''), '购置') > 0
            and left(coalesce(lines.line_item_code, ''), 9) = 'vehicles_'
                and lines.line_item_code <> 'vehicles_purchased')
)
select
    document_key || '-p' || amount_ordinal as amount_key, document_key, unit_key,
    coalesce(year_stated, case when resolved.stage_code in ('prior_budget', 'prior_final', 'prior_execution')
        then document_year - 1 else document_year end) as fiscal_year,
    scope_code, section, sentence, subject_printed, parent_printed, class_name, group_name, item_name, role, direction,
    base_code, resolved.stage_code, resolved.functional_code,
    case when resolved.functional_code is not null
        then coalesce(functional.functional_key, resolved.functional_code || '@seen') end as functional_key,
    resolved.economic_code,
    case when resolved.economic_code is not null
        then coalesce(economic.economic_key, resolved.economic_code || '@seen') end as economic_key,
    resolved.line_item_code, lines.measure_code,
    coalesce(said_fund, lines.fund_code, case
        when instr(deepest, '政府性基金') > 0 and instr(deepest, '一般公共预算') = 0 then 'gov_fund'
        when instr(deepest, '国有资本') > 0 then 'state_capital'
        when instr(deepest, '一般公共预算') > 0 and instr(deepest, '政府性基金') = 0 then 'general'
        when instr(deepest, '财政拨款') > 0 then 'appropriation'
        when instr(section, '政府性基金') > 0 and instr(section, '一般公共预算') = 0 then 'gov_fund'
        when instr(section, '国有资本') > 0 then 'state_capital'
        when instr(section, '一般公共预算') > 0 then 'general'
        when instr(section, '财政拨款') > 0 then 'appropriation'
    end) as fund_code,
    lines.three_public_code, coalesce(said_statistic, lines.statistic_code) as statistic_code,
    try_cast(value_text as decimal(24, 6)) as value, value_printed, decimals, resolved.unit_of_measure,
    (try_cast(value_text as decimal(24, 6)) * yuan_factor)::decimal(20, 2) as amount_yuan,
    (half_unit(decimals) * yuan_factor)::decimal(20, 6) as half_unit_yuan, coalesce(is_implied, false) as is_implied,
    page, source_line, paragraph_ordinal, table_ordinal, row_ordinal, column_ordinal, char_start, char_end, pattern,
    is_current, is_rollup, 'prose' as origin
from resolved
left join functional_year as functional
    on resolved.functional_code = functional.functional_code and document_year = functional.fiscal_year
left join economic_year as economic
    on resolved.economic_code = economic.economic_code and document_year = economic.fiscal_year
left join line_items as lines on resolved.line_item_code = lines.line_item_code;

-- Reconciliation. Figures of current versions with what identities know them by: an address of fifteen words, as one
-- hashed number. figure numbers are in the order of keys, so that the least of several is the same in every run.
create temp table doubts as
from (values (1, '数字由光学识别读出'), (2, '表内有未能识别的数字或表头'), (3, '表头与数字的对应把握不足')) as held(doubt, words);
create temp table column_words as
select
    column_label, regexp_replace(column_label, '^.*/', '') as leaf_label,
    regexp_matches(column_label, '(接待.*/.*(运行|购置)|(运行|购置).*/.*接待)') as names_two_items,
    regexp_matches(column_label, '(年初|上年)(基本|项目)?.{0,4}结') as names_opening,
    regexp_matches(column_label, '(年末|结转下年|下年|结余|结[(（]转[)）]余)') as names_closing,
    regexp_matches(column_label, '其中.{0,3}基本支出') as names_part
from (select distinct column_label from fct_statement_amount where column_label is not null) as labels;
create temp table row_words as
select row_label, label_key(row_label) as row_key
from (select distinct row_label from fct_statement_amount where row_label is not null) as labels;

create temp table prose_lines as
with named as (
    select label_key(subject) as name_key, line_item_code, fund_code from seed('rule_subjects')
),
keyed as (
    select subject_printed, label_key(subject_printed) as name_key,
        regexp_replace(label_key(subject_printed),
            '(20[0-9][0-9]年度|20[0-9][0-9]年|本年度|年度|本部门|本单位|我部门|我单位|全年|以合同签订为准|决算数|预算数|执行数|决算$|预算$|情况$|规模$)',
            '', 'g') as short_key
    from (
        select distinct subject_printed
        from fct_narrative_amount
        where subject_printed is not null and functional_code is null
    ) as subjects
),
found as (
    select subject_printed, keyed.name_key, coalesce(whole.line_item_code, short.line_item_code) as line_item_code,
        coalesce(whole.fund_code, short.fund_code) as fund_code
    from keyed
    left join named as whole on keyed.name_key = whole.name_key
    left join named as short on keyed.short_key = short.name_key
)
select subject_printed, line_item_code, fund_code from found where line_item_code is not null
union all
select subject_printed, arg_max(named.line_item_code, length(named.name_key)),
    arg_max(named.fund_code, length(named.name_key)) filter (named.fund_code is not null)
from found
inner join named
    on length(named.name_key) > 5 and length(found.name_key) > length(named.name_key)
    and right(found.name_key, length(named.name_key)) = named.name_key
    and not regexp_matches(left(found.name_key, length(found.name_key) - length(named.name_key)),
        '(一般公共|基金|国有资本|非财政|专户)')
where found.line_item_code is null
group by subject_printed;

create table scratch.figures as
with unread as (
    select distinct document_key, table_ordinal from printed_numbers where role = 'unmapped'
    union
    select distinct document_key, table_ordinal
    from fct_statement_amount
    inner join column_words using (column_label)
    where names_two_items
),
opening as (
    select document_key, table_ordinal, coalesce(side, '') as side, min(row_ordinal) as row_ordinal
    from fct_statement_amount
    where line_item_code = 'opening_balance'
    group by all
),
codes as (
    select distinct document_key, table_ordinal, functional_code, economic_code
    from fct_statement_amount
    where line_item_code is null and (functional_code is not null or economic_code is not null)
),
-- 2010301 hangs under 20103 where that row is printed, else under 201, else under the row of sums
parents as (
    select
        children.document_key, children.table_ordinal, coalesce(children.functional_code, '') as functional_code,
        coalesce(children.economic_code, '') as economic_code,
        max(functional.functional_code) as functional_parent, max(economic.economic_code) as economic_parent
    from codes as children
    left join codes as functional
        on children.document_key = functional.document_key and children.table_ordinal = functional.table_ordinal
        and functional.functional_code in (left(children.functional_code, 3), left(children.functional_code, 5))
        and length(functional.functional_code) < length(children.functional_code)
    left join codes as economic
        on children.document_key = economic.document_key and children.table_ordinal = economic.table_ordinal
        and economic.economic_code = left(children.economic_code, 3)
        and length(economic.economic_code) < length(children.economic_code)
    group by all
),
described as (
    select
        amounts.rowid as row_number, amount_key, amounts.document_key, amounts.table_ordinal, amounts.row_ordinal,
        header_column_ordinal as column_ordinal, amounts.column_label, scope_code, amounts.fiscal_year, project_key,
        statement_code, family,
        case
            when family in ('summary', 'appropriation_summary')
                and line_item_code in ('income_general', 'income_gov_fund', 'income_state_capital')
                and amounts.row_ordinal > opening.row_ordinal then 'opening_' || substr(line_item_code, 8)
            else line_item_code
        end as line_code,
        amounts.functional_code, amounts.economic_code, coalesce(functional_parent, '') as functional_parent,
        coalesce(economic_parent, '') as economic_parent, measure_code, amounts.fund_code, amounts.stage_code, flow,
        case
            when line_code is not null and (amounts.economic_code is null or family <> 'basic_economic') then 'line'
            when amounts.functional_code is not null and project_key is null then 'func'
            when amounts.economic_code is not null and project_key is null and row_key in ('合计', '总计', '总合计')
                then 'total'
            when amounts.economic_code is not null and family in ('basic_economic', 'economic_gov') then 'econ'
            when project_key is not null then 'project'
            when row_key in ('合计', '总计', '本年支出合计', '本年收入合计', '支出合计', '收入合计', '支出总计', '收入总计',
                '合计数', '总合计') then 'total'
            else 'other'
        end as row_kind,
        case
            when three_public_code in ('total', 'overseas', 'vehicle', 'vehicle_purchase', 'vehicle_operation',
                'hospitality')
                then three_public_code
            when family = 'three_public' and three_public_code is null and statistic_code is null
                and coalesce(line_code, 'tp_total') = 'tp_total' and role = 'amount' then 'total'
        end as three_public_code,
        case
            when names_opening then 'opening'
            when names_closing then 'closing'
            when names_part then 'of_which'
            when family in ('basic_economic', 'economic_gov') and instr(leaf_label, '人员') > 0 then 'personnel'
            when family in ('basic_economic', 'economic_gov') and instr(leaf_label, '公用') > 0 then 'public'
            when right(leaf_label, 2) in ('合计', '小计', '总计') then 'total'
            else 'plain'
        end as column_role,
        case
            when statement_code like 'perf%' and (instr(leaf_label, '分值') > 0 or instr(leaf_label, '权重') > 0)
                then 'weight'
            when statement_code like 'perf%' and instr(leaf_label, '得分') > 0 then 'score'
            when statement_code like 'perf%' and instr(leaf_label, '执行率') > 0 then 'completion_rate'
            else role
        end as role,
        case when is_of_which or is_detail then 'detail' when is_total then 'sum' else 'leaf' end as sum_flag,
        case when amount_yuan is not null then '元' else unit_of_measure end as unit_code,
        coalesce(amount_yuan, value)::decimal(24, 6) as value,
        case
            when unit_of_measure = '%' then half_unit(decimals)
            when value = 0 then 0
            when amount_yuan is not null then half_unit_yuan
            when unit_of_measure = '分' or coalesce(decimals, 0) > 0 then half_unit(decimals)
            else 0
        end::decimal(18, 6) as half_unit,
        case
            when is_ocr then 1
            when alignment_confidence < 60 then 3
            when unread.table_ordinal is not null then 2
        end::tinyint as doubt, null::integer as paragraph_ordinal, null::varchar as section
    from fct_statement_amount as amounts
    inner join statements as statements using (statement_code)
    left join column_words on amounts.column_label = column_words.column_label
    left join row_words on amounts.row_label = row_words.row_label
    left join opening on amounts.document_key = opening.document_key and amounts.table_ordinal = opening.table_ordinal
        and coalesce(amounts.side, '') = opening.side
    left join unread on amounts.document_key = unread.document_key and amounts.table_ordinal = unread.table_ordinal
    left join parents on amounts.document_key = parents.document_key and amounts.table_ordinal = parents.table_ordinal
        and coalesce(amounts.functional_code, '') = parents.functional_code
        and coalesce(amounts.economic_code, '') = parents.economic_code
    where is_current
),
sentences as (
    select
        amounts.rowid as row_number, amounts.*, documents.document_kind, documents.fiscal_year as document_year,
        subjects.line_item_code as said_line, subjects.fund_code as said_fund,
        regexp_extract(coalesce(section, ''), '[^/]*$', 0) as deepest, coalesce(parent_printed, '') as whose
    from fct_narrative_amount as amounts
    inner join (
        select document_key, document_kind, fiscal_year from dim_document where is_current
    ) as documents using (document_key)
    left join prose_lines as subjects on amounts.subject_printed = subjects.subject_printed
    where value is not null
),
told_figures as (
    select
        *,
        case
            when instr(whose, '涉及') > 0 or instr(deepest, '绩效') > 0 then null
            when document_kind = 'performance' and subject_printed in ('上级安排', '上级资金') then 'perf_fund_superior'
            when document_kind = 'performance' and subject_printed in ('本级安排', '本级资金') then 'perf_fund_own'
            when document_kind = 'performance' and subject_printed = '其他资金' then 'perf_fund_other'
            when coalesce(said_line, line_item_code) like 'tp%'
                and not regexp_matches(whose || coalesce(subject_printed, ''), '(车|接待|出国|三公)') then null
            else coalesce(said_line, line_item_code)
        end as line_code
    from sentences
),
everything as (
    from described
    union all by name
    select
        row_number, amount_key, document_key, table_ordinal, row_ordinal, column_ordinal, scope_code, fiscal_year,
        'prose' as statement_code, line_code, functional_code, economic_code, '' as functional_parent,
        '' as economic_parent, measure_code,
        coalesce(said_fund, case
            when instr(subject_printed, '一般公共预算') > 0 then 'general'
            when instr(subject_printed, '政府性基金') > 0 then 'gov_fund'
            when instr(subject_printed, '国有资本') > 0 then 'state_capital'
            when instr(deepest, '政府性基金') > 0 then 'gov_fund'
            when instr(deepest, '国有资本') > 0 then 'state_capital'
            when instr(section, '一般公共预算') > 0 then 'general'
            when instr(section, '财政拨款') > 0 and instr(section, '三公') = 0 then 'appropriation'
            else 'all'
        end) as fund_code,
        case
            when role in ('count', 'area') then stage_code
            when fiscal_year <> document_year then 'prior'
            when document_kind = 'budget' and stage_code in ('initial_budget', 'budget_unspecified') then 'own'
            when document_kind <> 'budget' and stage_code = 'final' then 'own'
            else stage_code
        end as stage_code,
        case
            when functional_code is not null then 'func'
            when economic_code is not null
                and (line_code is null or not (instr(coalesce(section, ''), '三公') > 0 or instr(whose, '三公') > 0))
                then 'econ'
            when line_code is not null then 'line'
            else 'other'
        end as row_kind,
        'plain' as column_role,
        case when role = 'amount' and not regexp_matches(value_printed, '[0-9]') then 'none_stated' else role end
            as role,
        'leaf' as sum_flag, case when amount_yuan is not null then '元' else unit_of_measure end as unit_code,
        (case when role = 'change' and direction = -1 then -abs(coalesce(amount_yuan, value))
            else coalesce(amount_yuan, value) end)::decimal(24, 6) as value,
        case
            when unit_of_measure = '%' then half_unit(decimals)
            when value = 0 then 0
            when amount_yuan is not null then half_unit_yuan
            when coalesce(decimals, 0) > 0 then half_unit(decimals)
            else 0
        end::decimal(18, 6) as half_unit,
        paragraph_ordinal, section
    from told_figures
)
select
    figure, everything.*,
    hash(statement_code, line_code, row_kind, functional_code, functional_parent, economic_code, economic_parent,
        measure_code, fund_code, stage_code, three_public_code, flow, column_role, role, sum_flag) as address
from everything
inner join (
    select is_prose, row_number, row_number() over (order by amount_key)::integer as figure
    from (
        select false as is_prose, rowid as row_number, amount_key from fct_statement_amount
        union all
        select true, rowid, amount_key from fct_narrative_amount
    ) as keys
) as numbers on (statement_code = 'prose') = is_prose and everything.row_number = numbers.row_number;

-- Terms of rules are matched to the few thousand addresses, not to the figures.
create temp table terms as
select
    row_number() over ()::smallint as term, dense_rank() over (order by rule_id, coalesce(branch, ''))
        as branch_number, rule_id,
    coalesce(branch, '') as branch, term_ordinal::integer as term_ordinal, side, coefficient::decimal(9, 4)
        as coefficient,
    need, coalesce(hold, '') as hold, comparison, method = 'pair' as is_pair, terms.* exclude (rule_id, branch,
        term_ordinal, side, coefficient, need)
from seed('rule_terms') as terms
inner join rules as rules using (rule_id)
where rules.is_default = 'Y';
create temp table term_addresses as
with addresses as (
    select distinct address, statement_code, line_code, row_kind, functional_code, functional_parent, economic_code,
        economic_parent, measure_code, fund_code, stage_code, three_public_code, flow, column_role, role, sum_flag
    from figures
),
spread as (select *, unnest(string_split(statements, '|')) as statement_code from terms)
select
    address, term, branch_number, rule_id, branch, side, coefficient, need, hold, is_pair,
    concat(
        case when instr(hold, 'S') > 0 then ':' || coalesce(addresses.stage_code, '') end,
        case when instr(hold, 'I') > 0 then ':' || coalesce(line_code, '') end,
        case when instr(hold, 'M') > 0 then ':' || coalesce(measure_code, '') end,
        case when instr(hold, 'F') > 0 then ':' || coalesce(fund_code, '') end,
        case when instr(hold, 'D') > 0 then ':' || coalesce(addresses.flow, '') end,
        case when instr(hold, 'P') > 0 then ':' || coalesce(three_public_code, '') end,
        case when instr(hold, 'K') > 0 then ':' || coalesce(functional_code, row_kind) end,
        case when instr(hold, 'H') > 0 then ':' || coalesce(
            case side when 'left' then functional_code when 'right' then functional_parent else '*' end, '') end,
        case when instr(hold, 'E') > 0 then ':' || coalesce(economic_code, '') end,
        case when instr(hold, 'G') > 0 then ':' || coalesce(
            case side when 'left' then economic_code when 'right' then economic_parent else '*' end, '') end
    ) as address_place
from spread
inner join addresses using (statement_code)
where (lines is null or list_contains(string_split(lines, '|'), line_code))
    and (row_kinds is null or list_contains(string_split(row_kinds, '|'), row_kind))
    and (functional_codes is null or list_contains(string_split(functional_codes, '|'), functional_code))
    and (economic_codes is null or list_contains(string_split(economic_codes, '|'), economic_code))
    and (measures is null or list_contains(string_split(measures, '|'), measure_code))
    and (funds is null or list_contains(string_split(funds, '|'), fund_code))
    and (three_public_codes is null or list_contains(string_split(three_public_codes, '|'), three_public_code))
    and (flows is null or list_contains(string_split(flows, '|'), addresses.flow))
    and (column_roles is null or list_contains(string_split(column_roles, '|'), column_role))
    and (roles is null or list_contains(string_split(roles, '|'), addresses.role))
    and (sum_flags is null or list_contains(string_split(sum_flags, '|'), sum_flag))
    and (functional_level is null or length(coalesce(functional_code, '')) = functional_level::integer)
    and (parent_level is null or length(functional_parent) = parent_level::integer)
    and (economic_level is null or length(coalesce(economic_code, '')) = economic_level::integer)
    and (economic_parent_level is null or length(economic_parent) = economic_parent_level::integer)
    and (stages is null or list_contains(string_split(stages, '|'), addresses.stage_code)
        or (instr('|' || stages || '|', '|own|') > 0 and (
            (statement_code like 'final%' and addresses.stage_code = 'final')
            or (statement_code like 'budget%' and addresses.stage_code in ('budget_unspecified', 'initial_budget'))
            or (addresses.stage_code is null and addresses.role in ('count', 'area')))));

-- A figure at a place of a rule. What a rule compares has one place; of terms that add up, two cells of one address
-- at one place are one figure printed twice; other terms name one figure, however often it is printed.
create temp table numbered_documents as
select document_key, row_number() over ()::integer as document_number from dim_document where is_current;
create temp table numbered_units as
select unit_code, row_number() over (order by unit_code)::smallint as unit_number
from (select distinct unit_code from figures where unit_code is not null) as units;
create temp table matched as
with numbered as (
    select figures.*, document_number, unit_number,
        case when figures.column_label <> '' then hash(figures.column_label) end as label_number
    from figures
    inner join numbered_documents using (document_key)
    left join numbered_units using (unit_code)
)
select
    term, figure, document_number, value, half_unit, unit_number, doubt,
    hash(
        document_number, branch_number, address_place, case when not is_pair then scope_code end,
        case when instr(hold, 'R') = 0 then fiscal_year end,
        case when instr(hold, 'T') > 0 then table_ordinal end,
        case when instr(hold, 'R') > 0 then row_ordinal when instr(hold, 'A') > 0 then paragraph_ordinal end,
        case when instr(hold, 'C') > 0 and label_number is null then column_ordinal end,
        case when instr(hold, 'C') > 0 or instr(hold, 'L') > 0 then label_number end,
        case when instr(hold, 'B') > 0 then nullif(section, '') end
    ) as place,
    case when need <> 'any' then 0 when instr(hold, 'R') > 0 then column_ordinal else numbered.address end as counted,
    case when need = 'any' and instr(hold, 'R') = 0 and row_kind in ('project', 'other') then row_ordinal end
        as counted_row
from numbered
inner join term_addresses on numbered.address = term_addresses.address;

create temp table results as
with needed as (
    select rule_id, branch, count(*) filter (need = 'required') as required_terms,
        bool_or(side = 'right') as has_right, bool_or(side = 'right' and need in ('any', 'part')) as has_any_right,
        bool_or(side = 'only') as has_only
    from terms
    where side in ('left', 'right', 'base', 'factor', 'only')
    group by all
),
items as (
    select place, term, min(value) as value, max(value) as greatest, max(half_unit) as half_unit, min(figure) as figure,
        min(unit_number) as least_unit, max(unit_number) as greatest_unit, min(doubt) as doubt
    from matched
    where term in (select term from terms where not is_pair)
    group by place, term, counted, counted_row
),
sums as (
    select
        place, min(branch_number) as branch_number,
        sum(coefficient * value) filter (side = 'left') as left_value,
        sum(abs(coefficient) * half_unit) filter (side = 'left') as left_half,
        min(figure) filter (side = 'left') as left_figure,
        sum(coefficient * value) filter (side = 'right') as right_value,
        sum(abs(coefficient) * half_unit) filter (side = 'right') as right_half,
        min(figure) filter (side = 'right') as right_figure,
        min(items.term) filter (side = 'right') as right_term, max(items.term) filter (side = 'right')
            as last_right_term,
        sum(coefficient * value) filter (side = 'base') as base_value,
        sum(abs(coefficient) * half_unit) filter (side = 'base') as base_half,
        sum(coefficient * value) filter (side = 'factor') as factor_value,
        sum(coefficient * value) filter (side = 'or') as or_value,
        sum(abs(coefficient) * half_unit) filter (side = 'or') as or_half,
        sum(coefficient * value) filter (side = 'or_base') as or_base_value,
        coalesce(bool_or(value <> 0) filter (side = 'guard'), false) as is_guarded,
        bool_or(side = 'unless') as is_excepted,
        bool_or(side = 'only') as is_meant,
        bool_or(value <> greatest and side not in ('guard', 'unless', 'only')) as is_ambiguous,
        count(*) filter (need = 'required' and side in ('left', 'right', 'base', 'factor')) as matched_terms,
        min(items.least_unit) filter (side in ('left', 'right')) as least_unit,
        max(items.greatest_unit) filter (side in ('left', 'right')) as greatest_unit,
        min(doubt) as doubt
    from items
    inner join terms on items.term = terms.term
    group by place
),
compared as (
    select
        sums.*, rules.rule_id, rules.branch, rules.hold, comparison,
        case when right_term is null then 0 when right_term = last_right_term then 1 else 2 end as part_count,
        case when base_value <> 0 then right_value::decimal(24, 6) / base_value end as share,
        case
            when comparison = 'rate' then 100 * share
            when comparison = 'capped' then factor_value * least(share, 1)
            when comparison = 'among' and or_value is not null
                and (right_value is null or abs(left_value - or_value) < abs(left_value - right_value)) then or_value
            when not has_right then 0
            else right_value
        end as first_right,
        case
            when comparison = 'rate' and or_base_value <> 0 then 100 * right_value::decimal(24, 6) / or_base_value
            when comparison = 'capped' and or_base_value <> 0
                then factor_value * least(right_value::decimal(24, 6) / or_base_value, 1)
            when comparison = 'capped' and or_value is not null then factor_value * least(or_value, 100) / 100
        end as other_right,
        case
            when comparison in ('rate', 'capped') and base_value <> 0
                then left_half * case comparison when 'rate' then 1 else 2 end
                    + case comparison when 'rate' then 100 else factor_value end
                    * (right_half + abs(share) * base_half) / abs(base_value)
            else left_half + coalesce(right_half, 0)
                + case when comparison = 'among' and right_value is null then or_half else 0 end
        end as wide,
        case
            when is_ambiguous then '同一位置有两个不同的数'
            when matched_terms < required_terms then '缺少需要的数'
            when has_any_right and right_term is null and or_value is null then '各部分均未列示'
            when comparison in ('rate', 'capped') and base_value = 0 then '分母为零'
            when least_unit <> greatest_unit and comparison not in ('rate', 'capped') then '计量单位不同'
        end as missing
    from sums
    inner join (
        select distinct branch_number, rule_id, branch, hold, comparison from terms
    ) as rules using (branch_number)
    inner join needed on rules.rule_id = needed.rule_id and rules.branch = needed.branch
    where left_value is not null and not is_excepted and is_meant = has_only
        and (not has_right or right_term is not null or or_value is not null)
)
select
    place, rule_id, branch, hold, left_figure, right_figure, part_count, left_value::decimal(24, 6) as left_value,
    case
        when other_right is not null and abs(left_value - other_right) < abs(left_value - first_right) then other_right
        else first_right
    end::decimal(24, 6) as right_side,
    case when comparison = '<=' and left_value::decimal(24, 6) <= right_side then 0::decimal(24, 6)
        else (left_value::decimal(24, 6) - right_side)::decimal(24, 6) end as difference,
    wide::decimal(24, 6) as tolerance, missing,
    coalesce(words, case when is_guarded then '有未能识别的行，各部分可能不全' end) as doubt,
    case
        when missing is not null or difference is null then 'incomplete'
        when difference = 0 then 'exact'
        when abs(difference) <= wide::decimal(24, 6) then 'rounding'
        else 'discrepant'
    end as status, false as is_pair
from compared
left join doubts using (doubt);

-- Prose against the nearest table cell that may hold the same figure. A stand-in (本年收入 for 收入总计) may agree; it
-- accuses only beside the figure it stands in for.
insert into results
with sides as (
    select matched.*, rule_id, branch, term_ordinal, side, need from matched inner join terms using (term) where is_pair
),
nearest as (
    select
        told.rule_id, told.branch, told.place, told.figure as left_figure, cells.figure as right_figure,
        told.value as left_value, cells.value as right_side, told.half_unit + cells.half_unit as tolerance,
        coalesce(told.doubt, cells.doubt) as doubt,
        bool_or(cells.need = 'any') over (partition by told.rule_id, told.branch, told.figure) as has_counterpart
    from sides as told
    inner join sides as cells using (place, unit_number)
    where told.side = 'left' and cells.side = 'right'
    qualify row_number() over (
        partition by told.rule_id, told.branch, told.figure
        order by abs(told.value - cells.value) > told.half_unit + cells.half_unit, cells.term_ordinal,
            abs(told.value - cells.value), cells.figure
    ) = 1
),
judged as (
    select *, (left_value - right_side)::decimal(24, 6) as difference,
        case when not has_counterpart and abs(left_value - right_side) > tolerance then '报表未列示对应的数' end as missing
    from nearest
    qualify row_number() over (
        partition by rule_id, left_figure order by missing is not null, abs(difference) desc, right_figure
    ) = 1
)
select
    hash(rule_id, left_figure), rule_id, branch, '', left_figure, right_figure, 1, left_value, right_side, difference,
    tolerance, missing, words,
    case when missing is not null then 'incomplete' when difference = 0 then 'exact'
        when abs(difference) <= tolerance then 'rounding' else 'discrepant' end,
    true
from judged
left join doubts using (doubt);

-- Where something is accused, every doubt about a figure used speaks for the document; a table with rows nobody could
-- name may hold the part that a subject lacks.
create temp table doubted as
select place, min(words) as doubt
from (
    select distinct place, matched.doubt
    from matched
    semi join (from results where status = 'discrepant') as accused using (place)
    inner join terms using (term)
    where matched.doubt is not null and side not in ('guard', 'unless', 'only')
    union
    select place, figures.doubt
    from results
    inner join figures on figure in (left_figure, right_figure)
    where is_pair and status = 'discrepant' and figures.doubt is not null
) as found
inner join doubts using (doubt)
group by all;
create temp table unnamed_tables as
select distinct document_key, table_ordinal
from figures
where row_kind = 'other' and role = 'amount' and unit_code = '元' and value <> 0;

create table fct_reconciliation as
with templates as (
    select
        rule_id, rule_kind, name_zh, name_en, valid_from_year::integer as first_year, valid_to_year::integer
            as last_year,
        replace(replace(replace(replace(replace(replace(replace(message_zh, '{place}', '{0}'), '{left_label}', '{1}'),
            '{right_label}', '{2}'), '{left}', '{3}'), '{right}', '{4}'), '{difference}', '{5}'), '{tolerance}', '{6}')
            as text_zh,
        replace(replace(replace(replace(replace(replace(replace(message_en, '{place}', '{0}'), '{left_label}', '{1}'),
            '{right_label}', '{2}'), '{left}', '{3}'), '{right}', '{4}'), '{difference}', '{5}'), '{tolerance}', '{6}')
            as text_en
    from rules
),
-- what a figure is called, and where it stands
named as (
    select
        figure, amounts.statement_code, name_zh as statement_name,
        coalesce(nullif(row_label, '') || '·', '') || coalesce(amounts.column_label, '') as label,
        case
            when page is not null then '第' || page || '页'
            when sheet is not null then '工作表' || sheet || coalesce(' ' || amounts.address, '')
            when source_line is not null then '第' || source_line || '行'
            else ''
        end as stands_at,
        unit_of_measure, half_unit
    from figures
    inner join fct_statement_amount as amounts
        on figures.row_number = amounts.rowid and figures.statement_code <> 'prose'
    left join statements as statements on amounts.statement_code = statements.statement_code
    union all
    select
        figure, 'prose', '文字说明', subject_printed,
        case when page is not null then '第' || page || '页' when source_line is not null then '第' || source_line || '行'
            else '' end,
        unit_of_measure, half_unit
    from figures
    inner join fct_narrative_amount as amounts
        on figures.row_number = amounts.rowid and figures.statement_code = 'prose'
),
placed as (
    select
        results.*, right_side as right_value, templates.* exclude (rule_id), lefts.document_key, documents.unit_key,
        coalesce(lefts.fiscal_year, documents.fiscal_year) as fiscal_year,
        coalesce(lefts.scope_code, documents.scope_code) as scope_code,
        case when lefts.stage_code not in ('own', 'prior') then lefts.stage_code end as stage_code, lefts.fund_code,
        coalesce(lefts.functional_code, lefts.economic_code) as subject_code, lefts.amount_key as left_amount_key,
        rights.amount_key as right_amount_key, lefts.unit_code,
        case when is_pair then concat(rule_id, ':', lefts.document_key, ':', lefts.amount_key) else
        concat(rule_id, ':', lefts.document_key, ':', lefts.scope_code, ':',
            case when instr(results.hold, 'R') = 0 then coalesce(lefts.fiscal_year, 0) end, ':', results.branch,
            case when instr(results.hold, 'T') > 0 then ':' || lefts.table_ordinal end,
            case when instr(results.hold, 'R') > 0 then ':' || lefts.row_ordinal end,
            case when instr(results.hold, 'C') > 0
                then ':' || coalesce(nullif(lefts.column_label, ''), lefts.column_ordinal::varchar) end,
            case when instr(results.hold, 'L') > 0 then ':' || coalesce(lefts.column_label, '') end,
            address_places.address_place,
            case when instr(results.hold, 'A') > 0 then ':' || coalesce(lefts.paragraph_ordinal::varchar, '') end,
            case when instr(results.hold, 'B') > 0 then ':' || coalesce(lefts.section, '') end
        ) end as reconciliation_key,
        case
            when results.status <> 'discrepant' then null
            when coalesce(results.doubt, doubted.doubt) is not null then coalesce(results.doubt, doubted.doubt)
            when rule_kind = 'hierarchy' and unnamed_tables.document_key is not null
                then '表内有未能识别的行，各部分可能不全'
        end as excuse
    from results
    inner join templates using (rule_id)
    inner join figures as lefts on results.left_figure = lefts.figure
    inner join dim_document as documents on lefts.document_key = documents.document_key
    left join figures as rights on results.right_figure = rights.figure
    left join (
        select distinct address, hold, address_place from term_addresses where side = 'left'
    ) as address_places on lefts.address = address_places.address and results.hold = address_places.hold
    left join doubted on results.place = doubted.place
    left join unnamed_tables
        on lefts.document_key = unnamed_tables.document_key and lefts.table_ordinal = unnamed_tables.table_ordinal
    where documents.fiscal_year is null
        or documents.fiscal_year between coalesce(first_year, 0) and coalesce(last_year, 9999)
),
worded as (
    select
        placed.* exclude (status), coalesce(lefts.label, '') as left_label,
        concat(lefts.statement_name, case when lefts.statement_name is not null then '·' end, coalesce(lefts.label, ''),
            case when lefts.stands_at <> '' then '（' || lefts.stands_at || '）' end) as place_words,
        case
            when part_count > 1 then '各部分合计'
            when unit_code = '%' then '按所列数计算'
            else concat(rights.statement_name, case when rights.statement_name is not null then '·' end,
                coalesce(rights.label, '应为'), case when rights.stands_at <> '' then '（' || rights.stands_at || '）' end)
        end as right_label,
        case when excuse is not null then 'incomplete' else status end as status,
        coalesce(rule_kind = 'rate' and status = 'discrepant' and left_value < right_value
            and abs(difference) <= tolerance + lefts.half_unit, false) as is_truncation,
        case when unit_code = '元' and lefts.unit_of_measure = '万元' then 0.0001::decimal(5, 4) else 1 end as factor,
        case when unit_code = '元' and lefts.unit_of_measure = '万元' then '万元' else coalesce(unit_code, '') end as unit
    from placed
    inner join named as lefts on placed.left_figure = lefts.figure
    left join named as rights
        on case when part_count <= 1 and coalesce(unit_code, '') <> '%' then placed.right_figure end = rights.figure
),
shown as (
    select *,
        coalesce(shown(left_value * factor) || unit, '—') as left_shown,
        case when right_value = left_value then left_shown else coalesce(shown(right_value * factor) || unit, '—') end
            as right_shown,
        case when difference = 0 then '0' || unit else coalesce(shown(difference * factor) || unit, '—') end
            as difference_shown,
        case when tolerance = 0 then '0' || unit else coalesce(shown(tolerance * factor) || unit, '—') end
            as tolerance_shown
    from worded
),
linear as (
select
    reconciliation_key, rule_id, document_key, unit_key, fiscal_year, scope_code, stage_code, fund_code, subject_code,
    place_words as place, left_value, right_value, difference, tolerance, coalesce(unit_code, '') as unit_of_measure,
    status, coalesce(excuse, missing) as reason, is_truncation, left_amount_key, right_amount_key,
    case status
        when 'incomplete'
            then concat(name_zh, '：', place_words, ' 未能核对：', coalesce(excuse, missing, '缺少需要的数'))
        else concat(name_zh, '：',
            format(text_zh, place_words, left_label, right_label, left_shown, right_shown, difference_shown,
                tolerance_shown),
            case when status = 'rounding' then '，属四舍五入' when is_truncation then '；为截断而非四舍五入所致' end)
    end as message_zh,
    case status
        when 'incomplete' then concat(name_en, ': not evaluated at ', place_words)
        else concat(name_en, ': ',
            format(text_en, place_words, left_label, right_label, left_shown, right_shown, difference_shown,
                tolerance_shown),
            case when status = 'rounding' then '; explained by rounding'
                when is_truncation then '; the last digit was cut off instead of rounded' end)
    end as message_en,
    place as place_number
from shown
)
from linear;

-- Sums of leaves: a printed total that an additive fact adds up to.
create temp table leaf_sums as
with totals as (
    select
        amount_key, document_key, unit_key, fiscal_year, scope_code, stage_code, statement_code, amounts.fund_code,
        measure_code, functional_code, economic_code, line_item_code, flow, amount_yuan,
        case when amount_yuan <> 0 then half_unit_yuan else 0 end as half_unit_yuan,
        not is_ocr and coalesce(alignment_confidence, 100) >= 50 as is_certain,
        name_zh || ' ' || coalesce(row_code || ' ', '') || coalesce(row_label, '') || ' · ' || coalesce(column_label,
            '')
        || coalesce(' 第' || page || '页', '') || coalesce(' 第' || source_line || '行', '') as place
    from fct_statement_amount as amounts
    inner join (select statement_code, name_zh from statements) as statements using (statement_code)
    where is_current and is_total and role = 'amount' and amount_yuan is not null and project_key is null
        and coalesce(length(functional_code), 3) = 3 and coalesce(length(economic_code), 3) = 3
        and (row_kind in ('total', 'subject') or line_item_code is not null)
        and (row_kind <> 'subject' or length(coalesce(functional_code, economic_code)) = 3)
),
facts as (
    select 'leaf_sum_expenditure' as rule_id, unit_key, fiscal_year, scope_code, stage_code,
        unnest([fund_code, 'all']) as slice, left(functional_code, 3) as class_code, amount_yuan, half_unit_yuan
    from fct_expenditure
    union all
    -- what the derived remainder was taken from is rounded too
    select 'leaf_sum_expenditure', unit_key, fiscal_year, scope_code, stage_code, 'all', left(functional_code, 3), 0,
        half_unit_yuan
    from expenditure_chosen
    semi join (from fct_expenditure where fund_code in ('general', 'gov_fund', 'state_capital')) as split
        using (unit_key, fiscal_year, scope_code, stage_code)
    where fund_code = 'all'
    union all
    select 'leaf_sum_income', unit_key, fiscal_year, scope_code, stage_code, 'all', left(functional_code, 3),
        amount_yuan,
        half_unit_yuan
    from fct_income
    union all
    select 'leaf_sum_economic', unit_key, fiscal_year, scope_code, stage_code,
        fund_code || '|' || scheme || '|' || unnest(list_distinct([measure_code, measure_group_code, 'total'])),
        left(economic_code, 3), amount_yuan, half_unit_yuan
    from fct_economic_expenditure
),
sliced as (
    select 'leaf_sum_expenditure' as rule_id, totals.*,
        case when totals.fund_code = 'appropriation' then 'unsplit' else totals.fund_code end as slice,
        functional_code as class_code
    from totals
    semi join expenditure_chosen using (document_key, statement_code, unit_key, fiscal_year, scope_code, stage_code,
        fund_code)
    where flow = 'expenditure' and measure_code = 'total' and economic_code is null
        and coalesce(line_item_code, 'expenditure_this_year') = 'expenditure_this_year'
    union all by name
    select 'leaf_sum_income' as rule_id, totals.*, 'all' as slice, functional_code as class_code
    from totals
    semi join (from income_chosen where statement_code in ('final_income', 'budget_income')) as sources
        using (document_key, statement_code, unit_key, fiscal_year, scope_code, stage_code)
    anti join (from fct_income where measure_code = 'carry_over' and amount_yuan <> 0) as carrying
        using (unit_key, fiscal_year, scope_code, stage_code)
    where flow = 'income' and measure_code = 'total' and fund_code = 'all' and line_item_code is null
    union all by name
    select 'leaf_sum_economic' as rule_id, totals.*,
        fund_code || '|' || case when left(economic_code, 1) = '5' then 'government' else 'department' end || '|'
        || measure_code as slice, economic_code as class_code
    from totals
    semi join economic_chosen using (document_key, statement_code, unit_key, fiscal_year, scope_code, stage_code)
    where functional_code is null
)
select
    sliced.rule_id, amount_key, document_key, unit_key, fiscal_year, scope_code, stage_code, sliced.fund_code,
        sliced.class_code,
    place, is_certain, sliced.amount_yuan as right_value, sum(facts.amount_yuan) as left_value,
    sum(facts.half_unit_yuan) + max(sliced.half_unit_yuan) as tolerance
from sliced
inner join facts using (rule_id, unit_key, fiscal_year, scope_code, stage_code, slice)
where sliced.class_code is null or sliced.class_code = facts.class_code
group by all;

create temp table used as
select place, figure, sum(case when side in ('right', 'or') then -coefficient else coefficient end) as coefficient
from matched
inner join terms using (term)
where side not in ('guard', 'unless', 'only') and not is_pair
group by all
union all
select place, unnest([left_figure, right_figure]), unnest([1, -1]) from results where is_pair;

drop table results;
insert into fct_reconciliation
with accused as (
    select distinct amount_key
    from used
    semi join (from fct_reconciliation where status = 'discrepant')
        as discrepant on used.place = discrepant.place_number
    inner join figures using (figure)
),
judged as (
    select *, (left_value - right_value)::decimal(24, 6) as difference,
        case
            when not is_certain or left_value is null then 'incomplete'
            when left_value = right_value then 'exact'
            when abs(left_value - right_value) <= tolerance then 'rounding'
            else 'discrepant'
        end as added
    from leaf_sums
)
select
    rule_id || ':' || amount_key, rule_id, document_key, unit_key, fiscal_year, scope_code, stage_code, fund_code,
    class_code, place, left_value, right_value, difference, tolerance, '元',
    case when added = 'discrepant' and accused.amount_key is null then 'incomplete' else added end,
    case when added = 'discrepant' and accused.amount_key is null then '可加数据与打印合计不符，由本仓库的取数引起' end,
    false, amount_key, null,
    place || '：末级科目合计' || shown(left_value) || '元，打印合计' || shown(right_value) || '元，相差' || shown(difference)
    || '元，容差' || shown(tolerance) || '元',
    place || ': leaves add up to ' || shown(left_value) || ' yuan, printed total ' || shown(right_value)
    || ' yuan, difference ' || shown(difference) || ', tolerance ' || shown(tolerance),
    null
from judged
left join accused using (amount_key);

create table bridge_reconciliation_amount as
select reconciliation_key, amount_key, coefficient::decimal(9, 4) as coefficient
from used
inner join fct_reconciliation as results on used.place = results.place_number
inner join figures using (figure)
union all
select distinct reconciliation_key, left_amount_key, -1::decimal(9, 4)
from fct_reconciliation
where rule_id like 'leaf_sum%'
union all
select reconciliation_key, facts.amount_key, 1::decimal(9, 4)
from fct_reconciliation as results
inner join (
    select distinct unit_key, fiscal_year, scope_code, stage_code, fund_code, functional_code,
        amount_key from fct_expenditure
) as facts using (unit_key, fiscal_year, scope_code, stage_code, fund_code)
where rule_id = 'leaf_sum_expenditure' and (subject_code is null or subject_code = left(functional_code, 3));

create table fct_rule_coverage as
with results as (
    select document_key, rule_id, count(*) filter (status <> 'incomplete') as places, count(*) as tried,
        min(reason) as reason
    from fct_reconciliation
    group by all
),
filled as (
    select document_key, rule_id, min(side) <> max(side) as has_both
    from (select distinct document_number, term from matched) as held
    inner join terms using (term)
    inner join numbered_documents using (document_number)
    where side not in ('guard', 'unless', 'only')
    group by all
),
told as (
    select
        documents.*, rules.*, places, tried, results.reason, has_both,
        case
            when places > 0 then 'checked'
            when tried > 0 then 'tried'
            when is_default <> 'Y' then 'off'
            when not is_current then 'superseded'
            when document_kind is null then 'no_disclosure'
            when instr(document_kinds, document_kind) = 0 then 'other_kind'
            when fiscal_year < valid_from_year::integer or fiscal_year > valid_to_year::integer then 'other_year'
            when not has_both then 'one_side'
        end as why
    from (select document_key, document_kind, fiscal_year, is_current from dim_document) as documents
    cross join (
        select rule_id, is_default, document_kinds, valid_from_year, valid_to_year from rules
    ) as rules
    left join results using (document_key, rule_id)
    left join filled using (document_key, rule_id)
)
select
    document_key, rule_id,
    case why when 'checked' then 'applied' when 'tried' then 'not_evaluable' when 'one_side' then 'not_evaluable'
        else 'not_applicable' end as state,
    case why
        when 'checked' then '已核对' || places || '处'
        when 'tried' then coalesce(reason, '缺少需要的数')
        when 'off' then '规则默认不启用'
        when 'superseded' then '不是现行版本'
        when 'no_disclosure' then '不是部门预决算公开'
        when 'other_kind' then '不适用于这类文件'
        when 'other_year' then '不适用于这一年度'
        when 'one_side' then '只有一方有数，另一方未列示'
        else '文件中没有这条规则所涉及的数'
    end as reason
from told;

create table dim_functional_subject as
with seen as (
    select functional_code, fiscal_year, label_key(row_label) as name, row_code is not null as is_row, 1 as uses
    from fct_statement_amount where functional_key = functional_code || '@seen'
    union all
    select functional_code, fiscal_year, null, false, 0
    from fct_narrative_amount where functional_key = functional_code || '@seen'
    union all
    select functional_code, fiscal_year, null, false, 0
    from fct_expenditure where functional_key = functional_code || '@seen'
),
called as (
    select functional_code, arg_max(name, row(uses, name)) as name
    from (select functional_code, name, count(*) as uses from seen where is_row group by all) as counted
    group by all
),
listed as (
    select functional_code, arg_max(functional_name, row(coalesce(valid_from_year, 0), functional_name)) as name
    from functional_subjects group by all
),
subjects as (
    from functional_subjects
    union all by name
    select functional_code || '@seen' as functional_key, functional_code,
        coalesce(max(called.name), max(listed.name)) as functional_name,
        case length(functional_code) when 3 then 'class' when 5 then 'group' else 'item' end as level,
        min(fiscal_year) as valid_from_year, max(fiscal_year) as valid_to_year, false as is_official,
        false as is_vouched, '仅见于披露文件' as basis
    from seen
    left join called using (functional_code)
    left join listed using (functional_code)
    group by functional_code
),
above as (
    select subjects.functional_key,
        arg_max(upper.functional_name, row(coalesce(upper.valid_from_year, 0), upper.functional_name))
            filter (upper.level = 'class') as class_name,
        arg_max(upper.functional_name, row(coalesce(upper.valid_from_year, 0), upper.functional_name))
            filter (upper.level = 'group') as group_name
    from subjects
    inner join subjects as upper
        on upper.functional_code in (left(subjects.functional_code, 3), left(subjects.functional_code, 5))
        and coalesce(upper.valid_from_year, 0) <= coalesce(subjects.valid_to_year, 9999)
    group by all
),
divisions as (
    select functional_key, arg_max(cofog_division, length(cofog.functional_code)) as cofog_division
    from subjects
    inner join seed('cofog') as cofog on cofog.functional_code in (
        left(subjects.functional_code, 3), left(subjects.functional_code, 5), subjects.functional_code)
    group by all
)
select
    functional_key, functional_code, functional_name, level, left(functional_code, 3) as class_code,
    coalesce(class_name, case when level = 'class' then functional_name end) as class_name,
    case when length(functional_code) >= 5 then left(functional_code, 5) end as group_code,
    case when length(functional_code) >= 5 then group_name end as group_name,
    valid_from_year, valid_to_year, is_official, is_vouched, cofog_division, basis
from subjects
left join above using (functional_key)
left join divisions using (functional_key);

create table dim_economic_subject as
with seen as (
    select economic_code, fiscal_year, case when row_code = economic_code then label_key(row_label) end as name
    from fct_statement_amount where economic_key = economic_code || '@seen'
    union all
    select economic_code, fiscal_year, null from fct_narrative_amount where economic_key = economic_code || '@seen'
),
called as (
    select economic_code, arg_max(name, row(uses, name)) as name
    from (select economic_code, name, count(*) as uses from seen where name is not null group by all) as counted
    group by all
),
listed as (
    select economic_code, arg_max(economic_name, row(coalesce(valid_from_year, 0), economic_name)) as name
    from economic_subjects group by all
),
subjects as (
    from economic_subjects
    union all by name
    select economic_code || '@seen' as economic_key, economic_code,
        coalesce(max(called.name), max(listed.name)) as economic_name,
        case length(economic_code) when 3 then 'class' else 'item' end as level,
        case left(economic_code, 1) when '5' then 'government' else 'department' end as scheme,
        left(economic_code, 3) in ('301', '303') as is_personnel, min(fiscal_year) as valid_from_year,
        max(fiscal_year) as valid_to_year, false as is_official, false as is_vouched, '仅见于披露文件' as basis
    from seen
    left join called using (economic_code)
    left join listed using (economic_code)
    group by economic_code
),
above as (
    select subjects.economic_key,
        arg_max(classes.economic_name, row(coalesce(classes.valid_from_year, 0), classes.economic_name)) as class_name
    from subjects
    inner join subjects as classes
        on classes.economic_code = left(subjects.economic_code, 3) and classes.scheme = subjects.scheme
        and coalesce(classes.valid_from_year, 0) <= coalesce(subjects.valid_to_year, 9999)
    group by all
)
select
    economic_key, economic_code, economic_name, level, scheme, left(economic_code, 3) as class_code, class_name,
    is_personnel, valid_from_year, valid_to_year, is_official, is_vouched, basis
from subjects
left join above using (economic_key);

create table dim_fiscal_year as
select fiscal_year, fiscal_year || '年度' as fiscal_year_name, (fiscal_year || '-01-01')::date as first_day
from (
    select fiscal_year from fct_statement_amount
    union
    select fiscal_year from identities
    union
    select fiscal_year from fct_narrative_amount
) as years
where fiscal_year is not null;

alter table fct_reconciliation drop column place_number;
checkpoint;
