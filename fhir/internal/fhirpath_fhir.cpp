#include <optional>
#include <string>

#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

bool AddExtensions(Evaluator& evaluator, const Op& op, const Json& holder, std::string_view url,
                   Collection& out) {
  static const std::string_view kType = r4::Table::Instance().Find("Extension")->name;
  for (const Json::Entry entry : holder["extension"]) {
    if (!evaluator.Step(op)) return false;
    if (entry.value["url"].string() != url) continue;
    if (!evaluator.Add(op, out, Node{.json = entry.value, .type = kType})) return false;
  }
  return true;
}

bool RunExtension(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch, url_scratch;
  Items items;
  std::optional<std::string_view> url;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  if (!evaluator.TextArgument(*op.args[0], frame, url_scratch, url)) return false;
  if (!url) return true;
  for (const Item& item : items) {
    const auto* node = std::get_if<Node>(&item);
    if (node == nullptr) continue;
    const Json& holder = node->json.is_object() ? node->json : node->sibling;
    if (!AddExtensions(evaluator, op, holder, *url, out)) return false;
  }
  return true;
}

bool HasValue(const Item& item) {
  const auto* node = std::get_if<Node>(&item);
  return node == nullptr || HasPrimitiveValue(*node);
}

Truth TestHasValue(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return Truth::kError;
  return TruthOf(items.size() == 1 && HasValue(items[0]));
}

bool RunGetValue(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  if (items.size() != 1 || !HasValue(items[0])) return true;
  const std::optional<Item> value = ToSystem(items[0]);
  return !value || evaluator.Add(op, out, *value);
}

Truth CodeIn(Evaluator& evaluator, const Op& op, std::string_view code) {
  const std::string& system = op.set->only_system();
  if (system.empty()) return evaluator.FailTruth(op, "a bare code needs a value set of one system");
  return TruthOf(op.set->Contains(system, code));
}

Truth TestMemberOf(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return Truth::kError;
  if (item == nullptr) return Truth::kUnknown;
  if (const auto code = TextOf(*item)) return CodeIn(evaluator, op, *code);
  const auto* node = std::get_if<Node>(item);
  if (node != nullptr && node->json.absent()) return Truth::kUnknown;
  return TruthOf(node != nullptr && op.set->ContainsCoding(node->json));
}

// "#id" within the context resource; only where the reference is known to stand in it, since
// another resource may contain one with the same id.
Json Contained(const Evaluator& evaluator, const Op& op, std::string_view id) {
  const auto* node =
      evaluator.context().empty() ? nullptr : std::get_if<Node>(&evaluator.context()[0]);
  if (!op.in_resource || node == nullptr) return {};
  if (id.empty()) return node->json;
  for (const Json::Entry entry : node->json["contained"]) {
    if (entry.value["id"].string() == id) return entry.value;
  }
  return {};
}

// What looking through the contained resources costs.
std::uint64_t ContainedCount(const Evaluator& evaluator) {
  const auto* node =
      evaluator.context().empty() ? nullptr : std::get_if<Node>(&evaluator.context()[0]);
  return node == nullptr ? 0 : node->json["contained"].size();
}

Json Resolve(const Evaluator& evaluator, const Op& op, std::string_view reference) {
  if (reference.starts_with('#')) return Contained(evaluator, op, reference.substr(1));
  const Record* record = evaluator.environment().record;
  return record == nullptr ? Json() : record->Resolve(reference);
}

std::optional<std::string_view> ReferenceOf(const Item& item) {
  if (const auto text = TextOf(item)) return text;
  const auto* node = std::get_if<Node>(&item);
  if (node == nullptr || !node->json["reference"].is_string()) return std::nullopt;
  return node->json["reference"].string();
}

bool RunResolve(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  for (const Item& item : items) {
    if (!evaluator.Step(op)) return false;
    const auto reference = ReferenceOf(item);
    if (reference && reference->starts_with('#') && !evaluator.Step(op, ContainedCount(evaluator))) return false;
    const Json found = reference ? Resolve(evaluator, op, *reference) : Json();
    if (found && !evaluator.Add(op, out, ResourceNode(found))) return false;
  }
  return true;
}

std::string TextForTrace(Items items) {
  std::string text;
  for (const Item& item : items) {
    if (!text.empty()) text += ", ";
    const auto* node = std::get_if<Node>(&item);
    text +=
        node != nullptr ? node->json.ToString() : Describe(Read(item)).value_or("(an interval)");
  }
  return text;
}

bool WriteTrace(Evaluator& evaluator, const Op& op, Items items) {
  auto* trace = evaluator.environment().trace;
  if (trace == nullptr) return true;
  std::string text = TextForTrace(items);
  if (!evaluator.NewText(op, text.size())) return false;
  trace->emplace_back(op.name, std::move(text));
  return true;
}

bool RunTrace(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch, shown;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  if (op.args.empty()) return WriteTrace(evaluator, op, items) && evaluator.AddAll(op, out, items);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Frame inner{items.subspan(i, 1), static_cast<std::int64_t>(i), frame.total};
    if (!evaluator.Run(*op.args[0], inner, *shown)) return false;
  }
  return WriteTrace(evaluator, op, *shown) && evaluator.AddAll(op, out, items);
}

constexpr Function kFunctions[] = {
    {.name = "extension", .arguments = "v", .required = 1, .run = RunExtension},
    {.name = "hasValue", .test = TestHasValue},
    {.name = "getValue", .run = RunGetValue},
    {.name = "memberOf", .arguments = "s", .required = 1, .test = TestMemberOf},
    {.name = "resolve", .run = RunResolve},
    {.name = "trace", .arguments = "lc", .required = 1, .run = RunTrace},
};

}  // namespace

std::span<const Function> FhirFunctions() { return kFunctions; }

}  // namespace renal::fhir::fhirpath
