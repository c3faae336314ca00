#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/fhirpath.h"
#include "fhir/internal/fhir_r4_elements.h"
#include "fhir/internal/json_access.h"

namespace renal::fhir::fhirpath {

/// Three truth values, and the state after a failure (Evaluator::Fail was called).
enum class Truth : std::uint8_t { kFalse, kTrue, kUnknown, kError };

inline Truth TruthOf(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

class Evaluator;
using Items = std::span<const Item>;

/// What surrounds an operation: `$this` (none or one item), `$index`, and `$total` within
/// aggregate().
struct Frame {
  Items focus;
  std::int64_t index = 0;
  Items total;
};

/// What `is`, `as` and `ofType` ask, resolved: the names of the type and all that derive from it.
struct TypeTest {
  enum class System : std::uint8_t {
    kNone,
    kBoolean,
    kString,
    kInteger,
    kDecimal,
    kDate,
    kDateTime,
    kTime,
    kQuantity,
  };
  std::vector<std::string_view>
      names;           ///< the type itself first; empty if it is a System type only
  bool exact = false;  ///< a primitive: `ofType(string)` does not take a code
  System system = System::kNone;
};

/// A criterion that may stand in several expressions.
struct Criterion {
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  std::size_t occurrences = 0;
  std::size_t place = kNowhere;  ///< into Environment::kept
};

/// What a Glance makes of an operation (fhirpath_glance.h).
enum class Plain : std::uint8_t {
  kNo,  ///< nothing: it, or something below it, is not plain
  kThis,
  kResource,
  kNavigate,
  kExtension,
  kResolve,
  kOfType,
  kWhere,
  kFirst,
  kUnion,
  kIif,
  kExists,
  kEmpty,
  kNot,
  kAnd,
  kOr,
  kIs,
  kMemberOf,
  kIn,
  kEqual,
  kNotEqual,
  kStartsWith,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
};

/// One operation of a compiled expression. Everything that has a name in the text is a pointer or a
/// number here. An operation with a truth value defines `test`, every other one `run`.
struct Op {
  using Run = bool (*)(Evaluator&, const Op&, const Frame&, Collection&);
  using Test = Truth (*)(Evaluator&, const Op&, const Frame&);
  enum class Source : std::uint8_t { kComputed, kConstant, kVariable, kLocal, kThis };

  // What is looked at all the time stands together.
  Run run = nullptr;
  Test test = nullptr;
  const Op* input = nullptr;  ///< what stands before the dot; null: the focus
  std::vector<const Op*> args;
  const Criterion* criterion = nullptr;  ///< of a test of the context item that others may make too
  Source source = Source::kComputed;
  Plain plain = Plain::kNo;
  bool in_resource =
      false;          // resolve: the focus lies within %resource, so "#id" means its contained ones
  MemberName member;  // navigation: the name
  const r4::NamedElements* elements = nullptr;  // navigation: who has an element of that name
  Collection constant;                          // kConstant
  const ValueSet* set = nullptr;                // memberOf
  TypeTest type;                                // is, as, ofType
  std::size_t slot = 0;                         // kVariable, kLocal, defineVariable

  std::size_t begin = 0;  ///< bytes of the text, for messages
  std::size_t end = 0;
  std::size_t at = 0;
  std::vector<std::size_t>
      gives;         // slots of variables whose items it may give as they are; ascending
  std::string name;  // navigation, trace
  CalendarUnit unit = CalendarUnit::kDay;  // duration, difference
  std::string_view resource_type;          // %context.entry.resource.ofType(X)
  std::vector<bool> descending;            // sort: which keys
};

/// A compiled expression. Operations never move: they point at each other.
struct Code {
  std::string text;
  std::deque<Op> ops;
  const Op* root = nullptr;
  std::size_t locals = 0;  ///< slots of defineVariable()
  std::vector<std::size_t> variables_used;
  std::vector<PresenceTest> presence_tests;
  std::vector<Comparison> comparisons;
  StaticType type{.types = {}, .many = true, .unit = {}};  ///< of the result
};

/// The line and column of a byte of `text`.
Position PositionOf(std::string_view text, std::size_t byte);

}  // namespace renal::fhir::fhirpath
