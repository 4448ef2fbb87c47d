"""Performance scores against money (绩效得分与资金). Open with: marimo edit notebooks/performance.py"""

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
    # 绩效得分与资金

    自评表给每个项目打分，也印了资金。得分普遍很高，所以看两件事：钱花完了吗？哪些指标没有得满分、原因是什么？
    自评是单位给自己打的分；这里只把它和资金放在一起，不替它下结论。
    """)
    return


@app.cell
def _(ask, mo):
    projects = ask("""
        with scored as (
            select 项目键, count(*) as 指标数, sum(得分) as 得分, sum(分值) as 分值
            from zh.绩效指标
            where 当前版本 and 项目键 is not null and 得分 is not null and 分值 is not null group by 项目键
        ),
        money as (
            select 项目键,
                sum(金额_元) filter (where 预决算阶段 = 'full_year_budget') as 全年预算,
                sum(金额_元) filter (where 预决算阶段 = 'initial_budget') as 年初预算,
                sum(金额_元) filter (where 预决算阶段 = 'final') as 执行
            from zh.项目资金 group by 项目键
        )
        select projects.单位名称, projects.年度, projects.项目名称, 年初预算, 全年预算, 执行,
            round(100 * 执行 / nullif(coalesce(全年预算, 年初预算), 0), 2) as 执行率,
            指标数, 得分, 分值, round(100 * 得分 / nullif(分值, 0), 2) as 得分率
        from zh.项目 as projects
        left join scored on projects.项目键 = scored.项目键
        left join money on projects.项目键 = money.项目键
        where 指标数 is not null or 执行 is not null
        order by 执行 desc nulls last, projects.项目名称
    """)
    mo.vstack([mo.md("## 项目（元，%）"), mo.ui.table(projects)])
    return (projects,)


@app.cell
def _(alt, mo, projects):
    points = [
        {
            "项目": row["项目名称"],
            "执行率": float(row["执行率"]),
            "得分率": float(row["得分率"]),
            "万元": float(row["执行"]) / 10000,
        }
        for row in projects
        if row["执行率"] is not None and row["得分率"] is not None
    ]
    chart = (
        (
            alt.Chart(
                alt.Data(values=points), title="预算执行率与指标得分率（%），圆的大小是执行金额", width=460, height=300
            )
            .mark_circle(opacity=0.7)
            .encode(
                x=alt.X("执行率:Q", title="预算执行率（%）", scale=alt.Scale(zero=False, padding=20)),
                y=alt.Y("得分率:Q", title="指标得分率（%）", scale=alt.Scale(zero=False, padding=20)),
                size=alt.Size("万元:Q", title="万元"),
                tooltip=["项目:N", "执行率:Q", "得分率:Q", alt.Tooltip("万元:Q", format=",.2f")],
            )
        )
        if points
        else mo.md("没有同时印了资金和得分的项目。")
    )
    chart
    return


@app.cell
def _(ask, mo):
    lost = ask("""
        select 单位名称, 年度, 项目名称, 三级指标, 年度指标值, 实际完成值, 分值, 得分, 分值 - 得分 as 扣分, 偏差原因分析
        from zh.绩效指标 where 当前版本 and 得分 < 分值 order by 扣分 desc, 项目名称
    """)
    mo.vstack([mo.md("## 没有得满分的指标"), mo.ui.table(lost)])
    return


@app.cell
def _(ask, mo):
    met = ask("""
        select 一级指标, count(*) as 指标数, count(*) filter (where 目标方向 <> 'text') as 有数的,
            count(*) filter (where 目标方向 = '>=' and 完成值 >= 目标值 or 目标方向 = '<=' and 完成值 <= 目标值
                or 目标方向 = '=' and 完成值 = 目标值 or 目标方向 = '>' and 完成值 > 目标值
                or 目标方向 = '<' and 完成值 < 目标值) as 按数达到的,
            count(*) filter (where 得分 = 分值) as 得满分的
        from zh.绩效指标 where 当前版本 and 实际完成值 is not null group by 一级指标 order by 指标数 desc
    """)
    mo.vstack([mo.md("## 指标的种类：有数的目标有多少，按数达到的有多少，得满分的有多少"), mo.ui.table(met)])
    return


if __name__ == "__main__":
    app.run()
