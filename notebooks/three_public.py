"""Three public expenses (“三公”经费). Open with: marimo edit notebooks/three_public.py"""

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
    # “三公”经费

    因公出国（境）费、公务用车购置及运行维护费、公务接待费。零也是答案：印了零与没有印不同，空白表示文件没有印。
    """)
    return


@app.cell
def _(ask, mo):
    items = ask("""
        select 单位名称, 年度, 口径名称, 阶段名称, coalesce(三公项目名称, '未分项') as 项目,
            sum(金额_元) as 元
        from zh.三公经费 where 计入合计 group by all order by 单位名称, 年度, 阶段名称, 项目
    """)
    mo.vstack([mo.md(f"## 全部数字（{len(items)} 行，元）"), mo.ui.table(items)])
    return


@app.cell
def _(alt, ask, mo):
    trend = ask("""
        select 单位名称 as 单位, 年度, coalesce(三公项目名称, '未分项') as 项目,
            cast(sum(金额_元) / 10000 as double) as 万元
        from zh.三公经费 where 计入合计 and 预决算阶段 = 'final'
        group by all order by 单位, 年度, 项目
    """)
    spent = {}
    for row in trend:
        spent[row["单位"]] = spent.get(row["单位"], 0) + row["万元"]
    # More small charts than these nobody compares by eye.
    shown = sorted(spent, key=spent.get, reverse=True)[:12]
    chart = (
        alt.Chart(
            alt.Data(values=[row for row in trend if row["万元"] and row["单位"] in shown]), width=190, height=150
        )
        .mark_bar()
        .encode(
            x=alt.X("年度:O", axis=alt.Axis(labelAngle=0), title=None),
            y=alt.Y("万元:Q", title="万元"),
            color=alt.Color("项目:N", title=None),
            facet=alt.Facet("单位:N", columns=3, title="“三公”经费决算最多的十二个单位（万元）"),
            tooltip=["单位:N", "年度:O", "项目:N", alt.Tooltip("万元:Q", format=",.2f")],
        )
    )
    mo.vstack([mo.md("## 决算"), chart])
    return


@app.cell
def _(ask, mo):
    over = ask("""
        select 单位名称, 年度, 口径名称, 三公经费预算数_元 as 预算, 三公经费决算数_元 as 决算,
            三公经费决算数_元 - 三公经费预算数_元 as 差额
        from zh.单位年度概况
        where 三公经费预算数_元 is not null and 三公经费决算数_元 is not null and 计入决算合计
        order by 差额 desc, 单位名称, 年度
    """)
    mo.vstack([mo.md("## 预算与决算（按规定决算一般不超过预算；超过的要有说明）"), mo.ui.table(over)])
    return


@app.cell
def _(ask, mo):
    behind = ask("""
        select 单位名称, 年度, 统计指标名称 as 指标, 数值, 计量单位
        from zh.单位统计
        where 统计指标 in ('vehicles_kept', 'vehicles_purchased', 'hospitality_batches', 'hospitality_persons',
            'overseas_groups', 'overseas_persons') and 预决算阶段 = 'final' and 计入合计
        order by 单位名称, 年度, 指标
    """)
    per_vehicle = ask("""
        select spent.单位名称, spent.年度, spent.金额_元 as 运行维护费_元, counted.数值 as 保有量_辆,
            round(spent.金额_元 / counted.数值, 2) as 每辆_元
        from zh.三公经费 as spent
        inner join zh.单位统计 as counted
            on spent.预算单位键 = counted.预算单位键 and spent.年度 = counted.年度 and spent.口径 = counted.口径
            and counted.预决算阶段 = 'final' and counted.统计指标 = 'vehicles_kept' and counted.数值 > 0
        where spent.预决算阶段 = 'final' and spent.三公项目 = 'vehicle_operation' and spent.计入合计
        order by 每辆_元 desc
    """)
    mo.vstack(
        [
            mo.md("## 背后的数量"),
            mo.ui.table(behind),
            mo.md("## 每辆车的运行维护费"),
            mo.ui.table(per_vehicle),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
