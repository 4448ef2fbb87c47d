"""A whole disclosure: cover, contents, duties, explanation, tables, glossary, in the order of its dialect."""

from __future__ import annotations

import random

from synth import budget, catalogue, final, makeup, narrative, performance, performance_more
from synth.books import books
from synth.choices import FIRST_YEAR, KINDS
from synth.country import Body, body
from synth.dialects import BY_PROVINCE, PROVINCES
from synth.mixed import mixed
from synth.model import Disclosure, Prose, Statement
from synth.page import Page

_GLOSSARY = (
    "财政拨款收入：指财政部门当年拨付的资金。",
    "基本支出：指为保障机构正常运转、完成日常工作任务而发生的人员支出和公用支出。",
    "项目支出：指在基本支出之外为完成特定任务和事业发展目标所发生的支出。",
    "“三公”经费：指因公出国（境）费、公务用车购置及运行维护费和公务接待费。",
)


def disclose(
    seed: int, number: int, year: int, kind: str, provinces: tuple[str, ...] = PROVINCES, *, is_mixed: bool = False
) -> Disclosure:
    """The document body ``number`` publishes about a year; ``kind`` one of KINDS. Raises ValueError for another.

    ``is_mixed``: in its own mixture of all places' forms (:mod:`synth.mixed`).
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} is none of {', '.join(KINDS)}")
    who = body(seed, number, provinces)
    dialect = BY_PROVINCE[who.region.province]
    if is_mixed:
        dialect = mixed(dialect, random.Random(f"{seed}/manner/{number}"))
    accounts = books(seed, number, year, provinces)
    prior = books(seed, number, year - 1, provinces) if year > FIRST_YEAR else None
    members = tuple((body(seed, child, provinces).name(year), books(seed, child, year, provinces))
                    for child in who.children)  # fmt: skip
    page = Page(who, year, accounts, dialect, "budget" if kind == "budget" else "final", prior=prior, members=members)
    rng = random.Random(f"{seed}/document/{number}/{year}/{kind}")
    if kind == "performance":
        title, contents = _performance(page)
    else:
        template = dialect.title_budget if kind == "budget" else dialect.title_final
        title = template.format(body=page.body_name, year=year, level=page.level) + rng.choice(("", "公开", "公开说明"))
        own = None
        if who.children and page.form.both_scopes:
            office = who.children[0]
            before = books(seed, office, year - 1, provinces) if year > FIRST_YEAR else None
            own = Page(body(seed, office, provinces), year, books(seed, office, year, provinces), dialect, page.kind,
                       prior=before)  # fmt: skip
        contents = _report(page, own, rng, seed)
    return Disclosure(
        title, page.body_name, who.region.name, who.region.province, kind, year, dialect.code, tuple(contents),
        members=makeup.named(page, contents) if kind != "performance" else (),
    )


def _heading(text: str) -> Prose:
    return Prose(text)


def _duties(who: Body, page: Page, seed: int) -> list[Prose]:
    listed = makeup.listed(page, seed)
    topic = "、".join(who.archetype.topics[:2]) or "本领域"
    return [
        _heading("一、主要职能"),
        Prose(f"贯彻执行国家有关法律法规和方针政策，承担{topic}等工作，完成上级交办的其他任务。"),
        _heading("二、机构设置"),
        Prose(
            f"{page.body_name}内设办公室、业务科等科室。"
            + ("本部门决算汇总范围包括机关本级和所属单位。" if who.children and not listed else "")
        ),
        *listed,
    ]


def _report(page: Page, own: Page | None, rng: random.Random, seed: int) -> list[Prose | Statement]:
    """Parts of a budget or final account; ``own`` are the department's own office's accounts, where printed too."""
    form = page.form
    what = page.what
    period = f"{page.year}年" if page.kind == "budget" else f"{page.year}年度"
    make = budget.tables if page.kind == "budget" else final.tables
    tables = make(page)
    if own is not None:
        tables = [_heading(f"一、{page.body_name}（汇总）决算公开表"), *tables,
                  _heading(f"二、{own.body_name}决算公开表"), *make(own)]  # fmt: skip
    if page.left_out:
        tables.append(_heading("关于空表的说明"))
        tables += [Prose(f"{page.body_name}{period}{title}为空表。") for title in page.left_out]
    sections = narrative.budget_sections(page) if page.kind == "budget" else narrative.final_sections(page, page.prior)
    text_title, tables_title = f"{period}{page.level}{what}情况说明", f"{period}{page.level}{what}表"
    middle = [(text_title, "text"), (tables_title, "tables")]
    if form.tables_first:
        middle.reverse()
    parts = [(f"{page.level}概况", "duties"), *middle, ("名词解释", "glossary")]
    named = [(f"第{catalogue.ordinal(at)}部分　{title}", what) for at, (title, what) in enumerate(parts, 1)]
    blocks: list[Prose | Statement] = []
    statements = [block for block in tables if isinstance(block, Statement)]
    if form.contents != "none":
        blocks.append(_heading("目　录"))
        for title, part in named:
            blocks.append(_heading(title))
            if part == "tables":
                blocks += [
                    Prose(_listed(at, statement.title, form.contents)) for at, statement in enumerate(statements, 1)
                ]
    for title, part in named:
        blocks.append(_heading(title))
        if part == "duties":
            blocks += _duties(page.who, page, seed)
        elif part == "text":
            for at, (heading, paragraphs) in enumerate(sections, 1):
                blocks += [_heading(f"{catalogue.ordinal(at)}、{heading}"), *paragraphs]
        elif part == "tables":
            blocks += tables
            if page.books.projects and rng.random() < 0.35:
                blocks += _sheets(page, 1)
        else:
            blocks += [Prose(f"{catalogue.ordinal(at)}、{text}") for at, text in enumerate(_GLOSSARY, 1)]
    return blocks


def _listed(at: int, title: str, style: str) -> str:
    if style == "bulleted":
        return f"- {title}"
    if style == "dotted":
        return f"{catalogue.ordinal(at)}、{title}{'…' * 12}{at + 8}"
    return f"{catalogue.ordinal(at)}、{title}"


def _sheets(page: Page, count: int) -> list[Prose | Statement]:
    chosen = [project for project in page.books.projects if project.full][:count]
    if page.kind == "budget":
        if page.form.targets == "list":
            several = [project for project in page.books.projects if project.full][:3]
            return [performance_more.target_list(page, several)]
        return [performance.target(page, project) for project in chosen]
    make = {"national": performance.self_evaluation, "nature": performance_more.self_by_nature,
            "adjusted": performance_more.self_adjusted, "grouped": performance_more.self_grouped}  # fmt: skip
    return [make[page.form.performance](page, project) for project in chosen]


def _performance(page: Page) -> tuple[str, list[Prose | Statement]]:
    """A stand-alone report on self-evaluations."""
    title = f"{page.body_name}{page.year}年度项目支出绩效自评报告"
    count = len(page.books.projects)
    intro = Prose(f"按照预算绩效管理要求，对{page.year}年度项目支出开展绩效自评，自评结果附后。")
    opening = Prose("一、绩效自评工作开展情况")
    contents = [opening, intro, Prose("二、项目支出绩效自评表"), *_sheets(page, min(count, 3))]
    return title, [*contents, Prose("三、整体支出绩效自评表"), performance_more.whole_body(page)]
