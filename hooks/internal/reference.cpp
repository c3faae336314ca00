#include "hooks/internal/reference.h"

#include <algorithm>

#include "hooks/request.h"

namespace renal::hooks::internal {
namespace {

constexpr std::size_t kMaxUrl = 2'048;

bool IsGraphic(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

bool IsTypeName(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  return !text.empty() && text.size() <= 64 && text.front() >= 'A' && text.front() <= 'Z' &&
         std::ranges::all_of(text, letter);
}

/// What stands behind the last '/' of `text`, which loses it and the '/'.
std::string_view TakeSegment(std::string_view& text) {
  const std::size_t slash = text.rfind('/');
  const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  const std::string_view segment = text.substr(begin);
  text = text.substr(0, slash == std::string_view::npos ? 0 : slash);
  return segment;
}

}  // namespace

std::string ResourceReference::ToString() const { return std::string(type).append("/").append(id); }

std::optional<ResourceReference> ReadReference(std::string_view text) {
  if (text.size() > kMaxUrl) return std::nullopt;
  std::string_view rest = text;
  if (const std::size_t history = rest.find("/_history/"); history != std::string_view::npos) {
    if (!IsFhirId(rest.substr(history + 10))) return std::nullopt;
    rest = rest.substr(0, history);
  }
  ResourceReference reference;
  reference.id = TakeSegment(rest);
  reference.type = TakeSegment(rest);
  if (!IsFhirId(reference.id) || !IsTypeName(reference.type)) return std::nullopt;
  const bool relative = reference.type.data() == text.data();
  if (!relative && !IsHttpUrl(rest)) return std::nullopt;
  return reference;
}

bool IsUrn(std::string_view text) {
  const bool named = text.starts_with("urn:uuid:") || text.starts_with("urn:oid:");
  return named && text.size() > 9 && text.size() <= 256 && IsGraphic(text);
}

bool IsHttpUrl(std::string_view text) {
  const std::size_t scheme = text.starts_with("http://") ? 7 : text.starts_with("https://") ? 8 : 0;
  if (scheme == 0 || text.size() <= scheme || text.size() > kMaxUrl) return false;
  return IsGraphic(text) && text[scheme] != '/' && text[scheme] != '?' && text[scheme] != '#';
}

}  // namespace renal::hooks::internal
