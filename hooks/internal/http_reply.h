#pragma once

#include <string>

#include "hooks/http_server.h"

/// The bytes of an answer.
namespace renal::hooks::internal {

/// What the connection adds to an answer.
struct ReplyFrame {
  bool close = false;    ///< `Connection: close`
  bool http_1_1 = true;  ///< the request's version; a kept connection of 1.0 must be told so
};

/// Writes status line and fields of an answer into `out`, up to and with the empty line. Fields of
/// the connection and the length are the server's: those in `reply.headers` are dropped, and so is
/// every field with a control character. 503 gets `Retry-After: 1` unless it has one.
void FormatHead(const HttpReply& reply, const ReplyFrame& frame, std::string& out);

/// Whether an answer with this status has a body at all (204 and 304 have none, nor a length).
bool StatusHasBody(int status);

/// The words of a status; "Status" for one without.
const char* ReasonPhrase(int status);

/// The time in the form of RFC 9110 section 5.6.7, in Greenwich, for `seconds` since 1970.
std::string HttpDate(long long seconds);

}  // namespace renal::hooks::internal
