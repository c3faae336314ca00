#include "fhir/fhirpath.h"

#include <optional>
#include <utility>

#include "fhir/internal/fhirpath_compile.h"
#include "fhir/internal/fhirpath_eval.h"
#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

constexpr char kEmptyExpression[] = "the expression was never compiled";

Issue NotCompiled() { return {.code = IssueCode::kException, .diagnostics = kEmptyExpression}; }

// The context, with its type where the resource names it.
class Typed {
 public:
  explicit Typed(const Item& context) : items_(&context, 1) {
    const auto* node = std::get_if<Node>(&context);
    if (node == nullptr) return;
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
    Evaluator evaluator(code, environment, context);
    Collection out;
    if (!evaluator.Run(*code.root, Frame{.focus = context}, out)) return evaluator.issue();
    return out;
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
  const Typed typed(context);
  return program_->Run(typed.items(), environment);
}

Result<Collection> Expression::Evaluate(const Environment& environment) const {
  if (!program_) return NotCompiled();
  return program_->Run({}, environment);
}

Result<std::optional<bool>> Expression::EvaluateBoolean(const Item& context,
                                                        const Environment& environment) const {
  if (!program_) return NotCompiled();
  const Typed typed(context);
  Evaluator evaluator(program_->code, environment, typed.items());
  const Truth truth = evaluator.Test(*program_->code.root, Frame{.focus = typed.items()});
  if (truth == Truth::kError) return evaluator.issue();
  return truth == Truth::kUnknown ? std::optional<bool>() : std::optional(truth == Truth::kTrue);
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
