"""Budget against outturn (预算与决算对照). Open with: marimo edit notebooks/budget_outturn.py"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell
def _():
    import altair as alt
    import marimo as mo

    from gongkai.notebook import ask

    return alt, ask, mo


@app.cell
def _(mo):
    mo.md("""
    # 预算与决算对照

    同一个单位、年度：年初预算、全年（调整）预算、预算文件里的预算数和决算，是对同一件事的不同回答，不能相加，只能对照。
    预算数优先取预算文件，没有则取决算文件里印的年初预算数、全年预算数（`mart_unit_year` 的说明）。
    """)
    return


@app.cell
def _(ask, mo):
    pairs = ask("""
        select
            单位名称, 年度, 口径名称, 本年支出预算数_元 as 预算, 本年支出决算数_元 as 决算,
            本年支出决算数_元 - 本年支出预算数_元 as 差额,
            round(100 * 本年支出决算数_元 / nullif(本年支出预算数_元, 0), 2) as 执行率
        from zh.单位年度概况
        where 本年支出预算数_元 is not null and 本年支出决算数_元 is not null and 计入决算合计
        order by abs(本年支出决算数_元 - 本年支出预算数_元) desc
    """)
    one_sided = ask("""
        select 单位名称, 年度, 口径名称, case when 本年支出预算数_元 is null then '只有决算' else '只有预算' end as 说明
        from zh.单位年度概况
        where (本年支出预算数_元 is null) <> (本年支出决算数_元 is null) order by 单位名称, 年度
    """)
    mo.vstack(
        [
            mo.md("## 两边都有的（元，%）"),
            mo.ui.table(pairs),
            mo.md("## 只有一边的（不参与执行率）"),
            mo.ui.table(one_sided),
        ]
    )
    return (pairs,)


@app.cell
def _(alt, mo, pairs):
    points = [
        {"单位": f"{row['单位名称']} {row['年度']}", "阶段": stage, "万元": float(row[stage]) / 10000}
        for row in pairs
        for stage in ("预算", "决算")
    ]
    chart = (
        (
            alt.Chart(alt.Data(values=points), title="预算与决算（万元）", width=520)
            .mark_bar()
            .encode(
                y=alt.Y("单位:N", title=None, axis=alt.Axis(labelLimit=260)),
                yOffset=alt.YOffset("阶段:N", sort=["预算", "决算"]),
                x=alt.X("万元:Q"),
                color=alt.Color("阶段:N", title=None, sort=["预算", "决算"]),
                tooltip=["单位:N", "阶段:N", alt.Tooltip("万元:Q", format=",.2f")],
            )
        )
        if points
        else mo.md("没有预算、决算都公开的单位年度。")
    )
    chart
    return


@app.cell
def _(ask, mo):
    by_subject = ask("""
        with spent as (
            select
                单位名称, 年度, 功能类名称 as 功能类,
                sum(金额_元) filter (where 预决算阶段 in ('initial_budget', 'budget_unspecified')) as 预算,
                sum(金额_元) filter (where 预决算阶段 = 'final') as 决算,
                count(distinct 预决算阶段)
                    filter (where 预决算阶段 in ('initial_budget', 'budget_unspecified')) as 预算种类
            from zh.功能科目支出 where 计入合计 group by all
        )
        select 单位名称, 年度, 功能类, 预算, 决算, 决算 - 预算 as 差额
        from spent where 预算种类 = 1 and 决算 is not null and (预算 <> 0 or 决算 <> 0)
        order by abs(决算 - 预算) desc
    """)
    mo.vstack([mo.md("## 差在哪个功能类（只列只有一种预算数的，元）"), mo.ui.table(by_subject)])
    return


@app.cell
def _(ask, mo):
    reasons = ask("""
        select 单位名称, 年度, 主体, 打印文本 || 计量单位 as 数字, 句子
        from zh.文字数据
        where 当前版本 and 数据角色 in ('difference_rate', 'completion_rate') and 句子 is not null
        order by 单位名称, 年度, 段序, 起始字符
    """)
    mo.vstack([mo.md("## 文件自己怎么说（完成率、差异率所在的句子）"), mo.ui.table(reasons)])
    return


if __name__ == "__main__":
    app.run()
