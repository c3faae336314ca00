#pragma once

#include <mutex>

namespace renal::hooks::internal {

/// The socket of a connection, so that a thread that waits for the database in vain can be freed by
/// another: no call of libpq has a deadline of its own. SQLite has no socket, and nothing to cut.
class StoreLine {
 public:
  StoreLine() = default;
  StoreLine(const StoreLine&) = delete;
  StoreLine& operator=(const StoreLine&) = delete;

  void Open(int socket);
  /// Before the socket is closed.
  void Close();
  /// Ends the connection: what waits for it fails at once. Does nothing where there is none.
  void Cut();

 private:
  std::mutex mutex_;
  int socket_ = -1;
};

}  // namespace renal::hooks::internal
