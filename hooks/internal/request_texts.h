#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include "fhir/json.h"
#include "fhir/record.h"
#include "fhir/result.h"
#include "hooks/evaluation.h"
#include "hooks/request.h"

/// Stored requests and Bundles, read from files: what batch tools work on.
namespace renal::hooks::internal {

/// Limits of a text that the operator vouches for: it may be larger than what a stranger may send.
inline constexpr fhir::JsonLimits kRecordLimits{.values = 20'000'000, .members = 100'000};

/// What is done with each text; `place` names it in messages: "file.json", "file.ndjson:12".
using VisitText = std::function<void(const std::string& text, const std::string& place)>;

/// True if the file has one text a line, by its name: .ndjson, .jsonl.
bool HasLines(const std::filesystem::path& path);

/// Visits the text of a stream, or with `lines` that of each line that is not blank. False if
/// reading failed.
bool ForEachText(std::istream& in, const std::string& name, bool lines, const VisitText& visit);

/// Visits the texts of a file. False if it cannot be read.
bool ForEachText(const std::filesystem::path& path, bool lines, const VisitText& visit);

/// A call with its patient's record. Both point into the document.
struct RecordedCall {
  HookRequest request;
  fhir::Record record;
};

/// Reads a CDS Hooks request, or a Bundle that holds the whole record of its only Patient and
/// counts as patient-view.
fhir::Result<RecordedCall> ReadCall(const fhir::Json& root, const Evaluator& evaluator);

/// As ReadCall() for a text, which the operator vouches for and may be larger than a stranger's;
/// `use` is called with the call while its document is there, and gives what is wrong with it, if
/// anything. Nothing if all went well, else what is wrong: "sentence (expression)".
using UseCall = std::function<std::optional<fhir::Issue>(const RecordedCall&)>;
std::optional<std::string> WithCall(const std::string& text, const Evaluator& evaluator,
                                    const UseCall& use);

}  // namespace renal::hooks::internal
