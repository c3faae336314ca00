#include <algorithm>
#include <functional>

#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

// Depth-first walk over a graph of indices, without recursion: a file may nest deeply on purpose.
class Walk {
 public:
  using Edges = std::function<const std::vector<Index>&(Index)>;

  Walk(std::size_t nodes, Edges edges) : state_(nodes, State::kNew), edges_(std::move(edges)) {}

  /// Visits what `start` leads to. `on_cycle` gets each cycle as the nodes on it, in order.
  void From(Index start, const std::function<void(std::vector<Index>)>& on_cycle) {
    if (state_[start] != State::kNew) return;
    Enter(start);
    while (!path_.empty()) {
      const Index node = path_.back();
      const std::vector<Index>& next = edges_(node);
      if (at_.back() == next.size()) {
        Leave(node);
        continue;
      }
      const Index target = next[at_.back()++];
      if (state_[target] == State::kNew)
        Enter(target);
      else if (state_[target] == State::kOnPath) {
        on_cycle({std::find(path_.begin(), path_.end(), target), path_.end()});
      }
    }
  }

  bool reached(Index node) const { return state_[node] != State::kNew; }
  const std::vector<Index>& order() const { return order_; }  ///< each after what it leads to

 private:
  enum class State : std::uint8_t { kNew, kOnPath, kDone };

  void Enter(Index node) {
    state_[node] = State::kOnPath;
    path_.push_back(node);
    at_.push_back(0);
  }
  void Leave(Index node) {
    state_[node] = State::kDone;
    order_.push_back(node);
    path_.pop_back();
    at_.pop_back();
  }

  std::vector<State> state_;
  Edges edges_;
  std::vector<Index> path_;
  std::vector<std::size_t> at_;
  std::vector<Index> order_;
};

template <class Name>
std::string Path(const std::vector<Index>& cycle, Name name) {
  constexpr std::size_t kShown = 8;
  std::string path;
  for (std::size_t i = 0; i < std::min(cycle.size(), kShown); ++i) path += name(cycle[i]) + " -> ";
  if (cycle.size() > kShown) path += "... -> ";
  return path + name(cycle.front());
}

void WarnUnused(Loader& loader, const Names& names, const OwnJson* section) {
  if (section == nullptr) return;
  for (Index i = 0; i < names.list().size() && i < section->members.size(); ++i) {
    if (names.used(i)) continue;
    OwnJson at;
    at.at = section->members[i].second.name_at;
    loader.problems.Warn(
        at, "L104",
        names.kind() + " " + Quoted(names.list()[i]) + " is never used. Remove it, or use it.");
  }
}

}  // namespace

void OrderInputs(Loader& loader, const OwnJson& root) {
  const std::vector<Input>& inputs = loader.pathway.inputs;
  std::vector<std::vector<Index>>& edges = loader.reads;
  Walk walk(inputs.size(), [&](Index i) -> const std::vector<Index>& { return edges[i]; });
  const auto report = [&](const std::vector<Index>& cycle) {
    const OwnJson& at = root.Find("inputs")->members[cycle.front()].second;
    loader.problems.Error(at.name_at, "L103",
                          "inputs depend on each other: " + Path(cycle, [&](Index i) {
                            return inputs[i].name;
                          }) + ". Remove one of these references.");
  };
  for (Index i = 0; i < inputs.size(); ++i) walk.From(i, report);
  loader.pathway.order = walk.order();
}

void CheckGo(Loader& loader, const OwnJson& root) {
  const std::vector<Table>& tables = loader.pathway.tables;
  std::vector<std::vector<Index>> next(tables.size());
  for (Index i = 0; i < tables.size(); ++i) {
    for (const Rule& rule : tables[i].rules)
      next[i].insert(next[i].end(), rule.go.begin(), rule.go.end());
  }
  Walk walk(tables.size(), [&](Index i) -> const std::vector<Index>& { return next[i]; });
  const auto report = [&](const std::vector<Index>& cycle) {
    loader.problems.Error(root.Find("tables")->items[cycle.front()], "L103",
                          "tables lead to each other: " + Path(cycle, [&](Index i) {
                            return tables[i].id;
                          }) + ". Remove one of these \"go\".");
  };
  for (const Index start : loader.pathway.start) walk.From(start, report);
  std::vector<Index> left;
  for (Index i = 0; i < tables.size(); ++i) {
    if (!walk.reached(i)) left.push_back(i);
  }
  for (const Index table : left) {
    walk.From(table, report);
    if (loader.problems.has_errors()) continue;  // what leads here may be what is wrong
    loader.problems.Warn(
        root.Find("tables")->items[table], "L104",
        "table " + Quoted(tables[table].id) +
            " is reached neither from \"start\" nor by \"go\". Remove it, or lead to it.");
  }
}

void ReportUnused(Loader& loader, const OwnJson& root) {
  for (Index i = 0; i < loader.pathway.inputs.size(); ++i) {
    if (loader.pathway.inputs[i].fact) loader.inputs.Use(i);  // shown, even where no rule reads it
  }
  WarnUnused(loader, loader.inputs, root.Find("inputs"));
  WarnUnused(loader, loader.parameters, root.Find("parameters"));
  WarnUnused(loader, loader.value_sets, root.Find("valueSets"));
  WarnUnused(loader, loader.sources, root.Find("sources"));
  WarnUnused(loader, loader.actions, root.Find("actions"));
}

}  // namespace renal::pathways::internal
