#include "pathways/internal/scores.h"

#include <algorithm>
#include <string>
#include <utility>

namespace renal::pathways {

namespace {

using Row = ScoreItem::Row;
using State = ScorePart::State;

// Why the score has no value for this patient: it is not meant for everybody. kNotUnknown if it may
// have one.
UnknownReason WhyNotFor(const Pathway& pathway, const Input& input, const Facts& facts,
                        Index where) {
  const Truth truth = TestAll(input.only_if, facts, where);
  const bool basis =
      std::any_of(input.depends_on.begin(), input.depends_on.end(), [&](Index other) {
        return facts.At(pathway, other, where).reason == UnknownReason::kNotApplicable;
      });
  if (truth == Truth::kFalse || basis) return UnknownReason::kNotApplicable;
  return truth == Truth::kTrue ? UnknownReason::kNotUnknown : UnknownReason::kAbsent;
}

void AddMissingOf(const std::vector<Cell>& cells, const Facts& facts, Index where,
                  std::vector<Index>& missing) {
  for (const Cell& cell : cells) {
    if (Test(cell, facts, where) == Truth::kUnknown) AddOnce(missing, cell.input);
  }
}

// The input whose value a row asks for.
Index AskedFor(const Row& row) {
  for (const Cell& cell : row.cells) {
    if (cell.kind != Cell::Kind::kUnknown) return cell.input;
  }
  return kNone;
}

// The input that decides an item, or would: that of the only row that fits or may, else of the
// first row that asks for one.
Index DecidingInput(const ScoreItem& item, const Row* only) {
  if (only != nullptr && AskedFor(*only) != kNone) return AskedFor(*only);
  for (const Row& row : item.rows) {
    if (AskedFor(row) != kNone) return AskedFor(row);
  }
  return kNone;
}

// The item's points over all ways in which it may turn out: over the rows that fit or may fit, up
// to the first that surely does.
ItemPoints PointsOf(const ScoreItem& item, const Facts& facts, Index where) {
  ItemPoints points;
  const Row* first = nullptr;
  bool one_mark = true;
  std::size_t open = 0;
  for (const Row& row : item.rows) {
    const Truth truth = TestAll(row.cells, facts, where);
    if (truth == Truth::kFalse) continue;
    if (open++ == 0) {
      first = &row;
      points.low = row.low;
      points.high = row.high;
      points.mark = &row.mark;
    }
    points.low = std::min(points.low, row.low);
    points.high = std::max(points.high, row.high);
    one_mark = one_mark && row.mark == *points.mark;
    if (truth == Truth::kTrue) break;
    AddMissingOf(row.cells, facts, where, points.missing);
  }
  points.input = DecidingInput(item, open == 1 ? first : nullptr);
  if (!one_mark) points.mark = nullptr;
  if (open == 0) {
    points.state = State::kOutside;
  } else if (one_mark && points.low == points.high) {
    points.state = State::kKnown;
    points.missing.clear();
  } else if (points.missing.empty()) {
    // A row that leaves the points open: another value of these would not.
    for (const Cell& cell : first->cells) AddOnce(points.missing, cell.input);
  }
  return points;
}

std::vector<ItemPoints> Items(const Input& input, const Facts& facts, Index where) {
  std::vector<ItemPoints> items;
  items.reserve(input.points.size());
  for (const ScoreItem& item : input.points) items.push_back(PointsOf(item, facts, where));
  return items;
}

// The items of a sum, as they were when it was worked out; a sum that was given was not.
std::shared_ptr<const std::vector<ItemPoints>> ItemsOf(const Pathway& pathway, Index sum,
                                                       const Facts& facts, Index where) {
  const Resolved& resolved = facts.At(pathway, sum, where);
  if (resolved.items != nullptr) return resolved.items;
  return std::make_shared<const std::vector<ItemPoints>>(Items(pathway.inputs[sum], facts, where));
}

void AddItems(const Pathway& pathway, Index sum, const Facts& facts, Index where,
              std::vector<ScorePart>& parts) {
  const std::vector<ScoreItem>& items = pathway.inputs[sum].points;
  if (items.empty()) return;
  const auto points = ItemsOf(pathway, sum, facts, where);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const ItemPoints& item = (*points)[i];
    ScorePart& part = parts.emplace_back();
    part.title = items[i].title;
    part.state = item.state;
    part.input = item.input;
    if (item.state == State::kOutside) continue;
    part.low = item.low;
    part.high = item.high;
    if (item.mark != nullptr) part.mark = *item.mark;
    part.missing = item.missing;
  }
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

bool IsIn(const std::vector<Cell>& cells, Index input) {
  return std::any_of(cells.begin(), cells.end(),
                     [input](const Cell& cell) { return cell.input == input; });
}

// What a score is worked out from: its items, or the inputs that it reads; of those that are sums
// themselves, the items. Whom it is for is told only where that is not known.
void AddParts(const Pathway& pathway, Index index, const Facts& facts, Index where,
              std::vector<ScorePart>& parts) {
  const Input& input = pathway.inputs[index];
  parts.reserve(parts.size() + input.points.size() + input.basis.size());
  AddItems(pathway, index, facts, where, parts);
  for (const Index other : input.basis) {
    const Input& basis = pathway.inputs[other];
    const bool known = facts.At(pathway, other, where).value.has_value();
    if (IsIn(input.only_if, other) ? known : !input.points.empty()) continue;
    if (basis.points.empty()) {
      parts.push_back(PartOf(pathway, other, facts, where));
    } else {
      AddParts(pathway, other, facts, where, parts);
    }
  }
}

// The codes that rows give which are true or may become so; kNone among them: no class.
struct OpenClasses {
  bool decided = false;
  std::vector<const ClassRow*> rows;
};

OpenClasses FindClasses(const Input& input, const Facts& facts, Index where) {
  OpenClasses open;
  open.rows.reserve(input.classes.size());
  for (const ClassRow& row : input.classes) {
    const Truth truth = TestAll(row.cells, facts, where);
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

bool Shown(const ScoreView& view, const Facts& facts, Index where) {
  return view.show_when.empty() ||
         std::any_of(view.show_when.begin(), view.show_when.end(), [&](const auto& cells) {
           return TestAll(cells, facts, where) == Truth::kTrue;
         });
}

template <class Part>
bool AnyKnown(const std::vector<Part>& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [](const Part& part) { return part.state == State::kKnown; });
}

Index SumBehind(const Pathway& pathway, Index index) {
  const Input& input = pathway.inputs[index];
  if (!input.points.empty()) return index;
  for (const Index other : input.depends_on) {
    if (!pathway.inputs[other].points.empty()) return other;
  }
  return kNone;
}

// "7ph": the points, then the mark of every item; nothing where a mark or a point is not known.
std::string NotationOf(const Pathway& pathway, Index sum, const Facts& facts, Index where) {
  std::string marks;
  std::int64_t total = 0;
  const auto items = ItemsOf(pathway, sum, facts, where);
  for (const ItemPoints& item : *items) {
    if (item.state != State::kKnown) return {};
    total += item.low;
    marks += *item.mark;
  }
  return marks.empty() ? marks : std::to_string(total) + marks;
}

void AddClassRemarks(const Input& input, const Facts& facts, Index where, ScoreState& state) {
  const OpenClasses open = FindClasses(input, facts, where);
  for (const ClassRow* row : open.rows) {
    if (row->code != kNone) AddOnce(state.possible, row->code);
    if (row->code == kNone && open.decided) AddOnce(state.remarks, row->because);
  }
  std::sort(state.possible.begin(), state.possible.end());
}

}  // namespace

void SumOfPoints(const Pathway& pathway, const Input& input, const Facts& facts, Index where,
                 Resolved& resolved) {
  const UnknownReason none = WhyNotFor(pathway, input, facts, where);
  if (none == UnknownReason::kNotApplicable) {
    resolved.reason = none;
    return;
  }
  resolved.items = std::make_shared<const std::vector<ItemPoints>>(Items(input, facts, where));
  // Where it is not known whom it is for, the items are known all the same.
  if (none != UnknownReason::kNotUnknown) return;
  std::int64_t low = 0;
  std::int64_t high = 0;
  for (const ItemPoints& item : *resolved.items) {
    if (item.state == State::kOutside) {
      resolved.reason = UnknownReason::kUnusable;
      return;
    }
    low += item.low;
    high += item.high;
  }
  if (!AnyKnown(*resolved.items)) return;
  const auto bound = [](std::int64_t points) {
    return Bound{{fhir::Decimal(points), fhir::Unit()}, true};
  };
  resolved.status = InputStatus::kDerived;
  resolved.reason = UnknownReason::kNotUnknown;
  resolved.value = Value::Ordered({bound(low), bound(high)});
}

void ClassOf(const Pathway& pathway, const Input& input, const Facts& facts, Index where,
             Resolved& resolved) {
  resolved.reason = WhyNotFor(pathway, input, facts, where);
  if (resolved.reason != UnknownReason::kNotUnknown) return;
  const OpenClasses open = FindClasses(input, facts, where);
  if (!GiveOneCode(open.rows)) {  // rows that contradict each other are a fault of the file
    resolved.reason = open.decided ? UnknownReason::kError : UnknownReason::kAbsent;
    return;
  }
  if (open.rows.front()->code == kNone) {
    resolved.reason = UnknownReason::kUnusable;
    return;
  }
  resolved.status = InputStatus::kDerived;
  resolved.value = Value::Code(open.rows.front()->code);
}

ScoreState DescribeScore(const Pathway& pathway, Index index, const Facts& facts, Index where) {
  const Input& input = pathway.inputs[index];
  const Resolved& resolved = facts.At(pathway, index, where);
  ScoreState state;
  if (resolved.reason == UnknownReason::kNotApplicable) return state;
  AddParts(pathway, index, facts, where, state.parts);
  const Index sum = SumBehind(pathway, index);
  if (sum != kNone) state.notation = NotationOf(pathway, sum, facts, where);
  if (!resolved.value && !input.classes.empty()) AddClassRemarks(input, facts, where, state);
  if (!input.score) return state;
  for (const ScoreView::Remark& remark : input.score->remarks) {
    if (TestAll(remark.when, facts, where) == Truth::kTrue) AddOnce(state.remarks, remark.text);
  }
  const bool meant =
      TestAll(input.only_if, facts, where) == Truth::kTrue &&
      (sum == kNone || TestAll(pathway.inputs[sum].only_if, facts, where) == Truth::kTrue);
  state.shown = meant && AnyKnown(state.parts) && Shown(*input.score, facts, where);
  return state;
}

}  // namespace renal::pathways
