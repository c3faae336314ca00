#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cards/build.h"
#include "cards/card.h"
#include "cards/protocol.h"
#include "fhir/json.h"
#include "fhir/own_json.h"

/// Client profiles: what a kind of client can read and how it writes, as data
/// (hooks/profiles/README.md). One evaluation serves all of them; profiles differ in spelling only.
namespace renal::hooks {

/// How the services of one pathway are named (settled point 4 of the design).
enum class ServiceIds : std::uint8_t {
  kStandard,  ///< one id for all hooks, "onc-kidney-2018": later answers replace earlier cards
  kSandbox,   ///< an id a hook, "onc-kidney-2018-order-sign": some clients keep services by id
};

/// A name that a client uses, and ours.
struct Alias {
  std::string name;
  std::string as;
  friend bool operator==(const Alias&, const Alias&) = default;
};

/// A hook that a client knows by another name, with the fields of its context that have other
/// names.
struct HookAlias {
  std::string name;
  std::string as;
  std::vector<Alias> fields;
};

/// A client that sends one hook for many events, and names the real one in an extension.
struct TriggerSource {
  std::string extension;     ///< member of the request's `extension`
  std::vector<Alias> hooks;  ///< value of the extension to the hook that it stands for
};

/// What a client profile says. The defaults are those of the specification, version 2.0.
struct ClientProfile {
  std::string name;   ///< lower-case letters, digits, '-' and '.'; a segment of paths
  std::string title;  ///< for people
  cards::Protocol protocol = cards::Protocol::k2_0;
  ServiceIds service_ids = ServiceIds::kStandard;
  bool fhirpath_tokens = false;  ///< also services whose templates have FHIRPath (decision D-09)
  bool outcome = false;          ///< answers may carry the outcome, where a request asks for it
  std::string language;          ///< of answers, before what the call asks for; empty: none

  cards::CardOptions cards;
  bool override_reasons = true;
  /// In place of those of the pathway, where there are any; without a display, that of the
  /// catalogue of card words.
  std::vector<cards::Coding> own_reasons;
  bool links = true;
  std::vector<std::string> link_hosts;  ///< where there are any, links to other hosts are left out
  bool alphanumeric_topics = false;     ///< topic codes without anything but letters and digits
  bool lone_deletes = true;  ///< false: no suggestion deletes without creating one of that type
  std::vector<cards::Extension> card_extension;   ///< members of every card's `extension`
  std::vector<std::string> empty_system_actions;  ///< hooks whose answers have `systemActions: []`

  std::vector<HookAlias> hooks;
  std::vector<Alias> fields;    ///< of every hook's context
  std::vector<Alias> prefetch;  ///< a client's key to ours, or to a resource type
  /// Codes of warnings (`issue.details.coding.code`) that say no more than "nothing was found".
  std::vector<std::string> harmless_warnings;
  std::optional<TriggerSource> trigger;

  /// Our name for a hook: itself, unless the client has another name for it.
  std::string_view HookFor(std::string_view sent) const;
};

/// What this client may call a field of a context, beside our own name for it: in the hook that it
/// sends, then anywhere.
std::vector<std::string_view> FieldNames(const ClientProfile& profile, std::string_view sent_hook,
                                         std::string_view field);

/// What the real trigger of a call is, where the client says so; else the hook itself.
std::string_view TriggerOf(const ClientProfile& profile, std::string_view hook,
                           const fhir::Json& request_extension);

/// True for an OperationOutcome whose issues all are harmless warnings of the profile.
bool IsHarmless(const ClientProfile& profile, const fhir::Json& operation_outcome);

/// One thing wrong in a profile file.
struct ProfileProblem {
  std::string file;
  fhir::TextPosition at;
  std::string message;  ///< what is wrong, and what to do

  std::string ToString() const;  ///< "file:line:column: error: message"
};

/// All profiles of a server, whole after construction. Any thread.
class Profiles {
 public:
  /// Those of the program. Throws std::logic_error if a shipped file is broken.
  static std::shared_ptr<const Profiles> Shipped();

  /// Those of the program and those of `files`, each one profile; a file may build upon any before
  /// it. Everything wrong with any of them goes to `problems`; null then.
  static std::shared_ptr<const Profiles> With(
      const std::vector<std::pair<std::string, std::string>>& files,
      std::vector<ProfileProblem>& problems);

  /// As With(), for files on disk, with a line to `messages` for each problem.
  static std::shared_ptr<const Profiles> Open(const std::vector<std::filesystem::path>& files,
                                              std::ostream& messages);

  const ClientProfile* Find(std::string_view name) const;  ///< null if there is none
  /// Place in all(), which has a profile of that name.
  std::size_t PlaceOf(std::string_view name) const;
  const std::vector<ClientProfile>& all() const { return all_; }

 private:
  std::vector<ClientProfile> all_;
};

/// What a request is read as where nobody says more: the shipped profile "standard".
const ClientProfile& StandardProfile();

}  // namespace renal::hooks
