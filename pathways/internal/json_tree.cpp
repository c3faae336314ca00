#include "pathways/internal/json_tree.h"

#include <algorithm>

namespace renal::pathways::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

bool IsEmpty(const OwnJson& value) {
  switch (value.type) {
    case JsonType::kAbsent:
      return true;
    case JsonType::kString:
      return value.text.empty();
    case JsonType::kArray:
      return value.items.empty();
    case JsonType::kObject:
      return value.members.empty();
    default:
      return false;
  }
}

void Indent(std::string& out, std::size_t depth) { out.append(2 * depth, ' '); }

// Recursion is bounded by the depth of what was read, and by what is built here.
void WriteIndented(const OwnJson& value, std::size_t depth, std::string& out) {
  const bool object = value.type == JsonType::kObject;
  const std::size_t count = object ? value.members.size() : value.items.size();
  if ((!object && value.type != JsonType::kArray) || count == 0) {
    out += CompactText(value);
    return;
  }
  out += object ? "{\n" : "[\n";
  for (std::size_t i = 0; i < count; ++i) {
    Indent(out, depth + 1);
    if (object) out.append(CompactText(JsonText(value.members[i].first))).append(": ");
    WriteIndented(object ? value.members[i].second : value.items[i], depth + 1, out);
    out += i + 1 < count ? ",\n" : "\n";
  }
  Indent(out, depth);
  out += object ? '}' : ']';
}

bool SameMembers(const OwnJson& a, const OwnJson& b, bool ordered) {
  if (a.members.size() != b.members.size()) return false;
  for (std::size_t i = 0; i < a.members.size(); ++i) {
    const auto& [name, value] = a.members[i];
    const OwnJson* other = ordered ? &b.members[i].second : b.Find(name);
    if (ordered && b.members[i].first != name) return false;
    if (other == nullptr || !SameJson(value, *other, ordered)) return false;
  }
  return true;
}

}  // namespace

OwnJson JsonText(std::string_view text) { return OwnJson(JsonType::kString, std::string(text)); }

OwnJson JsonFlag(bool flag) {
  OwnJson value;
  value.type = JsonType::kBoolean;
  value.boolean = flag;
  return value;
}

OwnJson JsonWhole(std::int64_t number) {
  return OwnJson(JsonType::kInteger, std::to_string(number));
}

OwnJson JsonList(std::vector<OwnJson> items) {
  OwnJson value;
  value.type = JsonType::kArray;
  value.items = std::move(items);
  return value;
}

OwnJson JsonList(const std::vector<std::string>& texts) {
  OwnJson list = JsonList();
  for (const std::string& text : texts) list.items.push_back(JsonText(text));
  return list;
}

OwnJson JsonObject(std::vector<std::pair<std::string, OwnJson>> members) {
  OwnJson object;
  object.type = JsonType::kObject;
  for (auto& [name, value] : members) Put(object, name, std::move(value));
  return object;
}

OwnJson JsonReference(std::string_view reference) {
  return JsonObject({{"reference", JsonText(reference)}});
}

OwnJson JsonCoding(std::string_view system, std::string_view code) {
  return JsonObject({{"system", JsonText(system)}, {"code", JsonText(code)}});
}

OwnJson JsonConcept(std::string_view system, std::string_view code) {
  return JsonObject({{"coding", JsonList({JsonCoding(system, code)})}});
}

void Put(OwnJson& object, std::string_view name, OwnJson value) {
  if (!IsEmpty(value)) object.members.emplace_back(name, std::move(value));
}

void Put(OwnJson& object, std::string_view name, std::string_view text) {
  Put(object, name, JsonText(text));
}

void Set(OwnJson& object, std::string_view name, OwnJson value) {
  const auto member =
      std::ranges::find(object.members, name, [](const auto& each) { return each.first; });
  if (member == object.members.end()) {
    object.members.emplace_back(name, std::move(value));
  } else {
    member->second = std::move(value);
  }
}

bool IsText(const OwnJson* node) { return node != nullptr && node->type == JsonType::kString; }

const std::string& TextAt(const OwnJson& object, std::string_view name) {
  static const std::string kNone;
  const OwnJson* member = object.Find(name);
  return IsText(member) ? member->text : kNone;
}

const OwnJson& MemberAt(const OwnJson& object, std::string_view name) {
  static const OwnJson kNone;
  const OwnJson* member = object.Find(name);
  return member == nullptr ? kNone : *member;
}

bool SameJson(const OwnJson& a, const OwnJson& b, bool ordered) {
  if (a.type != b.type || a.text != b.text || a.boolean != b.boolean) return false;
  if (a.type == JsonType::kObject) return SameMembers(a, b, ordered);
  return std::ranges::equal(a.items, b.items, [&](const OwnJson& left, const OwnJson& right) {
    return SameJson(left, right, ordered);
  });
}

std::vector<std::string> TextList(const OwnJson* list) {
  std::vector<std::string> texts;
  if (list == nullptr || list->type != JsonType::kArray) return texts;
  for (const OwnJson& item : list->items) {
    if (item.type != JsonType::kString) return {};
    texts.push_back(item.text);
  }
  return texts;
}

std::string CompactText(const OwnJson& value) {
  fhir::JsonWriter out;
  out.Value(value);
  return out.Take();
}

std::string IndentedText(const OwnJson& value) {
  std::string out;
  WriteIndented(value, 0, out);
  out += '\n';
  return out;
}

std::size_t DepthOf(const OwnJson& value) {
  if (value.type != JsonType::kObject && value.type != JsonType::kArray) return 0;
  std::size_t deepest = 0;
  for (const auto& [name, member] : value.members) deepest = std::max(deepest, DepthOf(member));
  for (const OwnJson& item : value.items) deepest = std::max(deepest, DepthOf(item));
  return deepest + 1;
}

}  // namespace renal::pathways::internal
