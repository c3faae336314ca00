#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/address.h"
#include "fhir/url.h"
#include "tests/fhir/slow_address.h"

// Two lines: a base, and what is called. Whatever the reader takes is in one form only, stands
// inside its base by more than its text, and its address is of the class that the slow table gives.
namespace renal::fhir {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckAddress(const IpAddress& address) {
  const AddressClass what = Classify(address);
  Require(what == SlowClass(address));
  Require(MayCall(address, {}) == (what == AddressClass::kPublic));
  const auto again = IpAddress::Parse(address.ToString());
  Require(again && *again == address);
}

void CheckUrl(const Url& url) {
  const std::string text = url.ToString();
  const auto again = Url::Parse(text, Url::Query::kAllowed, kMaxLinkBytes + 16);
  Require(again && *again == url);
  for (const char c : text) Require(c > 0x20 && c < 0x7F && c != '\\' && c != '#');
  const bool v6 = url.literal && url.host.find(':') != std::string::npos;
  Require(!url.host.empty() && url.host.find_first_of("@%/?[]") == std::string::npos);
  Require(v6 || url.host.find(':') == std::string::npos);
  Require((url.path + "/").find("/../") == std::string::npos);
  Require(url.literal == IpAddress::Parse(url.host).has_value());
  if (url.literal) CheckAddress(*IpAddress::Parse(url.host));
}

}  // namespace
}  // namespace renal::fhir

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace renal::fhir;  // NOLINT: the target's own
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(text.find('\n'), text.size());
  const std::string_view second = text.substr(std::min(line + 1, text.size()));
  const auto base = Url::Parse(text.substr(0, line));
  const auto url = Url::Parse(second, Url::Query::kAllowed, kMaxLinkBytes);
  if (base) CheckUrl(*base);
  if (url) CheckUrl(*url);
  if (base && url && Within(*base, *url)) {
    Require(url->ToString().starts_with(base->ToString()));
    Require(base->host == url->host && base->port == url->port && base->scheme == url->scheme);
  }
  if (const auto address = IpAddress::Parse(second)) CheckAddress(*address);
  if (const auto block = AddressBlock::Parse(second)) Require(block->Contains(block->first));
  if (size >= 16) {
    IpAddress raw{.v6 = true};
    std::copy_n(data, 16, raw.bytes.begin());
    CheckAddress(raw);
  }
  return 0;
}
