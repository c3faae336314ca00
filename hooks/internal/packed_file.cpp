#include "hooks/internal/packed_file.h"

#include <algorithm>
#include <utility>

#include <zlib.h>

namespace renal::hooks::internal {

struct PackedFile::State {
  gzFile file = nullptr;
  ~State() {
    if (file != nullptr) gzclose(file);
  }
};

PackedFile::PackedFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
PackedFile::~PackedFile() = default;

std::unique_ptr<PackedFile> PackedFile::Open(const std::filesystem::path& path) {
  constexpr unsigned kBuffer = 256 * 1024;
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return nullptr;
  auto state = std::make_unique<State>();
  state->file = gzopen(path.c_str(), "rb");
  if (state->file == nullptr) return nullptr;
  gzbuffer(state->file, kBuffer);
  return std::unique_ptr<PackedFile>(new PackedFile(std::move(state)));
}

std::optional<std::size_t> PackedFile::Read(char* room, std::size_t size) {
  constexpr std::size_t kAtOnce = std::size_t{1} << 30;
  std::size_t filled = 0;
  while (filled < size) {
    const auto wanted = static_cast<unsigned>(std::min(size - filled, kAtOnce));
    const int got = gzread(state_->file, room + filled, wanted);
    if (got < 0) return std::nullopt;
    filled += static_cast<std::size_t>(got);
    if (static_cast<unsigned>(got) < wanted) break;
  }
  // A file that ends in the middle of packed data is only told at the end.
  int code = Z_OK;
  gzerror(state_->file, &code);
  if (code != Z_OK && code != Z_STREAM_END) return std::nullopt;
  return filled;
}

bool PackedFile::packed() const { return gzdirect(state_->file) == 0; }

}  // namespace renal::hooks::internal
