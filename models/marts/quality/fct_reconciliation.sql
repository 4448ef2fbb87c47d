-- Grain: one row per identity and place it applies (勾稽结果). Left side first; the tolerance comes from the printed
-- digits alone. Discrepant rows are about the document; doubts about our reading make a row incomplete.
{% set text = dbt.type_string() %}
with

statements as (

    select statement_code, name_zh, name_en
    from {{ ref('statements') }}

),

rules as (

    select rule_id, name_zh, name_en, message_zh as template_zh, message_en as template_en
    from {{ ref('rules') }}

),

templates as (

    {{ template_parts('rules', ['rule_id', 'name_zh', 'name_en'], ['template_zh', 'template_en']) | indent(4) }}

),

-- the last word: what was accused and stood the reading back, or not; all else is as first found
results as (

    select
        results.reconciliation_key,
        results.rule_id,
        results.document_key,
        results.left_amount_key,
        results.right_amount_key,
        -- only one figure on the right side is shown by its name
        case when results.part_count <= 1 and coalesce(results.unit_code, '') <> '%' then results.right_amount_key end
            as named_amount_key,
        results.left_value,
        results.right_value,
        results.difference,
        results.tolerance,
        results.unit_code,
        results.place,
        results.label,
        results.part_count,
        results.rule_kind,
        coalesce(verdicts.status, results.status_as_read) as status,
        case when verdicts.result_number is null then results.missing else verdicts.reason end as reason,
        coalesce(verdicts.is_truncation, false) as is_truncation
    from {{ ref('int_recon__result') }} as results
    left join {{ ref('int_recon__verdict') }} as verdicts on results.result_number = verdicts.result_number

),

placed as (

    select
        results.reconciliation_key,
        results.rule_id,
        results.document_key,
        documents.unit_key,
        coalesce(lefts.fiscal_year, documents.fiscal_year) as fiscal_year,
        coalesce(lefts.scope_code, documents.scope_code) as scope_code,
        -- own and prior tell figures of a stage apart inside a rule; neither is a stage of dim_stage
        case when lefts.stage_code in ('own', 'prior') then cast(null as {{ text }}) else lefts.stage_code end as stage_code,
        lefts.fund_code,
        coalesce(lefts.functional_code, lefts.economic_code) as subject_code,
        concat(
            case
                when lefts.origin = 'prose' then '文字说明·'
                when statements.name_zh is not null then concat(statements.name_zh, '·')
                else ''
            end,
            coalesce(results.label, lefts.label, ''),
            -- of one subject prose tells amounts, changes and rates
            case
                when results.label is not null or lefts.origin <> 'prose' then ''
                when lefts.role = 'change' then '·增减额'
                when lefts.role = 'change_rate' then '·增减率'
                when lefts.role = 'share' then '·占比'
                when lefts.role = 'completion_rate' then '·完成率'
                when lefts.role = 'difference_rate' then '·差异率'
                else ''
            end,
            case
                when coalesce(results.place, lefts.place, '') = '' then ''
                else concat('（', coalesce(results.place, lefts.place), '）')
            end
        ) as place,
        coalesce(results.label, lefts.label, '') as left_label,
        case
            when results.part_count > 1 then '各部分合计'
            when results.unit_code = '%' then '按所列数计算'
            -- a figure is shown by its name where the side is that figure, not a sum or a product with it
            when abs(rights.compared_value) <> abs(results.right_value)
                then case
                    when results.rule_kind in ('row_sum', 'column_sum', 'hierarchy', 'prose_sum', 'cross_table')
                        then '各部分合计'
                    else '按所列数计算'
                end
            else concat(
                case
                    when rights.origin = 'prose' then '文字说明·'
                    when right_statements.name_zh is not null then concat(right_statements.name_zh, '·')
                    else ''
                end,
                coalesce(rights.label, '应为'),
                case when coalesce(rights.place, '') = '' then '' else concat('（', rights.place, '）') end
            )
        end as right_label,
        results.left_value,
        results.right_value,
        results.difference,
        results.tolerance,
        coalesce(results.unit_code, '') as unit_of_measure,
        -- four decimals of a rate say enough
        case
            when results.unit_code in ('%', '分') then cast(results.right_value as decimal(24, 4)) else results.right_value
        end as shown_right_value,
        case
            when results.unit_code in ('%', '分') then cast(results.difference as decimal(24, 4)) else results.difference
        end as shown_difference,
        case
            when results.unit_code in ('%', '分') then cast(results.tolerance as decimal(24, 4)) else results.tolerance
        end as shown_tolerance,
        -- money is shown as the page prints it
        case when results.unit_code = '元' and lefts.unit_printed = '万元' then cast(0.0001 as decimal(5, 4)) else 1 end
            as shown_factor,
        case
            when results.unit_code = '元' and lefts.unit_printed = '万元' then '万元'
            else coalesce(results.unit_code, '')
        end as shown_unit,
        results.status,
        results.reason,
        results.is_truncation,
        results.left_amount_key,
        results.right_amount_key
    from results
    inner join {{ ref('dim_document') }} as documents on results.document_key = documents.document_key
    left join {{ ref('int_recon__figure') }} as lefts on results.left_amount_key = lefts.amount_key
    left join {{ ref('int_recon__figure') }} as rights on results.named_amount_key = rights.amount_key
    left join statements on lefts.statement_code = statements.statement_code
    left join statements as right_statements on rights.statement_code = right_statements.statement_code

),

numbered as (

    select
        reconciliation_key,
        rule_id,
        document_key,
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        subject_code,
        place,
        left_label,
        right_label,
        left_value,
        right_value,
        difference,
        tolerance,
        unit_of_measure,
        status,
        reason,
        is_truncation,
        left_amount_key,
        right_amount_key,
-- most identities hold: their sides are one number, their difference none, and need no words of their own
        coalesce({{ shown_number('left_value * shown_factor') }} || shown_unit, '—') as left_value_shown,
        case
            when right_value = left_value then cast(null as {{ text }})
            else coalesce({{ shown_number('shown_right_value * shown_factor') }} || shown_unit, '—')
        end as other_value_shown,
        case
            when difference = 0 then concat('0', shown_unit)
            else coalesce({{ shown_number('shown_difference * shown_factor') }} || shown_unit, '—')
        end as difference_shown,
        case
            when tolerance = 0 then concat('0', shown_unit)
            else coalesce({{ shown_number('shown_tolerance * shown_factor') }} || shown_unit, '—')
        end as tolerance_shown
    from placed

),

shown as (

    select
        numbered.reconciliation_key,
        numbered.rule_id,
        numbered.document_key,
        numbered.unit_key,
        numbered.fiscal_year,
        numbered.scope_code,
        numbered.stage_code,
        numbered.fund_code,
        numbered.subject_code,
        numbered.place,
        numbered.left_value,
        numbered.right_value,
        numbered.difference,
        numbered.tolerance,
        numbered.unit_of_measure,
        numbered.status,
        numbered.reason,
        numbered.is_truncation,
        numbered.left_amount_key,
        numbered.right_amount_key,
        templates.name_zh,
        templates.name_en,
        {% for language in ['zh', 'en'] -%}
        {{ filled_template('templates.template_' ~ language, {
            'place': 'numbered.place',
            'left_label': 'numbered.left_label',
            'right_label': 'numbered.right_label',
            'left': 'numbered.left_value_shown',
            'right': 'coalesce(numbered.other_value_shown, numbered.left_value_shown)',
            'difference': 'numbered.difference_shown',
            'tolerance': 'numbered.tolerance_shown'
        }) | indent(8) }} as filled_{{ language }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from numbered
    inner join templates on numbered.rule_id = templates.rule_id

),

leaf_sums as (

    select
        rule_id || ':' || amount_key as reconciliation_key,
        rule_id,
        document_key,
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        subject_code,
        place,
        amount_key,
        cast(left_value as decimal(24, 6)) as left_value,
        cast(right_value as decimal(24, 6)) as right_value,
        cast(left_value - right_value as decimal(24, 6)) as difference,
        cast(tolerance as decimal(24, 6)) as tolerance,
        {{ reconciliation_status('(left_value - right_value)', 'tolerance', 'is_certain') }} as status_as_added
    from {{ ref('int_reconciliation__leaf_sum') }}

),

-- leaves that miss a total the document's own rows do make up are our doing, not the document's
accused as (

    select distinct used.amount_key
    from {{ ref('int_recon__used') }} as used
    inner join {{ ref('int_recon__verdict') }} as verdicts
        on used.result_number = verdicts.result_number and verdicts.status = 'discrepant'

),

-- leaves that miss a total by what an identity of the document is wrong by share its cause
wrong_by as (

    select
        results.document_key,
        abs(results.difference) as difference,
        min({{ titled_place('rules.name_zh', 'coalesce(results.place, lefts.place)') }}) as found_by
    from {{ ref('int_recon__result') }} as results
    inner join rules on results.rule_id = rules.rule_id
    inner join {{ ref('int_recon__verdict') }} as verdicts
        on results.result_number = verdicts.result_number and verdicts.status = 'discrepant'
    left join {{ ref('int_recon__figure') }} as lefts on results.left_amount_key = lefts.amount_key
    where results.unit_code = '元'
    group by results.document_key, abs(results.difference)

),

-- rounding apart
of_one_cause as (

    select leaf_sums.reconciliation_key, min(wrong_by.found_by) as found_by
    from leaf_sums
    inner join wrong_by
        on leaf_sums.document_key = wrong_by.document_key
        and abs(abs(leaf_sums.difference) - wrong_by.difference) <= leaf_sums.tolerance
    where leaf_sums.status_as_added = 'discrepant'
    group by leaf_sums.reconciliation_key

),

-- several errors in one sum: no identity alone is wrong by as much
wrong_at_all as (

    select distinct document_key
    from wrong_by

)

select
    reconciliation_key,
    rule_id,
    document_key,
    unit_key,
    fiscal_year,
    scope_code,
    stage_code,
    fund_code,
    subject_code,
    place,
    left_value,
    right_value,
    difference,
    tolerance,
    unit_of_measure,
    status,
    reason,
    is_truncation,
    left_amount_key,
    right_amount_key,
    case status
        when 'incomplete' then concat(name_zh, '：', place, ' 未能核对：', coalesce(reason, '缺少需要的数'))
        when 'exact' then concat(name_zh, '：', filled_zh)
        when 'rounding' then concat(name_zh, '：', filled_zh, '，属四舍五入')
        else concat(name_zh, '：', filled_zh, case when is_truncation then '（末位系截断，未四舍五入）' else '' end)
    end as message_zh,
    case status
        when 'incomplete' then concat(name_en, ': not evaluated at ', place)
        when 'exact' then concat(name_en, ': ', filled_en)
        when 'rounding' then concat(name_en, ': ', filled_en, '; explained by rounding')
        else concat(
            name_en,
            ': ',
            filled_en,
            case when is_truncation then '; the last digit was cut off instead of rounded' else '' end
        )
    end as message_en
from shown
union all
select
    leaf_sums.reconciliation_key,
    leaf_sums.rule_id,
    leaf_sums.document_key,
    leaf_sums.unit_key,
    leaf_sums.fiscal_year,
    leaf_sums.scope_code,
    leaf_sums.stage_code,
    leaf_sums.fund_code,
    leaf_sums.subject_code,
    leaf_sums.place,
    leaf_sums.left_value,
    leaf_sums.right_value,
    leaf_sums.difference,
    leaf_sums.tolerance,
    '元' as unit_of_measure,
    case
        when leaf_sums.status_as_added = 'discrepant' and accused.amount_key is null then 'incomplete'
        else leaf_sums.status_as_added
    end as status,
    case
        when leaf_sums.status_as_added <> 'discrepant' or accused.amount_key is not null then cast(null as {{ text }})
        when of_one_cause.reconciliation_key is not null
            then '与本文件另一处不符同因、差额相同：' || of_one_cause.found_by
        when wrong_at_all.document_key is not null then '本文件另有不符之处，末级科目与打印合计可能因此不符，差额未能归于一处'
        else '可加数据与打印合计不符，由本仓库的取数引起'
    end as reason,
    false as is_truncation,
    leaf_sums.amount_key as left_amount_key,
    cast(null as {{ text }}) as right_amount_key,
    leaf_sums.place || '：末级科目合计' || {{ shown_number('leaf_sums.left_value') }} || '元，打印合计'
    || {{ shown_number('leaf_sums.right_value') }} || '元，相差' || {{ shown_number('leaf_sums.difference') }}
    || '元，容差' || {{ shown_number('leaf_sums.tolerance') }} || '元' as message_zh,
    leaf_sums.place || ': leaves add up to ' || {{ shown_number('leaf_sums.left_value') }} || ' yuan, printed total '
    || {{ shown_number('leaf_sums.right_value') }} || ' yuan, difference ' || {{ shown_number('leaf_sums.difference') }}
    || ', tolerance ' || {{ shown_number('leaf_sums.tolerance') }} as message_en
from leaf_sums
left join accused on leaf_sums.amount_key = accused.amount_key
left join of_one_cause on leaf_sums.reconciliation_key = of_one_cause.reconciliation_key
left join wrong_at_all on leaf_sums.document_key = wrong_at_all.document_key
