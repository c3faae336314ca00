#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/own_json.h"
#include "pathways/given.h"
#include "pathways/internal/reader.h"

/// A test file, read and checked against the pathway that it tests.
namespace renal::pathways::internal {

/// What is expected of one input.
struct ExpectedInput {
  std::string name;  ///< "age", "tumour_size_cm@left"
  InputName input;
  std::optional<std::string> state, reason;
  std::optional<Written> value;  ///< null: unknown
};

/// What is expected of one recommendation; what is absent is not checked.
struct ExpectedResult {
  std::optional<std::string> rule, action, strength, tier, determination, focus;
  std::optional<bool> mdt_required, orderable;
  std::optional<std::vector<std::string>> missing;
};

/// What a case expects; what is absent is not checked.
struct Expectation {
  using Texts = std::optional<std::vector<std::string>>;
  std::optional<std::string> outcome;
  std::optional<std::string> gate;  ///< empty: none
  Texts rules, with, candidates, missing, ask, independent_of, orders, absent;
  std::optional<std::vector<std::pair<std::string, std::string>>> options;
  std::vector<std::pair<std::string, Truth>> checks;
  std::vector<ExpectedInput> inputs;
  std::vector<ExpectedResult> results;
  std::optional<std::int64_t> card_count;
  Texts card_summaries;
};

struct Case {
  std::string name;
  fhir::TextPosition at;
  bool confirmed = true;
  fhir::DateTime now;
  std::string hook;
  std::optional<PreparedInputs> inputs;
  std::optional<fhir::OwnJson> bundle;  ///< where there are no inputs
  std::string bundle_file;              ///< or the name of its file
  std::vector<fhir::OwnJson> orders;
  std::vector<std::pair<std::string, std::string>> parameters;
  Expectation expect;
};

struct CaseFile {
  fhir::OwnJson root;
  std::vector<Case> cases;
};

/// Reads a test file. Whatever is wrong with it goes to `problems`.
CaseFile ReadCaseFile(const Pathway& pathway, std::string_view text, Problems& problems);

/// The case with the defaults of the file under it. Its inputs, parameters and expectations are
/// merged by name; a case with a bundle takes no inputs from the defaults.
fhir::OwnJson WithDefaults(const fhir::OwnJson* defaults, const fhir::OwnJson& node);

}  // namespace renal::pathways::internal
