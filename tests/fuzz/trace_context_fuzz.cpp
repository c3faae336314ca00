#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "hooks/trace_context.h"

// The first line is a `traceparent`, each further one a `tracestate`. What is read is passed on in
// a form that is read again, and nothing but characters that a field may hold leaves.
namespace renal::hooks {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void Check(const std::vector<std::pair<std::string_view, std::string_view>>& headers) {
  const TraceContext trace = TraceOf(headers);
  const auto again = ReadTraceParent(TraceParentFor(trace));
  Require(again && again->trace_id == trace.trace_id && again->sampled == trace.sampled);
  Require(trace.state.size() <= kMaxTraceState);
  for (const char c : trace.state) Require(c >= 0x20 && c <= 0x7E);
  const std::string_view state = trace.state;
  Require(ReadTraceState({&state, 1}) == trace.state);
  Require(trace.state.empty() || !trace.parent_id.empty());
}

}  // namespace
}  // namespace renal::hooks

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  while (!text.empty() || headers.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    headers.emplace_back(headers.empty() ? "traceparent" : "tracestate", text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  renal::hooks::Check(headers);
  return 0;
}
