#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "hooks/internal/asio.h"

namespace renal::hooks::internal {

/// Under which name the connections of an address are counted: an IPv4 address as it is, also one
/// inside IPv6; of an IPv6 address its first 64 bits, since one host may have all the others.
std::string PeerName(const asio::ip::address& address);

/// How many connections each peer has. Any thread.
class PeerCounts {
 public:
  void Begin(const std::string& peer);
  void End(const std::string& peer);
  std::size_t Of(const std::string& peer) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> counts_;  // none of them 0
};

}  // namespace renal::hooks::internal
