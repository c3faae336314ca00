#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <z3++.h>

#include "pathways/load.h"
#include "pathways/proof.h"
#include "tests/pathways/random_table.h"

// The proof against an SMT solver: the same tables as formulas over numbers, not over segments.
namespace renal::pathways::testing {
namespace {

using Type = ModelColumn::Type;
using Kind = ModelTest::Kind;

class Formulas {
 public:
  explicit Formulas(const ModelTable& table) : table_(table), plausible_(context_.bool_val(true)) {
    for (const ModelColumn& column : table.columns) AddColumn(column);
    for (const ModelRule& rule : table.rules) {
      certain_.push_back(FormulaOf(rule, false));
      possible_.push_back(FormulaOf(rule, true));
    }
  }

  bool HasGap() {
    z3::expr none = context_.bool_val(true);
    for (const z3::expr& rule : possible_) none = none && !rule;
    return Satisfiable(none);
  }

  bool Overlap(std::size_t i, std::size_t j) {
    return Satisfiable((certain_[i] && possible_[j]) || (possible_[i] && certain_[j]));
  }

  bool Dead(std::size_t rule) {
    z3::expr decides = certain_[rule];
    if (table_.hit == ModelTable::Hit::kFirst) {
      for (std::size_t above = 0; above < rule; ++above) decides = decides && !certain_[above];
    }
    return !Satisfiable(decides);
  }

 private:
  // Whole types are integers; Decimal and Quantity are reals, in the steps of the model.
  void AddColumn(const ModelColumn& column) {
    const bool real = column.type == Type::kDecimal || column.type == Type::kQuantity;
    values_.push_back(real ? context_.real_const(column.name.c_str())
                           : context_.int_const(column.name.c_str()));
    missing_.push_back(context_.bool_const((column.name + "_missing").c_str()));
    const z3::expr& value = values_.back();
    if (column.codes > 0) {
      plausible_ = plausible_ && value >= 0 && value < static_cast<int>(column.codes);
    } else if (column.bounded) {
      plausible_ = plausible_ && value >= Number(column.min) && value <= Number(column.max);
    }
    if (!column.missing) plausible_ = plausible_ && !missing_.back();
  }

  z3::expr Number(std::int64_t value) { return context_.int_val(value); }

  z3::expr TestOf(const ModelTest& test, const z3::expr& value) {
    z3::expr passes = context_.bool_val(test.kind == Kind::kRange);
    if (test.kind == Kind::kCodes) {
      for (const std::int64_t code : test.codes) passes = passes || value == Number(code);
      return passes;
    }
    if (!test.low_open) {
      passes = passes && (test.low_closed ? value >= Number(test.low) : value > Number(test.low));
    }
    if (!test.high_open) {
      passes =
          passes && (test.high_closed ? value <= Number(test.high) : value < Number(test.high));
    }
    return passes;
  }

  z3::expr FormulaOf(const ModelRule& rule, bool possible) {
    z3::expr whole = context_.bool_val(true);
    for (std::size_t i = 0; i < rule.cells.size(); ++i) {
      const auto& cell = rule.cells[i];
      if (cell.empty()) continue;
      if (cell.front().kind == Kind::kKnown || cell.front().kind == Kind::kUnknown) {
        whole = whole && (cell.front().kind == Kind::kKnown ? !missing_[i] : missing_[i]);
        continue;
      }
      z3::expr any = context_.bool_val(false);
      for (const ModelTest& test : cell) any = any || TestOf(test, values_[i]);
      whole = whole && (possible ? missing_[i] || any : !missing_[i] && any);
    }
    return whole;
  }

  bool Satisfiable(const z3::expr& formula) {
    if (solver_ == nullptr) {
      solver_ = std::make_unique<z3::solver>(context_);
      solver_->add(plausible_);
    }
    solver_->push();
    solver_->add(formula);
    const z3::check_result result = solver_->check();
    solver_->pop();
    if (result == z3::unknown) ADD_FAILURE() << "the solver gave up";
    return result == z3::sat;
  }

  const ModelTable& table_;
  z3::context context_;
  z3::expr plausible_;
  std::unique_ptr<z3::solver> solver_;
  std::vector<z3::expr> values_, missing_, certain_, possible_;
};

TEST(ProofSmtTest, AgreesWithASolver) {
  constexpr int kTables = 400;
  std::mt19937_64 random(11);
  int gaps = 0, overlaps = 0, dead = 0;
  for (int i = 0; i < kTables; ++i) {
    const ModelTable table = RandomTable(random, i % 2 == 0);
    const LoadResult loaded = LoadPathway("random.json", table.file, {});
    ASSERT_NE(loaded.pathway, nullptr) << table.file;
    const TableProof proof = Prove(*loaded.pathway).front();
    Formulas formulas(table);
    const bool collect = table.hit == ModelTable::Hit::kCollect;
    ASSERT_EQ(!proof.gaps.empty(), !collect && formulas.HasGap()) << table.file;
    std::set<std::pair<std::size_t, std::size_t>> proven;
    for (const auto& overlap : proof.overlaps) proven.insert({overlap.first, overlap.second});
    std::set<std::size_t> proven_dead;
    for (const auto& rule : proof.dead) proven_dead.insert(rule.rule);
    for (std::size_t r = 0; r < table.rules.size(); ++r) {
      ASSERT_EQ(proven_dead.contains(r), formulas.Dead(r)) << "rule " << r << "\n" << table.file;
      for (std::size_t s = r + 1; table.hit == ModelTable::Hit::kUnique && s < table.rules.size();
           ++s) {
        ASSERT_EQ(proven.contains({r, s}), formulas.Overlap(r, s))
            << "rules " << r << " and " << s << "\n"
            << table.file;
      }
    }
    gaps += !proof.gaps.empty();
    overlaps += !proven.empty();
    dead += !proven_dead.empty();
  }
  for (const int count : {gaps, overlaps, dead}) EXPECT_GT(count, kTables / 20);
}

}  // namespace
}  // namespace renal::pathways::testing
