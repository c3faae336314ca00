#include "hooks/profile.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>
#include <stdexcept>

#include "hooks/internal/profile_files.h"
#include "hooks/internal/profile_load.h"

namespace renal::hooks {
namespace {

using fhir::Json;

constexpr std::string_view kStandardName = "standard";

/// Text of a string or a number.
std::string TextOf(const Json& value) {
  return value.is_string() ? std::string(value.string()) : value.number_text();
}

bool IsHarmlessIssue(const ClientProfile& profile, const Json& issue) {
  const std::string_view severity = issue["severity"].string();
  if (severity != "warning" && severity != "information") return false;
  for (const Json::Entry coding : issue["details"]["coding"]) {
    const std::string_view code = coding.value["code"].string();
    if (std::ranges::find(profile.harmless_warnings, code) != profile.harmless_warnings.end()) {
      return true;
    }
  }
  return false;
}

std::vector<std::pair<std::string, std::string>> ShippedFiles() {
  std::vector<std::pair<std::string, std::string>> files;
  for (const internal::Embedded& file : internal::ProfileFiles()) {
    files.emplace_back(file.name, std::string(file.begin, file.end));
  }
  return files;
}

}  // namespace

std::string_view ClientProfile::HookFor(std::string_view sent) const {
  const auto alias = std::ranges::find(hooks, sent, &HookAlias::name);
  return alias == hooks.end() ? sent : std::string_view(alias->as);
}

std::vector<std::string_view> FieldNames(const ClientProfile& profile, std::string_view sent_hook,
                                         std::string_view field) {
  std::vector<std::string_view> names;
  const auto add = [&](const std::vector<Alias>& aliases) {
    for (const Alias& alias : aliases) {
      if (alias.as == field) names.push_back(alias.name);
    }
  };
  const auto hook = std::ranges::find(profile.hooks, sent_hook, &HookAlias::name);
  if (hook != profile.hooks.end()) add(hook->fields);
  add(profile.fields);
  return names;
}

std::string_view TriggerOf(const ClientProfile& profile, std::string_view hook,
                           const Json& request_extension) {
  if (!profile.trigger) return hook;
  const std::string value = TextOf(request_extension[profile.trigger->extension]);
  const auto found = std::ranges::find(profile.trigger->hooks, value, &Alias::name);
  return found == profile.trigger->hooks.end() ? hook : std::string_view(found->as);
}

bool IsHarmless(const ClientProfile& profile, const Json& operation_outcome) {
  const Json issues = operation_outcome["issue"];
  if (!issues.is_array() || issues.size() == 0) return false;
  for (const Json::Entry issue : issues) {
    if (!IsHarmlessIssue(profile, issue.value)) return false;
  }
  return true;
}

std::string ProfileProblem::ToString() const {
  return file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) +
         ": error: " + message;
}

std::shared_ptr<const Profiles> Profiles::Shipped() {
  static const std::shared_ptr<const Profiles> kShipped = [] {
    auto profiles = std::make_shared<Profiles>();
    std::vector<ProfileProblem> problems;
    for (const auto& [name, text] : ShippedFiles()) {
      auto profile = internal::LoadProfile(name, text, profiles->all_, problems);
      if (!profile) throw std::logic_error(problems.front().ToString());
      profiles->all_.push_back(std::move(*profile));
    }
    return profiles;
  }();
  return kShipped;
}

std::shared_ptr<const Profiles> Profiles::With(
    const std::vector<std::pair<std::string, std::string>>& files,
    std::vector<ProfileProblem>& problems) {
  auto profiles = std::make_shared<Profiles>(*Shipped());
  const std::size_t before = problems.size();
  for (const auto& [name, text] : files) {
    auto profile = internal::LoadProfile(name, text, profiles->all_, problems);
    if (profile) profiles->all_.push_back(std::move(*profile));
  }
  return problems.size() == before ? profiles : nullptr;
}

std::shared_ptr<const Profiles> Profiles::Open(const std::vector<std::filesystem::path>& files,
                                               std::ostream& messages) {
  std::vector<std::pair<std::string, std::string>> texts;
  std::vector<ProfileProblem> problems;
  for (const std::filesystem::path& path : files) {
    std::ifstream file(path, std::ios::binary);
    if (std::filesystem::is_directory(path) || !file.is_open()) {
      problems.push_back({path.string(), {}, "the profile cannot be read. Correct its path."});
      continue;
    }
    texts.emplace_back(path.string(), std::string(std::istreambuf_iterator<char>(file), {}));
  }
  const std::size_t unread = problems.size();
  auto profiles = With(texts, problems);
  for (const ProfileProblem& problem : problems) messages << problem.ToString() << '\n';
  return unread == 0 ? profiles : nullptr;
}

const ClientProfile* Profiles::Find(std::string_view name) const {
  const auto found = std::ranges::find(all_, name, &ClientProfile::name);
  return found == all_.end() ? nullptr : &*found;
}

std::size_t Profiles::PlaceOf(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::find(all_, name, &ClientProfile::name) -
                                  all_.begin());
}

const ClientProfile& StandardProfile() { return *Profiles::Shipped()->Find(kStandardName); }

}  // namespace renal::hooks
