-- Grain: one row per closed enumeration under one whole and figure of it (甲X万元，其中：乙…，丙…): the whole, or one of its
-- parts; and the sum such a list prints as its whole's only part.
{% set text = dbt.type_string() %}
{% set kind_of_person %}
(
    (
        {{ regex_matches('subject_key', '(行政|参公|参照|事业|工勤)') }}
        and not {{ regex_matches('subject_key', '(单位|退休|离休)') }}
        and (instr(whole_subject_key, '编制') > 0) = (instr(subject_key, '编制') > 0)
    )
    or (instr(whole_subject_key, '离退休') > 0 and {{ regex_matches('subject_key', '^(离休|退休)(人员|干部|人数|职工)?$') }})
)
{%- endset %}
{% set sum_words = "('合计', '共计', '总计', '小计', '合计金额')" %}
with

told as (

    select amount_key, document_key, paragraph_number, char_start, section, sentence, subject_key,
        parent_key, role, line_code, unit_code, value, half_unit,
        case when is_own_amount then 'own' else coalesce(stage_stated, '') end as stage
    from {{ ref('int_recon__told') }}
    where has_digits

),

-- 甲X万元,其中:乙…,丙…: parts stand under the whole nearest before them, told of the same stage
placed as (

    select
        parts.document_key,
        parts.amount_key,
        parts.paragraph_number,
        parts.char_start,
        parts.section,
        parts.sentence,
        parts.subject_key,
        parts.line_code,
        parts.role,
        parts.unit_code,
        parts.value,
        parts.half_unit,
        parts.subject_key in {{ sum_words }} as is_sum,
        wholes.amount_key as whole_amount_key,
        wholes.subject_key as whole_subject_key,
        wholes.line_code as whole_line_code,
        wholes.value as whole_value,
        wholes.half_unit as whole_half_unit,
        row_number() over (partition by parts.amount_key order by wholes.char_start desc) as nearness
    from told as parts
    inner join told as wholes
        on parts.document_key = wholes.document_key
        and parts.paragraph_number = wholes.paragraph_number
        and parts.parent_key = wholes.subject_key
        and parts.stage = wholes.stage
        and parts.role = wholes.role
        and (
            parts.unit_code = wholes.unit_code
            or (parts.unit_code in ('家', '个') and wholes.unit_code in ('家', '个'))
        )
        and parts.char_start > wholes.char_start
    where (parts.role = 'amount' and parts.unit_code = '元') or (parts.role = 'count' and parts.stage = '')

),

parts as (

    select
        document_key,
        amount_key,
        paragraph_number,
        section,
        sentence,
        subject_key,
        line_code,
        role,
        unit_code,
        value,
        half_unit,
        is_sum,
        whole_amount_key,
        whole_subject_key,
        whole_line_code,
        whole_value,
        whole_half_unit
    from placed
    where nearness = 1

),

lists as (

    select
        document_key,
        whole_amount_key,
        min(whole_subject_key) as whole_subject_key,
        min(role) as role,
        sum(case when is_sum then 0 else 1 end) as members,
        count(distinct case when not is_sum then subject_key end) as subjects,
        max(case when is_sum then amount_key end) as sum_amount_key,
        sum(case when is_sum then 1 else 0 end) as sums,
        max(case when not is_sum and value = 0 then 1 else 0 end) as has_nothing,
        max(case when not is_sum and value > 0 then 1 else 0 end) as has_something,
        max(case when {{ regex_matches('subject_key', '^其他(资金|收入|支出|来源|用车|经费)') }} then 1 else 0 end) as has_rest,
        -- the three public expenses hang under one another; they, grand totals, procurement and the kinds of spending
        -- have rules of their own; what was added explains, it does not split; small firms are among the middling ones
        max(case
            when line_code like 'tp%' or subject_key like '追加%'
                or instr(subject_key, '小微') > 0 or instr(whole_subject_key, '中小') > 0
                or whole_line_code in ('income_grand_total', 'expenditure_grand_total', 'procurement_total')
                or line_code = 'expenditure_basic'
                then 1
            else 0
        end) as is_other_kind,
        max(case
            when {{ regex_matches(
                regex_remove('sentence', '(主要)?(变动)?原因'), '(等[。；;，,方几]|等$|主要|左右|以上|包含但)'
            ) }} then 1
            else 0
        end) as is_open,
        max(case
            when {{ regex_matches("coalesce(section, '')", '(项目名称|专项|项目支出|年度预算安排|资金安排)') }} then 1 else 0
        end) as is_of_project,
        -- 行政、参公、事业、工勤: kinds of the persons counted; other persons told behind them are no part of them
        sum(case when {{ kind_of_person }} then 1 else 0 end) as persons,
        count(distinct case when {{ kind_of_person }} then subject_key end) as person_subjects,
        max(case when {{ kind_of_person }} and instr(subject_key, '行政') > 0 then 1 else 0 end)
        + max(case when {{ kind_of_person }} and instr(subject_key, '事业') > 0 then 1 else 0 end) as kinds_of_person,
        max(case when {{ kind_of_person }} and subject_key like '离休%' then 1 else 0 end)
        + max(case when {{ kind_of_person }} and subject_key like '退休%' then 1 else 0 end) as kinds_of_retired,
        max(case when subject_key like '%行政单位%' then 1 else 0 end)
        + max(case when subject_key like '%事业单位%' then 1 else 0 end) as kinds_of_unit
    from parts
    group by document_key, whole_amount_key

),

-- 财政拨款收入900万元(含政府性基金50万元),事业收入…: a part told too much is part of another part
nested_lists as (

    select distinct sums.document_key, sums.whole_amount_key
    from (
        select document_key, whole_amount_key, sum(value) as value, sum(half_unit) as half_unit
        from parts
        where not is_sum
        group by document_key, whole_amount_key
    ) as sums
    inner join parts
        on sums.document_key = parts.document_key
        and sums.whole_amount_key = parts.whole_amount_key
        and not parts.is_sum
        and parts.value > 0
        and abs(sums.value - parts.whole_value - parts.value) <= sums.half_unit + parts.whole_half_unit

),

closed_lists as (

    select document_key, whole_amount_key, role, sum_amount_key
    from lists
    where role = 'amount'
        and members > 1
        and members = subjects
        and sums < 2
        and is_other_kind = 0
        and has_something = 1
        and (
            sums = 1
            or (is_open = 0 and (has_nothing = 1 or has_rest = 1 or is_of_project = 1))
        )
        and (sums = 1 or whole_amount_key not in (select nested_lists.whole_amount_key from nested_lists))
    union all
    -- 预算单位3家,其中:行政单位1家,事业单位2家
    select document_key, whole_amount_key, role, cast(null as {{ text }}) as sum_amount_key
    from lists
    where role = 'count'
        and members > 1
        and members = subjects
        and sums = 0
        and is_open = 0
        and kinds_of_unit = 2
        and instr(whole_subject_key, '单位') > 0
    union all
    -- 编制68名,其中行政编制36名,事业编制32名
    select document_key, whole_amount_key, 'person' as role, cast(null as {{ text }}) as sum_amount_key
    from lists
    where role = 'count'
        and persons > 1
        and persons = person_subjects
        and is_open = 0
        and (
            (
                kinds_of_person = 2
                and {{ regex_matches('whole_subject_key', '(编制|在职|实有)') }}
                and not {{ regex_matches('whole_subject_key', '(行政|参公|参照|事业|工勤|单位)') }}
            )
            or (kinds_of_retired = 2 and instr(whole_subject_key, '离退休') > 0)
        )

)

-- the parts make up the sum the list prints, or else its whole
select
    case lists.role when 'count' then 'units_counted' when 'person' then 'persons_counted' else 'enumerated' end as method,
    parts.document_key,
    coalesce(lists.sum_amount_key, lists.whole_amount_key) as list_key,
    'part' as side,
    parts.amount_key,
    parts.value,
    parts.half_unit,
    parts.unit_code
from closed_lists as lists
inner join parts
    on lists.document_key = parts.document_key and lists.whole_amount_key = parts.whole_amount_key
where not parts.is_sum and (lists.role <> 'person' or {{ kind_of_person }})
union all
select
    case lists.role when 'count' then 'units_counted' when 'person' then 'persons_counted' else 'enumerated' end as method,
    wholes.document_key,
    coalesce(lists.sum_amount_key, lists.whole_amount_key) as list_key,
    'whole' as side,
    wholes.amount_key,
    wholes.value,
    wholes.half_unit,
    wholes.unit_code
from closed_lists as lists
inner join told as wholes on coalesce(lists.sum_amount_key, lists.whole_amount_key) = wholes.amount_key
union all
-- and that sum is the whole
select
    'enumerated' as method,
    figures.document_key,
    lists.whole_amount_key as list_key,
    case when figures.amount_key = lists.whole_amount_key then 'whole' else 'part' end as side,
    figures.amount_key,
    figures.value,
    figures.half_unit,
    figures.unit_code
from closed_lists as lists
inner join told as figures
    on lists.document_key = figures.document_key
    and figures.amount_key in (lists.whole_amount_key, lists.sum_amount_key)
where lists.sum_amount_key is not null
