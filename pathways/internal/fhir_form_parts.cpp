#include "pathways/internal/fhir_form_parts.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

constexpr std::string_view kBase = "https://renalpath.example/StructureDefinition/pathway-";
constexpr std::string_view kItem = "item";
constexpr std::string_view kJson = "json";
// Each level costs two of the 64 that a file may be nested.
constexpr std::size_t kDeepestParts = 3;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

OwnJson WithParts(std::string_view url, OwnJson parts) {
  OwnJson extension = JsonObject();
  Put(extension, "url", url);
  Put(extension, "extension", std::move(parts));
  return extension;
}

OwnJson AsText(std::string_view url, const OwnJson& value) {
  OwnJson text = JsonObject();
  Put(text, "url", kJson);
  Put(text, "valueString", CompactText(value));
  return WithParts(url, JsonList({std::move(text)}));
}

// An integer of FHIR has 32 bits; "-0" and the like would come back as another text.
bool FitsInteger(const OwnJson& value) {
  std::int32_t number = 0;
  const char* const end = value.text.data() + value.text.size();
  const auto read = std::from_chars(value.text.data(), end, number);
  return value.type == JsonType::kInteger && read.ec == std::errc() && read.ptr == end &&
         std::to_string(number) == value.text;
}

// Parts that would be read back as something else.
bool IsAmbiguous(const OwnJson& object) {
  const bool one = object.members.size() == 1;
  return one && (object.members[0].first == kItem || object.members[0].first == kJson);
}

bool FitsParts(const OwnJson& value) {
  if (DepthOf(value) > kDeepestParts) return false;
  if (value.type == JsonType::kArray) return !value.items.empty();
  return value.type == JsonType::kObject && !value.members.empty() && !IsAmbiguous(value) &&
         std::ranges::all_of(value.members, [](const auto& each) { return FitsUri(each.first); });
}

OwnJson PartsOf(const OwnJson& value) {
  OwnJson parts = JsonList();
  for (const auto& [name, member] : value.members) parts.items.push_back(PartOf(name, member));
  for (const OwnJson& item : value.items) parts.items.push_back(PartOf(kItem, item));
  return parts;
}

OwnJson FromText(const OwnJson& part) {
  auto parsed = fhir::ReadOwnJson(TextAt(part, "valueString"));
  OwnJson* value = std::get_if<OwnJson>(&parsed);
  return value == nullptr ? OwnJson() : std::move(*value);
}

OwnJson MembersOf(const OwnJson& parts) {
  OwnJson object = JsonObject();
  for (const OwnJson& part : parts.items) {
    OwnJson value = ValueOfPart(part);
    if (value.type == JsonType::kAbsent) continue;
    object.members.emplace_back(TextAt(part, "url"), std::move(value));
  }
  return object;
}

OwnJson FromParts(const OwnJson& parts) {
  const auto named = [](std::string_view name) {
    return [name](const OwnJson& part) { return TextAt(part, "url") == name; };
  };
  if (parts.items.size() == 1 && named(kJson)(parts.items[0])) return FromText(parts.items[0]);
  if (!std::ranges::all_of(parts.items, named(kItem))) return MembersOf(parts);
  OwnJson list = JsonList();
  for (const OwnJson& part : parts.items) list.items.push_back(ValueOfPart(part));
  return list;
}

}  // namespace

std::string ExtensionUrl(std::string_view name) { return std::string(kBase).append(name); }

bool FitsString(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return !IsBlank(c); }) &&
         std::ranges::all_of(
             text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 || IsBlank(c); });
}

bool FitsCode(std::string_view text) {
  return FitsString(text) && !IsBlank(text.front()) && !IsBlank(text.back()) &&
         std::ranges::adjacent_find(
             text, [](char a, char b) { return IsBlank(a) && IsBlank(b); }) == text.end();
}

bool FitsUri(std::string_view text) {
  return FitsString(text) && std::ranges::none_of(text, IsBlank);
}

OwnJson PartOf(std::string_view name, const OwnJson& value) {
  OwnJson part = JsonObject();
  Put(part, "url", name);
  if (value.type == JsonType::kString && FitsString(value.text)) {
    Put(part, "valueString", value);
  } else if (value.type == JsonType::kBoolean) {
    Put(part, "valueBoolean", value);
  } else if (FitsInteger(value)) {
    Put(part, "valueInteger", value);
  } else if (FitsParts(value)) {
    Put(part, "extension", PartsOf(value));
  } else {
    return AsText(name, value);
  }
  return part;
}

OwnJson ValueOfPart(const OwnJson& extension) {
  for (const char* name : {"valueString", "valueBoolean", "valueInteger", "valueCode"}) {
    if (const OwnJson* value = extension.Find(name)) return *value;
  }
  const OwnJson* parts = extension.Find("extension");
  return parts == nullptr || parts->items.empty() ? OwnJson() : FromParts(*parts);
}

// The names of the format are checked by the loader, but those that begin with "x-" may be any.
OwnJson ExtensionOf(std::string_view name, const OwnJson& object) {
  if (object.members.empty()) return {};
  const bool plain =
      std::ranges::all_of(object.members, [](const auto& each) { return FitsUri(each.first); });
  const std::string url = ExtensionUrl(name);
  if (!plain || IsAmbiguous(object)) return AsText(url, object);
  return WithParts(url, PartsOf(object));
}

OwnJson ObjectOfExtension(const OwnJson& element, std::string_view name) {
  const OwnJson* extension = FindExtension(element, name);
  if (extension == nullptr) return JsonObject();
  const OwnJson& parts = MemberAt(*extension, "extension");
  OwnJson object = FromParts(parts);
  return object.type == JsonType::kObject ? object : JsonObject();
}

const OwnJson* FindExtension(const OwnJson& element, std::string_view name) {
  return FindExtensionUrl(element, ExtensionUrl(name));
}

const OwnJson* FindExtensionUrl(const OwnJson& element, std::string_view url) {
  for (const OwnJson& each : MemberAt(element, "extension").items) {
    if (TextAt(each, "url") == url) return &each;
  }
  return nullptr;
}

std::string Leftover::Take(std::string_view name, bool (*fits)(std::string_view)) {
  const OwnJson* member = rest_.Find(name);
  if (!IsText(member) || !fits(member->text)) return {};
  std::string text = member->text;
  Drop(name);
  return text;
}

void Leftover::Drop(std::string_view name) {
  std::erase_if(rest_.members, [&](const auto& each) { return each.first == name; });
}

void Leftover::Keep(std::string_view name, OwnJson value) {
  rest_.members.emplace_back(name, std::move(value));
}

OwnJson ExtensionList(std::vector<OwnJson> extensions) {
  OwnJson list = JsonList();
  for (OwnJson& each : extensions) {
    if (each.type == JsonType::kObject) list.items.push_back(std::move(each));
  }
  return list;
}

}  // namespace renal::pathways::internal
