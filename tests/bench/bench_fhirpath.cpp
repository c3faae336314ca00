#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "fhir/fhirpath.h"
#include "fhir/json.h"
#include "fhir/record.h"
#include "fhir/value_set.h"

// How long compiled expressions take: twenty extractions over a record of 20 KB, each over all
// resources of its type, and conditions over inputs.
namespace renal::fhir::fhirpath {
namespace {

constexpr std::string_view kLoinc = "http://loinc.org", kSnomed = "http://snomed.info/sct";

std::string ConceptJson(std::string_view system, std::string_view code, std::string_view display) {
  return R"({"coding":[{"system":")" + std::string(system) + R"(","code":")" + std::string(code) +
         R"(","display":")" + std::string(display) + R"("}]})";
}

std::string ResourceJson(std::string_view type, int number, const std::string& members) {
  return R"({"fullUrl":"https://fhir.example.org/)" + std::string(type) + "/" +
         std::to_string(number) + R"(","resource":{"resourceType":")" + std::string(type) +
         R"(","id":")" + std::to_string(number) +
         R"(","meta":{"versionId":"1","lastUpdated":"2026-02-20T10:00:00Z"},)" + members + "}}";
}

std::string ObservationJson(int number, const std::string& code, const std::string& value) {
  return ResourceJson("Observation", number,
                      R"("status":"final","category":[)" +
                          ConceptJson("http://terminology.hl7.org/CodeSystem/observation-category",
                                      "exam", "Exam") +
                          R"(],"code":)" + code +
                          R"(,"subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-02-)" +
                          std::to_string(10 + number % 18) + "T09:00:00+01:00\"," + value);
}

std::string QuantityJson(std::string_view value, std::string_view unit) {
  return R"("valueQuantity":{"value":)" + std::string(value) + R"(,"unit":")" + std::string(unit) +
         R"(","system":"http://unitsofmeasure.org","code":")" + std::string(unit) + R"("})";
}

std::string ConditionJson(int number, const std::string& code, std::string_view status) {
  return ResourceJson(
      "Condition", number,
      R"("clinicalStatus":)" +
          ConceptJson("http://terminology.hl7.org/CodeSystem/condition-clinical", status, status) +
          R"(,"verificationStatus":)" +
          ConceptJson("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed",
                      "") +
          R"(,"code":)" + code + R"(,"bodySite":[)" +
          ConceptJson(kSnomed, "18639004", "Left kidney") +
          R"(],"subject":{"reference":"Patient/p"},"onsetDateTime":"2025-11-03","recordedDate":"2025-11-04")");
}

std::string Bundle() {
  std::vector<std::string> entries{
      R"({"fullUrl":"https://fhir.example.org/Patient/p","resource":{"resourceType":"Patient","id":"p","active":true,)"
      R"("name":[{"use":"official","family":"Berg","given":["Kari"]}],"gender":"female","birthDate":"1951-06-30","deceasedBoolean":false}})",
      ConditionJson(1, ConceptJson(kSnomed, "702391001", "Renal cell carcinoma"), "active"),
      ConditionJson(2, ConceptJson(kSnomed, "38341003", "Hypertension"), "active"),
      ConditionJson(3, ConceptJson(kSnomed, "44054006", "Diabetes"), "resolved"),
      ObservationJson(1, ConceptJson(kLoinc, "21889-1", "Size Tumor"),
                      R"("component":[{"code":)" + ConceptJson(kLoinc, "33728-7", "Longest") + "," +
                          QuantityJson("4.2", "cm") + R"(},{"code":)" +
                          ConceptJson(kLoinc, "33729-5", "Width") + "," +
                          QuantityJson("3.1", "cm") + "}]"),
      ObservationJson(2, ConceptJson(kSnomed, "277208005", "M category"),
                      "\"valueCodeableConcept\":" + ConceptJson(kSnomed, "30893008", "M0")),
      ObservationJson(3, ConceptJson(kLoinc, "89247-1", "ECOG"), R"("valueInteger":1)"),
      ObservationJson(4, ConceptJson(kLoinc, "33914-3", "eGFR"),
                      QuantityJson("72", "mL/min/{1.73_m2}")),
      ObservationJson(5, ConceptJson(kSnomed, "399687005", "Location"),
                      "\"valueCodeableConcept\":" + ConceptJson(kSnomed, "277061001", "Central")),
      ResourceJson("Procedure", 1,
                   R"("status":"completed","code":)" + ConceptJson(kSnomed, "386053000", "CT") +
                       R"(,"subject":{"reference":"Patient/p"},"performedDateTime":"2026-02-10")"),
      ResourceJson(
          "MedicationStatement", 1,
          R"("status":"active","medicationCodeableConcept":)" +
              ConceptJson("http://www.whocc.no/atc", "C09AA02", "enalapril") +
              R"(,"subject":{"reference":"Patient/p"},"effectivePeriod":{"start":"2024-05-01"})")};
  constexpr std::array<std::string_view, 6> kCodes = {"718-7",  "2823-3", "2951-2",
                                                      "2160-0", "6690-2", "777-3"};
  for (int i = 6; i < 33; ++i) {
    entries.push_back(ObservationJson(
        i, ConceptJson(kLoinc, kCodes[static_cast<std::size_t>(i) % 6], "Laboratory"),
        QuantityJson("13.5", "g/dL")));
  }
  std::string text = R"({"resourceType":"Bundle","type":"collection","entry":[)";
  for (std::size_t i = 0; i < entries.size(); ++i) text += (i == 0 ? "" : ",") + entries[i];
  return text + "]}";
}

constexpr std::string_view kAll = "%context.entry.resource.ofType(";

// Each as a source of a pathway would be written as one expression over the record.
std::vector<std::string> Extractions() {
  const std::string conditions = std::string(kAll) + "Condition)";
  const std::string observations = std::string(kAll) + "Observation)";
  const std::string final = " and status in ('final' | 'amended' | 'corrected'))";
  return {
      "%patient.birthDate.duration(%today, 'year')",
      "%patient.deceased.ofType(dateTime).exists() or %patient.deceased.ofType(boolean) = true",
      "%patient.gender = 'female'",
      conditions +
          ".where(code.memberOf('tumour') and clinicalStatus.coding.exists(code in ('active' | "
          "'recurrence' | 'relapse'))).exists()",
      conditions +
          ".where(code.memberOf('tumour') and verificationStatus.coding.exists(code in ('refuted' "
          "| 'entered-in-error')).not()).recordedDate",
      conditions + ".where(code.memberOf('tumour')).bodySite.exists($this.memberOf('side-left'))",
      conditions +
          ".where(code.memberOf('tumour')).select(iif(onset.exists(), onset, recordedDate))",
      observations + ".where(code.memberOf('size')" + final +
          ".component.where(code.memberOf('longest')).value",
      observations + ".where(code.memberOf('size')" + final + ".effective",
      observations + ".where(code.memberOf('m-category')" + final + ".value.memberOf('m0')",
      observations + ".where(code.memberOf('m-category')" + final + ".value.memberOf('m1')",
      observations + ".where(code.memberOf('ecog')" + final + ".value.ofType(integer) in (0 | 1)",
      observations + ".where(code.memberOf('egfr')" + final + ".value < 60 'mL/min/{1.73_m2}'",
      observations + ".where(code.memberOf('egfr')" + final + ".value.ofType(Quantity).value",
      observations + ".where(code.memberOf('location')" + final + ".value.memberOf('central')",
      observations + ".where(code.memberOf('potassium')" + final + ".value.ofType(Quantity)",
      observations + ".where(code.memberOf('size') and effective >= %today - 90 days).exists()",
      std::string(kAll) +
          "Procedure).where(status = 'completed' and code.memberOf('nephrectomy')).performed",
      std::string(kAll) +
          "MedicationStatement).where(status = 'active').medication.memberOf('ace')",
      std::string(kAll) + "Procedure).subject.resolve().ofType(Patient).id",
  };
}

class Fixture {
 public:
  Fixture() {
    record_.Add(document_.value().root());
    Set("tumour", kSnomed, {"702391001", "254915003"});
    Set("side-left", kSnomed, {"18639004", "7771000"});
    Set("size", kLoinc, {"21889-1"});
    Set("longest", kLoinc, {"33728-7"});
    Set("m-category", kSnomed, {"277208005"});
    Set("m0", kSnomed, {"30893008"});
    Set("m1", kSnomed, {"55440008"});
    Set("ecog", kLoinc, {"89247-1"});
    Set("egfr", kLoinc, {"33914-3", "62238-1"});
    Set("location", kSnomed, {"399687005"});
    Set("central", kSnomed, {"277061001"});
    Set("potassium", kLoinc, {"2823-3"});
    Set("nephrectomy", kSnomed, {"175905003"});
    Set("ace", "http://www.whocc.no/atc", {"C09AA02"});
    options_.value_set = [this](std::string_view name) -> const ValueSet* {
      for (const auto& [alias, set] : sets_) {
        if (alias == name) return set.get();
      }
      return nullptr;
    };
    options_.variables = {"size", "age", "central", "stage"};
    variables_ = {{fhir::Quantity{*Decimal::Parse("6.9"), *Unit::Parse("cm")}},
                  {std::int64_t{74}},
                  {false},
                  {std::string("cT1b")}};
    environment_.variables = &variables_;
    environment_.record = &record_;
    environment_.now = *DateTime::Parse("2026-03-02T09:00:00+01:00");
  }

  Expression Compiled(std::string_view text) const {
    return std::get<Expression>(Compile(text, options_));
  }
  const Environment& environment() const { return environment_; }
  std::size_t bytes() const { return text_.size(); }

 private:
  void Set(std::string alias, std::string_view system, const std::vector<std::string>& codes) {
    std::vector<fhir::Concept> concepts;
    for (const std::string& code : codes) concepts.push_back({std::string(system), code, ""});
    sets_.emplace_back(std::move(alias),
                       std::make_unique<ValueSet>("", "", "", std::move(concepts)));
  }

  std::string text_ = Bundle();
  Result<JsonDocument> document_ = JsonDocument::Parse(text_);
  Record record_{"p"};
  std::vector<std::pair<std::string, std::unique_ptr<ValueSet>>> sets_;
  CompileOptions options_;
  std::vector<Collection> variables_;
  Environment environment_;
};

void TwentyExtractions(benchmark::State& state) {
  const Fixture fixture;
  std::vector<Expression> expressions;
  for (const std::string& text : Extractions()) expressions.push_back(fixture.Compiled(text));
  for (auto _ : state) {
    for (const Expression& expression : expressions) {
      const auto result = expression.Evaluate(fixture.environment());
      if (!result) state.SkipWithError(result.error().diagnostics.c_str());
      benchmark::DoNotOptimize(&result);
    }
  }
  state.counters["bytes"] = static_cast<double>(fixture.bytes());
}

void OneExtraction(benchmark::State& state) {
  const Fixture fixture;
  const std::string text = Extractions()[static_cast<std::size_t>(state.range(0))];
  const Expression expression = fixture.Compiled(text);
  std::size_t items = 0;
  for (auto _ : state) {
    const auto result = expression.Evaluate(fixture.environment());
    items = result.value().size();
    benchmark::DoNotOptimize(&result);
  }
  state.counters["items"] = static_cast<double>(items);
}

void Condition(benchmark::State& state, std::string_view text) {
  const Fixture fixture;
  const Expression expression = fixture.Compiled(text);
  for (auto _ : state) {
    const auto truth = expression.EvaluateBoolean(Node{}, fixture.environment());
    benchmark::DoNotOptimize(&truth);
  }
}

void CompileOne(benchmark::State& state) {
  const Fixture fixture;
  const std::string text = Extractions()[7];
  for (auto _ : state) benchmark::DoNotOptimize(fixture.Compiled(text));
}

BENCHMARK(TwentyExtractions)->Unit(benchmark::kMicrosecond);
BENCHMARK(OneExtraction)->DenseRange(0, 19)->Unit(benchmark::kNanosecond);
BENCHMARK_CAPTURE(Condition, Number, "%age >= 75");
BENCHMARK_CAPTURE(Condition, Quantity, "%size < 7 'cm'");
BENCHMARK_CAPTURE(Condition, QuantityInAnotherUnit, "%size < 70 'mm'");
BENCHMARK_CAPTURE(Condition, Code, "%stage = 'cT1b'");
BENCHMARK_CAPTURE(Condition, Rule, "%central = false and %size < 7 'cm' and %age < 75");
BENCHMARK(CompileOne)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace renal::fhir::fhirpath

BENCHMARK_MAIN();
