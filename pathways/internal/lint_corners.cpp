#include <algorithm>

#include "pathways/internal/cell_parser.h"
#include "pathways/internal/lint.h"
#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;
using Level = LoadProblem::Level;
using Choice = std::vector<std::pair<std::string, std::string>>;

// Every corner of 6 parameters; beyond that, each end alone and all ends together.
constexpr std::size_t kMostWhole = 6;
// A file may have hundreds of parameters, and each corner is a load.
constexpr std::size_t kMostAlone = 40;
constexpr std::size_t kMostBytes = std::size_t{32} << 20;

void AddNames(const std::vector<Cell>& cells, std::set<std::string>& names) {
  for (const Cell& cell : cells) {
    const auto parsed = ParseCell(cell.text);
    const auto* tests = std::get_if<std::vector<CellTest>>(&parsed);
    if (tests == nullptr) continue;
    for (const CellTest& test : *tests) {
      for (const CellConstant* constant : {&test.value, &test.high}) {
        if (constant->kind == CellConstant::Kind::kParameter) names.insert(constant->text);
      }
    }
  }
}

// Parameters that a site may change and that a proof can tell.
std::vector<const Parameter*> Adjustable(const Pathway& pathway) {
  std::set<std::string> names;
  for (const GateRow& row : pathway.gate) AddNames(row.cells, names);
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) AddNames(rule.cells, names);
  }
  std::vector<const Parameter*> list;
  for (const Parameter& parameter : pathway.parameters) {
    const bool ranged = IsOrdered(parameter.type) && !parameter.min.empty() &&
                        !parameter.max.empty() && names.contains(parameter.name);
    if (!ranged) continue;
    std::string why;
    const auto low = ReadConstant(parameter.min, parameter.type, std::nullopt, why);
    const auto high = ReadConstant(parameter.max, parameter.type, std::nullopt, why);
    if (low && high && fhir::Compare(*low, *high) != std::strong_ordering::equal) {
      list.push_back(&parameter);
    }
  }
  return list;
}

// Single ends first, so that what one parameter does is said of that one.
std::vector<Choice> Corners(const std::vector<const Parameter*>& parameters) {
  std::vector<Choice> corners;
  for (std::size_t i = 0; i < std::min(parameters.size(), kMostAlone); ++i) {
    corners.push_back({{parameters[i]->name, parameters[i]->min}});
    corners.push_back({{parameters[i]->name, parameters[i]->max}});
  }
  if (parameters.size() == 1) return corners;
  const bool whole = parameters.size() <= kMostWhole;
  const std::size_t count = whole ? std::size_t{1} << parameters.size() : 2;
  for (std::size_t corner = 0; corner < count; ++corner) {
    Choice choice;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const bool high = whole ? (corner >> i & 1) != 0 : corner == 1;
      choice.emplace_back(parameters[i]->name, high ? parameters[i]->max : parameters[i]->min);
    }
    corners.push_back(std::move(choice));
  }
  return corners;
}

std::string TextOfChoice(const Choice& choice) {
  std::string text;
  for (const auto& [name, value] : choice)
    text += (text.empty() ? "" : ", ") + name + " = " + value;
  return text;
}

class CornerSearch {
 public:
  CornerSearch(LintFile& file, const std::set<std::string>& known) : file_(file), known_(known) {}

  void Try(const Choice& choice) {
    LoadOptions options = file_.request.options;
    options.site.reset();  // the corners are those of the file
    std::erase_if(options.parameters, [&](const auto& entry) {
      return std::any_of(choice.begin(), choice.end(),
                         [&](const auto& other) { return other.first == entry.first; });
    });
    options.parameters.insert(options.parameters.end(), choice.begin(), choice.end());
    const LoadResult corner = LoadPathway(file_.request.file_name, file_.request.text, options);
    if (!corner.pathway) return Report(choice, corner.problems);
    for (const ProofFinding& finding : ProofFindings(*corner.pathway, file_.root())) {
      const bool proven = finding.level == Level::kError;
      if (proven && known_.insert(finding.key).second) Report(choice, finding.message);
    }
  }

 private:
  // Constants that cross: a range that holds no value any more.
  void Report(const Choice& choice, const std::vector<LoadProblem>& problems) {
    for (const LoadProblem& problem : problems) {
      if (problem.level != Level::kError) continue;
      const std::string place = std::to_string(problem.line) + ":" + std::to_string(problem.column);
      if (!known_.insert("load " + place).second) continue;
      Report(choice, "at " + place + " " + problem.message);
    }
  }

  void Report(const Choice& choice, const std::string& message) {
    const auto& [name, value] = choice.front();
    const OwnJson& node = MemberOr(MemberOr(file_.root(), "parameters"), name);
    const OwnJson* min = node.Find("min");
    const bool low = min != nullptr && min->text == value;
    file_.found.Error(MemberOr(node, low ? "min" : "max"), "L311",
                      "at the corner " + TextOfChoice(choice) + " of the allowed ranges: " +
                          message + " Or narrow the range of the parameter.");
  }

  LintFile& file_;
  std::set<std::string> known_;
};

}  // namespace

void LintCorners(LintFile& file, const std::set<std::string>& known) {
  const auto parameters = Adjustable(file.pathway());
  if (parameters.empty()) return;
  CornerSearch search(file, known);
  auto corners = Corners(parameters);
  const std::size_t most = std::max<std::size_t>(1, kMostBytes / file.request.text.size());
  const bool all = parameters.size() <= kMostWhole && corners.size() <= most;
  corners.resize(std::min(corners.size(), most));
  for (const Choice& choice : corners) search.Try(choice);
  if (all) return;
  file.found.Info(MemberOr(file.root(), "parameters"), "L311",
                  std::to_string(parameters.size()) +
                      " parameters of cells are adjustable: not every corner of their ranges was "
                      "tried. Fix those that no site changes.");
}

}  // namespace renal::pathways::internal
