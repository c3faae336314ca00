#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/outgoing.h"
#include "fhir/url.h"
#include "hooks/evaluation.h"
#include "hooks/fetch.h"

/// A FHIR server as the source of a board: it lists patients, and each is fetched by itself.
namespace renal::hooks::internal {

/// True for what is an address and no path.
bool IsServerUrl(std::string_view from);

/// Where patients are, and as whom they are asked for.
struct PatientQuery {
  fhir::AllowedServer server;
  fhir::Url base;
  fhir::Url query;  ///< "…/Patient?…", any other search, or "…/Group/1"
  std::string token;

  /// Reads `--from`. Without a configuration the operator's word allows the server, also inside the
  /// own network, with plain http on loopback alone; the token is that of RENALPATH_FHIR_TOKEN.
  /// With one, its [[fhir]] list says what may be called, and which variable of the environment has
  /// the token. Nothing, with messages, where it cannot be used.
  static std::optional<PatientQuery> Read(const std::string& from,
                                          const std::optional<std::filesystem::path>& config,
                                          std::ostream& messages);
};

/// Any thread.
class PatientServer {
 public:
  explicit PatientServer(PatientQuery query);

  /// Asks for the list, page by page. `visit` gets the id of each patient, some perhaps several
  /// times; `complain` a sentence for each page that has an entry of no patient. Gives what ended
  /// the list early, if anything: a sentence.
  std::optional<std::string> List(const std::function<void(std::string_view id)>& visit,
                                  const std::function<void(const std::string& sentence)>& complain);

  /// What a pathway needs of a patient, as for a call that brought nothing. What may pass is tried
  /// again after pauses; where the server has failed many patients in a row, no longer.
  std::vector<FetchedDatum> Fetch(const Evaluator& evaluator, const HookRequest& request);

  /// "https://ehr.example/fhir", for messages.
  std::string name() const { return query_.base.ToString(); }

 private:
  fhir::Result<fhir::CallAnswer> Ask(const fhir::Url& url);
  void Retry(const FetchSource& source, const TemplateValues& values,
             std::vector<FetchedDatum>& data);

  const PatientQuery query_;
  fhir::Outgoing outgoing_;
  std::atomic<int> failed_in_row_ = 0;
};

}  // namespace renal::hooks::internal
