#include <algorithm>

#include "pathways/internal/lint.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

std::string NameOf(const Input& input, Index code) {
  return code == kNone ? "none" : input.values[code].first;
}

// The rows as a table, so that one proof serves both.
Table TableOf(const Input& input) {
  Table table;
  table.id = input.name;
  for (const ClassRow& row : input.classes) {
    Rule rule;
    rule.id = std::to_string(table.rules.size() + 1);
    rule.cells = row.cells;
    rule.choose = NameOf(input, row.code);
    table.rules.push_back(std::move(rule));
    for (const Cell& cell : row.cells) {
      if (std::ranges::find(table.columns, cell.input) == table.columns.end()) {
        table.columns.push_back(cell.input);
      }
    }
  }
  return table;
}

}  // namespace

std::vector<ProofFinding> ClassFindings(const Pathway& pathway, const OwnJson& root) {
  std::vector<ProofFinding> findings;
  for (const Input& input : pathway.inputs) {
    if (input.classes.empty()) continue;
    const OwnJson* node = NodeAt(root, "inputs." + input.name + ".classes");
    if (node == nullptr) node = &root;
    const auto add = [&](const char* id, std::string message) {
      findings.push_back({id, LoadProblem::Level::kError, node,
                          std::string(id) + " " + input.name, std::move(message)});
    };
    const TableProof proof = Prove(pathway, TableOf(input));
    for (const Patients& gap : proof.gaps) {
      add("L301", "the classes of input " + Quoted(input.name) + " have a gap: no row covers " +
                      TextOf(pathway, gap.tests, ": ") + ". Example: " +
                      TextOf(pathway, gap.example, " = ") +
                      ". Add a row; without a \"value\" and with \"because\" where there is no class.");
    }
    for (const TableProof::Overlap& overlap : proof.overlaps) {
      const ClassRow& first = input.classes[overlap.first];
      const ClassRow& second = input.classes[overlap.second];
      if (first.code == second.code) continue;
      add("L302", "rows of the classes of input " + Quoted(input.name) + " overlap: both " +
                      Quoted(NameOf(input, first.code)) + " and " +
                      Quoted(NameOf(input, second.code)) + " hold for " +
                      TextOf(pathway, overlap.patients.tests, ": ") + ". Narrow one of them.");
    }
  }
  return findings;
}

}  // namespace renal::pathways::internal
