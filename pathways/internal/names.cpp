#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

// Starts the entry of an element without id: no name can.
constexpr char kNameless = '\n';

void Declare(Loader& loader, Names& names, std::string_view name, fhir::TextPosition at,
             bool hyphen) {
  if (!IsName(name, hyphen)) {
    loader.problems.Error(at, "L101",
                          Quoted(name) + " is no valid name (" + names.kind() +
                              "). Start with a letter and go on with letters, digits" +
                              (hyphen ? ", \"_\" and \"-\"" : " and \"_\"") +
                              ", 64 characters at most.");
  }
  if (!names.Add(name)) {
    loader.problems.Error(
        at, "L101", names.kind() + " " + Quoted(name) + " is defined twice. Rename one of them.");
  }
}

void DeclareMembers(Loader& loader, Names& names, const OwnJson* object, bool hyphen = true) {
  if (object == nullptr) return;
  for (const auto& [name, value] : object->members) {
    Declare(loader, names, name, value.name_at, hyphen);
  }
}

// Elements of a list that have an id; those without one get an empty name, so that indices fit.
void DeclareItems(Loader& loader, Names& names, const OwnJson* list, std::string_view key) {
  if (list == nullptr) return;
  for (const OwnJson& item : list->items) {
    const OwnJson* id = item.Find(key);
    if (id == nullptr || id->type != fhir::JsonType::kString) {
      names.Add(std::string(1, kNameless) + std::to_string(names.list().size()));
    } else {
      Declare(loader, names, id->text, id->at, true);
    }
  }
}

void DeclareRules(Loader& loader, const OwnJson* tables) {
  if (tables == nullptr) return;
  for (const OwnJson& table : tables->items)
    DeclareItems(loader, loader.rules, table.Find("rules"), "id");
}

// The variables of expressions share one space: inputs, parameters, focus kinds, built-in names.
void CheckVariables(Loader& loader, const OwnJson& root) {
  Names seen("variable");
  for (const char* name : {"patient", "context", "today", "now", "encounter", "user", "resource",
                           "rootResource", "ucum", "sct", "loinc"}) {
    seen.Add(name);
  }
  for (const char* section : {"inputs", "parameters", "focus"}) {
    const OwnJson* object = root.Find(section);
    if (object == nullptr) continue;
    const bool focus = object == root.Find("focus");
    for (const auto& [name, value] : object->members) {
      const bool twice = !seen.Add(name);
      if (twice || (focus && !seen.Add(name + "Count"))) {
        loader.problems.Error(
            value.name_at, "L101",
            "the variable %" + name + " has another meaning already. Choose another name.");
      }
    }
  }
}

// True if every section is within the limits of pathway-format 13.
bool CheckLimits(Loader& loader, const OwnJson& root) {
  bool within = true;
  const auto check = [&](const Names& names, std::size_t most) {
    if (names.list().size() <= most) return;
    within = false;
    loader.problems.Error(root, "L101",
                          "the file has more than " + std::to_string(most) + " entries of kind " +
                              names.kind() + ". Split the pathway.");
  };
  check(loader.inputs, 500);
  check(loader.tables, 500);
  for (const Names* names : {&loader.rules, &loader.checks, &loader.actions, &loader.parameters,
                             &loader.sources, &loader.value_sets, &loader.foci}) {
    check(*names, 2'000);
  }
  return within;
}

}  // namespace

bool Names::Add(std::string_view name) {
  const auto [place, added] = index_.emplace(name, list_.size());
  if (added) {
    list_.emplace_back(name);
    used_.push_back(false);
  }
  return added;
}

Index Names::Find(std::string_view name) const {
  const auto found = index_.find(std::string(name));
  return found == index_.end() ? kNone : found->second;
}

Index Names::Resolve(const OwnJson& name, Problems& problems) {
  const std::string* text = TextOf(name, "the name of a " + kind_, problems);
  if (text == nullptr) return kNone;
  const Index index = Find(*text);
  if (index != kNone) {
    used_[index] = true;
    return index;
  }
  std::vector<std::string> known;
  for (const std::string& entry : list_) {
    if (!entry.starts_with(kNameless)) known.push_back(entry);
  }
  const std::string hint = problems.Suggestion(*text, known);
  problems.Error(name, "L102",
                 "no " + kind_ + " is named " + Quoted(*text) + "." +
                     (hint.empty() ? " Define it, or name another one." : hint));
  return kNone;
}

Loader::Loader(std::string_view file, std::string_view text, const LoadOptions& load_options)
    : problems(file, text), options(load_options) {}

bool DeclareNames(Loader& loader, const OwnJson& root) {
  DeclareMembers(loader, loader.inputs, root.Find("inputs"), false);
  DeclareMembers(loader, loader.parameters, root.Find("parameters"), false);
  DeclareMembers(loader, loader.foci, root.Find("focus"), false);
  DeclareMembers(loader, loader.value_sets, root.Find("valueSets"));
  DeclareMembers(loader, loader.sources, root.Find("sources"));
  DeclareMembers(loader, loader.actions, root.Find("actions"));
  DeclareItems(loader, loader.tables, root.Find("tables"), "id");
  DeclareRules(loader, root.Find("tables"));
  DeclareItems(loader, loader.checks, root.Find("checks"), "id");
  CheckVariables(loader, root);
  return CheckLimits(loader, root);
}

}  // namespace renal::pathways::internal
