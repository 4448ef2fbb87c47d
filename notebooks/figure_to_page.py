"""From a figure back to its page (从一个数字回到原文). Open with: marimo edit notebooks/figure_to_page.py"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo

    from gongkai.notebook import ask, home

    return ask, home, mo


@app.cell
def _(mo):
    mo.md("""
    # 从一个数字回到原文

    仓库里的每个金额都带 `数据键`。由它可以回到文件、页、表、行、栏，看到原样打印的文字，以及它在哪些事实里用了、
    参与了哪些核对。命令行是 `gongkai explain 数据键`；这里一步一步做同样的事。
    """)
    return


@app.cell
def _(ask, mo):
    candidates = ask("""
        select 取数数据键 as 数据键, 单位名称, 年度, 功能科目名称, 支出类型名称, 金额_元, 文件名
        from zh.功能科目支出
        where 预决算阶段 = 'final' and 计入合计 and 取数数据键 is not null
        order by 金额_元 desc, 取数数据键 limit 30
    """)
    choice = mo.ui.dropdown(
        options={
            f"{row['单位名称']} {row['年度']} {row['功能科目名称']} {row['支出类型名称']} {row['金额_元']:,} 元": row[
                "数据键"
            ]
            for row in candidates
        },
        value=next(
            f"{row['单位名称']} {row['年度']} {row['功能科目名称']} {row['支出类型名称']} {row['金额_元']:,} 元"
            for row in candidates
        ),
        label="最大的三十个末级数字",
    )
    choice
    return (choice,)


@app.cell
def _(choice, home, mo):
    from gongkai.explain import as_text, explain

    found = explain(home, choice.value)
    mo.vstack([mo.md("## 来历（与 `gongkai explain` 相同）"), mo.plain_text(as_text(found))])
    return (found,)


@app.cell
def _(found, home, mo):
    source = home.sources / found.document["document_id"][:2] / found.document["document_id"]
    if not source.exists():
        kept = [path for path in home.sources.rglob("*") if path.name.startswith(found.document["document_id"])]
        source = kept[0] if kept else None
    line = found.amount["source_line"]
    if source is not None and line is not None and found.document["file_format"] in ("text", "markdown"):
        text = source.read_bytes().decode(found.document["encoding"] or "utf-8", errors="replace").splitlines()
        first = max(0, line - 4)
        excerpt = "\n".join(
            f"{'▶' if number == line else ' '} {number:5d}  {content}"
            for number, content in enumerate(text[first : line + 3], first + 1)
        )
        shown = mo.plain_text(excerpt)
    else:
        excerpt = None
        where = f"第 {found.amount['page']} 页" if found.amount.get("page") else "原件"
        shown = mo.md(f"这份文件是 {found.document['file_format']}，请打开 {where}；源文件：`{source}`")
    mo.vstack([mo.md("## 原文（仓库按哈希保存的源文件，箭头是这个数字所在的行）"), shown])
    return


@app.cell
def _(ask, found, mo):
    same_row = ask(f"""
        select 行标签, 栏目, 打印文本, 计量单位, 金额_元, 合计, 行序, 列序 from zh.报表数据
        where 文档键 = '{found.amount["document_key"]}' and 表序 = {found.amount["table_ordinal"] or 0}
            and 行序 = {found.amount["row_ordinal"] or 0} order by 列序
    """)
    mo.vstack([mo.md("## 同一行的其他数字"), mo.ui.table(same_row)])
    return


if __name__ == "__main__":
    app.run()
