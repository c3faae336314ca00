#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hooks/http_server.h"

/// Cross-origin calls of pages in a browser (security.md section 2).
namespace renal::hooks {

/// The origins whose pages may call. Never `*`, never credentials: a page sends its token itself.
class Cors {
 public:
  /// Nothing is ever allowed and no answer speaks of it.
  Cors() = default;
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  /// Adds to an answer what its page may do with it, where the request's one Origin is exactly one
  /// of ours; on OPTIONS with Access-Control-Request-Method (a preflight, which has no token) also
  /// which methods and fields it may send, whether or not there is such a path. `Vary: Origin` on
  /// every answer, since each depends on it.
  void Apply(const HttpRequest& request, HttpReply& reply) const;

 private:
  std::vector<std::string> origins_;
};

/// Whether a text is an origin as browsers send it: scheme http or https, host in lower case, a
/// port that is not the scheme's own, nothing behind it.
bool IsOrigin(std::string_view text);

}  // namespace renal::hooks
