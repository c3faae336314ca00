#include "fhir/internal/fhirpath_lexer.h"

#include <array>
#include <optional>
#include <utility>

#include "fhir/internal/fhirpath_text.h"

namespace renal::fhir::fhirpath {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Longest first, since "<=" also starts with "<".
constexpr std::array<std::string_view, 23> kSymbols = {"!=", "!~", "<=", ">=", "(", ")", "[", "]",
                                                       "{",  "}",  ".",  ",",  "+", "-", "*", "/",
                                                       "&",  "|",  "=",  "~",  "<", ">", "%"};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::variant<std::vector<Token>, SyntaxError> Run() {
    std::vector<Token> tokens;
    do {
      Token token;
      if (!SkipSpace() || !Next(token)) return std::move(error_);
      token.end = at_;
      tokens.push_back(std::move(token));
    } while (tokens.back().kind != TokenKind::kEnd);
    return tokens;
  }

 private:
  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  bool Fail(std::size_t at, std::string message) {
    error_ = {.at = at, .message = std::move(message)};
    return false;
  }

  bool SkipSpace() {
    while (at_ < text_.size()) {
      const char c = Peek();
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++at_;
      } else if (c == '/' && Peek(1) == '/') {
        while (at_ < text_.size() && Peek() != '\n') ++at_;
      } else if (c == '/' && Peek(1) == '*') {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos)
          return Fail(at_, "this comment has no end: */ is missing");
        at_ = end + 2;
      } else {
        break;
      }
    }
    return true;
  }

  bool Next(Token& token) {
    token.begin = at_;
    if (at_ == text_.size()) return true;
    const char c = Peek();
    if (IsLetter(c)) return Word(token, TokenKind::kName);
    if (IsDigit(c)) return Number(token);
    if (c == '\'') return Quoted(token, TokenKind::kString);
    if (c == '`') return Quoted(token, TokenKind::kQuotedName);
    if (c == '@') return Temporal(token);
    if (c == '%') return Variable(token);
    if (c == '$') return Special(token);
    return Symbol(token);
  }

  bool Word(Token& token, TokenKind kind) {
    const std::size_t start = at_;
    while (IsLetter(Peek()) || IsDigit(Peek())) ++at_;
    token.kind = kind;
    token.text = text_.substr(start, at_ - start);
    return true;
  }

  // "1.abs()" is a number with an invocation: the point belongs to the number only before a digit.
  bool Number(Token& token) {
    const std::size_t start = at_;
    while (IsDigit(Peek())) ++at_;
    if (Peek() == '.' && IsDigit(Peek(1))) {
      ++at_;
      while (IsDigit(Peek())) ++at_;
    } else if (Peek() == 'L' && !IsLetter(Peek(1)) && !IsDigit(Peek(1))) {
      ++at_;
    }
    token.kind = TokenKind::kNumber;
    token.text = text_.substr(start, at_ - start);
    return true;
  }

  bool Symbol(Token& token) {
    for (const std::string_view symbol : kSymbols) {
      if (!text_.substr(at_).starts_with(symbol)) continue;
      at_ += symbol.size();
      token.kind = TokenKind::kSymbol;
      token.text = symbol;
      return true;
    }
    return Fail(at_, "this character has no meaning here");
  }

  bool Variable(Token& token) {
    ++at_;
    if (IsLetter(Peek())) return Word(token, TokenKind::kVariable);
    if (Peek() == '`' || Peek() == '\'') return Quoted(token, TokenKind::kVariable);
    return Fail(at_, "a name must follow '%'");
  }

  bool Special(Token& token) {
    ++at_;
    Word(token, TokenKind::kSpecial);
    if (token.text == "this" || token.text == "index" || token.text == "total") return true;
    return Fail(token.begin, "there are only $this and $index");
  }

  bool Quoted(Token& token, TokenKind kind) {
    const std::size_t start = at_;
    const char quote = text_[at_++];
    while (at_ < text_.size() && Peek() != quote) {
      if (Peek() == '\\') {
        if (!Escape(token.text)) return false;
      } else {
        token.text += text_[at_++];
      }
    }
    if (at_ == text_.size()) {
      return Fail(start, quote == '`' ? "this name has no end: ` is missing"
                                      : "this string has no end: ' is missing");
    }
    ++at_;
    token.kind = kind;
    if (kind != TokenKind::kString && token.text.empty()) return Fail(start, "this name is empty");
    return true;
  }

  bool Escape(std::string& out) {
    const std::size_t start = at_++;
    const char c = Peek();
    ++at_;
    switch (c) {
      case '\'':
      case '"':
      case '`':
      case '\\':
      case '/':
        out += c;
        return true;
      case 'r':
        out += '\r';
        return true;
      case 'n':
        out += '\n';
        return true;
      case 't':
        out += '\t';
        return true;
      case 'f':
        out += '\f';
        return true;
      case 'u':
        return UnicodeEscape(start, out);
      default:
        return Fail(start, R"(only \' \" \` \\ \/ \r \n \t \f \uXXXX may follow a backslash)");
    }
  }

  std::optional<char32_t> Hex4() {
    char32_t value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = Peek();
      const int digit = IsDigit(c)               ? c - '0'
                        : (c >= 'a' && c <= 'f') ? c - 'a' + 10
                        : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                                 : -1;
      if (digit < 0) return std::nullopt;
      value = value * 16 + static_cast<char32_t>(digit);
    }
    return value;
  }

  bool UnicodeEscape(std::size_t start, std::string& out) {
    std::optional<char32_t> code = Hex4();
    if (code && *code >= 0xD800 && *code <= 0xDBFF && Peek() == '\\' && Peek(1) == 'u') {
      at_ += 2;
      const std::optional<char32_t> low = Hex4();
      const bool pair = low && *low >= 0xDC00 && *low <= 0xDFFF;
      code =
          pair ? std::optional(0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00)) : std::nullopt;
    }
    if (!code || (*code >= 0xD800 && *code <= 0xDFFF)) {
      return Fail(start, R"(\u needs four hexadecimal digits of a character)");
    }
    AppendUtf8(*code, out);
    return true;
  }

  // `count` digits after `lead`, if they are all there.
  bool Part(std::string_view lead, std::size_t count) {
    if (!text_.substr(at_).starts_with(lead)) return false;
    for (std::size_t i = 0; i < count; ++i) {
      if (!IsDigit(Peek(lead.size() + i))) return false;
    }
    at_ += lead.size() + count;
    return true;
  }

  void TimeOfDay() {
    if (!Part(":", 2) || !Part(":", 2) || !(Peek() == '.' && IsDigit(Peek(1)))) return;
    ++at_;
    while (IsDigit(Peek())) ++at_;
  }

  void Offset() {
    if (Peek() == 'Z') {
      ++at_;
    } else {
      const std::size_t start = at_;
      if ((Part("+", 2) || Part("-", 2)) && !Part(":", 2)) at_ = start;
    }
  }

  bool Temporal(Token& token) {
    if (Part("@T", 2)) {
      TimeOfDay();
      token.kind = TokenKind::kTime;
      token.text = text_.substr(token.begin + 2, at_ - token.begin - 2);
      return Peek() != 'Z' || Fail(at_, "a time of day has no zone");
    }
    if (!Part("@", 4)) return Fail(at_, "a date is written @YYYY-MM-DD, a time of day @Thh:mm");
    token.kind = TokenKind::kDate;
    if (Part("-", 2)) Part("-", 2);
    if (Peek() == 'T') {
      token.kind = TokenKind::kDateTime;
      ++at_;
      if (Part("", 2)) TimeOfDay();
      Offset();
    }
    token.text = text_.substr(token.begin + 1, at_ - token.begin - 1);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  SyntaxError error_;
};

}  // namespace

std::variant<std::vector<Token>, SyntaxError> Tokenize(std::string_view text) {
  return Lexer(text).Run();
}

}  // namespace renal::fhir::fhirpath
