#include "pathways/internal/scores.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace renal::pathways {

namespace {

using Row = ScoreItem::Row;
using State = ScorePart::State;

// Unless the score is meant for this patient: why it has no value.
std::optional<Resolved> NotFor(const Pathway& pathway, const Input& input, const Facts& facts,
                               Index where) {
  const Truth truth = TestAll(pathway, input.only_if, facts, where);
  const bool basis =
      std::any_of(input.depends_on.begin(), input.depends_on.end(), [&](Index other) {
        return facts.At(pathway, other, where).reason == UnknownReason::kNotApplicable;
      });
  Resolved none;
  if (truth == Truth::kFalse || basis) none.reason = UnknownReason::kNotApplicable;
  return truth != Truth::kTrue || basis ? std::optional(none) : std::nullopt;
}

void AddMissingOf(const Pathway& pathway, const std::vector<Cell>& cells, const Facts& facts,
                  Index where, std::vector<Index>& missing) {
  for (const Cell& cell : cells) {
    if (Test(pathway, cell, facts, where) == Truth::kUnknown) AddOnce(missing, cell.input);
  }
}

// The rows of an item that fit or may fit, up to the first that surely does.
std::vector<const Row*> OpenRows(const Pathway& pathway, const ScoreItem& item, const Facts& facts,
                                 Index where, std::vector<Index>& missing) {
  std::vector<const Row*> open;
  for (const Row& row : item.rows) {
    const Truth truth = TestAll(pathway, row.cells, facts, where);
    if (truth == Truth::kFalse) continue;
    open.push_back(&row);
    if (truth == Truth::kTrue) break;
    AddMissingOf(pathway, row.cells, facts, where, missing);
  }
  return open;
}

// The input that decides an item, or would: one whose value a row asks for.
Index DecidingInput(const ScoreItem& item, const std::vector<const Row*>& open) {
  const auto in_row = [](const Row& row) {
    for (const Cell& cell : row.cells) {
      if (cell.kind != Cell::Kind::kUnknown) return cell.input;
    }
    return kNone;
  };
  if (open.size() == 1 && in_row(*open.front()) != kNone) return in_row(*open.front());
  for (const Row& row : item.rows) {
    if (in_row(row) != kNone) return in_row(row);
  }
  return kNone;
}

// The item's points over all ways in which it may turn out.
ScorePart Describe(const Pathway& pathway, const ScoreItem& item, const Facts& facts, Index where) {
  std::vector<Index> missing;
  const auto open = OpenRows(pathway, item, facts, where, missing);
  ScorePart part{.title = item.title, .input = DecidingInput(item, open)};
  if (open.empty()) {
    part.state = State::kOutside;
    return part;
  }
  part.low = open.front()->low;
  part.high = open.front()->high;
  part.mark = open.front()->mark;
  bool one_mark = true;
  for (const Row* row : open) {
    part.low = std::min(*part.low, row->low);
    part.high = std::max(*part.high, row->high);
    one_mark = one_mark && row->mark == part.mark;
  }
  if (!one_mark) part.mark.clear();
  if (one_mark && part.low == part.high) {
    part.state = State::kKnown;
    return part;
  }
  if (missing.empty()) {  // a row that leaves the points open: another value of these would not
    for (const Cell& cell : open.front()->cells) AddOnce(missing, cell.input);
  }
  part.missing = std::move(missing);
  return part;
}

std::vector<ScorePart> Items(const Pathway& pathway, const Input& input, const Facts& facts,
                             Index where) {
  std::vector<ScorePart> parts;
  for (const ScoreItem& item : input.points) {
    parts.push_back(Describe(pathway, item, facts, where));
  }
  return parts;
}

// An input as a part without points.
ScorePart PartOf(const Pathway& pathway, Index input, const Facts& facts, Index where) {
  ScorePart part{.title = pathway.inputs[input].title, .input = input};
  if (facts.At(pathway, input, where).value) {
    part.state = State::kKnown;
  } else {
    part.missing = {input};
  }
  return part;
}

// The inputs that a score is worked out from: in place of an expression, what it reads.
std::vector<Index> BasisOf(const Pathway& pathway, const Input& input) {
  std::vector<Index> open = input.depends_on;  // grows while it is walked
  std::vector<Index> basis;
  for (std::size_t i = 0; i < open.size(); ++i) {
    const Input& other = pathway.inputs[open[i]];
    if (other.derive && !other.score && !other.depends_on.empty()) {
      for (const Index below : other.depends_on) AddOnce(open, below);
    } else {
      AddOnce(basis, open[i]);
    }
  }
  std::sort(basis.begin(), basis.end());
  return basis;
}

bool IsIn(const std::vector<Cell>& cells, Index input) {
  return std::any_of(cells.begin(), cells.end(),
                     [input](const Cell& cell) { return cell.input == input; });
}

// What a score is worked out from: its items, or the inputs that it reads; of those that are sums
// themselves, the items. Whom it is for is told only where that is not known.
std::vector<ScorePart> PartsOf(const Pathway& pathway, const Input& input, const Facts& facts,
                               Index where) {
  std::vector<ScorePart> parts = Items(pathway, input, facts, where);
  for (const Index other : BasisOf(pathway, input)) {
    const Input& basis = pathway.inputs[other];
    const bool known = facts.At(pathway, other, where).value.has_value();
    if (IsIn(input.only_if, other) ? known : !input.points.empty()) continue;
    if (basis.points.empty()) {
      parts.push_back(PartOf(pathway, other, facts, where));
      continue;
    }
    for (ScorePart& part : PartsOf(pathway, basis, facts, where)) parts.push_back(std::move(part));
  }
  return parts;
}

// The codes that rows give which are true or may become so; kNone among them: no class.
struct OpenClasses {
  bool decided = false;
  std::vector<const ClassRow*> rows;
};

OpenClasses FindClasses(const Pathway& pathway, const Input& input, const Facts& facts,
                        Index where) {
  OpenClasses open;
  for (const ClassRow& row : input.classes) {
    const Truth truth = TestAll(pathway, row.cells, facts, where);
    if (truth == Truth::kFalse || (open.decided && truth != Truth::kTrue)) continue;
    if (truth == Truth::kTrue && !open.decided) open.rows.clear();
    open.decided = open.decided || truth == Truth::kTrue;
    open.rows.push_back(&row);
  }
  return open;
}

bool GiveOneCode(const std::vector<const ClassRow*>& rows) {
  return !rows.empty() && std::all_of(rows.begin(), rows.end(), [&](const ClassRow* row) {
    return row->code == rows.front()->code;
  });
}

bool Shown(const Pathway& pathway, const ScoreView& view, const Facts& facts, Index where) {
  return view.show_when.empty() ||
         std::any_of(view.show_when.begin(), view.show_when.end(), [&](const auto& cells) {
           return TestAll(pathway, cells, facts, where) == Truth::kTrue;
         });
}

bool AnyKnown(const std::vector<ScorePart>& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [](const ScorePart& part) { return part.state == State::kKnown; });
}

const Input* SumBehind(const Pathway& pathway, const Input& input) {
  if (!input.points.empty()) return &input;
  for (const Index other : input.depends_on) {
    if (!pathway.inputs[other].points.empty()) return &pathway.inputs[other];
  }
  return nullptr;
}

// "7ph": the points, then the mark of every item; nothing where a mark or a point is not known.
std::string NotationOf(const Pathway& pathway, const Input& sum, const Facts& facts, Index where) {
  std::string marks;
  std::int64_t total = 0;
  for (const ScorePart& part : Items(pathway, sum, facts, where)) {
    if (part.state != State::kKnown) return {};
    total += *part.low;
    marks += part.mark;
  }
  return marks.empty() ? marks : std::to_string(total) + marks;
}

void AddClassRemarks(const Pathway& pathway, const Input& input, const Facts& facts, Index where,
                     ScoreState& state) {
  const OpenClasses open = FindClasses(pathway, input, facts, where);
  for (const ClassRow* row : open.rows) {
    if (row->code != kNone) AddOnce(state.possible, row->code);
    if (row->code == kNone && open.decided) AddOnce(state.remarks, row->because);
  }
  std::sort(state.possible.begin(), state.possible.end());
}

}  // namespace

Resolved SumOfPoints(const Pathway& pathway, const Input& input, const Facts& facts, Index where) {
  if (auto none = NotFor(pathway, input, facts, where)) return *none;
  const std::vector<ScorePart> parts = Items(pathway, input, facts, where);
  Resolved resolved;
  std::int64_t low = 0;
  std::int64_t high = 0;
  for (const ScorePart& part : parts) {
    if (part.state == State::kOutside) {
      resolved.reason = UnknownReason::kUnusable;
      return resolved;
    }
    low += *part.low;
    high += *part.high;
  }
  if (!AnyKnown(parts)) return resolved;
  const auto bound = [](std::int64_t points) {
    return Bound{{fhir::Decimal(points), fhir::Unit()}, true};
  };
  resolved.status = InputStatus::kDerived;
  resolved.reason = UnknownReason::kNotUnknown;
  resolved.value = Value::Ordered({bound(low), bound(high)});
  return resolved;
}

Resolved ClassOf(const Pathway& pathway, const Input& input, const Facts& facts, Index where) {
  if (auto none = NotFor(pathway, input, facts, where)) return *none;
  const OpenClasses open = FindClasses(pathway, input, facts, where);
  Resolved resolved;
  if (!GiveOneCode(open.rows)) {
    if (open.decided) resolved.reason = UnknownReason::kError;  // rows that contradict each other
    return resolved;
  }
  if (open.rows.front()->code == kNone) {
    resolved.reason = UnknownReason::kUnusable;
    return resolved;
  }
  resolved.status = InputStatus::kDerived;
  resolved.reason = UnknownReason::kNotUnknown;
  resolved.value = Value::Code(open.rows.front()->code);
  return resolved;
}

ScoreState DescribeScore(const Pathway& pathway, const Input& input, const Facts& facts,
                         Index where, const Resolved& resolved) {
  ScoreState state;
  if (resolved.reason == UnknownReason::kNotApplicable) return state;
  state.parts = PartsOf(pathway, input, facts, where);
  const Input* sum = SumBehind(pathway, input);
  if (sum != nullptr) state.notation = NotationOf(pathway, *sum, facts, where);
  if (!resolved.value && !input.classes.empty()) {
    AddClassRemarks(pathway, input, facts, where, state);
  }
  if (!input.score) return state;
  for (const ScoreView::Remark& remark : input.score->remarks) {
    if (TestAll(pathway, remark.when, facts, where) == Truth::kTrue) {
      AddOnce(state.remarks, remark.text);
    }
  }
  const bool meant =
      TestAll(pathway, input.only_if, facts, where) == Truth::kTrue &&
      (sum == nullptr || TestAll(pathway, sum->only_if, facts, where) == Truth::kTrue);
  state.shown = meant && AnyKnown(state.parts) && Shown(pathway, *input.score, facts, where);
  return state;
}

}  // namespace renal::pathways
