#include "pathways/internal/cell_parser.h"

#include <optional>

namespace renal::pathways::internal {
namespace {

constexpr std::size_t kMaxCell = 1'024;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsWordPart(char c) { return IsLetter(c) || IsDigit(c) || c == '_' || c == '-'; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Recursive descent without recursion: the grammar has no nesting. The first error stays;
// everything after it is not looked at.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::variant<std::vector<CellTest>, CellError> Run() {
    std::vector<CellTest> tests;
    if (text_.size() > kMaxCell) return CellError{0, "the cell is too long. Split the rule"};
    SkipSpace();
    const bool negative = at_ + 1 < text_.size() && IsDigit(text_[at_ + 1]);
    if (!negative && Take("-")) {
      if (!AtEnd()) Fail("\"-\" stands alone. Remove what follows");
    } else {
      do {
        tests.push_back(Test());
      } while (!error_ && Separator());
    }
    if (error_) return *error_;
    return tests;
  }

 private:
  bool AtEnd() const { return at_ == text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  std::string_view Rest() const { return text_.substr(at_); }

  void SkipSpace() {
    while (!AtEnd() && IsSpace(Peek())) ++at_;
  }

  bool Take(std::string_view token) {
    if (!Rest().starts_with(token)) return false;
    at_ += token.size();
    SkipSpace();
    return true;
  }

  void Fail(std::string message) { FailAt(at_, std::move(message)); }
  void FailAt(std::size_t at, std::string message) {
    if (!error_) error_ = CellError{at, std::move(message)};
  }

  // "or" between two tests; anything else at this place is an error.
  bool Separator() {
    if (AtEnd()) return false;
    const std::size_t begin = at_;
    if (Take("or") && begin > 0 && IsSpace(text_[begin - 1]) && begin + 2 < at_) return true;
    FailAt(begin, "a test ends here. Join the next one with \" or \"");
    return false;
  }

  CellTest Test() {
    CellTest test;
    test.at = at_;
    if (Peek() == '[' || Peek() == '(') {
      Range(test);
      return test;
    }
    test.kind = Comparison();
    const bool bare = test.at == at_;
    test.value = Constant();
    if (bare && test.value.kind == CellConstant::Kind::kWord) {
      if (test.value.text == "known") test.kind = CellTest::Kind::kKnown;
      if (test.value.text == "unknown") test.kind = CellTest::Kind::kUnknown;
    }
    return test;
  }

  CellTest::Kind Comparison() {
    if (Take("<=")) return CellTest::Kind::kAtMost;
    if (Take(">=")) return CellTest::Kind::kAtLeast;
    if (Take("!=")) return CellTest::Kind::kNotEqual;
    if (Take("<")) return CellTest::Kind::kLess;
    if (Take(">")) return CellTest::Kind::kGreater;
    Take("=");
    return CellTest::Kind::kEqual;
  }

  void Range(CellTest& test) {
    test.kind = CellTest::Kind::kRange;
    test.low_closed = Take("[");
    if (!test.low_closed) Take("(");
    test.value = Constant();
    if (error_) return;
    if (!Take("..")) return Fail("a range has two ends. Write \"..\" between them");
    test.high = Constant();
    if (error_) return;
    test.high_closed = Take("]");
    if (!test.high_closed && !Take(")")) {
      Fail("the range does not end. Close it with \"]\" (with its end) or \")\" (without)");
    }
  }

  CellConstant Constant() {
    const std::size_t begin = at_;
    CellConstant constant;
    constant.at = begin;
    if (Peek() == '%') {
      constant.kind = CellConstant::Kind::kParameter;
      ++at_;
      constant.text = Word();
      if (constant.text.empty()) FailAt(begin, "\"%\" starts a parameter. Write its name after it");
    } else if (Peek() == '@') {
      constant.kind = CellConstant::Kind::kDate;
      ++at_;
      while (IsDigit(Peek()) || Peek() == '-') constant.text += text_[at_++];
    } else if (IsLetter(Peek())) {
      constant.text = Word();
    } else {
      constant.kind = CellConstant::Kind::kNumber;
      constant.text = Number();
    }
    constant.end = at_;
    SkipSpace();
    return constant;
  }

  std::string Word() {
    const std::size_t begin = at_;
    if (!IsLetter(Peek())) return {};
    while (!AtEnd() && IsWordPart(Peek())) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  // A decimal and, if there is one, its unit in quotation marks. Two dots end the number.
  std::string Number() {
    const std::size_t begin = at_;
    if (Peek() == '-' || Peek() == '+') ++at_;
    const std::size_t first = at_;
    while (IsDigit(Peek())) ++at_;
    if (at_ == first) {
      at_ = begin;
      Fail("a value is missing here. Write a number, a code, a %parameter or a @date");
      return {};
    }
    if (Peek() == '.' && at_ + 1 < text_.size() && IsDigit(text_[at_ + 1])) {
      do ++at_;
      while (IsDigit(Peek()));
    }
    std::string number(text_.substr(begin, at_ - begin));
    const std::size_t end = at_;
    SkipSpace();
    if (Peek() != '\'') {
      at_ = end;
      return number;
    }
    return number + " " + UnitText();
  }

  std::string UnitText() {
    const std::size_t begin = at_;
    const std::size_t close = text_.find('\'', at_ + 1);
    if (close == std::string_view::npos) {
      Fail("the unit does not end. Close it with \"'\"");
      return {};
    }
    at_ = close + 1;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<CellError> error_;
};

}  // namespace

std::variant<std::vector<CellTest>, CellError> ParseCell(std::string_view text) {
  return Parser(text).Run();
}

}  // namespace renal::pathways::internal
