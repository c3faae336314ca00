#include "hooks/internal/reload.h"

#include <algorithm>
#include <array>
#include <exception>
#include <sstream>
#include <utility>

namespace renal::hooks::internal {
namespace {

// Tables that are read anew, and of them the settings that are not.
constexpr std::array<std::string_view, 10> kTables = {
    "pathway.", "service.",  "auth.",   "jwks.", "tls.",
    "cors.",    "feedback.", "client.", "fhir.", "dev."};
constexpr std::string_view kFixed[] = {"auth.replay_strict"};

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  return lines;
}

/// The new configuration, with the old one where a change needs a restart.
Config Mixed(const Config& running, Config read) {
  read.listen = running.listen;
  read.store = running.store;
  read.zone = running.zone;
  read.log_level = running.log_level;
  read.limits = running.limits;
  read.console = running.console;
  read.auth.replay_strict = running.auth.replay_strict;
  return read;
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

std::string ValueOf(const std::vector<EffectiveSetting>& settings, const std::string& key) {
  const auto found = std::ranges::find(settings, key, &EffectiveSetting::key);
  return found == settings.end() ? std::string() : found->value;
}

}  // namespace

std::string TextOf(const ReloadReport& report) {
  std::string text;
  if (report.taken) {
    text = std::string(kReloaded) + ": the new set answers\n";
    if (!report.waiting.empty()) text += "restart needed for: " + Joined(report.waiting) + "\n";
    return text;
  }
  for (const std::string& problem : report.problems) text += problem + "\n";
  return text + "refused: the last good set stays\n";
}

bool IsReloadable(const std::string& key) {
  if (std::ranges::find(kFixed, key) != std::end(kFixed)) return false;
  return std::ranges::any_of(kTables,
                             [&](std::string_view table) { return key.starts_with(table); });
}

HttpTls TlsOf(const TlsConfig& config) {
  return {.certificate = config.certificate,
          .key = config.key,
          .client_ca = config.client_ca,
          .clients_required = config.clients == TlsConfig::Clients::kRequired};
}

Reloader::Reloader(ConfigSources sources, LoadedConfig started, ServingParts parts,
                   std::shared_ptr<Authenticator> authenticator, Service& service,
                   HttpServer& server)
    : sources_(std::move(sources)),
      started_(std::move(started)),
      parts_(std::move(parts)),
      service_(service),
      server_(server),
      authenticator_(std::move(authenticator)) {}

Reloader::~Reloader() {
  if (authenticator_) authenticator_->Retire();
}

ReloadReport Reloader::Reload() {
  const std::lock_guard lock(one_at_a_time_);
  ReloadReport report;
  try {
    report = Try();
  } catch (const std::exception& defect) {
    report = {.problems = {defect.what()}};
  }
  Tell(report);
  if (parts_.reloaded) parts_.reloaded(report.taken);
  return report;
}

ReloadReport Reloader::Try() {
  std::ostringstream messages;
  const auto refused = [&] { return ReloadReport{.problems = LinesOf(messages.str())}; };
  auto loaded = LoadConfig(sources_, messages);
  if (!loaded || !MayBeServed(loaded->config, messages)) return refused();
  const std::vector<std::string> waiting = Waiting(*loaded);
  const Config config = Mixed(started_.config, std::move(loaded->config));
  const auto content = ReadContent(config, messages);
  auto use_tls = PrepareTls(config, messages);
  const auto callers = MakeCallers(config, parts_, authenticator_.get(), messages);
  if (!content || !use_tls || !callers) return refused();
  service_.Replace(MakeServing(config, *content, *callers, parts_));
  (*use_tls)();
  pathway_ = content->pathways.editions.front();
  const auto before = std::exchange(authenticator_, callers->authenticator);
  if (before) before->Retire();
  return {.taken = true, .waiting = waiting};
}

bool Reloader::MayBeServed(const Config& config, std::ostream& messages) const {
  const std::vector<std::string> objections = Objections(config);
  for (const std::string& objection : objections) {
    messages << sources_.Name() << ": " << objection << '\n';
  }
  return objections.empty();
}

// Compared as they are shown, so that a secret is in no message; that of a key file by what it
// makes of a text.
std::vector<std::string> Reloader::Waiting(const LoadedConfig& loaded) const {
  std::vector<std::string> keys;
  const auto compare = [&](const auto& these, const auto& those) {
    for (const EffectiveSetting& each : these) {
      if (IsReloadable(each.key) || ValueOf(those, each.key) == each.value) continue;
      if (std::ranges::find(keys, each.key) == keys.end()) keys.push_back(each.key);
    }
  };
  compare(started_.settings, loaded.settings);
  compare(loaded.settings, started_.settings);
  if (started_.config.tls.on() != loaded.config.tls.on()) keys.emplace_back("tls.certificate");
  const StoreConfig& store = started_.config.store;
  if (!store.patient_key.empty() && loaded.config.store.patient_key == store.patient_key) {
    const auto hash = PatientKeyOf(store);
    if (!hash || hash->Of("x") != parts_.patient_key("x")) keys.emplace_back("store.patient_key");
  }
  return keys;
}

std::optional<std::function<void()>> Reloader::PrepareTls(const Config& config,
                                                          std::ostream& messages) {
  if (!config.tls.on() || !started_.config.tls.on()) return [] {};
  auto use = server_.PrepareTls(TlsOf(config.tls));
  if (use) return *std::move(use);
  messages << use.error().diagnostics << '\n';
  return std::nullopt;
}

void Reloader::Tell(const ReloadReport& report) const {
  Log& log = *parts_.log;
  for (const std::string& problem : report.problems) {
    log.Write(LogLevel::kError, "reload-problem", {{"problem", problem}});
  }
  if (!report.taken) {
    log.Write(LogLevel::kError, "reload-refused",
              {{"reason", "something cannot be used; the last good set stays"}});
    return;
  }
  log.Write(LogLevel::kInfo, "reloaded",
            {{"pathway", pathway_->id},
             {"pathway_version", pathway_->version},
             {"pathway_hash", pathway_->hash},
             {"site_hash", pathway_->site_hash}});
  if (!report.waiting.empty()) {
    log.Write(LogLevel::kWarning, "restart-needed", {{"settings", Joined(report.waiting)}});
  }
}

}  // namespace renal::hooks::internal
