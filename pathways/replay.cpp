#include "pathways/replay.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "pathways/internal/order_judge.h"

namespace renal::pathways {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using fhir::Json;

Issue Wrong(IssueCode code, const char* sentence, std::string member) {
  return {code, sentence, std::move(member)};
}

std::optional<UnknownReason> ReasonOf(std::string_view text) {
  for (int i = 0; i <= static_cast<int>(UnknownReason::kFuture); ++i) {
    const auto reason = static_cast<UnknownReason>(i);
    if (!text.empty() && text == Spelling(reason)) return reason;
  }
  return std::nullopt;
}

std::optional<InputStatus> StatusOf(std::string_view text) {
  for (int i = 0; i <= static_cast<int>(InputStatus::kUnknown); ++i) {
    const auto status = static_cast<InputStatus>(i);
    if (text == Spelling(status)) return status;
  }
  return std::nullopt;
}

// What is on record and cannot be used: what is old or yet to come says nothing about now.
bool HoldsUnusable(const Json& dropped) {
  for (const Json::Entry entry : dropped) {
    const auto reason = ReasonOf(entry.value["reason"].string());
    if (reason == UnknownReason::kUnusable || reason == UnknownReason::kUndated ||
        reason == UnknownReason::kImplausible) {
      return true;
    }
  }
  return false;
}

class Rebuilder {
 public:
  Rebuilder(const Pathway& pathway, const Json& outcome) : pathway_(pathway), outcome_(outcome) {}

  fhir::Result<RecordedInputs> Run();

 private:
  bool ReadFoci();
  bool ReadInput(Index input, const std::string& focus, std::size_t instances);
  bool ReadState(const Input& input, const Json& json, InputStatus status, GivenState& state);
  void ReadEvidence(const Input& input, const Json& json, GivenInput& given) const;
  bool ReadVariants(Index index, const std::string& focus, GivenInput& given);
  bool Fail(IssueCode code, const char* sentence, std::string member) {
    issue_ = Wrong(code, sentence, std::move(member));
    return false;
  }

  const Pathway& pathway_;
  const Json outcome_;
  RecordedInputs recorded_;
  std::optional<Issue> issue_;
};

bool Rebuilder::ReadFoci() {
  const Json foci = outcome_["trace"]["foci"];
  if (!foci.is_array()) {
    return Fail(IssueCode::kRequired, "The trace does not say which foci there were.",
                "trace.foci");
  }
  for (const Json::Entry entry : foci) {
    const std::string_view kind = entry.value["kind"].string();
    const auto found = std::ranges::find(pathway_.foci, kind, &FocusKind::name);
    if (found == pathway_.foci.end()) {
      return Fail(IssueCode::kValue, "The pathway has no focus of that kind.", "trace.foci");
    }
    recorded_.inputs.foci.emplace_back(static_cast<Index>(found - pathway_.foci.begin()),
                                       entry.value["key"].string());
  }
  return true;
}

bool Rebuilder::ReadState(const Input& input, const Json& json, InputStatus status,
                          GivenState& state) {
  state.stale = json["stale"].boolean();
  state.on_record = HoldsUnusable(json["dropped"]);
  if (status == InputStatus::kUnknown) {
    const auto reason = ReasonOf(json["reason"].string());
    if (!reason) {
      return Fail(IssueCode::kValue, "The reason of an unknown input is none.",
                  "inputs." + input.name);
    }
    state.reason = *reason;
    return true;
  }
  state.value = ReadWritten(input, WrittenIn(json["value"]));
  state.reason = UnknownReason::kNotUnknown;
  if (state.value) return true;
  return Fail(IssueCode::kValue, "A value is none of this input.", "inputs." + input.name);
}

void Rebuilder::ReadEvidence(const Input& input, const Json& json, GivenInput& given) const {
  for (const Json::Entry entry : json["from"]) {
    given.unlinked = given.unlinked || entry.value["unlinked"].boolean();
    for (const SourceOfInput& source : input.sources) {
      if (!source.assumption.empty() && source.name == entry.value["source"].string()) {
        given.assumptions.push_back(source.assumption);
      }
    }
  }
}

bool Rebuilder::ReadVariants(Index index, const std::string& focus, GivenInput& given) {
  const Input& input = pathway_.inputs[index];
  for (const Json::Entry entry : outcome_["trace"]["variants"]) {
    const Json& json = entry.value;
    if (json["input"].string() != input.name || json["focus"].string() != focus) continue;
    GivenVariant variant;
    // A number that the input does not have fits nothing, and is passed over.
    variant.age = static_cast<Index>(json["age"].integer());
    for (const Json::Entry without : json["without"]) {
      for (std::size_t i = 0; i < input.sources.size() && i < 64; ++i) {
        const bool meant = input.sources[i].name == without.value.string();
        if (meant) variant.left_out |= std::uint64_t{1} << i;
      }
    }
    const InputStatus status = json["value"] ? InputStatus::kKnown : InputStatus::kUnknown;
    if (!ReadState(input, json, status, variant.state)) return false;
    variant.state.on_record = json["onRecord"].boolean();
    given.variants.push_back(std::move(variant));
  }
  return true;
}

// What is assumed, and what is worked out from other inputs, follows from those again.
bool Rebuilder::ReadInput(Index index, const std::string& focus, std::size_t instances) {
  const Input& input = pathway_.inputs[index];
  const std::string name = instances > 1 ? input.name + "@" + focus : input.name;
  const Json json = outcome_["inputs"][name];
  if (!json.is_object()) {
    return Fail(IssueCode::kRequired, "An input of the pathway is missing.", "inputs." + name);
  }
  const auto status = StatusOf(json["state"].string());
  if (!status) return Fail(IssueCode::kValue, "The state of an input is none.", "inputs." + name);
  GivenInput given;
  given.input = index;
  given.focus = focus;
  given.status = *status;
  const bool worked_out = input.IsDerived() && !input.depends_on.empty();
  if (!ReadVariants(index, focus, given)) return false;
  const bool follows =
      *status == InputStatus::kAssumed || (*status == InputStatus::kUnknown && worked_out);
  if (follows && given.variants.empty()) return true;
  if (!follows && !ReadState(input, json, *status, given.state)) return false;
  if (*status == InputStatus::kAssumed) given.status = InputStatus::kKnown;
  ReadEvidence(input, json, given);
  recorded_.inputs.inputs.push_back(std::move(given));
  return true;
}

fhir::Result<RecordedInputs> Rebuilder::Run() {
  const auto now = fhir::DateTime::Parse(outcome_["evaluatedAt"].string());
  if (!now || now->kind != fhir::DateTime::Kind::kDateTime) {
    return Wrong(IssueCode::kRequired, "The outcome does not say when it was evaluated.",
                 "evaluatedAt");
  }
  recorded_.now = *now;
  if (!ReadFoci()) return *issue_;
  for (Index input = 0; input < pathway_.inputs.size(); ++input) {
    const Index kind = pathway_.inputs[input].focus;
    if (kind == kNone && !ReadInput(input, {}, 1)) return *issue_;
    const auto& foci = recorded_.inputs.foci;
    const auto of_kind = std::ranges::count(foci, kind, &std::pair<Index, std::string>::first);
    for (const auto& [focus_kind, key] : foci) {
      if (kind == kNone || focus_kind != kind) continue;
      if (!ReadInput(input, key, static_cast<std::size_t>(of_kind))) return *issue_;
    }
  }
  const Json scope = outcome_["trace"]["scope"];
  if (scope.type() == fhir::JsonType::kNull) recorded_.inputs.in_scope = Truth::kUnknown;
  if (scope.type() == fhir::JsonType::kBoolean) {
    recorded_.inputs.in_scope = scope.boolean() ? Truth::kTrue : Truth::kFalse;
  }
  return std::move(recorded_);
}

// ---- orders

// The orders as they were recorded, judged by what the new outcome says. Of what the record held
// besides, only what was missing then is known.
std::vector<OrderVerdict> OrdersAgain(const Json& recorded, const Outcome& again) {
  if (again.kind == OutcomeKind::kError) return {};
  std::vector<OrderVerdict> orders;
  std::vector<std::string_view> missing;
  for (const Json::Entry entry : recorded["orders"]) {
    OrderVerdict& order = orders.emplace_back();
    order.reference = std::string(entry.value["resource"].string());
    order.action = again.pathway->FindAction(entry.value["action"].string());
    order.focus = std::string(entry.value["focus"].string());
    order.wrong_focus = !entry.value["orderedFocus"].absent();
    order.ordered_focus = std::string(entry.value["orderedFocus"].string());
    order.existing = std::string(entry.value["existing"].string());
    order.verdict = JudgeOrder(again, order);
    if (entry.value["verdict"].string() != Spelling(Verdict::kIncomplete)) continue;
    for (const Json::Entry other : entry.value["others"]) missing.push_back(other.value.string());
  }
  JudgeTogether(again, orders, [&](Index action, const std::string&) {
    return std::ranges::find(missing, again.pathway->actions[action].id) == missing.end();
  });
  return orders;
}

// ---- differences

constexpr std::size_t kMostDifferences = 50;

std::string Cut(std::string text) {
  constexpr std::size_t kShown = 120;
  if (text.size() > kShown) {
    std::size_t end = kShown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
    text += "...";
  }
  return text;
}

class Differ {
 public:
  void Compare(const std::string& path, const Json& was, const Json& is);
  std::vector<std::string> Take() { return std::move(differences_); }

 private:
  void CompareMembers(const std::string& path, const Json& was, const Json& is);
  void CompareItems(const std::string& path, const Json& was, const Json& is);
  void Add(const std::string& path, const Json& was, const Json& is);

  std::vector<std::string> differences_;
};

void Differ::Add(const std::string& path, const Json& was, const Json& is) {
  if (differences_.size() >= kMostDifferences) return;
  const auto shown = [](const Json& json) {
    return json.absent() ? std::string("absent") : Cut(json.ToString());
  };
  differences_.push_back(path + ": was " + shown(was) + ", is " + shown(is));
}

void Differ::CompareMembers(const std::string& path, const Json& was, const Json& is) {
  const auto at = [&](std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
  };
  for (const Json::Entry member : was) Compare(at(member.name), member.value, is[member.name]);
  for (const Json::Entry member : is) {
    if (was[member.name].absent()) Add(at(member.name), {}, member.value);
  }
}

struct Item {
  std::size_t index;  // in its list
  Json value;
};

/// The items of a list, by focus: foci are in the order of their names, which are others where
/// pseudonyms stand for them. Those of one focus keep their order.
std::vector<Item> ItemsOf(const Json& list) {
  std::vector<Item> items;
  for (const Json::Entry entry : list) items.push_back({items.size(), entry.value});
  std::ranges::stable_sort(items, {}, [](const Item& item) {
    return item.value.is_object() ? item.value["focus"].string() : std::string_view();
  });
  return items;
}

void Differ::CompareItems(const std::string& path, const Json& was, const Json& is) {
  std::vector<Item> old_items = ItemsOf(was), new_items = ItemsOf(is);
  while (new_items.size() < old_items.size()) new_items.push_back({new_items.size(), {}});
  while (old_items.size() < new_items.size()) old_items.push_back({old_items.size(), {}});
  for (std::size_t i = 0; i < old_items.size(); ++i) {
    Compare(path + "[" + std::to_string(old_items[i].index) + "]", old_items[i].value,
            new_items[i].value);
  }
}

// Outcomes are shallow: the depth of a hostile file is bounded by the reader of JSON.
void Differ::Compare(const std::string& path, const Json& was, const Json& is) {
  if (differences_.size() >= kMostDifferences) return;
  if (was.is_object() && is.is_object()) return CompareMembers(path, was, is);
  if (was.is_array() && is.is_array()) return CompareItems(path, was, is);
  if (was.type() != is.type() || was.ToString() != is.ToString()) Add(path, was, is);
}

}  // namespace

fhir::Result<RecordedPathway> RecordedPathwayOf(const Json& outcome) {
  const Json pathway = outcome["pathway"];
  if (!outcome["outcome"].is_string() || !pathway["url"].is_string()) {
    return Wrong(IssueCode::kStructure, "The text is no outcome.", "outcome");
  }
  return RecordedPathway{std::string(pathway["url"].string()),
                         std::string(pathway["version"].string()),
                         std::string(pathway["hash"].string())};
}

fhir::Result<RecordedInputs> RecordedInputsOf(const Pathway& pathway, const Json& outcome) {
  return Rebuilder(pathway, outcome).Run();
}

std::vector<std::string> ReplayDifferences(const Json& recorded, const Outcome& again) {
  fhir::JsonWriter writer;
  Outcome judged = again;
  judged.orders = OrdersAgain(recorded, again);
  WriteOutcome(judged, writer);
  const auto document = fhir::JsonDocument::Parse(writer.Take());
  if (!document) return {"the new outcome cannot be read: " + document.error().diagnostics};
  const Json now = document->root();
  Differ differ;
  for (const char* member :
       {"outcome", "gate", "recommendations", "ask", "orders", "wouldChange"}) {
    differ.Compare(member, recorded[member], now[member]);
  }
  for (const char* member : {"scope", "tables", "checks"}) {
    differ.Compare(std::string("trace.") + member, recorded["trace"][member], now["trace"][member]);
  }
  return differ.Take();
}

}  // namespace renal::pathways
