-- Grain: one row per statement that is not as the document says (报表缺漏、空表): announced and absent, left out of its
-- numbering, empty without a word, declared empty and filled, empty while prose tells figures of it.
{% set text = dbt.type_string() %}
{% set none_of = '(空表|没有|未安排|未发生|不涉及|未使用|无(政府性|国有资本)|无此|(基金|国有资本)[^。]{0,40}(为零|[^0-9.,]0[.]?0*万?元|无))' %}
{% set ordinal = '^[ 　]*[（(]?[一二三四五六七八九十0-9]+[）)]?[、.．][ 　]*' %}
with

documents as (

    select document_key, document_kind
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

)

{% for part in ['missing_statements', 'code_gaps', 'unexplained_empty', 'declared_empty', 'blank_but_told'] -%}
select method, document_key, item_key, place, printed, expected
from {{ part }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
