#include <limits>
#include <optional>
#include <tuple>

#include "pathways/internal/json_tree.h"
#include "pathways/internal/lint.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;
using fhir::TextPosition;

std::tuple<int, int> Key(const TextPosition& at) { return {at.line, at.column}; }

// From the name or first character of a part of the file to where the next part begins.
struct Extent {
  std::tuple<int, int> from, to;
};

// The part that a path names; nothing if there is none.
std::optional<Extent> ExtentOf(const OwnJson& root, std::string_view path) {
  constexpr int kEnd = std::numeric_limits<int>::max();
  Extent extent{Key(root.at), {kEnd, kEnd}};
  const OwnJson* node = &root;
  while (!path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const OwnJson* next = NodeAt(*node, path.substr(0, dot));
    if (next == nullptr) return std::nullopt;
    if (node->type == fhir::JsonType::kArray) {
      extent.from = Key(next->at);
      if (next != &node->items.back()) extent.to = Key((next + 1)->at);
    } else {
      extent.from = Key(next->name_at);
      for (std::size_t i = 0; i + 1 < node->members.size(); ++i) {
        if (&node->members[i].second == next) extent.to = Key(node->members[i + 1].second.name_at);
      }
    }
    node = next;
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return extent;
}

enum class Match { kNone, kAccepted, kError };

Match Accept(const OwnJson& entry, const Extent& extent, const std::string& file_name,
             std::vector<LoadProblem>& problems) {
  Match match = Match::kNone;
  const std::string id = TextAt(entry, "id");
  for (LoadProblem& problem : problems) {
    const std::tuple<int, int> at{problem.line, problem.column};
    const bool here = problem.file == file_name && extent.from <= at && at < extent.to;
    if (!here || problem.id != id) continue;
    if (problem.level == LoadProblem::Level::kError) {
      if (match == Match::kNone) match = Match::kError;
      continue;
    }
    match = Match::kAccepted;
    if (problem.level == LoadProblem::Level::kInfo) continue;
    problem.level = LoadProblem::Level::kInfo;
    problem.message += " Accepted: " + Sentence(TextAt(entry, "why"));
  }
  return match;
}

}  // namespace

void ApplyAccepted(const OwnJson& root, const std::string& file_name,
                   std::vector<LoadProblem>& problems) {
  const OwnJson* list = root.Find("accept");
  if (list == nullptr) return;
  std::vector<LoadProblem> idle;
  for (const OwnJson& entry : list->items) {
    const auto extent = ExtentOf(root, TextAt(entry, "at"));
    const Match match = extent ? Accept(entry, *extent, file_name, problems) : Match::kNone;
    if (match == Match::kAccepted) continue;
    const std::string what = TextAt(entry, "id") + " at " + Quoted(TextAt(entry, "at"));
    idle.push_back({file_name, entry.at.line, entry.at.column, "L104", LoadProblem::Level::kWarning,
                    match == Match::kError
                        ? what + " is an error, which cannot be accepted. Correct it."
                        : "nothing is found of " + what + ". Remove this entry of \"accept\"."});
  }
  problems.insert(problems.end(), idle.begin(), idle.end());
}

}  // namespace renal::pathways::internal
