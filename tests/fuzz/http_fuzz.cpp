#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "hooks/internal/http_rules.h"
#include "tests/hooks/framer.h"

// Any bytes as a connection: what is seen does not depend on where they are cut, a refusal is of a
// framing status, and a head that passes is of one meaning.
namespace renal::hooks::internal {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

bool IsSegmentOf(std::string_view path, std::string_view segment) {
  return ("/" + std::string(path) + "/").find("/" + std::string(segment) + "/") !=
         std::string::npos;
}

void CheckPath(std::string_view path) {
  Require(!IsSegmentOf(path, ".") && !IsSegmentOf(path, ".."));
  for (const char c : path)
    Require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F && c != '\\');
}

void CheckHead(const RequestHead& head, std::string& seen) {
  Require(!head.method.empty() && std::ranges::all_of(head.method, IsTokenCharacter));
  Require(!head.http_1_1 || CountFields(head, "host") == 1);
  Require(CountFields(head, "content-length") + CountFields(head, "transfer-encoding") <= 1);
  Require(head.chunked == (CountFields(head, "transfer-encoding") == 1));
  Require(head.http_1_1 || !head.chunked);
  Require(!head.chunked || head.content_length == 0);
  Require(head.fields.size() <= SmallLimits().header_fields);
  for (const auto& [name, value] : head.fields) {
    Require(!name.empty() && std::ranges::all_of(name, IsTokenCharacter));
    Require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
    Require(TrimSpaces(value) == value);
    seen.append(name).append("=").append(value).append(",");
  }
  if (head.path) {
    CheckPath(*head.path);
    seen.append(*head.path);
  }
  seen.append("?").append(head.query);
  const RouteInfo route{.known = true, .methods = {"GET", "POST"}, .body_limit = 32};
  const Refusal* refusal = Judge(head, route);
  if (refusal != nullptr) Require(refusal->status >= 404 && refusal->status <= 417);
}

std::string See(std::string_view bytes, std::size_t step) {
  return Framer(CheckHead).Frame(bytes, step);
}

void Check(std::string_view bytes) {
  const std::string whole = See(bytes, std::max<std::size_t>(bytes.size(), 1));
  for (const std::size_t step : {1, 2, 5}) Require(See(bytes, step) == whole);
  constexpr std::string_view kStatuses[] = {"400", "413", "414", "431", "501", "505"};
  if (whole.empty() || whole.ends_with("; ") || whole.ends_with("more")) return;
  Require(std::ranges::any_of(kStatuses, [&](auto status) { return whole.ends_with(status); }));
}

}  // namespace
}  // namespace renal::hooks::internal

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  renal::hooks::internal::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
