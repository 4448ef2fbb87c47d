-- Grain: one row per place that bears another year than its document (年度前后不一): a table's head, a sentence of prose.
{% set text = dbt.type_string() %}
with

documents as (

    select document_key, fiscal_year, document_kind
    from {{ ref('dim_document') }}
    where is_current and document_kind is not null

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
        {{ without_blanks('paragraphs.text') }} as folded,
        {{ figure_place('paragraphs.page', 'paragraphs.source_line', 'null', 'null') }} as place,
        documents.fiscal_year,
        documents.document_kind
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

-- 截至2022年12月31日共有车辆6辆 in the account of 2023: what is owned is counted at the end of the account's own year
closing_days as (

    select
        'year_differs' as method,
        document_key,
        'p' || cast(paragraph_ordinal as {{ text }}) as item_key,
        place,
        day_told as printed,
        cast(fiscal_year as {{ text }}) as expected
    from (
        select
            document_key,
            paragraph_ordinal,
            place,
            fiscal_year,
            {{ regex_part('folded', '截[至止]?(20[0-9][0-9])年(?:12月31日|12月底|度?末|年?底|期末)') }} as day_told
        from paragraphs
        where document_kind = 'final_account' and {{ regex_matches('folded', '(车辆|资产|设备|保有量)') }}
    ) as days
    where day_told = cast(fiscal_year - 1 as {{ text }})

),

-- 2020年度收入合计2960.00万元 in the account of 2021 whose own tables print this very amount in this line
copied as (

    select
        'year_differs' as method,
        told.document_key,
        'p' || cast(told.paragraph_ordinal as {{ text }}) as item_key,
        told.place,
        cast(told.fiscal_year as {{ text }}) as printed,
        cast(documents.fiscal_year as {{ text }}) as expected,
        count(*) over (partition by told.document_key) as sentences
    from {{ ref('int_recon__figure') }} as told
    inner join documents on told.document_key = documents.document_key
    inner join (
        select
            document_key,
            coalesce(line_code, functional_code) as line_code,
            compared_value,
            max(case when stage_code like 'prior%' then 1 else 0 end) as is_prior
        from {{ ref('int_recon__figure') }}
        where origin = 'table' and role = 'amount' and unit_code = '元'
        group by document_key, coalesce(line_code, functional_code), compared_value
    ) as printed
        on told.document_key = printed.document_key
        and coalesce(told.line_code, told.functional_code) = printed.line_code
        and told.compared_value = printed.compared_value
        and printed.is_prior = 0
    where told.origin = 'prose'
        and told.role = 'amount'
        and told.unit_code = '元'
        and told.stage_code = 'prior'
        and told.fiscal_year = documents.fiscal_year - 1
        and told.compared_value >= 100000
        and told.paragraph_ordinal is not null

),

copied_years as (

    select method, document_key, item_key, place, printed, expected
    from copied
    where sentences <= 2

)

{% for part in ['table_years', 'prose_years', 'closing_days', 'copied_years'] -%}
select method, document_key, item_key, place, printed, expected
from {{ part }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
