"""One unit over time (一个单位的历年变化). Open with: marimo edit notebooks/one_unit.py"""

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
    # 一个单位的历年变化

    选一个单位，看它每年花了多少、花在哪里、人和钱怎样变化。金额以万元显示，仓库里以元保存。
    一个部门同一年可能有汇总、本级两种口径：按口径分开看，不相加；“花在哪里”每年取范围最大的一种。
    """)
    return


@app.cell
def _(ask, mo):
    units = ask("""
        select 预算单位键, 单位名称, 区划名称, count(distinct 年度) as 年数
        from zh.单位年度概况 group by all order by 年数 desc, 单位名称
    """)
    choice = mo.ui.dropdown(
        options={
            f"{unit['单位名称']}（{unit['区划名称'] or '区划不详'}，{unit['年数']} 年）": unit["预算单位键"]
            for unit in units
        },
        value=f"{units[0]['单位名称']}（{units[0]['区划名称'] or '区划不详'}，{units[0]['年数']} 年）",
        label="单位",
        searchable=True,
    )
    choice
    return (choice,)


@app.cell
def _(ask, choice, mo):
    years = ask(f"""
        select
            年度, 口径名称, 本年收入决算数_元, 本年支出预算数_元, 本年支出决算数_元,
            基本支出决算数_元, 项目支出决算数_元, 三公经费决算数_元, 年末结转和结余决算数_元, 在职人数, 车辆数, 问题数
        from zh.单位年度概况
        where 预算单位键 = '{choice.value}' order by 年度, 口径名称
    """)
    mo.vstack([mo.md("## 每年一行（空白：文件里没有打印）"), mo.ui.table(years)])
    return


@app.cell
def _(alt, ask, choice, mo):
    flows = ask(f"""
        select 年度, 口径名称 || ' ' || 项目 as 项目, cast(金额 / 10000 as double) as 万元
        from (
            select 预算单位键, 年度, 口径名称, '收入' as 项目, 本年收入决算数_元 as 金额 from zh.单位年度概况
            union all
            select 预算单位键, 年度, 口径名称, '支出', 本年支出决算数_元 from zh.单位年度概况
        )
        where 预算单位键 = '{choice.value}' and 金额 is not null order by 年度, 项目
    """)
    chart = (
        alt.Chart(alt.Data(values=flows), title="本年收入与本年支出，决算（万元）", width=520, height=260)
        .mark_line(point=True)
        .encode(
            x=alt.X("年度:O", title="年度", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("万元:Q", title="万元"),
            color=alt.Color("项目:N", title=None),
            tooltip=["年度:O", "项目:N", alt.Tooltip("万元:Q", format=",.2f")],
        )
    )
    mo.vstack([mo.md("## 收支"), chart])
    return


@app.cell
def _(alt, ask, choice, mo):
    subjects = ask(f"""
        select
            年度, 口径名称, 功能类名称 as 功能类, cast(sum(金额_元) / 10000 as double) as 万元
        from zh.功能科目支出
        where 预算单位键 = '{choice.value}' and 预决算阶段 = 'final'
        group by 年度, 口径名称, 功能类名称 having sum(金额_元) <> 0
        qualify dense_rank() over (
            partition by 年度 order by case 口径名称 when '汇总' then 1 when '单位' then 2 else 3 end
        ) = 1
        order by 年度, 万元 desc
    """)
    bars = (
        (
            alt.Chart(alt.Data(values=subjects), title="决算支出按功能分类（万元）", width=520, height=260)
            .mark_bar()
            .encode(
                x=alt.X("年度:O", axis=alt.Axis(labelAngle=0)),
                y=alt.Y("万元:Q", title="万元"),
                color=alt.Color("功能类:N", title="功能类"),
                tooltip=["年度:O", "功能类:N", alt.Tooltip("万元:Q", format=",.2f")],
            )
        )
        if subjects
        else mo.md("没有决算支出。")
    )
    mo.vstack([mo.md("## 花在哪里"), bars, mo.ui.table(subjects)])
    return


@app.cell
def _(ask, choice, mo):
    sources = ask(f"""
        select 年度, 文档种类, 文件名, 题名, 发布日期, 当前版本 from zh.文档
        where 预算单位键 = '{choice.value}' order by 年度, 文档种类, 文件名
    """)
    mo.vstack([mo.md("## 出自哪些文件"), mo.ui.table(sources)])
    return


if __name__ == "__main__":
    app.run()
