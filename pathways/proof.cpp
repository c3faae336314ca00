#include "pathways/proof.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "pathways/internal/boxes.h"
#include "pathways/internal/grid.h"

namespace renal::pathways {
namespace {

using internal::Box;
using internal::BoxLimit;
using internal::Grid;
using internal::GridRow;

GridRow RowOf(const Rule& rule) { return {&rule.cells, &rule.needs}; }

std::vector<GridRow> RowsOf(const Table& table) {
  std::vector<GridRow> rows;
  for (const Rule& rule : table.rules) rows.push_back(RowOf(rule));
  return rows;
}

bool IsPresence(const Cell& cell) {
  return cell.kind == Cell::Kind::kKnown || cell.kind == Cell::Kind::kUnknown;
}

const Cell* CellOn(const Rule& rule, Index input) {
  const auto found = std::find_if(rule.cells.begin(), rule.cells.end(),
                                  [&](const Cell& cell) { return cell.input == input; });
  return found == rule.cells.end() ? nullptr : &*found;
}

// The same advice, listed in the same way; words and citations may differ.
bool SameRow(const Rule& a, const Rule& b) {
  return SameOffer(a, b) && a.needs == b.needs && a.together == b.together &&
         a.yields_to == b.yields_to && a.joins == b.joins && a.replaces == b.replaces &&
         a.demotes == b.demotes && a.mdt_required == b.mdt_required && a.policy == b.policy &&
         a.fact == b.fact && a.background == b.background;
}

class TableProver {
 public:
  TableProver(const Pathway& pathway, const Table& table, BoxLimit& limit)
      : table_(table), limit_(limit), rows_(RowsOf(table)), grid_(GridOf(pathway)) {
    for (std::size_t i = 0; i < table.rules.size(); ++i) {
      certain_.push_back(grid_.Certain(rows_[i]));
      possible_.push_back(grid_.Possible(rows_[i]));
      proof_.has_when |= table.rules[i].when.has_value();
    }
    for (const auto* cells : gate_rows_) gate_.push_back(grid_.Certain({cells, nullptr}));
  }

  TableProof Run() {
    FindDead();
    if (table_.hit == Hit::kUnique) FindOverlaps();
    if (table_.hit != Hit::kCollect && table_.complete) FindGaps();
    if (table_.hit != Hit::kCollect) FindMergeable();
    return std::move(proof_);
  }

 private:
  Grid GridOf(const Pathway& pathway);
  void FindGaps();
  void FindOverlaps();
  void AddOverlap(std::size_t i, std::size_t j, const Box& box);
  void FindDead();
  void FindMergeable();
  bool MayMerge(std::size_t i, std::size_t j) const;

  // Takes part in choosing the rule: those listed `together` come afterwards.
  bool Chooses(std::size_t rule) const { return table_.rules[rule].together.empty(); }
  bool Proven(std::size_t rule) const { return !table_.rules[rule].when.has_value(); }
  bool IsStopped(const Box& box);
  // What is left of the boxes after all of `holes`; nothing beyond the limit.
  std::optional<std::vector<Box>> Left(std::vector<Box> boxes,
                                       const std::vector<const Box*>& holes);
  Patients Describe(const Box& box) const;

  const Table& table_;
  BoxLimit& limit_;
  std::vector<GridRow> rows_;
  std::vector<const std::vector<Cell>*> gate_rows_;
  Grid grid_;
  std::vector<Box> certain_, possible_, gate_;
  TableProof proof_;
};

// The columns of the table, cut at the cells of its rules and at those of the gate on them.
Grid TableProver::GridOf(const Pathway& pathway) {
  std::vector<Index> inputs = table_.columns;
  for (const Rule& rule : table_.rules) {
    for (const Index need : rule.needs) {
      if (std::find(inputs.begin(), inputs.end(), need) == inputs.end()) inputs.push_back(need);
    }
  }
  std::vector<GridRow> rows = rows_;
  for (const GateRow& row : pathway.gate) {
    const bool readable = std::all_of(row.cells.begin(), row.cells.end(), [&](const Cell& cell) {
      return std::find(inputs.begin(), inputs.end(), cell.input) != inputs.end();
    });
    if (!readable || row.cells.empty()) continue;
    gate_rows_.push_back(&row.cells);
    rows.push_back({&row.cells, nullptr});
  }
  return Grid(pathway, inputs, rows);
}

std::optional<std::vector<Box>> TableProver::Left(std::vector<Box> boxes,
                                                  const std::vector<const Box*>& holes) {
  for (const Box* hole : holes) {
    if (boxes.empty()) break;
    if (!grid_.layout().Subtract(boxes, *hole, limit_)) {
      proof_.too_large = true;
      return std::nullopt;
    }
  }
  return boxes;
}

bool TableProver::IsStopped(const Box& box) {
  std::vector<const Box*> holes;
  for (const Box& stop : gate_) holes.push_back(&stop);
  const auto left = Left({box}, holes);
  return left && left->empty();
}

void TableProver::FindGaps() {
  std::vector<const Box*> holes;
  for (const Box& stop : gate_) holes.push_back(&stop);
  for (std::size_t i = 0; i < possible_.size(); ++i) {
    if (Chooses(i)) holes.push_back(&possible_[i]);
  }
  auto left = Left({grid_.layout().Full()}, holes);
  if (!left) return;
  const auto uncovered = [&](const Box& box) {
    if (!limit_.Spend(holes.size() * grid_.layout().words() + 1)) return false;
    return std::none_of(holes.begin(), holes.end(),
                        [&](const Box* hole) { return grid_.layout().Meet(box, *hole); });
  };
  std::erase_if(*left, [&](const Box& box) { return grid_.layout().IsEmpty(box); });
  for (const Box& box :
       MaximalBoxes(grid_.layout(), std::move(*left), TableProof::kShownGaps, uncovered)) {
    proof_.gaps.push_back(Describe(box));
  }
}

// Two rules meet where one is true and the other is not false (pathway-format 5.3).
void TableProver::FindOverlaps() {
  const auto& layout = grid_.layout();
  for (std::size_t j = 1; j < possible_.size(); ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      if (!Chooses(i) || !Chooses(j) || !Proven(i) || !Proven(j)) continue;
      if (proof_.overlaps.size() == TableProof::kMostOverlaps) return;
      if (!limit_.Spend(3 * layout.words() + 1)) {
        proof_.too_large = true;
        return;
      }
      if (layout.Meet(certain_[i], certain_[j])) {
        AddOverlap(i, j, layout.Common(certain_[i], certain_[j]));
      } else if (layout.Meet(certain_[i], possible_[j])) {
        AddOverlap(i, j, layout.Common(certain_[i], possible_[j]));
      } else if (layout.Meet(possible_[i], certain_[j])) {
        AddOverlap(i, j, layout.Common(possible_[i], certain_[j]));
      }
    }
  }
}

void TableProver::AddOverlap(std::size_t i, std::size_t j, const Box& box) {
  if (IsStopped(box)) return;
  const bool unknown = !grid_.layout().Meet(certain_[i], certain_[j]);
  proof_.overlaps.push_back({i, j, Describe(box), unknown});
}

void TableProver::FindDead() {
  using Why = TableProof::Dead::Why;
  const auto& layout = grid_.layout();
  for (std::size_t i = 0; i < certain_.size(); ++i) {
    if (const auto axis = layout.EmptyAxis(certain_[i])) {
      proof_.dead.push_back({i, Why::kEmpty, grid_.inputs()[*axis], {}});
      continue;
    }
    if (IsStopped(certain_[i])) {
      proof_.dead.push_back({i, Why::kStopped, kNone, {}});
      continue;
    }
    if (table_.hit != Hit::kFirst || !Chooses(i)) continue;
    std::vector<const Box*> above;
    std::vector<std::size_t> by;
    for (const Box& stop : gate_) above.push_back(&stop);
    if (!limit_.Spend(i * layout.words() + 1)) {
      proof_.too_large = true;
      return;
    }
    for (std::size_t row = 0; row < i; ++row) {
      if (!Chooses(row) || !Proven(row) || !layout.Meet(certain_[row], certain_[i])) continue;
      above.push_back(&certain_[row]);
      by.push_back(row);
    }
    const auto left = Left({certain_[i]}, above);
    if (left && left->empty()) proof_.dead.push_back({i, Why::kCovered, kNone, std::move(by)});
  }
}

// In a `first` table the lower row moves up to the other one: no row between may meet it.
bool TableProver::MayMerge(std::size_t i, std::size_t j) const {
  if (!Chooses(i) || !Chooses(j) || !Proven(i) || !Proven(j)) return false;
  if (!SameRow(table_.rules[i], table_.rules[j])) return false;
  if (table_.hit != Hit::kFirst) return true;
  for (std::size_t row = i + 1; row < j; ++row) {
    if (Chooses(row) && grid_.layout().Meet(possible_[row], possible_[j])) return false;
  }
  return true;
}

void TableProver::FindMergeable() {
  const auto& layout = grid_.layout();
  for (std::size_t j = 1; j < certain_.size(); ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      if (!limit_.Spend(layout.words() + 1)) return;
      const auto axis = layout.OnlyDifference(certain_[i], certain_[j]);
      if (!axis || layout.IsEmpty(certain_[i]) || layout.IsEmpty(certain_[j])) continue;
      if (!MayMerge(i, j)) continue;
      Box joined(certain_[i]);
      for (std::size_t word = 0; word < joined.size(); ++word) joined[word] |= certain_[j][word];
      const Index input = grid_.inputs()[*axis];
      const Cell* a = CellOn(table_.rules[i], input);
      const Cell* b = CellOn(table_.rules[j], input);
      // "known" and "unknown" stand alone in a cell; a free cell takes the other row in already.
      if (a == nullptr || b == nullptr) continue;
      const bool presence = IsPresence(*a) || IsPresence(*b);
      if (presence && !layout.IsFree(joined, *axis)) continue;
      proof_.mergeable.push_back({i, j, input, grid_.axis(*axis).Text(layout, joined, *axis)});
      break;  // one remark for a row is enough
    }
  }
}

Patients TableProver::Describe(const Box& box) const {
  Patients patients;
  for (std::size_t axis = 0; axis < grid_.inputs().size(); ++axis) {
    const Index input = grid_.inputs()[axis];
    if (!grid_.layout().IsFree(box, axis)) {
      patients.tests.push_back({input, grid_.axis(axis).Text(grid_.layout(), box, axis)});
    }
    patients.example.push_back({input, grid_.axis(axis).Example(grid_.layout(), box, axis)});
  }
  return patients;
}

}  // namespace

std::vector<TableProof> Prove(const Pathway& pathway) {
  BoxLimit limit;
  std::vector<TableProof> proofs;
  for (const Table& table : pathway.tables) {
    proofs.push_back(TableProver(pathway, table, limit).Run());
  }
  return proofs;
}

TableProof Prove(const Pathway& pathway, const Table& table) {
  BoxLimit limit;
  return TableProver(pathway, table, limit).Run();
}

std::string TextOf(const Pathway& pathway, const std::vector<InputTest>& tests,
                   std::string_view between) {
  std::string text;
  for (const InputTest& test : tests) {
    if (!text.empty()) text += ", ";
    text += pathway.inputs[test.input].name;
    text += between;
    text += test.text;
  }
  return text.empty() ? "every patient" : text;
}

}  // namespace renal::pathways
