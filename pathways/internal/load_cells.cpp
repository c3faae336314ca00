#include <algorithm>

#include "pathways/internal/cell_parser.h"
#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;
using fhir::Quantity;
using Kind = CellTest::Kind;

// Compiles the tests of one cell. The first problem ends the cell; its place is inside the string.
class CellCompiler {
 public:
  CellCompiler(Loader& loader, Index input, const OwnJson& node)
      : loader_(loader), input_(loader.pathway.inputs[input]), node_(node) {
    cell_.input = input;
    cell_.of_focus = input_.focus != kNone;
    cell_.text = node.text;
  }

  std::optional<Cell> Run(const std::vector<CellTest>& tests) {
    const bool presence = IsPresence(tests.front());
    if (tests.size() > 1 && std::any_of(tests.begin(), tests.end(), IsPresence)) {
      Fail(0, "\"known\" and \"unknown\" stand alone in a cell. Write two rules");
    } else if (presence) {
      cell_.kind = tests.front().kind == Kind::kKnown ? Cell::Kind::kKnown : Cell::Kind::kUnknown;
    } else if (IsOrdered(input_.type)) {
      cell_.kind = Cell::Kind::kRanges;
      for (const CellTest& test : tests) AddRange(test);
      MergeRanges();
    } else {
      for (const CellTest& test : tests) AddCodes(test);
    }
    if (failed_) return std::nullopt;
    cell_.shown = Shown(tests);
    return std::move(cell_);
  }

 private:
  static bool IsPresence(const CellTest& test) {
    return test.kind == Kind::kKnown || test.kind == Kind::kUnknown;
  }

  void Fail(std::size_t at, const std::string& message, std::string_view id = "L208") {
    if (!failed_) loader_.problems.Error(loader_.problems.Inside(node_, at), id, Sentence(message));
    failed_ = true;
  }

  // The parameter that a constant names; null and a problem where there is none.
  const Parameter* ParameterOf(const CellConstant& constant) {
    const Index index = loader_.parameters.Find(constant.text);
    if (index == kNone) {
      std::string hint = loader_.problems.Suggestion(constant.text, loader_.parameters.list());
      if (hint.empty()) hint = " Define it, or write the value";
      Fail(constant.at, "no parameter is named " + Quoted(constant.text) + "." + hint, "L102");
      return nullptr;
    }
    loader_.parameters.Use(index);
    if (loader_.parameter_ready[index]) return &loader_.pathway.parameters[index];
    failed_ = true;  // reported where the parameter stands
    return nullptr;
  }

  std::string TypeName() const {
    return input_.type == Type::kCode      ? "a Code"
           : input_.type == Type::kBoolean ? "a Boolean"
                                           : "a number";
  }

  std::uint64_t Bit(const std::string& code, std::size_t at) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < input_.values.size(); ++i) {
      if (input_.values[i].first == code) return std::uint64_t{1} << i;
      known.push_back(input_.values[i].first);
    }
    std::string hint = loader_.problems.Suggestion(code, known);
    Fail(at, Quoted(code) + " is no value of input " + Quoted(input_.name) + "." + hint);
    return 0;
  }

  std::uint64_t Bits(const CellConstant& constant) {
    if (constant.kind == CellConstant::Kind::kWord) return Bit(constant.text, constant.at);
    if (constant.kind != CellConstant::Kind::kParameter) {
      Fail(constant.at, "input " + Quoted(input_.name) + " is " + TypeName() + ", " +
                            Quoted(constant.text) + " is none of its values. Write a code");
      return 0;
    }
    const Parameter* parameter = ParameterOf(constant);
    if (parameter == nullptr) return 0;
    if (parameter->type != input_.type) {
      Fail(constant.at, "parameter " + Quoted(parameter->name) + " is not " + TypeName() +
                            " as input " + Quoted(input_.name) + ". Use another one");
      return 0;
    }
    if (input_.type == Type::kBoolean) return std::uint64_t{1} << parameter->value.code();
    std::uint64_t bits = 0;
    for (const std::string& code : parameter->codes) bits |= Bit(code, constant.at);
    return bits;
  }

  void AddCodes(const CellTest& test) {
    const std::uint64_t all = input_.values.size() >= 64
                                  ? ~std::uint64_t{0}
                                  : (std::uint64_t{1} << input_.values.size()) - 1;
    if (test.kind == Kind::kEqual) {
      cell_.codes |= Bits(test.value);
    } else if (test.kind == Kind::kNotEqual) {
      cell_.codes |= all & ~Bits(test.value);
    } else {
      Fail(test.at, "input " + Quoted(input_.name) + " is " + TypeName() +
                        ", which has no order. List its values, joined by \" or \"");
    }
  }

  // The constant as a point of the input's type.
  std::optional<Quantity> Point(const CellConstant& constant) {
    if (constant.kind == CellConstant::Kind::kParameter) return PointOfParameter(constant);
    const bool date = constant.kind == CellConstant::Kind::kDate;
    if (constant.kind == CellConstant::Kind::kWord || date != (input_.type == Type::kDate)) {
      Fail(constant.at, Quoted(constant.text) + " does not fit input " + Quoted(input_.name) +
                            ". Write " + Example());
      return std::nullopt;
    }
    return Fitting(constant.text, constant.at);
  }

  std::optional<Quantity> PointOfParameter(const CellConstant& constant) {
    const Parameter* parameter = ParameterOf(constant);
    if (parameter == nullptr) return std::nullopt;
    if (!IsOrdered(parameter->type) ||
        (parameter->type == Type::kDate) != (input_.type == Type::kDate)) {
      Fail(constant.at, "parameter " + Quoted(parameter->name) + " does not fit input " +
                            Quoted(input_.name) + ". Use one of its type");
      return std::nullopt;
    }
    return Fitting(parameter->text, constant.at);
  }

  std::optional<Quantity> Fitting(const std::string& text, std::size_t at) {
    std::string why;
    auto quantity = ReadConstant(text, input_.type, input_.unit, why);
    if (!quantity) Fail(at, why);
    return quantity;
  }

  std::string Example() const {
    if (input_.type == Type::kDate) return "a date as @2026-03-01";
    if (input_.type == Type::kInteger) return "a whole number as 75";
    return input_.unit ? "a number with its unit as 7 '" + input_.unit->text() + "'"
                       : "a number as 1.5";
  }

  void AddRange(const CellTest& test) {
    const auto value = Point(test.value);
    if (!value) return;
    const Bound open{*value, false};
    const Bound closed{*value, true};
    switch (test.kind) {
      case Kind::kLess:
        cell_.ranges.push_back({std::nullopt, open});
        break;
      case Kind::kAtMost:
        cell_.ranges.push_back({std::nullopt, closed});
        break;
      case Kind::kGreater:
        cell_.ranges.push_back({open, std::nullopt});
        break;
      case Kind::kAtLeast:
        cell_.ranges.push_back({closed, std::nullopt});
        break;
      case Kind::kNotEqual:
        cell_.ranges.push_back({std::nullopt, open});
        cell_.ranges.push_back({open, std::nullopt});
        break;
      case Kind::kRange:
        AddTwoEnded(test, *value);
        break;
      default:
        cell_.ranges.push_back(Interval::Point(*value));
    }
  }

  void AddTwoEnded(const CellTest& test, const Quantity& low) {
    const auto high = Point(test.high);
    if (!high) return;
    const Interval range{Bound{low, test.low_closed}, Bound{*high, test.high_closed}};
    const auto order = fhir::Compare(low, *high);
    const bool whole = input_.type == Type::kInteger || input_.type == Type::kDate;
    const bool empty = !order || *order > 0 || (*order == 0 && !range.IsPoint()) ||
                       (whole && !HoldsInteger(range));
    if (empty) return Fail(test.at, "the range holds no value. Write its smaller end first");
    cell_.ranges.push_back(range);
  }

  // Disjoint and ascending, so that one range covers whatever the cell covers without a gap.
  void MergeRanges() {
    if (failed_) return;
    auto& ranges = cell_.ranges;
    std::sort(ranges.begin(), ranges.end(), StartsBefore);
    std::vector<Interval> merged;
    for (Interval& range : ranges) {
      if (merged.empty() || HasGap(merged.back(), range)) {
        merged.push_back(std::move(range));
      } else if (EndsLater(range, merged.back())) {
        merged.back().high = range.high;
      }
    }
    ranges = std::move(merged);
  }

  static bool StartsBefore(const Interval& a, const Interval& b) {
    if (!a.low || !b.low) return !a.low && b.low;
    const auto order = *fhir::Compare(a.low->value, b.low->value);
    return order != 0 ? order < 0 : a.low->closed && !b.low->closed;
  }

  static bool EndsLater(const Interval& a, const Interval& b) {
    if (!a.high || !b.high) return !a.high && b.high;
    const auto order = *fhir::Compare(a.high->value, b.high->value);
    return order != 0 ? order > 0 : a.high->closed && !b.high->closed;
  }

  // `b` starts at or after `a` does: is a value between them left out?
  bool HasGap(const Interval& a, const Interval& b) const {
    if (!a.high || !b.low) return false;
    const auto order = *fhir::Compare(a.high->value, b.low->value);
    if (order > 0 || (order == 0 && (a.high->closed || b.low->closed))) return false;
    const bool whole = input_.type == Type::kInteger || input_.type == Type::kDate;
    return !whole || HoldsInteger({Bound{a.high->value, !a.high->closed},
                                   Bound{b.low->value, !b.low->closed}});
  }

  // The text with the value in place of each %parameter.
  std::string Shown(const std::vector<CellTest>& tests) const {
    std::string shown;
    std::size_t at = 0;
    const auto put = [&](const CellConstant& constant) {
      if (constant.kind != CellConstant::Kind::kParameter) return;
      shown.append(node_.text, at, constant.at - at);
      shown += Written(loader_.pathway.parameters[loader_.parameters.Find(constant.text)]);
      at = constant.end;
    };
    for (const CellTest& test : tests) {
      put(test.value);
      if (test.kind == Kind::kRange) put(test.high);
    }
    return shown.append(node_.text, at);
  }

  static std::string Written(const Parameter& parameter) {
    if (parameter.codes.empty()) return parameter.text;
    std::string written;
    for (const std::string& code : parameter.codes) {
      written += (written.empty() ? "" : " or ") + code;
    }
    return written;
  }

  Loader& loader_;
  const Input& input_;
  const OwnJson& node_;
  Cell cell_;
  bool failed_ = false;
};

// False, with a problem, where the cells of this place cannot read the input.
bool MayRead(Loader& loader, const OwnJson& node, const Scope& scope, Index input) {
  const Index focus = loader.pathway.inputs[input].focus;
  if (focus == kNone || focus == scope.focus || scope.any_focus) return true;
  loader.problems.Error(node, "L102",
                        "input " + Quoted(loader.pathway.inputs[input].name) +
                            " has a value for each " + loader.foci.list()[focus] + ", " +
                            scope.what + " has not. Give it that focus, or use another input.");
  return false;
}

// The input that the name of a cell means; kNone and a problem where there is none.
Index InputOfCell(Loader& loader, const std::string& name, const OwnJson& node, const Scope& scope,
                  const std::vector<Index>* columns) {
  OwnJson at;
  at.type = fhir::JsonType::kString;
  at.text = name;
  at.at = node.name_at;
  const Index input = loader.inputs.Resolve(at, loader.problems);
  if (input == kNone || !MayRead(loader, at, scope, input)) return kNone;
  if (columns != nullptr && std::find(columns->begin(), columns->end(), input) == columns->end()) {
    loader.problems.Error(
        at, "L102",
        scope.what + " has no column " + Quoted(name) + ". Add it to \"columns\" of the table.");
    return kNone;
  }
  return input;
}

}  // namespace

std::optional<Cell> CompileCell(Loader& loader, Index input, const OwnJson& node) {
  if (TextOf(node, "a cell", loader.problems) == nullptr) return std::nullopt;
  const auto parsed = ParseCell(node.text);
  if (const auto* error = std::get_if<CellError>(&parsed)) {
    loader.problems.Error(loader.problems.Inside(node, error->at), "L208",
                          Sentence(error->message));
    return std::nullopt;
  }
  const auto& tests = std::get<std::vector<CellTest>>(parsed);
  if (tests.empty() || !loader.input_ready[input]) return std::nullopt;
  return CellCompiler(loader, input, node).Run(tests);
}

std::vector<Cell> CellsOf(Loader& loader, const OwnJson* cells, const Scope& scope,
                          const std::vector<Index>* columns) {
  std::vector<Cell> list;
  if (cells == nullptr) return list;
  for (const auto& [name, node] : cells->members) {
    const Index input = InputOfCell(loader, name, node, scope, columns);
    if (input == kNone) continue;
    if (scope.reads != nullptr) scope.reads->push_back(input);
    if (auto cell = CompileCell(loader, input, node)) list.push_back(std::move(*cell));
  }
  if (columns == nullptr) return list;
  const auto column = [&](const Cell& cell) {
    return std::find(columns->begin(), columns->end(), cell.input) - columns->begin();
  };
  std::stable_sort(list.begin(), list.end(),
                   [&](const Cell& a, const Cell& b) { return column(a) < column(b); });
  return list;
}

}  // namespace renal::pathways::internal
