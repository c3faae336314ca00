#include "tests/pathways/generated_patient.h"

#include <algorithm>
#include <initializer_list>

namespace renal::pathways::testing {
namespace {

using fhir::Decimal;

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

std::string QuantityText(const Decimal& number, std::string_view unit) {
  return Join({R"({"value": )", number.ToString(),
               R"(, "system": "http://unitsofmeasure.org", "code": ")", unit, "\"}"});
}

// The sets that an expression names in memberOf('...').
void AddNamedSets(const Pathway& pathway, const std::string& text,
                  std::vector<const fhir::ValueSet*>& sets) {
  constexpr std::string_view kCall = "memberOf('";
  for (std::size_t at = text.find(kCall); at != std::string::npos; at = text.find(kCall, at + 1)) {
    const std::size_t begin = at + kCall.size();
    const auto* set = pathway.FindValueSet(text.substr(begin, text.find('\'', begin) - begin));
    if (set != nullptr) sets.push_back(set);
  }
}

bool IsSiteSet(std::string_view alias) {
  return alias.starts_with("side-") || alias == "left" || alias == "right";
}

}  // namespace

std::string GeneratedResource::Text() const {
  return number ? before + QuantityText(*number, unit) + after : before + after;
}

std::string GeneratedResource::TextIn(std::string_view other) const {
  if (!number || unit != "cm") return Text();
  const Decimal factor = other == "mm" ? Decimal(10) : *Decimal::Parse("0.01");
  return before + QuantityText(*Multiply(*number, factor), other) + after;
}

std::vector<std::string> GeneratedPatient::Texts() const {
  std::vector<std::string> texts;
  for (const GeneratedResource& resource : resources) texts.push_back(resource.Text());
  return texts;
}

PatientGenerator::PatientGenerator(const Pathway& pathway, std::uint64_t seed)
    : pathway_(pathway), engine_(seed) {
  for (const auto& [alias, set] : pathway.value_sets) {
    if (IsSiteSet(alias)) sites_.push_back(set.get());
  }
  AddPlaces();
}

void PatientGenerator::AddPlace(const Input* input, const SourceOfInput& source) {
  Place place{input, &source, source.code, source.from, {}, {}};
  for (const auto& entry : source.map) {
    if (entry.when) AddNamedSets(pathway_, entry.when->text(), place.values);
  }
  if (source.value && source.value->text().find("component") != std::string::npos) {
    AddNamedSets(pathway_, source.value->text(), place.components);
  }
  (input == nullptr ? needed_ : places_).push_back(std::move(place));
}

void PatientGenerator::AddPlaces() {
  if (pathway_.condition != nullptr) {
    needed_.push_back({nullptr, nullptr, pathway_.condition, "Condition", {}, {}});
  }
  for (const FocusKind& kind : pathway_.foci) {
    for (const SourceOfInput& source : kind.instances) AddPlace(nullptr, source);
  }
  for (const Input& input : pathway_.inputs) {
    for (const SourceOfInput& source : input.sources) AddPlace(&input, source);
  }
}

std::string PatientGenerator::ConceptOf(const fhir::ValueSet& set) {
  if (set.concepts().empty()) return "{}";
  const fhir::Concept& found = set.concepts()[Pick(set.concepts().size())];
  return Join(
      {R"({"coding": [{"system": ")", found.system, R"(", "code": ")", found.code, "\"}]}"});
}

// Within the last ten months, most of them recent: some data are too old.
std::string PatientGenerator::Day() {
  const std::size_t back = Pick(Chance(60) ? 60 : 300);
  const std::size_t month = 1 + (13 - 1 - back / 28) % 12;
  const bool this_year = back / 28 < 2;
  const std::string digits = month < 10 ? "0" + std::to_string(month) : std::to_string(month);
  const std::size_t day = 1 + back % 28;
  return (this_year ? "2026-" : "2025-") +
         (this_year ? std::string(back < 28 ? "02" : "01") : digits) + "-" + (day < 10 ? "0" : "") +
         std::to_string(day);
}

// On a limit of the input, or anywhere.
std::string PatientGenerator::Number(const Input& input) {
  std::vector<std::string> limits;
  for (const Value& segment : input.segments) {
    if (!segment.IsCode() && segment.interval().IsPoint()) {
      const auto& point = segment.interval().low->value;
      const auto shown = input.unit ? fhir::Convert(point, *input.unit) : point;
      if (shown) limits.push_back(shown->value.ToShortString());
    }
  }
  if (!limits.empty() && Chance(30)) return limits[Pick(limits.size())];
  if (input.type == Type::kInteger) return std::to_string(Pick(6));
  return std::to_string(Pick(12)) + "." + std::to_string(Pick(100));
}

void PatientGenerator::AddValue(const Place& place, GeneratedResource& made) {
  if (place.input == nullptr) return;
  if (!place.values.empty()) {
    made.before +=
        R"(, "valueCodeableConcept": )" + ConceptOf(*place.values[Pick(place.values.size())]);
  } else if (place.input->type == Type::kQuantity) {
    const bool component = !place.components.empty() && Chance(80);
    if (component) {
      made.before += R"(, "component": [{"code": )" +
                     ConceptOf(*place.components[Pick(place.components.size())]);
      made.after = "}]" + made.after;
    }
    made.before += R"(, "valueQuantity": )";
    made.number = Decimal::Parse(Number(*place.input));
    made.unit = place.input->unit->text();
  } else if (place.input->type == Type::kInteger) {
    made.before += R"(, "valueInteger": )" + Number(*place.input);
  } else {
    made.before += Chance(50) ? R"(, "valueBoolean": true)" : R"(, "valueBoolean": false)";
  }
}

GeneratedResource PatientGenerator::Make(const Place& place) {
  GeneratedResource made;
  made.before = Join({R"({"resourceType": ")", place.type, R"(", "id": "r)",
                      std::to_string(made_++), R"(", "subject": {"reference": "Patient/p"})"});
  if (place.code != nullptr) made.before += R"(, "code": )" + ConceptOf(*place.code);
  made.after = "}";
  const std::string day = Day();
  if (place.type == "Observation") {
    made.before += R"(, "status": "final", "effectiveDateTime": ")" + day + "\"";
    AddValue(place, made);
  } else if (place.type == "Condition") {
    made.before +=
        R"(, "clinicalStatus": {"coding": [{"code": "active"}]}, "recordedDate": ")" + day + "\"";
  } else {
    made.before += R"(, "status": "completed", "performedDateTime": ")" + day + "\"";
  }
  if (!sites_.empty() && place.type != "MedicationRequest" && Chance(70)) {
    const std::string site = ConceptOf(*sites_[Chance(95) ? home_ : Pick(sites_.size())]);
    const std::string body = place.type == "Observation" ? site : "[" + site + "]";
    made.before.insert(made.before.find(R"(, "subject")"), R"(, "bodySite": )" + body);
  }
  return made;
}

GeneratedPatient PatientGenerator::Next() {
  GeneratedPatient patient;
  if (Chance(90)) patient.born = std::to_string(1935 + Pick(80)) + "-06-15";
  made_ = 0;
  home_ = Pick(sites_.size());
  for (const Place& place : needed_) {
    if (Chance(place.source == nullptr ? 95 : 60)) patient.resources.push_back(Make(place));
  }
  for (const Place& place : places_) {
    // Exceptions are rare; what decides is often there, sometimes twice.
    const bool exception = place.input->if_none.has_value();
    for (int i = 0; i < 2; ++i) {
      if (Chance(exception ? 1 : 40 - 25 * static_cast<std::size_t>(i))) {
        patient.resources.push_back(Make(place));
      }
    }
  }
  return patient;
}

}  // namespace renal::pathways::testing
