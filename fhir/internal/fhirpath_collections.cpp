#include "fhir/internal/fhirpath_collections.h"

#include <algorithm>
#include <vector>

#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

constexpr std::size_t kFew = 16;  // up to here, comparing with each is cheaper than hashing

}  // namespace

bool ContainsItem(Items items, const Item& item) {
  return std::any_of(items.begin(), items.end(),
                     [&item](const Item& other) { return Equals(item, other) == Truth::kTrue; });
}

bool EquivalentCollections(Items left, Items right) {
  std::vector<bool> taken(right.size());
  for (const Item& item : left) {
    std::size_t i = 0;
    while (i < right.size() && (taken[i] || !Equivalent(item, right[i]))) ++i;
    if (i == right.size()) return false;
    taken[i] = true;
  }
  return true;
}

DistinctItems::DistinctItems(Evaluator& evaluator, const Op& op, Collection& out)
    : evaluator_(evaluator), op_(op), out_(out), first_(out.size()) {}

bool DistinctItems::Known(const Item& item, std::size_t hash) {
  const auto [begin, end] = by_hash_.equal_range(hash);
  return std::any_of(begin, end, [&](const auto& entry) {
    return evaluator_.Step(op_) && Equals(item, out_[entry.second]) == Truth::kTrue;
  });
}

void DistinctItems::Index() {
  for (std::size_t i = first_; i < out_.size(); ++i) by_hash_.emplace(HashOf(out_[i]), i);
}

bool DistinctItems::Add(const Item& item) {
  const std::size_t count = out_.size() - first_;
  if (!evaluator_.Step(op_, CostOf(item) * (1 + std::min(count, kFew)))) return false;
  if (count <= kFew) {
    if (ContainsItem(Items(out_).subspan(first_), item)) return evaluator_.Step(op_);
    return evaluator_.Add(op_, out_, item);
  }
  if (by_hash_.empty()) Index();
  const std::size_t hash = HashOf(item);
  if (Known(item, hash)) return evaluator_.Step(op_);
  by_hash_.emplace(hash, out_.size());
  return evaluator_.Add(op_, out_, item);
}

bool DistinctItems::AddAll(Items items) {
  return std::all_of(items.begin(), items.end(), [this](const Item& item) { return Add(item); });
}

ItemSet::ItemSet(Evaluator& evaluator, const Op& op, Items items)
    : evaluator_(evaluator), op_(op), items_(items) {
  if (items.size() <= kFew) return;
  for (std::size_t i = 0; i < items.size(); ++i) by_hash_.emplace(HashOf(items[i]), i);
}

Truth ItemSet::Contains(const Item& item) const {
  if (!evaluator_.Step(op_)) return Truth::kError;
  if (by_hash_.empty()) return TruthOf(ContainsItem(items_, item));
  const auto [begin, end] = by_hash_.equal_range(HashOf(item));
  for (auto entry = begin; entry != end; ++entry) {
    if (!evaluator_.Step(op_)) return Truth::kError;
    if (Equals(item, items_[entry->second]) == Truth::kTrue) return Truth::kTrue;
  }
  return Truth::kFalse;
}

}  // namespace renal::fhir::fhirpath
