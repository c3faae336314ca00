#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fhir/result.h"
#include "hooks/internal/store_line.h"
#include "hooks/measures.h"
#include "hooks/store_history.h"
#include "hooks/store_target.h"

namespace renal::hooks::internal {

/// A connection that only reads. Of one thread at a time; after an Issue it must not be used again.
class StoreQueries {
 public:
  /// As StoreDatabase::Open(), but changes nothing: kNotSupported where the schema is not of this
  /// program's version. `statement`: what one query may take on a server.
  static fhir::Result<std::unique_ptr<StoreQueries>> Open(const StoreTarget& target,
                                                          std::chrono::milliseconds statement,
                                                          StoreLine& line);
  ~StoreQueries();

  /// Of these CardKey()s, those of cards that were overridden with a reason, the override being
  /// received at `since` or later and being of that time or later.
  fhir::Result<std::set<std::string>> Overridden(const std::vector<std::string>& card_keys,
                                                 std::int64_t since);

  fhir::Result<Measures> Measure(const MeasureQuery& query);

  /// At most `most`, the newest first.
  fhir::Result<std::vector<ServedVersion>> Versions(int most);
  fhir::Result<StoredCard> StoredOf(const std::string& card);

 private:
  struct State;
  explicit StoreQueries(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace renal::hooks::internal
