"""Which units a department's accounts are made of, as places word it (单位构成), and what is easily taken for it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from synth import catalogue
from synth.model import Prose
from synth.page import Page

Wording = Callable[[Page, Sequence[str]], list[str]]
"""Page and names, the own office's first → paragraphs."""


def named(page: Page, contents: Sequence[Prose | object]) -> tuple[str, ...]:
    """Full names of the department's units, own office apart, where ``contents`` name them; else nothing."""
    names = [name for name, _ in page.members if name != page.members[0][0]]
    text = "".join(block.text for block in contents if isinstance(block, Prose))
    return tuple(names) if names and all(name.removeprefix(page.who.region.name) in text for name in names) else ()


def listed(page: Page, seed: int) -> list[Prose]:
    """Paragraphs that name the units of a department; a body without units says so, or nothing.

    Which wording a body uses stays over the years; some name nobody.
    """
    rng = random.Random(f"{seed}/named-in/{page.who.ordinal}")
    if not page.who.children:
        return [Prose(text) for text in rng.choice(_WITHOUT)(page)]
    wording, is_bare = rng.choice(_WORDINGS), rng.random() < 0.4
    names = [name for name, _ in page.members]
    if is_bare:  # the county is understood
        names = [names[0], *(name.removeprefix(page.who.region.name) for name in names[1:])]
    return [Prose(text) for text in wording(page, names)]


def _range(page: Page) -> str:
    return f"{page.body_name}{page.year}年部门{page.what}编制范围"


def _unnamed(page: Page, names: Sequence[str]) -> list[str]:
    return []


def _numbered(page: Page, names: Sequence[str]) -> list[str]:
    return [
        f"从{page.what}单位构成看，{page.body_name}部门{page.what}包括：本级{page.what}、所属单位{page.what}。",
        f"纳入{_range(page)}的二级预算单位包括：",
        *(f"{at}.{name}" for at, name in enumerate(names, 1)),
    ]


def _plain(page: Page, names: Sequence[str]) -> list[str]:
    lead = f"本部门中，行政单位1家，事业单位{len(names) - 1}家，纳入{_range(page)}的二级预算单位包括："
    return [lead, *names[1:]]


def _sentence(page: Page, names: Sequence[str]) -> list[str]:
    several = "、".join(names[:-1])
    return [
        f"从{page.what}单位构成看，纳入本部门{page.year}年度部门汇总{page.what}编制范围的预算单位共计{len(names)}家，"
        f"具体包括：{several}和{names[-1]}。"
    ]


def _headed(page: Page, names: Sequence[str]) -> list[str]:
    items = (f"（{catalogue.ordinal(at)}）{name}；" for at, name in enumerate(names, 1))
    return [f"三、部门{page.what}单位构成", *items]


def _grouped(page: Page, names: Sequence[str]) -> list[str]:
    return [f"本部门下属二级预算单位{len(names) - 1}个，其中：事业单位{len(names) - 1}个：{'、'.join(names[1:])}。"]


def _noted(page: Page, names: Sequence[str]) -> list[str]:
    return [
        f"纳入{page.year}年本部门{page.what}编制范围的单位共{len(names)}个，包括本级及所属{len(names) - 1}个单位：",
        f"1、{page.body_name}（本级）",
        *(f"{at}、{name}（公益一类事业单位）" for at, name in enumerate(names[1:], 2)),
    ]


_WORDINGS: tuple[Wording, ...] = (_numbered, _plain, _sentence, _headed, _grouped, _noted, _unnamed)


def _nothing(page: Page) -> list[str]:
    return []


def _sections(page: Page) -> list[str]:
    return [f"{page.body_name}下设3个内设机构，分别是：办公室、计划财务科、综合业务中心。无下属预算单位。"]


def _itself(page: Page) -> list[str]:
    return [f"本单位无二级预算单位，纳入{page.level}{page.what}编制范围的单位为{page.body_name}本级。"]


_WITHOUT: tuple[Callable[[Page], list[str]], ...] = (_nothing, _nothing, _sections, _itself)
