#include "hooks/internal/store_line.h"

#include <sys/socket.h>

namespace renal::hooks::internal {

void StoreLine::Open(int socket) {
  const std::lock_guard guard(mutex_);
  socket_ = socket;
}

void StoreLine::Close() { Open(-1); }

void StoreLine::Cut() {
  const std::lock_guard guard(mutex_);
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

}  // namespace renal::hooks::internal
