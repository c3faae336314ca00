#include "fhir/internal/regex.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <re2/re2.h>

namespace renal::fhir::internal {
namespace {

constexpr std::int64_t kMaxMemory = 1 << 20;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

RE2::Options OptionsOf() {
  RE2::Options options;
  options.set_dot_nl(true);
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  return options;
}

// RE2 of this version knows `(?P<name>...)` alone. `(?<=` and `(?<!` are assertions, which it
// refuses.
std::string WithNamedGroups(std::string_view pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const std::string_view rest = pattern.substr(i);
    if (rest.starts_with("\\") && rest.size() > 1) {
      out += rest.substr(0, 2);
      ++i;
    } else if (rest.starts_with("(?<") && rest.size() > 3 && rest[3] != '=' && rest[3] != '!') {
      out += "(?P<";
      i += 2;
    } else {
      out += rest[0];
    }
  }
  return out;
}

}  // namespace

struct Regex::State {
  explicit State(const std::string& pattern) : expression(pattern, OptionsOf()) {}
  RE2 expression;

  // The group that `name` stands for: a number or a name; 0 to all groups, nothing for another.
  std::optional<std::size_t> GroupOf(std::string_view name) const {
    const auto count = static_cast<std::size_t>(expression.NumberOfCapturingGroups());
    if (!name.empty() && name.size() < 4 && std::all_of(name.begin(), name.end(), IsDigit)) {
      const auto number = static_cast<std::size_t>(std::stoul(std::string(name)));
      return number <= count ? std::optional(number) : std::nullopt;
    }
    const auto& named = expression.NamedCapturingGroups();
    const auto found = named.find(std::string(name));
    return found == named.end() ? std::nullopt
                                : std::optional(static_cast<std::size_t>(found->second));
  }
};

namespace {

// What follows a dollar: the name of a group, and how many bytes it takes; nothing for plain text.
std::optional<std::pair<std::string_view, std::size_t>> GroupName(std::string_view after) {
  if (after.starts_with('{')) {
    const std::size_t end = after.find('}');
    if (end == std::string_view::npos) return std::nullopt;
    return std::pair{after.substr(1, end - 1), end + 1};
  }
  if (after.empty() || !IsDigit(after[0])) return std::nullopt;
  return std::pair{after.substr(0, 1), std::size_t{1}};
}

}  // namespace

Regex::Regex(std::unique_ptr<State> state) : state_(std::move(state)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

std::optional<Regex> Regex::Parse(std::string_view pattern) {
  auto state = std::make_unique<State>(WithNamedGroups(pattern));
  if (!state->expression.ok()) return std::nullopt;
  return Regex(std::move(state));
}

bool Regex::IsFoundIn(std::string_view text) const {
  return RE2::PartialMatch({text.data(), text.size()}, state_->expression);
}

bool Regex::MatchesAll(std::string_view text) const {
  return RE2::FullMatch({text.data(), text.size()}, state_->expression);
}

std::optional<std::string> Regex::ReplaceIn(std::string_view text, std::string_view with,
                                            std::size_t limit) const {
  const RE2& expression = state_->expression;
  if (expression.pattern().empty()) return std::string(text);
  const re2::StringPiece all(text.data(), text.size());
  std::vector<re2::StringPiece> groups(
      static_cast<std::size_t>(expression.NumberOfCapturingGroups()) + 1);
  const auto append_replacement = [&](std::string& out) {
    for (std::size_t i = 0; i < with.size(); ++i) {
      const auto name = with[i] == '$' ? GroupName(with.substr(i + 1)) : std::nullopt;
      const auto group = name ? state_->GroupOf(name->first) : std::nullopt;
      if (group) {
        out.append(groups[*group].data() == nullptr ? "" : groups[*group].data(),
                   groups[*group].size());
        i += name->second;
      } else {
        out += with[i];
        if (with.substr(i).starts_with("$$")) ++i;
      }
    }
  };
  std::string out;
  std::size_t at = 0;
  while (at <= text.size() && expression.Match(all, at, text.size(), RE2::UNANCHORED, groups.data(),
                                               static_cast<int>(groups.size()))) {
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    out.append(text, at, begin - at);
    append_replacement(out);
    at = begin + groups[0].size();
    if (groups[0].empty()) {
      if (at < text.size()) out += text[at];
      ++at;
    }
    if (out.size() > limit) return std::nullopt;
  }
  if (at < text.size()) out.append(text, at);
  return out.size() > limit ? std::nullopt : std::optional(std::move(out));
}

}  // namespace renal::fhir::internal
