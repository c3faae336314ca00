#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// W3C Trace Context: which trace a request belongs to, and how calls of ours say so.
namespace renal::hooks {

/// The place of a request in a trace.
struct TraceContext {
  std::string trace_id;   ///< 32 hexadecimal digits in lower case, not all 0
  std::string parent_id;  ///< 16 of them: the span of the caller; empty: the trace begins here
  bool sampled = false;   ///< the caller may have recorded its span
  std::string state;      ///< `tracestate`, as it is passed on; may be empty
};

/// Longest `tracestate` that is passed on; entries beyond it are left out whole.
inline constexpr std::size_t kMaxTraceState = 512;

/// Reads a `traceparent`: version 00 exactly, later ones as far as they are like it. Nothing where
/// it is malformed.
std::optional<TraceContext> ReadTraceParent(std::string_view text);

/// The entries of all `tracestate` fields, in their order; empty where one of them is malformed, a
/// key comes twice, or there are more than 32.
std::string ReadTraceState(std::span<const std::string_view> fields);

/// The context that the fields of a request give; a new trace where there is no `traceparent`, more
/// than one, or a malformed one, whose `tracestate` counts for nothing then.
TraceContext TraceOf(std::span<const std::pair<std::string_view, std::string_view>> headers);

/// `traceparent` for a call that belongs to the trace, with a new span each time.
std::string TraceParentFor(const TraceContext& trace);

}  // namespace renal::hooks
