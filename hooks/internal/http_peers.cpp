#include "hooks/internal/http_peers.h"

#include <algorithm>

namespace renal::hooks::internal {

std::string PeerName(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const asio::ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
  asio::ip::address_v6::bytes_type bytes = v6.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

void PeerCounts::Begin(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  ++counts_[peer];
}

void PeerCounts::End(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(peer);
  if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

std::size_t PeerCounts::Of(const std::string& peer) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(peer);
  return found == counts_.end() ? 0 : found->second;
}

}  // namespace renal::hooks::internal
