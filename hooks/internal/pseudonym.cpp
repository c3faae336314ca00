#include "hooks/internal/pseudonym.h"

#include "hooks/internal/patient_hash.h"
#include "hooks/pathway_source.h"

namespace renal::hooks::internal {

std::optional<Pseudonyms> Pseudonyms::Open(const std::filesystem::path& key_file,
                                           std::ostream& messages) {
  constexpr std::size_t kLeast = 16, kMost = 4'096;
  std::optional<std::string> key = ReadText(key_file);
  if (!key) {
    messages << key_file.string() << ": the file cannot be read\n";
    return std::nullopt;
  }
  if (key->size() < kLeast || key->size() > kMost) {
    messages << key_file.string()
             << ": a key for pseudonyms has 16 to 4096 bytes; make one with: openssl rand 32\n";
    return std::nullopt;
  }
  return Pseudonyms(*std::move(key));
}

std::string Pseudonyms::Of(std::string_view patient_id) const {
  return KeyedHash(key_, patient_id).substr(0, kDigits);
}

}  // namespace renal::hooks::internal
