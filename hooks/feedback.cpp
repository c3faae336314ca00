#include "hooks/feedback.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

#include "fhir/date_time.h"

namespace renal::hooks {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using fhir::Json;
using fhir::JsonType;

// More than any timestamp has that tells something.
constexpr std::size_t kMaxTimestamp = 64;

bool Missing(const Json& value) { return value.absent() || value.type() == JsonType::kNull; }

/// Where an item fails: the field and a sentence.
struct Fault {
  std::string field;
  std::string problem;
};

bool IsHexDigit(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

/// The UUID in lower case; nothing if the text is none.
std::optional<std::string> ReadUuid(std::string_view text) {
  constexpr std::size_t kLength = 36;
  constexpr std::array<std::size_t, 4> kHyphens = {8, 13, 18, 23};
  if (text.size() != kLength) return std::nullopt;
  std::string uuid;
  for (std::size_t i = 0; i < kLength; ++i) {
    const bool hyphen = std::ranges::find(kHyphens, i) != kHyphens.end();
    if (hyphen ? text[i] != '-' : !IsHexDigit(text[i])) return std::nullopt;
    uuid += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
  }
  return uuid;
}

struct Moment {
  std::string text;
  std::int64_t milliseconds = 0;
};

/// The digits behind the point, without final zeros; with the point, or empty.
std::string FractionOf(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return {};
  const std::size_t end = text.find_first_not_of("0123456789", point + 1);
  std::string fraction(text.substr(point, end - point));
  while (fraction.ends_with('0')) fraction.pop_back();
  return fraction == "." ? std::string() : fraction;
}

/// RFC 3339: a full date-time with an offset. A leap second counts as the second before it.
std::optional<Moment> ReadMomentOf(std::string_view sent) {
  if (sent.size() > kMaxTimestamp) return std::nullopt;
  std::string text(sent);
  std::ranges::transform(text, text.begin(), [](char c) {
    return c == 't' || c == 'z' ? static_cast<char>(c - 32) : c;
  });
  constexpr std::size_t kSeconds = 17;
  if (text.size() > kSeconds && text.substr(kSeconds, 2) == "60") text.replace(kSeconds, 2, "59");
  const auto time = fhir::DateTime::Parse(text);
  if (!time || !time->offset_minutes || time->precision < fhir::Precision::kSecond)
    return std::nullopt;
  fhir::DateTime whole = time->AtOffset(0);
  const std::int64_t milliseconds = whole.FirstMillisecond(0);
  if (whole.offset_minutes != 0) return std::nullopt;  // outside the years that can be written
  whole.precision = fhir::Precision::kSecond;
  std::string shown = whole.ToString();
  shown.resize(std::string_view("2026-06-03T09:15:00").size());
  return Moment{shown + FractionOf(text) + "Z", milliseconds};
}

std::string WithoutNul(std::string_view text) {
  std::string clean(text);
  std::erase(clean, '\0');
  return clean;
}

/// Reads one item; stops at its first fault.
class ItemReader {
 public:
  ItemReader(std::size_t index, const FeedbackLimits& limits) : limits_(limits) {
    item_.index = index;
  }

  bool Read(const Json& item);
  FeedbackItem& item() { return item_; }
  const Fault& fault() const { return fault_; }

 private:
  bool Fail(std::string field, std::string problem) {
    fault_ = {std::move(field), std::move(problem)};
    return false;
  }
  bool ReadCard(const Json& value);
  bool ReadOutcome(const Json& value);
  bool ReadTimestamp(const Json& value);
  bool ReadSuggestions(const Json& value);
  bool ReadOverride(const Json& value, const std::string& field);
  bool ReadOverrides(const Json& value, const std::string& field);
  bool ReadReason(const Json& value, const std::string& field);
  bool ReadComment(const Json& value, const std::string& field);
  /// A text that may be left out.
  bool ReadText(const Json& value, const std::string& field, bool free, std::string& text);

  const FeedbackLimits& limits_;
  FeedbackItem item_;
  Fault fault_;
};

bool ItemReader::ReadText(const Json& value, const std::string& field, bool free,
                          std::string& text) {
  if (Missing(value)) return true;
  if (!value.is_string()) return Fail(field, "This is no string.");
  if (value.string().size() > limits_.text_bytes) return Fail(field, "This text is too long.");
  if (!free && value.string().find('\0') != std::string_view::npos) {
    return Fail(field, "This text holds a NUL character.");
  }
  text = free ? WithoutNul(value.string()) : std::string(value.string());
  return true;
}

bool ItemReader::ReadCard(const Json& value) {
  if (Missing(value)) return Fail("/card", "The card is missing.");
  const auto uuid = ReadUuid(value.string());
  if (!uuid) return Fail("/card", "The card is no UUID.");
  item_.card = *uuid;
  return true;
}

bool ItemReader::ReadOutcome(const Json& value) {
  if (Missing(value)) return Fail("/outcome", "The outcome is missing.");
  if (value.string() == Spelling(FeedbackOutcome::kAccepted)) {
    item_.outcome = FeedbackOutcome::kAccepted;
  } else if (value.string() != Spelling(FeedbackOutcome::kOverridden)) {
    return Fail("/outcome", "The outcome is neither accepted nor overridden.");
  }
  return true;
}

bool ItemReader::ReadTimestamp(const Json& value) {
  if (Missing(value)) return Fail("/outcomeTimestamp", "The time of the outcome is missing.");
  const auto moment = ReadMomentOf(value.string());
  if (!moment)
    return Fail("/outcomeTimestamp", "The time of the outcome is no RFC 3339 date and time.");
  item_.at = moment->text;
  item_.at_ms = moment->milliseconds;
  return true;
}

bool ItemReader::ReadSuggestions(const Json& value) {
  const std::string field = "/acceptedSuggestions";
  if (Missing(value) || (value.is_array() && value.size() == 0)) {
    return Fail(field, "An acceptance names the suggestions that were accepted.");
  }
  if (!value.is_array()) return Fail(field, "This is no list.");
  if (value.size() > kMaxFeedbackParts) return Fail(field, "There are more than 100 suggestions.");
  for (const Json::Entry entry : value) {
    const auto uuid = ReadUuid(entry.value["id"].string());
    if (!uuid) return Fail(field, "The id of a suggestion is missing or no UUID.");
    item_.suggestions.push_back(*uuid);
  }
  std::ranges::sort(item_.suggestions);
  const auto repeated = std::ranges::unique(item_.suggestions);
  item_.suggestions.erase(repeated.begin(), repeated.end());
  return true;
}

bool ItemReader::ReadReason(const Json& value, const std::string& field) {
  if (Missing(value)) return true;
  if (!value.is_object()) return Fail(field, "The reason is no Coding.");
  OverrideReason reason;
  if (!ReadText(value["system"], field + "/system", false, reason.system)) return false;
  if (!ReadText(value["code"], field + "/code", false, reason.code)) return false;
  if (!ReadText(value["display"], field + "/display", true, reason.display)) return false;
  if (reason.code.empty() && reason.display.empty()) {
    return Fail(field, "The reason has neither a code nor a display.");
  }
  if (std::ranges::find(item_.reasons, reason) != item_.reasons.end()) return true;
  if (item_.reasons.size() == kMaxFeedbackParts)
    return Fail(field, "There are more than 100 reasons.");
  item_.reasons.push_back(std::move(reason));
  return true;
}

bool ItemReader::ReadComment(const Json& value, const std::string& field) {
  std::string comment;
  if (!ReadText(value, field, true, comment)) return false;
  if (comment.empty() || comment == item_.comment) return true;
  if (!item_.comment.empty()) item_.comment += '\n';
  item_.comment += comment;
  if (item_.comment.size() > limits_.text_bytes) {
    return Fail(field, "The comments are too long.");
  }
  return true;
}

bool ItemReader::ReadOverride(const Json& value, const std::string& field) {
  if (Missing(value)) return true;
  if (!value.is_object()) return Fail(field, "This is no object.");
  const Json reason = value["reason"];
  const bool bare = reason.absent() && value["userComment"].absent() &&
                    !(value["code"].absent() && value["display"].absent());
  if (bare) return ReadReason(value, field);
  return ReadReason(reason, field + "/reason") &&
         ReadComment(value["userComment"], field + "/userComment");
}

bool ItemReader::ReadOverrides(const Json& value, const std::string& field) {
  if (!value.is_array()) return ReadOverride(value, field);
  if (value.size() > kMaxFeedbackParts) return Fail(field, "There are more than 100 reasons.");
  for (const Json::Entry entry : value) {
    if (!ReadOverride(entry.value, field)) return false;
  }
  return true;
}

bool ItemReader::Read(const Json& item) {
  if (!item.is_object()) return Fail("", "The item is no object.");
  if (!ReadCard(item["card"]) || !ReadOutcome(item["outcome"])) return false;
  if (!ReadTimestamp(item["outcomeTimestamp"])) return false;
  if (item_.outcome == FeedbackOutcome::kAccepted)
    return ReadSuggestions(item["acceptedSuggestions"]);
  return ReadOverrides(item["overrideReason"], "/overrideReason") &&
         ReadOverrides(item["overrideReasons"], "/overrideReasons");
}

/// The Issue for a body without any good item.
Issue NoneGood(const FeedbackProblem& first) {
  return {IssueCode::kValue, "No item of the feedback can be used. The first: " + first.problem,
          "/feedback/" + std::to_string(first.index) + first.field};
}

}  // namespace

const char* Spelling(FeedbackOutcome outcome) {
  return outcome == FeedbackOutcome::kAccepted ? "accepted" : "overridden";
}

fhir::Result<FeedbackReading> ReadFeedback(const Json& root, const FeedbackLimits& limits) {
  const Json list = root["feedback"];
  if (!root.is_object()) return Issue{IssueCode::kStructure, "The body is no JSON object.", {}};
  if (!list.is_array())
    return Issue{IssueCode::kStructure, "The list of feedback is missing.", "/feedback"};
  if (list.size() > limits.items) {
    return Issue{IssueCode::kTooLong, "There are too many items of feedback.", "/feedback"};
  }
  FeedbackReading reading;
  std::size_t index = 0;
  for (const Json::Entry entry : list) {
    ItemReader reader(index, limits);
    if (reader.Read(entry.value)) {
      reading.items.push_back(std::move(reader.item()));
    } else {
      reading.problems.push_back({index, reader.fault().field, reader.fault().problem});
    }
    ++index;
  }
  if (reading.items.empty() && !reading.problems.empty()) return NoneGood(reading.problems.front());
  return reading;
}

}  // namespace renal::hooks
