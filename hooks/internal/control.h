#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "fhir/result.h"

/// A socket in the file system by which this machine's owner of a server asks it for something, and
/// hears what became of it. Who may write the file may ask.
namespace renal::hooks::internal {

/// Answers one question after the other, a word each, on a thread of its own.
class ControlSocket {
 public:
  using Answer = std::function<std::string(std::string_view word)>;

  /// Makes the socket, for its owner alone; one that a server left behind is replaced. Fails with a
  /// sentence for the operator where the folder is not there or another server answers at `path`.
  static fhir::Result<std::unique_ptr<ControlSocket>> Open(const std::filesystem::path& path,
                                                           Answer answer);
  /// Waits for an answer that is being given, and removes the socket.
  ~ControlSocket();

 private:
  struct State;
  explicit ControlSocket(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Asks the server at `path`. Fails with a sentence for the operator where nobody answers there, or
/// not in time.
fhir::Result<std::string> AskControl(const std::filesystem::path& path, std::string_view word,
                                     std::chrono::seconds patience);

}  // namespace renal::hooks::internal
