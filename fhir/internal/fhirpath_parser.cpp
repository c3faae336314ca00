#include "fhir/internal/fhirpath_parser.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

#include "fhir/internal/fhirpath_text.h"

namespace renal::fhir::fhirpath {
namespace {

struct BinaryOperator {
  std::string_view spelling;
  bool word;
  Operator op;
};

// One list per level of precedence, the loosest first (pathway-format 6.1). All associate to the
// left.
constexpr BinaryOperator kImplication[] = {{"implies", true, Operator::kImplies}};
constexpr BinaryOperator kDisjunction[] = {{"or", true, Operator::kOr},
                                           {"xor", true, Operator::kXor}};
constexpr BinaryOperator kConjunction[] = {{"and", true, Operator::kAnd}};
constexpr BinaryOperator kMembership[] = {{"in", true, Operator::kIn},
                                          {"contains", true, Operator::kContains}};
constexpr BinaryOperator kEquality[] = {{"=", false, Operator::kEqual},
                                        {"!=", false, Operator::kNotEqual},
                                        {"~", false, Operator::kEquivalent},
                                        {"!~", false, Operator::kNotEquivalent}};
constexpr BinaryOperator kRelation[] = {{"<", false, Operator::kLess},
                                        {"<=", false, Operator::kLessOrEqual},
                                        {">", false, Operator::kGreater},
                                        {">=", false, Operator::kGreaterOrEqual}};
constexpr BinaryOperator kUnions[] = {{"|", false, Operator::kUnion}};
constexpr BinaryOperator kTypes[] = {{"is", true, Operator::kIs}, {"as", true, Operator::kAs}};
constexpr BinaryOperator kSums[] = {
    {"+", false, Operator::kPlus}, {"-", false, Operator::kMinus}, {"&", false, Operator::kJoin}};
constexpr BinaryOperator kProducts[] = {{"*", false, Operator::kTimes},
                                        {"/", false, Operator::kDivide},
                                        {"div", true, Operator::kDiv},
                                        {"mod", true, Operator::kMod}};

struct Level {
  const BinaryOperator* first;
  std::size_t count;
};
constexpr std::array<Level, 10> kLevels = {{{kImplication, std::size(kImplication)},
                                            {kDisjunction, std::size(kDisjunction)},
                                            {kConjunction, std::size(kConjunction)},
                                            {kMembership, std::size(kMembership)},
                                            {kEquality, std::size(kEquality)},
                                            {kRelation, std::size(kRelation)},
                                            {kUnions, std::size(kUnions)},
                                            {kTypes, std::size(kTypes)},
                                            {kSums, std::size(kSums)},
                                            {kProducts, std::size(kProducts)}}};

constexpr std::array<std::string_view, 12> kKeywords = {
    "as", "is", "in", "contains", "div", "mod", "and", "or", "xor", "implies", "true", "false"};
// Operators that are names too where an operand is expected, as `contains` of a value set is.
constexpr std::array<std::string_view, 4> kNameWords = {"as", "is", "in", "contains"};
constexpr std::array<std::string_view, 16> kCalendarWords = {
    "year", "years", "month",  "months",  "week",   "weeks",   "day",         "days",
    "hour", "hours", "minute", "minutes", "second", "seconds", "millisecond", "milliseconds"};

template <class List>
bool Contains(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Recursive descent. After a failure `error_` is set and every function returns at once.
class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  std::variant<Ast, SyntaxError> Run() {
    Ast tree = Expression();
    if (!error_ && Now().kind != TokenKind::kEnd) Fail(Now(), "an operator is missing before this");
    if (error_) return std::move(*error_);
    return tree;
  }

 private:
  const Token& Now() const { return tokens_[at_]; }
  const Token& Ahead() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  Token Take() {
    Token token = tokens_[at_];
    if (at_ + 1 < tokens_.size()) ++at_;
    end_ = token.end;
    return token;
  }
  bool TakeSymbol(std::string_view symbol) {
    if (!Now().IsSymbol(symbol)) return false;
    Take();
    return true;
  }

  void Fail(const Token& token, std::string message) {
    if (!error_) error_ = SyntaxError{token.begin, std::move(message)};
  }
  void Expect(std::string_view symbol) {
    if (TakeSymbol(symbol)) return;
    std::string message("'");
    Fail(Now(), message.append(symbol).append("' is expected here"));
  }

  Ast Make(Ast::Kind kind, std::size_t begin, const Token& token) {
    if (++nodes_ > kMaxNodes) Fail(token, "the expression has more than 500 nodes");
    Ast ast;
    ast.kind = kind;
    ast.begin = begin;
    ast.at = token.begin;
    ast.end = end_;
    ast.text = token.text;
    return ast;
  }

  Ast Expression() {
    if (depth_ == kMaxDepth) {
      Fail(Now(), "the expression is nested deeper than 64");
      return {};
    }
    ++depth_;
    Ast tree = Binary(0);
    --depth_;
    return tree;
  }

  const BinaryOperator* OperatorNow(const Level& level) const {
    const auto fits = [this](const BinaryOperator& candidate) {
      return candidate.word ? Now().IsWord(candidate.spelling) : Now().IsSymbol(candidate.spelling);
    };
    const BinaryOperator* last = level.first + level.count;
    const BinaryOperator* found = std::find_if(level.first, last, fits);
    return found == last ? nullptr : found;
  }

  Ast Binary(std::size_t level) {
    if (level == kLevels.size()) return Signed();
    Ast left = Binary(level + 1);
    while (!error_) {
      const BinaryOperator* found = OperatorNow(kLevels[level]);
      if (found == nullptr) break;
      const Token token = Take();
      const bool type = found->op == Operator::kIs || found->op == Operator::kAs;
      Ast right = type ? TypeName() : Binary(level + 1);
      Ast both = Make(Ast::Kind::kBinary, left.begin, token);
      both.op = found->op;
      both.children.push_back(std::move(left));
      both.children.push_back(std::move(right));
      left = std::move(both);
    }
    return left;
  }

  Ast TypeName() {
    Ast name = Name();
    if (!error_ && TakeSymbol(".")) {
      Ast local = Name();
      local.has_input = true;
      local.begin = name.begin;
      local.children.push_back(std::move(name));
      return local;
    }
    return name;
  }

  Ast Name() {
    if (Now().kind != TokenKind::kName && Now().kind != TokenKind::kQuotedName) {
      Fail(Now(), "a name is expected here");
      return {};
    }
    const Token token = Take();
    return Make(Ast::Kind::kName, token.begin, token);
  }

  // A sign binds weaker than a dot: -1.abs() is -(1.abs()).
  Ast Signed() {
    if (!Now().IsSymbol("+") && !Now().IsSymbol("-")) return Postfix();
    const Token sign = Take();
    Ast operand = Postfix();
    Ast ast = Make(Ast::Kind::kSign, sign.begin, sign);
    ast.children.push_back(std::move(operand));
    return ast;
  }

  Ast Postfix() {
    Ast tree = Primary();
    while (!error_) {
      if (TakeSymbol(".")) {
        tree = Invocation(std::move(tree));
      } else if (Now().IsSymbol("[")) {
        const Token bracket = Take();
        Ast index = Expression();
        Expect("]");
        Ast ast = Make(Ast::Kind::kIndexer, tree.begin, bracket);
        ast.children.push_back(std::move(tree));
        ast.children.push_back(std::move(index));
        tree = std::move(ast);
      } else {
        break;
      }
    }
    return tree;
  }

  Ast Invocation(Ast input) {
    const std::size_t begin = input.begin;
    const TokenKind kind = Now().kind;
    if (kind == TokenKind::kSpecial) {
      Fail(Now(), "$" + Now().text + " cannot follow a dot");
      return {};
    }
    if (kind != TokenKind::kName && kind != TokenKind::kQuotedName) {
      Fail(Now(), "a name is expected after the dot");
      return {};
    }
    return NameOrFunction(begin, &input);
  }

  Ast NameOrFunction(std::size_t begin, Ast* input) {
    const Token token = Take();
    const bool call = Now().IsSymbol("(");
    std::vector<Ast> children;
    if (input != nullptr) children.push_back(std::move(*input));
    if (call) Arguments(children, token.text == "sort");
    Ast ast = Make(call ? Ast::Kind::kFunction : Ast::Kind::kName, begin, token);
    ast.has_input = input != nullptr;
    ast.children = std::move(children);
    return ast;
  }

  void Arguments(std::vector<Ast>& children, bool sort) {
    Take();
    if (TakeSymbol(")")) return;
    do {
      children.push_back(sort ? SortKey() : Expression());
    } while (!error_ && TakeSymbol(","));
    Expect(")");
  }

  // An expression with `asc` or `desc` behind it.
  Ast SortKey() {
    Ast key = Expression();
    if (error_ || (!Now().IsWord("asc") && !Now().IsWord("desc"))) return key;
    const Token word = Take();
    Ast directed = Make(Ast::Kind::kSign, key.begin, word);
    directed.children.push_back(std::move(key));
    return directed;
  }

  Ast Primary() {
    const Token& token = Now();
    switch (token.kind) {
      case TokenKind::kString:
        return Leaf(Ast::Kind::kString);
      case TokenKind::kDate:
        return Leaf(Ast::Kind::kDate);
      case TokenKind::kDateTime:
        return Leaf(Ast::Kind::kDateTime);
      case TokenKind::kTime:
        return Leaf(Ast::Kind::kTime);
      case TokenKind::kVariable:
        return Leaf(Ast::Kind::kVariable);
      case TokenKind::kSpecial:
        return Leaf(Ast::Kind::kSpecial);
      case TokenKind::kNumber:
        return NumberOrQuantity();
      case TokenKind::kQuotedName:
        return NameOrFunction(token.begin, nullptr);
      case TokenKind::kName:
        return Word();
      case TokenKind::kSymbol:
        return Bracketed();
      case TokenKind::kEnd:
        break;
    }
    Fail(token, "the expression ends too early");
    return {};
  }

  Ast Leaf(Ast::Kind kind) {
    const Token token = Take();
    return Make(kind, token.begin, token);
  }

  Ast Word() {
    if (Now().text == "true" || Now().text == "false") return Leaf(Ast::Kind::kBoolean);
    const bool name = Contains(kNameWords, Now().text) || Ahead().IsSymbol("(");
    if (Contains(kKeywords, Now().text) && !name) {
      Fail(Now(), "an operand is missing before '" + Now().text + "'");
      return {};
    }
    return NameOrFunction(Now().begin, nullptr);
  }

  Ast NumberOrQuantity() {
    const Token number = Take();
    const bool word = Now().kind == TokenKind::kName && IsCalendarWord(Now().text);
    if (!word && Now().kind != TokenKind::kString)
      return Make(Ast::Kind::kNumber, number.begin, number);
    const Token unit = Take();
    Ast ast = Make(Ast::Kind::kQuantity, number.begin, number);
    ast.unit = unit.text;
    ast.calendar_unit = word;
    return ast;
  }

  Ast Bracketed() {
    const std::size_t begin = Now().begin;
    if (Now().IsSymbol("{")) {
      const Token brace = Take();
      Expect("}");
      return Make(Ast::Kind::kEmpty, brace.begin, brace);
    }
    if (!TakeSymbol("(")) {
      Fail(Now(), "a value is expected here");
      return {};
    }
    Ast inner = Expression();
    Expect(")");
    inner.begin = begin;
    inner.end = end_;
    return inner;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;  // of the last token taken
  std::size_t nodes_ = 0;
  std::size_t depth_ = 0;
  std::optional<SyntaxError> error_;
};

}  // namespace

bool IsAllResources(const Ast& ast) {
  const auto step = [](const Ast& name, std::string_view text) {
    return name.kind == Ast::Kind::kName && name.text == text && name.has_input;
  };
  if (!step(ast, "resource") || !step(ast.children[0], "entry")) return false;
  const Ast& variable = ast.children[0].children[0];
  return variable.kind == Ast::Kind::kVariable && variable.text == "context";
}

bool IsCalendarWord(std::string_view word) { return Contains(kCalendarWords, word); }

std::variant<Ast, SyntaxError> Parse(std::string_view text) {
  if (CountCharacters(text) > kMaxCharacters) {
    return SyntaxError{OffsetOfCharacter(text, kMaxCharacters),
                       "the expression has more than 4,096 characters"};
  }
  auto tokens = Tokenize(text);
  if (auto* error = std::get_if<SyntaxError>(&tokens)) return std::move(*error);
  return Parser(std::move(std::get<std::vector<Token>>(tokens))).Run();
}

}  // namespace renal::fhir::fhirpath
