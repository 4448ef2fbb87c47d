# ruff: noqa: E501  (a sentence is easier to judge on one line)
"""Blocks become paragraphs: torn lines joined, headings kept as path, contents lists left out."""

from __future__ import annotations

from ingest.document import Cell, Paragraph, Table
from ingest.prose import build, extract


def lines(text: str, page: int | None = None) -> list[Paragraph]:
    return [
        Paragraph(line.strip(), line=None if page else number, page=page)
        for number, line in enumerate(text.strip("\n").split("\n"), 1)
        if line.strip()
    ]


def body(blocks: list) -> list[tuple[str, str]]:
    """(section, text) of running text."""
    return [(paragraph.section, paragraph.text) for paragraph in build(blocks) if not paragraph.level]


def test_headings_make_the_section_path() -> None:
    blocks = lines(
        """
        第二部分 部门决算情况说明
        五、一般公共预算财政拨款支出决算情况说明
        （一）总体情况
        2022年度支出100万元。
        （二）结构情况
        1. 教育支出（类）40万元，占40%。
        六、基本支出决算情况说明
        基本支出60万元。
        """
    )
    top = "第二部分 部门决算情况说明"
    fifth = top + "/五、一般公共预算财政拨款支出决算情况说明"
    assert body(blocks) == [
        (fifth + "/（一）总体情况", "2022年度支出100万元。"),
        (fifth + "/（二）结构情况", "1. 教育支出（类）40万元，占40%。"),
        (top + "/六、基本支出决算情况说明", "基本支出60万元。"),
    ]


def test_a_page_break_inside_a_word_is_mended() -> None:
    blocks = lines("财政拨款收入总计50万元，其中：年初财政拨\n\n款结转和结余2万元，财政拨款本年收入48万元。")
    assert [text for _, text in body(blocks)] == [
        "财政拨款收入总计50万元，其中：年初财政拨款结转和结余2万元，财政拨款本年收入48万元。"
    ]
    rows = extract(build(blocks), fiscal_year=2022, document_kind="final_account").amounts
    assert [row.subject_printed for row in rows] == ["财政拨款收入总计", "年初财政拨款结转和结余", "财政拨款本年收入"]


def test_a_number_torn_from_its_sentence_comes_back() -> None:
    blocks = lines("主要用于以下方面：住房保障支出（类）34.5万元，占比\n\n4.00%。")
    rows = extract(build(blocks), fiscal_year=2022, document_kind="final_account").amounts
    assert [(row.role, row.value_text) for row in rows] == [("amount", "34.5"), ("share", "4.00")]


def test_whole_paragraphs_stay_apart() -> None:
    blocks = lines("预算安排规模：300万元\n项目承担单位：某中心\n资金分配情况：平台运维12万元。\n人员经费80万元，包括：基本工资。")
    assert len(body(blocks)) == 4


def test_lines_of_a_pdf_are_joined_by_their_fullness() -> None:
    full = "本年收入合计2946.25万元，其中：财政拨款收入2940.05万元，占99.79%；其他收入"
    blocks = lines(f"二、收入决算情况说明\n{full}\n6.2万元，占0.21%；\n三、支出决算情况说明\n" + f"{full}\n6.2万元。\n" * 4, page=3)
    texts = [text for _, text in body(blocks)]
    assert texts[0] == full + "6.2万元，占0.21%；"
    assert len(texts) == 5


def test_a_functional_subject_torn_before_its_mark_is_one() -> None:
    blocks = lines(
        "1、社会保障和就业支出（类）行政事业单位养老支出（款）行政单位离退休\n（项）。主要用于：退休费。年初预算为5万元，支出决算为\n4万元。", page=2
    )
    rows = extract(build(blocks), fiscal_year=2022, document_kind="final_account").amounts
    assert [(row.item_name, row.stage_code) for row in rows] == [
        ("行政单位离退休", "initial_budget"), ("行政单位离退休", "final"),
    ]


def test_contents_lists_are_left_out() -> None:
    blocks = lines(
        """
        目 录
        第一部分 概况..........1
        一、主要职能..........2
        第二部分 情况说明 15
        一、收入决算情况说明 15
        第一部分 概况
        一、主要职能
        负责政务服务。
        第二部分 情况说明
        一、收入决算情况说明
        本年收入5万元。
        """
    )
    paragraphs = build(blocks)
    assert [paragraph.text for paragraph in paragraphs][:2] == ["第一部分 概况", "一、主要职能"]
    assert paragraphs[-1].section == "第二部分 情况说明/一、收入决算情况说明"
    assert len(paragraphs) == 6


def test_a_table_ends_a_paragraph_and_is_left_out() -> None:
    table = Table((Cell("5万元", 0, 0),), 1, 1)
    blocks = [*lines("收入情况如下，包括以下各项的收入，单位为万元"), table, *lines("以上为全部收入，没有其他收入了。")]
    assert [text for _, text in body(blocks)] == ["收入情况如下，包括以下各项的收入，单位为万元", "以上为全部收入，没有其他收入了。"]


def test_places_are_kept() -> None:
    blocks = lines("一、收入\n收入5万元，其中财政拨款收入有一部分在下一\n页上，共计4万元。")
    paragraph = build(blocks, part_ordinal=2, kind="budget", first_ordinal=7)[-1]
    assert (paragraph.source_line, paragraph.last_line, paragraph.part_ordinal, paragraph.kind, paragraph.ordinal) == (
        2, 3, 2, "budget", 8,
    )


def test_a_subject_is_handed_down_from_the_heading() -> None:
    blocks = lines("（三）公务接待费支出决算情况说明\n2022年度支出决算为1.5万元，完成全年预算的75%。")
    rows = extract(build(blocks), fiscal_year=2022, document_kind="final_account").amounts
    assert [row.subject_printed for row in rows] == ["公务接待费支出"] * 2


def test_parts_in_paragraphs_of_their_own_belong_to_the_whole() -> None:
    blocks = lines("2023年支出预算80万元，其中：\n基本支出60万元，占75%。\n项目支出20万元，占25%。")
    rows = extract(build(blocks), fiscal_year=2023, document_kind="budget").amounts
    assert [row.subject_printed for row in rows] == ["支出", "基本支出", "基本支出", "项目支出", "项目支出"]
    assert rows[1].parent_printed == "支出"


def test_figures_behind_a_glossary_are_not_lost() -> None:
    blocks = lines("第三部分 名词解释\n一、其他收入：指除上述以外的收入。\n附件一 某中心工作报告\n全年支出50万元。")
    rows = extract(build(blocks), fiscal_year=2023, document_kind="final_account").amounts
    assert [row.value_text for row in rows] == ["50"]


def test_the_glossary_states_nothing() -> None:
    blocks = lines("第三部分 名词解释\n机关运行经费：指为保障运行用于购买货物和服务的资金，单价5万元的除外。")
    assert extract(build(blocks), fiscal_year=2023, document_kind="budget").amounts == ()
