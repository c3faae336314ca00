#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "fhir/quantity.h"

// Two lines of any text as units and as quantities: what is accepted must agree with itself.
namespace renal::fhir {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

std::optional<Quantity> QuantityFrom(std::string_view text) {
  if (const auto unit = Unit::Parse(text)) return Quantity{*Decimal::Parse("7.25"), *unit};
  return ParseQuantity(text);
}

void CheckOne(const Quantity& quantity) {
  const auto same = Compare(quantity, quantity);
  Require(same && *same == 0);
  const auto read = ParseQuantity(quantity.ToString());
  Require(read.has_value());
  const auto order = Compare(*read, quantity);
  Require(order && *order == 0);
}

void CheckTwo(const Quantity& a, const Quantity& b) {
  Require(a.unit.ConvertibleTo(b.unit) == b.unit.ConvertibleTo(a.unit));
  const auto order = Compare(a, b), turned = Compare(b, a);
  Require(order.has_value() == turned.has_value());
  if (order) Require((*order < 0) == (*turned > 0) && (*order == 0) == (*turned == 0));
  const auto converted = Convert(a, b.unit);
  if (converted) Require(a.unit.ConvertibleTo(b.unit) && converted->unit == b.unit);
}

}  // namespace
}  // namespace renal::fhir

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace renal::fhir;  // NOLINT: the target's own
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n');
  const auto first = QuantityFrom(text.substr(0, line));
  const auto second =
      line == std::string_view::npos ? std::nullopt : QuantityFrom(text.substr(line + 1));
  if (first) CheckOne(*first);
  if (second) CheckOne(*second);
  if (first && second) CheckTwo(*first, *second);
  return 0;
}
