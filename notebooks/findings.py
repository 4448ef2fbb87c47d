"""Findings and how to judge them (问题清单与判断). Open with: marimo edit notebooks/findings.py"""

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
    # 问题清单与判断

    仓库拿文件自己的数字互相核对。**对不上不等于违规**，依次看：

    1. `结论` 是 `rounding` 的只是四舍五入：差额不超过打印位数能解释的容差，不是问题。
    2. `incomplete` 是没法核对：缺一项，或读得没有把握。也不是问题，但值得看原因。
    3. `discrepant` 才是真的不符。先用 `gongkai explain 数据键` 看原文，排除读错；再看规则的性质：
       `hard` 必须成立，`soft` 不成立时应有说明，`observation` 只是提示。
    4. 一处错往往引出许多条不符：`zh.发现的问题` 已按根源合并，先看它。
    5. 仓库从不改数。要更正读错的数字，写 `seeds/corrections.csv`，原值并存。
    """)
    return


@app.cell
def _(ask, mo):
    overview = ask("""
        select documents.文件名, documents.年度, count(*) filter (where 结论 = 'exact') as 相符,
            count(*) filter (where 结论 = 'rounding') as 四舍五入,
            count(*) filter (where 结论 = 'discrepant') as 不符,
            count(*) filter (where 结论 = 'incomplete') as 未能核对
        from zh.文档 as documents
        left join zh.勾稽结果 as results on documents.文档键 = results.文档键
        where documents.当前版本 group by all order by 不符 desc, documents.文件名
    """)
    mo.vstack([mo.md("## 每份文件核对了多少"), mo.ui.table(overview)])
    return


@app.cell
def _(ask, mo):
    findings = ask("""
        select found.严重程度, documents.文件名, found.类别, found.位置, found.打印值, found.应为, found.涉及勾稽数,
            found.中文说明, found.涉及规则, found.问题数据键
        from zh.发现的问题 as found
        inner join zh.文档 as documents on found.文档键 = documents.文档键
        order by case found.严重程度 when 'critical' then 1 when 'major' then 2 when 'minor' then 3 else 4 end,
            documents.文件名
    """)
    mo.vstack([mo.md(f"## 问题（{len(findings)} 个，按根源合并）"), mo.ui.table(findings)])
    return


@app.cell
def _(ask, mo):
    discrepant = ask("""
        select results.文件名, results.规则名称, rules.性质, results.位置, results.左值, results.右值, results.差额,
            results.容差, results.单位, results.中文说明, rules.公式
        from zh.勾稽结果 as results
        inner join zh.勾稽规则 as rules on results.勾稽规则 = rules.勾稽规则
        where results.结论 = 'discrepant' order by results.文件名, abs(results.差额) desc
    """)
    mo.vstack([mo.md(f"## 不符的每一条，两边的数、差额与容差（{len(discrepant)} 条）"), mo.ui.table(discrepant)])
    return


@app.cell
def _(alt, ask):
    by_rule = ask("""
        with counted as (
            select 规则名称 as 规则, 结论, count(*) as 条数 from zh.勾稽结果
            where 结论 in ('exact', 'rounding', 'discrepant') group by all
        )
        select 规则, 结论, 条数 from counted order by sum(条数) over (partition by 规则) desc, 规则, 结论
    """)
    top = list(dict.fromkeys(row["规则"] for row in by_rule))[:15]
    names = {"exact": "相符", "rounding": "四舍五入", "discrepant": "不符"}
    chart = (
        alt.Chart(
            alt.Data(values=[row | {"结论": names[row["结论"]]} for row in by_rule if row["规则"] in top]),
            title="核对最多的十五条规则",
            width=420,
        )
        .mark_bar()
        .encode(
            y=alt.Y("规则:N", sort=top, title=None, axis=alt.Axis(labelLimit=320)),
            x=alt.X("条数:Q", title="核对次数"),
            color=alt.Color(
                "结论:N",
                title=None,
                scale=alt.Scale(domain=list(names.values()), range=["#4c9f70", "#d9c86a", "#c0504d"]),
            ),
            tooltip=["规则:N", "结论:N", "条数:Q"],
        )
    )
    chart
    return


@app.cell
def _(ask, mo):
    unchecked = ask("""
        select 未能核对的原因 as 原因, count(*) as 条数 from zh.勾稽结果 where 结论 = 'incomplete'
        group by all order by 条数 desc limit 20
    """)
    mo.vstack([mo.md("## 没法核对的，为什么"), mo.ui.table(unchecked)])
    return


if __name__ == "__main__":
    app.run()
