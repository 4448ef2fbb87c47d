"""What the reader remembers from clause to clause, and what the words before one number say."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.prose.lexer import Token
from ingest.prose.model import NarrativeAmount
from ingest.prose.roles import Basis
from ingest.prose.subjects import Subject


@dataclass(slots=True)
class State:
    """What later clauses inherit."""

    subject: Subject = field(default_factory=Subject)
    """Spoken of now."""
    functional: Subject | None = None
    """Last functional subject named: bare 项 take class and group from it."""
    head: Subject = field(default_factory=Subject)
    """Last subject that is not part of another: what 其中 after a full stop refers to."""
    parents: list[str] = field(default_factory=list)
    """The wholes that are being taken apart, the outermost first."""
    outer: int = 0
    """How many of them an earlier paragraph opened (…包括：): an item listed under them is spoken of on its own."""
    part_stage: str | None = None
    """Stage of the whole that 其中 or a bracket takes apart."""
    frame: Basis | None = None
    """Comparison of the sentence: 与上年相比，…"""
    in_base: Basis | None = None
    """The base whose own figure the open bracket holds: 较上年数（110.5万元）."""
    share_of: str = ""
    """The whole whose own figure was just stated: 占总支出1000万元的60%."""
    last_basis: Basis | None = None
    """Last comparison of the section: a later 增加 without its own refers to it."""
    budget: str | None = None
    """Kind of the budget figure stated last in the sentence."""
    full_budget: bool = False
    """A full-year budget was stated in the sentence: rates of execution refer to it."""
    budget_rows: list[int] = field(default_factory=list)
    """Rows of a budget figure whose kind is not said yet: its own and those of its parts."""
    whole_at: int = 0
    """How deep among the parts the first of these rows stands."""
    base_row: int | None = None
    """Row of a figure printed as a base before it is said of what: 与上年80万元相比，收、支总计各增加5万元."""
    unnamed: bool = False
    """The last figure stood behind 与, 较 or 比 without a name of its own."""
    money_unit: str | None = None
    stated_unit: str | None = None
    """The unit that a line of the section prints for what follows: （单位：万元）."""
    row: NarrativeAmount | None = None
    """Last row of the paragraph."""
    said: bool = False
    """The sentence has stated something already."""
    reason: bool = False
    """主要原因: what follows does not change what is spoken of."""
    using: bool = False
    """主要用于: likewise."""
    aside: Subject | None = None
    """What a reason or use spoke of last: 主要原因是人员经费增加5万元，增长10%."""
    before: str = ""
    """Clauses of the sentence that are no label: 在其他政府采购项目中，采购金额… needs them."""
    series: list[Subject] = field(default_factory=list)
    """Subjects of the amounts listed in the sentence, for 分别占 behind them."""
    former: list[Subject] = field(default_factory=list)
    """Those of the sentence before: …公务接待费3万元。与上年相比，分别减少1万元、2万元."""
    dealt: list[Subject] = field(default_factory=list)
    """Subjects of the last numbers dealt out by 分别: A和B分别增加2万元和1万元，增长5%和3%."""
    pair: list[str] = field(default_factory=list)
    """Both subjects of 收、支总计各…: what follows is said of both."""

    def end_sentence(self) -> None:
        """A full stop: comparisons, reasons and parts are over."""
        self.reason = self.using = False
        self.frame = self.base_row = None
        self.former, self.series, self.dealt, self.before = self.series, [], [], ""
        if len(self.parents) > self.outer and self.said:
            # The list of parts is over: what follows without a subject is said of the whole again.
            self.subject = self.head
        self.budget, self.full_budget, self.budget_rows = None, False, []
        self.parents, self.part_stage, self.outer = [], None, 0
        self.said = False

    def end_item(self) -> None:
        """A semicolon: the next item of a list, one level up."""
        self.reason = self.using = False
        self.dealt = []
        if len(self.parents) > 1:
            self.parents.pop()

    def aside_of(self, row: NarrativeAmount | None, roles: tuple[str, ...]) -> Subject | None:
        """The subject of the change that a reason has just stated: the rate behind it is of that, not of the whole."""
        if row is None or self.aside is None or not (self.reason or self.using) or row.role not in roles:
            return None
        return self.aside if row.subject_printed == self.aside.text != self.subject.text else None

    def leave_parts(self, stage: str | None, lead: Lead) -> None:
        """预算300万元，其中省级200万元、县级100万元，实际支出280万元: spent is the whole, not the last of its parts."""
        row = self.row
        if not self.parents or row is None or row.pattern != "amount" or row.stage_code == stage:
            return
        spent = any(part.kind == "base" and part.code == "execution" for part in lead.clause)
        if spent and row.subject_printed == self.subject.text and self.head.text:
            self.subject, self.parents, self.part_stage = self.head, self.parents[: self.outer], None

    def begin_paragraph(self, goes_on: bool) -> None:
        """A new paragraph; ``goes_on`` where the one before ended with a colon."""
        if not goes_on:
            self.end_sentence()
        self.outer = len(self.parents)
        self.row = None
        # 行政单位医疗（项）。主要用于： what the next paragraph begins with is what the money is for.
        self.using = self.using and goes_on
        self.reason = self.said = False
        self.former, self.series, self.dealt, self.pair, self.before = [], [], [], [], ""


@dataclass(frozen=True, slots=True)
class Lead:
    """What the words before a number say."""

    text: str
    clause: list[Token]
    cues: list[Token]
    """Tokens that end the label: comparisons, words of change, 占, 完成 …"""
    own: Subject | None
    """The label in these words; None where the number inherits its subject."""
    compared: tuple[Basis, int] | None
    """Comparison and the index of its first token."""
    stated_base: Basis | None
    """Set where the number prints the base itself: 比上年决算数55.45万元减少…"""
    changes: list[Token]
    both: bool
    respective: bool

    @property
    def last(self) -> str:
        """Kind of the last cue, "" where there is none."""
        return self.cues[-1].kind if self.cues else ""
