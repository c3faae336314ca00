#include <string>
#include <string_view>

#include "fhir/internal/fhirpath_check.h"
#include "fhir/internal/fhirpath_quantities.h"

namespace renal::fhir::fhirpath {
namespace {

constexpr Kinds kDay = kind::kDate | kind::kDateTime;

std::string_view Spelling(Operator op) {
  switch (op) {
    case Operator::kImplies:
      return "implies";
    case Operator::kOr:
      return "or";
    case Operator::kXor:
      return "xor";
    case Operator::kAnd:
      return "and";
    case Operator::kIn:
      return "in";
    case Operator::kContains:
      return "contains";
    case Operator::kEqual:
      return "=";
    case Operator::kNotEqual:
      return "!=";
    case Operator::kEquivalent:
      return "~";
    case Operator::kNotEquivalent:
      return "!~";
    case Operator::kLess:
      return "<";
    case Operator::kLessOrEqual:
      return "<=";
    case Operator::kGreater:
      return ">";
    case Operator::kGreaterOrEqual:
      return ">=";
    case Operator::kUnion:
      return "|";
    case Operator::kIs:
      return "is";
    case Operator::kAs:
      return "as";
    case Operator::kPlus:
      return "+";
    case Operator::kMinus:
      return "-";
    case Operator::kJoin:
      return "&";
    case Operator::kTimes:
      return "*";
    case Operator::kDivide:
      return "/";
    case Operator::kDiv:
      return "div";
    case Operator::kMod:
      return "mod";
  }
  return "";
}

bool Share(Kinds a, Kinds b, Kinds group) { return (a & group) != 0 && (b & group) != 0; }

// Whether two items of these kinds can have an order, or be equal beyond being the same JSON.
bool HaveOrder(Kinds a, Kinds b) {
  return Share(a, b, kind::kString) || Share(a, b, kind::kMeasure) || Share(a, b, kDay) ||
         Share(a, b, kind::kTime) ||
         // JSON text is read as a date where it meets one.
         ((a & kind::kString) != 0 && (b & kind::kMoment) != 0) ||
         ((b & kind::kString) != 0 && (a & kind::kMoment) != 0);
}

bool CanBeEqual(Kinds a, Kinds b) {
  return HaveOrder(a, b) || Share(a, b, kind::kBoolean) || Share(a, b, kind::kReference) ||
         Share(a, b, kind::kObject) || Share(a, b, kind::kConcept);
}

bool Within(Kinds kinds, Kinds group) { return kinds != 0 && (kinds & ~group) == 0; }

std::string UnitsMessage(const Unit& left, const Unit& right) {
  if (!left.IsOne() && !right.IsOne()) {
    return "'" + left.text() + "' and '" + right.text() +
           "' do not convert into each other: both sides need a unit of one dimension";
  }
  const Unit& unit = left.IsOne() ? right : left;
  return "a number without a unit meets a quantity in '" + unit.text() +
         "': write the unit behind the number";
}

class OperatorCheck {
 public:
  OperatorCheck(const Ast& ast, const Shape& left, const Shape& right, Findings& findings)
      : ast_(ast), left_(left), right_(right), findings_(findings), who_(Quoted()) {}

  Shape Run() {
    switch (ast_.op) {
      case Operator::kAnd:
      case Operator::kOr:
      case Operator::kXor:
      case Operator::kImplies:
        return Logic();
      case Operator::kEqual:
      case Operator::kNotEqual:
        return Equality();
      case Operator::kEquivalent:
      case Operator::kNotEquivalent:
        return Equivalence();
      case Operator::kLess:
      case Operator::kLessOrEqual:
      case Operator::kGreater:
      case Operator::kGreaterOrEqual:
        return Order();
      case Operator::kIn:
        return Membership(ast_.children[0], left_, right_);
      case Operator::kContains:
        return Membership(ast_.children[1], right_, left_);
      case Operator::kUnion:
        return Union();
      default:
        return Arithmetic();
    }
  }

 private:
  std::string Quoted() const { return "'" + std::string(Spelling(ast_.op)) + "'"; }

  Shape Report(const char* id, std::string message) {
    findings_.Add(ast_.at, id, std::move(message));
    return AfterFinding();
  }

  Shape WrongTypes(std::string_view hint) {
    return Report("L202", who_ + " cannot work on " + Named(left_) + " and " + Named(right_) +
                              ": " + std::string(hint));
  }

  Shape Truth() const {
    Shape shape = Shape::System(kind::kBoolean);
    shape.constant = left_.constant && right_.constant;
    return shape;
  }

  Shape Logic() {
    CheckCondition(ast_.children[0], left_, who_, findings_);
    CheckCondition(ast_.children[1], right_, who_, findings_);
    return Shape::System(kind::kBoolean);
  }

  // What is said of every comparison; true if something was.
  bool Compared() {
    if (left_.none || right_.none) {
      Report("L206", who_ + " gives nothing where a side is empty: ask with exists() or empty()");
      return true;
    }
    if (left_.constant && right_.constant) {
      Report("L206",
             "both sides are constants, so this never changes: name what is to be compared");
      return true;
    }
    const auto left = UnitOf(left_), right = UnitOf(right_);
    if (!left || !right || left->ConvertibleTo(*right)) return false;
    Report("L204", UnitsMessage(*left, *right));
    return true;
  }

  bool Several() {
    const bool left = ReportMany(ast_.children[0], left_, who_, findings_);
    const bool right = ReportMany(ast_.children[1], right_, who_, findings_);
    return left || right;
  }

  Shape Equality() {
    if (Compared() || Several()) return AfterFinding();
    if (Within(left_.kinds(), kind::kConcept) || Within(right_.kinds(), kind::kConcept)) {
      return WrongTypes("codes are compared with ~ or memberOf()");
    }
    if (!CanBeEqual(left_.kinds(), right_.kinds())) return WrongTypes("these are never equal");
    return Truth();
  }

  Shape Equivalence() {
    if (left_.constant && right_.constant) {
      return Report("L206",
                    "both sides are constants, so this never changes: name what is to be compared");
    }
    if (!left_.none && !right_.none && !CanBeEqual(left_.kinds(), right_.kinds())) {
      return WrongTypes("these are never equivalent");
    }
    return Truth();
  }

  Shape Order() {
    if (Compared() || Several()) return AfterFinding();
    if (!HaveOrder(left_.kinds(), right_.kinds())) return WrongTypes("these have no order");
    return Truth();
  }

  Shape Membership(const Ast& item_ast, const Shape& item, const Shape& list) {
    if (Compared() || ReportMany(item_ast, item, who_, findings_)) return AfterFinding();
    if (Within(item.kinds(), kind::kConcept)) {
      return WrongTypes("codes are looked up with memberOf()");
    }
    if (!CanBeEqual(item.kinds(), list.kinds()))
      return WrongTypes("no item is ever in such a list");
    return Truth();
  }

  Shape Union() const {
    Shape both = Either(left_, right_);
    both.many = both.many || (!left_.none && !right_.none);
    return both;
  }

  Shape Arithmetic() {
    if (left_.none || right_.none) {
      if (ast_.op != Operator::kJoin) {
        return Report("L206", who_ + " gives nothing where a side is empty: remove one of them");
      }
    } else if (Several()) {
      return AfterFinding();
    }
    Shape result = Shape::System(ResultKinds(left_.kinds(), right_.kinds()));
    if (result.system == 0) return WrongTypes(Wanted());
    result.constant = left_.constant && right_.constant;
    return Measured(std::move(result));
  }

  std::string_view Wanted() const {
    if (ast_.op == Operator::kJoin) return "it joins Strings, of toString() for example";
    if (ast_.op == Operator::kPlus)
      return "it adds numbers, quantities, Strings, or a duration to a date";
    if (ast_.op == Operator::kMinus)
      return "it subtracts numbers, quantities, or a duration from a date";
    return "it needs numbers or quantities";
  }

  // The types that the operator can give; 0 if it can work on no pair of these.
  Kinds ResultKinds(Kinds a, Kinds b) const {
    const Kinds both = static_cast<Kinds>(a & b);
    const bool numbers = Share(a, b, kind::kNumber);
    const bool measures = Share(a, b, kind::kMeasure);
    Kinds result = 0;
    switch (ast_.op) {
      case Operator::kJoin:
        return (a & kind::kString) != 0 || left_.none
                   ? ((b & kind::kString) != 0 || right_.none ? kind::kString : Kinds{0})
                   : Kinds{0};
      case Operator::kPlus:
        result |= both & kind::kString;
        [[fallthrough]];
      case Operator::kMinus:
        if ((b & kind::kQuantity) != 0) {
          result |= a & kind::kMoment;
          if ((a & kind::kString) != 0) result |= kDay;
        }
        break;
      case Operator::kDivide:
        if (numbers) result |= kind::kDecimal;
        if (measures && ((a | b) & kind::kQuantity) != 0 && (a & kind::kMeasure) != 0) {
          result |= kind::kQuantity;
        }
        return result;
      case Operator::kDiv:
        return numbers ? kind::kInteger : Kinds{0};
      case Operator::kMod:
        return numbers ? static_cast<Kinds>((both & kind::kInteger) | ((a | b) & kind::kDecimal))
                       : Kinds{0};
      default:
        break;
    }
    if (numbers) result |= (both & kind::kInteger) | ((a | b) & kind::kDecimal);
    if (measures && ((a | b) & kind::kQuantity) != 0) result |= kind::kQuantity;
    return result;
  }

  // The unit of the result, and what the two units say of each other.
  Shape Measured(Shape result) {
    const auto left = UnitOf(left_), right = UnitOf(right_);
    const bool sum = ast_.op == Operator::kPlus || ast_.op == Operator::kMinus;
    const bool dates = Within(left_.kinds(), kind::kMoment);
    if (sum && dates && right) {
      const Item day = *DateTime::Parse("2000-01-01");
      if (Plus(day, Quantity{Decimal(1), *right}).fault == nullptr) return result;
      return Report("L204",
                    "'" + right->text() +
                        "' is no duration that can be added to a date: use a calendar word, "
                        "or wk, d, h, min, s, ms");
    }
    if (sum && left && right && !left->ConvertibleTo(*right)) {
      return Report("L204", UnitsMessage(*left, *right));
    }
    if (sum) {
      result.unit = left ? left : std::nullopt;
    } else if (left && right) {
      const Quantity a{Decimal(1), *left}, b{Decimal(1), *right};
      const auto both = ast_.op == Operator::kTimes ? Times(a, b) : DivideBy(a, b);
      const auto* quantity = both.item ? std::get_if<Quantity>(&*both.item) : nullptr;
      if (quantity != nullptr) result.unit = quantity->unit;
    }
    return result;
  }

  const Ast& ast_;
  const Shape& left_;
  const Shape& right_;
  Findings& findings_;
  std::string who_;
};

}  // namespace

bool ReportMany(const Ast& ast, const Shape& shape, const std::string& who, Findings& findings) {
  if (!shape.many) return false;
  findings.Add(ast.at, "L203",
               "this can give several items, but " + who +
                   " takes one: choose it with where() or first(), or ask with exists()");
  return true;
}

void CheckCondition(const Ast& ast, const Shape& shape, const std::string& who,
                    Findings& findings) {
  if (shape.none) return;
  if (ReportMany(ast, shape, who, findings)) return;
  if ((shape.kinds() & kind::kBoolean) == 0) {
    findings.Add(
        ast.at, "L202",
        who + " needs a Boolean, not " + Named(shape) + ": compare it, or ask with exists()");
  } else if (shape.constant) {
    findings.Add(ast.at, "L206", "this condition never changes: name what it depends on");
  }
}

Shape CheckOperator(const Ast& ast, const Shape& left, const Shape& right, Findings& findings) {
  return OperatorCheck(ast, left, right, findings).Run();
}

}  // namespace renal::fhir::fhirpath
