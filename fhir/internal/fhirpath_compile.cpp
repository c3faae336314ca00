#include "fhir/internal/fhirpath_compile.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "fhir/internal/fhirpath_check.h"
#include "fhir/internal/fhirpath_eval.h"
#include "fhir/internal/fhirpath_findings.h"
#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_glance.h"
#include "fhir/internal/fhirpath_operators.h"
#include "fhir/internal/fhirpath_parser.h"
#include "fhir/internal/fhirpath_quantities.h"
#include "fhir/internal/fhirpath_shared.h"
#include "fhir/internal/fhirpath_type_names.h"
#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

// An operation, and whether its items are known to lie within %resource.
struct Compiled {
  const Op* op = nullptr;
  bool in_resource = false;
};

// A variable of defineVariable().
struct Local {
  std::string name;
  std::size_t slot = 0;
};

// Functions whose items come from their arguments too.
bool TakesItemsFromArguments(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames = {"select",  "iif",    "union",
                                                      "combine", "repeat", "aggregate"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// Functions that give items of what stands before the dot as they are.
bool PassesOn(std::string_view name) {
  constexpr std::array<std::string_view, 15> kNames = {
      "where", "first",    "last",      "single",  "tail",  "skip",  "take",   "ofType",
      "as",    "distinct", "intersect", "exclude", "trace", "union", "combine"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// The same of arguments, from that one on; past the last one where none is passed on.
std::size_t FirstPassedOn(const Op& op, std::string_view name) {
  if (name == "union" || name == "combine" || name == "select") return 0;
  return name == "iif" ? 1 : op.args.size();
}

bool Compares(Operator op) {
  switch (op) {
    case Operator::kEqual:
    case Operator::kNotEqual:
    case Operator::kEquivalent:
    case Operator::kNotEquivalent:
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual:
    case Operator::kIn:
    case Operator::kContains:
      return true;
    default:
      return false;
  }
}

void AddSlots(std::vector<std::size_t>& slots, const std::vector<std::size_t>& more) {
  slots.insert(slots.end(), more.begin(), more.end());
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
}

// Functions that turn what is missing into a definite answer (pathway-format 6.4, L305).
bool AsksForPresence(std::string_view name) {
  constexpr std::array<std::string_view, 8> kNames = {"exists",  "empty",   "count",    "all",
                                                      "allTrue", "anyTrue", "allFalse", "anyFalse"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

class Compiler {
 public:
  Compiler(std::string_view text, const CompileOptions& options)
      : options_(options), findings_(text) {
    code_.text = text;
  }

  std::variant<Code, CompileError> Run(const Ast& tree) {
    criteria_ = CriteriaOfText(options_.conformance ? nullptr : options_.shared, tree);
    code_.root = Compile(tree, true).op;
    if (options_.check) code_.type = TypeOf(CheckTree(tree, options_, findings_));
    if (auto error = findings_.Take()) return *std::move(error);
    MarkPlain(code_.ops);
    AddSlots(code_.variables_used, {});
    // Of the operations below the root, nobody asks any more what they give.
    for (Op& op : code_.ops) {
      if (&op != code_.root) std::vector<std::size_t>().swap(op.gives);
    }
    return std::move(code_);
  }

 private:
  // `focus`: whether `$this` lies within %resource. After an error the result is not used.
  Compiled Compile(const Ast& ast, bool focus) {
    const std::size_t first = code_.ops.size();
    const std::size_t counted = counted_.size();
    const Compiled compiled = CompileNode(ast, focus);
    const bool asks = depth_ == 0 && compiled.op->test != nullptr;
    if (asks && &code_.ops[first] == compiled.op) Share(ast, code_.ops[first], counted);
    return compiled;
  }

  // A test of the context item; from `counted` on, the criteria that it is made of. Where the test
  // itself is known from elsewhere, these will not be asked here.
  void Share(const Ast& ast, Op& op, std::size_t counted) {
    Criterion* criterion = criteria_.Of(ast);
    if (criterion == nullptr) return;
    op.criterion = criterion;
    if (criterion->occurrences++ > 0) {
      for (std::size_t i = counted; i < counted_.size(); ++i) --counted_[i]->occurrences;
      counted_.resize(counted);
    }
    counted_.push_back(criterion);
  }

  Compiled CompileNode(const Ast& ast, bool focus) {
    switch (ast.kind) {
      case Ast::Kind::kBoolean:
        return Constant(ast, ast.text == "true");
      case Ast::Kind::kString:
        return Constant(ast, ast.text);
      case Ast::Kind::kNumber:
        return Number(ast);
      case Ast::Kind::kQuantity:
        return QuantityLiteral(ast);
      case Ast::Kind::kDate:
      case Ast::Kind::kDateTime:
        return Temporal(ast, DateTime::Parse(ast.text));
      case Ast::Kind::kTime:
        return Temporal(ast, DateTime::ParseTime(ast.text));
      case Ast::Kind::kEmpty:
        return {&NewConstant(ast), true};
      case Ast::Kind::kVariable:
        return Variable(ast);
      case Ast::Kind::kSpecial:
        return Special(ast, focus);
      case Ast::Kind::kName:
        return Name(ast, focus);
      case Ast::Kind::kFunction:
        return Call(ast, focus);
      case Ast::Kind::kIndexer:
        return Indexer(ast, focus);
      case Ast::Kind::kSign:
        return Sign(ast, focus);
      case Ast::Kind::kBinary:
        return Binary(ast, focus);
    }
    return {};
  }

  // What is defined inside is not seen outside.
  Compiled CompileScoped(const Ast& ast, bool focus) {
    const std::size_t before = locals_.size();
    const Compiled compiled = Compile(ast, focus);
    locals_.resize(before);
    return compiled;
  }

  void Define(const Ast& ast, Op& op) {
    const Ast& label = ast.children[ast.has_input ? 1 : 0];
    const auto& names = options_.variables;
    constexpr std::array<std::string_view, 13> kTaken = {
        "context", "resource", "rootResource", "patient", "encounter", "user", "today",
        "now",     "ucum",     "sct",          "loinc",   "this",      "index"};
    const bool taken = std::find(kTaken.begin(), kTaken.end(), op.name) != kTaken.end() ||
                       std::find(names.begin(), names.end(), op.name) != names.end();
    if (taken || FindLocal(op.name) != nullptr) {
      Fail(label, "L205", "there is a variable %" + op.name + " already: choose another name");
    }
    op.slot = code_.locals++;
    locals_.push_back({op.name, op.slot});
  }

  Compiled Fail(const Ast& ast, const char* id, std::string message,
                std::vector<std::string> known = {}) {
    findings_.Add(ast.at, id, std::move(message), std::move(known));
    return {&NewConstant(ast), false};
  }

  Op& New(const Ast& ast, Op::Run run) {
    Op& op = code_.ops.emplace_back();
    op.run = run;
    op.begin = ast.begin;
    op.end = ast.end;
    op.at = ast.at;
    return op;
  }

  Op& NewTest(const Ast& ast, Op::Test test) {
    Op& op = New(ast, nullptr);
    op.test = test;
    return op;
  }

  Op& NewConstant(const Ast& ast) {
    Op& op = New(ast, RunConstant);
    op.source = Op::Source::kConstant;
    return op;
  }

  template <class T>
  Compiled Constant(const Ast& ast, const T& value) {
    Op& op = NewConstant(ast);
    op.constant.emplace_back(value);
    return {&op, true};
  }

  Compiled Number(const Ast& ast) {
    std::string_view text = ast.text;
    if (text.ends_with('L')) {
      if (!options_.conformance)
        return Fail(ast, "L207", "a Long is outside the profile: leave the L out");
      text.remove_suffix(1);
    }
    const auto number = Decimal::Parse(text);
    if (!number) return Fail(ast, "L207", "this number has too many digits");
    if (ast.text.find('.') != std::string::npos) return Constant(ast, *number);
    const auto integer = number->ToInteger();
    return integer ? Constant(ast, *integer)
                   : Fail(ast, "L207", "this integer needs more than 64 bits");
  }

  Compiled QuantityLiteral(const Ast& ast) {
    const auto number = Decimal::Parse(ast.text);
    const auto unit = ast.calendar_unit ? Unit::Calendar(ast.unit) : Unit::Parse(ast.unit);
    if (!number) return Fail(ast, "L207", "this number has too many digits");
    if (!unit) return Fail(ast, "L204", "'" + ast.unit + "' is not a UCUM unit");
    return Constant(ast, Quantity{*number, *unit});
  }

  Compiled Temporal(const Ast& ast, const std::optional<DateTime>& value) {
    return value ? Constant(ast, *value)
                 : Fail(ast, "L207", "there is no such date or time of day");
  }

  Compiled Special(const Ast& ast, bool focus) {
    if (ast.text == "this") {
      ReadFocus();
      Op& op = New(ast, RunThis);
      op.source = Op::Source::kThis;
      op.gives = this_;
      return {&op, focus};
    }
    if (ast.text == "index") return {&New(ast, RunIndex), false};
    if (!options_.conformance) return Fail(ast, "L207", "$total is outside the profile");
    return {&New(ast, RunTotal), false};
  }

  Compiled Variable(const Ast& ast) {
    const std::string& name = ast.text;
    if (name == "resource") return {&New(ast, RunResource), true};
    if (name == "patient") return {&New(ast, RunPatient), false};
    if (name == "encounter") return {&New(ast, RunEncounter), false};
    if (name == "user") return {&New(ast, RunUser), false};
    if (name == "today" || name == "now") return {&New(ast, FindFunction(name)->run), false};
    if (name == "ucum") return Constant(ast, std::string("http://unitsofmeasure.org"));
    if (name == "sct") return Constant(ast, std::string("http://snomed.info/sct"));
    if (name == "loinc") return Constant(ast, std::string("http://loinc.org"));
    if (name.starts_with("vs-"))
      return Constant(ast, "http://hl7.org/fhir/ValueSet/" + name.substr(3));
    if (name.starts_with("ext-"))
      return Constant(ast, "http://hl7.org/fhir/StructureDefinition/" + name.substr(4));
    if (name == "context" || name == "rootResource") return Context(ast);
    return Slot(ast);
  }

  Compiled Context(const Ast& ast) {
    if (options_.conformance) return {&New(ast, RunResource), true};
    if (ast.text == "rootResource") return Slot(ast);
    return Fail(ast, "L207", "%context can only be used as %context.entry.resource");
  }

  // A variable of defineVariable() that stands further up the chain.
  const Local* FindLocal(std::string_view name) const {
    const auto found = std::find_if(locals_.rbegin(), locals_.rend(),
                                    [name](const Local& local) { return local.name == name; });
    return found == locals_.rend() ? nullptr : &*found;
  }

  Compiled Slot(const Ast& ast) {
    if (const Local* local = FindLocal(ast.text)) {
      Op& op = New(ast, RunVariable);
      op.source = Op::Source::kLocal;
      op.slot = local->slot;
      return {&op, false};
    }
    const auto& names = options_.variables;
    const auto found = std::find(names.begin(), names.end(), ast.text);
    if (found == names.end()) return Fail(ast, "L205", "there is no variable %" + ast.text, names);
    Op& op = New(ast, RunVariable);
    op.source = Op::Source::kVariable;
    op.slot = static_cast<std::size_t>(found - names.begin());
    op.gives = {op.slot};
    code_.variables_used.push_back(op.slot);
    reads_.push_back(op.slot);
    return {&op, false};
  }

  void ReadFocus() { reads_.insert(reads_.end(), focus_.begin(), focus_.end()); }

  Compiled Name(const Ast& ast, bool focus) {
    if (IsAllResources(ast) && !options_.conformance) return {&New(ast, RunAllResources), false};
    const r4::Table& table = r4::Table::Instance();
    const r4::Element* choice = table.ChoiceOfJsonName(ast.text);
    if (choice != nullptr && table.Named(ast.text).empty()) {
      return Fail(ast, "L201",
                  "'" + ast.text + "' is the JSON name of a choice: write '" + choice->name + "'");
    }
    const r4::Type* type = ast.has_input ? nullptr : table.Find(ast.text);
    Op& op = New(ast, RunNavigate);
    op.name = ast.text;
    op.member = MemberName(op.name);
    op.elements = &table.Named(ast.text);
    if (type != nullptr && type->resource) {
      op.run = RunTypeOrNavigate;
      op.type = *ResolveType("FHIR", ast.text);
    }
    if (!ast.has_input) {
      ReadFocus();
      return {&op, focus};
    }
    const Compiled input = Compile(ast.children[0], focus);
    op.input = input.op;
    return {&op, input.in_resource};
  }

  Compiled Indexer(const Ast& ast, bool focus) {
    Op& op = New(ast, RunIndexer);
    const Compiled input = Compile(ast.children[0], focus);
    op.input = input.op;
    op.args.push_back(CompileScoped(ast.children[1], focus).op);
    op.gives = input.op->gives;
    return {&op, input.in_resource};
  }

  Compiled Sign(const Ast& ast, bool focus) {
    Op& op = New(ast, RunSign);
    op.name = ast.text;
    op.args.push_back(CompileScoped(ast.children[0], focus).op);
    Fold(op);
    return {&op, false};
  }

  Compiled Binary(const Ast& ast, bool focus) {
    if (ast.op == Operator::kIs || ast.op == Operator::kAs) return TypeOperator(ast, focus);
    const OperatorCode code = CodeOf(ast.op);
    Op& op = code.test != nullptr ? NewTest(ast, code.test) : New(ast, code.run);
    const Compiled left = CompileScoped(ast.children[0], focus);
    const Compiled right = CompileScoped(ast.children[1], focus);
    op.args = {left.op, right.op};
    if (Compares(ast.op)) AddComparisons(*left.op, *right.op);
    if (ast.op == Operator::kUnion) GiveFrom(op, 0);
    Fold(op);
    return {&op, ast.op == Operator::kUnion && left.in_resource && right.in_resource};
  }

  // What a variable's items are compared with: constants, or another variable's items.
  void AddComparisons(const Op& left, const Op& right) {
    for (const std::size_t slot : left.gives) {
      for (const Item& constant : right.constant) AddComparison({slot, constant});
      for (const std::size_t other : right.gives) AddComparison({slot, other});
    }
    for (const std::size_t slot : right.gives) {
      for (const Item& constant : left.constant) AddComparison({slot, constant});
    }
  }

  // Each of many variables with each of many constants would be more than the text has nodes.
  void AddComparison(Comparison comparison) {
    if (code_.comparisons.size() < kMaxNodes) code_.comparisons.push_back(std::move(comparison));
  }

  // The operation gives items of its arguments from that one on as they are.
  static void GiveFrom(Op& op, std::size_t first) {
    for (std::size_t i = first; i < op.args.size(); ++i) AddSlots(op.gives, op.args[i]->gives);
  }

  Compiled TypeOperator(const Ast& ast, bool focus) {
    const bool is = ast.op == Operator::kIs;
    Op& op = is ? NewTest(ast, TestIs) : New(ast, RunAs);
    const Compiled input = Compile(ast.children[0], focus);
    op.input = input.op;
    if (!is) op.gives = input.op->gives;
    SetType(op, ast.children[1]);
    return {&op, input.in_resource};
  }

  void SetType(Op& op, const Ast& name) {
    const bool qualified = name.kind == Ast::Kind::kName && name.has_input;
    if (name.kind != Ast::Kind::kName || (qualified && name.children[0].kind != Ast::Kind::kName)) {
      Fail(name, "L202", "a type name is expected here");
      return;
    }
    auto type = ResolveType(qualified ? name.children[0].text : std::string_view(), name.text);
    if (type) {
      op.type = std::move(*type);
    } else {
      Fail(name, "L202", "there is no type '" + name.text + "'");
    }
  }

  // Operators over constants are computed now; what fails, fails again where it is evaluated.
  void Fold(Op& op) {
    const auto constant = [](const Op* arg) { return arg->source == Op::Source::kConstant; };
    if (!findings_.empty() || !std::all_of(op.args.begin(), op.args.end(), constant)) return;
    const Environment environment;
    Evaluator evaluator(code_, environment, {});
    Collection result;
    if (!evaluator.Run(op, {}, result)) return;
    op.constant = std::move(result);
    op.source = Op::Source::kConstant;
    op.run = RunConstant;
    op.test = nullptr;
  }

  Compiled Call(const Ast& ast, bool focus) {
    const Function* function = FindFunction(ast.text);
    if (function == nullptr && options_.conformance) function = FindExtraFunction(ast.text);
    if (function == nullptr) {
      return Fail(ast, "L207",
                  IsOutsideProfile(ast.text) ? ast.text + "() is outside the profile"
                                             : "there is no function " + ast.text + "()",
                  FunctionNames());
    }
    const std::size_t given = ast.children.size() - (ast.has_input ? 1 : 0);
    if (!TakesArguments(*function, given)) {
      return Fail(ast, "L202", CountMessage(*function, given));
    }
    if (ast.text == "ofType" && ast.has_input && IsAllResources(ast.children[0]) &&
        !options_.conformance) {
      return ResourcesOfType(ast);
    }
    return CallFunction(ast, *function, focus);
  }

  static std::string CountMessage(const Function& function, std::size_t given) {
    const std::size_t most = function.arguments.size();
    std::string wanted = std::to_string(function.required);
    if (most != function.required) wanted += " to " + std::to_string(most);
    return std::string(function.name) + "() takes " + wanted + " arguments, not " +
           std::to_string(given);
  }

  Compiled ResourcesOfType(const Ast& ast) {
    Op& op = New(ast, RunResourcesOfType);
    SetType(op, ast.children[1]);
    if (!findings_.empty()) return {&op, false};
    const r4::Type* type =
        r4::Table::Instance().Find(op.type.names.empty() ? "" : op.type.names.front());
    if (type == nullptr || !type->resource)
      return Fail(ast.children[1], "L202", "a resource type is expected here");
    op.resource_type = type->name;
    if (op.type.names.size() == 1) return {&op, false};
    op.run = FindFunction("ofType")->run;  // Resource or DomainResource: no list of their own
    op.input = &New(ast, RunAllResources);
    return {&op, false};
  }

  Compiled CallFunction(const Ast& ast, const Function& function, bool focus) {
    Op& op = function.test != nullptr ? NewTest(ast, function.test) : New(ast, function.run);
    Compiled input{nullptr, focus};
    const std::size_t before = reads_.size();
    if (ast.has_input) {
      input = Compile(ast.children[0], focus);
    } else {
      ReadFocus();
    }
    op.input = input.op;
    const std::vector<std::size_t> sources(reads_.begin() + static_cast<std::ptrdiff_t>(before),
                                           reads_.end());
    if (AsksForPresence(ast.text)) AddPresenceTests(ast, sources);
    const std::vector<std::size_t> outer = focus_;
    const std::vector<std::size_t> outer_this = this_;
    const std::vector<std::size_t>& passed = input.op != nullptr ? input.op->gives : outer_this;
    if (PassesOn(ast.text)) op.gives = passed;
    op.in_resource = input.in_resource;
    bool in_resource = input.in_resource && ast.text != "resolve";
    const std::size_t first = ast.has_input ? 1 : 0;
    for (std::size_t i = first; i < ast.children.size(); ++i) {
      const auto kind = static_cast<Argument>(function.arguments[i - first]);
      focus_ = kind == Argument::kCriteria ? sources : outer;
      this_ = kind == Argument::kCriteria ? passed : outer_this;
      const bool elsewhere = kind == Argument::kCriteria && ast.text != "iif";
      depth_ += ast.has_input || elsewhere ? 1 : 0;
      const bool inner =
          AddArgument(op, ast.children[i], kind, focus, input.in_resource, ast.text == "sort");
      depth_ -= ast.has_input || elsewhere ? 1 : 0;
      if (TakesItemsFromArguments(ast.text)) in_resource = in_resource && inner;
    }
    focus_ = outer;
    this_ = outer_this;
    GiveFrom(op, FirstPassedOn(op, ast.text));
    if (ast.text == "defineVariable") Define(ast, op);
    if (ast.text == "iif") CheckCriterion(ast);
    return {&op, in_resource};
  }

  // A literal that is no Boolean cannot be meant as a criterion.
  void CheckCriterion(const Ast& ast) {
    const Ast& criterion = ast.children[ast.has_input ? 1 : 0];
    const bool literal = criterion.kind < Ast::Kind::kEmpty;
    if (!literal || criterion.kind == Ast::Kind::kBoolean) return;
    Fail(criterion, "L202", "iif() needs a Boolean to decide on");
  }

  void AddPresenceTests(const Ast& ast, std::vector<std::size_t> slots) {
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    for (const std::size_t slot : slots) {
      code_.presence_tests.push_back({slot, PositionOf(code_.text, ast.at)});
    }
  }

  // A key of sort(): `-` before it, or `desc` behind it, turns the order round.
  bool AddSortKey(Op& op, const Ast& ast, bool input) {
    const bool sign = ast.kind == Ast::Kind::kSign;
    op.descending.push_back(sign && (ast.text == "-" || ast.text == "desc"));
    const bool plain = sign && ast.text != "+";
    op.args.push_back(CompileScoped(plain ? ast.children[0] : ast, input).op);
    return true;
  }

  // True if the argument's items lie within %resource.
  bool AddArgument(Op& op, const Ast& ast, Argument kind, bool focus, bool input, bool sort) {
    switch (kind) {
      case Argument::kValue:
      case Argument::kCriteria: {
        if (sort) return AddSortKey(op, ast, input);
        const Compiled argument = CompileScoped(ast, kind == Argument::kCriteria ? input : focus);
        op.args.push_back(argument.op);
        return argument.in_resource;
      }
      case Argument::kType:
        SetType(op, ast);
        break;
      case Argument::kValueSet:
        SetValueSet(op, ast);
        break;
      case Argument::kPrecision:
        SetPrecision(op, ast);
        break;
      case Argument::kLabel:
        SetLabel(op, ast);
        break;
    }
    return true;
  }

  void SetValueSet(Op& op, const Ast& ast) {
    if (ast.kind != Ast::Kind::kString) {
      Fail(ast, "L202", "memberOf() takes the name of a value set as a literal string");
      return;
    }
    op.set = options_.value_set ? options_.value_set(ast.text) : nullptr;
    if (op.set == nullptr) Fail(ast, "L102", "there is no value set '" + ast.text + "'");
  }

  void SetPrecision(Op& op, const Ast& ast) {
    const auto unit = ast.kind == Ast::Kind::kString ? CalendarUnitOf(ast.text) : std::nullopt;
    if (!unit) {
      Fail(ast, "L202",
           "a literal 'year', 'month', 'week', 'day', 'hour', 'minute', 'second' or 'millisecond' "
           "is needed here");
      return;
    }
    op.unit = *unit;
  }

  void SetLabel(Op& op, const Ast& ast) {
    if (ast.kind != Ast::Kind::kString) Fail(ast, "L202", "a literal string is needed here");
    op.name = ast.text;
  }

  const CompileOptions& options_;
  Code code_;
  Findings findings_;
  std::vector<Local> locals_;       // those that can be read here
  std::vector<std::size_t> reads_;  // slots whose items were used, `$this` followed
  std::vector<std::size_t> focus_;  // slots that `$this` is made of
  std::vector<std::size_t> this_;   // slots whose items `$this` may be as they are
  CriteriaOfText criteria_;
  std::vector<Criterion*> counted_;  // criteria of the text so far, without those within known ones
  int depth_ = 0;  // arguments around, in which `$this` may be another item than the context
};

}  // namespace

std::variant<Code, CompileError> CompileText(std::string_view text, const CompileOptions& options) {
  const auto tree = Parse(text);
  if (const auto* error = std::get_if<SyntaxError>(&tree)) {
    return CompileError{
        .at = PositionOf(text, error->at), .message = error->message, .syntax = true};
  }
  return Compiler(text, options).Run(std::get<Ast>(tree));
}

}  // namespace renal::fhir::fhirpath
