#include "hooks/internal/patient_hash.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <unistd.h>

namespace renal::hooks::internal {
namespace {

/// A file descriptor that closes itself.
class File {
 public:
  File(const std::filesystem::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  explicit operator bool() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

fhir::Issue Fault(const std::filesystem::path& path, std::string_view what) {
  return {fhir::IssueCode::kProcessing, path.string() + ": " + std::string(what), {}};
}

/// The bytes of the file, one more than a key at most; nothing if it cannot be read.
std::optional<std::string> ReadKey(const File& file) {
  std::string key(PatientHash::kKeyBytes + 1, '\0');
  std::size_t size = 0;
  while (size < key.size()) {
    const ssize_t got = ::read(file.get(), key.data() + size, key.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  key.resize(size);
  return key;
}

bool WriteAndSync(const std::filesystem::path& path, std::string_view key) {
  const File file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return false;
  if (::write(file.get(), key.data(), key.size()) != static_cast<ssize_t>(key.size())) return false;
  return ::fsync(file.get()) == 0;
}

// Written aside and linked: a crash leaves a whole key or none, and of two who make it at once the
// first wins.
bool MakeKey(const std::filesystem::path& path) {
  std::string key(PatientHash::kKeyBytes, '\0');
  if (::RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1)
    return false;
  std::filesystem::path aside = path;
  aside += "." + std::to_string(::getpid());
  const bool linked =
      WriteAndSync(aside, key) && (::link(aside.c_str(), path.c_str()) == 0 || errno == EEXIST);
  ::unlink(aside.c_str());
  const File folder(path.parent_path(), O_RDONLY | O_DIRECTORY);
  return linked && folder && ::fsync(folder.get()) == 0;
}

void MakeFolderOf(const std::filesystem::path& path) {
  std::error_code ignored;
  const std::filesystem::path folder = path.parent_path();
  if (!std::filesystem::create_directories(folder, ignored)) return;
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
}

/// The way to HMAC-SHA256, found once: for every look-up OpenSSL asks all its providers. Want of
/// memory is not for good: what was not found is looked for again.
EVP_MAC* Hmac() {
  static EVP_MAC* const kFetched = [] {
    EVP_MAC* fetched = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    if (fetched == nullptr) throw std::bad_alloc();
    return fetched;
  }();
  return kFetched;
}

/// HMAC-SHA256 that stays ready under the key that it was used with last: a server has one key, and
/// to set one up costs more than the text of an id.
class KeyedDigest {
 public:
  std::string Of(std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    std::size_t size = 0;
    if (!Begin(key) || EVP_MAC_update(context_.get(), Bytes(text), text.size()) != 1 ||
        EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()) != 1) {
      context_.reset();
      throw std::bad_alloc();
    }
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * size);
    for (std::size_t i = 0; i < size; ++i) {
      hex += kDigits[digest[i] >> 4];
      hex += kDigits[digest[i] & 15];
    }
    return hex;
  }

 private:
  struct Free {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  };

  static const unsigned char* Bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  }

  bool Begin(std::string_view key) {
    if (context_ && key == key_) return EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1;
    key_ = key;
    context_.reset(EVP_MAC_CTX_new(Hmac()));
    std::string name = "SHA256";
    const std::array settings = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), name.size()),
        OSSL_PARAM_construct_end()};
    return context_ && EVP_MAC_init(context_.get(), Bytes(key), key.size(), settings.data()) == 1;
  }

  std::string key_;
  std::unique_ptr<EVP_MAC_CTX, Free> context_;
};

}  // namespace

fhir::Result<PatientHash> PatientHash::OpenFile(const std::filesystem::path& given) {
  const std::filesystem::path path = std::filesystem::absolute(given);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    MakeFolderOf(path);
    if (!MakeKey(path)) return Fault(path, "the key of the patients' hashes cannot be written");
  }
  const File file(path, O_RDONLY);
  std::optional<std::string> key = file ? ReadKey(file) : std::nullopt;
  if (!key) return Fault(path, "the key of the patients' hashes cannot be read");
  if (key->size() != kKeyBytes) {
    return Fault(path,
                 "this is no key of 32 bytes; put the right file back, or remove it and lose "
                 "the link to patients of earlier decisions");
  }
  // What OpenSSL has no memory for at its first use, it refuses for good.
  KeyedHash(*key, "");
  return PatientHash(*std::move(key));
}

std::string KeyedHash(std::string_view key, std::string_view text) {
  thread_local KeyedDigest digest;
  return digest.Of(key, text);
}

std::string PatientHash::Of(std::string_view patient_id) const {
  return KeyedHash(key_, patient_id);
}

}  // namespace renal::hooks::internal
