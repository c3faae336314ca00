#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>

#include "fhir/result.h"
#include "hooks/internal/pseudonym.h"
#include "hooks/log.h"
#include "pathways/outcome.h"

namespace renal::hooks::internal {

/// Keeps the outcomes of calls, with pseudonyms, so that `pathway replay` can hold another version
/// of the pathway against them. What names a patient, and the words of the record, are left out
/// (masked_outcome.h). Any thread.
class Recorder {
 public:
  static constexpr const char* kFileName = "outcomes.ndjson";

  /// Appends to a file in the folder, which is made for its owner if it is missing. Beyond `most`
  /// bytes nothing more is kept, which the log says once. Fails with a sentence for the operator.
  static fhir::Result<std::shared_ptr<Recorder>> Open(const std::filesystem::path& folder,
                                                      const std::filesystem::path& key_file,
                                                      std::uint64_t most, Log& log);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// One line. What cannot be written is said in the log, once; the call goes on.
  void Record(pathways::Outcome outcome);

 private:
  Recorder(Pseudonyms pseudonyms, int file, std::uint64_t size, std::uint64_t most, Log& log)
      : pseudonyms_(std::move(pseudonyms)), file_(file), most_(most), log_(log), size_(size) {}
  void Stop(const char* event);

  const Pseudonyms pseudonyms_;
  const int file_;
  const std::uint64_t most_;
  Log& log_;
  std::mutex mutex_;
  std::uint64_t size_;
  bool stopped_ = false;
};

}  // namespace renal::hooks::internal
