#include "hooks/internal/profile_load.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "cards/catalogue.h"
#include "hooks/internal/file_members.h"
#include "hooks/internal/hook_shapes.h"
#include "hooks/request.h"

namespace renal::hooks::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

constexpr std::array<std::string_view, 4> kProtocols = {"1.0", "1.1", "2.0", "3.0"};
constexpr std::array<std::string_view, 2> kServiceIds = {"standard", "sandbox"};
constexpr std::array<std::string_view, 2> kDetails = {"markdown", "plain"};
constexpr std::array<std::string_view, 2> kActions = {"several", "one"};
constexpr std::array<std::string_view, 2> kSelections = {"both", "any"};
constexpr std::array<std::string_view, 2> kTopics = {"any", "alphanumeric"};

// First segments of paths that are ours already.
constexpr std::array<std::string_view, 7> kTaken = {"cds-services", "console", "fhir",    "health",
                                                    "measures",     "metrics", "pathways"};

bool IsProfileName(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= 64 && name.front() >= 'a' && name.front() <= 'z' &&
         std::ranges::all_of(name, allowed);
}

const ClientProfile* Find(const std::vector<ClientProfile>& profiles, std::string_view name) {
  const auto found = std::ranges::find(profiles, name, &ClientProfile::name);
  return found == profiles.end() ? nullptr : &*found;
}

class ProfileLoader {
 public:
  ProfileLoader(FileProblems& problems, const std::vector<ClientProfile>& known)
      : problems_(problems), known_(known) {}

  ClientProfile Read(const OwnJson& root);

 private:
  void ReadName(FileMembers& members);
  void ReadBase(FileMembers& members);
  void ReadLanguage(FileMembers& members);
  void ReadCards(FileMembers& members);
  void ReadReasons(FileMembers& members);
  void ReadLinks(FileMembers& members);
  void ReadCardExtension(FileMembers& members);
  void ReadHooks(FileMembers& members);
  void ReadTrigger(FileMembers& members);
  void CheckHook(const OwnJson& at, std::string_view hook);
  void CheckHooks(FileMembers& members, std::string_view name, const std::vector<std::string>& of);
  void CheckFields(const OwnJson* at, const std::vector<Alias>& fields);

  FileProblems& problems_;
  const std::vector<ClientProfile>& known_;
  ClientProfile profile_;
};

void ProfileLoader::ReadName(FileMembers& members) {
  if (members.Any("name") == nullptr) {
    problems_.Add({}, "the profile has no \"name\". Give it one: it is a segment of paths.");
    return;
  }
  const OwnJson* name = members.Find("name", JsonType::kString);
  if (name == nullptr) return;
  profile_.name = name->text;
  if (!IsProfileName(name->text) || std::ranges::find(kTaken, name->text) != kTaken.end()) {
    problems_.Add(name->at, Quoted(name->text) +
                                " cannot name a profile. Take lower-case letters, digits, - and "
                                ". for a name that is no path of the server.");
  } else if (Find(known_, name->text) != nullptr) {
    problems_.Add(name->at, "there is a profile " + Quoted(name->text) +
                                " already. Take another name, and name it in \"basedOn\" to "
                                "change a few things only.");
  }
}

void ProfileLoader::ReadBase(FileMembers& members) {
  const OwnJson* base = members.Find("basedOn", JsonType::kString);
  if (base == nullptr) return;
  if (const ClientProfile* found = Find(known_, base->text)) {
    profile_ = *found;
    return;
  }
  problems_.Add(base->at, "there is no profile " + Quoted(base->text) +
                              ". Name a shipped one, or a file that stands before this one.");
}

void ProfileLoader::ReadLanguage(FileMembers& members) {
  const OwnJson* language = members.Find("language", JsonType::kString);
  if (language == nullptr) return;
  profile_.language = language->text;
  const auto& offered = cards::Catalogue::Languages();
  if (std::ranges::find(offered, language->text) == offered.end()) {
    problems_.Add(language->at, "there are no card words in the language " +
                                    Quoted(language->text) + ". Take one that has a catalogue.");
  }
}

void ProfileLoader::ReadReasons(FileMembers& members) {
  const OwnJson* reasons = members.Any("overrideReasons");
  if (reasons == nullptr) return;
  if (reasons->type == JsonType::kBoolean) {
    profile_.override_reasons = reasons->boolean;
    return;
  }
  if (!members.IsType(*reasons, "overrideReasons", JsonType::kArray)) return;
  profile_.override_reasons = true;
  profile_.own_reasons.clear();
  for (const OwnJson& node : reasons->items) {
    FileMembers reason(node, "an override reason", problems_);
    cards::Coding coding;
    reason.Text("system", coding.system);
    reason.Text("code", coding.code);
    reason.Text("display", coding.display);
    if (coding.system.empty() || coding.code.empty()) {
      problems_.Add(node.at, "an override reason needs \"system\" and \"code\". Add them.");
    } else if (coding.display.empty() &&
               cards::Catalogue::English().Name(coding.code) == coding.code) {
      problems_.Add(node.at, "the catalogue has no words for " + Quoted(coding.code) +
                                 ". Add a \"display\".");
    }
    profile_.own_reasons.push_back(std::move(coding));
  }
}

void ProfileLoader::ReadLinks(FileMembers& members) {
  const OwnJson* links = members.Any("links");
  if (links == nullptr) return;
  if (links->type == JsonType::kBoolean) {
    profile_.links = links->boolean;
    profile_.link_hosts.clear();
    return;
  }
  if (!members.IsType(*links, "links", JsonType::kArray)) return;
  profile_.links = true;
  members.Texts("links", profile_.link_hosts);
  for (const OwnJson& host : links->items) {
    const bool plain = host.text.find_first_of("/:@ ") == std::string::npos && !host.text.empty();
    if (host.type != JsonType::kString || plain) continue;
    problems_.Add(host.at, Quoted(host.text) + " is no host. Write it without scheme and path.");
  }
}

void ProfileLoader::ReadCardExtension(FileMembers& members) {
  std::vector<Alias> pairs;
  members.Pairs("extension", pairs);
  for (const Alias& member : pairs) {
    fhir::JsonWriter value;
    value.String(member.as);
    profile_.card_extension.push_back({member.name, value.TakeWritten()});
  }
}

void ProfileLoader::ReadCards(FileMembers& members) {
  const OwnJson* node = members.Find("cards", JsonType::kObject);
  if (node == nullptr) return;
  FileMembers cards(*node, "\"cards\"", problems_);
  if (const auto max = cards.Integer("max", 1, 20)) {
    profile_.cards.max_cards = static_cast<std::size_t>(*max);
  }
  if (const auto word = cards.Word("detail", kDetails)) profile_.cards.markdown = *word == 0;
  if (const auto word = cards.Word("actions", kActions))
    profile_.cards.several_actions = *word == 0;
  if (const auto word = cards.Word("selection", kSelections))
    profile_.cards.at_most_one = *word == 0;
  if (const auto word = cards.Word("topicCode", kTopics)) profile_.alphanumeric_topics = *word == 1;
  cards.Flag("recommended", profile_.cards.recommended);
  cards.Flag("loneDeletes", profile_.lone_deletes);
  ReadReasons(cards);
  ReadLinks(cards);
  ReadCardExtension(cards);
}

void ProfileLoader::CheckHook(const OwnJson& at, std::string_view hook) {
  if (IsKnownHook(hook)) return;
  problems_.Add(at.at, "no hook is named " + Quoted(hook) + ". Take one of the specification.");
}

void ProfileLoader::CheckFields(const OwnJson* at, const std::vector<Alias>& fields) {
  for (const Alias& field : fields) {
    if (IsContextField(field.as) || at == nullptr) continue;
    problems_.Add(at->at, Quoted(field.as) +
                              " is no field of a hook's context. Name the field that the client's "
                              "own stands for.");
  }
}

void ProfileLoader::ReadHooks(FileMembers& members) {
  const OwnJson* node = members.Find("hooks", JsonType::kObject);
  if (node == nullptr) return;
  for (const auto& [name, value] : node->members) {
    FileMembers entry(value, "hook " + Quoted(name), problems_);
    HookAlias alias{.name = name};
    if (const OwnJson* as = entry.Find("as", JsonType::kString)) {
      alias.as = as->text;
      CheckHook(*as, as->text);
    } else {
      problems_.Add(value.at, "hook " + Quoted(name) +
                                  " says not which hook it stands for. Add "
                                  "\"as\".");
    }
    if (IsKnownHook(name)) {
      problems_.Add(value.name_at, Quoted(name) + " is a hook of the server. It needs no alias.");
    }
    entry.Pairs("fields", alias.fields);
    CheckFields(value.Find("fields"), alias.fields);
    const auto is_same = [&alias](const HookAlias& other) { return other.name == alias.name; };
    std::erase_if(profile_.hooks, is_same);
    profile_.hooks.push_back(std::move(alias));
  }
}

void ProfileLoader::ReadTrigger(FileMembers& members) {
  const OwnJson* node = members.Find("trigger", JsonType::kObject);
  if (node == nullptr) return;
  FileMembers entry(*node, "\"trigger\"", problems_);
  TriggerSource trigger;
  entry.Text("extension", trigger.extension);
  entry.Pairs("hooks", trigger.hooks);
  for (const Alias& hook : trigger.hooks) CheckHook(*node, hook.as);
  if (trigger.extension.empty()) {
    problems_.Add(node->at,
                  "the trigger names no member of the request's extension. Add "
                  "\"extension\".");
  }
  profile_.trigger = std::move(trigger);
}

void ProfileLoader::CheckHooks(FileMembers& members, std::string_view name,
                               const std::vector<std::string>& of) {
  const OwnJson* node = members.Any(name);
  for (const std::string& hook : of) {
    if (node != nullptr) CheckHook(*node, hook);
  }
}

ClientProfile ProfileLoader::Read(const OwnJson& root) {
  FileMembers members(root, "the profile", problems_);
  if (root.type != JsonType::kObject) return {};
  ReadBase(members);
  ReadName(members);
  members.Text("title", profile_.title);
  if (const auto word = members.Word("protocol", kProtocols)) {
    profile_.protocol = *cards::ReadProtocol(kProtocols[*word]);
  }
  if (const auto word = members.Word("serviceIds", kServiceIds)) {
    profile_.service_ids = *word == 0 ? ServiceIds::kStandard : ServiceIds::kSandbox;
  }
  members.Flag("fhirPathTokens", profile_.fhirpath_tokens);
  members.Flag("outcome", profile_.outcome);
  ReadLanguage(members);
  ReadCards(members);
  members.Texts("emptySystemActions", profile_.empty_system_actions);
  CheckHooks(members, "emptySystemActions", profile_.empty_system_actions);
  ReadHooks(members);
  members.Pairs("fields", profile_.fields);
  CheckFields(root.Find("fields"), profile_.fields);
  members.Pairs("prefetch", profile_.prefetch);
  members.Texts("harmlessWarnings", profile_.harmless_warnings);
  ReadTrigger(members);
  return std::move(profile_);
}

}  // namespace

std::optional<ClientProfile> LoadProfile(std::string_view file, std::string_view text,
                                         const std::vector<ClientProfile>& known,
                                         std::vector<ProfileProblem>& problems) {
  const std::size_t before = problems.size();
  FileProblems found{std::string(file), problems};
  const auto read = fhir::ReadOwnJson(text);
  if (const auto* error = std::get_if<fhir::OwnJsonError>(&read)) {
    found.Add(error->at, error->message);
    return std::nullopt;
  }
  ClientProfile profile = ProfileLoader(found, known).Read(std::get<OwnJson>(read));
  if (problems.size() > before) return std::nullopt;
  return profile;
}

}  // namespace renal::hooks::internal
