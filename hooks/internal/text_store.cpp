#include "hooks/internal/text_store.h"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace renal::hooks::internal {

class TextStore::Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  explicit operator bool() const { return number_ >= 0; }

  bool Read(std::int64_t start, char* room, std::size_t size) const {
    while (size > 0) {
      const ssize_t got = ::pread(number_, room, size, start);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      room += got;
      start += got;
      size -= static_cast<std::size_t>(got);
    }
    return true;
  }
  bool Write(std::int64_t start, std::string_view text) const {
    while (!text.empty()) {
      const ssize_t put = ::pwrite(number_, text.data(), text.size(), start);
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) return false;
      start += put;
      text.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }

 private:
  int number_;
};

TextStore::TextStore(const std::filesystem::path& kept)
    : kept_(std::make_shared<Descriptor>(kept, O_RDWR | O_CREAT | O_EXCL)) {
  if (!*kept_) throw std::runtime_error("the output folder cannot be written");
}
TextStore::~TextStore() = default;

std::int64_t TextStore::AddFile(std::filesystem::path path) {
  const std::lock_guard lock(mutex_);
  paths_.push_back(std::move(path));
  return static_cast<std::int64_t>(paths_.size()) - 1;
}

std::filesystem::path TextStore::PathOf(std::int64_t file) const {
  const std::lock_guard lock(mutex_);
  return paths_[static_cast<std::size_t>(file)];
}

TextPlace TextStore::Keep(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const TextPlace place{
      .file = kKept, .start = kept_size_, .length = static_cast<std::int64_t>(text.size())};
  if (!kept_->Write(place.start, text)) {
    throw std::runtime_error("the disk of the output folder is full or fails");
  }
  kept_size_ += place.length;
  return place;
}

bool TextStore::Read(const TextPlace& place, std::string& text) {
  const auto file = Open(place.file);
  if (!*file) return false;
  text.resize(static_cast<std::size_t>(place.length));
  return file->Read(place.start, text.data(), text.size());
}

std::string TextStore::Name(const TextPlace& place) const {
  const std::string path = PathOf(place.origin).string();
  return place.line == 0 ? path : path + ":" + std::to_string(place.line);
}

std::shared_ptr<TextStore::Descriptor> TextStore::Open(std::int64_t file) {
  constexpr std::size_t kOpen = 64;
  if (file == kKept) return kept_;
  const std::lock_guard lock(mutex_);
  const std::filesystem::path& path = paths_[static_cast<std::size_t>(file)];
  const auto found = std::ranges::find(open_, file, [](const auto& entry) { return entry.first; });
  if (found != open_.end()) {
    open_.splice(open_.begin(), open_, found);
    return open_.front().second;
  }
  open_.emplace_front(file, std::make_shared<Descriptor>(path, O_RDONLY));
  if (open_.size() > kOpen) open_.pop_back();
  return open_.front().second;
}

}  // namespace renal::hooks::internal
