#include "pathways/internal/fhir_form_names.h"

#include <algorithm>
#include <cctype>

#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;
using Kind = ExpressionToken::Kind;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<ExpressionToken> Run() {
    std::vector<ExpressionToken> tokens;
    while (at_ < text_.size()) {
      const std::size_t begin = at_;
      const Kind kind = Next();
      tokens.push_back({kind, text_.substr(begin, at_ - begin)});
    }
    return tokens;
  }

 private:
  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  Kind Next() {
    if (IsBlank(Peek())) return While(Kind::kBlank, IsBlank);
    if (Peek() == '/' && (Peek(1) == '/' || Peek(1) == '*')) return Comment();
    if (Peek() == '\'' || Peek() == '"') return Quoted(Kind::kString, Peek());
    if (Peek() == '`') return Quoted(Kind::kName, '`');
    if (Peek() == '%') return Variable();
    if (Peek() == '@') return Date();
    if (IsDigit(Peek())) return Number();
    if (IsLetter(Peek())) return Word(Kind::kName);
    return Sign();
  }

  Kind While(Kind kind, bool (*fits)(char)) {
    while (at_ < text_.size() && fits(text_[at_])) ++at_;
    return kind;
  }

  Kind Word(Kind kind) {
    return While(kind, [](char c) { return IsLetter(c) || IsDigit(c); });
  }

  Kind Comment() {
    const bool line = Peek(1) == '/';
    const std::size_t end = text_.find(line ? "\n" : "*/", at_ + 2);
    at_ = end == std::string_view::npos ? text_.size() : end + (line ? 1 : 2);
    return Kind::kBlank;
  }

  Kind Quoted(Kind kind, char quote) {
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
    return kind;
  }

  Kind Variable() {
    ++at_;
    if (Peek() == '`' || Peek() == '\'') return Quoted(Kind::kVariable, Peek());
    return Word(Kind::kVariable);
  }

  Kind Date() {
    ++at_;
    return While(Kind::kDate, [](char c) {
      return IsDigit(c) || IsLetter(c) || c == '-' || c == ':' || c == '+' || c == '.';
    });
  }

  Kind Number() {
    Word(Kind::kNumber);
    if (Peek() == '.' && IsDigit(Peek(1))) {
      ++at_;
      Word(Kind::kNumber);
    }
    return Kind::kNumber;
  }

  Kind Sign() {
    const char first = text_[at_++];
    if ((first == '<' || first == '>' || first == '!') && Peek() == '=') ++at_;
    if (first == '!' && Peek() == '~') ++at_;
    return Kind::kSign;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// "tumour_size_cm" as "tumourSizeCm".
std::string Joined(std::string_view name) {
  std::string joined;
  bool capital = false;
  for (const char c : name) {
    if (c == '_') {
      capital = !joined.empty();
      continue;
    }
    joined += capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    capital = false;
  }
  return joined;
}

/// The name in the first place of `%name`; quotes around it are left alone.
std::pair<std::size_t, std::size_t> NameIn(std::string_view variable) {
  const bool quoted = variable.size() > 2 && (variable[1] == '`' || variable[1] == '\'');
  return {quoted ? 2 : 1, variable.size() - (quoted ? 3 : 1)};
}

/// Where the string that `memberOf(` begins at `at` has as its argument stands; 0 where it has
/// none.
std::size_t ArgumentOf(const std::vector<ExpressionToken>& tokens, std::size_t at) {
  if (tokens[at].kind != Kind::kName || tokens[at].text != "memberOf") return 0;
  std::size_t seen = 0;
  for (std::size_t i = at + 1; i < tokens.size(); ++i) {
    if (tokens[i].kind == Kind::kBlank) continue;
    if (seen == 1) return tokens[i].kind == Kind::kString ? i : 0;
    if (tokens[i].text != "(") return 0;
    ++seen;
  }
  return 0;
}

}  // namespace

std::vector<ExpressionToken> TokensOf(std::string_view text) { return Lexer(text).Run(); }

std::string Literal(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') literal += '\\';
    literal += c;
  }
  return literal + "'";
}

std::string TextOfLiteral(std::string_view literal) {
  std::string text;
  if (literal.size() < 2) return text;
  literal = literal.substr(1, literal.size() - 2);
  for (std::size_t i = 0; i < literal.size(); ++i) {
    if (literal[i] == '\\' && i + 1 < literal.size()) ++i;
    text += literal[i];
  }
  return text;
}

std::string FhirId(std::string_view name) {
  std::string id(name);
  std::ranges::replace(id, '_', '.');
  return id;
}

std::string NameOfId(std::string_view id) {
  std::string name(id);
  std::ranges::replace(name, '.', '_');
  return name;
}

ExpressionNames ExpressionNames::OfFile(const OwnJson& document) {
  ExpressionNames names;
  Map taken;  // names without "_" keep their spelling, whatever others become
  std::vector<std::string> changed;
  for (const char* section : {"parameters", "inputs", "focus"}) {
    for (const auto& [name, node] : MemberAt(document, section).members) {
      const bool plain = name.find('_') == std::string::npos;
      for (const std::string& each : section == std::string_view("focus")
                                         ? std::vector{name, name + "Count"}
                                         : std::vector{name}) {
        if (plain) taken.emplace(each, each);
        if (!plain) changed.push_back(each);
      }
    }
  }
  for (const char* built_in : {"patient", "context", "today", "now", "encounter", "user",
                               "resource", "ucum", "sct", "loinc", "rootResource"}) {
    taken.emplace(built_in, built_in);
  }
  for (const std::string& name : changed) {
    std::string spelling = Joined(name);
    for (int i = 2; taken.contains(spelling); ++i) spelling = Joined(name) + std::to_string(i);
    taken.emplace(spelling, name);
    names.AddVariable(name, spelling);
  }
  for (const auto& [alias, set] : MemberAt(document, "valueSets").members) {
    names.AddValueSet(alias, TextAt(set, "url"));
  }
  return names;
}

void ExpressionNames::AddVariable(const std::string& file, const std::string& fhir) {
  variables_.emplace(file, fhir);
  variables_back_.emplace(fhir, file);
}

void ExpressionNames::AddValueSet(const std::string& alias, const std::string& url) {
  sets_.emplace(alias, url);
  sets_back_.emplace(url, alias);
}

std::string ExpressionNames::Variable(std::string_view name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? std::string(name) : found->second;
}

std::string ExpressionNames::ToFhir(std::string_view expression) const {
  return Translate(expression, variables_, sets_);
}

std::string ExpressionNames::ToFile(std::string_view expression) const {
  return Translate(expression, variables_back_, sets_back_);
}

std::string ExpressionNames::Translate(std::string_view text, const Map& variables,
                                       const Map& sets) {
  const std::vector<ExpressionToken> tokens = TokensOf(text);
  std::string out;
  std::size_t argument = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string_view token = tokens[i].text;
    if (const std::size_t at = ArgumentOf(tokens, i); at != 0) argument = at;
    if (tokens[i].kind == Kind::kVariable && token.size() > 1) {
      const auto [begin, length] = NameIn(token);
      const auto found = variables.find(token.substr(begin, length));
      out.append(token.substr(0, begin))
          .append(found == variables.end() ? token.substr(begin, length) : found->second)
          .append(token.substr(begin + length));
    } else if (i == argument && i > 0) {
      const auto found = sets.find(TextOfLiteral(token));
      out += found == sets.end() ? std::string(token) : Literal(found->second);
    } else {
      out += token;
    }
  }
  return out;
}

}  // namespace renal::pathways::internal
