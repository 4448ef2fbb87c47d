"""The clause grammar: walks the tokens of a paragraph and says of every number what it is.

Chinese finance prose leaves out what was said before. The reader therefore keeps a state: the subject spoken of, the
wholes it is part of (其中), what the sentence compares with (与上年相比，…), and the budget stated last, which 完成预算的
refers to. A number is read from its *lead*, the words between the number or separator before it and itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ingest.prose import roles, subjects
from ingest.prose.compact import Compact
from ingest.prose.hints import unit_of_label
from ingest.prose.lexer import Number, Token, lexer
from ingest.prose.model import NarrativeAmount, ProseParagraph, SkippedNumber
from ingest.prose.roles import Basis, Setting
from ingest.prose.subjects import Subject
from ingest.text import label_key

_ENDS_SUBJECT = frozenset(
    ("compare", "direction", "share", "completion", "completion_of_target", "difference", "deviation",
     "adjust", "adjust_rate", "same", "nothing", "reason", "use", "part", "respectively", "score")
)
_TRIM = frozenset(("base", "year", "period", "both", "opening", "besides", "skip"))
_RELATIVE = ("账面价值", "账面原值", "账面净值", "净值总额", "原值总额", "价值", "面积", "原值", "净值", "金额", "总额", "余额", "总价值", "账面值")
_MAX_DEPTH = 6
_MAX_LEAD = 400
_MAX_TAIL = 24


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
    frame: Basis | None = None
    """Comparison of the sentence."""
    last_basis: Basis | None = None
    """Last comparison of the section: a later 增加 without its own refers to it."""
    budget: str | None = None
    """Kind of the budget figure stated last for this sentence's subject."""
    full_budget: bool = False
    money_unit: str | None = None
    part_stage: str | None = None
    """Stage of the whole that 其中 or a bracket takes apart."""
    row: NarrativeAmount | None = None
    """Last row of the paragraph."""
    reason: bool = False
    using: bool = False
    names: list[str] = field(default_factory=list)
    """Labels waiting for their numbers: A和B分别为."""
    before: str = ""
    """Last clause of the sentence that is no label: 在其他政府采购项目中，采购金额… needs it."""
    pair: list[str] = field(default_factory=list)
    """Both subjects of 收、支总计各…: what follows is said of both."""


class Reader:
    """Reads paragraphs in order and collects rows."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.rows: list[NarrativeAmount] = []
        self.skipped: list[SkippedNumber] = []
        self.state = State()
        self.section = ""

    # One paragraph

    def read(self, paragraph: ProseParagraph, compact: Compact, indicators: list[tuple[int, int, str, str]]) -> None:
        """Rows of one paragraph. ``indicators`` are stretches (start, end, kind, name) read as indicators already."""
        self.paragraph, self.compact, self.text = paragraph, compact, compact.text
        self.indicators = indicators
        self.tokens = lexer().tokens(self.text)
        self._sentences = _sentence_bounds(self.tokens, len(self.text))
        self._sentence_index = 0
        self._sentence_text: tuple[int, str] = (-1, "")
        state = self.state
        state.row = None
        state.reason = state.using = False
        state.names, state.pair = [], []
        self.clause: list[Token] = []
        self.begin, self.behind = 0, -1
        self.said = False
        self.saved: list[tuple[Subject, list[str], Basis | None, str | None]] = []
        for self.index, token in enumerate(self.tokens):
            kind = token.kind
            if kind == "number":
                self._number(token)
            elif kind == "mark":
                self._mark(token)
            elif kind == "open":
                self._open(token)
            elif kind == "close":
                self._close(token)
            else:
                if kind == "skip":
                    self._skip(token.start, token.end, token.code)
                elif kind == "part":
                    self._part(token)
                elif kind in ("reason", "use"):
                    self._why(token)
                self.clause.append(token)
        self._end_clause(len(self.text), "。")

    def enter(self, section: str, heading: Subject | None) -> None:
        """A new section: only what its heading names is inherited."""
        unit, functional = self.state.money_unit, self.state.functional
        self.section = section
        self.state = State(subject=heading or Subject(), money_unit=unit)
        self.state.functional = heading if heading and heading.is_functional else functional
        self.state.head = self.state.subject

    # Separators

    def _mark(self, token: Token) -> None:
        mark = token.code
        if mark == "、":
            if not self.clause and token.start == self.begin:
                self.begin = token.end
            else:
                self.clause.append(token)
            return
        if mark in "（）":
            self.clause.append(token)
            return
        self._end_clause(token.start, mark)
        self._restart(token.end)
        state = self.state
        if mark in "。！？":
            state.reason = state.using = False
            state.frame = None
            state.names, state.before = [], ""
            if state.parents and self.said:
                # The list of parts is over: what follows without a subject is said of the whole again.
                state.subject = state.head
                state.pair = self._both(state.head.text)
            state.budget, state.full_budget = None, False
            state.parents, state.part_stage = [], None
            self.said = False
        elif mark == "；":
            state.reason = state.using = False
            state.names = []
            if len(state.parents) > 1:
                state.parents.pop()

    def _restart(self, position: int) -> None:
        self.begin = position
        self.clause = []

    def _open(self, token: Token) -> None:
        self._end_clause(token.start, "（")
        state = self.state
        self.saved.append((state.subject, list(state.parents), state.frame, state.part_stage))
        if len(self.saved) > 40:
            del self.saved[0]
        self._take_apart()
        parent = state.row.subject_printed if state.row is not None and not state.reason else state.subject.text
        if parent and len(state.parents) < _MAX_DEPTH:
            state.parents.append(parent)
        self._restart(token.end)

    def _close(self, token: Token) -> None:
        self._end_clause(token.start, "）")
        if self.saved:
            self.state.subject, self.state.parents, self.state.frame, self.state.part_stage = self.saved.pop()
        self._restart(token.end)

    def _part(self, token: Token) -> None:
        """其中, 包括: what follows is part of what was said last."""
        state = self.state
        before = subjects.clean(self.text[max(self.begin, token.start - 60) : token.start]) if not self._cues() else ""
        state.reason = state.using = False
        self._take_apart()
        if before and len(before) <= 30:
            state.subject = self._as_subject(before, None)
            parent = before
        elif not state.parents:
            parent = state.head.text or state.subject.text
        else:
            parent = state.row.subject_printed if state.row is not None else state.subject.text
        if parent and (not state.parents or state.parents[-1] != parent) and len(state.parents) < _MAX_DEPTH:
            state.parents.append(parent)
        self._restart(token.end)

    def _take_apart(self) -> None:
        """Parts are of the stage of their whole."""
        row = self.state.row
        if row is not None and row.role == "amount":
            self.state.part_stage = row.stage_code

    def _why(self, token: Token) -> None:
        """主要原因, 主要用于: the words up to the end of the sentence do not change what is spoken of."""
        self._end_clause(token.start, "，")
        if token.kind == "reason":
            self.state.reason = True
        else:
            self.state.using = True
        self._restart(token.end)

    def _cues(self) -> bool:
        return any(token.kind in _ENDS_SUBJECT for token in self.clause)

    # Clauses without a number

    def _end_clause(self, end: int, mark: str) -> None:
        begin, clause, state = self.begin, self.clause, self.state
        if end - begin > _MAX_LEAD or end <= begin:
            return
        kinds = {token.kind for token in clause}
        if "same" in kinds:
            self._same(end)
            return
        if "nothing" in kinds and not state.reason and not state.using:
            self._nothing(end)
            return
        compared = self._comparison(clause, closing=True)
        if compared is not None and "direction" not in kinds:
            if state.reason:
                return
            state.frame = state.last_basis = compared[0]
            own = self._own_subject(begin, clause[compared[1]].start, clause[: compared[1]])
            if own is not None:
                self._speak_of(own)
            return
        if state.reason or state.using or begin == end:
            return
        if "respectively" in kinds or kinds & _ENDS_SUBJECT:
            return
        if begin == self.behind and mark != "：":
            # What trails a number (0个团组，) belongs to it.
            return
        own = self._own_subject(begin, end, clause)
        if own is None:
            return
        label = own.text
        if mark == "：":
            label = _OF_A_REVIEW.sub("", label) or label
            if label != own.text:
                own = Subject(label)
        named = own.is_functional or (mark == "：" and len(label) <= 40) or (
            len(label) <= 40 and subjects.MONEY_NOUN.search(label) is not None
        )
        if own.is_functional or (named and not _is_sentence(label)):
            self._speak_of(own)
        else:
            state.before = (state.before + "，" + self.text[begin:end].strip("“")).strip("，")[-60:]

    def _same(self, end: int) -> None:
        """与上年持平, 决算数与预算数一致: a change of nothing, without digits."""
        state, clause = self.state, self.clause
        if state.reason:
            return
        at = next(index for index, token in enumerate(clause) if token.kind == "same")
        token = clause[at]
        compared = self._comparison(clause, closing=True)
        bases = [part for part in clause if part.kind == "base"]
        stated: Basis | None = None
        cut = token.start
        if compared is not None:
            stated, cut = compared[0], clause[compared[1]].start
        elif any(part.code in roles.BUDGET_STAGES for part in bases):
            stated = Basis("budget")
        elif token.code == "" and self.text[token.start : token.end] == "等于":
            return
        if stated is None and state.frame is None and state.last_basis is None and len(bases) == 0 and state.row is None:
            if self.text[token.start : token.end] in ("一致", "相同", "相等", "不变", "相一致"):
                return
        own = self._own_subject(self.begin, cut, clause[: compared[1] if compared else at])
        subject = own or state.subject
        if own is not None and not state.reason:
            self._speak_of(own)
        base = self._base(stated, None)
        names = state.pair if own is None and state.pair else self._both(subject.text)
        for name in names or [subject.text]:
            self._emit(
                subject if name == subject.text else Subject(name), token.start, token.end, role="change", direction=0,
                base=base, stage=self.setting.default_stage, year=None, number=None, unit=None, implied=True,
                pattern="unchanged", value_text=None,
            )

    def _nothing(self, end: int) -> None:
        """无政府性基金收入, 未安排…: a figure of nothing, without digits."""
        at = next(index for index, token in enumerate(self.clause) if token.kind == "nothing")
        token = self.clause[at]
        after = subjects.clean(self.text[token.end : end].rstrip("。；，"))
        before = self._own_subject(self.begin, token.start, self.clause[:at])
        label = after or (before.text if before else "")
        if not label or len(label) > 60 or not _NOTHING_OF.search(label):
            return
        subject = self._as_subject(label, None)
        names = [subject.text]
        if not subject.is_functional:
            names = subjects.listed(_BALANCES.sub("", subject.text) or subject.text)
        for name in names:
            self._emit(
                subject if name == subject.text else Subject(name), token.start, token.end, role="amount", direction=None,
                base=None, stage=self.setting.default_stage, year=None, number=None, unit=self.state.money_unit or "万元",
                implied=True, pattern="nothing", value_text="0",
            )

    # Numbers

    def _number(self, token: Token) -> None:
        number = token.number
        assert number is not None
        state = self.state
        inside = self._indicator_at(token.start)
        if inside is not None and inside[2] == "indicator":
            self._skip(token.start, token.end, "indicator")
            self._restart(token.end)
            return
        begin = max(self.begin, token.start - _MAX_LEAD)
        clause = [part for part in self.clause if part.start >= begin]
        lead = self.text[begin : token.start]
        reading = self._read_lead(begin, token, clause, lead)
        unit, unit_kind = self._unit(number, token, reading)
        if unit is None:
            self._skip(token.start, token.end, "no_unit")
            # What follows may still belong to the same label (2号楼支出5万元): keep the lead.
            return
        self._say(token, number, unit, unit_kind, reading)
        self._restart(token.end)
        self.behind = token.end

    def _read_lead(self, begin: int, token: Token, clause: list[Token], lead: str) -> _Lead:
        """Cues and subject of the words before a number."""
        state = self.state
        cues = [part for part in clause if part.kind in _ENDS_SUBJECT]
        both = any(part.kind == "both" for part in clause)
        respective = next((part for part in clause if part.kind == "respectively"), None)
        compared = self._comparison(clause, closing=False)
        first = cues[0].start if cues else token.start
        if compared is not None:
            first = min(first, clause[compared[1]].start)
        own = self._own_subject(begin, first, [part for part in clause if part.start < first], both)
        if own is not None and token.number is not None and token.number.unit_kind == "money":
            if subjects.is_organisation(own.text):
                own = None
        changes = [part for part in clause if part.kind == "direction"]
        last = next((part for part in reversed(clause) if part.kind in _ENDS_SUBJECT), None)
        if own is None and changes and last is changes[-1] and token.start - changes[-1].end > 1:
            # 增加人员经费5万元: the subject stands between the word of change and the number.
            own = self._own_subject(changes[-1].end, token.start, [])
        return _Lead(begin, clause, cues, last, own, compared, changes, both, respective, lead)

    def _say(self, token: Token, number: Number, unit: str, unit_kind: str, lead: _Lead) -> None:
        state = self.state
        role, direction, stated = self._role(number, unit_kind, token, lead)
        stage, year = roles.stage(lead.clause if lead.compared is None or role == "amount" else [], self.setting)
        own = lead.own
        parent = state.parents[-1] if state.parents else None
        base: str | None = None
        immediate = self._states_the_base(lead, token)
        if role in ("amount", "count", "area", "other", "score") and immediate is not None:
            # 比上年决算数55.45万元: this number is the base itself.
            stage = {"budget": "initial_budget", "opening": None}.get(immediate.code, immediate.code)
            year = immediate.year
            state.frame = state.last_basis = immediate
        elif role in ("change", "change_rate", "difference_rate", "completion_rate"):
            base = self._base_of(role, stated, lead, unit_kind)
            if lead.compared is not None and role in ("change", "change_rate"):
                state.frame = state.last_basis = lead.compared[0]
        if role == "amount":
            stage = stage or state.part_stage or self.setting.default_stage
        elif role in ("count", "area", "score", "other"):
            stage = stage if immediate is not None else None
        else:
            stage = self.setting.default_stage
        if role == "share":
            denominator = self._denominator(lead, token)
            parent = denominator or parent or (state.row.parent_printed if state.row else None)
        if role == "count" and not lead.cues:
            own = self._with_tail(own, token)
        elif own is not None and own.text in _GENERIC and state.subject.text:
            own = None
        if own is not None and own.text in _BARE_AMOUNTS and state.before:
            parent = state.before
        subject = self._subject_of(own, role, lead, token)
        if role == "amount" and stage in roles.BUDGET_STAGES + ("budget_unspecified",):
            state.budget = "budget" if stage == "budget_unspecified" else stage
            state.full_budget = state.full_budget or stage == "full_year_budget"
        names = self._names(subject, lead, own, role)
        if unit_kind == "money" and own is not None and not state.reason:
            state.money_unit = unit
        for position, name in enumerate(names):
            self._emit(
                subject if name == subject.text else replace(subject, text=name) if subject.is_functional else Subject(name),
                token.start, token.end if number.unit else token.start + len(number.printed), role=role,
                direction=direction, base=base, stage=stage, year=year, number=number, unit=unit,
                implied=position > 0, pattern=_pattern(role, lead, immediate is not None), value_text=number.text,
                parent=parent,
            )
        if unit_kind == "money":
            state.money_unit = unit

    def _names(self, subject: Subject, lead: _Lead, own: Subject | None, role: str) -> list[str]:
        """The labels a number is said of: two for 收、支总计各, the next waiting one for A和B分别为."""
        state = self.state
        if lead.respective is not None and own is not None:
            waiting = subjects.listed(own.text)
            state.names = waiting[1:]
            return waiting[:1]
        if own is None and state.names and not lead.cues:
            return [state.names.pop(0)]
        if own is not None:
            state.pair = self._both(own.text, lead.both)
            return state.pair or [subject.text]
        if state.pair and (lead.both or role in ("change", "change_rate", "difference_rate", "completion_rate", "amount")):
            return state.pair
        return [subject.text]

    @staticmethod
    def _both(text: str, marked: bool = False) -> list[str]:
        pair = subjects.sides(text)
        if pair is not None:
            return list(pair)
        if marked:
            names = subjects.listed(text)
            if len(names) > 1:
                return names
        return []

    def _subject_of(self, own: Subject | None, role: str, lead: _Lead, token: Token) -> Subject:
        state = self.state
        if own is None:
            inside = self._indicator_at(token.start)
            if inside is not None:
                return Subject(inside[3])
            return state.subject
        if own.text in _RELATIVE and state.subject.text and not state.subject.is_functional:
            owner = state.subject.text
            for ending in _RELATIVE:
                owner = owner.removesuffix(ending)
            return Subject(owner + own.text)
        if not state.reason and (not state.using or own.is_functional) and role not in ("share", "completion_rate", "difference_rate"):
            self._speak_of(own)
        return own

    # Roles

    def _role(self, number: Number, unit_kind: str, token: Token, lead: _Lead) -> tuple[str, int | None, Basis | None]:
        state = self.state
        last = lead.last
        kind = last.kind if last is not None else ""
        stated = lead.compared[0] if lead.compared is not None else None
        direction = self._direction(number, lead)
        rate = unit_kind == "rate"
        if rate:
            if kind == "difference":
                return "difference_rate", _sign(number, direction), stated
            if kind == "deviation":
                return "difference_rate", _sign(number, direction), Basis("target")
            if kind == "adjust_rate":
                return "difference_rate", _sign(number, direction), Basis("initial_budget")
            if kind == "completion_of_target":
                return "completion_rate", None, Basis("target")
            if kind == "completion":
                indicator = self._indicator_at(token.start)
                return "completion_rate", None, Basis("target") if indicator is not None else None
            if kind == "share":
                denominator = self._denominator(lead, token)
                if denominator and roles.is_budget_share(denominator):
                    return "completion_rate", None, None
                if not denominator and self._executed(state.row):
                    return "completion_rate", None, None
                return "share", None, None
            if kind == "direction" or (kind in ("compare", "compare_with") and lead.changes):
                return "change_rate", direction, stated
            if roles.is_budget_share(lead.lead.split("，")[-1].strip("为是达到相当于（）")) and lead.lead:
                return "completion_rate", None, None
            if kind in ("compare", "compare_with"):
                return "change_rate", direction, stated
            return self._bare_rate(number, lead, direction)
        if unit_kind == "points":
            return "change", direction, stated
        if unit_kind == "score" or (unit_kind == "" and kind == "score"):
            return "score", None, None
        if kind == "adjust" or (kind == "" and number.sign and lead.lead.endswith("调整")):
            return "change", _sign(number, direction if kind != "adjust" or not last.code else int(last.code)), \
                Basis("initial_budget")
        if kind == "direction" and not self._states_the_base(lead, token):
            return "change", direction, stated
        if kind in ("compare", "compare_with") and lead.changes and lead.changes[-1].start > last.start:
            return "change", direction, stated
        if unit_kind == "area":
            return "area", None, None
        if unit_kind == "count":
            return "count", None, None
        if unit_kind in ("per", "time"):
            return "other", None, None
        return "amount", None, None

    def _bare_rate(self, number: Number, lead: _Lead, direction: int | None) -> tuple[str, int | None, Basis | None]:
        """A rate without a cue: what stands before it decides."""
        row = self.state.row
        if lead.own is not None or roles.names_a_rate(lead.lead):
            return "other", None, None
        if row is not None and not lead.lead.strip("，、（ 即约为"):
            if row.role == "change":
                return "change_rate", row.direction, None
            if row.role == "amount":
                return "share", None, None
        return "other", None, None

    def _executed(self, row: NarrativeAmount | None) -> bool:
        """年初预算55万元，实际使用52.59万元，占比95.62%: a share of the budget stated before."""
        return (
            row is not None and self.state.budget is not None and row.role == "amount" and row.stage_code == "final"
            and row.pattern == "execution"
        )

    def _direction(self, number: Number, lead: _Lead) -> int | None:
        codes = [token.code for token in lead.changes[-2:]]
        if not codes:
            return 1 if number.sign == "+" else -1 if number.sign == "-" else None
        if "1" in codes and "-1" in codes and lead.changes[-1].start - lead.changes[-2].end <= 2:
            # 增加（减少）: the template's choice was never made.
            return 0 if not number.text.strip("0.-") else None
        code = codes[-1]
        if code == "0":
            return 0 if not number.text.strip("0.-") else _sign(number, None)
        return int(code)

    def _base_of(self, role: str, stated: Basis | None, lead: _Lead, unit_kind: str) -> str:
        state = self.state
        if role == "completion_rate":
            if stated is not None:
                return stated.code
            named = [token.code for token in lead.clause if token.kind == "base" and token.code in roles.BUDGET_STAGES]
            if named and named[-1] != "budget":
                return named[-1]
            if state.budget == "full_year_budget" or state.full_budget:
                return "full_year_budget"
            if state.budget == "initial_budget":
                return "initial_budget"
            if self.setting.kind == "performance" or (not named and state.budget is None and state.frame is None):
                return "full_year_budget" if self._is_execution(lead) or state.budget else "initial_budget"
            return "initial_budget"
        if role == "difference_rate":
            if stated is not None and stated.code != "budget":
                return stated.code
            if state.full_budget or state.budget in ("full_year_budget", "initial_budget"):
                return "full_year_budget" if state.full_budget else "initial_budget"
            return self._base(stated, None)
        return self._base(stated, unit_kind)

    @staticmethod
    def _is_execution(lead: _Lead) -> bool:
        return "执行" in lead.lead or "支付" in lead.lead

    def _base(self, stated: Basis | None, unit_kind: str | None) -> str:
        state = self.state
        found = stated or state.frame or state.last_basis or Basis(self.setting.default_base)
        code = found.code
        if code == "budget":
            code = "full_year_budget" if state.full_budget else "initial_budget"
        if unit_kind in ("count", "area") and code.startswith("prior_"):
            return "prior_year_count"
        return code

    def _states_the_base(self, lead: _Lead, token: Token) -> Basis | None:
        """The comparison whose base this number prints: 比上年决算数55.45万元减少…"""
        if lead.compared is None:
            return None
        found, at = lead.compared
        after = lead.clause[at + 1 :]
        if not after or any(part.kind in _ENDS_SUBJECT and part.kind != "compare" for part in after):
            return None
        gap = self.text[after[-1].end : token.start]
        return found if gap.strip("的数为是 ，（") == "" else None

    def _comparison(self, clause: list[Token], closing: bool) -> tuple[Basis, int] | None:
        """The comparison in a clause and the index of its first token: 比…, 较…, 与…相比.

        与, 同 and 和 compare only where 相比 closes them or a base follows at once (与上年决算数下降).
        """
        for index, token in enumerate(clause):
            if token.kind == "compare":
                found = roles.basis(_until_change(clause[index + 1 :]), self.setting)
                if found is None and index and self.text[token.start : token.end] in ("相比", "对比", "比较", "相比较"):
                    opening = index
                    while opening > 0 and clause[opening - 1].kind in ("base", "period", "year", "opening"):
                        opening -= 1
                    found = roles.basis(clause[opening:index], self.setting)
                    if opening and clause[opening - 1].kind == "compare_with":
                        opening -= 1
                    if found is not None:
                        return found, opening
                if found is not None:
                    return found, index
                if self.text[token.start : token.end] == "同比":
                    return Basis(self.setting.default_base), index
            elif token.kind == "compare_with":
                follows = clause[index + 1 : index + 2]
                if not follows or follows[0].kind not in ("base", "period", "year", "opening"):
                    continue
                if follows[0].start - token.end > 3:
                    continue
                rest = clause[index + 1 :]
                if any(part.kind in ("compare", "same", "direction") for part in rest):
                    found = roles.basis(_until_change(rest), self.setting)
                    if found is not None:
                        return found, index
        return None

    def _denominator(self, lead: _Lead, token: Token) -> str:
        share = next((part for part in lead.cues if part.kind == "share"), None)
        if share is None:
            return ""
        text = self.text[share.end : token.start]
        for ending in ("的比率为", "的比重为", "的比例为", "比重为", "比例为", "的比率", "的比重", "的比例", "比重", "比例", "的", "为", "：", "约"):
            text = text.removesuffix(ending)
        return subjects.strip_trailing(text) if len(text) <= 60 else ""

    # Subjects

    def _own_subject(self, begin: int, end: int, clause: list[Token], both: bool = False) -> Subject | None:
        """The label between two offsets, or None where only cue words stand there."""
        budgeted = any(token.kind == "base" for token in clause)
        whole_end = end
        while clause and clause[-1].kind in _TRIM and self.text[clause[-1].start - 1 : clause[-1].start] != "总" and not self.text[clause[-1].end : end].strip("的数为是：，“” 共计安排资金"):
            last = clause[-1]
            end, clause = last.start, clause[:-1]
            printed = self.text[last.start : last.end]
            if last.kind == "base" and printed[:2] in ("支出", "收入") and self.text[begin:end].strip("，、"):
                if self.text[end - 1] not in "费出）入":
                    # 教育支出决算: the noun belongs to the label, in 公务接待费支出决算 it does not matter.
                    end = last.start + 2
                    break
        code = next((token.code for token in reversed(clause) if token.kind == "code"), None)
        start = begin
        if budgeted and clause and clause[0].kind == "opening" and clause[0].start <= begin + 6:
            start = begin = clause[0].end
        for token in clause:
            if token.kind in ("year", "skip", "besides") or (
                token.kind == "period" and token.end <= begin + 8 and self.text[token.end - 1] in "度年期" and token.code == "prior"
            ) or (token.kind == "period" and self.text[token.end - 1] == "度"):
                if token.kind == "skip" and token.code in ("threshold", "name"):
                    continue
                if self.text[token.start - 1 : token.start] == "的" and token.start > start + 2:
                    # 编报绩效目标的2024年度项目: the year stands inside the label.
                    before = subjects.clean(self.text[start : token.start])
                    after = subjects.clean(self.text[token.end : end])
                    return Subject(before + "的" * (not before.endswith("的")) + after) if before and after else None
                if subjects.strip_trailing(self.text[token.end : end]).strip("度，、的初末底"):
                    start = token.end
                elif token.kind == "year" and token.start > start:
                    end = token.start
        if end <= start:
            return None
        text = self.text[start:end]
        if start != begin:
            text = text.removeprefix("度").removeprefix("末").removeprefix("底")
        named = subjects.functional(text, _digits(code), self.state.functional)
        if named is not None:
            return named
        text = subjects.clean(text)
        if any(token.kind == "base" and self.text[token.start : token.end] == text for token in clause):
            return None
        if not both:
            text = subjects.clean(subjects.last_of_list(text))
        text = text.strip("的")
        if text in _VERBS and end != whole_end:
            return self._as_subject(subjects.clean(self.text[start:whole_end]), None)
        if len(text) < 2 or text in _EMPTY:
            return None
        return self._as_subject(text, code)

    def _as_subject(self, text: str, code: str | None) -> Subject:
        named = subjects.functional(text, _digits(code), self.state.functional)
        if named is not None:
            return named
        digits = _digits(code)
        if digits:
            for part in (digits + "-", digits + "—", digits):
                text = text.removeprefix(part)
            text = text.replace("（" + digits + "）", "")
        return Subject(text, code=digits)

    def _speak_of(self, subject: Subject) -> None:
        state = self.state
        state.subject = subject
        state.pair = self._both(subject.text)
        if subject.is_functional:
            state.functional = subject
        if not state.parents:
            state.head = subject

    def _with_tail(self, own: Subject | None, token: Token) -> Subject | None:
        """0个项目自评等级为“优”, 新增7名工作人员: what is counted stands behind the number."""
        if own is not None and (unit_of_label(own.text) is not None or own.text.endswith(("单位", "科室", "项目", "机构"))):
            return own
        end = token.end + _MAX_TAIL
        for following in self.tokens[self.index + 1 : self.index + 8]:
            if following.kind in ("mark", "open", "close", "compare_with", "reason") and following.code not in "（）":
                end = min(end, following.start)
                break
            if following.kind == "number":
                return own
        text = subjects.clean(self.text[token.end : end])
        if len(text) < 2 or self.text[token.end] == "（" or len(text) > 16:
            return own
        if own is None:
            return Subject(text)
        return Subject(own.text + text) if len(own.text) <= 12 and len(text) <= 10 else own

    # Units

    def _unit(self, number: Number, token: Token, lead: _Lead) -> tuple[str | None, str]:
        """Unit and its kind; None where nothing says what the bare number counts."""
        if number.unit:
            return number.unit, number.unit_kind
        last = lead.last.kind if lead.last is not None else ""
        money = self.state.money_unit or "万元"
        row = self.state.row
        if last in ("share", "completion", "completion_of_target", "difference", "deviation", "adjust_rate"):
            return ("%", "rate")
        if last == "score":
            return "分", "score"
        if last == "direction":
            if row is not None and row.role == "change" and lead.own is None and row.unit_of_measure != "%":
                return "%", "rate"
            if lead.own is None and row is not None and row.unit_of_measure:
                return self._like(row)
        label = lead.own.text if lead.own is not None else ""
        if label:
            unit = unit_of_label(label)
            if unit is not None:
                return (money, "money") if unit == "money" else (unit, _kind_of(unit))
            return None, ""
        immediate = self._states_the_base(lead, token)
        if immediate is not None or any(part.kind in ("base", "opening") for part in lead.clause):
            return (money, "money")
        if (lead.clause or lead.lead.strip("，、；为 ")) and self.state.subject.text:
            unit = unit_of_label(self.state.subject.text)
            if unit is not None and lead.last is not None:
                return (money, "money") if unit == "money" else (unit, _kind_of(unit))
        return None, ""

    @staticmethod
    def _like(row: NarrativeAmount) -> tuple[str, str]:
        unit = row.unit_of_measure or ""
        if unit == "%":
            return "%", "rate"
        return unit, "money" if unit.endswith("元") else _kind_of(unit)

    # Rows

    def _emit(
        self, subject: Subject, start: int, end: int, *, role: str, direction: int | None, base: str | None,
        stage: str | None, year: int | None, number: Number | None, unit: str | None, implied: bool, pattern: str,
        value_text: str | None, parent: str | None = None,
    ) -> None:
        state, paragraph = self.state, self.paragraph
        first, last = self.compact.span(start, end)
        if parent is None and state.parents:
            parent = state.parents[-1]
        row = NarrativeAmount(
            amount_ordinal=len(self.rows) + 1,
            page=paragraph.page,
            source_line=paragraph.source_line,
            sheet=paragraph.sheet,
            paragraph_ordinal=None if paragraph.table_ordinal is not None else paragraph.ordinal,
            table_ordinal=paragraph.table_ordinal,
            row_ordinal=paragraph.row_ordinal,
            column_ordinal=paragraph.column_ordinal,
            char_start=first,
            char_end=last,
            section=paragraph.section,
            sentence=self._sentence(start),
            subject_printed=subject.text,
            subject_key=label_key(subject.text),
            parent_printed=parent if parent != subject.text else None,
            class_name=subject.class_name,
            group_name=subject.group_name,
            item_name=subject.item_name,
            code_printed=subject.code,
            role=role,
            direction=direction,
            base_code=base,
            stage_code=stage,
            year_stated=year,
            value_printed=number.printed if number is not None else self.text[start:end],
            value_text=value_text,
            decimals=number.decimals if number is not None else None,
            unit_of_measure=unit,
            is_implied=implied,
            pattern=pattern,
        )
        self.rows.append(row)
        state.row = row
        self.said = True

    def _skip(self, start: int, end: int, reason: str) -> None:
        first, last = self.compact.span(start, end)
        self.skipped.append(
            SkippedNumber(
                self.paragraph.ordinal, self.paragraph.page, self.paragraph.source_line, first, last,
                self.text[start:end], reason,
            )
        )

    def _sentence(self, position: int) -> str:
        bounds = self._sentences
        while self._sentence_index + 1 < len(bounds) and bounds[self._sentence_index][1] <= position:
            self._sentence_index += 1
        if self._sentence_text[0] != self._sentence_index:
            start, end = bounds[self._sentence_index]
            first, last = self.compact.span(start, end)
            self._sentence_text = (self._sentence_index, self.compact.original[first:last])
        return self._sentence_text[1]

    def _indicator_at(self, position: int) -> tuple[int, int, str, str] | None:
        for stretch in self.indicators:
            if stretch[0] <= position < stretch[1]:
                return stretch
        return None


@dataclass(frozen=True, slots=True)
class _Lead:
    """What the words before a number say."""

    begin: int
    clause: list[Token]
    cues: list[Token]
    last: Token | None
    own: Subject | None
    compared: tuple[Basis, int] | None
    changes: list[Token]
    both: bool
    respective: Token | None
    lead: str


_EMPTY = frozenset(
    ("共计", "本年", "情况", "方面", "年度", "本级", "全年", "当年", "我们", "单位", "部门", "实现", "达到", "左右", "年底", "年末", "年初", "目前", "期间",
     "截至", "截止", "另外", "主要", "具体", "其中", "分别", "数额", "本部", "同时", "以及", "全部")
)
_SENTENCE_SIGNS = ("为了", "根据", "按照", "加强", "推进", "坚持", "保障", "负责", "做好", "开展", "提升", "落实", "强化")


_OF_A_REVIEW = re.compile(r"(?:项目)?(?:支出)?绩效(?:自评|评价)(?:综述|情况综述|情况|结果)?\Z")
_GENERIC = frozenset(("项目", "该项目", "本项目", "项目绩效", "项目绩效目标", "绩效", "项目资金", "项目全年", "项目总体", "整体绩效", "该项"))
"""Labels that only point at what is spoken of already."""
_BARE_AMOUNTS = frozenset(("采购金额", "合同金额", "涉及资金", "涉及金额", "涉及预算金额", "涉及预算资金", "涉及财政资金", "成交金额", "中标金额"))
_VERBS = frozenset(("涉及", "共涉及", "安排", "下达", "批复", "追加", "收到", "拨付", "涉及项目", "涉及财政", "支付", "投入"))
_NOTHING_OF = re.compile(
    r"(?:收入|支出|经费|费用?|拨款|预算|采购|资金|结转|结余|补助|车辆|用车|设备|接待|购置|债务|任务|出国（境）|出国|团组|安排的支出)\Z"
)
_BALANCES = re.compile(r"(?:以?及|和|、)?(?:年初|年末|上年)?结[转余](?:和|及|、)?(?:结[转余])?(?:资金)?\Z")


def _is_sentence(label: str) -> bool:
    """A clause of plain prose, not a label."""
    return any(sign in label for sign in _SENTENCE_SIGNS)


def _until_change(tokens: list[Token]) -> list[Token]:
    for index, token in enumerate(tokens):
        if token.kind in ("direction", "same", "share", "completion", "difference"):
            return tokens[:index]
    return tokens


def _sign(number: Number, direction: int | None) -> int | None:
    if direction is not None:
        return direction
    return {"+": 1, "-": -1}.get(number.sign)


def _digits(code: str | None) -> str | None:
    if not code:
        return None
    digits = "".join(char for char in code if char.isdigit())
    return digits or None


def _kind_of(unit: str) -> str:
    if unit == "%":
        return "rate"
    if unit == "分":
        return "score"
    return "area" if unit in ("平方米", "亩") else "count"


def _pattern(role: str, lead: _Lead, is_base: bool) -> str:
    """Name of the form read, for the landing's ``pattern``."""
    if is_base and role in ("amount", "count"):
        return "base_stated"
    if role == "amount":
        bases = [token.code for token in lead.clause if token.kind == "base"]
        if bases:
            return "execution" if bases[-1] == "execution" else "stage_" + bases[-1]
    if lead.respective is not None:
        return role + "_respectively"
    if lead.both:
        return role + "_both"
    if not lead.clause and lead.own is None:
        return role + "_inherited"
    return role


def _sentence_bounds(tokens: list[Token], length: int) -> list[tuple[int, int]]:
    bounds: list[tuple[int, int]] = []
    start = 0
    for token in tokens:
        if token.code in ("。", "！") and token.kind == "mark":
            bounds.append((start, token.end))
            start = token.end
    if start < length or not bounds:
        bounds.append((start, length))
    return bounds
