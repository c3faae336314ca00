#include "fhir/fhirpath.h"

#include <optional>
#include <utility>

#include "fhir/internal/fhirpath_compile.h"
#include "fhir/internal/fhirpath_eval.h"
#include "fhir/internal/fhirpath_glance.h"
#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

constexpr char kEmptyExpression[] = "the expression was never compiled";

Issue NotCompiled() { return {.code = IssueCode::kException, .diagnostics = kEmptyExpression}; }

// The context, with its type where the resource names it. A resource that truths are kept of has its
// type already.
class Typed {
 public:
  Typed(const Item& context, const Environment& environment) : items_(&context, 1) {
    const auto* node = std::get_if<Node>(&context);
    if (node == nullptr) return;
    if (!node->type.empty() && environment.kept.resource == node->json) return;
    const Json name = node->json["resourceType"];
    if (!name.is_string() || (!node->type.empty() && node->type == name.string())) return;
    Node typed = ResourceNode(node->json);
    if (typed.type.empty()) typed.type = node->type;
    typed.sibling = node->sibling;
    items_ = Items(&typed_.emplace(typed), 1);
  }
  Typed(const Typed&) = delete;
  Typed& operator=(const Typed&) = delete;
  Items items() const { return items_; }

 private:
  std::optional<Item> typed_;
  Items items_;
};

}  // namespace

struct Expression::Program {
  Code code;

  Result<Collection> Run(Items context, const Environment& environment) const {
    Collection out;
    if (RunGlance(context, environment, out)) return out;
    Evaluator evaluator(code, environment, context);
    evaluator.GlanceNoMore(*code.root);
    if (!evaluator.Run(*code.root, Frame{.focus = context}, out)) return evaluator.issue();
    return out;
  }

  Result<std::optional<bool>> Test(Items context, const Environment& environment) const {
    if (const Truth truth = TestGlance(context, environment); truth != Truth::kError) {
      return BooleanOf(truth);
    }
    Evaluator evaluator(code, environment, context);
    evaluator.GlanceNoMore(*code.root);
    const Truth truth = evaluator.Test(*code.root, Frame{.focus = context});
    if (truth == Truth::kError) return evaluator.issue();
    return BooleanOf(truth);
  }

 private:
  static std::optional<bool> BooleanOf(Truth truth) {
    return truth == Truth::kUnknown ? std::optional<bool>() : std::optional(truth == Truth::kTrue);
  }

  // The node to look at, where a glance may be enough.
  const Node* NodeOf(Items context, const Environment& environment) const {
    const bool stopped = environment.budget != nullptr && environment.budget->exceeded;
    if (code.root->plain == Plain::kNo || stopped || !Glance::Fits(environment)) return nullptr;
    return context.size() == 1 ? std::get_if<Node>(&context[0]) : nullptr;
  }

  Truth TestGlance(Items context, const Environment& environment) const {
    const Node* node = NodeOf(context, environment);
    if (node == nullptr) return Truth::kError;
    Glance glance(environment, *node);
    const Truth truth = glance.Ask(*code.root, *node);
    if (truth == Truth::kError || !glance.InTime()) return Truth::kError;
    if (environment.budget != nullptr) environment.budget->Take(glance.steps());
    return truth;
  }

  bool RunGlance(Items context, const Environment& environment, Collection& out) const {
    if (code.root->test != nullptr || code.root->source != Op::Source::kComputed) return false;
    const Node* node = NodeOf(context, environment);
    if (node == nullptr) return false;
    Glance glance(environment, *node);
    if (!glance.Find(*code.root, *node)) return false;
    if (environment.budget != nullptr) environment.budget->Take(glance.steps());
    out.assign(glance.nodes().begin(), glance.nodes().end());
    return true;
  }
};

bool Budget::Take(std::uint64_t count) {
  constexpr std::uint64_t kAskedEvery = 1'024;
  unasked_ += count;
  if (count > steps) exceeded = true;
  steps -= count > steps ? steps : count;
  if (expired && !exceeded && unasked_ >= kAskedEvery) {
    unasked_ = 0;
    exceeded = expired();
  }
  return !exceeded;
}

Expression::Expression() = default;
Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;

const std::string& Expression::text() const {
  static const std::string kNone;
  return program_ ? program_->code.text : kNone;
}

const std::vector<std::size_t>& Expression::variables_used() const {
  static const std::vector<std::size_t> kNone;
  return program_ ? program_->code.variables_used : kNone;
}

const std::vector<PresenceTest>& Expression::presence_tests() const {
  static const std::vector<PresenceTest> kNone;
  return program_ ? program_->code.presence_tests : kNone;
}

const std::vector<Comparison>& Expression::comparisons() const {
  static const std::vector<Comparison> kNone;
  return program_ ? program_->code.comparisons : kNone;
}

const std::vector<std::size_t>& Expression::passed_on() const {
  static const std::vector<std::size_t> kNone;
  return program_ ? program_->code.root->gives : kNone;
}

const StaticType& Expression::type() const {
  static const StaticType kUnknown{.types = {}, .many = true, .unit = {}};
  return program_ ? program_->code.type : kUnknown;
}

Result<Collection> Expression::Evaluate(const Item& context, const Environment& environment) const {
  if (!program_) return NotCompiled();
  const Typed typed(context, environment);
  return program_->Run(typed.items(), environment);
}

Result<Collection> Expression::Evaluate(const Environment& environment) const {
  if (!program_) return NotCompiled();
  return program_->Run({}, environment);
}

Result<std::optional<bool>> Expression::EvaluateBoolean(const Item& context,
                                                        const Environment& environment) const {
  if (!program_) return NotCompiled();
  const Typed typed(context, environment);
  return program_->Test(typed.items(), environment);
}

std::variant<Expression, CompileError> Compile(std::string_view text,
                                               const CompileOptions& options) {
  auto code = CompileText(text, options);
  if (auto* error = std::get_if<CompileError>(&code)) return std::move(*error);
  Expression expression;
  expression.program_ = std::make_shared<const Expression::Program>(
      Expression::Program{std::move(std::get<Code>(code))});
  return expression;
}

}  // namespace renal::fhir::fhirpath
