#include "hooks/trace_context.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace renal::hooks {
namespace {

constexpr std::size_t kVersion00 = 55;  // "00-" 32 "-" 16 "-" 2
constexpr std::size_t kMaxEntries = 32;
constexpr std::size_t kMaxKey = 256;
constexpr std::size_t kMaxValue = 256;
constexpr std::size_t kLongEntry = 128;  // the first to go where not all fit

bool IsHex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsKey(std::string_view key) {
  return !key.empty() && key.size() <= kMaxKey && IsLetterOrDigit(key.front()) &&
         std::ranges::all_of(key, [](char c) {
           return IsLetterOrDigit(c) || std::string_view("_-*/@").find(c) != std::string_view::npos;
         });
}

bool IsValue(std::string_view value) {
  return !value.empty() && value.size() <= kMaxValue && value.back() != ' ' &&
         std::ranges::all_of(value,
                             [](char c) { return c >= 0x20 && c <= 0x7E && c != ',' && c != '='; });
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// Appends the entries of a field; false where one is malformed.
bool ReadEntries(std::string_view field, std::vector<std::string_view>& entries) {
  while (true) {
    const std::size_t comma = std::min(field.find(','), field.size());
    const std::string_view entry = Trimmed(field.substr(0, comma));
    if (!entry.empty()) {  // empty ones are allowed, and mean nothing
      const std::size_t equals = std::min(entry.find('='), entry.size() - 1);
      if (!IsKey(entry.substr(0, equals)) || !IsValue(entry.substr(equals + 1))) return false;
      entries.push_back(entry);
    }
    if (comma == field.size()) return entries.size() <= kMaxEntries;
    field.remove_prefix(comma + 1);
  }
}

bool HasTwins(const std::vector<std::string_view>& entries) {
  std::vector<std::string_view> keys;
  keys.reserve(entries.size());
  for (const std::string_view entry : entries) keys.push_back(entry.substr(0, entry.find('=')));
  std::ranges::sort(keys);
  return std::ranges::adjacent_find(keys) != keys.end();
}

std::string Joined(const std::vector<std::string_view>& entries) {
  std::string text;
  for (const std::string_view entry : entries) text.append(text.empty() ? "" : ",").append(entry);
  return text;
}

// As the standard says: long entries first, then those at the end, which are the oldest.
std::string Fitted(std::vector<std::string_view> entries) {
  std::string text = Joined(entries);
  while (text.size() > kMaxTraceState) {
    auto gone = std::ranges::find_if(
        entries, [](std::string_view entry) { return entry.size() > kLongEntry; });
    if (gone == entries.end()) gone = std::prev(entries.end());
    entries.erase(gone);
    text = Joined(entries);
  }
  return text;
}

// No secret: two traces must differ, that is all.
std::uint64_t NewNumber() {
  thread_local std::mt19937_64 engine = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  std::uint64_t number = 0;
  while (number == 0) number = engine();
  return number;
}

void AppendHex(std::uint64_t number, std::string& text) {
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[number >> shift & 0xF];
}

}  // namespace

std::optional<TraceContext> ReadTraceParent(std::string_view text) {
  if (text.size() < kVersion00) return std::nullopt;
  const std::string_view version = text.substr(0, 2);
  const std::string_view trace = text.substr(3, 32);
  const std::string_view parent = text.substr(36, 16);
  const std::string_view flags = text.substr(53, 2);
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  if (!IsHex(version) || version == "ff") return std::nullopt;
  if (!IsHex(trace) || IsZero(trace) || !IsHex(parent) || IsZero(parent)) return std::nullopt;
  if (!IsHex(flags)) return std::nullopt;
  if (text.size() > kVersion00 && (version == "00" || text[kVersion00] != '-')) return std::nullopt;
  // The last bit of the last digit.
  const char low = flags[1];
  const int digit = low <= '9' ? low - '0' : low - 'a' + 10;
  return TraceContext{.trace_id = std::string(trace),
                      .parent_id = std::string(parent),
                      .sampled = digit % 2 == 1,
                      .state = {}};
}

std::string ReadTraceState(std::span<const std::string_view> fields) {
  std::vector<std::string_view> entries;
  for (const std::string_view field : fields) {
    if (!ReadEntries(field, entries)) return {};
  }
  return HasTwins(entries) ? std::string() : Fitted(std::move(entries));
}

TraceContext TraceOf(std::span<const std::pair<std::string_view, std::string_view>> headers) {
  std::optional<TraceContext> trace;
  std::vector<std::string_view> states;
  bool seen = false;
  for (const auto& [name, value] : headers) {
    if (name == "tracestate") states.push_back(value);
    if (name != "traceparent") continue;
    trace = seen ? std::nullopt : ReadTraceParent(value);
    seen = true;
  }
  if (!trace) {
    trace.emplace();
    AppendHex(NewNumber(), trace->trace_id);
    AppendHex(NewNumber(), trace->trace_id);
  } else if (!states.empty()) {
    trace->state = ReadTraceState(states);
  }
  return *std::move(trace);
}

std::string TraceParentFor(const TraceContext& trace) {
  std::string text = "00-" + trace.trace_id + "-";
  AppendHex(NewNumber(), text);
  return text.append(trace.sampled ? "-01" : "-00");
}

}  // namespace renal::hooks
