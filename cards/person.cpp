#include "cards/person.h"

#include <string_view>
#include <utility>

namespace renal::cards {
namespace {

using fhir::Json;

void AddWord(std::string& text, std::string_view word) {
  if (word.empty()) return;
  if (!text.empty()) text += ' ';
  text += word;
}

std::string NameText(const Json& name) {
  std::string text;
  for (const Json::Entry given : name["given"]) AddWord(text, given.value.string());
  AddWord(text, name["family"].string());
  return text.empty() ? std::string(name["text"].string()) : text;
}

int RankOfName(const Json& name) {
  const std::string_view use = name["use"].string();
  if (use == "official") return 0;
  if (use == "usual") return 1;
  return use == "old" || use == "maiden" ? 3 : 2;
}

std::string NameOf(const Json& patient) {
  std::string best;
  int rank = 4;
  for (const Json::Entry name : patient["name"]) {
    if (RankOfName(name.value) >= rank) continue;
    rank = RankOfName(name.value);
    best = NameText(name.value);
  }
  return best;
}

}  // namespace

Person PersonOf(const Json& patient, std::string id) {
  Person person{.id = std::move(id), .name = NameOf(patient)};
  person.born = patient["birthDate"].string();
  person.gender = patient["gender"].string();
  for (const Json::Entry identifier : patient["identifier"]) {
    const std::string_view value = identifier.value["value"].string();
    if (!value.empty() && identifier.value["use"].string() != "old") {
      person.identifiers.emplace_back(value);
    }
  }
  return person;
}

}  // namespace renal::cards
