#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace renal::fhir::internal {

/// A regular expression whose search takes time in proportion to the text, whatever the pattern
/// (RE2). `.` matches line ends too; `(?<name>...)` names a group. The only door to RE2.
class Regex {
 public:
  /// Nothing if the pattern is none, has back references or assertions, or would need more than 1
  /// MiB.
  static std::optional<Regex> Parse(std::string_view pattern);
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  bool IsFoundIn(std::string_view text) const;
  bool MatchesAll(std::string_view text) const;
  /// `text` with every match replaced; `$1` and `${name}` in `with` stand for groups, `$$` for a
  /// dollar. An empty pattern matches nowhere. Nothing if that would be longer than `limit` bytes.
  std::optional<std::string> ReplaceIn(std::string_view text, std::string_view with,
                                       std::size_t limit) const;

 private:
  struct State;
  explicit Regex(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace renal::fhir::internal
