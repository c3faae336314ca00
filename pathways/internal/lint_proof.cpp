#include <algorithm>

#include "pathways/internal/lint.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;
using Level = LoadProblem::Level;

const OwnJson& ItemOr(const OwnJson& list, std::size_t index) {
  return index < list.items.size() ? list.items[index] : list;
}

class Findings {
 public:
  Findings(const Pathway& pathway, const OwnJson& root) : pathway_(pathway), root_(root) {}

  void AddTable(std::size_t index, const TableProof& proof) {
    table_ = &pathway_.tables[index];
    index_ = index;
    AddGaps(proof);
    AddOverlaps(proof);
    for (const auto& dead : proof.dead) AddDead(dead);
    for (const auto& pair : proof.mergeable) AddMergeable(pair);
    if (proof.has_when) AddWhen();
    if (proof.too_large) AddTooLarge();
  }

  std::vector<ProofFinding> Take() { return std::move(list_); }

 private:
  std::string Rule(std::size_t rule) const { return Quoted(table_->rules[rule].id); }
  std::string Name() const { return "table " + Quoted(table_->id); }

  void Add(const char* id, Level level, const OwnJson& at, const std::string& what,
           std::string message) {
    list_.push_back(
        {id, level, &at, std::string(id) + " " + table_->id + " " + what, std::move(message)});
  }

  void AddGaps(const TableProof& proof) {
    for (std::size_t i = 0; i < proof.gaps.size(); ++i) {
      const Patients& gap = proof.gaps[i];
      const bool unknown = std::any_of(gap.tests.begin(), gap.tests.end(),
                                       [](const auto& test) { return test.text == "unknown"; });
      Add("L301", Level::kError, MemberOr(TableNode(root_, index_), "id"), "",
          Name() + " has a gap: no rule covers " + TextOf(pathway_, gap.tests, ": ") +
              ". Example: " + TextOf(pathway_, gap.example, " = ") +
              (unknown ? ". Add a rule for the case that the datum is missing."
                       : ". Add a rule or widen a cell; or write \"complete\": false and why."));
    }
  }

  void AddOverlaps(const TableProof& proof) {
    constexpr std::size_t kShown = 20;
    const std::size_t shown = std::min(proof.overlaps.size(), kShown);
    for (std::size_t i = 0; i < shown; ++i) AddOverlap(proof.overlaps[i]);
    if (shown == proof.overlaps.size()) return;
    Add("L302", Level::kError, MemberOr(TableNode(root_, index_), "id"), "more",
        std::to_string(proof.overlaps.size() - shown) + " more pairs of rules of " + Name() +
            " overlap. Correct those that are listed first.");
  }

  void AddOverlap(const TableProof::Overlap& overlap) {
    const std::string rules = Rule(overlap.first) + " and " + Rule(overlap.second);
    const std::string patients = TextOf(pathway_, overlap.patients.tests, ": ") +
                                 ". Example: " + TextOf(pathway_, overlap.patients.example, " = ");
    Add("L302", Level::kError, RuleNode(root_, index_, overlap.second), rules,
        overlap.unknown
            ? "rules " + rules + " overlap: one is true while the other is undecided for " +
                  patients +
                  ". Make the table \"first\", or let their other cells exclude each other."
            : "rules " + rules + " overlap: both are true for " + patients +
                  ". Narrow one of them, or make the table \"first\".");
  }

  void AddDead(const TableProof::Dead& dead) {
    using Why = TableProof::Dead::Why;
    const std::string rule = "rule " + Rule(dead.rule);
    const OwnJson& node = RuleNode(root_, index_, dead.rule);
    if (dead.why == Why::kEmpty) return AddEmpty(dead);
    if (dead.why == Why::kStopped) {
      return Add("L303", Level::kError, node, rule,
                 rule + " never decides: the gate stops all of its patients. Remove one of them.");
    }
    std::string rows;
    for (const std::size_t row : dead.by) rows += (rows.empty() ? "" : ", ") + Rule(row);
    Add("L303", Level::kError, node, rule,
        rule + " never decides: the rows above it take all of its patients (" + rows +
            "). Move it up, or remove it.");
  }

  void AddEmpty(const TableProof::Dead& dead) {
    const std::string rule = "rule " + Rule(dead.rule);
    const Input& input = pathway_.inputs[dead.input];
    const auto& cells = table_->rules[dead.rule].cells;
    const auto cell = std::find_if(cells.begin(), cells.end(),
                                   [&](const Cell& each) { return each.input == dead.input; });
    const std::string shown = cell == cells.end() ? "" : " " + Quoted(cell->shown);
    Add("L303", Level::kError, CellNode(root_, index_, dead.rule, input.name), rule,
        rule + " can never be true: no plausible value of " + Quoted(input.name) +
            " passes the cell" + shown + ". Correct the cell, or the min and max of the input.");
  }

  void AddMergeable(const TableProof::Mergeable& pair) {
    const std::string rules = Rule(pair.first) + " and " + Rule(pair.second);
    Add("L304", Level::kWarning, RuleNode(root_, index_, pair.second), rules,
        "rules " + rules + " say the same and could be one row with " +
            Quoted(pathway_.inputs[pair.input].name) + ": " + Quoted(pair.cell) +
            ". Join them, or accept this with the reason for two rows.");
  }

  void AddWhen() {
    const auto& rules = table_->rules;
    const auto rule = static_cast<std::size_t>(
        std::find_if(rules.begin(), rules.end(),
                     [](const auto& each) { return each.when.has_value(); }) -
        rules.begin());
    Add("L309", Level::kInfo, MemberOr(RuleNode(root_, index_, rule), "when"), "",
        Name() +
            " holds \"when\": that it covers every patient cannot be proven. "
            "Write cells on a derived input instead, where that is possible.");
  }

  void AddTooLarge() {
    Add("L312", Level::kError, MemberOr(TableNode(root_, index_), "id"), "",
        Name() + " is too large to be proven. Split the table.");
  }

  const Pathway& pathway_;
  const OwnJson& root_;
  const Table* table_ = nullptr;
  std::size_t index_ = 0;
  std::vector<ProofFinding> list_;
};

// The element of a list with that id, or at that index.
const OwnJson* ElementAt(const OwnJson& list, std::string_view step) {
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const OwnJson* id = list.items[i].Find("id");
    if (id != nullptr ? id->text == step : std::to_string(i) == step) return &list.items[i];
  }
  return nullptr;
}

}  // namespace

const OwnJson* NodeAt(const OwnJson& root, std::string_view path) {
  const OwnJson* node = &root;
  while (node != nullptr && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string_view step = path.substr(0, dot);
    node = node->type == fhir::JsonType::kArray ? ElementAt(*node, step) : node->Find(step);
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return node;
}

const OwnJson& MemberOr(const OwnJson& node, std::string_view name) {
  const OwnJson* member = node.Find(name);
  return member == nullptr ? node : *member;
}

const OwnJson& TableNode(const OwnJson& root, std::size_t table) {
  return ItemOr(MemberOr(root, "tables"), table);
}

const OwnJson& RuleNode(const OwnJson& root, std::size_t table, std::size_t rule) {
  return ItemOr(MemberOr(TableNode(root, table), "rules"), rule);
}

const OwnJson& CellNode(const OwnJson& root, std::size_t table, std::size_t rule,
                        const std::string& input) {
  return MemberOr(MemberOr(RuleNode(root, table, rule), "if"), input);
}

std::vector<ProofFinding> ProofFindings(const Pathway& pathway, const OwnJson& root) {
  Findings findings(pathway, root);
  const auto proofs = Prove(pathway);
  for (std::size_t i = 0; i < proofs.size(); ++i) findings.AddTable(i, proofs[i]);
  std::vector<ProofFinding> list = findings.Take();
  for (ProofFinding& finding : ClassFindings(pathway, root)) list.push_back(std::move(finding));
  return list;
}

}  // namespace renal::pathways::internal
