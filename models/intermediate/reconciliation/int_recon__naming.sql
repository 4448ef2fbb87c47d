-- Grain: one row per name or label that contradicts another place of the same document (名称、栏目前后不一): a subject named
-- otherwise in prose than in the table, a head left out, sections counted twice under other names, a value of last year
-- without the unit its target has, a body's name on one form only, a subject under another's name in one table, a
-- sentence that ends in the middle.
{% set text = dbt.type_string() %}
{# words that nothing ends with #}
{% set cut_after = '([，、]|[，；](比|较|与|占|比上年|较上年|与上年|同比|本年|年初|年末|其中)'
    ~ '|占[^，。；0-9]{0,16}的|[，；][^，。；0-9]{0,16}占|主要原因[是为]|，主要是)$' %}
{# parts that always bear an amount when told one after the other #}
{% set goes_on = '^([0-9]+[.,]?[0-9]*(万元|亿元|元|%|％|人|辆)|[，、；。]|(增加|减少|增长|下降|占|主要原因|主要是|比上年|较上年|其中)[^：:]*[0-9，。])' %}
{% set told_parts = '(基本|项目|经营|上缴上级|对附属单位补助)支出|(财政拨款|事业|经营|其他|上级补助)收入|(人员|公用)经费'
    ~ '|因公出国（境）费用?|公务接待费|公务用车(购置|购置费|购置及运行(维护)?费?|运行(维护)?费?)'
    ~ '|(政府采购)?(货物|工程|服务)支出|本年(收入|支出)|年[初末](财政拨款)?结转和结余' %}
with

documents as (

    select document_key, file_format, fiscal_year
    from {{ ref('dim_document') }}
    where is_current and document_kind is not null

),

-- ---- subjects: prose names 类、款、项 of the code it speaks of
told_levels as (

    select distinct
        told.document_key,
        told.source_line,
        told.page,
        told.functional_code,
        told.class_name,
        told.group_name,
        told.item_name
    from {{ ref('fct_narrative_amount') }} as told
    inner join documents on told.document_key = documents.document_key
    where told.functional_code is not null and told.is_current

),

told_names as (

    {% for level, length in {'class': 3, 'group': 5, 'item': 7}.items() -%}
    select
        document_key,
        left(functional_code, {{ length }}) as code,
        {{ label_key(level ~ '_name') }} as name_key,
        {{ level }}_name as name,
        {{ figure_place('page', 'source_line', 'null', 'null') }} as place
    from told_levels
    where {{ level }}_name is not null and length(functional_code) >= {{ length }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

table_names as (

    select document_key, code, {{ label_key('name') }} as name_key, name
    from (
        select distinct document_key, functional_code as code, row_label as name
        from {{ ref('fct_statement_amount') }}
        where is_current and functional_code is not null and row_code = functional_code and not is_ocr
    ) as labels

),

official as (

    select distinct functional_code as code, {{ label_key('functional_name') }} as name_key
    from {{ ref('dim_functional_subject') }}
    where is_official

),

-- a word replaced by another: as many characters, but other ones. Names merely cut short or written out accuse nobody,
-- nor a name the catalogue has for this code in any year.
told_otherwise as (

    select
        'subject_told' as method,
        told.document_key,
        told.code || ':' || told.name_key as item_key,
        min(told.place) as place,
        told.code || ' ' || min(told.name) as printed,
        '报表作' || min(table_names.name) as expected
    from told_names as told
    inner join table_names on told.document_key = table_names.document_key and told.code = table_names.code
    left join table_names as alike
        on told.document_key = alike.document_key and told.code = alike.code and told.name_key = alike.name_key
    left join official on told.code = official.code and told.name_key = official.name_key
    where alike.code is null
        and official.code is null
        and length(told.name_key) > 2
        and length(told.name_key) = length(table_names.name_key)
    group by told.document_key, told.code, told.name_key

),

-- ---- a figure column whose head is not printed; pictures and torn pages are our reading, not the document's
heads as (

    select
        'head_lost' as method,
        columns.document_key,
        't' || cast(columns.table_ordinal as {{ text }}) || ':' || cast(columns.column_ordinal as {{ text }}) as item_key,
        {{ titled_place(
            'tables.title_printed', figure_place('tables.page', 'tables.source_line', 'tables.sheet', 'null')
        ) }} as place,
        '栏目名称空缺' as printed,
        columns.label_printed as expected
    from (
        -- of a path of several parts the one that heads the column itself
        select
            document_key,
            table_ordinal,
            column_ordinal,
            label_printed,
            row_number() over (
                partition by document_key, table_ordinal, column_ordinal
                order by section_ordinal asc, part_ordinal desc
            ) as part_rank
        from {{ ref('stg_landing__table_columns') }}
        where origin = 'filled'
    ) as columns
    inner join documents on columns.document_key = documents.document_key and documents.file_format not in ('pdf', 'image')
    inner join {{ ref('stg_landing__tables') }} as tables
        on columns.document_key = tables.document_key and columns.table_ordinal = tables.table_ordinal
    where columns.part_rank = 1 and tables.alignment_method = 'template' and tables.statement_code is not null

),

-- ---- 下设2个处室，分别是：A和B, told twice
section_lists as (

    select
        document_key,
        paragraph_ordinal,
        place,
        {{ regex_part('folded', '[下内]设([0-9]+)个?(处室|科室|股室|部门|内设机构|机构)') }} as sections,
        {{ regex_part('folded', '[下内]设[0-9]+个?(处室|科室|股室|部门|内设机构|机构)[，,：:]?分别[是为][：:]?([^。；;]{2,120})', 2) }}
            as names
    from (
        select
            paragraphs.document_key,
            paragraphs.paragraph_ordinal,
            {{ without_blanks('paragraphs.text') }} as folded,
            {{ figure_place('paragraphs.page', 'paragraphs.source_line', 'null', 'null') }} as place
        from {{ ref('stg_landing__paragraphs') }} as paragraphs
        inner join documents on paragraphs.document_key = documents.document_key
        where instr(paragraphs.text, '设') > 0 and instr(paragraphs.text, '分别') > 0
    ) as told

),

sections_named as (

    select distinct
        document_key,
        paragraph_ordinal,
        place,
        sections,
        names,
        {{ split_rows("replace(replace(replace(replace(names, '以及', '|'), '和', '|'), '、', '|'), '，', '|')") }} as name
    from section_lists
    where names is not null and sections is not null

),

sections_differ as (

    select
        'sections_differ' as method,
        later.document_key,
        cast(later.paragraph_ordinal as {{ text }}) as item_key,
        later.place,
        later.names as printed,
        min(earlier.place || '作' || earlier.names) as expected
    from sections_named as later
    inner join (select distinct document_key, paragraph_ordinal, place, sections, names from sections_named) as earlier
        on later.document_key = earlier.document_key
        and later.sections = earlier.sections
        and later.paragraph_ordinal > earlier.paragraph_ordinal
    left join sections_named as alike
        on earlier.document_key = alike.document_key
        and earlier.paragraph_ordinal = alike.paragraph_ordinal
        and later.name = alike.name
    where alike.name is null
    group by later.document_key, later.paragraph_ordinal, later.place, later.names

),

-- ---- 上年完成值200000 against a target of 454.45元/人, on a sheet that prints units elsewhere
indicators as (

    select
        indicators.document_key,
        indicators.indicator_key,
        indicators.table_ordinal,
        indicators.level3,
        indicators.prior_actual_printed,
        indicators.target_printed,
        {{ figure_place('indicators.page', 'indicators.source_line', 'null', 'null') }} as place,
        {{ regex_matches("coalesce(indicators.prior_actual_printed, '')", '^[ ]*[0-9][0-9.,]*[ ]*$') }} as is_bare,
        {{ regex_matches("coalesce(indicators.prior_actual_printed, '')", '[0-9]') }} as has_prior
    from {{ ref('fct_performance_indicator') }} as indicators
    inner join documents on indicators.document_key = documents.document_key
    where indicators.is_current and indicators.origin = 'table'

),

bare_sheets as (

    select
        document_key,
        table_ordinal,
        sum(case when has_prior and is_bare then 1 else 0 end) as bare,
        sum(case when has_prior and not is_bare then 1 else 0 end) as measured
    from indicators
    group by document_key, table_ordinal

),

prior_units as (

    select
        'prior_unit' as method,
        indicators.document_key,
        indicators.indicator_key as item_key,
        indicators.place,
        indicators.level3 || '·上年完成值' || indicators.prior_actual_printed as printed,
        '指标值为' || indicators.target_printed as expected
    from indicators
    inner join bare_sheets
        on indicators.document_key = bare_sheets.document_key
        and indicators.table_ordinal = bare_sheets.table_ordinal
    where indicators.is_bare
        and bare_sheets.bare = 1
        and bare_sheets.measured > 2
        and {{ regex_matches("coalesce(indicators.target_printed, '')", '(元/|元$|元每)') }}

),

-- ---- one form bears the name of another body
form_names as (

    select
        tables.document_key,
        tables.table_ordinal,
        {{ folded_name('tables.unit_name_printed') }} as name,
        tables.title_printed,
        {{ figure_place('tables.page', 'tables.source_line', 'tables.sheet', 'null') }} as place
    from {{ ref('stg_landing__tables') }} as tables
    inner join documents on tables.document_key = documents.document_key and documents.file_format not in ('image')
    where tables.unit_name_printed is not null
        and tables.statement_code is not null
        and tables.statement_code not like 'perf%'

),

name_counts as (

    select
        document_key,
        name,
        count(*) as forms,
        max(count(*)) over (partition by document_key) as most,
        count(*) over (partition by document_key) as names
    from form_names
    group by document_key, name

),

form_names_differ as (

    select
        'form_name' as method,
        odd.document_key,
        't' || cast(odd.table_ordinal as {{ text }}) as item_key,
        {{ titled_place('odd.title_printed', 'odd.place') }} as place,
        odd.name as printed,
        usual.name as expected
    from form_names as odd
    inner join name_counts as counts on odd.document_key = counts.document_key and odd.name = counts.name
    inner join name_counts as usual on odd.document_key = usual.document_key and usual.forms = usual.most
    where counts.forms = 1
        and counts.names = 2
        and counts.most > 3
        and length(odd.name) > 3
        and {{ regex_matches(
            'odd.name', '(局|委|办|院|校|中心|所|站|队|会|部|厅|馆|园|处|社|政府|大学|中学|小学|公室|署|场|台)$'
        ) }}
        and instr(usual.name, odd.name) = 0
        and instr(odd.name, usual.name) = 0

),

-- ---- a code under the name of quite another subject in one table, and under its own in another. Its neighbours' names
-- are int_recon__observation's; here also pages of PDF are read, where a label may slip a line: so the name must be no
-- one's who stands in the document, and have little in common with the code's own.
row_names as (

    select
        amounts.document_key,
        amounts.table_ordinal,
        amounts.row_code as code,
        amounts.row_label as name,
        {{ label_key('amounts.row_label') }} as name_key,
        -- final accounts print no names of projects under the codes of their subjects
        max(case
            when amounts.statement_code in ('final_income', 'final_expenditure', 'final_general_expenditure') then 1
            else 0
        end) as is_final,
        min({{ figure_place('amounts.page', 'amounts.source_line', 'null', 'null') }}) as place
    from {{ ref('fct_statement_amount') }} as amounts
    inner join documents on amounts.document_key = documents.document_key
    where amounts.is_current
        and not amounts.is_ocr
        and {{ regex_matches("coalesce(amounts.row_code, '')", '^[235][0-9]{2}([0-9]{2}){0,2}$') }}
    group by amounts.document_key, amounts.table_ordinal, amounts.row_code, amounts.row_label

),

subjects as (

    select code, name_key
    from official
    union
    select economic_code as code, {{ label_key('economic_name') }} as name_key
    from {{ ref('dim_economic_subject') }}
    where is_official

),

own_names as (

    select
        row_names.document_key,
        row_names.code,
        min(row_names.name) as name,
        min(row_names.name_key) as name_key,
        min(row_names.table_ordinal) as first_table,
        max(row_names.table_ordinal) as last_table
    from row_names
    inner join subjects on row_names.code = subjects.code and row_names.name_key = subjects.name_key
    group by row_names.document_key, row_names.code

),

-- every subject of the same classification (功能, 经济) that bears the name in some year
namesakes as (

    select distinct
        row_names.document_key,
        row_names.code,
        row_names.name_key,
        subjects.code as namesake_code
    from row_names
    inner join subjects
        on row_names.name_key = subjects.name_key
        and left(row_names.code, 1) = left(subjects.code, 1)
        and row_names.code <> subjects.code
    left join subjects as own on row_names.code = own.code and row_names.name_key = own.name_key
    where own.code is null
        and length(row_names.name_key) > 3
        and left(row_names.name_key, 2) <> '其他'

),

foreign_names as (

    select namesakes.document_key, namesakes.code, namesakes.name_key
    from namesakes
    left join (select distinct document_key, code from row_names) as printed
        on namesakes.document_key = printed.document_key and namesakes.namesake_code = printed.code
    group by namesakes.document_key, namesakes.code, namesakes.name_key
    having max(case when printed.code is null then 0 else 1 end) = 0

),

-- a name no catalogue knows, in one table of a final account, where two others print the code's own. Torn labels are parts
-- of others.
uncatalogued as (

    select row_names.document_key, row_names.code, row_names.name_key
    from row_names
    inner join own_names
        on row_names.document_key = own_names.document_key
        and row_names.code = own_names.code
        and own_names.first_table <> own_names.last_table
    left join subjects on row_names.name_key = subjects.name_key
    where subjects.code is null
        and length(row_names.code) = 7
        and length(row_names.name_key) > 3
        and left(row_names.name_key, 2) <> '其他'
        and 4 * length(translate(row_names.name_key, own_names.name_key, '')) > 3 * length(row_names.name_key)
    group by row_names.document_key, row_names.code, row_names.name_key
    having count(distinct row_names.table_ordinal) = 1 and min(row_names.is_final) = 1

),

unknown_names as (

    select uncatalogued.document_key, uncatalogued.code, uncatalogued.name_key
    from uncatalogued
    left join row_names as wider
        on uncatalogued.document_key = wider.document_key
        and uncatalogued.name_key <> wider.name_key
        and (instr(wider.name_key, uncatalogued.name_key) > 0 or instr(uncatalogued.name_key, wider.name_key) > 0)
    where wider.code is null

),

other_names as (

    select document_key, code, name_key
    from foreign_names
    union
    select document_key, code, name_key
    from unknown_names

),

named_as_another as (

    select
        'subject_name' as method,
        row_names.document_key,
        row_names.code || ':' || row_names.name_key as item_key,
        min(row_names.place) as place,
        row_names.code || ' ' || min(row_names.name) as printed,
        min(own_names.name) as expected
    from row_names
    inner join other_names
        on row_names.document_key = other_names.document_key
        and row_names.code = other_names.code
        and row_names.name_key = other_names.name_key
    inner join own_names on row_names.document_key = own_names.document_key and row_names.code = own_names.code
    where (own_names.first_table <> row_names.table_ordinal or own_names.last_table <> row_names.table_ordinal)
        -- most of its characters are not the own name's
        and 2 * length(translate(row_names.name_key, own_names.name_key, '')) > length(row_names.name_key)
    group by row_names.document_key, row_names.code, row_names.name_key

),

-- ---- 基本支出608.17万元，占55.05%；项目支出 | 四、财政拨款收入支出…: a paragraph left in the middle, a new heading behind
-- it. A list may follow 包括： or 如下， and a last 。 is often forgotten: they accuse nobody; nor does a heading that a
-- page prints at its top, amid a sentence that goes on behind it.
followed as (

    select
        paragraphs.document_key,
        paragraphs.paragraph_ordinal,
        {{ without_blanks('paragraphs.text') }} as folded,
        {{ without_blanks('paragraphs.next_text') }} as next_folded,
        {{ without_blanks('paragraphs.after_next_text') }} as after_next_folded,
        {{ figure_place('paragraphs.page', 'paragraphs.source_line', 'null', 'null') }} as place
    from (
        select
            document_key,
            paragraph_ordinal,
            text,
            lead(text) over (partition by document_key order by paragraph_ordinal asc nulls last) as next_text,
            lead(text, 2) over (partition by document_key order by paragraph_ordinal asc nulls last) as after_next_text,
            page,
            source_line
        from {{ ref('stg_landing__paragraphs') }}
    ) as paragraphs
    inner join documents on paragraphs.document_key = documents.document_key and documents.file_format <> 'image'
    where not {{ regex_matches("coalesce(paragraphs.text, '')", '[。；;：:！？!?]$') }}
        and length(paragraphs.text) >= 20

),

cut_sentences as (

    select
        'cut_off' as method,
        document_key,
        cast(paragraph_ordinal as {{ text }}) as item_key,
        place,
        right(folded, 20) as printed,
        '补全句子' as expected
    from followed
    where {{ regex_matches('folded', '[0-9](万元|亿元|元|%|％)') }}
        and length(next_folded) between 4 and 45
        -- the first of a row of headings may be the first of a list
        and {{ regex_matches(
            'next_folded', '^(第[一二三四五六七八九十]+部分|[二三四五六七八九十][一二三四五六七八九十]*、|（[二三四五六七八九十]+）)'
        ) }}
        and not {{ regex_matches('next_folded', '[。；;，,]$') }}
        and not {{ regex_matches('folded', '(如下|见[附下上]?[件表图]|以下)[，、]$') }}
        and not {{ regex_matches("coalesce(after_next_folded, '')", goes_on) }}
        and (
            {{ regex_matches('folded', cut_after) }}
            or {{ regex_matches('folded', '[0-9](万元|亿元|元|%|％)[，、；](' ~ told_parts ~ ')$') }}
            -- 其中：人员经费… and no 公用经费 behind it
            or (
                {{ regex_matches('folded', '基本支出[0-9.,]+(万元|元)[，,]?其中[：:]?人员(经费|支出)[0-9.,]+(万元|元)[，,]') }}
                and instr(folded, '公用') = 0
                and instr(next_folded, '公用') = 0
                and instr(next_folded, '商品和服务') = 0
                -- all of it is for people: nothing is left to tell
                and coalesce(
                    {{ regex_part('folded', '基本支出([0-9.,]+)(?:万元|元)[，,]?其中[：:]?人员') }}, ''
                ) <> coalesce(
                    {{ regex_part('folded', '其中[：:]?人员(?:经费|支出)([0-9.,]+)(?:万元|元)') }}, ''
                )
            )
        )

)

{% for part in [
    'told_otherwise', 'heads', 'sections_differ', 'prior_units', 'form_names_differ', 'named_as_another', 'cut_sentences'
] -%}
select method, document_key, item_key, place, printed, expected
from {{ part }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
