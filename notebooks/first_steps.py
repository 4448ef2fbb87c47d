"""First questions put to the published warehouse (初步查询). Open with: marimo edit notebooks/first_steps.py

Reads gongkai.duckdb of the home in GONGKAI_HOME, else of warehouse/ in the checkout. Runs top to bottom in the tests.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo

    from gongkai.notebook import ask

    return ask, mo


@app.cell
def _(mo):
    mo.md("""
    # 公开数据仓库：初步查询

    一行一个打印数字的是 `fct_statement_amount`，里面有合计，不能直接相加。
    可以相加的是 `fct_expenditure`、`fct_income`、`fct_economic_expenditure`：在同一阶段、`is_counted` 为真的行内求和。
    """)
    return


@app.cell
def _(ask, mo):
    documents = ask("""
        select units.unit_name, documents.fiscal_year, documents.document_kind, documents.file_name
        from dim_document as documents
        left join dim_unit as units on documents.unit_key = units.unit_key
        where documents.is_current
        order by units.unit_name, documents.fiscal_year, documents.document_kind
    """)
    mo.vstack([mo.md(f"## 有哪些文档（{len(documents)} 份）"), mo.ui.table(documents)])
    return


@app.cell
def _(ask, mo):
    spending = ask("""
        select
            units.unit_name, facts.fiscal_year, classes.class_name,
            sum(facts.amount_yuan) as amount_yuan
        from fct_expenditure as facts
        inner join dim_unit as units on facts.unit_key = units.unit_key
        inner join dim_functional_subject as classes on facts.functional_key = classes.functional_key
        where facts.stage_code = 'final' and facts.is_counted
        group by units.unit_name, facts.fiscal_year, classes.class_name
        order by units.unit_name, facts.fiscal_year, amount_yuan desc
    """)
    mo.vstack([mo.md("## 决算支出按功能分类（元）"), mo.ui.table(spending)])
    return


@app.cell
def _(ask, mo):
    budget_and_final = ask("""
        select
            unit_name, fiscal_year, scope_code, expenditure_budget_yuan, expenditure_final_yuan, three_public_final_yuan
        from mart_unit_year
        order by unit_name, fiscal_year, scope_code
    """)
    mo.vstack([mo.md("## 预算与决算对照（元）"), mo.ui.table(budget_and_final)])
    return


@app.cell
def _(ask, mo):
    checks = ask("""
        select results.status, count(*) as results, count(distinct results.document_key) as documents
        from fct_reconciliation as results
        group by results.status
        order by results.status
    """)
    broken = ask("""
        select documents.file_name, results.rule_id, results.place, results.difference, results.tolerance,
            results.unit_of_measure, results.message_zh
        from fct_reconciliation as results
        inner join dim_document as documents on results.document_key = documents.document_key
        where results.status = 'discrepant'
        order by documents.file_name, results.rule_id, results.place
    """)
    mo.vstack([mo.md("## 勾稽结果"), mo.ui.table(checks), mo.md("### 对不上的"), mo.ui.table(broken)])
    return


@app.cell
def _(ask, mo):
    largest = ask("""
        select
            facts.amount_key, documents.file_name, facts.source_line, facts.page, facts.row_label, facts.column_label,
            facts.value_printed, facts.unit_of_measure, facts.amount_yuan
        from fct_statement_amount as facts
        inner join dim_document as documents on facts.document_key = documents.document_key
        where not facts.is_total and facts.amount_yuan is not null
        order by facts.amount_yuan desc, facts.amount_key
        limit 1
    """)
    mo.md(f"""
    ## 一个数字从哪里来

    最大的末级数字：`{largest[0]["amount_key"]}`。它的来历用命令行看：

    ```
    gongkai explain {largest[0]["amount_key"]}
    ```
    """)
    return


if __name__ == "__main__":
    app.run()
