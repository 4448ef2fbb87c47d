"""Compare units and regions (单位与地区比较). Open with: marimo edit notebooks/compare.py"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell
def _():
    import altair as alt
    import marimo as mo

    from gongkai.notebook import ask, home

    return alt, ask, home, mo


@app.cell
def _(mo):
    mo.md("""
    # 单位与地区比较

    比较之前先问三件事：同一年度吗？同一阶段（决算对决算）吗？口径（汇总、本级、单位）一样吗？
    人均只用同时公开了人数和金额的单位，分子分母是同一批单位；没有公开人数的列在最后。
    指标的定义在 `models/semantics`，这里与命令行 `gongkai metric` 用的是同一份。
    """)
    return


@app.cell
def _(home):
    from gongkai.metrics import ask as ask_metric
    from gongkai.metrics import semantics_of

    semantics = semantics_of(home)

    def measure(metrics: list[str], by: list[str], only: dict[str, str] | None = None) -> list[dict]:
        """Metrics by dimensions, as dictionaries."""
        answer = ask_metric(home, metrics, by, only, semantics)
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        return [row | {"年度": str(row["年度"])} if "年度" in row else row for row in rows]

    return (measure,)


@app.cell
def _(ask, mo):
    years = [row["年度"] for row in ask("select distinct 年度 from zh.单位年度概况 order by 年度 desc")]
    counted = ask("""
        select 年度, count(本年支出决算数_元) as 单位数 from zh.单位年度概况 where 计入决算合计 group by 年度
        order by 单位数 desc, 年度 desc
    """)
    year = mo.ui.dropdown(options={str(one): one for one in years}, value=str(counted[0]["年度"]), label="年度")
    year
    return (year,)


@app.cell
def _(measure, mo, year):
    units = measure(
        ["决算支出", "三公经费决算", "在职人数", "人均支出", "人均人员经费", "人均公用经费"],
        ["单位名称", "区划名称"],
        {"年度": str(year.value)},
    )
    units.sort(key=lambda row: -(row["决算支出"] or 0))
    mo.vstack([mo.md(f"## {year.value} 年的单位（元）"), mo.ui.table(units)])
    return (units,)


@app.cell
def _(alt, mo, units, year):
    per_staff = [
        {"单位": row["单位名称"], "类别": label, "万元每人": float(row[name]) / 10000}
        for row in units
        for name, label in (("人均人员经费", "人员经费"), ("人均公用经费", "公用经费"))
        if row[name] is not None
    ]
    without = [row["单位名称"] for row in units if row["人均支出"] is None]
    chart = (
        (
            alt.Chart(alt.Data(values=per_staff), title=f"{year.value} 年在职人员人均（万元）", width=520)
            .mark_bar()
            .encode(
                y=alt.Y("单位:N", sort="-x", title=None, axis=alt.Axis(labelLimit=260)),
                x=alt.X("万元每人:Q", title="万元/人"),
                color=alt.Color("类别:N", title=None),
                tooltip=["单位:N", "类别:N", alt.Tooltip("万元每人:Q", format=",.2f")],
            )
        )
        if per_staff
        else mo.md("这一年没有同时公开人数和金额的单位。")
    )
    mo.vstack(
        [
            mo.md("## 人均"),
            chart,
            mo.md("没有公开人数或决算的单位：" + ("、".join(without) or "无") + "。"),
            mo.md("人员经费里有对离退休人员的支出，在职人数里没有离退休人员：人均偏高不一定是工资高。"),
        ]
    )
    return


@app.cell
def _(measure, mo):
    regions = measure(["决算支出", "人均支出", "预算执行率", "勾稽不符率"], ["年度", "省级", "区划名称"])
    mo.vstack(
        [
            mo.md("## 地区（仓库里有的单位之和，不是全地区）"),
            mo.ui.table(regions),
        ]
    )
    return


@app.cell
def _(measure, mo):
    cofog = measure(["决算支出"], ["年度", "国际职能分类"])
    mo.vstack(
        [
            mo.md("""
        ## 按联合国政府职能分类（COFOG）

        01 一般公共服务 · 02 国防 · 03 公共秩序和安全 · 04 经济事务 · 05 环境保护 · 06 住房和社会福利设施 ·
        07 医疗保健 · 08 娱乐、文化和宗教 · 09 教育 · 10 社会保障。按科目对应到大类，供国际比较时参考。
        """),
            mo.ui.table([row for row in cofog if row["决算支出"]]),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
