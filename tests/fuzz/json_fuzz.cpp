#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "fhir/json.h"
#include "fhir/own_json.h"

// Any bytes as JSON from outside: what is taken, the other reader of the program takes too and sees
// the same in it; what is refused as no JSON, it refuses, unless a number is far out of range.
namespace renal::fhir {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

constexpr JsonLimits kLimits{.depth = 60, .values = 10'000, .members = 100};

double AsDouble(std::string_view text) { return std::strtod(std::string(text).c_str(), nullptr); }

void Compare(const Json& one, const OwnJson& other);

void CompareMembers(const Json& one, const OwnJson& other) {
  Require(one.size() == other.members.size());
  std::size_t at = 0;
  for (const Json::Entry entry : one) {
    const auto& [name, value] = other.members[at++];
    Require(entry.name == name && one[name] == entry.value);
    Compare(entry.value, value);
  }
}

void CompareItems(const Json& one, const OwnJson& other) {
  Require(one.size() == other.items.size());
  std::size_t at = 0;
  for (const Json::Entry entry : one) Compare(entry.value, other.items[at++]);
}

void Compare(const Json& one, const OwnJson& other) {
  switch (one.type()) {
    case JsonType::kObject:
      Require(other.type == JsonType::kObject);
      return CompareMembers(one, other);
    case JsonType::kArray:
      Require(other.type == JsonType::kArray);
      return CompareItems(one, other);
    case JsonType::kString:
      return Require(other.type == JsonType::kString && one.string() == other.text);
    case JsonType::kBoolean:
      return Require(other.type == JsonType::kBoolean && one.boolean() == other.boolean);
    case JsonType::kInteger:
    case JsonType::kNumber:
      Require(other.type == JsonType::kInteger || other.type == JsonType::kNumber);
      return Require(AsDouble(one.number_text()) == AsDouble(other.text));
    case JsonType::kNull:
      return Require(other.type == JsonType::kNull);
    case JsonType::kAbsent:
      return Require(false);
  }
}

// Whether a number stands in the text that a double or 64 bits may not hold.
bool MayHoldHugeNumber(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > 17 || c == 'e' || c == 'E') return true;
  }
  return false;
}

void Check(std::string_view text) {
  const auto document = JsonDocument::Parse(text, kLimits);
  const auto other = ReadOwnJson(text);
  const auto* tree = std::get_if<OwnJson>(&other);
  if (!document) {
    Require(!document.error().diagnostics.empty());
    Require(document.error().code == IssueCode::kTooCostly || tree == nullptr ||
            MayHoldHugeNumber(text));
    return;
  }
  Require(IsUtf8(text));
  if (tree == nullptr) return Require(MayHoldHugeNumber(text));  // "-0e999": zero to one of them
  Compare(document->root(), *tree);
  const std::string again = document->root().ToString();
  const auto reread = JsonDocument::Parse(again, kLimits);
  Require(reread && reread->root().ToString() == again);
}

}  // namespace
}  // namespace renal::fhir

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  renal::fhir::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
