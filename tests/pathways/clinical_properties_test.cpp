#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/pathways/clinical_facts.h"
#include "tests/pathways/clinical_record.h"
#include "tests/pathways/clinical_run.h"

// The properties P1 to P4 of the clinical specification (section 2) over generated patients, from
// resources to outcome. A failure prints the seed and number of the patient, and its record.
namespace renal::pathways::testing {
namespace {

constexpr std::uint64_t kSeeds[] = {1, 2, 3, 4};
constexpr std::size_t kPatients = RENAL_PROPERTY_PATIENTS / std::size(kSeeds);  // of each seed

// What is tested: the pathway, and how records are read.
struct Subject {
  std::shared_ptr<const Pathway> pathway;
  WrittenRecord (*read)(WrittenRecord) = [](WrittenRecord record) { return record; };

  ClinicalRun Run(const WrittenRecord& record) const { return {pathway, read(record)}; }
};

struct Patient {
  ClinicalFacts facts;
  WrittenRecord record;
  const ClinicalRun* run = nullptr;
  FactGenerator* random = nullptr;
};
// What contradicts the property in one patient, in words; else nothing.
using Property = std::string (*)(const Subject&, const Patient&);

std::string Shown(const WrittenRecord& record) {
  std::string text = record.patient;
  for (const std::string& resource : record.resources) text += "\n" + resource;
  for (const std::string& order : record.orders) text += "\ndraft: " + order;
  return text;
}

// ---- P1: a value in place of an unknown takes no recommendation away

struct Filled {
  std::string what;
  ClinicalFacts facts;
};

class Unknowns {
 public:
  Unknowns(const Patient& patient, std::vector<Filled>& filled)
      : run_(*patient.run), facts_(patient.facts), random_(*patient.random), filled_(filled) {}

  void AddAll() {
    for (std::size_t i = 0; i < facts_.tumours.size(); ++i) AddTumour(i);
    for (std::size_t i = 0; i < facts_.lesions.size(); ++i) AddLesion(i);
    if (facts_.born.size() <= 4) Add("age", [&](auto& f) { f.born = Birth(); });
    if (run_.Open("m_status") || (facts_.m.empty() && facts_.lesions.empty()))
      Add("m_status", [&](auto& f) { FillSpread(f); });
    if (run_.Open("general_condition") || !facts_.ecog) {
      Add("general_condition", [&](auto& f) {
        f.ecog = static_cast<int>(random_.Pick(5));
        f.ecog_days_ago = 5;
      });
    }
    if (run_.Open("systemic_therapy_planned"))
      Truth("systemic_therapy_planned", &ClinicalFacts::therapy);
    if (run_.Open("solitary_metastasis")) Truth("solitary_metastasis", &ClinicalFacts::single);
    if (run_.Open("local_symptoms")) Truth("local_symptoms", &ClinicalFacts::symptoms);
    if (run_.Open("life_expectancy")) Add("life_expectancy", [&](auto& f) { f.life = "months"; });
  }

 private:
  template <class Change>
  void Add(const std::string& what, const Change& change) {
    filled_.push_back({what, facts_});
    change(filled_.back().facts);
  }
  void Truth(const std::string& what, std::optional<bool> ClinicalFacts::*fact) {
    Add(what, [&](auto& f) { f.*fact = random_.Chance(50); });
  }
  // An adult: the gate for children comes before any rule.
  std::string Birth() {
    const std::string year = facts_.born == "2008" || facts_.born.empty()
                                 ? std::to_string(1930 + random_.Pick(70))
                                 : facts_.born;
    return year + (random_.Chance(50) ? "-01-31" : "-11-30");
  }
  void FillSpread(ClinicalFacts& facts) {
    facts.m = facts.lesions.empty() && random_.Chance(50) ? "M0" : "M1";
    facts.m_days_ago = 5;
  }
  // A value inside of what is known of the size.
  SizeFact SizeWithin(const TumourFact& tumour) {
    static const std::map<std::string, std::vector<std::string>> kInside = {
        {"<7", {"1.9", "6.99", "4"}}, {">=7", {"7", "7.01", "12"}},
        {"6..8", {"6", "7", "7.5"}},  {"1.5..2.5", {"1.9", "2", "2.4"}},
        {"<2", {"1", "1.99"}},        {">7", {"7.01", "9"}},
        {"3..4", {"3.5", "4"}}};
    if (!run_.State("tumour_size_cm", tumour.side).value) return {random_.Size(), 5, "CT"};
    const std::vector<std::string>& inside = kInside.at(tumour.sizes[0].cm);
    return {inside[random_.Pick(inside.size())], 5, "CT"};
  }
  void AddTumour(std::size_t i) {
    const TumourFact& tumour = facts_.tumours[i];
    if (run_.outcome().Instance(tumour.side) == kNone) return;
    const bool removed = !tumour.operation.empty();
    if (run_.Open("tumour_size_cm", tumour.side)) {
      Add("tumour_size_cm", [&](auto& f) {
        f.tumours[i].sizes = {removed ? SizeFact{random_.Size(), 38, "specimen"}
                                      : SizeWithin(tumour)};
      });
    }
    if (run_.Open("central", tumour.side) || !tumour.central) {
      Add("central", [&](auto& f) { f.tumours[i].central = random_.Chance(50); });
    }
    if (!removed) return;
    if (!tumour.capsule)
      Add("capsule", [&](auto& f) { f.tumours[i].capsule = random_.Chance(50); });
    if (!tumour.lymph_vessels) Add("vessels", [&](auto& f) { f.tumours[i].lymph_vessels = true; });
    if (tumour.pn.empty()) Add("pN", [&](auto& f) { f.tumours[i].pn = "pN1"; });
    if (tumour.pt.empty()) Add("pT", [&](auto& f) { f.tumours[i].pt = "pT3a"; });
  }
  void AddLesion(std::size_t i) {
    const LesionFact& lesion = facts_.lesions[i];
    const auto known = [&](const std::string& what, std::optional<bool> LesionFact::*fact) {
      if (!(lesion.*fact)) Add(what, [&](auto& f) { f.lesions[i].*fact = random_.Chance(50); });
    };
    known("metastasis_large", &LesionFact::large);
    if (lesion.tissue != "bone") return;
    known("metastasis_osteolytic", &LesionFact::osteolytic);
    known("metastasis_weight_bearing", &LesionFact::weight_bearing);
  }

  const ClinicalRun& run_;
  const ClinicalFacts& facts_;
  FactGenerator& random_;
  std::vector<Filled>& filled_;
};

const pathways::Rule* FindRule(const Pathway& pathway, const std::string& id) {
  for (const pathways::Table& table : pathway.tables) {
    for (const pathways::Rule& rule : table.rules) {
      if (rule.id == id) return &rule;
    }
  }
  return nullptr;
}

bool Contains(const std::vector<std::string>& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}

// Policy results are named after what caused them; it is the referral that must stay.
bool IsSame(const Recommendation& a, const Recommendation& b) {
  if (a.action != b.action || a.focus != b.focus) return false;
  return a.origin != Origin::kOption || Contains(b.rules, a.rule) || Contains(a.rules, b.rule);
}

// Precedence 4: systemic therapy that turns out to be planned comes before the size.
bool GivesWay(const Outcome& outcome, const Recommendation& lost) {
  const pathways::Rule& first = *FindRule(*outcome.pathway, "ONC-09");
  return std::ranges::any_of(outcome.recommendations, [&](const Recommendation& result) {
    return result.rule == first.id && IsRecommended(result) && result.focus == lost.focus &&
           std::ranges::any_of(lost.rules, [&](const std::string& rule) {
             return Contains(first.replaces, rule) || Contains(first.demotes, rule);
           });
  });
}

// A referral that a check brings along goes with the treatments that it was brought along for;
// those that are recommended stay, and it with them.
bool RestsOnConditional(const Outcome& outcome, const Recommendation& referral) {
  return referral.origin == Origin::kCheck &&
         std::ranges::none_of(outcome.recommendations, [&](const Recommendation& result) {
           return result.focus == referral.focus && result.mdt_required && IsRecommended(result);
         });
}

std::string Monotone(const Subject& subject, const Patient& patient) {
  std::vector<Filled> filled;
  Unknowns(patient, filled).AddAll();
  if (filled.empty()) return {};
  const Filled& next = filled[patient.random->Pick(filled.size())];
  const ClinicalRun after = subject.Run(Write(next.facts, {}));
  // A reduced general condition turns suitability into something to be asked for: an exception
  // input.
  const bool now_asked = patient.run->State("surgical_candidate").known() &&
                         !after.State("surgical_candidate").known();
  for (const Recommendation& before : patient.run->outcome().recommendations) {
    if (!IsRecommended(before) || GivesWay(after.outcome(), before)) continue;
    const auto& results = after.outcome().recommendations;
    const auto same =
        std::ranges::find_if(results, [&](const auto& r) { return IsSame(before, r); });
    if (same != results.end() && (IsRecommended(*same) || now_asked)) continue;
    if (RestsOnConditional(patient.run->outcome(), before)) continue;
    return next.what + " became known, and " + NameOf(patient.run->outcome(), before) +
           " is no longer recommended:\n" + MeaningOf(after.outcome()) + "\n" +
           Shown(Write(next.facts, {}));
  }
  return {};
}

// ---- P2: the order of resources

std::string Unordered(const Subject& subject, const Patient& patient) {
  WrittenRecord other = patient.record;
  for (std::size_t i = other.resources.size(); i > 1; --i) {
    std::swap(other.resources[i - 1], other.resources[patient.random->Pick(i)]);
  }
  const ClinicalRun again = subject.Run(other);
  if (JsonOf(again.outcome()) == JsonOf(patient.run->outcome())) return {};
  return "another order of the resources gives\n" + MeaningOf(again.outcome()) + "\n" +
         Shown(other);
}

// ---- P3: units and code systems

std::string SameInOtherWords(const Subject& subject, const Patient& patient) {
  const Dialect dialect{patient.random->Chance(70) ? "mm" : "m", patient.random->Chance(80)};
  const WrittenRecord other = Write(patient.facts, dialect);
  const ClinicalRun again = subject.Run(other);
  if (MeaningOf(again.outcome()) == MeaningOf(patient.run->outcome())) return {};
  return "in " + dialect.unit + (dialect.icd ? " and ICD-10" : "") + " it is\n" +
         MeaningOf(again.outcome()) + "\n" + Shown(other);
}

// ---- P4: no data

std::string Silent(const Subject& subject, const WrittenRecord& record) {
  const ClinicalRun run = subject.Run(record);
  if (run.outcome().recommendations.empty() && run.outcome().errors.empty() &&
      run.outcome().kind == OutcomeKind::kNotApplicable) {
    return {};
  }
  return "without a kidney tumour on record:\n" + MeaningOf(run.outcome()) + "\n" + Shown(record);
}

std::string NothingFromNothing(const Subject& subject, const Patient& patient) {
  ClinicalFacts facts = patient.facts;
  facts.diagnosis = "none";
  const std::string another = Silent(subject, Write(facts, {}));
  if (!another.empty()) return another;
  // Observations that say nothing, behind a diagnosis.
  const WrittenRecord empty = Write(patient.facts, {.without_values = true});
  const ClinicalRun run = subject.Run(empty);
  const bool treated = std::ranges::any_of(run.outcome().recommendations, [&](const auto& result) {
    if (!IsRecommended(result) || result.action == kNone) return false;
    const ActionKind kind = subject.pathway->actions[result.action].kind;
    return kind == ActionKind::kTreatment || kind == ActionKind::kFrame;
  });
  if (!treated && run.outcome().errors.empty()) return {};
  return "observations without values:\n" + MeaningOf(run.outcome()) + "\n" + Shown(empty);
}

// ---- the properties over all patients

void Count(const InputState& state, std::set<std::string>& kinds) {
  if (state.stale) kinds.insert("old data");
  if (!state.value) kinds.insert(std::string("input ") + Spelling(state.reason));
  if (state.value && !state.value->IsCode() && !state.value->interval().IsPoint()) {
    kinds.insert("interval");
  }
}

void Count(const Outcome& outcome, std::map<std::string, std::size_t>& seen) {
  std::set<std::string> kinds = {outcome.gate.empty() ? Spelling(outcome.kind) : outcome.gate};
  for (const Recommendation& result : outcome.recommendations) {
    // What AMB-01 offers is conditional for good.
    if (!IsRecommended(result) && result.rule != "AMB-01") continue;
    kinds.insert(result.rules.begin(), result.rules.end());
  }
  for (const InputState& state : outcome.patient_inputs) Count(state, kinds);
  for (const auto& inputs : outcome.focus_inputs) {
    for (const InputState& state : inputs) Count(state, kinds);
  }
  for (const std::string& kind : kinds) ++seen[kind];
}

// The first patient that contradicts one of the properties, in words; nothing if there is none.
std::string FirstContradiction(const Subject& subject, const std::vector<Property>& properties,
                               std::uint64_t seed,
                               std::map<std::string, std::size_t>* seen = nullptr) {
  FactGenerator facts(seed), random(seed + 1'000);
  for (std::size_t i = 0; i < kPatients; ++i) {
    Patient patient{.facts = facts.Next(), .random = &random};
    patient.record = Write(patient.facts, {});
    const ClinicalRun run = subject.Run(patient.record);
    patient.run = &run;
    for (const Property property : properties) {
      const std::string contradiction = property(subject, patient);
      if (contradiction.empty()) continue;
      return "seed " + std::to_string(seed) + ", patient " + std::to_string(i) + "\n" +
             MeaningOf(run.outcome()) + "\n" + Shown(patient.record) + "\n\n" + contradiction;
    }
    if (seen != nullptr) Count(run.outcome(), *seen);
  }
  return {};
}

class ClinicalPropertiesTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(ClinicalPropertiesTest, HoldForEveryPatient) {
  const std::shared_ptr<const Pathway> pathway = LoadShipped();
  std::map<std::string, std::size_t> seen;
  EXPECT_EQ(
      FirstContradiction({pathway}, {Monotone, Unordered, SameInOtherWords, NothingFromNothing},
                         GetParam(), &seen),
      "");
  // Each rule is true for some share of the patients, and each kind of outcome and of datum occurs.
  std::vector<std::string> wanted = {
      "recommendation",   "need-data",    "input conflict", "input stale",
      "old data",         "interval",     "deceased",       "age",
      "no-kidney-cancer", "history-only", "excluded-tumour"};
  for (const pathways::Table& table : pathway->tables) {
    for (const pathways::Rule& rule : table.rules) wanted.push_back(rule.id);
  }
  for (const std::string& kind : wanted) EXPECT_GE(seen[kind], kPatients / 500) << kind;
  if (HasFailure()) std::cerr << ::testing::PrintToString(seen) << "\n";
}

INSTANTIATE_TEST_SUITE_P(Seeds, ClinicalPropertiesTest, ::testing::ValuesIn(kSeeds));

TEST(ClinicalSilenceTest, NoDataGiveNoRecommendationAndNoError) {
  for (const char* more : {"", R"(, "birthDate": "1950-06-15")", R"(, "birthDate": "2015")",
                           R"(, "deceasedBoolean": true)", R"(, "gender": "female")"}) {
    const std::string patient =
        std::string(R"({"resourceType": "Patient", "id": "p")") + more + "}";
    EXPECT_EQ(Silent({LoadShipped()}, {.patient = patient}), "");
  }
}

// ---- each property bites: a pathway with a defect contradicts it, or a reader that has one

struct Defect {
  const char* name;
  Property property;
  Edit edit;
  friend void PrintTo(const Defect& row, std::ostream* out) { *out << row.name; }
};

class ClinicalDefectTest : public ::testing::TestWithParam<Defect> {};

TEST_P(ClinicalDefectTest, IsFound) {
  const Defect& defect = GetParam();
  const std::string found = FirstContradiction({LoadShipped({defect.edit})}, {defect.property}, 1);
  EXPECT_NE(found, "");
  EXPECT_NE(found.find("seed 1, patient "), std::string::npos);
}

// Resources are sorted by id before a pathway sees them, so no pathway can depend on their order.
TEST(ClinicalOrderTest, AReaderThatTakesTheFirstSizeIsFound) {
  const Subject subject{LoadShipped(), [](WrittenRecord record) {
                          bool seen = false;
                          std::erase_if(record.resources, [&](const std::string& resource) {
                            const bool size = resource.find("21889-1") != std::string::npos;
                            return size && std::exchange(seen, true);
                          });
                          return record;
                        }};
  EXPECT_NE(FirstContradiction(subject, {Unordered}, 1), "");
}

INSTANTIATE_TEST_SUITE_P(
    Pathways, ClinicalDefectTest,
    ::testing::ValuesIn<Defect>({
        {"P1_AGuessedCondition",
         Monotone,
         {"\"general_condition\": {", "{", R"({"ifNone": {"value": "good", "why": "A guess."},)"}},
        {"P1_AdviceBecauseADatumIsMissing",
         Monotone,
         {R"("id": "ONC-07")", R"("joins": "ONC-08",)",
          R"x("joins": "ONC-08", "when": "%central.empty()",)x"}},
        {"P3_OneUnitIsRead",
         SameInOtherWords,
         {"\"name\": \"tumour size on imaging\"", R"("where": ")",
          R"x("where": "value.ofType(Quantity).code = 'cm' and )x"}},
        {"P3_OneCodeSystemIsRead",
         SameInOtherWords,
         {"\"kidney-tumour\": {", R"("file": "kidney-tumour.json")",
          R"("concepts": [{"system": "http://snomed.info/sct", "code": "363518003"}])"}},
        {"P4_TheGateIsOpen",
         NothingFromNothing,
         {R"("id": "no-kidney-cancer")", R"({"kidney_cancer": "no"})", R"({"age": "> 129"})"}},
        {"P4_MissingIsNone",
         NothingFromNothing,
         {"\"m_status\": {", "{", R"({"ifNone": {"value": "M0", "why": "A guess."},)"}},
    }),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace renal::pathways::testing
