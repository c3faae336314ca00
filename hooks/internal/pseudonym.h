#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace renal::hooks::internal {

/// Names patients without naming them: the same key gives the same pseudonyms, and nobody without
/// it can tell who is meant.
class Pseudonyms {
 public:
  /// The key is the content of the file, of 16 to 4,096 bytes. Nothing, with a message, where it is
  /// none.
  static std::optional<Pseudonyms> Open(const std::filesystem::path& key_file,
                                        std::ostream& messages);

  static constexpr std::size_t kDigits = 16;
  /// So many hexadecimal digits.
  std::string Of(std::string_view patient_id) const;

 private:
  explicit Pseudonyms(std::string key) : key_(std::move(key)) {}
  std::string key_;
};

}  // namespace renal::hooks::internal
