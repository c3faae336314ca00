#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/// A server on loopback that answers with any bytes a test wants, also with none.
namespace renal::fhir {

class ScriptedServer {
 public:
  /// What happens after a request: `bytes` are sent in pieces with `pause` between them, then the
  /// connection is closed, kept, or held without a word.
  struct Reply {
    enum class Then { kKeep, kClose, kHang };
    std::vector<std::string> pieces;
    Then then = Then::kKeep;
    std::chrono::milliseconds pause{0};
    bool endless = false;  ///< the last piece again and again
  };
  using Script = std::function<Reply(const std::string& request)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 64);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { Accept(); });
  }
  ~ScriptedServer() {
    ending_ = true;
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int connections() const { return connections_; }
  /// Requests that waited for the end of their answer at the same time.
  int most_at_once() const { return most_; }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  /// The requests of each connection, in the order in which they began.
  std::vector<std::vector<std::string>> requests_by_connection() {
    const std::lock_guard lock(mutex_);
    return by_connection_;
  }
  /// Waits for so many connections to be closed, for as long as no test should.
  bool WaitForClosed(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return closed_ >= count; });
  }
  bool WaitForRequests(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return requests_.size() >= count; });
  }
  /// Sends what nobody asked for on every open connection. True where it was sent on one at least.
  bool SayUnasked(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    bool sent = false;
    for (const int socket : open_) {
      sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0 || sent;
    }
    return sent;
  }

  static std::string Ok(std::string_view body, std::string_view fields = "") {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(fields) + "\r\n" + std::string(body);
  }

 private:
  bool Readable(int socket) {
    while (!ending_) {
      pollfd wait{.fd = socket, .events = POLLIN, .revents = 0};
      if (::poll(&wait, 1, 20) == 1) return true;
    }
    return false;
  }
  void Accept() {
    while (Readable(listener_)) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0) continue;
      const std::lock_guard lock(mutex_);
      const auto number = static_cast<std::size_t>(connections_++);
      by_connection_.emplace_back();
      open_.insert(socket);
      threads_.emplace_back([this, socket, number] {
        Serve(socket, number);
        End(socket);
      });
    }
  }
  void End(int socket) {
    const std::lock_guard lock(mutex_);
    open_.erase(socket);
    ::close(socket);
    ++closed_;
    changed_.notify_all();
  }
  void Serve(int socket, std::size_t number) {
    std::string in;
    while (Readable(socket)) {
      char bytes[4096];
      const ssize_t got = ::recv(socket, bytes, sizeof bytes, 0);
      if (got <= 0) return;
      in.append(bytes, static_cast<std::size_t>(got));
      const std::size_t end = in.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      const std::string request = in.substr(0, end + 4);
      in.erase(0, end + 4);
      Note(request, number);
      if (!Answer(socket, script_(request))) return;
    }
  }
  void Note(const std::string& request, std::size_t number) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    by_connection_[number].push_back(request);
    most_ = std::max(most_.load(), ++under_way_);
    changed_.notify_all();
  }
  static bool Send(int socket, const std::string& bytes) {
    return ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0;
  }
  bool Answer(int socket, const Reply& reply) {
    bool open = true;
    bool whole = reply.pieces.empty();
    for (std::size_t i = 0; open && !whole && !ending_; ++i) {
      whole = i + 1 == reply.pieces.size();
      // Before the last byte: the client may ask again as soon as it has that.
      if (whole) --under_way_;
      open = Send(socket, reply.pieces[i]);
      if (!whole) std::this_thread::sleep_for(reply.pause);
    }
    if (!whole || reply.pieces.empty()) --under_way_;
    while (reply.endless && open && !ending_) {
      std::this_thread::sleep_for(reply.pause);
      open = Send(socket, reply.pieces.back());
    }
    if (reply.then == Reply::Then::kHang) {
      char byte = 0;
      while (Readable(socket) && ::recv(socket, &byte, 1, 0) > 0) continue;
    }
    return open && reply.then == Reply::Then::kKeep;
  }

  static constexpr std::chrono::seconds kPatience{60};

  const Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> ending_{false};
  std::atomic<int> connections_{0};
  std::atomic<int> most_{0};
  std::atomic<int> under_way_{0};
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::vector<std::string> requests_;
  std::vector<std::vector<std::string>> by_connection_;
  std::set<int> open_;
  int closed_ = 0;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace renal::fhir
