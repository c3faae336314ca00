#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// One JSON object a line: time, level, event, and what the event has to say.
namespace renal::hooks {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError, kOff };
const char* Spelling(LogLevel level);  ///< "debug", "info", "warning", "error", "off"
std::optional<LogLevel> ReadLogLevel(std::string_view text);

/// Members of a line, in their order. Never patient data, tokens, or text of a request beyond its
/// checked hook instance (security.md section 8).
using LogFields = std::vector<std::pair<std::string_view, std::variant<std::string, std::int64_t>>>;

/// Longest text of a field, in bytes; the rest is cut.
inline constexpr std::size_t kMaxLogText = 256;

/// Writes lines at or above a level, each flushed. Safe from any thread; never throws. The only
/// door to spdlog.
class Log {
 public:
  /// `out` must outlive the log.
  Log(LogLevel level, std::ostream& out);
  ~Log();
  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;

  void Write(LogLevel level, std::string_view event, const LogFields& fields = {}) noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace renal::hooks
