#pragma once

#include "hooks/internal/call.h"
#include "hooks/service.h"

/// The console page, the pages about the pathway, and what they ask for (hooks/console.h).
namespace renal::hooks::internal {

/// Most bytes of the verdicts that a picture is asked for with.
inline constexpr std::size_t kMaxPictureBytes = std::size_t{64} * 1024;

/// Whether there is anything at a route of the console; `served`: id of the pathway.
bool HasConsoleRoute(const Route& route, const Console& console, std::string_view served);

/// The answer of a route of the console, for a caller that may see it: each with the same strict
/// content security policy. 304 for an asset that the caller has already; 400 for verdicts that
/// cannot be read; 404 for what is not there; 503 where the store or the files do not tell.
HttpReply AnswerConsole(Call& call, const ServiceOptions& options);

/// The headers that keep a page of ours to itself.
void Confine(HttpReply& reply);

}  // namespace renal::hooks::internal
