#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace renal::pathways {

/// A set of small indices, one bit each: looking one up and joining two sets take next to no time.
class IndexSet {
 public:
  void Add(std::size_t index) {
    const std::size_t word = index / kBits;
    if (word >= words_.size()) words_.resize(word + 1);
    words_[word] |= std::uint64_t{1} << index % kBits;
  }
  bool Has(std::size_t index) const {
    const std::size_t word = index / kBits;
    return word < words_.size() && (words_[word] >> index % kBits & 1U) != 0;
  }
  IndexSet& operator|=(const IndexSet& other) {
    if (words_.size() < other.words_.size()) words_.resize(other.words_.size());
    for (std::size_t i = 0; i < other.words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  /// Makes it empty, and keeps its memory.
  void Clear() { words_.clear(); }

 private:
  static constexpr std::size_t kBits = 64;
  std::vector<std::uint64_t> words_;
};

}  // namespace renal::pathways
