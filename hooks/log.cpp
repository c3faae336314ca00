#include "hooks/log.h"

#include <array>
#include <ostream>

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "fhir/own_json.h"

namespace renal::hooks {
namespace {

struct Level {
  LogLevel level;
  const char* spelling;
  spdlog::level::level_enum theirs;
};

constexpr std::array<Level, 5> kLevels = {{
    {LogLevel::kDebug, "debug", spdlog::level::debug},
    {LogLevel::kInfo, "info", spdlog::level::info},
    {LogLevel::kWarning, "warning", spdlog::level::warn},
    {LogLevel::kError, "error", spdlog::level::err},
    {LogLevel::kOff, "off", spdlog::level::off},
}};

const Level& Row(LogLevel level) { return kLevels[static_cast<std::size_t>(level)]; }

/// `"event":"…",…` without the braces, which the pattern of the line has.
std::string Members(std::string_view event, const LogFields& fields) {
  fhir::JsonWriter writer;
  writer.BeginObject().Member("event", event);
  for (const auto& [name, value] : fields) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      writer.Key(name).Integer(*number);
    } else {
      writer.Member(name, std::string_view(std::get<std::string>(value)).substr(0, kMaxLogText));
    }
  }
  writer.EndObject();
  const std::string text = writer.Take();
  return text.substr(1, text.size() - 2);
}

}  // namespace

const char* Spelling(LogLevel level) { return Row(level).spelling; }

std::optional<LogLevel> ReadLogLevel(std::string_view text) {
  for (const Level& row : kLevels) {
    if (text == row.spelling) return row.level;
  }
  return std::nullopt;
}

struct Log::State {
  explicit State(std::ostream& out)
      : logger("renalpath", std::make_shared<spdlog::sinks::ostream_sink_mt>(out, true)) {}
  spdlog::logger logger;
};

Log::Log(LogLevel level, std::ostream& out) : state_(std::make_unique<State>(out)) {
  state_->logger.set_level(Row(level).theirs);
  state_->logger.set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})");
  // A log that cannot be written must not fill the screen with its own complaints.
  state_->logger.set_error_handler([](const std::string&) {});
}

Log::~Log() = default;
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;

void Log::Write(LogLevel level, std::string_view event, const LogFields& fields) noexcept {
  try {
    if (!state_->logger.should_log(Row(level).theirs)) return;
    const std::string members = Members(event, fields);
    state_->logger.log(Row(level).theirs, spdlog::string_view_t(members.data(), members.size()));
  } catch (...) {
    // Goes no further: what is to be logged matters less than what is being done.
  }
}

}  // namespace renal::hooks
