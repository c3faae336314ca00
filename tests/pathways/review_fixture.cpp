#include "tests/pathways/review_fixture.h"

#include <set>
#include <stdexcept>
#include <variant>

#include "fhir/own_json.h"
#include "tests/pathways/small_pathway.h"

namespace renal::pathways::testing {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

CasesResult SmallCases() {
  CasesResult result;
  result.cases.resize(3);
  result.cases[0].name = "passes";
  result.cases[0].passed = true;
  result.cases[1].name = "fails";
  result.cases[1].differences = {"rule: expected R1, got R2"};
  result.cases[2].name = "nobody looked at it";
  result.cases[2].passed = true;
  result.cases[2].confirmed = false;
  result.passed = 2;
  result.failed = 1;
  result.coverage.rules = {3, 4};
  result.coverage.boundaries = {1, 2};
  result.coverage.gaps.push_back({CoverageGap::Kind::kRule, "R2", "no case makes the rule true"});
  return result;
}

PathwayDiff SmallDiff() {
  PathwayDiff diff;
  diff.before_version = "0.9.0";
  diff.after_version = "1.0.0";
  diff.decisions.push_back({"second", {"Size: < 2 cm"}, "", "R1: Cut (preferred)"});
  diff.texts.push_back({"inputs.age.title", "Years", "Age"});
  diff.complete = false;
  diff.notes.push_back("table second holds a \"when\"");
  return diff;
}

void Spoil(OwnJson& value, std::string_view name, std::string_view text) {
  static const std::set<std::string_view> kTexts = {
      "title",      "publisher",  "label",    "display", "why",
      "name",       "question",   "because",  "summary", "caution",
      "disclaimer", "assumption", "unlinked", "text",    "description"};
  if (value.type == JsonType::kString && kTexts.contains(name)) value.text = text;
  for (auto& [key, member] : value.members) {
    // Titles of codes stand under the code.
    Spoil(member, name == "values" ? std::string_view("title") : key, text);
  }
  for (OwnJson& item : value.items) Spoil(item, {}, text);
}

}  // namespace

Review ReviewOf(std::string_view pathway) {
  Review review{.loaded = LoadSmall(pathway)};
  review.today = *fhir::DateTime::Parse("2026-03-02T09:00:00+01:00");
  return review;
}

Review SmallReview() {
  Review review = ReviewOf(kSmallPathway);
  using Level = LoadProblem::Level;
  review.findings = {{"folder/small.json", 3, 4, "L301", Level::kError, "a gap"},
                     {"folder/small.json", 5, 6, "L402", Level::kWarning, "an assumption"},
                     {"folder/small.json", 7, 8, "L309", Level::kInfo, "not provable"}};
  review.cases = SmallCases();
  review.diff = SmallDiff();
  return review;
}

std::string SpoiltPathway(std::string_view text) {
  auto read = fhir::ReadOwnJson(kSmallPathway);
  OwnJson& root = std::get<OwnJson>(read);
  Spoil(root, {}, text);
  return fhir::JsonWriter().Value(root).Take();
}

}  // namespace renal::pathways::testing
