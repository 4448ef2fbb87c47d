"""The clause grammar: walks the tokens of a paragraph and says of every number what it is.

Chinese finance prose leaves out what was said before, so the reader keeps a state (:class:`State`): the subject
spoken of, the wholes it is part of (其中), what the sentence compares with (与上年相比，…), the budget stated
last, which 完成预算的 refers to. A number is read from its lead, the words between the number or separator before it
and itself.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.prose import behind, comparison, judge, labels, respective, roles, subjects
from ingest.prose.compact import Compact
from ingest.prose.lexer import Number, Token, lexer
from ingest.prose.model import NarrativeAmount, ProseParagraph, SkippedNumber
from ingest.prose.roles import Basis, Setting
from ingest.prose.sentences import Sentences
from ingest.prose.state import Lead, State
from ingest.prose.subjects import Subject
from ingest.prose.words import ends_with, is_asset, unit_of_label, word_set, words
from ingest.text import label_key

Stretch = tuple[int, int, str, str]
"""Start, end, kind (indicator, context) and indicator name of a stretch that is read as an indicator."""
_MAX_DEPTH = 6
_MAX_OPEN = 40
_MAX_LEAD = 400
_MAX_LABEL = 40
_MAX_CLAUSE = 120
_MAX_BARE = 3
_BUDGETS = (("年初", "initial_budget"), ("全年", "full_year_budget"), ("调整", "full_year_budget"))
_STATED_UNIT = re.compile(r"单位：(?:人民币)?(亿元|万元|千元|元)")


class Reader:
    """Reads paragraphs in order and collects rows."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.rows: list[NarrativeAmount] = []
        self.skipped: list[SkippedNumber] = []
        self.state = State()

    def enter(self, heading: Subject | None) -> None:
        """A new section: only what its heading names is inherited."""
        unit, functional = self.state.money_unit, self.state.functional
        subject = heading or Subject()
        self.state = State(subject=subject, head=subject, money_unit=unit, functional=functional)
        if subject.is_functional:
            self.state.functional = subject

    def note_unit(self, text: str) -> None:
        """Remember the unit that a text states for what follows in its section: （单位：万元）."""
        stated = _STATED_UNIT.search(text)
        self.state.stated_unit = stated[1] if stated is not None else self.state.stated_unit

    def read(self, paragraph: ProseParagraph, compact: Compact, stretches: list[Stretch], goes_on: bool) -> None:
        """Rows of one paragraph. ``goes_on``: the paragraph before ended with a colon."""
        self.paragraph, self.compact, self.text = paragraph, compact, compact.text
        self.stretches = stretches
        self.tokens = lexer().tokens(self.text)
        self.sentences = Sentences(self.tokens, compact)
        self.clause: list[Token] = []
        self.begin, self.behind, self.bare = 0, -1, 0
        self.listed, self.consumed = False, 0
        self.point_depth: int | None = None
        self.passed = 0
        self.saved: list[tuple[Subject, list[str], Basis | None, str | None]] = []
        self.dealt: dict[int, Subject] = {}
        self.units: dict[int, Number | None] = {}
        self.state.begin_paragraph(goes_on)
        self.note_unit(self.text)
        for index, token in enumerate(self.tokens):
            self.index = index
            # 彩票公益金安排的支出（款）用于社会福利的彩票公益金支出（项）: a name.
            kind = "name" if token.kind == "use" and self.text.endswith("款）", 0, token.start) else token.kind
            token.kind = kind
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
                    self._skip(token, token.code)
                elif kind == "part":
                    self._part(token)
                elif kind in ("reason", "use"):
                    self._why(token)
                self._keep(token)
        self._end_clause(len(self.text), "。")

    # Separators

    def _mark(self, token: Token) -> None:
        mark = token.code
        if mark == "、" and not self.clause and token.start == self.begin:
            self.begin = token.end
            return
        if mark == "、" and self.text[self.begin : token.start] in subjects.ORDINALS:
            # …主要原因是…，三、2023年公务接待费…: the next point of a list that has no full stops.
            self.state.end_item()
            if self.text[self.begin : token.start] == "一" or self.point_depth is None:
                self.point_depth = len(self.state.parents)
            # What an earlier point took apart (其中) is none of this one's.
            del self.state.parents[self.point_depth :]
            self.begin = token.end
            return
        if mark in "、（）":
            self._keep(token)
            return
        self._end_clause(token.start, mark)
        self._restart(token.end)
        if mark in "。！？":
            self.state.end_sentence()
            self.state.pair = self._both(self.state.subject.text)
        elif mark == "；":
            goes_on = self.state.reason and self.text.startswith(words("next_reason"), token.end)
            self.state.end_item()
            self.listed, self.state.reason = True, goes_on

    def _keep(self, token: Token) -> None:
        clause = self.clause
        clause.append(token)
        if len(clause) > _MAX_CLAUSE:
            del clause[: _MAX_CLAUSE // 2]

    def _restart(self, position: int) -> None:
        self.begin = position
        self.clause = []
        self.bare = 0

    def _open(self, token: Token) -> None:
        state = self.state
        found = comparison.find(self.text, self.clause, self.setting)
        ends = self.clause[-1].end if self.clause else 0
        # 较上年数（110.5万元）增加: the base's own figure stands in the bracket.
        is_base = found is not None and self.clause[-1].kind in comparison.NAMES_A_BASE and ends >= token.start - 1
        state.share_of = comparison.denominator(self.text, self.clause, token.start)
        self._end_clause(token.start, "（")
        state.in_base = found[0] if found is not None and is_base else None
        self.saved.append((state.subject, list(state.parents), state.frame, state.part_stage))
        if len(self.saved) > _MAX_OPEN:
            del self.saved[0]
        is_behind = state.row is not None and self.behind == token.start and state.row.subject_printed != ""
        if is_behind and (state.using or state.reason):
            # 主要是执法记录仪20台（6万元）: what the bracket says is of what stands before it.
            state.subject = Subject(state.row.subject_printed)
        self._take_apart()
        parent = state.subject.text if state.row is None or state.reason else state.row.subject_printed
        if parent and len(state.parents) < _MAX_DEPTH:
            state.parents.append(parent)
        self._restart(token.end)

    def _close(self, token: Token) -> None:
        self._end_clause(token.start, "）")
        self.state.in_base = None
        if self.saved:
            self.state.subject, self.state.parents, self.state.frame, self.state.part_stage = self.saved.pop()
        self._restart(token.end)

    def _part(self, token: Token) -> None:
        """其中, 包括: what follows is part of what was said last."""
        state = self.state
        before = ""
        if not any(part.kind in labels.ENDS_LABEL for part in self.clause):
            before = subjects.clean(self.text[max(self.begin, token.start - 60) : token.start])
        state.reason = state.using = False
        state.series = []
        self._take_apart()
        if before and len(before) <= 30:
            state.subject = labels.as_subject(before, None, state.functional)
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
        elif self.state.said or self.text[token.start : token.end] != "用于":
            # At the head of a sentence 用于…的支出 is what is spoken of.
            self.state.using = True
        self._restart(token.end)

    # Clauses without a number

    def _end_clause(self, end: int, mark: str) -> None:
        begin, clause, state = self.begin, self.clause, self.state
        if end - begin > _MAX_LEAD or end <= begin:
            return
        kinds = {token.kind for token in clause}
        if self.text[begin] == "因" and kinds & {"same", "nothing"} and self.text[begin + 1 : begin + 2] not in "公私":
            return
        if "same" in kinds:
            self._same()
            return
        if "nothing" in kinds and not state.reason and not state.using:
            self._nothing(end)
            return
        compared = comparison.find(self.text, clause, self.setting) or comparison.behind_figure(
            self.text, begin, self.behind, clause, state.row
        )
        if compared is not None and "direction" not in kinds:
            if not state.reason and "exceeds" not in kinds:
                state.frame = state.last_basis = compared[0]
                if clause[0].start == begin == self.behind and state.row is not None:
                    # 与上年80万元相比，收、支总计各增加5万元: the figure is of what is named behind it.
                    state.base_row = len(self.rows) - 1 if state.unnamed else None
                own = self._label(begin, clause[compared[1]].start, clause[: compared[1]])
                if own is not None:
                    self._speak_of(own)
            return
        trails = begin == self.behind and mark != "："
        if state.reason or state.using or kinds & labels.ENDS_LABEL or trails:
            return
        self._maybe_label(begin, end, mark)

    def _maybe_label(self, begin: int, end: int, mark: str) -> None:
        """A clause that only names something: 行政运行（项）：, 2022年度，机关运行经费，"""
        state = self.state
        if self.text.startswith(words("states"), begin) and mark != "：":
            return
        own = self._label(begin, end, self.clause)
        if own is None or (mark == "：" and not own.is_functional and own.text.endswith(words("explains"))):
            # 年末结转37万元，结转事项：…。与上年相比，增加2万元: what explains a figure is not what is spoken of.
            return
        label = own.text
        if mark == "：" and not own.is_functional:
            label = subjects.OF_A_REVIEW.sub("", label) or label
            own = Subject(label) if label != own.text else own
        named = len(label) <= _MAX_LABEL and (mark == "：" or ends_with("money_noun").search(label) is not None)
        if own.is_functional or own.code or (named and not labels.is_sentence(label)):
            self._speak_of(own)
        else:
            state.before = (state.before + "，" + self.text[begin:end].strip("“")).strip("，")[-60:]

    def _same(self) -> None:
        """与上年持平, 决算数与预算数一致: a change of nothing, without digits."""
        state, clause, text = self.state, self.clause, self.text
        if state.reason:
            return
        at = next(index for index, token in enumerate(clause) if token.kind == "same")
        token = clause[at]
        printed = text[token.start : token.end]
        compared = comparison.find(text, clause, self.setting)
        bases = [part for part in clause if part.kind == "base"]
        stated, first = None, at
        if compared is not None:
            stated, first = compared
        elif any(part.code in roles.BUDGET_STAGES for part in bases):
            stated = Basis("budget")
        elif printed.startswith("同"):
            # 同上年: the base stands in the word itself.
            stated = Basis(self.setting.default_base)
        elif printed == "等于":
            return
        elif self.begin == self.behind and state.row is not None and state.row.stage_code in comparison.BASE_STAGES:
            # 与年初预算37.5万元一致
            stated = Basis(state.row.stage_code)
        known = (stated, state.frame, state.last_basis, state.row)
        if printed in words("loose_same") and not bases and all(item is None for item in known):
            return
        own = None
        if not text.startswith(words("states"), self.begin):
            own = self._label(self.begin, clause[first].start, clause[:first])
        if own is not None:
            self._speak_of(own)
        subject = own or state.subject
        base = judge.inherited(stated, "", state, self.setting)
        for name in state.pair or [subject.text]:
            self._emit(
                subject if name == subject.text else Subject(name), token.start, token.end, role="change", direction=0,
                base=base, stage=self.setting.default_stage, pattern="unchanged",
            )

    def _nothing(self, end: int) -> None:
        """无政府性基金收入, 未安排…: a figure of nothing, without digits."""
        at = next(index for index, token in enumerate(self.clause) if token.kind == "nothing")
        token = self.clause[at]
        earlier = self.clause[:at]
        label = subjects.clean(self.text[token.end : end].rstrip("。；，"))
        if not label or label in words("unnamed"):
            # 公务用车购置费2015年未安排预算, 上年无该预算
            before = self._label(self.begin, token.start, earlier)
            label = before.text if before else label and self.state.subject.text
        if not label or len(label) > 60 or not ends_with("nothing_of").search(label):
            return
        subject = labels.as_subject(label, None, self.state.functional)
        names = [subject.text]
        if not subject.is_functional:
            listed = subjects.listed(subjects.BALANCES.sub("", subject.text) or subject.text)
            # 无因公出国费用、无车辆购置费支出
            names = [name.removeprefix("无") for name in listed]
        # 上年无该预算: nothing then says nothing of this year.
        stage, year = roles.stage([part for part in earlier if part.kind in ("period", "year")], self.setting)
        for name in names:
            unit = unit_of_label(name)
            said_of = subject if name == subject.text else Subject(name)
            if unit is not None and unit != "money" and judge.kind_of_unit(unit) == "count":
                what, unit, of_stage = "count", unit, None
            else:
                what, unit, of_stage = "amount", self.state.money_unit or "万元", stage or self.setting.default_stage
            self._emit(
                said_of, token.start, token.end, role=what, stage=of_stage, year=year, unit=unit, pattern="nothing",
                value_text="0",
            )

    # Numbers

    def _number(self, token: Token) -> None:
        number = token.number
        assert number is not None
        stretch = self._stretch(token.start)
        if stretch is not None and stretch[2] == "indicator":
            self._skip(token, "indicator")
            self._restart(token.end)
            return
        lead = self._lead(token, number)
        number = self._deal(token, number, lead)
        unit, unit_kind = judge.unit(number, lead, self.state, self.text[max(0, token.start - 14) : token.start])
        if unit is None:
            # What follows may still belong to the same label (3号院支出5万元): the lead goes on, for a while.
            self._skip(token, "no_unit")
            self.bare += 1
            if self.bare > _MAX_BARE:
                self._restart(token.end)
            return
        self._say(token, number, unit, unit_kind, lead, stretch)
        self._restart(token.end)
        self.behind = token.end

    def _deal(self, token: Token, number: Number, lead: Lead) -> Number:
        """Deal the names before 分别 out to the numbers listed here; a number without a unit has the list's."""
        state = self.state
        goes_on = lead.own is None and len(state.dealt) > 1
        each = lead.both and not lead.respective and respective.is_pair(self.tokens, self.index, self.text)
        if token.start in self.dealt or not (lead.respective or goes_on or each):
            return respective.with_unit_of(number, self.units.get(token.start))
        listed = respective.group(self.tokens, self.index, self.text)
        if lead.respective or each:
            kind = next((part.number.unit_kind for part in listed if part.number and part.number.unit_kind), "")
            names = respective.names(lead.own, state, len(listed), kind)
        else:
            names = state.dealt if len(state.dealt) == len(listed) else []
        state.dealt = names
        if len(listed) < 2 or not names:
            return number
        self.dealt.update(zip((part.start for part in listed), names, strict=True))
        united = next((part.number for part in listed if part.number and part.number.unit), None)
        self.units.update((part.start, united) for part in listed)
        if lead.own is not None:
            self._speak_of(lead.own)
        return respective.with_unit_of(number, united)

    def _lead(self, token: Token, number: Number) -> Lead:
        """Cues and subject of the words before a number."""
        text = self.text
        begin = max(self.begin, token.start - _MAX_LEAD, self.consumed)
        clause = [part for part in self.clause if part.start >= begin]
        cues = [part for part in clause if part.kind in labels.ENDS_LABEL]
        dealing = any(part.kind == "respectively" for part in clause)
        both = any(part.kind == "both" for part in clause)
        compared = comparison.find(text, clause, self.setting) or comparison.behind_figure(
            text, begin, self.behind, clause, self.state.row
        )
        first = cues[0].start if cues else token.start
        if compared is not None:
            first = min(first, clause[compared[1]].start)
        own = self._label(begin, first, [part for part in clause if part.start < first], both or dealing)
        cues = [part for part in cues if part.kind != "respectively"]
        if own is not None and number.unit_kind == "money" and own.code is None and subjects.is_organisation(own.text):
            own = None
        changes = [part for part in clause if part.kind in ("direction", "exceeds")]
        verb = cues[-1] if own is None and cues else None
        if verb is not None and (
            verb.kind in ("direction", "exceeds", "same")
            or (verb.kind == "completion" and number.unit_kind in ("count", "area"))
        ):
            # 增加人员经费5万元, 完成审批事项30件: the subject stands between the verb and the number.
            own = self._label(verb.end, token.start, [part for part in clause if part.start >= verb.end])
            own = None if own is not None and comparison.repeats_side(own.text, self.state.subject.text) else own
        if own is None and compared is not None and changes:
            side = comparison.named_between(text, begin, clause, compared[1], changes[-1])
            own = Subject(side) if side and side not in self.state.subject.text else None
        return Lead(
            text=text[begin : token.start],
            clause=clause,
            cues=cues,
            own=own,
            compared=compared,
            stated_base=comparison.stated_base(text, clause, compared, token.start, labels.ENDS_LABEL),
            changes=changes,
            both=both,
            respective=dealing,
        )

    def _say(
        self, token: Token, number: Number, unit: str, unit_kind: str, lead: Lead, stretch: Stretch | None
    ) -> None:
        state = self.state
        dealt = self.dealt.get(token.start)
        if dealt is not None:
            lead = replace(lead, own=None)
        whole = comparison.denominator(self.text, lead.cues, token.start)
        role, direction, stated = judge.role(number, unit_kind, whole, stretch is not None, lead, state)
        again = state.row if dealt is not None and not lead.respective and not lead.cues else None
        if again is not None and again.role in (*judge.RATE_ROLES, "share") and not lead.text.strip(respective.JOINED):
            # 收入、支出分别增加20万元和18万元: the second number says what the first said.
            role, direction, whole = again.role, again.direction, again.parent_printed or ""
        if self.listed and lead.own is None and lead.compared is not None and role == "change" and state.parents:
            # …项目支出50万元；比上年增加5万元: the list of parts is over, the whole has changed.
            state.subject = state.head
            state.pair = self._both(state.head.text)
        self.listed = False
        if lead.text.startswith("含") and lead.own is not None and not state.parents and state.head.text:
            state.parents.append(state.head.text)  # 收支总预算40万元，含下属单位经费5万元
        stage, year = self._stage(role, lead)
        if role == "amount" and again is not None and not lead.text.strip(respective.JOINED):
            stage, year = again.stage_code, again.year_stated
        base = None
        if role in judge.RATE_ROLES:
            base = judge.base(role, stated, unit_kind, lead, state, self.setting)
            if lead.compared is not None and role in ("change", "change_rate"):
                state.frame = state.last_basis = lead.compared[0]
        if role == "share" and lead.text == "的":
            whole = state.share_of
        elif role == "amount" and dealt is None and (whole or (state.share_of and not lead.text)):
            # 占总支出1000万元的60%, 占总支出（1000万元）的60%: the figure is the whole's.
            state.share_of = whole or state.share_of
            if roles.is_budget_share(state.share_of):
                # 占年初预算（156万元）的55%: the budget's own figure.
                own_budget = next((code for word, code in _BUDGETS if word in state.share_of), "budget_unspecified")
                stage, state.share_of = own_budget, ""
            else:
                dealt = labels.as_subject(state.share_of, None, state.functional)
        else:
            state.share_of = ""
        if role == "amount" and lead.own is not None and comparison.is_other_side(lead.own.text, state.parents):
            # 收入预算100万元，其中：…；支出预算100万元: the other side is no part of the first.
            state.parents, state.part_stage = state.parents[: state.outer], None
        if role == "amount" and lead.own is not None and comparison.is_sibling(lead.own.text, state.parents):
            state.parents.pop()
        own, parent = self._own(token, role, unit, unit_kind, lead, dealt)
        if own is None and role == "amount":
            state.leave_parts(stage, lead)
        if role == "share" and whole:
            parent = whole
        subject = dealt or self._subject(own, role, stretch)
        if role == "amount" and (named := self.dealt.get(token.start) or own) is not None:
            state.series.append(named)
        follows = judge.reaches(lead) or judge.amounts_to(lead, state)
        if own is None and dealt is None and state.row is not None and follows:
            subject = Subject(state.row.subject_printed)
        if self.setting.kind == "budget" and role == "amount" and is_asset(subject.text):
            stage = None  # What is owned at a date is no budget figure, this year's or last year's.
        if own is None and stage == "final" and not subject.is_functional and dealt is None:
            # 项目预算金额60万元，…实际支出45万元: what is spent is the project's, not its budget's.
            subject = Subject(subjects.OF_BUDGET.sub("", subject.text) or subject.text, code=subject.code)
        if role == "amount" and stage in (*roles.BUDGET_STAGES, "budget_unspecified"):
            state.budget = "budget" if stage == "budget_unspecified" else stage
            state.full_budget = state.full_budget or stage == "full_year_budget"
            if stage != "budget_unspecified" or len(state.parents) <= state.whole_at:
                state.budget_rows, state.whole_at = [], len(state.parents)
            if stage == "budget_unspecified":
                state.budget_rows.append(len(self.rows))
        elif role == "completion_rate" and state.budget_rows and lead.last == "completion":
            self._settle(lead)
        for position, name in enumerate([subject.text] if dealt else self._names(subject, lead, own, role)):
            said_of = subject
            if name != subject.text:
                said_of = replace(subject, text=name) if subject.is_functional else Subject(name)
            self._emit(
                said_of, token.start, token.end, role=role, direction=direction, base=base, stage=stage, year=year,
                number=number, unit=unit, is_implied=position > 0, pattern=judge.form(role, lead),
                value_text=number.text, parent=parent,
            )
        state.unnamed = own is None and dealt is None and lead.text.startswith(("与", "较", "比", "同"))
        if unit_kind == "money":
            state.money_unit = unit

    def _settle(self, lead: Lead) -> None:
        """支出预算为5万元（其中：…），完成年初预算的…%: the rate says which budget the figures before it were."""
        named = [token.code for token in lead.clause if token.kind == "base" and token.code in roles.BUDGET_STAGES]
        if named and named[-1] != "budget":
            for position in self.state.budget_rows:
                self.rows[position] = replace(self.rows[position], stage_code=named[-1])
            self.state.budget_rows = []

    def _stage(self, role: str, lead: Lead) -> tuple[str | None, int | None]:
        """Stage of the figure and the year printed for it; a base that is printed sets the sentence's comparison."""
        state = self.state
        base = lead.stated_base
        if base is not None and role not in judge.RATE_ROLES and role != "share":
            state.frame = state.last_basis = base
            return {"budget": "initial_budget", "opening": None}.get(base.code, base.code), base.year
        stage, year = roles.stage([] if lead.compared is not None and role != "amount" else lead.clause, self.setting)
        if role == "amount":
            if stage is None and lead.own is not None and lead.own.text.startswith(("预算收入", "预算支出")):
                stage = "initial_budget" if self.setting.kind == "budget" else "budget_unspecified"
            if stage is not None and lead.own is not None:
                state.part_stage = None
            if judge.adjusts(lead) and state.budget is not None:
                # 年初的200万元调整为260万元，增加60万元: what follows compares with the budget before.
                state.frame = state.last_basis = Basis("initial_budget")
                return "full_year_budget", year
            if state.in_base is not None and lead.own is None and not lead.clause:
                return state.in_base.code, state.in_base.year
            return stage or state.part_stage or self.setting.default_stage, year
        if role in ("count", "area", "score", "other"):
            return None, year
        return self.setting.default_stage, year

    def _own(
        self, token: Token, role: str, unit: str, unit_kind: str, lead: Lead, dealt: Subject | None
    ) -> tuple[Subject | None, str | None]:
        """The number's own label, completed from behind the number or dropped where it only points back; the parent."""
        state, own = self.state, lead.own
        parent = state.parents[-1] if state.parents else None
        if dealt is not None:
            return None, parent
        if unit_kind == "count" and own is not None and own.text in word_set("sums"):
            own = None
        if role == "count" and own is None and (actual := behind.filled(lead.text, state.subject.text, unit)):
            return actual, parent
        if (role == "count" and not lead.cues) or (role == "change" and own is None and unit_kind == "count"):
            own = self._with_tail(own)
        elif role == "amount" and own is None and not lead.clause:
            own = behind.used_for(self.tokens, self.index, self.text)
        elif own is not None and self._points_back(own.text):
            own = None
        elif own is None and (role == "share" or (role == "change_rate" and lead.compared is None)):
            own = state.aside_of(state.row, ("amount",) if role == "share" else ("change", "count"))
        if own is None and unit_kind == "score" and "平均" in lead.text:
            own = Subject("平均得分")
        if own is not None and unit_kind == "score" and own.text.endswith("得") and len(own.text) > 2:
            own = replace(own, text=own.text[:-1])
        if own is not None and own.text in word_set("bare_amount") and state.before:
            parent = state.before
        return own, parent

    def _points_back(self, label: str) -> bool:
        """该项目, or 支出 said of an item of expenditure: the subject is the one spoken of."""
        subject, row = self.state.subject.text, self.state.row
        if label in word_set("pointing"):
            return bool(subject)
        if label not in word_set("spends"):
            return False
        # 学术交流3人次，支出8万元: what was counted just before.
        counted = row is not None and row.role == "count" and self.begin - self.behind <= 1
        return (counted and row.subject_printed == subject) or ends_with("item_noun").search(subject) is not None

    def _subject(self, own: Subject | None, role: str, stretch: Stretch | None) -> Subject:
        state = self.state
        if own is None:
            return Subject(stretch[3]) if stretch is not None else state.subject
        relative = words("relative")
        if own.text in relative and state.subject.text and not state.subject.is_functional:
            owner = state.subject.text
            for ending in relative:
                owner = owner.removesuffix(ending)
            return Subject(owner + own.text)
        speaks = role not in ("share", "difference_rate")
        if role == "completion_rate":
            # 收入100万元…；支出完成年初预算的98%，比年初预算增加…
            speaks = own.text in comparison.SIDES and own.text not in state.subject.text
        if speaks and not state.reason and (not state.using or own.is_functional or role == "change"):
            self._speak_of(own)
        elif speaks:
            state.aside = own
        return own

    def _names(self, subject: Subject, lead: Lead, own: Subject | None, role: str) -> list[str]:
        """The labels a number is said of: two for 收、支总计各."""
        state = self.state
        if own is not None:
            state.pair = self._both(own.text, lead.both)
            return state.pair or [subject.text]
        if state.pair and (lead.both or role in judge.RATE_ROLES or role == "amount"):
            return state.pair
        return [subject.text]

    @staticmethod
    def _both(text: str, marked: bool = False) -> list[str]:
        pair = subjects.sides(text)
        if pair is not None:
            return list(pair)
        names = subjects.listed(text) if marked else []
        return names if len(names) > 1 else []

    def _with_tail(self, own: Subject | None) -> Subject | None:
        named = behind.counted(own, self.tokens, self.index, self.text)
        if named.end:
            # 4个属经常项目、0个属新增项目: what names this number does not name the next one.
            self.consumed = named.end
        return named.subject

    def _label(self, begin: int, end: int, clause: list[Token], both: bool = False) -> Subject | None:
        return labels.own_subject(self.text, begin, end, clause, self.state.functional, both)

    def _speak_of(self, subject: Subject) -> None:
        state = self.state
        if state.base_row is not None:
            text = (self._both(subject.text) or [subject.text])[0]
            self.rows[state.base_row] = replace(
                self.rows[state.base_row], subject_printed=text, subject_key=label_key(text),
                class_name=subject.class_name, group_name=subject.group_name, item_name=subject.item_name,
                code_printed=subject.code,
            )
            state.base_row = None
        state.subject, self.listed = subject, False
        state.pair = self._both(subject.text)
        if subject.is_functional:
            state.functional = subject
        if len(state.parents) <= state.outer:
            state.head = subject

    # Rows

    def _emit(
        self, subject: Subject, start: int, end: int, *, role: str, pattern: str, direction: int | None = None,
        base: str | None = None, stage: str | None = None, year: int | None = None, number: Number | None = None,
        unit: str | None = None, is_implied: bool = True, value_text: str | None = None, parent: str | None = None,
    ) -> None:
        state, paragraph = self.state, self.paragraph
        first, last = self.compact.span(start, end)
        parent = parent or (state.parents[-1] if state.parents else None)
        in_cell = paragraph.table_ordinal is not None
        row = NarrativeAmount(
            amount_ordinal=len(self.rows) + 1,
            page=paragraph.page,
            source_line=paragraph.source_line,
            sheet=paragraph.sheet,
            paragraph_ordinal=None if in_cell else paragraph.ordinal,
            table_ordinal=paragraph.table_ordinal,
            row_ordinal=paragraph.row_ordinal,
            column_ordinal=paragraph.column_ordinal,
            char_start=first,
            char_end=last,
            section=paragraph.section,
            sentence=self.sentences.at(start),
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
            is_implied=is_implied,
            pattern=pattern,
        )
        self.rows.append(row)
        state.row = row
        state.said = True

    def _skip(self, token: Token, reason: str) -> None:
        first, last = self.compact.span(token.start, token.end)
        paragraph = self.paragraph
        self.skipped.append(
            SkippedNumber(
                paragraph.ordinal, paragraph.page, paragraph.source_line, first, last,
                self.text[token.start : token.end], reason,
            )
        )

    def _stretch(self, position: int) -> Stretch | None:
        stretches = self.stretches
        while self.passed < len(stretches) and stretches[self.passed][1] <= position:
            self.passed += 1
        if self.passed < len(stretches) and stretches[self.passed][0] <= position:
            return stretches[self.passed]
        return None
