#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathways/load.h"
#include "pathways/proof.h"
#include "tests/pathways/random_table.h"

// The proof against trying every representative patient, over many made-up tables.
namespace renal::pathways::testing {
namespace {

using Pair = std::pair<std::size_t, std::size_t>;

// What is wrong with a table, without places and examples.
struct Verdicts {
  bool gap = false;
  std::set<Pair> overlaps;
  std::set<std::size_t> dead;

  friend bool operator==(const Verdicts&, const Verdicts&) = default;
  friend void PrintTo(const Verdicts& verdicts, std::ostream* out) {
    *out << (verdicts.gap ? "gap" : "no gap") << ", overlaps "
         << ::testing::PrintToString(verdicts.overlaps) << ", dead "
         << ::testing::PrintToString(verdicts.dead);
  }
};

Verdicts Proven(const TableProof& proof) {
  Verdicts verdicts{!proof.gaps.empty(), {}, {}};
  for (const auto& overlap : proof.overlaps) {
    verdicts.overlaps.insert({overlap.first, overlap.second});
  }
  for (const auto& dead : proof.dead) verdicts.dead.insert(dead.rule);
  return verdicts;
}

// Counts through every combination of representatives.
Verdicts Tried(const ModelTable& table) {
  std::vector<std::vector<std::int64_t>> values;
  for (const ModelColumn& column : table.columns) values.push_back(Representatives(column));
  Verdicts verdicts;
  for (std::size_t i = 0; i < table.rules.size(); ++i) verdicts.dead.insert(i);
  std::vector<std::size_t> at(values.size(), 0);
  std::vector<std::int64_t> patient(values.size());
  const bool first = table.hit == ModelTable::Hit::kFirst;
  for (bool more = true; more;) {
    for (std::size_t i = 0; i < values.size(); ++i) patient[i] = values[i][at[i]];
    bool possible = false;
    bool taken = false;
    std::vector<int> truths;
    for (std::size_t i = 0; i < table.rules.size(); ++i) {
      const int truth = TruthOf(table, table.rules[i], patient);
      possible |= truth > 0;
      if (truth == 2 && !(first && taken)) verdicts.dead.erase(i);
      taken |= truth == 2;
      for (std::size_t j = 0; j < i; ++j) {
        const bool meet = truths[j] + truth >= 3;
        if (meet && table.hit == ModelTable::Hit::kUnique) verdicts.overlaps.insert({j, i});
      }
      truths.push_back(truth);
    }
    verdicts.gap |= !possible && table.hit != ModelTable::Hit::kCollect;
    more = false;
    for (std::size_t i = 0; i < at.size() && !more; ++i) {
      at[i] = (at[i] + 1) % values[i].size();
      more = at[i] != 0;
    }
  }
  return verdicts;
}

LoadResult Load(const std::string& file) { return LoadPathway("random.json", file, {}); }

std::string ProblemsOf(const LoadResult& loaded) {
  std::string text;
  for (const LoadProblem& problem : loaded.problems) text += problem.ToString() + "\n";
  return text;
}

void CompareMany(std::uint64_t seed, int tables) {
  std::mt19937_64 random(seed);
  int gaps = 0, overlaps = 0, dead = 0, sound = 0;
  for (int i = 0; i < tables; ++i) {
    const ModelTable table = RandomTable(random, i % 3 == 0);
    const LoadResult loaded = Load(table.file);
    ASSERT_NE(loaded.pathway, nullptr) << ProblemsOf(loaded) << table.file;
    const Verdicts proven = Proven(Prove(*loaded.pathway).front());
    const Verdicts tried = Tried(table);
    ASSERT_EQ(proven, tried) << "table " << i << " of seed " << seed << ":\n" << table.file;
    gaps += tried.gap;
    overlaps += !tried.overlaps.empty();
    dead += !tried.dead.empty();
    sound += !tried.gap && tried.overlaps.empty() && tried.dead.empty();
  }
  // Every kind of table must have come up often, or the comparison says little.
  for (const int count : {gaps, overlaps, dead, sound}) EXPECT_GT(count, tables / 20);
}

// Four parts, so that they run beside each other.
TEST(ProofPropertyTest, AgreesWithTryingEveryPatient1) { CompareMany(1, 3'000); }
TEST(ProofPropertyTest, AgreesWithTryingEveryPatient2) { CompareMany(2, 3'000); }
TEST(ProofPropertyTest, AgreesWithTryingEveryPatient3) { CompareMany(3, 3'000); }
TEST(ProofPropertyTest, AgreesWithTryingEveryPatient4) { CompareMany(4, 3'000); }

// The file with one more rule for the patients of a gap.
std::string WithRule(const std::string& file, const Pathway& pathway, const Patients& gap) {
  static int number = 0;
  std::string cells;
  for (const InputTest& test : gap.tests) {
    cells += (cells.empty() ? "\"" : ", \"") + pathway.inputs[test.input].name + "\": \"" +
             test.text + "\"";
  }
  const std::string rule = ",\n{\"id\": \"N" + std::to_string(++number) + "\", \"if\": {" + cells +
                           "}, \"then\": {\"options\": [{\"action\": \"a0\", \"strength\": "
                           "\"info\"}]}, \"because\": \"b\", \"cite\": [\"S\"]}]}]}";
  return file.substr(0, file.size() - 4) + rule;
}

// What the proof says of a gap can be written down as a rule that fits exactly: it overlaps with
// none of the others, and after a few of them there is no gap.
TEST(ProofPropertyTest, GapsAreRulesThatFit) {
  std::mt19937_64 random(5);
  int closed = 0;
  for (int i = 0; i < 1'500; ++i) {
    ModelTable table = RandomTable(random, i % 2 == 0);
    const bool presence =
        table.file.find("known\"") != std::string::npos;  // cells that cannot be joined by `or`
    if (table.hit != ModelTable::Hit::kUnique || presence) continue;
    LoadResult loaded = Load(table.file);
    ASSERT_NE(loaded.pathway, nullptr) << ProblemsOf(loaded) << table.file;
    const Verdicts before = Proven(Prove(*loaded.pathway).front());
    if (!before.gap) continue;
    ++closed;
    std::string file = table.file;
    for (int round = 0; round < 200; ++round) {
      const TableProof proof = Prove(*loaded.pathway).front();
      ASSERT_EQ(Proven(proof).overlaps, before.overlaps) << file;
      if (proof.gaps.empty()) break;
      ASSERT_LT(round, 199) << file;
      file = WithRule(file, *loaded.pathway, proof.gaps.front());
      loaded = Load(file);
      ASSERT_NE(loaded.pathway, nullptr) << ProblemsOf(loaded) << file;
    }
  }
  EXPECT_GT(closed, 100);
}

}  // namespace
}  // namespace renal::pathways::testing
