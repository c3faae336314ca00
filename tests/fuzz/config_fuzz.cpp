#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "hooks/config.h"

// Any text as the configuration file: it is read, or every line of the complaints names the file;
// what was read can be judged.
namespace renal::hooks {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void Check(std::string_view text) {
  std::ostringstream messages;
  const auto config = ReadConfigText(text, "site.toml", "/etc/renalpath", messages);
  Require(config.has_value() == messages.str().empty());
  std::istringstream lines(messages.str());
  for (std::string line; std::getline(lines, line);) Require(line.starts_with("site.toml:"));
  if (!config) return;
  for (const std::string& objection : Objections(*config)) Require(!objection.empty());
  Require(NeedsTokens(*config) || !ReachesBeyond(*config) || config->auth.insecure_sandbox ||
          !Objections(*config).empty());
}

}  // namespace
}  // namespace renal::hooks

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  renal::hooks::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
