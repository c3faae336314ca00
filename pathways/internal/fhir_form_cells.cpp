#include "pathways/internal/fhir_form_cells.h"

#include <algorithm>

#include "pathways/internal/cell_parser.h"
#include "pathways/internal/fhir_form_names.h"

namespace renal::pathways::internal {
namespace {

using TestKind = CellTest::Kind;

std::string ConstantText(const CellConstant& constant, const CellForm& form) {
  switch (constant.kind) {
    case CellConstant::Kind::kParameter:
      return "%" + form.parameter(constant.text);
    case CellConstant::Kind::kDate:
      return "@" + constant.text;
    case CellConstant::Kind::kNumber:
      return constant.text;
    default:
      break;
  }
  const bool boolean = constant.text == "true" || constant.text == "false";
  return boolean ? constant.text : Literal(constant.text);
}

bool IsSeveral(const CellConstant& constant, const CellForm& form) {
  return constant.kind == CellConstant::Kind::kParameter && form.several(constant.text);
}

std::string Equality(const CellTest& test, const CellForm& form) {
  const std::string column = "%" + form.variable;
  const bool equal = test.kind == TestKind::kEqual;
  const std::string value = ConstantText(test.value, form);
  if (!IsSeveral(test.value, form)) return column + (equal ? " = " : " != ") + value;
  const std::string in = "(" + column + " in " + value + ")";
  return equal ? in : in + ".not()";
}

std::string ConditionOf(const CellTest& test, const CellForm& form) {
  const std::string column = "%" + form.variable;
  const auto compare = [&](const char* sign, const CellConstant& value) {
    return column + sign + ConstantText(value, form);
  };
  switch (test.kind) {
    case TestKind::kKnown:
      return column + ".exists()";
    case TestKind::kUnknown:
      return column + ".empty()";
    case TestKind::kRange:
      return compare(test.low_closed ? " >= " : " > ", test.value) + " and " +
             compare(test.high_closed ? " <= " : " < ", test.high);
    case TestKind::kLess:
      return compare(" < ", test.value);
    case TestKind::kAtMost:
      return compare(" <= ", test.value);
    case TestKind::kGreater:
      return compare(" > ", test.value);
    case TestKind::kAtLeast:
      return compare(" >= ", test.value);
    default:
      return Equality(test, form);
  }
}

// --- Back

using Kind = ExpressionToken::Kind;

/// `%column sign constant`, or `%column.exists()`.
struct Comparison {
  std::string column;
  std::string sign;   // empty: `value` is "known" or "unknown"
  std::string value;  // as a cell writes it
};

class ConditionReader {
 public:
  ConditionReader(std::string_view text, const std::function<bool(std::string_view)>& is_parameter)
      : is_parameter_(is_parameter) {
    for (const ExpressionToken& token : TokensOf(text)) {
      if (token.kind != Kind::kBlank) tokens_.push_back(token);
    }
  }

  std::optional<CellList> Run() {
    CellList cells;
    do {
      const auto cell = Term();
      if (!cell) return std::nullopt;
      const bool twice =
          std::ranges::any_of(cells, [&](const auto& other) { return other.first == cell->first; });
      if (twice) return std::nullopt;
      cells.push_back(*cell);
    } while (Take("and"));
    if (at_ != tokens_.size()) return std::nullopt;
    return cells;
  }

 private:
  using CellOf = std::optional<std::pair<std::string, std::string>>;

  bool Sees(std::string_view text, std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() && tokens_[at_ + ahead].text == text;
  }
  bool Take(std::string_view text) {
    if (!Sees(text)) return false;
    ++at_;
    return true;
  }

  CellOf Term() {
    if (!Take("(")) return Test();
    CellOf whole = Test();
    while (whole && Take("or")) {
      const CellOf next = Test();
      if (!next || next->first != whole->first) return std::nullopt;
      whole->second += " or " + next->second;
    }
    return whole && Take(")") ? whole : std::nullopt;
  }

  // One comparison, or two of one column that make a range.
  CellOf Test() {
    const auto first = Compare();
    if (!first) return std::nullopt;
    const std::size_t before = at_;
    const bool low = first->sign == ">" || first->sign == ">=";
    if (low && Take("and")) {
      const auto second = Compare();
      const bool high = second && second->column == first->column &&
                        (second->sign == "<" || second->sign == "<=");
      if (high) return std::pair(first->column, Range(*first, *second));
      at_ = before;
    }
    const bool plain = first->sign.empty() || first->sign == "=";
    return std::pair(first->column, plain ? first->value : first->sign + " " + first->value);
  }

  static std::string Range(const Comparison& low, const Comparison& high) {
    return (low.sign == ">=" ? "[" : "(") + low.value + " .. " + high.value +
           (high.sign == "<=" ? "]" : ")");
  }

  std::optional<Comparison> Compare() {
    const auto column = Variable();
    if (!column || is_parameter_(*column)) return std::nullopt;
    for (const auto& [function, word] : {std::pair("exists", "known"), {"empty", "unknown"}}) {
      if (!Sees(".") || !Sees(function, 1) || !Sees("(", 2) || !Sees(")", 3)) continue;
      at_ += 4;
      return Comparison{*column, "", word};
    }
    for (const char* sign : {"=", "!=", "<", "<=", ">", ">="}) {
      if (!Take(sign)) continue;
      auto value = Constant();
      if (!value) return std::nullopt;
      return Comparison{*column, sign, *std::move(value)};
    }
    return std::nullopt;
  }

  std::optional<std::string> Variable() {
    if (at_ == tokens_.size() || tokens_[at_].kind != Kind::kVariable) return std::nullopt;
    std::string name(tokens_[at_++].text.substr(1));
    if (name.empty() || name[0] == '`' || name[0] == '\'') return std::nullopt;
    return name;
  }

  std::optional<std::string> Constant() {
    if (at_ == tokens_.size()) return std::nullopt;
    const std::string sign = Take("-") ? "-" : "";
    if (at_ == tokens_.size()) return std::nullopt;
    const ExpressionToken token = tokens_[at_++];
    if (token.kind == Kind::kNumber) return sign + std::string(token.text) + Unit();
    if (!sign.empty()) return std::nullopt;
    if (token.kind == Kind::kDate) return std::string(token.text);
    if (token.text == "true" || token.text == "false") return std::string(token.text);
    if (token.kind == Kind::kString) return TextOfLiteral(token.text);
    if (token.kind == Kind::kVariable && is_parameter_(token.text.substr(1))) {
      return std::string(token.text);
    }
    return std::nullopt;
  }

  std::string Unit() {
    if (at_ == tokens_.size() || tokens_[at_].kind != Kind::kString) return {};
    return " " + std::string(tokens_[at_++].text);
  }

  const std::function<bool(std::string_view)>& is_parameter_;
  std::vector<ExpressionToken> tokens_;
  std::size_t at_ = 0;
};

// A code that the grammar of cells would read as something else ("known") is no cell.
bool MeansTheSame(const CellList& cells, std::string_view condition) {
  std::string back;
  for (const auto& [column, cell] : cells) {
    const CellForm form{column, [](std::string_view name) { return std::string(name); },
                        [](std::string_view) { return false; }};
    const auto part = ConditionOfCell(cell, form);
    if (!part) return false;
    back += (back.empty() ? "" : " and ") + *part;
  }
  const auto filled = [](const ExpressionToken& token) { return token.kind != Kind::kBlank; };
  std::vector<std::string_view> wanted, found;
  for (const auto& token : TokensOf(condition)) {
    if (filled(token)) wanted.push_back(token.text);
  }
  for (const auto& token : TokensOf(back)) {
    if (filled(token)) found.push_back(token.text);
  }
  return wanted == found;
}

}  // namespace

std::optional<std::string> ConditionOfCell(std::string_view cell, const CellForm& form) {
  const auto parsed = ParseCell(cell);
  const auto* tests = std::get_if<std::vector<CellTest>>(&parsed);
  if (tests == nullptr) return std::nullopt;
  if (tests->empty()) return "true";
  std::string whole;
  for (const CellTest& test : *tests) {
    whole += (whole.empty() ? "" : " or ") + ConditionOf(test, form);
  }
  return tests->size() > 1 ? "(" + whole + ")" : whole;
}

std::string ConstantExpression(std::string_view type, std::string_view value) {
  if (type == "Date") return value.starts_with('@') ? std::string(value) : "@" + std::string(value);
  if (type == "Code") return Literal(value);
  if (type != "CodeSet") return std::string(value);
  std::string set;
  std::size_t at = 0;
  while (at <= value.size()) {
    const std::size_t comma = std::min(value.find(',', at), value.size());
    std::string_view code = value.substr(at, comma - at);
    while (code.starts_with(' ')) code.remove_prefix(1);
    while (code.ends_with(' ')) code.remove_suffix(1);
    set += (set.empty() ? "(" : " | ") + Literal(code);
    at = comma + 1;
  }
  return set + ")";
}

std::optional<std::string> ConstantOfExpression(std::string_view type,
                                                std::string_view expression) {
  std::vector<ExpressionToken> tokens;
  for (const ExpressionToken& token : TokensOf(expression)) {
    if (token.kind != Kind::kBlank) tokens.push_back(token);
  }
  std::string value;
  if (type == "Code" && tokens.size() == 1) {
    value = TextOfLiteral(tokens[0].text);
  } else if (type == "CodeSet") {
    for (const ExpressionToken& token : tokens) {
      if (token.kind != Kind::kString) continue;
      value += (value.empty() ? "" : ",") + TextOfLiteral(token.text);
    }
  } else {
    value = std::string(expression);
  }
  if (ConstantExpression(type, value) != expression) return std::nullopt;
  return value;
}

std::optional<CellList> CellsOfCondition(
    std::string_view condition, const std::function<bool(std::string_view)>& is_parameter) {
  auto cells = ConditionReader(condition, is_parameter).Run();
  if (!cells) return std::nullopt;
  return MeansTheSame(*cells, condition) ? std::move(cells) : std::nullopt;
}

}  // namespace renal::pathways::internal
