#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace renal::hooks {

inline constexpr std::chrono::milliseconds kPatience{60'000};  ///< what no test should ever wait for

/// A client with a plain socket, which sees what really goes over the wire.
class Client {
 public:
  explicit Client(std::uint16_t port) : Client(port, ::socket(AF_INET, SOCK_STREAM, 0)) {}
  /// From another address of loopback: "127.0.0.2".
  Client(std::uint16_t port, const char* from) : Client(port, SocketFrom(from)) {}
  Client(std::uint16_t port, int socket) : socket_(socket) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int done = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    connected_ = done == 0;
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  int socket() const { return socket_; }

  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void HalfClose() { ::shutdown(socket_, SHUT_WR); }

  /// One whole answer, by its Content-Length; what had come when the connection ended, otherwise.
  std::string Answer(bool with_body = true) {
    while (true) {
      const std::size_t end = in_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t size = end + 4 + (with_body ? LengthIn(in_.substr(0, end)) : 0);
        if (in_.size() >= size) {
          std::string answer = in_.substr(0, size);
          in_.erase(0, size);
          return answer;
        }
      }
      if (!Receive()) return std::exchange(in_, {});
    }
  }

  std::string Ask(std::string_view request) {
    Send(request);
    return Answer();
  }

  /// Everything up to the end of the connection.
  std::string Rest() {
    while (Receive()) {
    }
    return std::exchange(in_, {});
  }

  bool ended() const { return ended_; }  ///< by the server, in order
  bool reset() const { return reset_; }  ///< by the server, with loss

 private:
  static int SocketFrom(const char* address) {
    sockaddr_in from{};
    from.sin_family = AF_INET;
    ::inet_pton(AF_INET, address, &from.sin_addr);
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    ::bind(socket, reinterpret_cast<const sockaddr*>(&from), sizeof from);
    return socket;
  }

  static std::size_t LengthIn(std::string_view head) {
    const std::size_t at = head.find("Content-Length: ");
    return at == std::string_view::npos ? 0 : std::stoul(std::string(head.substr(at + 16, 12)));
  }

  bool Receive() {
    pollfd wait{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, static_cast<int>(kPatience.count())) != 1) return false;
    char bytes[16 * 1024];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    ended_ = got == 0;
    reset_ = got < 0;
    if (got > 0) in_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }

  int socket_;
  bool connected_ = false;
  bool ended_ = false;
  bool reset_ = false;
  std::string in_;
};

}  // namespace renal::hooks
