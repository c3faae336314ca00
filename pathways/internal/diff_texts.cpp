#include "pathways/internal/diff_texts.h"

#include <algorithm>
#include <map>
#include <optional>

#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

// The value as a reader knows it: a string without quotation marks, anything else as JSON.
std::string Shown(const OwnJson& value) {
  return value.type == JsonType::kString ? value.text : fhir::CanonicalText(value);
}

// What tells the elements of a list apart; empty where nothing does.
std::string KeyOf(const OwnJson& item) {
  if (item.type != JsonType::kObject) return {};
  const OwnJson* code = item.Find("code");
  if (code != nullptr && code->type == JsonType::kString) {
    const OwnJson* system = item.Find("system");
    return (system == nullptr ? "" : system->text + "|") + code->text;
  }
  for (const char* name : {"id", "name", "word", "action"}) {
    const OwnJson* key = item.Find(name);
    if (key != nullptr && key->type == JsonType::kString) return key->text;
  }
  return {};
}

using Keyed = std::map<std::string, const OwnJson*>;

// Elements by key; nothing if one has none or two have the same.
std::optional<Keyed> ByKey(const OwnJson& list) {
  Keyed keyed;
  for (const OwnJson& item : list.items) {
    const std::string key = KeyOf(item);
    if (key.empty() || !keyed.emplace(key, &item).second) return std::nullopt;
  }
  return keyed;
}

class Comparison {
 public:
  // Depth is bounded by that of the files.
  void Compare(const std::string& where, const OwnJson& before, const OwnJson& after) {
    if (before.type == JsonType::kObject && after.type == JsonType::kObject) {
      return CompareMembers(where, before, after);
    }
    if (before.type == JsonType::kArray && after.type == JsonType::kArray) {
      const auto old_items = ByKey(before);
      const auto new_items = ByKey(after);
      if (old_items && new_items) {
        return CompareItems(where, before, after, *old_items, *new_items);
      }
    }
    const std::string old_text = Shown(before);
    const std::string new_text = Shown(after);
    if (before.type != after.type || old_text != new_text) {
      changes_.push_back({where, old_text, new_text});
    }
  }

  void Added(const std::string& where, const OwnJson& value) {
    changes_.push_back({where, {}, Shown(value)});
  }
  void Removed(const std::string& where, const OwnJson& value) {
    changes_.push_back({where, Shown(value), {}});
  }

  std::vector<TextChange> Take() { return std::move(changes_); }

 private:
  static std::string Below(const std::string& where, const std::string& name) {
    return where.empty() ? name : where + "." + name;
  }

  void CompareMembers(const std::string& where, const OwnJson& before, const OwnJson& after) {
    for (const auto& [name, value] : after.members) {
      const OwnJson* old = before.Find(name);
      if (old == nullptr) {
        Added(Below(where, name), value);
      } else {
        Compare(Below(where, name), *old, value);
      }
    }
    for (const auto& [name, value] : before.members) {
      if (after.Find(name) == nullptr) Removed(Below(where, name), value);
    }
  }

  void CompareItems(const std::string& where, const OwnJson& before, const OwnJson& after,
                    const Keyed& old_items, const Keyed& new_items) {
    for (const OwnJson& item : after.items) {
      const std::string key = KeyOf(item);
      const auto old = old_items.find(key);
      if (old == old_items.end()) {
        Added(Below(where, key), item);
      } else {
        Compare(Below(where, key), *old->second, item);
      }
    }
    for (const OwnJson& item : before.items) {
      const std::string key = KeyOf(item);
      if (!new_items.contains(key)) Removed(Below(where, key), item);
    }
  }

  std::vector<TextChange> changes_;
};

// The concepts of a value set that stands in a file of its own, as a list of the format.
OwnJson ConceptsOf(const fhir::ValueSet& set) {
  OwnJson list = JsonList();
  for (const fhir::Concept& code : set.concepts()) {
    OwnJson item = JsonCoding(code.system, code.code);
    Put(item, "display", code.display);
    list.items.push_back(std::move(item));
  }
  return list;
}

bool IsFile(const LoadResult& loaded, const std::string& alias) {
  const OwnJson* sets = loaded.document->Find("valueSets");
  const OwnJson* set = sets == nullptr ? nullptr : sets->Find(alias);
  return set != nullptr && set->Find("file") != nullptr;
}

}  // namespace

std::vector<TextChange> TextChanges(const LoadResult& before, const LoadResult& after) {
  Comparison comparison;
  comparison.Compare({}, *before.document, *after.document);
  for (const auto& [alias, set] : after.pathway->value_sets) {
    const fhir::ValueSet* old = nullptr;
    for (const auto& [name, other] : before.pathway->value_sets) {
      if (name == alias) old = other.get();
    }
    if (old == nullptr || !IsFile(before, alias) || !IsFile(after, alias)) continue;
    comparison.Compare("valueSets." + alias + ".concepts", ConceptsOf(*old), ConceptsOf(*set));
  }
  return comparison.Take();
}

}  // namespace renal::pathways::internal
