-- Grain: one row per place of prose left unfinished (文字未完成): words of the template left in, sentences cut off.
{% set text = dbt.type_string() %}
with

documents as (

    select document_key
    from {{ ref('dim_document') }}
    where is_current and document_kind is not null

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

paragraphs as (

    select
        paragraphs.document_key,
        paragraphs.paragraph_ordinal,
        {{ without_blanks('paragraphs.text') }} as folded,
        {{ figure_place('paragraphs.page', 'paragraphs.source_line', 'null', 'null') }} as place
    from {{ ref('stg_landing__paragraphs') }} as paragraphs
    inner join documents on paragraphs.document_key = documents.document_key

),

cut_off as (

    select
        'cut_off' as method,
        document_key,
        cast(paragraph_ordinal as {{ text }}) as item_key,
        place,
        {{ regex_part('folded', '(主要原因是[：:]?[。；;]|原因是?[：:][。；;]|原因是[。；;]|主要是[：:]?[。；;]|主要用于[：:]?[。；;]|(?:[，,、]|[0-9][万亿]?元|支出|收入)占[。；;]|(?:占[^，。；0-9]{0,12}(?:合计|总额|总计|支出|收入|预算|决算)的|，[比较占])主要用于)') }}
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

)

select method, document_key, item_key, place, printed, expected
from residue
union all
select method, document_key, item_key, place, printed, expected
from cut_off
where printed is not null
union all
select method, document_key, item_key, place, printed, expected
from left_open
where printed is not null
