#include "hooks/internal/control.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;

constexpr std::size_t kMostWord = 64;
constexpr std::size_t kMostAnswer = std::size_t{1024} * 1024;
constexpr std::chrono::seconds kPatience{2};  // with somebody who connects and says nothing

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

Issue Failure(const std::filesystem::path& path, const std::string& why) {
  return {IssueCode::kTransient, path.string() + ": " + why, {}};
}

/// The address of a socket by the descriptor of its folder: a path may be longer than an address.
struct Place {
  Descriptor folder;
  sockaddr_un address{};
  const sockaddr* pointer() const { return reinterpret_cast<const sockaddr*>(&address); }
};

std::optional<Place> PlaceOf(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  Place place{Descriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC))};
  if (!place.folder) return std::nullopt;
  const std::string text =
      "/proc/self/fd/" + std::to_string(place.folder.get()) + "/" + path.filename().string();
  place.address.sun_family = AF_UNIX;
  if (text.size() >= sizeof place.address.sun_path) return std::nullopt;
  std::memcpy(place.address.sun_path, text.c_str(), text.size() + 1);
  return place;
}

void SetPatience(int socket, std::chrono::seconds patience) {
  const timeval time{.tv_sec = patience.count(), .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

bool SendAll(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Up to the other's end, or to a line end where one is waited for; nothing where it is too long or
/// too late.
std::optional<std::string> ReceiveAll(int socket, std::size_t most, bool line) {
  std::string text;
  char bytes[4'096];
  while (text.size() <= most) {
    const ssize_t got = ::recv(socket, bytes, sizeof bytes, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) return text;
    text.append(bytes, static_cast<std::size_t>(got));
    if (line && text.ends_with('\n')) return text.substr(0, text.size() - 1);
  }
  return std::nullopt;
}

Descriptor Connect(const Place& place) {
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket || ::connect(socket.get(), place.pointer(), sizeof place.address) != 0) {
    return Descriptor(-1);
  }
  return socket;
}

}  // namespace

struct ControlSocket::State {
  State(Place the_place, Answer the_answer)
      : place(std::move(the_place)), answer(std::move(the_answer)) {}

  bool Listen() {
    listening = Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ending = Descriptor(::eventfd(0, EFD_CLOEXEC));
    if (!listening || !ending) return false;
    if (::bind(listening.get(), place.pointer(), sizeof place.address) != 0) return false;
    return ::chmod(place.address.sun_path, S_IRUSR | S_IWUSR) == 0 &&
           ::listen(listening.get(), 4) == 0;
  }

  void Serve() {
    while (true) {
      pollfd waits[2] = {{listening.get(), POLLIN, 0}, {ending.get(), POLLIN, 0}};
      if (::poll(waits, 2, -1) < 0) continue;
      if (waits[1].revents != 0) return;
      const Descriptor socket(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (socket) Exchange(socket.get());
    }
  }

  void Exchange(int socket) {
    SetPatience(socket, kPatience);
    const auto word = ReceiveAll(socket, kMostWord, true);
    if (!word) return;
    try {
      SendAll(socket, answer(*word));
    } catch (...) {
      // Goes no further: whoever asked sees that there is no answer; the thread goes on.
    }
  }

  const Place place;
  const Answer answer;
  Descriptor listening{-1};
  Descriptor ending{-1};
  std::thread thread;
};

fhir::Result<std::unique_ptr<ControlSocket>> ControlSocket::Open(const std::filesystem::path& path,
                                                                 Answer answer) {
  auto place = PlaceOf(path);
  if (!place) return Failure(path, "there is no folder for the control socket");
  if (Connect(*place)) return Failure(path, "another server is asked by this control socket");
  ::unlink(place->address.sun_path);
  auto state = std::make_unique<State>(*std::move(place), std::move(answer));
  if (!state->Listen()) {
    return Failure(path,
                   "the control socket cannot be made: " + std::generic_category().message(errno));
  }
  state->thread = std::thread([raw = state.get()] { raw->Serve(); });
  return std::unique_ptr<ControlSocket>(new ControlSocket(std::move(state)));
}

ControlSocket::ControlSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}

ControlSocket::~ControlSocket() {
  ::eventfd_write(state_->ending.get(), 1);
  state_->thread.join();
  ::unlink(state_->place.address.sun_path);
}

fhir::Result<std::string> AskControl(const std::filesystem::path& path, std::string_view word,
                                     std::chrono::seconds patience) {
  const auto place = PlaceOf(path);
  const Descriptor socket = place ? Connect(*place) : Descriptor(-1);
  if (!socket) return Failure(path, "no server answers here");
  SetPatience(socket.get(), patience);
  if (!SendAll(socket.get(), std::string(word) + "\n"))
    return Failure(path, "no server answers here");
  auto answer = ReceiveAll(socket.get(), kMostAnswer, false);
  if (!answer || answer->empty()) return Failure(path, "the server gave no answer in time");
  return *std::move(answer);
}

}  // namespace renal::hooks::internal
