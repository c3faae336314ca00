#include "fhir/internal/fhirpath_check.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_signatures.h"
#include "fhir/internal/fhirpath_type_names.h"

namespace renal::fhir::fhirpath {
namespace {

// What `%context.entry.resource` gives: resources of any type.
Shape AnyResource(bool many) {
  Shape shape = Shape::Fhir({r4::Table::Instance().Find("Resource")});
  shape.many = many;
  return shape;
}

Shape Literal(Kinds kinds) {
  Shape shape = Shape::System(kinds);
  shape.constant = true;
  return shape;
}

bool IsAbstract(const r4::Type& type) {
  return type.name == "Resource" || type.name == "DomainResource" || type.name == "Element";
}

std::string Call(const Ast& ast) { return ast.text + "()"; }

class Checker {
 public:
  Checker(const CompileOptions& options, Findings& findings)
      : options_(options), context_(*options.check), findings_(findings) {}

  Shape Run(const Ast& tree) {
    root_ = context_.without_context ? Shape::None() : ShapeOf(context_.context);
    const Shape result = Check(tree, root_);
    CheckResult(tree, result);
    return result;
  }

 private:
  Shape Report(const Ast& ast, const char* id, std::string message,
               std::vector<std::string> known = {}) {
    findings_.Add(ast.at, id, std::move(message), std::move(known));
    return AfterFinding();
  }

  Shape Check(const Ast& ast, const Shape& focus) {
    switch (ast.kind) {
      case Ast::Kind::kBoolean:
        return Literal(kind::kBoolean);
      case Ast::Kind::kString:
        return Literal(kind::kString);
      case Ast::Kind::kNumber:
        return Literal(ast.text.find('.') == std::string::npos ? kind::kInteger : kind::kDecimal);
      case Ast::Kind::kQuantity:
        return QuantityLiteral(ast);
      case Ast::Kind::kDate:
        return Literal(kind::kDate);
      case Ast::Kind::kDateTime:
        return Literal(kind::kDateTime);
      case Ast::Kind::kTime:
        return Literal(kind::kTime);
      case Ast::Kind::kEmpty:
        return Shape::None();
      case Ast::Kind::kVariable:
        return Variable(ast);
      case Ast::Kind::kSpecial:
        return Special(ast, focus);
      case Ast::Kind::kName:
        return Name(ast, focus);
      case Ast::Kind::kFunction:
        return Function(ast, focus);
      case Ast::Kind::kIndexer:
        return Indexer(ast, focus);
      case Ast::Kind::kSign:
        return Sign(ast, focus);
      case Ast::Kind::kBinary:
        return Binary(ast, focus);
    }
    return Shape::Unknown();
  }

  static Shape QuantityLiteral(const Ast& ast) {
    Shape shape = Literal(kind::kQuantity);
    shape.unit = ast.calendar_unit ? Unit::Calendar(ast.unit) : Unit::Parse(ast.unit);
    return shape;
  }

  static Shape Special(const Ast& ast, const Shape& focus) {
    if (ast.text == "this") return focus;
    return ast.text == "index" ? Shape::System(kind::kInteger) : Shape::Unknown();
  }

  Shape Variable(const Ast& ast) const {
    const std::string& name = ast.text;
    const auto& names = options_.variables;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) {
      const auto slot = static_cast<std::size_t>(found - names.begin());
      return slot < context_.variables.size() ? ShapeOf(context_.variables[slot])
                                              : Shape::Unknown();
    }
    if (name == "resource") return root_;
    if (name == "patient") return Shape::Fhir({r4::Table::Instance().Find("Patient")});
    if (name == "encounter") return Shape::Fhir({r4::Table::Instance().Find("Encounter")});
    if (name == "user") return AnyResource(false);  // a person in one of several roles
    if (name == "today") return Shape::System(kind::kDate);
    if (name == "now") return Shape::System(kind::kDateTime);
    if (options_.conformance && (name == "context" || name == "rootResource")) return root_;
    const bool text = name == "ucum" || name == "sct" || name == "loinc" ||
                      name.starts_with("vs-") || name.starts_with("ext-");
    return text ? Literal(kind::kString) : Shape::Unknown();
  }

  Shape Name(const Ast& ast, const Shape& focus) {
    if (!options_.conformance && IsAllResources(ast)) return AnyResource(true);
    if (ast.has_input) return Navigate(ast, Check(ast.children[0], focus));
    const r4::Type* type = r4::Table::Instance().Find(ast.text);
    if (type != nullptr && type->resource) {
      Shape narrow = Narrowed(focus, *ResolveType("FHIR", ast.text), false);
      if (!narrow.none) return narrow;
    }
    return Navigate(ast, focus);
  }

  Shape Navigate(const Ast& ast, const Shape& input) {
    if (input.none) return NothingToLookAt(ast);
    if (!input.known) return Shape::Unknown();
    Shape result = Shape::Fhir({});
    result.many = input.many;
    result.unordered = input.unordered;
    bool open = false;  // a type may have elements that the table does not have
    for (const r4::Type* type : input.fhir) {
      const r4::Element* element = type->Find(ast.text);
      if (element != nullptr) {
        Shape part = Shape::Fhir(element->types);
        part.many = element->many;
        result = Either(result, part);
      } else {
        open = open || IsAbstract(*type) || !type->described;
      }
    }
    if (open) return Shape::Unknown();
    return result.fhir.empty() ? NoElement(ast, input) : result;
  }

  Shape NothingToLookAt(const Ast& ast) {
    return Report(ast, "L206",
                  ast.has_input
                      ? "this is always empty: nothing stands before the dot"
                      : "there is no resource to look at here: start from a variable, as %patient");
  }

  Shape NoElement(const Ast& ast, const Shape& input) {
    std::vector<std::string> names;
    for (const r4::Type* type : input.fhir) {
      for (const r4::Element& element : type->elements) names.push_back(element.name);
    }
    if (names.empty()) {
      return Report(ast, "L201",
                    Named(input) + " has no elements, so it has no '" + ast.text + "'");
    }
    return Report(ast, "L201", Named(input) + " has no element '" + ast.text + "'",
                  std::move(names));
  }

  Shape Indexer(const Ast& ast, const Shape& focus) {
    const Shape input = Check(ast.children[0], focus);
    const Shape index = Check(ast.children[1], focus);
    NeedArgument(ast.children[1], index, kind::kInteger, "an index");
    return Taken(ast, input, "[ ]").One();
  }

  Shape Sign(const Ast& ast, const Shape& focus) {
    Shape operand = Check(ast.children[0], focus);
    if (ReportMany(ast.children[0], operand, "a sign", findings_)) return AfterFinding();
    if ((operand.kinds() & kind::kMeasure) == 0) {
      return Report(ast, "L202", "a sign needs a number or a Quantity, not " + Named(operand));
    }
    operand.system = static_cast<Kinds>(operand.kinds() & kind::kMeasure);
    operand.fhir.clear();
    return operand;
  }

  Shape Binary(const Ast& ast, const Shape& focus) {
    const Shape left = Check(ast.children[0], focus);
    if (ast.op == Operator::kIs || ast.op == Operator::kAs) {
      return TypeTestOf(ast, ast.children[1], left, ast.op == Operator::kIs ? "is" : "as");
    }
    const Shape right = Check(ast.children[1], focus);
    return CheckOperator(ast, left, right, findings_);
  }

  // is, as, ofType, as operator or function.
  Shape TypeTestOf(const Ast& ast, const Ast& name, const Shape& input, std::string_view word) {
    const bool qualified = name.kind == Ast::Kind::kName && name.has_input;
    const auto test =
        ResolveType(qualified ? name.children[0].text : std::string_view(), name.text);
    const std::string who = "'" + std::string(word) + "'";
    if (!test) return Shape::Unknown();
    if (input.none) return Report(ast, "L206", who + " is asked of nothing: it gives nothing");
    if (word != "ofType" && ReportMany(ast, input, who, findings_)) return AfterFinding();
    Shape narrow = Narrowed(input, *test, word != "is");
    if (input.known && narrow.none) {
      return Report(ast, "L206",
                    Named(input) + " is never " + name.text + ", so this is always " +
                        (word == "is" ? "false" : "empty"));
    }
    if (word != "is") return narrow;
    if (AlwaysPasses(input, *test)) {
      return Report(ast, "L206",
                    Named(input) + " is always " + name.text + ", so this is always true");
    }
    return Shape::System(kind::kBoolean);
  }

  // Functions that take the first, the last or a number of items.
  Shape Taken(const Ast& ast, const Shape& input, const std::string& who) {
    if (!input.unordered) return input;
    return Report(ast, "L202", who + " needs an order, which the children of an item do not have");
  }

  void NeedArgument(const Ast& ast, const Shape& shape, Kinds kinds, const std::string& what) {
    if (shape.none) {
      Report(ast, "L206", what + " is always empty here, so the result is empty");
    } else if (!ReportMany(ast, shape, what, findings_) && (shape.kinds() & kinds) == 0) {
      Report(ast, "L202", what + " must be " + fhirpath::Named(kinds) + ", not " + Named(shape));
    }
  }

  Shape Function(const Ast& ast, const Shape& focus) {
    if (!options_.conformance && ast.text == "ofType" && ast.has_input &&
        IsAllResources(ast.children[0])) {
      return TypeTestOf(ast, ast.children[1], AnyResource(true), "ofType");
    }
    const Shape input = ast.has_input ? Check(ast.children[0], focus) : focus;
    const Signature* signature = FindSignature(ast.text);
    const auto* function = FindFunction(ast.text);
    if (signature == nullptr || function == nullptr) return Outside(ast, input);
    if (!TakesArguments(*function, ArgumentCount(ast))) return Shape::Unknown();
    std::vector<Shape> arguments;
    for (std::size_t i = 0; i < ArgumentCount(ast); ++i) {
      const auto kind = static_cast<Argument>(function->arguments[i]);
      arguments.push_back(CheckArgument(ast, *signature, i, kind, input, focus));
    }
    if (!CheckInput(ast, *signature, input)) return AfterFinding();
    if (ast.text == "memberOf" && !CheckMember(ast, input)) return AfterFinding();
    return Give(ast, *signature, input, arguments);
  }

  // A bare code says nothing of its system: the set must have one only.
  bool CheckMember(const Ast& ast, const Shape& input) {
    const Ast& name = ArgumentOf(ast, 0);
    const ValueSet* set = options_.value_set ? options_.value_set(name.text) : nullptr;
    const bool bare = input.kinds() == kind::kString;
    if (!bare || set == nullptr || !set->only_system().empty()) return true;
    Report(ast, "L202",
           "a code without a system cannot be looked up in '" + name.text +
               "', which has codes of several systems: ask the Coding or CodeableConcept");
    return false;
  }

  static std::size_t ArgumentCount(const Ast& ast) {
    return ast.children.size() - (ast.has_input ? 1 : 0);
  }
  static const Ast& ArgumentOf(const Ast& ast, std::size_t index) {
    return ast.children[index + (ast.has_input ? 1 : 0)];
  }

  // A function outside the profile, with the conformance switch: what is inside it is checked.
  Shape Outside(const Ast& ast, const Shape& input) {
    const auto* function = FindExtraFunction(ast.text);
    const bool fits = function != nullptr && TakesArguments(*function, ArgumentCount(ast));
    for (std::size_t i = 0; fits && i < ArgumentCount(ast); ++i) {
      if (function->arguments[i] == static_cast<char>(Argument::kValue)) {
        Check(ArgumentOf(ast, i), input);
      }
    }
    Shape result = Shape::Unknown();
    result.unordered = ast.text == "children" || ast.text == "descendants";
    return result;
  }

  Shape CheckArgument(const Ast& ast, const Signature& signature, std::size_t index, Argument kind,
                      const Shape& input, const Shape& focus) {
    const Ast& argument = ArgumentOf(ast, index);
    if (kind == Argument::kValue) {
      const Shape shape = Check(argument, focus);
      const Kinds wanted = signature.arguments[std::min<std::size_t>(index, 1)];
      if (wanted != kind::kAll)
        NeedArgument(argument, shape, wanted, "an argument of " + Call(ast));
      return shape;
    }
    if (kind != Argument::kCriteria) return Shape::Unknown();
    const Shape shape = Check(argument, input.One());
    const bool projection = ast.text == "select" || ast.text == "trace";
    const bool branch = ast.text == "iif" && index > 0;
    if (!projection && !branch) CheckCondition(argument, shape, Call(ast), findings_);
    return shape;
  }

  // False if something was reported.
  bool CheckInput(const Ast& ast, const Signature& signature, const Shape& input) {
    const bool counts = ast.text == "empty" || ast.text == "exists" || ast.text == "count";
    const bool combines = ast.text == "union" || ast.text == "combine" || ast.text == "iif";
    // These look at no item, wherever they stand.
    if (ast.text == "today" || ast.text == "now") return true;
    if (input.none && !combines) {
      Report(ast, "L206",
             counts ? Call(ast) + " is asked of nothing: its answer never changes"
                    : Call(ast) + " works on nothing: it gives nothing");
      return false;
    }
    if (!ast.has_input && ast.text == "iif") return true;
    const Ast& place = ast.has_input ? ast.children[0] : ast;
    if (signature.one && ReportMany(place, input, Call(ast), findings_)) return false;
    if ((input.kinds() & signature.input) != 0 || input.none) return true;
    Report(
        ast, "L202",
        Call(ast) + " works on " + fhirpath::Named(signature.input) + ", not on " + Named(input));
    return false;
  }

  Shape Give(const Ast& ast, const Signature& signature, const Shape& input,
             const std::vector<Shape>& arguments) {
    switch (signature.gives) {
      case Signature::Gives::kValue: {
        Shape value = Shape::System(signature.value);
        value.constant = ast.has_input && input.constant &&
                         std::all_of(arguments.begin(), arguments.end(),
                                     [](const Shape& shape) { return shape.constant; });
        return value;
      }
      case Signature::Gives::kSame:
        return GiveSame(ast, input);
      case Signature::Gives::kFirst:
        return Taken(ast, input, Call(ast)).One();
      case Signature::Gives::kSpecial:
        return GiveSpecial(ast, input, arguments);
    }
    return Shape::Unknown();
  }

  Shape GiveSame(const Ast& ast, const Shape& input) {
    const bool ordered = ast.text == "tail" || ast.text == "skip" || ast.text == "take";
    Shape same = ordered ? Taken(ast, input, Call(ast)) : input;
    const bool one = ast.text == "take" && ArgumentOf(ast, 0).kind == Ast::Kind::kNumber &&
                     ArgumentOf(ast, 0).text == "1";
    if (one) same.many = false;
    return same;
  }

  Shape GiveSpecial(const Ast& ast, const Shape& input, const std::vector<Shape>& arguments) {
    const std::string& name = ast.text;
    if (name == "is" || name == "as" || name == "ofType") {
      return TypeTestOf(ast, ArgumentOf(ast, 0), input, name);
    }
    if (name == "select") {
      Shape projected = arguments[0];
      projected.many = projected.many || input.many;
      return projected;
    }
    if (name == "union" || name == "combine") {
      Shape both = Either(input, arguments[0]);
      both.many = both.many || (!input.none && !arguments[0].none);
      return both;
    }
    if (name == "iif") return GiveBranch(arguments);
    if (name == "toQuantity") return GiveQuantity(ast, input);
    if (name == "extension") return GiveExtension(ast, input);
    if (name == "getValue") return GiveValue(input);
    if (name == "resolve") return AnyResource(input.many);
    if (name == "power") return GivePower(ast, input, arguments[0]);
    return GiveCut(ast, input);
  }

  static Shape GiveBranch(const std::vector<Shape>& arguments) {
    Shape branch = arguments.size() > 2 ? Either(arguments[1], arguments[2]) : arguments[1];
    branch.constant = false;
    branch.none = arguments[1].none && (arguments.size() < 3 || arguments[2].none);
    return branch;
  }

  Shape GiveQuantity(const Ast& ast, const Shape& input) {
    Shape result = Shape::System(kind::kQuantity);
    result.constant = input.constant;
    if ((input.kinds() & ~kind::kQuantity) == 0) result.unit = input.unit;
    if (ArgumentCount(ast) == 0 || ArgumentOf(ast, 0).kind != Ast::Kind::kString) return result;
    const std::string& text = ArgumentOf(ast, 0).text;
    const auto unit = IsCalendarWord(text) ? Unit::Calendar(text) : Unit::Parse(text);
    if (!unit) return Report(ArgumentOf(ast, 0), "L204", "'" + text + "' is no UCUM unit");
    if (result.unit && !result.unit->ConvertibleTo(*unit)) {
      return Report(ArgumentOf(ast, 0), "L204",
                    "'" + result.unit->text() + "' does not convert into '" + text + "'");
    }
    result.unit = unit;
    return result;
  }

  Shape GiveExtension(const Ast& ast, const Shape& input) {
    if (input.known && input.fhir.empty()) {
      return Report(ast, "L206", "a computed value has no extensions, so this is always empty");
    }
    Shape result = Shape::Fhir({r4::Table::Instance().Find("Extension")});
    result.many = true;
    return result;
  }

  static Shape GiveValue(const Shape& input) {
    Shape value = input.known ? Shape::System(input.kinds() & kind::kSystem) : Shape::Unknown();
    value.unit = input.unit;
    if (value.known && value.system == 0) value = Shape::Unknown();
    return value;
  }

  // Whole powers of Integers are Integers. A unit has no power here.
  Shape GivePower(const Ast& ast, const Shape& base, const Shape& exponent) {
    for (const Shape* shape : {&base, &exponent}) {
      const auto unit = UnitOf(*shape);
      if (!unit || unit->IsOne()) continue;
      return Report(ast, "L204",
                    "power() takes numbers without a unit, not '" + unit->text() + "'");
    }
    const bool integers = (base.kinds() & exponent.kinds() & kind::kInteger) != 0;
    Shape power = Shape::System(integers ? kind::kNumber : kind::kDecimal);
    power.constant = base.constant && exponent.constant;
    return power;
  }

  // round(), floor(), ceiling(), truncate(): whole numbers or decimals; quantities stay what they
  // are.
  static Shape GiveCut(const Ast& ast, const Shape& input) {
    Kinds kinds = input.kinds() & kind::kQuantity;
    if ((input.kinds() & kind::kNumber) != 0) {
      kinds |= ast.text == "round" ? kind::kDecimal : kind::kInteger;
    }
    Shape cut = Shape::System(kinds);
    cut.unit = input.unit;
    cut.constant = input.constant;
    return cut;
  }

  void CheckResult(const Ast& tree, const Shape& result) {
    const Shape wanted = ShapeOf(context_.result);
    if (result.none) {
      findings_.Add(tree.at, "L206", "the expression is always empty");
    } else if (wanted.known && wanted.kinds() == kind::kBoolean && !context_.result.many) {
      CheckCondition(tree, result, "this condition", findings_);
    } else {
      if (!context_.result.many) ReportMany(tree, result, "this place", findings_);
      if (wanted.known && !Fits(result, wanted)) {
        findings_.Add(tree.at, "L202",
                      "this gives " + Named(result) + ", but " + Named(wanted) + " is needed here");
      }
      CheckResultUnit(tree, result);
    }
  }

  void CheckResultUnit(const Ast& tree, const Shape& result) {
    const auto unit = UnitOf(result);
    const auto& wanted = context_.result.unit;
    if (!unit || !wanted || unit->ConvertibleTo(*wanted)) return;
    findings_.Add(tree.at, "L204",
                  "this gives a quantity in '" + unit->text() + "', but one in '" + wanted->text() +
                      "' is needed here");
  }

  static bool Fits(const Shape& result, const Shape& wanted) {
    if (!result.known || (result.system & wanted.kinds()) != 0) return true;
    return std::any_of(result.fhir.begin(), result.fhir.end(), [&](const r4::Type* type) {
      if (IsAbstract(*type) || (KindsOf(*type) & wanted.system) != 0) return true;
      return std::any_of(wanted.fhir.begin(), wanted.fhir.end(),
                         [type](const r4::Type* other) { return type->IsA(*other); });
    });
  }

  static std::string Named(const Shape& shape) { return fhirpath::Named(shape); }

  const CompileOptions& options_;
  const StaticContext& context_;
  Findings& findings_;
  Shape root_;
};

}  // namespace

Shape CheckTree(const Ast& tree, const CompileOptions& options, Findings& findings) {
  return Checker(options, findings).Run(tree);
}

}  // namespace renal::fhir::fhirpath
