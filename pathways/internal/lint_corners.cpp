#include <algorithm>

#include "pathways/internal/cell_parser.h"
#include "pathways/internal/cells_of.h"
#include "pathways/internal/json_tree.h"
#include "pathways/internal/lint.h"
#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;
using Level = LoadProblem::Level;
using Choice = std::vector<std::pair<std::string, std::string>>;

// Every corner where there are no more; beyond that, each end alone and all ends together.
constexpr std::size_t kMostWhole = 64;
// A file may have hundreds of parameters, and each corner is a load.
constexpr std::size_t kMostAlone = 40;
constexpr std::size_t kMostBytes = std::size_t{32} << 20;

// A parameter that a site may change, with the outermost of its values.
struct Adjustable {
  const Parameter* parameter = nullptr;
  std::vector<std::string> ends;
};

void AddNames(const Cell& cell, std::set<std::string>& names) {
  const auto parsed = ParseCell(cell.text);
  const auto* tests = std::get_if<std::vector<CellTest>>(&parsed);
  if (tests == nullptr) return;
  for (const CellTest& test : *tests) {
    for (const CellConstant* constant : {&test.value, &test.high}) {
      if (constant->kind == CellConstant::Kind::kParameter) names.insert(constant->text);
    }
  }
}

// What a site may choose, at its ends: of codes each alone, and all of them.
std::vector<std::string> EndsOf(const Parameter& parameter, const OwnJson& node) {
  if (parameter.type == Type::kBoolean) {
    if (!parameter.min.empty() && parameter.min == parameter.max) return {};
    return {"false", "true"};
  }
  if (parameter.type == Type::kCode) {
    std::vector<std::string> ends;
    std::string all;
    for (const auto& [code, title] : MemberOr(node, "values").members) {
      ends.push_back(code);
      all += (all.empty() ? "" : ",") + code;
    }
    if (ends.size() > 1 && TextAt(node, "type") == "CodeSet") ends.push_back(all);
    return node.Find("values") == nullptr ? std::vector<std::string>() : ends;
  }
  std::string why;
  const auto low = ReadConstant(parameter.min, parameter.type, std::nullopt, why);
  const auto high = ReadConstant(parameter.max, parameter.type, std::nullopt, why);
  const bool ranged = low && high && fhir::Compare(*low, *high) != std::strong_ordering::equal;
  return ranged ? std::vector{parameter.min, parameter.max} : std::vector<std::string>();
}

// Parameters that a site may change and that a proof can tell.
std::vector<Adjustable> AdjustableOf(const LintFile& file) {
  std::set<std::string> names;
  ForEachCell(file.pathway(), [&](const Cell& cell, bool) { AddNames(cell, names); });
  std::vector<Adjustable> list;
  for (const Parameter& parameter : file.pathway().parameters) {
    if (!names.contains(parameter.name)) continue;
    const OwnJson& node = MemberOr(MemberOr(file.root(), "parameters"), parameter.name);
    auto ends = EndsOf(parameter, node);
    if (ends.size() > 1) list.push_back({&parameter, std::move(ends)});
  }
  return list;
}

// Number of all corners, as far as it is looked at.
std::size_t CountOf(const std::vector<Adjustable>& parameters) {
  std::size_t count = 1;
  for (const Adjustable& each : parameters) {
    count = std::min(kMostWhole + 1, count * each.ends.size());
  }
  return count;
}

// One corner: that number, written in places of the numbers of ends.
Choice CornerAt(const std::vector<Adjustable>& parameters, std::size_t number) {
  Choice choice;
  for (const Adjustable& each : parameters) {
    choice.emplace_back(each.parameter->name, each.ends[number % each.ends.size()]);
    number /= each.ends.size();
  }
  return choice;
}

// Single ends first, so that what one parameter does is said of that one.
std::vector<Choice> Corners(const std::vector<Adjustable>& parameters) {
  std::vector<Choice> corners;
  for (std::size_t i = 0; i < std::min(parameters.size(), kMostAlone); ++i) {
    for (const std::string& end : parameters[i].ends) {
      corners.push_back({{parameters[i].parameter->name, end}});
    }
  }
  if (parameters.size() == 1) return corners;
  const std::size_t count = CountOf(parameters);
  if (count <= kMostWhole) {
    for (std::size_t i = 0; i < count; ++i) corners.push_back(CornerAt(parameters, i));
    return corners;
  }
  for (const bool last : {false, true}) {
    Choice choice;
    for (const Adjustable& each : parameters) {
      choice.emplace_back(each.parameter->name, last ? each.ends.back() : each.ends.front());
    }
    corners.push_back(std::move(choice));
  }
  return corners;
}

std::string TextOfChoice(const Choice& choice) {
  std::string text;
  for (const auto& [name, value] : choice) {
    text.append(text.empty() ? "" : ", ").append(name).append(" = ").append(value);
  }
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
  const auto parameters = AdjustableOf(file);
  if (parameters.empty()) return;
  CornerSearch search(file, known);
  auto corners = Corners(parameters);
  const std::size_t most = std::max<std::size_t>(1, kMostBytes / file.request.text.size());
  const bool all = CountOf(parameters) <= kMostWhole && corners.size() <= most;
  corners.resize(std::min(corners.size(), most));
  for (const Choice& choice : corners) search.Try(choice);
  if (all) return;
  file.found.Info(MemberOr(file.root(), "parameters"), "L311",
                  std::to_string(parameters.size()) +
                      " parameters of cells are adjustable: not every corner of their ranges was "
                      "tried. Fix those that no site changes.");
}

}  // namespace renal::pathways::internal
