#pragma once

#include <deque>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "fhir/own_json.h"
#include "fhir/record.h"
#include "pathways/evaluate.h"

/// Small made-up pathways and records, for tests of the evaluator. Every code stands in one code
/// system, and every value set holds the one code that it is named after.
namespace renal::pathways::testing {

inline constexpr std::string_view kNow = "2026-03-02T09:00:00+01:00";

/// The parts of a pathway file that a test is about, each a JSON value; an empty one is left out.
struct Small {
  std::string inputs;  ///< members of "inputs", without braces
  std::string tables;  ///< elements of "tables", without brackets
  std::string checks;  ///< elements of "checks", without brackets
  std::string start = R"("t")";
  std::string focus;  ///< members of "focus"
  std::string gate;   ///< elements of "gate"
  std::string scope = R"({"condition": "disease"})";
  std::string parameters = {};  ///< members of "parameters"
};

/// The text of a pathway with the actions a, b, c (treatments), refer (referral), collect
/// (collect-data), group (frame). A gate that never stops stands in where the test has none, so
/// that no Condition is needed.
std::string TextOf(const Small& small);
/// Loads it; a defective one fails the test with every problem, and ends it.
std::shared_ptr<const Pathway> Load(const Small& small);
std::shared_ptr<const Pathway> LoadText(std::string_view text);

/// A table of that hit policy; `columns` and `rules` without brackets.
std::string Table(std::string_view hit, std::string_view columns, std::string_view rules,
                  std::string_view more = {});
/// A rule that offers one action, as preferred: Rule("R1", R"("x": "true")", "a").
std::string Rule(std::string_view id, std::string_view cells, std::string_view action,
                 std::string_view more = {}, std::string_view strength = "preferred");

/// Three Boolean inputs of the patient, x, y and z, read from the codes flag, grade and count.
std::string Truths();
/// The Observations behind them: 't' true, 'f' false, anything else none, as in "tf-".
std::vector<std::string> Facts(std::string_view values);

/// A resource of the patient p. `more` holds further members, after a comma where it is not empty.
std::string Observation(std::string_view id, std::string_view code, std::string_view date,
                        std::string_view value, std::string_view more = {});
std::string Condition(std::string_view id, std::string_view code, std::string_view more = {});
std::string Order(std::string_view id, std::string_view code, std::string_view more = {});
std::string Procedure(std::string_view id, std::string_view code, std::string_view more);
/// A CodeableConcept of the one code system.
std::string Concept(std::string_view code);
/// `"valueQuantity": {...}` with a UCUM code.
std::string Quantity(std::string_view number, std::string_view unit = "cm");

/// One evaluation, with everything that it points into.
class Evaluated {
 public:
  Evaluated(std::shared_ptr<const Pathway> pathway, const std::vector<std::string>& resources,
            const std::vector<std::string>& orders = {}, std::string_view now = kNow,
            const std::vector<std::pair<std::string, fhir::Delivery>>& deliveries = {},
            std::string_view born = "1950-06-15");
  /// With answers of the user.
  Evaluated(std::shared_ptr<const Pathway> pathway, const std::vector<std::string>& resources,
            const std::vector<GivenInput>& answers);

  const Outcome& outcome() const { return outcome_; }
  const InputState& State(std::string_view input, std::string_view focus = {}) const;
  /// "7 'cm'", or the reason why it is unknown: "conflict".
  std::string Shown(std::string_view input, std::string_view focus = {}) const;
  /// "R1 a R" for recommended, "R1 a K" for conditional, with "@left" behind it; sorted.
  std::vector<std::string> Results() const;
  /// Names of the inputs asked for, with "@left"; best first.
  std::vector<std::string> Asked() const;
  /// "x -> > 7 'cm': R2 b".
  std::vector<std::string> Changes() const;
  const Recommendation& Result(std::string_view rule) const;  ///< throws if there is none
  std::string Json() const;

 private:
  fhir::Json Parse(const std::string& text);
  void AddBundle(const std::vector<std::string>& resources, std::string_view born);

  std::deque<fhir::JsonDocument> documents_;
  fhir::Record record_;
  Outcome outcome_;
};

}  // namespace renal::pathways::testing
