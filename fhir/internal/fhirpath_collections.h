#pragma once

#include <cstddef>
#include <unordered_map>

#include "fhir/internal/fhirpath_eval.h"

/// Sets of items by `=`. Items whose equality is unknown count as different.
namespace renal::fhir::fhirpath {

bool ContainsItem(Items items, const Item& item);
/// `~` of two collections of the same size: each item has its partner, in any order.
bool EquivalentCollections(Items left, Items right);

/// Appends items to a collection without repeating one, in time that grows with their number, not
/// with its square.
class DistinctItems {
 public:
  DistinctItems(Evaluator& evaluator, const Op& op, Collection& out);
  bool Add(const Item& item);  ///< false after a failure (a limit)
  bool AddAll(Items items);

 private:
  bool Known(const Item& item, std::size_t hash);
  void Index();

  Evaluator& evaluator_;
  const Op& op_;
  Collection& out_;
  std::size_t first_;  // items of `out` before this one are not ours
  std::unordered_multimap<std::size_t, std::size_t> by_hash_;  // only for many items
};

/// The items of a collection, for many questions whether one is among them.
class ItemSet {
 public:
  ItemSet(Evaluator& evaluator, const Op& op, Items items);
  Truth Contains(const Item& item) const;  ///< kError after a failure (a limit)

 private:
  Evaluator& evaluator_;
  const Op& op_;
  Items items_;
  std::unordered_multimap<std::size_t, std::size_t> by_hash_;  // only for many items
};

}  // namespace renal::fhir::fhirpath
