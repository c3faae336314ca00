#include "fhir/internal/rest_socket.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace renal::fhir::internal {
namespace {

std::optional<IpAddress> AddressOf(const sockaddr* from) {
  IpAddress address;
  if (from->sa_family == AF_INET) {
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in*>(from)->sin_addr, 4);
    return address;
  }
  if (from->sa_family != AF_INET6) return std::nullopt;
  address.v6 = true;
  std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6*>(from)->sin6_addr, 16);
  return address;
}

}  // namespace

bool ReadAddress(const std::string& text, bool v6, std::array<std::uint8_t, 16>& bytes) {
  // A NUL inside would hide what stands behind it.
  if (text.find('\0') != std::string::npos) return false;
  return ::inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data()) == 1;
}

std::string AddressText(bool v6, const std::array<std::uint8_t, 16>& bytes) {
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), text, sizeof text);
  return text;
}

std::vector<IpAddress> Lookup(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  std::vector<IpAddress> addresses;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    const auto address = AddressOf(each->ai_addr);
    if (address && std::ranges::find(addresses, *address) == addresses.end()) {
      addresses.push_back(*address);
    }
  }
  ::freeaddrinfo(found);
  return addresses;
}

std::optional<SocketWatch> SocketWatch::Of(int socket) {
  const int handle = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (handle < 0) return std::nullopt;
  SocketWatch watch(handle);
  watch.before_ = watch.Total();
  return watch;
}

SocketWatch& SocketWatch::operator=(SocketWatch&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(before_, other.before_);
  return *this;
}

SocketWatch::~SocketWatch() {
  if (handle_ >= 0) ::close(handle_);
}

std::optional<IpAddress> SocketWatch::Peer() const {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(handle_, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return std::nullopt;
  return AddressOf(reinterpret_cast<const sockaddr*>(&peer));
}

std::uint64_t SocketWatch::Total() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(handle_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return info.tcpi_bytes_received;
}

std::uint64_t SocketWatch::Received() const { return Total() - before_; }

bool SocketWatch::Quiet() const {
  char byte = 0;
  const ssize_t got = ::recv(handle_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace renal::fhir::internal
