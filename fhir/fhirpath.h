#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/json.h"
#include "fhir/quantity.h"
#include "fhir/record.h"
#include "fhir/result.h"
#include "fhir/value_set.h"

/// FHIRPath, the profile of pathway-format section 6: compiled once, evaluated without parsing or
/// look-up of names. Evaluation is pure: the clock, the record and the variables are handed in.
namespace renal::fhir::fhirpath {

/// A known interval instead of a point: a size of "<7 cm", an age from a birth year. Comparisons with it
/// are empty unless every point of it gives one answer (pathway-format 3.3, 6.6).
struct Range {
  struct Bound {
    Quantity value;
    bool closed = true;
  };
  std::optional<Bound> low;   ///< nothing: unbounded
  std::optional<Bound> high;
};

/// A JSON node with what is known about its FHIR type ("Quantity" for valueQuantity; else empty), and its
/// sibling `_name` that holds id and extensions of a primitive.
struct Node {
  Json json;
  std::string_view type;  ///< static text
  Json sibling;
};

/// One item of a collection.
using Item = std::variant<Node, bool, std::string, std::int64_t, Decimal, DateTime, Quantity, Range>;
using Collection = std::vector<Item>;

/// What is known about the items of a collection before it is there (pathway-format 6.8).
struct StaticType {
  /// Any of these an item may have: names of FHIR types ("Patient", "Quantity", "Observation.component") or
  /// of System types ("System.Decimal"). Empty: nothing is known.
  std::vector<std::string> types;
  bool many = false;         ///< there may be several items
  std::optional<Unit> unit;  ///< of every quantity among them; nothing: not known
};

/// What the static checker takes for granted.
struct StaticContext {
  StaticType context;                 ///< of the context item
  bool without_context = false;       ///< there is no context item
  std::vector<StaticType> variables;  ///< by slot; nothing is known about those beyond its end
  /// What the result is wanted as: at least one of the types, one item at most unless `many`, quantities
  /// in a unit that converts to `unit`.
  StaticType result{.types = {}, .many = true, .unit = {}};
};

/// Criteria that expressions have in common, as "status in ('final' | 'amended')". Expressions that are
/// compiled with one of these (CompileOptions::shared) know each other's, and where several ask the same of
/// a resource, the truth can be kept (Environment::kept). Must outlive them.
class SharedCriteria {
 public:
  SharedCriteria();
  ~SharedCriteria();
  SharedCriteria(const SharedCriteria&) = delete;
  SharedCriteria& operator=(const SharedCriteria&) = delete;

  /// After the last expression is compiled, before the first is evaluated: gives a place to each
  /// criterion that stands at several places. Without it nothing is kept.
  void Settle();
  std::size_t size() const { return size_; }  ///< how many have a place

 private:
  friend class CriteriaOfText;
  struct Known;
  std::unique_ptr<Known> known_;
  std::size_t size_ = 0;
};

/// Truths of shared criteria for one resource, by their place; those that are open are filled in.
struct KeptTruths {
  /// The truth of one, once it is known, and the steps that it took.
  struct Entry {
    enum class State : std::uint8_t { kOpen, kFalse, kTrue, kUnknown };
    State state = State::kOpen;
    std::uint32_t steps = 0;
  };
  Json resource;
  std::span<Entry> entries;
};

/// What is known when an expression is compiled.
struct CompileOptions {
  std::vector<std::string> variables;  ///< names without '%', by slot of Environment::variables
  /// Value set by alias or canonical URL; null if there is none. Needed for memberOf.
  std::function<const ValueSet*(std::string_view)> value_set;
  /// Allows functions outside the profile, for conformance tests; a pathway never sets it.
  bool conformance = false;
  /// Checks types, cardinalities and units too, from what this says; nothing: names alone.
  std::optional<StaticContext> check;
  SharedCriteria* shared = nullptr;  ///< learns the criteria of the expression; null: none are shared
};

/// Limits of one evaluation (pathway-format section 13).
struct EvaluationLimits {
  std::uint64_t steps = 200'000;
  std::size_t items = 10'000;
  std::size_t string_bytes = 1 << 20;
};

/// Work and time that several evaluations share (pathway-format section 13). For one thread.
struct Budget {
  std::uint64_t steps = 2'000'000;  ///< left for all of them
  std::function<bool()> expired;    ///< whether the time is up, asked every 1,024 steps; may be empty
  bool exceeded = false;            ///< something was stopped because of it

  /// Takes steps away; false, once and for all, where there are not so many left or the time is up.
  bool Take(std::uint64_t count);

 private:
  std::uint64_t unasked_ = 0;  // steps since `expired` was asked
};

/// What is known when an expression is evaluated.
struct Environment {
  const std::vector<Collection>* variables = nullptr;  ///< one collection a slot
  const Record* record = nullptr;                      ///< for resolve() and %context
  /// What %encounter and %user name: references to resources of the record; empty: none.
  std::string_view encounter, user;
  DateTime now;                                        ///< for now() and today(); with an offset
  EvaluationLimits limits;
  Budget* budget = nullptr;  ///< shared with other evaluations; null: the limits alone count
  /// Truths of shared criteria, where the resource is the context item. What is known is taken from here, with
  /// the steps that it took: results, limits and faults are what they are without. Never to be used where
  /// anything else of the environment is another.
  KeptTruths kept;
  std::vector<std::pair<std::string, std::string>>* trace = nullptr;  ///< output of trace(); may be null
  /// duration() and difference() of partial dates give a Range where the number is uncertain (inputs that
  /// are derived, pathway-format 3.3); else they give nothing.
  bool intervals = false;
};

/// A position in an expression, from 1.
struct Position {
  int line = 1;
  int column = 1;
};

/// Why an expression does not compile: the first fault, and the others.
struct CompileError {
  Position at;
  std::string message;  ///< what is wrong and what would be right; may quote the expression
  bool syntax = false;  ///< true: the text is no FHIRPath; false: a name or type in it is wrong
  /// The finding of pathway-format 11: L201 unknown element, L202 wrong type, L203 several items, L204 unit
  /// of another dimension, L205 unknown variable, L206 always empty or constant, L207 no FHIRPath of the
  /// profile, L102 unknown value set.
  const char* id = "L207";
  std::vector<std::string> known;    ///< names that could stand there, of which one may be meant
  std::vector<CompileError> others;  ///< by position; they have none themselves
};

/// A place where an expression asks whether a variable is there: exists(), empty(), count(), all...() or
/// any...() turn what is missing into a definite answer.
struct PresenceTest {
  std::size_t slot = 0;  ///< of the variable
  Position at;           ///< of the function's name
};

/// A place where an expression compares a variable with a constant or with another variable: a limit
/// at which its result may turn.
struct Comparison {
  std::size_t slot = 0;                  ///< of the variable
  std::variant<Item, std::size_t> with;  ///< the constant, or the slot of the other variable
};

class Expression {
 public:
  Expression();
  ~Expression();
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;

  const std::string& text() const;
  /// Slots of the variables that the expression reads, ascending.
  const std::vector<std::size_t>& variables_used() const;
  /// In the order of the text; a test of several variables stands there once for each.
  const std::vector<PresenceTest>& presence_tests() const;
  /// In the order of the text. Those of a variable's items as they are: of what is computed from them, none.
  const std::vector<Comparison>& comparisons() const;
  /// Slots of the variables whose items may be the result as they are, as of "(%a | %b).first()"; ascending.
  const std::vector<std::size_t>& passed_on() const;
  /// What the checker found out about the result; nothing is known without CompileOptions::check.
  const StaticType& type() const;

  /// Evaluates with `context` as %resource, %context focus and `$this`. Fails with kProcessing (an error of the
  /// language: several items where one is needed, a wrong type) or kTooCostly (a limit).
  Result<Collection> Evaluate(const Item& context, const Environment& environment) const;
  Result<Collection> Evaluate(const Environment& environment) const;  ///< with an empty context
  /// A criterion: true, false, or nothing for empty. A single item that is no Boolean counts as true (6.2).
  Result<std::optional<bool>> EvaluateBoolean(const Item& context, const Environment& environment) const;

 private:
  friend std::variant<Expression, CompileError> Compile(std::string_view, const CompileOptions&);
  struct Program;
  std::shared_ptr<const Program> program_;
};

/// Compiles `text`, at most 4,096 characters, 500 nodes and a depth of 64.
std::variant<Expression, CompileError> Compile(std::string_view text, const CompileOptions& options);

}  // namespace renal::fhir::fhirpath
