#include "hooks/reload.h"

#include <ostream>

#include "hooks/internal/control.h"
#include "hooks/internal/reload.h"

namespace renal::hooks {
namespace {

// A large pathway is proven within seconds, and an endpoint of keys waited for 3 s.
constexpr std::chrono::seconds kPatience{60};

}  // namespace

std::filesystem::path ControlPathOf(const Config& config) {
  const std::filesystem::path& given = config.listen.control;
  return given.empty() ? config.store.folder / "control" : given;
}

int Reload(const ReloadOptions& options, const Streams& streams) {
  const auto loaded =
      LoadConfig(ConfigSources::OfProcess(options.config, options.settings), streams.messages);
  if (!loaded) {
    streams.messages << "renalpath: not reloaded: the configuration cannot be read\n";
    return 1;
  }
  const auto answer =
      internal::AskControl(ControlPathOf(loaded->config), internal::kReloadWord, kPatience);
  if (!answer) {
    streams.messages << "renalpath: not reloaded: " << answer.error().diagnostics << '\n';
    return 1;
  }
  const bool taken = answer->starts_with(internal::kReloaded);
  (taken ? streams.out : streams.messages) << *answer;
  return taken ? 0 : 1;
}

}  // namespace renal::hooks
