#include "hooks/internal/board_merge.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string_view>
#include <tuple>
#include <variant>

#include "fhir/own_json.h"

namespace renal::hooks::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

constexpr std::string_view kPatients = "patients";

std::int64_t CountOf(const OwnJson& number) {
  std::int64_t count = 0;
  std::from_chars(number.text.data(), number.text.data() + number.text.size(), count);
  return count;
}

OwnJson* FindIn(OwnJson& object, std::string_view name) {
  const auto found =
      std::ranges::find(object.members, name, [](const auto& member) { return member.first; });
  return found == object.members.end() ? nullptr : &found->second;
}

std::string TextOf(const OwnJson& object, std::string_view name) {
  const OwnJson* member = object.Find(name);
  return member == nullptr ? std::string() : member->text;
}

/// What tells one result from another, in the order of the file.
std::tuple<std::string, std::string, std::string> KeyOf(const OwnJson& result) {
  return {TextOf(result, "rule"), TextOf(result, "action"), TextOf(result, "determination")};
}

void AddNumber(OwnJson& into, const OwnJson& more) {
  into.text = std::to_string(CountOf(into) + CountOf(more));
}

/// Counts by name, to any depth; names in their order.
void AddCounts(OwnJson& into, const OwnJson& more) {
  if (into.type == JsonType::kInteger) return AddNumber(into, more);
  for (const auto& [name, value] : more.members) {
    if (OwnJson* known = FindIn(into, name)) {
      AddCounts(*known, value);
    } else {
      into.members.emplace_back(name, value);
    }
  }
  std::ranges::sort(into.members, {}, [](const auto& member) { return member.first; });
}

void AddResults(OwnJson& into, const OwnJson& more) {
  for (const OwnJson& result : more.items) {
    const auto known = std::ranges::find(into.items, KeyOf(result), KeyOf);
    if (known == into.items.end()) {
      into.items.push_back(result);
    } else {
      AddNumber(*FindIn(*known, kPatients), *result.Find(kPatients));
    }
  }
  std::ranges::sort(into.items, {}, KeyOf);
}

/// A tree of counts.
bool IsCounts(const OwnJson& value) {
  if (value.type == JsonType::kInteger) return true;
  return value.type == JsonType::kObject &&
         std::ranges::all_of(value.members,
                             [](const auto& member) { return IsCounts(member.second); });
}

bool AreResults(const OwnJson* results) {
  return results != nullptr && results->type == JsonType::kArray &&
         std::ranges::all_of(results->items, [](const OwnJson& result) {
           const OwnJson* patients = result.Find(kPatients);
           return patients != nullptr && patients->type == JsonType::kInteger;
         });
}

bool SaysWhose(std::string_view member) { return member == "pathway" || member == "evaluatedAt"; }

bool AreMeasures(const OwnJson& measures) {
  return measures.Find("pathway") != nullptr && measures.Find("evaluatedAt") != nullptr &&
         AreResults(measures.Find("results")) &&
         std::ranges::all_of(measures.members, [](const auto& member) {
           return SaysWhose(member.first) || member.first == "results" || IsCounts(member.second);
         });
}

bool SameMembers(const OwnJson& one, const OwnJson& other) {
  return std::ranges::equal(
      one.members, other.members, {}, [](const auto& member) { return member.first; },
      [](const auto& member) { return member.first; });
}

/// Why both cannot be added up; empty: they can.
std::string_view Difference(const OwnJson& one, const OwnJson& other) {
  if (!SameMembers(one, other)) return "was written by another version of renalpath";
  const auto same = [&](std::string_view name) {
    return fhir::CanonicalText(*one.Find(name)) == fhir::CanonicalText(*other.Find(name));
  };
  if (!same("pathway")) return "was made with another pathway";
  if (!same("evaluatedAt")) return "was made for another moment: give all parts one --now";
  return {};
}

std::optional<OwnJson> ReadMeasures(const std::filesystem::path& file, std::ostream& messages) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  auto read = fhir::ReadOwnJson(text.str());
  auto* measures = std::get_if<OwnJson>(&read);
  if (stream && measures != nullptr && AreMeasures(*measures)) return std::move(*measures);
  messages << file.string() << ": cannot be read, or is not what `renalpath board` writes\n";
  return std::nullopt;
}

void Add(OwnJson& into, const OwnJson& more) {
  for (auto& [name, value] : into.members) {
    if (SaysWhose(name)) continue;
    const OwnJson& other = *more.Find(name);
    value.type == JsonType::kArray ? AddResults(value, other) : AddCounts(value, other);
  }
}

}  // namespace

std::optional<std::string> MergeMeasures(const std::vector<std::filesystem::path>& boards,
                                         std::ostream& messages) {
  std::optional<OwnJson> whole;
  for (const std::filesystem::path& board : boards) {
    const std::filesystem::path file = board / "measures.json";
    std::optional<OwnJson> part = ReadMeasures(file, messages);
    if (!part) return std::nullopt;
    if (!whole) {
      whole = std::move(part);
      continue;
    }
    if (const std::string_view why = Difference(*whole, *part); !why.empty()) {
      messages << file.string() << ": " << why << '\n';
      return std::nullopt;
    }
    Add(*whole, *part);
  }
  if (!whole) return std::nullopt;
  fhir::JsonWriter writer;
  return writer.Value(*whole).Take() + "\n";
}

}  // namespace renal::hooks::internal
