#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "fhir/result.h"

namespace renal::hooks::internal {

/// HMAC-SHA256 as 64 hexadecimal digits; std::bad_alloc where OpenSSL has no memory.
std::string KeyedHash(std::string_view key, std::string_view text);

/// Names patients in the store without naming them: HMAC-SHA256 of their id under a random key that
/// stays in the data folder.
class PatientHash {
 public:
  static constexpr std::size_t kKeyBytes = 32;
  /// The key's file in the folder given to Open(), readable by its owner alone.
  static constexpr std::string_view kFileName = "patient-key";

  /// Takes the key of the folder, made at the first call, as the folder is. Fails with kProcessing
  /// and a sentence for the operator where the file cannot be read or written, or is no key.
  static fhir::Result<PatientHash> Open(const std::filesystem::path& dir) {
    return OpenFile(dir / kFileName);
  }
  /// The same of a file with any name. Servers that share a database need the same key; those that
  /// start together on one file get it.
  static fhir::Result<PatientHash> OpenFile(const std::filesystem::path& path);

  /// 64 hexadecimal digits.
  std::string Of(std::string_view patient_id) const;

 private:
  explicit PatientHash(std::string key) : key_(std::move(key)) {}
  std::string key_;
};

}  // namespace renal::hooks::internal
