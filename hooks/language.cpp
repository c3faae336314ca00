#include "hooks/language.h"

#include <algorithm>

namespace renal::hooks {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Without spaces and tabs at both ends.
std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// language-range of RFC 4647: letters first, letters and digits in the further subtags, 1 to 8
// each.
bool IsRange(std::string_view text) {
  if (text == "*") return true;
  for (bool first = true;; first = false) {
    const std::size_t end = std::min(text.find('-'), text.size());
    const bool plain = std::ranges::all_of(
        text.substr(0, end), [&](char c) { return IsLetter(c) || (!first && IsDigit(c)); });
    if (!plain || end == 0 || end > 8) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

// qvalue: 0 to 1 with at most three decimals; in thousandths.
std::optional<int> ReadWeight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int weight = text[0] - '0';
  for (std::size_t i = 2; i < 5; ++i) {
    const char digit = i < text.size() ? text[i] : '0';
    if (!IsDigit(digit)) return std::nullopt;
    weight = weight * 10 + (digit - '0');
  }
  return weight <= 1'000 ? std::optional<int>(weight) : std::nullopt;
}

std::optional<LanguageRange> ReadRange(std::string_view element) {
  const std::size_t semicolon = std::min(element.find(';'), element.size());
  const std::string_view range = Trimmed(element.substr(0, semicolon));
  if (!IsRange(range)) return std::nullopt;
  LanguageRange read;
  read.language = range.substr(0, range.find('-'));
  std::ranges::transform(read.language, read.language.begin(), Lower);
  if (semicolon == element.size()) return read;
  const std::string_view parameter = Trimmed(element.substr(semicolon + 1));
  if (parameter.size() < 2 || Lower(parameter[0]) != 'q' || parameter[1] != '=') {
    return std::nullopt;
  }
  const std::optional<int> weight = ReadWeight(parameter.substr(2));
  if (!weight) return std::nullopt;
  read.weight = *weight;
  return read;
}

/// What a header says about one language.
struct Rating {
  int closeness = 0;  ///< 3: named itself, 2: a language that reads it, 1: "*", 0: not named
  int weight = 0;
  std::size_t place = 0;
};

int Closeness(const LanguageRange& range, const OfferedLanguage& language) {
  if (range.language == language.tag) return 3;
  if (std::ranges::find(language.also, range.language) != language.also.end()) return 2;
  return range.language == "*" ? 1 : 0;
}

Rating Rate(const OfferedLanguage& language, const std::vector<LanguageRange>& ranges) {
  Rating best;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const int closeness = Closeness(ranges[i], language);
    const bool better = closeness > best.closeness ||
                        (closeness == best.closeness && ranges[i].weight > best.weight);
    if (closeness > 0 && better) best = {closeness, ranges[i].weight, i};
  }
  return best;
}

}  // namespace

std::optional<std::vector<LanguageRange>> ReadAcceptLanguage(std::string_view header) {
  if (header.size() > kMaxAcceptLanguageBytes) return std::nullopt;
  std::vector<LanguageRange> ranges;
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    const std::string_view element = Trimmed(header.substr(0, comma));
    header.remove_prefix(std::min(comma + 1, header.size()));
    if (element.empty()) continue;  // RFC 9110 section 5.6.1.2: a recipient ignores them
    const std::optional<LanguageRange> range = ReadRange(element);
    if (!range || ranges.size() == kMaxLanguageRanges) return std::nullopt;
    ranges.push_back(*range);
  }
  return ranges;
}

std::size_t DecideLanguage(const std::vector<OfferedLanguage>& offered, std::size_t otherwise,
                           const LanguageWishes& wishes) {
  const auto agreed = std::ranges::find(offered, wishes.profile, &OfferedLanguage::tag);
  if (agreed != offered.end()) return static_cast<std::size_t>(agreed - offered.begin());
  const auto ranges = ReadAcceptLanguage(wishes.accept_language);
  if (!ranges) return otherwise;
  std::size_t chosen = otherwise;
  Rating best = Rate(offered[otherwise], *ranges);
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const Rating rating = Rate(offered[i], *ranges);
    const bool first = rating.weight == best.weight && rating.place < best.place;
    if (rating.weight == 0 || !(rating.weight > best.weight || first)) continue;
    best = rating;
    chosen = i;
  }
  return chosen;
}

}  // namespace renal::hooks
