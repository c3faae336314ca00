#pragma once

#include <optional>
#include <string>

#include "hooks/internal/http_framing.h"

/// What a well-framed head may ask for: decided before a byte of the body is read.
namespace renal::hooks::internal {

/// Judges path, method, expectation, media type, coding and length, in this order; the first fault
/// gives 404, 405, 417, 415 or 413. Nothing where the request may go on. An OPTIONS request to a
/// known path is never refused for its method.
const Refusal* Judge(const RequestHead& head, const RouteInfo& route);

/// Whether the client waits for 100 before it sends its body.
bool AwaitsContinue(const RequestHead& head);

/// Whether the owner answers OPTIONS on this path; else the server does, with 204.
bool OwnsOptions(const RouteInfo& route);

/// The value of Allow: the methods of the route, HEAD with GET, and OPTIONS.
std::string AllowOf(const RouteInfo& route);

/// Whether a value of Content-Type is JSON: `application/json` or `application/fhir+json`, without
/// any parameter but `charset=utf-8`, in any case.
bool IsJsonMediaType(std::string_view value);

extern const Refusal kCutOff;    ///< 400: the client closed inside a request
extern const Refusal kTooSlow;   ///< 408
extern const Refusal kNotKnown;  ///< 404
extern const Refusal kDefect;    ///< 500
extern const Refusal kOverload;  ///< 503

}  // namespace renal::hooks::internal
