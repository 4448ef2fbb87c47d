-- Grain: one row per thing wrong that is no arithmetic (非数值问题): statements announced and absent, years that differ,
-- template text, names of subjects, sentences cut off. They become findings, not results of an identity.
{% set text = dbt.type_string() %}
{% set none_of = '(空表|没有|未安排|未发生|不涉及|未使用|无(政府性|国有资本)|无此|(基金|国有资本)[^。]{0,40}(为零|[^0-9.,]0[.]?0*万?元|无))' %}
{% set ordinal = '^[ 　]*[（(]?[一二三四五六七八九十0-9]+[）)]?[、.．][ 　]*' %}
with

documents as (

    select document_key, document_kind, fiscal_year, file_format
    from {{ ref('dim_document') }}
    where is_current and document_kind is not null

),

-- 上述报表详见附件: the statements are published, in a file of their own (附表 should stand in the document itself)
attached as (

    select distinct paragraphs.document_key
    from {{ ref('stg_landing__paragraphs') }} as paragraphs
    inner join documents on paragraphs.document_key = documents.document_key
    where instr(paragraphs.text, '附') > 0
        and {{ regex_matches(
            without_blanks('paragraphs.text'), '((决算|预算|报)表[^。]{0,12}见附件|附[件表][：:].{2,40}[.](xlsx?|et|pdf|docx?|zip|rar))'
        ) }}

),

found_statements as (

    select distinct document_key
    from {{ ref('mart_statement_presence') }}
    where is_found and statement_code is not null and statement_code not like 'perf%'

),

-- a form that stands there under the very title announced is there, whatever it was taken for
printed_titles as (

    select distinct
        tables.document_key,
        {{ label_key(regex_remove('tables.title_printed', ordinal)) }} as title_key
    from {{ ref('stg_landing__tables') }} as tables
    inner join documents on tables.document_key = documents.document_key
    where tables.title_printed is not null

),

missing_statements as (

    select
        'statement_missing' as method,
        presence.document_key,
        coalesce(presence.scope_code, '') as item_key,
        '目录' as place,
        {{ joined_text('presence.title_printed', '、', 'presence.statement_code') }} as printed,
        '应附报表' as expected
    from {{ ref('mart_statement_presence') }} as presence
    inner join documents on presence.document_key = documents.document_key
    left join attached on presence.document_key = attached.document_key
    left join found_statements on presence.document_key = found_statements.document_key
    left join printed_titles
        on presence.document_key = printed_titles.document_key
        and {{ label_key(regex_remove('presence.title_printed', ordinal)) }} = printed_titles.title_key
    where presence.state = 'missing'
        and printed_titles.document_key is null
        -- with one statement in the document the others should stand beside it
        and (attached.document_key is null or found_statements.document_key is not null)
        and presence.is_announced
        and presence.statement_code not like 'perf%'
        and presence.statement_code not like '%!_other' escape '!'
        and presence.statement_code <> 'final_statistics'
    group by presence.document_key, coalesce(presence.scope_code, '')

),

-- 公开01表, 公开03表: a form left out without a word, where no table of contents announces it
numbered_forms as (

    select
        tables.document_key,
        cast({{ regex_part(without_blanks('tables.code_printed'), '^公开(0[1-9])表') }} as integer) as form_number
    from {{ ref('stg_landing__tables') }} as tables
    inner join documents on tables.document_key = documents.document_key and documents.document_kind = 'final_account'
    where tables.code_printed is not null
    group by tables.document_key, cast({{ regex_part(without_blanks('tables.code_printed'), '^公开(0[1-9])表') }} as integer)

),

gaps as (

    select
        document_key,
        max(form_number) as greatest,
        count(*) as forms,
        max(form_number) * (max(form_number) + 1) / 2 - sum(form_number) as left_out
    from numbered_forms
    where form_number is not null
    group by document_key
    having count(*) = max(form_number) - 1 and count(*) > 4

),

said_forms as (

    select distinct gaps.document_key
    from gaps
    inner join {{ ref('stg_landing__paragraphs') }} as paragraphs on gaps.document_key = paragraphs.document_key
    where instr(
        {{ without_blanks('paragraphs.text') }}, '公开0' || cast(cast(gaps.left_out as integer) as {{ text }}) || '表'
    ) > 0
    union
    select distinct gaps.document_key
    from gaps
    inner join {{ ref('stg_landing__cells') }} as cells on gaps.document_key = cells.document_key
    where instr(
        {{ without_blanks('cells.text_printed') }}, '公开0' || cast(cast(gaps.left_out as integer) as {{ text }}) || '表'
    ) > 0

),

code_gaps as (

    select
        'code_gap' as method,
        gaps.document_key,
        cast(cast(gaps.left_out as integer) as {{ text }}) as item_key,
        '公开表' as place,
        '公开01表至公开0' || cast(gaps.greatest as {{ text }}) || '表' as printed,
        '缺公开0' || cast(cast(gaps.left_out as integer) as {{ text }}) || '表' as expected
    from gaps
    left join missing_statements on gaps.document_key = missing_statements.document_key
    left join said_forms on gaps.document_key = said_forms.document_key
    where missing_statements.document_key is null and said_forms.document_key is null

),

-- 本年度没有政府性基金预算财政拨款收支，本表为空表: below the table, in its section or anywhere else
empty_statements as (

    select presence.document_key, presence.scope_code, presence.statement_code, presence.title_printed
    from {{ ref('mart_statement_presence') }} as presence
    inner join documents on presence.document_key = documents.document_key
    where presence.state = 'empty' and presence.is_found and presence.statement_code is not null

),

said_of_empty as (

    select document_key, {{ without_blanks('text') }} as folded
    from {{ ref('stg_landing__paragraphs') }}
    where document_key in (select empty_statements.document_key from empty_statements)
    union all
    select document_key, {{ without_blanks('text_printed') }} as folded
    from {{ ref('stg_landing__cells') }}
    where document_key in (select empty_statements.document_key from empty_statements)
        and cell_role not in ('figure', 'code', 'row_number', 'column_number', 'header')

),

explanations as (

    select
        document_key,
        max(case
            when instr(folded, '空表') > 0 and instr(folded, '基金') = 0 and instr(folded, '国有资本') = 0 then 1
            else 0
        end) as of_any,
        max(case when {{ regex_matches('folded', none_of) }} and instr(folded, '基金') > 0 then 1 else 0 end) as of_fund,
        max(case when {{ regex_matches('folded', none_of) }} and instr(folded, '国有资本') > 0 then 1 else 0 end)
            as of_capital,
        max(case
            when {{ regex_matches('folded', '(没有|未安排|无)项目支出|项目支出([^。；，]{0,8}[^0-9.,。；，])?(为零|0[.]?0*万?元)') }} then 1
            else 0
        end) as of_projects
    from said_of_empty
    group by document_key

),

unexplained_empty as (

    select
        'empty_unexplained' as method,
        presence.document_key,
        coalesce(presence.scope_code, '') || ':' || presence.statement_code as item_key,
        presence.title_printed as place,
        '空表' as printed,
        '空表说明' as expected
    from empty_statements as presence
    left join explanations on presence.document_key = explanations.document_key
    where coalesce(
        case
            when instr(presence.statement_code, 'fund') > 0 then explanations.of_fund
            when instr(presence.statement_code, 'state_capital') > 0 then explanations.of_capital
            when instr(presence.statement_code, 'project') > 0 then explanations.of_projects
        end,
        0
    ) = 0
        and coalesce(explanations.of_any, 0) = 0

),

filled_statements as (

    select document_key, scope_code, statement_code, count(*) as figures
    from {{ ref('int_recon__figure') }}
    where origin = 'table' and compared_value <> 0
    group by document_key, scope_code, statement_code

),

declared_empty as (

    select distinct
        'declared_empty' as method,
        announcements.document_key,
        announcements.statement_code as item_key,
        {{ figure_place('announcements.page', 'announcements.source_line', 'null', 'null') }} as place,
        announcements.title_printed as printed,
        '表中列有' || cast(filled.figures as {{ text }}) || '个不为零的数' as expected
    from {{ ref('stg_landing__announcements') }} as announcements
    inner join documents on announcements.document_key = documents.document_key
    inner join filled_statements as filled
        on announcements.document_key = filled.document_key
        and announcements.statement_code = filled.statement_code
        and announcements.scope_code = filled.scope_code
    where announcements.announcement_kind = 'declared_empty'

),

-- figures told of a fund whose statement is printed empty
blank_but_told as (

    select
        'blank_but_told' as method,
        presence.document_key,
        presence.statement_code as item_key,
        min(told.place) as place,
        min(told.label || told.value_printed) as printed,
        presence.title_printed || '为空' as expected
    from {{ ref('mart_statement_presence') }} as presence
    inner join documents on presence.document_key = documents.document_key
    inner join {{ ref('int_recon__told') }} as told
        on presence.document_key = told.document_key
        and told.is_own_amount
        and told.value > 0
        and told.line_code in ('expenditure_this_year', 'income_this_year')
        and told.fund_code = case
            when presence.statement_code in ('final_fund', 'budget_fund') then 'gov_fund'
            when presence.statement_code in ('final_state_capital', 'budget_state_capital') then 'state_capital'
        end
    where presence.state in ('empty', 'declared_empty') and presence.is_found
        -- of a department and its own office (汇总, 本级) one may have such money and be told of
        and not exists (
            select 1
            from {{ ref('mart_statement_presence') }} as filled
            where filled.document_key = presence.document_key
                and filled.statement_code = presence.statement_code
                and filled.state = 'present'
        )
    group by presence.document_key, presence.statement_code, presence.title_printed

),

table_years as (

    select
        'year_differs' as method,
        tables.document_key,
        't' || cast(tables.table_ordinal as {{ text }}) as item_key,
        {{ titled_place(
            'tables.title_printed', figure_place('tables.page', 'tables.source_line', 'tables.sheet', 'null')
        ) }} as place,
        cast(tables.year_printed as {{ text }}) as printed,
        cast(documents.fiscal_year as {{ text }}) as expected
    from {{ ref('stg_landing__tables') }} as tables
    inner join documents on tables.document_key = documents.document_key
    where tables.year_printed <> documents.fiscal_year and tables.statement_code is not null

),

paragraphs as (

    select
        paragraphs.document_key,
        paragraphs.paragraph_ordinal,
        paragraphs.text,
        {{ without_blanks('paragraphs.text') }} as folded,
        {{ figure_place('paragraphs.page', 'paragraphs.source_line', 'null', 'null') }} as place,
        documents.fiscal_year
    from {{ ref('stg_landing__paragraphs') }} as paragraphs
    inner join documents on paragraphs.document_key = documents.document_key

),

-- 纳入某局2022年部门预算编制范围 in the budget of 2023; a heading or an opening of another year where most bear the
-- document's own. What is said of the year before says so.
read_years as (

    select
        document_key,
        paragraph_ordinal,
        place,
        fiscal_year,
        case
            when instr(folded, '范围') > 0 or left(folded, 1) = '第'
                then coalesce(
                    {{ regex_part('folded', '(20[0-9][0-9])年度?(部门|单位)?(预算|决算)(编制|汇编|公开)范围') }},
                    {{ regex_part('folded', '^第[一二三四五六七八]部分(20[0-9][0-9])年度?(部门|单位)(预算|决算)') }}
                )
        end as year_told,
        case
            when begins_with_year and length(folded) <= 40
                and not {{ regex_matches('folded', '(执行|完成|上年|比|较|回顾|总结|绩效|评价|计划)') }}
                then {{ regex_part(
                    'folded',
                    '^[一二三四五六七八九十、（）()0-9.]*(20[0-9][0-9])年度?(本?部门|本?单位)?(收入|支出|收支|财政拨款|一般公共预算|政府性基金|国有资本|“三公”|三公|机关运行|政府采购)[^，。；]*(说明|情况)$'
                ) }}
        end as year_headed,
        case
            when not begins_with_year then null
            when {{ regex_matches(
                'folded', '^.{0,40}(收入|支出|总计|合计|决算|预算)[^。]{0,60}。?(比|较|与)(上年|20[0-9][0-9]年)'
            ) }}
                then {{ regex_part(
                    'folded',
                    '^[一二三四五六七八九十、（）()0-9.]*(20[0-9][0-9])年度?[^，。；比较与0-9]{0,24}(收入|支出|总计|合计|决算|预算)'
                ) }}
        end as year_opened,
        -- whatever is said behind it: how many sentences of the document begin with its own year
        case
            when begins_with_year
                then {{ regex_part(
                    'folded',
                    '^[一二三四五六七八九十、（）()0-9.]*(20[0-9][0-9])年度?[^，。；比较与0-9]{0,24}(收入|支出|总计|合计|决算|预算)'
                ) }}
        end as year_begun
    from (
        select
            document_key,
            paragraph_ordinal,
            place,
            fiscal_year,
            folded,
            {{ regex_matches('folded', '^[一二三四五六七八九十、（）()0-9.]*20[0-9][0-9]年') }} as begins_with_year
        from paragraphs
    ) as begun

),

told_years as (

    select
        document_key,
        paragraph_ordinal,
        place,
        cast(fiscal_year as {{ text }}) as expected,
        year_told,
        year_headed,
        year_opened,
        {% for way, kin in {'headed': 'headed', 'opened': 'begun'}.items() -%}
        sum(case when year_{{ kin }} = cast(fiscal_year as {{ text }}) then 1 else 0 end) over (partition by document_key)
        > 2 * sum(case when year_{{ way }} <> cast(fiscal_year as {{ text }}) then 1 else 0 end) over (
            partition by document_key
        ) as is_mostly_{{ way }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from read_years
    where coalesce(year_told, year_headed, year_opened, year_begun) is not null

),

prose_years as (

    select
        'year_differs' as method,
        document_key,
        'p' || cast(paragraph_ordinal as {{ text }}) as item_key,
        place,
        coalesce(
            case when year_told <> expected then year_told end,
            case when is_mostly_headed then year_headed end,
            case when is_mostly_opened then year_opened end
        ) as printed,
        expected
    from told_years
    where year_told <> expected
        or (year_headed <> expected and is_mostly_headed)
        or (year_opened <> expected and is_mostly_opened)

),

residue as (

    select
        'residue' as method,
        residue.document_key,
        cast(residue.residue_ordinal as {{ text }}) as item_key,
        {{ figure_place('residue.page', 'residue.source_line', 'null', 'null') }} as place,
        residue.text_printed as printed,
        case residue.residue_code
            when 'both_directions' then '增加与减少择一'
            when 'blank_value' then '填写数值'
            when 'placeholder_name' then '填写名称'
            else '删除填写说明'
        end as expected
    from {{ ref('stg_landing__prose_residue') }} as residue
    inner join documents on residue.document_key = documents.document_key
    -- 收入决算表（按单位列示） is a title
    where not {{ regex_matches('residue.text_printed', '^（按.{1,8}(列示|填列)）$') }}

),

cut_off as (

    select
        'cut_off' as method,
        document_key,
        cast(paragraph_ordinal as {{ text }}) as item_key,
        place,
        {{ regex_part('folded', '(主要原因是[：:]?[。；;]|原因是[：:]?[。；;]|主要是[：:]?[。；;]|主要用于[：:]?[。；;]|(?:[，,、]|[0-9][万亿]?元|支出|收入)占[。；;]|(?:占[^，。；0-9]{0,12}(?:合计|总额|总计|支出|收入|预算|决算)的|，[比较占])主要用于)') }}
            as printed,
        '补全句子' as expected
    from paragraphs

),

-- 主要原因： and then the next heading: the sentence of a torn page goes on in the next paragraph instead
left_open as (

    select
        'cut_off' as method,
        opened.document_key,
        cast(opened.paragraph_ordinal as {{ text }}) as item_key,
        opened.place,
        {{ regex_part('opened.folded', '((?:主要)?原因是?[：:]|主要用于[：:])$') }} as printed,
        '补全句子' as expected
    from paragraphs as opened
    inner join paragraphs as following
        on opened.document_key = following.document_key
        and opened.paragraph_ordinal + 1 = following.paragraph_ordinal
    where {{ regex_matches('opened.folded', '[，。；](主要)?(原因是?|用于)[：:]$') }}
        and {{ regex_matches('following.folded', '^([一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|第[一二三四五六]部分)') }}

),

-- ---- names of subjects
official as (

    select
        functional_code as code,
        {{ label_key('functional_name') }} as name_key,
        functional_name as name,
        coalesce(cast(valid_from_year as integer), 0) as valid_from_year,
        coalesce(cast(valid_to_year as integer), 9999) as valid_to_year
    from {{ ref('dim_functional_subject') }}
    where is_official
    union all
    select
        economic_code as code,
        {{ label_key('economic_name') }} as name_key,
        economic_name as name,
        coalesce(cast(valid_from_year as integer), 0) as valid_from_year,
        coalesce(cast(valid_to_year as integer), 9999) as valid_to_year
    from {{ ref('dim_economic_subject') }}
    where is_official

),

-- the code's own cell and the next cell that says anything: rows without figures carry names too. Codes printed in three
-- cells (201 | 03 | 99) are followed by another code and left to the rows with figures.
named_cells as (

    select
        document_key,
        cell_role,
        is_ocr,
        text_printed,
        lead(cell_role) over (
            partition by document_key, table_ordinal, row_ordinal order by column_ordinal
        ) as next_role,
        lead(text_printed) over (
            partition by document_key, table_ordinal, row_ordinal order by column_ordinal
        ) as next_text,
        page,
        source_line,
        sheet,
        address
    from {{ ref('stg_landing__cells') }}
    where cell_role in ('code', 'label') and text_printed <> ''

),

named_rows as (

    select
        document_key,
        {{ folded_name('text_printed') }} as code,
        next_text as row_label,
        {{ figure_place('page', 'source_line', 'sheet', 'address') }} as place,
        is_ocr
    from named_cells
    where cell_role = 'code' and next_role = 'label'
    union all
    -- on a page of PDF a wrapped label may stand a line above or below its code
    select
        amounts.document_key,
        amounts.row_code as code,
        amounts.row_label,
        {{ figure_place('amounts.page', 'amounts.source_line', 'amounts.sheet', 'amounts.address') }} as place,
        amounts.is_ocr
    from {{ ref('fct_statement_amount') }} as amounts
    inner join documents on amounts.document_key = documents.document_key and documents.file_format <> 'pdf'
    where amounts.is_current and amounts.row_code is not null

),

labelled_codes as (

    select document_key, code, row_label, min(place) as place, max(case when is_ocr then 1 else 0 end) as is_ocr
    from named_rows
    where {{ regex_matches('code', '^[235][0-9]{2}([0-9]{2}){0,2}$') }}
    group by document_key, code, row_label

),

-- what a label says is read once for every label, not for every row that bears it
row_labels as (

    select row_label, {{ folded_name('row_label') }} as folded_label, {{ label_key('row_label') }} as name_key
    from (select distinct row_label from labelled_codes) as labels

),

printed_names as (

    select
        labelled.document_key,
        labelled.code,
        row_labels.name_key,
        documents.fiscal_year,
        min(row_labels.folded_label) as row_label,
        min(labelled.place) as place
    from labelled_codes as labelled
    inner join documents on labelled.document_key = documents.document_key
    inner join row_labels on labelled.row_label = row_labels.row_label
    group by labelled.document_key, labelled.code, row_labels.name_key, documents.fiscal_year
    having max(labelled.is_ocr) = 0 and length(row_labels.name_key) > 1

),

-- documents print the same few thousand names; each is held against the catalogue once
distinct_names as (

    select distinct code, name_key, fiscal_year
    from printed_names

),

-- a name may lag its catalogue by a year, or be ahead where the account is written in the next
catalogued_names as (

    select
        printed.code,
        printed.name_key,
        printed.fiscal_year,
        official.name as official_name,
        case when official.name_key = printed.name_key then 1 else 0 end as is_right,
        0 as is_of_another
    from distinct_names as printed
    inner join official
        on printed.code = official.code
        and printed.fiscal_year between official.valid_from_year - 1 and official.valid_to_year + 1
    union all
    select
        printed.code,
        printed.name_key,
        printed.fiscal_year,
        cast(null as {{ text }}) as official_name,
        0 as is_right,
        case when left(official.code, 3) = left(printed.code, 3) then 1 else 0 end as is_of_another
    from distinct_names as printed
    inner join official
        on printed.name_key = official.name_key
        and left(printed.code, 1) = left(official.code, 1)
        and printed.code <> official.code
        and printed.fiscal_year between official.valid_from_year - 1 and official.valid_to_year + 1

),

catalogued as (

    select
        code,
        name_key,
        fiscal_year,
        min(official_name) as official_name,
        max(is_right) as is_right,
        max(is_of_another) as is_of_another
    from catalogued_names
    group by code, name_key, fiscal_year

),

judged_names as (

    select
        printed.document_key,
        printed.code,
        printed.name_key,
        printed.row_label,
        printed.place,
        catalogued.official_name,
        catalogued.is_right,
        catalogued.is_of_another
    from printed_names as printed
    inner join catalogued
        on printed.code = catalogued.code
        and printed.name_key = catalogued.name_key
        and printed.fiscal_year = catalogued.fiscal_year

),

other_years as (

    select distinct code, name_key
    from official

),

rightly_named as (

    select distinct document_key, code
    from judged_names
    where is_right = 1

),

named_elsewhere as (

    select judged.document_key, judged.code, count(*) as spellings
    from judged_names as judged
    group by judged.document_key, judged.code

),

subject_names as (

    select
        'subject_name' as method,
        judged.document_key,
        judged.code || ':' || judged.name_key as item_key,
        judged.place,
        judged.code || ' ' || judged.row_label as printed,
        judged.official_name as expected
    from judged_names as judged
    inner join named_elsewhere
        on judged.document_key = named_elsewhere.document_key and judged.code = named_elsewhere.code
    left join other_years on judged.code = other_years.code and judged.name_key = other_years.name_key
    left join rightly_named on judged.document_key = rightly_named.document_key and judged.code = rightly_named.code
    where judged.is_right = 0
        and judged.official_name is not null
        -- the name of a neighbour, a name of other years, or two names for one code in one document; a spelling that
        -- merely differs (括号, 简称, a torn label) accuses nobody
        and (
            judged.is_of_another = 1
            or other_years.code is not null
            or (
                rightly_named.code is not null
                and length(judged.code) = 3
                and named_elsewhere.spellings > 1
                and instr({{ label_key('judged.official_name') }}, judged.name_key) = 0
                and instr(judged.name_key, {{ label_key('judged.official_name') }}) = 0
            )
        )

),

-- ---- subjects told in prose that no table prints
item_rows as (

    select document_key, functional_code, max(compared_value) as value
    from {{ ref('int_recon__figure') }}
    where origin = 'table'
        and row_kind = 'func'
        and length(functional_code) = 7
        and statement_code in (
            'final_expenditure', 'final_general_expenditure', 'budget_expenditure', 'budget_general_expenditure'
        )
    group by document_key, functional_code

),

table_values as (

    select distinct document_key, compared_value as value
    from {{ ref('int_recon__figure') }}
    where origin = 'table'

),

told_items as (

    select
        'set_equality' as method,
        told.document_key,
        told.functional_code as item_key,
        min(told.place) as place,
        min(told.label) as printed,
        '支出表未列此项' as expected
    from {{ ref('int_recon__told') }} as told
    inner join (select distinct document_key from item_rows) as tabled on told.document_key = tabled.document_key
    left join item_rows
        on told.document_key = item_rows.document_key and told.functional_code = item_rows.functional_code
    left join table_values
        on told.document_key = table_values.document_key and told.value = table_values.value
    where told.is_own_amount
        and told.unit_code = '元'
        and length(told.functional_code) = 7
        and told.value > 0
        and item_rows.functional_code is null
        and table_values.value is null
    group by told.document_key, told.functional_code

),

zero_bases as (

    select
        case rules.method when 'completion' then 'zero_budget' else 'zero_base' end as method,
        told.document_key,
        told.amount_key as item_key,
        told.place,
        told.label || told.value_printed || '%' as printed,
        case rules.method when 'completion' then '预算为零，不计算完成率' else '基数为零，不计算增减率' end as expected
    from {{ ref('int_recon__compared_in_prose') }} as compared
    inner join {{ ref('rules') }} as rules
        on compared.rule_id = rules.rule_id and rules.method in ('growth', 'completion')
    inner join {{ ref('int_recon__told') }} as told on compared.left_amount_key = told.amount_key
    left join {{ ref('int_recon__told') }} as above on compared.other_amount_key = above.amount_key
    where compared.missing = '基数为零'
        and compared.left_value <> 0
        -- nothing planned, nothing spent, 完成预算的100%: forms print it so
        and (rules.method = 'growth' or above.value <> 0)

),

observed as (

    {% for part in [
        'missing_statements', 'code_gaps', 'unexplained_empty', 'declared_empty', 'blank_but_told', 'table_years', 'prose_years',
        'residue', 'subject_names', 'told_items', 'zero_bases'
    ] -%}
    select method, document_key, item_key, place, printed, expected
    from {{ part }}
    union all
    {% endfor -%}
    select method, document_key, item_key, place, printed, expected
    from cut_off
    where printed is not null
    union all
    select method, document_key, item_key, place, printed, expected
    from left_open
    where printed is not null
    union all
    select method, document_key, item_key, place, printed, expected
    from {{ ref('int_recon__naming') }}

),

judged as (

    select
        rules.rule_id,
        observed.document_key,
        observed.item_key,
        observed.place,
        observed.printed,
        observed.expected,
        -- one observation per thing observed, whatever it was seen by
        row_number() over (
            partition by rules.rule_id, observed.document_key, observed.item_key
            order by observed.place asc nulls last, observed.printed asc nulls last, observed.expected asc nulls last
        ) as sighting
    from observed
    inner join {{ ref('rules') }} as rules on observed.method = rules.method and rules.is_default = 'Y'
    inner join documents on observed.document_key = documents.document_key
    where documents.fiscal_year is null
        or documents.fiscal_year between coalesce(cast(rules.valid_from_year as integer), 0)
        and coalesce(cast(rules.valid_to_year as integer), 9999)

)

select
    rule_id || ':' || document_key || ':' || item_key as observation_key,
    rule_id,
    document_key,
    place,
    printed,
    expected
from judged
where sighting = 1
