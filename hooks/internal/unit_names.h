#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "hooks/internal/pseudonym.h"

namespace renal::hooks::internal {

/// What the units of a board are sorted by: ids of patients, or their pseudonyms where ids must not
/// show. A list in the order of the ids would tell whose each line is.
class UnitNames {
 public:
  /// Ids.
  UnitNames() = default;
  /// Pseudonyms; null: ids. They must outlive it.
  explicit UnitNames(const Pseudonyms* pseudonyms) : pseudonyms_(pseudonyms) {}

  std::string KeyOf(std::string_view patient) const {
    return pseudonyms_ == nullptr ? std::string(patient) : pseudonyms_->Of(patient).append(patient);
  }
  /// The patient of a key; what follows behind a space is left out.
  std::string PatientOf(std::string_view key) const {
    if (pseudonyms_ != nullptr) key.remove_prefix(Pseudonyms::kDigits);
    return std::string(key.substr(0, key.find(' ')));
  }

 private:
  const Pseudonyms* pseudonyms_ = nullptr;
};

}  // namespace renal::hooks::internal
