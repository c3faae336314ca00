#include "tests/pathways/clinical_record.h"

#include <chrono>
#include <cstdio>
#include <map>
#include <string_view>
#include <utility>

#include "fhir/decimal.h"

namespace renal::pathways::testing {
namespace {

using fhir::Decimal;

constexpr std::string_view kSnomed = "http://snomed.info/sct";
constexpr std::string_view kLoinc = "http://loinc.org";
constexpr std::string_view kIcd = "http://hl7.org/fhir/sid/icd-10-cm";
constexpr std::string_view kPcs = "http://www.cms.gov/Medicare/Coding/ICD10";
constexpr std::string_view kLocal = "https://renalpath.example/CodeSystem/rcc-pathway";
constexpr std::string_view kMcode = "http://hl7.org/fhir/us/mcode/StructureDefinition/";

template <class... Parts>
std::string Join(const Parts&... parts) {
  std::string text;
  (text += ... += parts);
  return text;
}

std::string Day(int days_ago) {
  using namespace std::chrono;
  const sys_days today = 2026y / March / 2d;
  const year_month_day day{today - days{days_ago}};
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

std::string Concept(std::string_view system, std::string_view code) {
  std::string text = R"({"coding": [{"system": ")";
  text.append(system).append(R"(", "code": ")").append(code).append("\"}]}");
  return text;
}
std::string Local(std::string_view code) { return Concept(kLocal, code); }
std::string Truth(bool value) { return value ? "true" : "false"; }

// Code in SNOMED CT, code in ICD-10-CM.
using Codes = std::pair<const char*, const char*>;
const std::map<std::string, Codes> kSecondary = {
    {"bone", {"94222008", "C79.51"}}, {"skin", {"94579000", "C79.2"}},
    {"lung", {"94391008", "C78.01"}}, {"brain", {"94225005", "C79.31"}},
    {"liver", {"94381002", "C78.7"}},
};
const std::map<std::string, const char*> kMethods = {
    {"CT", "77477000"}, {"US", "16310003"}, {"specimen", "787377000"}};
const std::map<std::string, const char*> kOrders = {{"radical-nephrectomy", "116033007"},
                                                    {"partial-nephrectomy", "81516001"},
                                                    {"active-surveillance", "424313000"},
                                                    {"percutaneous-ablation", "52785004"},
                                                    {"mdt-discussion", "399414003"}};
constexpr const char* kEcog[] = {"425389002", "422512005", "422894000",
                                 "423053003", "423237006", "423409001"};

class Writer {
 public:
  Writer(const ClinicalFacts& facts, const Dialect& dialect) : facts_(facts), dialect_(dialect) {}

  WrittenRecord Take() {
    record_.patient = R"({"resourceType": "Patient", "id": "p")";
    if (!facts_.born.empty()) record_.patient += R"(, "birthDate": ")" + facts_.born + "\"";
    if (facts_.deceased) record_.patient += R"(, "deceasedBoolean": true)";
    record_.patient += "}";
    for (const TumourFact& tumour : facts_.tumours) AddTumour(tumour);
    for (std::size_t i = 0; i < facts_.lesions.size(); ++i) AddLesion(facts_.lesions[i], i);
    AddSpread();
    AddExceptions();
    AddOrder();
    return std::move(record_);
  }

 private:
  std::string Either(std::string_view snomed, std::string_view other_system,
                     std::string_view other) const {
    return dialect_.icd ? Concept(other_system, other) : Concept(kSnomed, snomed);
  }

  void Observation(const std::string& id, const std::string& code, int days_ago,
                   const std::string& value, const std::string& more = {}) {
    const std::string said =
        dialect_.without_values
            ? R"("dataAbsentReason": )" +
                  Concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown")
            : value;
    record_.resources.push_back(
        Join(R"({"resourceType": "Observation", "id": ")", id,
             R"(", "status": "final", "subject": {"reference": "Patient/p"}, "code": )", code,
             R"(, "effectiveDateTime": ")", Day(days_ago), "\", ", said, more, "}"));
  }

  void Condition(const std::string& id, const std::string& code, const std::string& more = {},
                 const char* clinical = "active", const char* verification = "confirmed") {
    record_.resources.push_back(
        Join(R"({"resourceType": "Condition", "id": ")", id,
             R"(", "subject": {"reference": "Patient/p"}, "clinicalStatus": )",
             Concept("http://terminology.hl7.org/CodeSystem/condition-clinical", clinical),
             R"(, "verificationStatus": )",
             Concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", verification),
             R"(, "recordedDate": ")", Day(60), R"(", "code": )", code, more, "}"));
  }

  static std::string Site(const std::string& side) {
    return Join(R"({"extension": [{"url": ")", kMcode,
                R"(mcode-laterality-qualifier", "valueCodeableConcept": )",
                Concept(kSnomed, side == "left" ? "7771000" : "24028007"),
                R"(}], "coding": [{"system": ")", kSnomed, R"(", "code": "64033007"}]})");
  }

  std::string Link(const TumourFact& tumour) const {
    if (!facts_.linked) return {};
    if (dialect_.icd) return R"(, "bodySite": )" + Site(tumour.side);
    return Join(R"(, "focus": [{"reference": "Condition/rcc-)", tumour.side, "\"}]");
  }

  std::string Quantity(std::string_view cm) const {
    const std::size_t digits = cm.find_first_not_of("<>=");
    const Decimal factor = *Decimal::Parse(dialect_.unit == "mm"  ? "10"
                                           : dialect_.unit == "m" ? "0.01"
                                                                  : "1");
    std::string text = R"({"value": )";
    text += Multiply(*Decimal::Parse(cm.substr(digits)), factor)->ToString();
    if (digits > 0) text += Join(R"(, "comparator": ")", cm.substr(0, digits), "\"");
    return text +
           Join(R"(, "system": "http://unitsofmeasure.org", "code": ")", dialect_.unit, "\"}");
  }

  std::string Measured(const std::string& cm) const {
    const std::size_t dots = cm.find("..");
    if (dots == std::string::npos) return R"("valueQuantity": )" + Quantity(cm);
    return Join(R"("valueRange": {"low": )", Quantity(std::string_view(cm).substr(0, dots)),
                R"(, "high": )", Quantity(std::string_view(cm).substr(dots + 2)), "}");
  }

  void AddDiagnosis(const TumourFact& tumour) {
    const std::string id = "rcc-" + tumour.side;
    const bool left = tumour.side == "left";
    const std::string& kind = facts_.diagnosis;
    if (kind == "none") return;
    const std::string site = R"(, "bodySite": [)" + Site(tumour.side) + "]";
    if (kind == "suspected") return Condition(id, Concept(kSnomed, "309088003"), site);
    if (kind == "benign") return Condition(id, Concept(kSnomed, "254921004"), site);
    if (kind == "urothelial") {
      return Condition(id, Either("363457009", kIcd, left ? "C65.2" : "C65.1"), site);
    }
    // The codes of ICD-10-CM hold the side.
    Condition(id, Either("363518003", kIcd, left ? "C64.2" : "C64.1"), dialect_.icd ? "" : site,
              kind == "history" ? "resolved" : "active",
              kind == "provisional" ? "provisional" : "confirmed");
  }

  void AddOperation(const TumourFact& tumour) {
    const bool left = tumour.side == "left", whole = tumour.operation == "whole";
    const char* pcs = whole ? (left ? "0TT14ZZ" : "0TT04ZZ") : (left ? "0TB14ZZ" : "0TB04ZZ");
    record_.resources.push_back(
        Join(R"({"resourceType": "Procedure", "id": "operation-)", tumour.side,
             R"(", "status": "completed", "subject": {"reference": "Patient/p"},
                 "performedDateTime": ")",
             Day(40), R"(", "code": )", Either(whole ? "175905003" : "81516001", kPcs, pcs),
             R"(, "bodySite": [)", Site(tumour.side), "]}"));
  }

  void AddTumour(const TumourFact& tumour) {
    const std::string& side = tumour.side;
    AddDiagnosis(tumour);
    for (std::size_t i = 0; i < tumour.sizes.size(); ++i) {
      const SizeFact& size = tumour.sizes[i];
      Observation(
          Join("size-", side, std::to_string(i)), Concept(kLoinc, "21889-1"), size.days_ago,
          Measured(size.cm),
          Join(R"(, "method": )", Concept(kSnomed, kMethods.at(size.method)), Link(tumour)));
    }
    Flag("central-" + side, "central-location", tumour.central, Link(tumour));
    if (tumour.count) {
      Observation("count-" + side, Local("tumour-count"), 10,
                  R"("valueInteger": )" + std::to_string(*tumour.count), Link(tumour));
    }
    if (tumour.t4) {
      Category("t-" + side, Either("399504009", kLoinc, "21905-5"),
               dialect_.icd ? "65565005" : "1228944003", 10, Link(tumour));
    }
    if (tumour.operation.empty()) return;
    AddOperation(tumour);
    Flag("capsule-" + side, "capsule-rupture", tumour.capsule, Link(tumour));
    Flag("blood-" + side, "blood-vessel-invasion", tumour.blood_vessels, Link(tumour));
    Flag("lymph-" + side, "lymph-vessel-invasion", tumour.lymph_vessels, Link(tumour));
    if (!tumour.pt.empty()) {
      const Codes code =
          tumour.pt == "pT1a" ? Codes{"1228959009", "443357004"} : Codes{"1229860005", "443606005"};
      Category("pt-" + side, Either("384625004", kLoinc, "21899-0"),
               dialect_.icd ? code.second : code.first, 38, Link(tumour));
    }
    if (!tumour.pn.empty()) {
      const Codes code =
          tumour.pn == "pN0" ? Codes{"1229947003", "21917009"} : Codes{"1229951001", "45552005"};
      Category("pn-" + side, Either("371494008", kLoinc, "21900-6"),
               dialect_.icd ? code.second : code.first, 38, Link(tumour));
    }
  }

  void Category(const std::string& id, const std::string& code, std::string_view value,
                int days_ago, const std::string& more = {}) {
    Observation(id, code, days_ago, R"("valueCodeableConcept": )" + Concept(kSnomed, value), more);
  }

  void Flag(const std::string& id, std::string_view code, const std::optional<bool>& value,
            const std::string& more = {}) {
    if (value) Observation(id, Local(code), 10, R"("valueBoolean": )" + Truth(*value), more);
  }

  void AddLesion(const LesionFact& lesion, std::size_t number) {
    const std::string id = "met-" + std::to_string(number);
    const Codes codes = kSecondary.at(lesion.tissue);
    std::string origin;
    if (facts_.other_cancer) {
      origin = Join(R"(, "extension": [{"url": ")", kMcode,
                    R"(mcode-related-primary-cancer-condition",
                    "valueReference": {"reference": "Condition/rcc-)",
                    facts_.tumours.front().side, "\"}}]");
    }
    Condition(id, Either(codes.first, kIcd, codes.second), origin);
    const std::string link = Join(R"(, "focus": [{"reference": "Condition/)", id, "\"}]");
    Flag(id + "-large", "metastasis-large", lesion.large, link);
    Flag(id + "-ulcerating", "metastasis-ulcerating", lesion.ulcerating, link);
    Flag(id + "-bleeding", "metastasis-bleeding", lesion.bleeding, link);
    Flag(id + "-stenosing", "metastasis-stenosing", lesion.stenosing, link);
    Flag(id + "-osteolytic", "metastasis-osteolytic", lesion.osteolytic, link);
    Flag(id + "-bearing", "metastasis-weight-bearing", lesion.weight_bearing, link);
    if (!lesion.resected.empty()) {
      Observation(id + "-resected", Local("metastasis-resected"), 10,
                  R"("valueCodeableConcept": )" + Local(lesion.resected), link);
    }
  }

  void AddSpread() {
    if (!facts_.m.empty()) {
      const bool m1 = facts_.m == "M1";
      Category("m", Either("399387003", kLoinc, "21907-1"),
               dialect_.icd ? (m1 ? "55440008" : "30893008") : (m1 ? "1229903009" : "1229901006"),
               facts_.m_days_ago);
    }
    if (facts_.ecog) {
      const auto grade = static_cast<std::size_t>(*facts_.ecog);
      Observation("ecog", Either("423740007", kLoinc, "89247-1"), facts_.ecog_days_ago,
                  dialect_.icd ? R"("valueInteger": )" + std::to_string(grade)
                               : R"("valueCodeableConcept": )" + Concept(kSnomed, kEcog[grade]));
    }
    if (facts_.nodes == "condition") Condition("nodes", Either("94392001", kIcd, "C77.2"));
    if (facts_.nodes == "N0" || facts_.nodes == "N1") {
      const bool n1 = facts_.nodes == "N1";
      Category("n", Either("399534004", kLoinc, "21906-3"),
               dialect_.icd ? (n1 ? "53623008" : "62455006") : (n1 ? "1229973008" : "1229967007"),
               10);
    }
    Flag("therapy", "systemic-therapy-planned", facts_.therapy);
    Flag("symptoms", "local-symptoms-primary", facts_.symptoms);
    Flag("single", "solitary-metastasis", facts_.single);
    if (!facts_.life.empty()) {
      Observation("life", Local("life-expectancy"), 10,
                  R"("valueCodeableConcept": )" + Local(facts_.life));
    }
    if (facts_.other_cancer) Condition("breast", Concept(kIcd, "C50.911"));
  }

  void AddExceptions() {
    if (facts_.suitable) {
      Observation(
          "fit", Local("surgical-candidate"), 10,
          R"("valueCodeableConcept": )" + Local(*facts_.suitable ? "suitable" : "unsuitable"));
    }
    if (facts_.declined) Condition("refusal", Concept(kSnomed, "105480006"));
    if (facts_.solitary) Condition("one-kidney", Either("161659007", kIcd, "Z90.5"));
    if (facts_.hereditary) Condition("hereditary", Concept(kSnomed, "46659004"));
    if (facts_.thrombus) Condition("thrombus", Concept(kSnomed, "281595001"));
    if (facts_.pregnant) Condition("pregnancy", Concept(kSnomed, "77386006"));
    Flag("bleeding-risk", "bleeding-risk", facts_.bleeding_risk);
    if (facts_.egfr) {
      Observation("egfr", Concept(kLoinc, dialect_.icd ? "62238-1" : "98979-8"), 10,
                  Join(R"("valueQuantity": {"value": )", std::to_string(*facts_.egfr),
                       R"(, "system": "http://unitsofmeasure.org", "code": "mL/min/{1.73_m2}"})"));
    }
  }

  void AddOrder() {
    if (facts_.order.empty()) return;
    const bool drug = facts_.order == "sunitinib";
    const std::string code =
        drug ? (dialect_.icd ? Concept("http://www.whocc.no/atc", "L01EX01")
                             : Concept("http://www.nlm.nih.gov/research/umls/rxnorm", "357977"))
             : (dialect_.icd ? Local(facts_.order) : Concept(kSnomed, kOrders.at(facts_.order)));
    record_.orders.push_back(Join(R"({"resourceType": ")",
                                  drug ? "MedicationRequest" : "ServiceRequest",
                                  R"(", "id": "draft-1", "status": "draft", "intent": "order",
                 "subject": {"reference": "Patient/p"}, ")",
                                  drug ? "medicationCodeableConcept" : "code", "\": ", code, "}"));
  }

  const ClinicalFacts& facts_;
  const Dialect& dialect_;
  WrittenRecord record_;
};

}  // namespace

WrittenRecord Write(const ClinicalFacts& facts, const Dialect& dialect) {
  return Writer(facts, dialect).Take();
}

}  // namespace renal::pathways::testing
