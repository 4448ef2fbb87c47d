-- Grain: one row per list or repetition told in prose and rule on it (文字列举与重复): shares that make up 100 %, lists
-- that make up a whole, assets, persons on the roll, one figure told twice.
with

told as (

    select
        amount_key,
        document_key,
        paragraph_number,
        char_start,
        section,
        sentence,
        subject_printed,
        subject_key,
        parent_key,
        functional_code,
        role,
        base_code,
        stage_stated,
        stage_code,
        line_code,
        fund_code,
        unit_code,
        value,
        signed_value,
        half_unit,
        has_digits,
        is_own_amount,
        run_ordinal
    from {{ ref('int_recon__told') }}

),

-- ---- shares of one whole
share_sums as (

    select
        'share_sum' as method,
        document_key,
        min(amount_key) as left_amount_key,
        max(amount_key) as right_amount_key,
        cast(null as {{ dbt.type_string() }}) as other_amount_key,
        sum(value) as left_value,
        100 as right_value,
        sum(half_unit) as tolerance,
        '%' as unit_code
    from {{ ref('int_recon__list_member') }}
    where method = 'share_sum'
    group by document_key, list_key

),

-- ---- 基本支出…,占…;项目支出…,占… under no named whole: the kinds of spending told make up all of it
kinds_told as (

    select
        parts.document_key,
        parts.paragraph_number,
        parts.amount_key as part_amount_key,
        shares.amount_key as share_amount_key,
        parts.line_code,
        parts.value as part_value,
        parts.half_unit as part_half_unit,
        shares.value as share_value,
        shares.half_unit as share_half_unit,
        sum(parts.value) over (partition by parts.document_key, parts.paragraph_number) as whole_value,
        sum(parts.half_unit) over (partition by parts.document_key, parts.paragraph_number) as whole_half_unit,
        count(*) over (partition by parts.document_key, parts.paragraph_number, parts.line_code) as alike,
        max(case when parts.line_code = 'expenditure_basic' then 1 else 0 end) over (
            partition by parts.document_key, parts.paragraph_number
        ) + max(case when parts.line_code = 'expenditure_project' then 1 else 0 end) over (
            partition by parts.document_key, parts.paragraph_number
        ) as kinds
    from told as parts
    inner join told as shares
        on parts.document_key = shares.document_key
        and parts.paragraph_number = shares.paragraph_number
        and parts.subject_key = shares.subject_key
        and parts.run_ordinal = shares.run_ordinal
        and shares.role = 'share'
        and shares.has_digits
        and shares.char_start > parts.char_start
    where parts.is_own_amount
        and parts.unit_code = '元'
        and parts.parent_key is null
        and parts.functional_code is null
        and parts.line_code in (
            'expenditure_basic', 'expenditure_project', 'expenditure_upward', 'expenditure_operating',
            'expenditure_subsidy'
        )

),

kind_shares as (

    select
        'share' as method,
        document_key,
        share_amount_key as left_amount_key,
        part_amount_key as right_amount_key,
        cast(null as {{ dbt.type_string() }}) as other_amount_key,
        share_value as left_value,
        100 * cast(part_value as decimal(24, 6)) / whole_value as right_value,
        share_half_unit + 100 * (
            part_half_unit + cast(part_value as decimal(24, 6)) / whole_value * whole_half_unit
        ) / whole_value as tolerance,
        '%' as unit_code
    from kinds_told
    where kinds = 2 and alike = 1 and whole_value > 0

),

-- ---- closed lists: the parts make up the whole
member_sums as (

    select
        method,
        document_key,
        max(case when side = 'whole' then amount_key end) as left_amount_key,
        min(case when side = 'part' then amount_key end) as right_amount_key,
        max(case when side = 'part' then amount_key end) as other_amount_key,
        max(case when side = 'whole' then value end) as left_value,
        sum(case when side = 'part' then value end) as right_value,
        case
            when method in ('graded', 'units_counted', 'persons_counted') then cast(0 as decimal(24, 6))
            else sum(half_unit)
        end as tolerance,
        min(unit_code) as unit_code
    from {{ ref('int_recon__list_member') }}
    where method <> 'share_sum'
    group by method, document_key, list_key

),

-- ---- assets: 资产总额 … 其中: the parts stand under the same heading, whatever else they are called
assets_told as (

    select
        document_key,
        section,
        subject_key,
        run_ordinal,
        amount_key,
        value,
        half_unit,
        sentence,
        case
            when line_code in ('assets_total', 'current_assets', 'fixed_assets_net', 'construction', 'intangible_assets')
                then line_code
            when line_code is null and {{ regex_matches("coalesce(parent_key, '')", '^资产(账面)?总额$') }} then 'assets_other'
        end as line_code
    from told
    where is_own_amount and unit_code = '元'

),

assets as (

    select
        document_key,
        section,
        line_code,
        run_ordinal,
        amount_key,
        value,
        half_unit,
        instr(sentence, '其中') > 0 as leads_a_list,
        row_number() over (
            partition by document_key, section, line_code, case when line_code = 'assets_other' then subject_key else '' end
            order by run_ordinal desc
        ) as from_last
    from assets_told
    where line_code is not null

),

asset_sections as (

    select
        document_key,
        section,
        max(case when line_code = 'assets_total' and leads_a_list then amount_key end) as total_amount_key,
        max(case when line_code = 'assets_total' then value end) as total_value,
        max(case when line_code = 'assets_total' then half_unit end) as total_half_unit,
        sum(case when line_code <> 'assets_total' and from_last = 1 then value end) as parts_value,
        sum(case when line_code <> 'assets_total' and from_last = 1 then half_unit end) as parts_half_unit,
        sum(case when line_code <> 'assets_total' and from_last = 2 then value end) as opening_value,
        sum(case when line_code <> 'assets_total' and from_last = 2 then half_unit end) as opening_half_unit,
        sum(case when line_code <> 'assets_total' and from_last = 1 then 1 else 0 end) as parts,
        sum(case when line_code <> 'assets_total' and from_last = 2 then 1 else 0 end) as openings,
        max(case when line_code = 'current_assets' then amount_key end) as current_amount_key,
        max(case when line_code = 'fixed_assets_net' then amount_key end) as fixed_amount_key
    from assets
    group by document_key, section

),

asset_changes as (

    select document_key, section, min(amount_key) as amount_key, min(signed_value) as value, max(half_unit) as half_unit
    from told
    where role = 'change' and line_code = 'assets_total' and base_code = 'opening' and has_digits
    group by document_key, section
    having min(signed_value) = max(signed_value)

),

asset_sums as (

    select
        'asset_parts' as method,
        document_key,
        total_amount_key as left_amount_key,
        current_amount_key as right_amount_key,
        fixed_amount_key as other_amount_key,
        total_value as left_value,
        parts_value as right_value,
        total_half_unit + parts_half_unit as tolerance,
        '元' as unit_code
    from asset_sections
    where total_amount_key is not null and current_amount_key is not null and fixed_amount_key is not null
    union all
    select
        'asset_change' as method,
        sections.document_key,
        changes.amount_key as left_amount_key,
        sections.current_amount_key as right_amount_key,
        sections.fixed_amount_key as other_amount_key,
        changes.value as left_value,
        sections.parts_value - sections.opening_value as right_value,
        changes.half_unit + sections.parts_half_unit + sections.opening_half_unit as tolerance,
        '元' as unit_code
    from asset_sections as sections
    inner join asset_changes as changes
        on sections.document_key = changes.document_key and sections.section = changes.section
    where sections.total_amount_key is not null
        and sections.current_amount_key is not null
        and sections.fixed_amount_key is not null
        and sections.parts = sections.openings

),

-- ---- persons on the roll
persons as (

    select
        document_key,
        paragraph_number,
        min(case when subject_key like '%实有%' and parent_key is null then amount_key end) as roll_amount_key,
        min(case when subject_key like '%实有%' and parent_key is null then value end) as roll,
        max(case when subject_key like '%实有%' and parent_key is null then value end) as greatest_roll,
        min(case when {{ regex_matches('subject_key', '^(其中)?在职(人员|职工|人数)?$') }} then amount_key end)
            as on_post_amount_key,
        min(case when {{ regex_matches('subject_key', '^(其中)?在职(人员|职工|人数)?$') }} then value end) as on_post,
        sum(case when {{ regex_matches('subject_key', '^(离休|退休|离退休)(人员|人数|干部)?$') }} then value end) as retired,
        sum(case
            when {{ regex_matches('subject_key', '(编外|聘用|临时|遗属|其他|长休|合同制)') }} then value
        end) as others
    from told
    where role = 'count' and unit_code in ('人', '名')
    group by document_key, paragraph_number

),

headcounts as (

    select
        'headcount' as method,
        document_key,
        roll_amount_key as left_amount_key,
        on_post_amount_key as right_amount_key,
        cast(null as {{ dbt.type_string() }}) as other_amount_key,
        roll as left_value,
        case
            when roll = on_post then on_post
            when roll = on_post + coalesce(retired, 0) + coalesce(others, 0)
                then on_post + coalesce(retired, 0) + coalesce(others, 0)
            when roll = on_post + coalesce(others, 0) then on_post + coalesce(others, 0)
            else on_post + coalesce(retired, 0)
        end as right_value,
        0 as tolerance,
        '人' as unit_code
    from persons
    where roll = greatest_roll and on_post is not null and retired is not null
    union all
    select
        'headcount_part' as method,
        document_key,
        on_post_amount_key as left_amount_key,
        roll_amount_key as right_amount_key,
        cast(null as {{ dbt.type_string() }}) as other_amount_key,
        on_post as left_value,
        case when on_post > roll then roll else on_post end as right_value,
        0 as tolerance,
        '人' as unit_code
    from persons
    where roll = greatest_roll and on_post is not null
    union all
    select
        'headcount_repeat' as method,
        documents.document_key,
        min(persons.roll_amount_key) as left_amount_key,
        max(persons.roll_amount_key) as right_amount_key,
        cast(null as {{ dbt.type_string() }}) as other_amount_key,
        min(persons.roll) as left_value,
        max(persons.roll) as right_value,
        0 as tolerance,
        '人' as unit_code
    from persons
    inner join {{ ref('dim_document') }} as documents on persons.document_key = documents.document_key
    where persons.roll is not null and persons.roll = persons.greatest_roll and persons.on_post is not null
    group by documents.document_key
    having count(*) = 2

),

-- ---- one figure told twice: totals that have one meaning in a document, items within their paragraph
repeated as (

    select
        amount_key,
        document_key,
        scope_code,
        line_code,
        fund_code,
        value,
        half_unit,
        unit_code,
        -- 本年收入 means another thing under another heading; the others have one meaning however they are called
        first_value(amount_key) over (
            partition by
                document_key,
                scope_code,
                line_code,
                fund_code,
                case
                    when line_code is null
                        then functional_code || '|' || subject_key || '|' || cast(paragraph_number as {{ dbt.type_string() }})
                    when line_code like 'income%' or line_code like 'expenditure%this_year'
                        or line_code like '%grand_total' then subject_key || coalesce(parent_key, '')
                    else ''
                end
            order by paragraph_number, char_start nulls last, amount_key
        ) as first_amount_key
    from {{ ref('int_recon__told') }}
    where is_own_amount
        and unit_code = '元'
        and (
            line_code in (
                'income_grand_total', 'expenditure_grand_total', 'income_this_year', 'expenditure_this_year',
                'tp_total', 'procurement_total', 'operating_cost'
            )
            -- 住房公积金5万元,其中:基本支出5万元,项目支出0万元: of an item, not of all spending
            or (
                line_code = 'expenditure_project'
                and (
                    parent_key is null
                    or {{ regex_matches(
                        'parent_key', '(^|总|本年|全年|预算|拨款|部门|单位|整体)支出(总|合|计|额|数|预算|决算|规模|体)*$'
                    ) }}
                )
            )
            -- 行政运行（项）150万元,主要用于……。年初预算为160万元,支出决算为145万元: an item's paragraph tells its money twice
            or (line_code is null and parent_key is null and length(functional_code) = 7)
        )

),

repeats as (

    select
        'repeat' as method,
        repeated.document_key,
        repeated.amount_key as left_amount_key,
        repeated.first_amount_key as right_amount_key,
        cast(null as {{ dbt.type_string() }}) as other_amount_key,
        repeated.value as left_value,
        firsts.value as right_value,
        repeated.half_unit + firsts.half_unit as tolerance,
        '元' as unit_code
    from repeated
    inner join repeated as firsts on repeated.first_amount_key = firsts.amount_key
    where repeated.amount_key <> repeated.first_amount_key

),

results as (

    {% for part in ['share_sums', 'kind_shares', 'member_sums', 'asset_sums', 'headcounts', 'repeats'] -%}
    select method, document_key, left_amount_key, right_amount_key, other_amount_key, left_value, right_value, tolerance,
        unit_code
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    rules.rule_id,
    results.document_key,
    results.left_amount_key,
    results.right_amount_key,
    results.other_amount_key,
    cast(results.left_value as decimal(24, 6)) as left_value,
    cast(results.right_value as decimal(24, 6)) as right_value,
    cast(results.left_value - results.right_value as decimal(24, 6)) as difference,
    cast(results.tolerance as decimal(24, 6)) as tolerance,
    results.unit_code,
    cast(null as {{ dbt.type_string() }}) as missing
from results
inner join {{ ref('rules') }} as rules on results.method = rules.method and rules.is_default = 'Y'
