#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir/address.h"

/// What the operating system knows of names, addresses and sockets.
namespace renal::fhir::internal {

/// Reads an address in its usual spelling.
bool ReadAddress(const std::string& text, bool v6, std::array<std::uint8_t, 16>& bytes);
std::string AddressText(bool v6, const std::array<std::uint8_t, 16>& bytes);

/// All addresses of a name, in the resolver's order, each once; empty where there are none. Blocks.
std::vector<IpAddress> Lookup(const std::string& host);

/// A second handle of a socket that somebody else owns: it stays good when the owner closes its
/// own.
class SocketWatch {
 public:
  /// Nothing where `socket` is none.
  static std::optional<SocketWatch> Of(int socket);
  SocketWatch(SocketWatch&& other) noexcept : handle_(other.handle_), before_(other.before_) {
    other.handle_ = -1;
  }
  SocketWatch& operator=(SocketWatch&& other) noexcept;
  ~SocketWatch();

  /// The address at the other end; nothing while there is no connection.
  std::optional<IpAddress> Peer() const;
  /// Bytes that came since the watch began.
  std::uint64_t Received() const;
  /// True where nothing has come that nobody read, and the other end is still there.
  bool Quiet() const;

 private:
  explicit SocketWatch(int handle) : handle_(handle) {}
  std::uint64_t Total() const;
  int handle_ = -1;
  std::uint64_t before_ = 0;
};

}  // namespace renal::fhir::internal
