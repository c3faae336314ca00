#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/json.h"
#include "fhir/own_json.h"
#include "pathways/outcome.h"
#include "pathways/pathway.h"

/// Values of inputs that are given with a call instead of being found in the record: answers of a
/// user, the inputs of a test case, those of a recorded outcome.
namespace renal::pathways {

/// A JSON scalar that somebody wrote as the value of an input.
struct Written {
  enum class Kind : std::uint8_t { kNull, kBoolean, kNumber, kText, kOther };
  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;  ///< of a number or text
};
Written WrittenIn(const fhir::Json& json);
Written WrittenIn(const fhir::OwnJson& json);

/// The value of an input, in the forms that outcomes and test files use:
///
/// Boolean  true, false, "yes", "no", "true", "false"
/// Code     the code; true and false too where the codes are "yes" and "no"
/// Integer  75, "75"; Decimal 1.5, "1.5"; Date "2026-02-14", "@2026-02-14", "2026"
/// Quantity "7 'cm'": never without its unit
/// ordered  also "< 7 'cm'", ">= 75", "[6 'cm' .. 8 'cm']", "any"
///
/// Nothing for anything else: a value is never guessed.
std::optional<Value> ReadWritten(const Input& input, const Written& written);

/// What an input is said to be.
struct GivenState {
  std::optional<Value> value;                     ///< nothing: unknown
  UnknownReason reason = UnknownReason::kAbsent;  ///< of an unknown one
  bool stale = false;                             ///< no longer fresh, and used all the same
  bool on_record =
      false;  ///< something is on record that cannot be used (README "Exception inputs")
};

/// What an input is where one of its age limits holds and some of its sources do not apply.
struct GivenVariant {
  Index age = 0;               ///< into Input::age; their number: none holds
  std::uint64_t left_out = 0;  ///< by source, one bit each
  GivenState state;
};

/// One given input.
struct GivenInput {
  Index input = kNone;
  std::string focus;  ///< key of the instance; empty: the patient, or the only instance
  GivenState state;
  /// What it counts as where it has a value. A derived one is worked out again as soon as what it
  /// is derived from is tried out with another value.
  InputStatus status = InputStatus::kAsserted;
  bool settled = false;   ///< unknown for good: `ifNone` does not apply
  bool unlinked = false;  ///< taken for the only focus, without a link (README "Focus")
  /// In place of `state` for an input whose age limits or sources depend on other inputs.
  std::vector<GivenVariant> variants;
  std::vector<std::string> assumptions;  ///< that it rests on
  std::string author;     ///< who says so: "Practitioner/7"; may be empty
  std::string time;       ///< when; may be empty
  std::string reference;  ///< of the resource that says so; may be empty
  std::string written;    ///< as it was written, for display
};

/// A value read for an input: known where it is plausible, else unknown with its reason.
GivenState StateOf(const Input& input, const Written& written);

/// The input and focus that a name means: "age", "tumour_size_cm@left".
struct InputName {
  Index input = kNone;
  std::string focus;  ///< empty if the name has none
};
/// Nothing if there is no such input, the input has no focus, or no focus of that kind has the key.
std::optional<InputName> FindInputName(const Pathway& pathway, std::string_view name);

/// Everything that is known, in place of a record.
struct PreparedInputs {
  std::vector<GivenInput> inputs;  ///< what is not among them is absent
  /// Instances: kind of focus and key.
  std::vector<std::pair<Index, std::string>> foci;
  /// Whether a file without a gate applies; what its `scope` says is not looked at.
  Truth in_scope = Truth::kTrue;

  /// Adds the instances that the inputs name. An input of a focus that is given without a key
  /// belongs to the only instance of that kind; where none is named, to the key `otherwise`, else
  /// to the first one. False if an input is given without a key where several are named.
  bool AddFoci(const Pathway& pathway);
};

}  // namespace renal::pathways
