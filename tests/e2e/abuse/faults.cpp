// Faults of the operating system on demand, for the tests of the real program: loaded before libc
// (LD_PRELOAD), it reads what is to go wrong from a page that it shares with the test (RENAL_FAULTS
// names the file).

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <new>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

// The test writes all of it but the last.
struct Page {
  std::atomic<std::int64_t> sync_fails;    // EIO
  std::atomic<std::int64_t> write_fails;   // ENOSPC, for regular files
  std::atomic<std::int64_t> accept_fails;  // EMFILE
  std::atomic<std::int64_t> clock_ahead;   // seconds by which the wall clock is wrong
  std::atomic<std::int64_t> short_io;      // files are read and written in parts
  std::atomic<std::int64_t> memory_fails;  // for anything large
  std::atomic<std::int64_t> sync_stalls;   // it does not come back before this is 0 again
  std::atomic<std::int64_t> failures;      // that were injected
};

Page* OpenPage() {
  static Page none{};
  const char* name = std::getenv("RENAL_FAULTS");
  if (name == nullptr) return &none;
  const int file = ::open(name, O_RDWR | O_CLOEXEC);
  if (file < 0) return &none;
  void* page = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  return page == MAP_FAILED ? &none : static_cast<Page*>(page);
}

Page& Faults() {
  static Page* const page = OpenPage();
  return *page;
}

template <class Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

int Fail(int error) {
  ++Faults().failures;
  errno = error;
  return -1;
}

// Of a file whose bytes are to be made durable.
int Sync(const char* name, int descriptor) {
  if (Faults().sync_fails != 0) return Fail(EIO);
  if (Faults().sync_stalls != 0) ++Faults().failures;
  while (Faults().sync_stalls != 0) ::usleep(1'000);
  return Next<int (*)(int)>(name)(descriptor);
}

bool IsFile(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

bool MayWrite(int descriptor) { return Faults().write_fails == 0 || !IsFile(descriptor); }

std::size_t Part(std::size_t size) {
  if (Faults().short_io == 0 || size < 2) return size;
  ++Faults().failures;
  return size / 2;
}

constexpr std::size_t kLarge = std::size_t{512} * 1024;

}  // namespace

void* operator new(std::size_t size) {
  static const auto next = Next<void* (*)(std::size_t)>("_Znwm");
  while (size >= kLarge && Faults().memory_fails != 0) {
    ++Faults().failures;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
  return next(size);
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  try {
    return operator new(size);
  } catch (...) {
    return nullptr;
  }
}
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
  return operator new(size, tag);
}

extern "C" {

int fsync(int descriptor) { return Sync("fsync", descriptor); }
int fdatasync(int descriptor) { return Sync("fdatasync", descriptor); }

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  static const auto next = Next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return MayWrite(descriptor) ? next(descriptor, bytes, Part(size), offset) : Fail(ENOSPC);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  static const auto next = Next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return MayWrite(descriptor) ? next(descriptor, bytes, Part(size), offset) : Fail(ENOSPC);
}

int accept4(int descriptor, sockaddr* address, socklen_t* size, int flags) {
  static const auto next = Next<int (*)(int, sockaddr*, socklen_t*, int)>("accept4");
  return Faults().accept_fails != 0 ? Fail(EMFILE) : next(descriptor, address, size, flags);
}

int accept(int descriptor, sockaddr* address, socklen_t* size) {
  static const auto next = Next<int (*)(int, sockaddr*, socklen_t*)>("accept");
  return Faults().accept_fails != 0 ? Fail(EMFILE) : next(descriptor, address, size);
}

int clock_gettime(clockid_t clock, timespec* time) {
  static const auto next = Next<int (*)(clockid_t, timespec*)>("clock_gettime");
  const int done = next(clock, time);
  if (done == 0 && clock == CLOCK_REALTIME) time->tv_sec += Faults().clock_ahead;
  return done;
}

ssize_t pread64(int descriptor, void* bytes, size_t size, off64_t offset) {
  static const auto next = Next<ssize_t (*)(int, void*, size_t, off64_t)>("pread64");
  return next(descriptor, bytes, Part(size), offset);
}

ssize_t pread(int descriptor, void* bytes, size_t size, off_t offset) {
  static const auto next = Next<ssize_t (*)(int, void*, size_t, off_t)>("pread");
  return next(descriptor, bytes, Part(size), offset);
}

}  // extern "C"
