# ruff: noqa: E501  (a sentence is easier to judge on one line)
"""分别: several names and as many numbers, dealt out in order; the notation is that of test_prose_forms."""

from __future__ import annotations

import pytest
from test_prose_forms import check, read

SENTENCES = [
    ("收入决算48.15亿元，同比增长5.3%，其中财政拨款40.02亿元、事业收入5.13亿元、其他收入3亿元，分别占83.11%、10.65%、6.23%。",
     ["_ amount 48.15 亿元", "_ change_rate 5.3 %", "财政拨款 amount 40.02 亿元", "事业收入 amount 5.13 亿元", "其他收入 amount 3 亿元",
      "财政拨款 share 83.11 %", "事业收入 share 10.65 %", "其他收入 share 6.23 %"]),
    ("基本支出100万元、项目支出50万元，分别占本年支出的66.67%和33.33%。",
     ["基本支出 amount 100 万元", "项目支出 amount 50 万元", "基本支出 share 66.67 % in=本年支出", "项目支出 share 33.33 % in=本年支出"]),
    ("一般公共预算、政府性基金预算、国有资本经营预算分别安排39.00亿元、1.00亿元和0.02亿元。",
     ["一般公共预算 amount 39.00 亿元", "政府性基金预算 amount 1.00 亿元", "国有资本经营预算 amount 0.02 亿元"]),
    ("基本支出和项目支出分别为100万元、50万元，占比分别为66.67%、33.33%。",
     ["基本支出 amount 100 万元", "项目支出 amount 50 万元", "基本支出 share 66.67 %", "项目支出 share 33.33 %"]),
    ("会议费0.4万元、培训费1.05万元，分别比上年增加0.1万元和减少0.15万元。",
     ["会议费 amount 0.4 万元", "培训费 amount 1.05 万元", "会议费 change 0.1 万元 dir=1 base=prior_final",
      "培训费 change 0.15 万元 dir=-1 base=prior_final"]),
    ("其中：基本支出、项目支出、经营支出分别为100、50和3万元。",
     ["基本支出 amount 100 万元", "项目支出 amount 50 万元", "经营支出 amount 3 万元"]),
    ("收入总计、支出总计分别为100万元、90万元，比上年分别增加20万元和18万元，增长25%和20%。",
     ["收入总计 amount 100 万元", "支出总计 amount 90 万元", "收入总计 change 20 万元 dir=1", "支出总计 change 18 万元 dir=1",
      "收入总计 change_rate 25 % dir=1", "支出总计 change_rate 20 % dir=1"]),
    ("2022年收入、支出预算分别为100万元和90万元。",
     ["收入 amount 100 万元 stage=budget_unspecified year=2022", "支出 amount 90 万元 stage=budget_unspecified year=2022"]),
    ("教育支出（类）50万元、卫生健康支出（类）20万元，分别占71.43%、28.57%。",
     ["_ amount 50 万元 class=教育支出", "_ amount 20 万元 class=卫生健康支出", "_ share 71.43 % class=教育支出",
      "_ share 28.57 % class=卫生健康支出"]),
    ("工资福利支出100万元，同比增加10万元；商品和服务支出20万元，同比减少2万元；分别占83.33%和16.67%。",
     ["工资福利支出 amount 100 万元", "工资福利支出 change 10 万元 dir=1", "商品和服务支出 amount 20 万元", "商品和服务支出 change 2 万元 dir=-1",
      "工资福利支出 share 83.33 %", "商品和服务支出 share 16.67 %"]),
    # two numbers said of one thing are no list of names
    ("公务接待费1.2万元，分别接待5批次、30人次。", ["公务接待费 amount 1.2 万元", "公务接待费 count 5 批次", "公务接待费 count 30 人次"]),
    ("行政编制和事业编制分别为20名、15名。", ["行政编制 count 20 名", "事业编制 count 15 名"]),
]


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=[sentence[:12] for sentence, _ in SENTENCES])
def test_names_and_numbers_are_dealt_out_in_order(sentence: str, expected: list[str]) -> None:
    check(read(sentence), expected)
