#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "fhir/record.h"
#include "fhir/result.h"
#include "hooks/evaluation.h"
#include "hooks/request.h"

/// Stored requests and Bundles, read from files: what batch tools work on.
namespace renal::hooks::internal {

/// Limits of a text that the operator vouches for: it may be larger than what a stranger may send.
inline constexpr fhir::JsonLimits kRecordLimits{.values = 20'000'000, .members = 100'000};

/// True if the file has one text a line, by its name: .ndjson, .jsonl.
bool HasLines(const std::filesystem::path& path);

/// A text of a file; or, `unreadable`, that a file cannot be read, or not to its end.
struct FileText {
  std::string text;
  std::string place;  ///< for messages: "file.json", "file.ndjson:12"; of unreadable: the file
  bool unreadable = false;
};

/// The texts of files, one after the other: a whole file, or each of its lines that is not blank.
/// For one thread at a time.
class FileTexts {
 public:
  /// A file has one text a line if its name says so, or with `lines`. "-" is `standard`, which must
  /// outlive this. It is untied: reading would flush a stream that another thread may be writing
  /// to.
  FileTexts(std::vector<std::filesystem::path> files, bool lines, std::istream& standard);

  /// The next one; nothing at the end. A file is read no further than it was asked for.
  std::optional<FileText> Next();

 private:
  bool Open(const std::filesystem::path& path);
  std::optional<FileText> Read();

  const std::vector<std::filesystem::path> files_;
  const bool all_lines_;
  std::istream& standard_;
  std::size_t opened_ = 0;
  std::ifstream file_;
  std::istream* in_ = nullptr;  // none: the next file is to be opened
  std::string name_;
  bool lines_ = false;
  std::size_t read_ = 0;  // lines, or the file itself
};

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
