#include <optional>
#include <string>
#include <utility>

#include "fhir/internal/encodings.h"
#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_text.h"
#include "fhir/internal/regex.h"

// Text functions outside the profile: regular expressions, encodings, lists of parts.
namespace renal::fhir::fhirpath {
namespace {

using internal::Regex;

bool InputText(Evaluator& evaluator, const Op& op, const Frame& frame, Scratch& scratch,
               std::optional<std::string_view>& text) {
  Items items;
  return evaluator.Input(op, frame, scratch, items) && evaluator.TextOfItems(op, items, text);
}

// The text before the dot and those of the arguments; nothing where one is empty.
struct Texts {
  Scratch scratch, first_scratch, second_scratch;
  std::optional<std::string_view> text, first, second;

  bool Read(Evaluator& evaluator, const Op& op, const Frame& frame) {
    if (!InputText(evaluator, op, frame, scratch, text)) return false;
    if (!op.args.empty() && !evaluator.TextArgument(*op.args[0], frame, first_scratch, first))
      return false;
    return op.args.size() < 2 || evaluator.TextArgument(*op.args[1], frame, second_scratch, second);
  }
};

bool RunTrim(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  Texts texts;
  if (!texts.Read(evaluator, op, frame)) return false;
  if (!texts.text) return true;
  const std::size_t begin = texts.text->find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return evaluator.AddText(op, out, std::string());
  const std::size_t end = texts.text->find_last_not_of(kSpace) + 1;
  return evaluator.AddText(op, out, std::string(texts.text->substr(begin, end - begin)));
}

bool RunSplit(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Texts texts;
  if (!texts.Read(evaluator, op, frame)) return false;
  if (!texts.text || !texts.first || texts.first->empty()) return true;
  std::string_view rest = *texts.text;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = rest.find(*texts.first);
    if (!evaluator.AddText(op, out, std::string(rest.substr(0, end)))) return false;
    if (end != std::string_view::npos) rest.remove_prefix(end + texts.first->size());
  }
  return true;
}

bool RunJoinTexts(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch, separator_scratch;
  Items items;
  std::optional<std::string_view> separator = "";
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  if (!op.args.empty() && !evaluator.TextArgument(*op.args[0], frame, separator_scratch, separator))
    return false;
  if (items.empty()) return true;
  std::string joined;
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::optional<std::string_view> text;
    if (!evaluator.TextOfItems(op, items.subspan(i, 1), text)) return false;
    const std::string_view between = i > 0 ? separator.value_or("") : "";
    if (!evaluator.NewText(op, between.size() + text.value_or("").size())) return false;
    joined.append(between).append(text.value_or(""));
  }
  return evaluator.Add(op, out, std::move(joined));
}

bool RunToChars(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Texts texts;
  if (!texts.Read(evaluator, op, frame)) return false;
  std::string_view rest = texts.text.value_or("");
  while (!rest.empty()) {
    const std::size_t length = OffsetOfCharacter(rest, 1);
    if (!evaluator.AddText(op, out, std::string(rest.substr(0, length)))) return false;
    rest.remove_prefix(length);
  }
  return true;
}

bool RunLastIndexOf(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Texts texts;
  if (!texts.Read(evaluator, op, frame)) return false;
  if (!texts.text || !texts.first) return true;
  const std::size_t at = texts.text->rfind(*texts.first);
  const auto index = at == std::string_view::npos
                         ? std::int64_t{-1}
                         : static_cast<std::int64_t>(CountCharacters(texts.text->substr(0, at)));
  return evaluator.Add(op, out, index);
}

// A search costs in proportion to the text.
bool CountSearch(Evaluator& evaluator, const Op& op, std::string_view text) {
  return evaluator.Step(op, 1 + text.size() / 16);
}

constexpr char kNoPattern[] =
    "this is no regular expression, or one that could take more than linear time";

template <bool (Regex::*matches)(std::string_view) const>
Truth TestMatches(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Texts texts;
  if (!texts.Read(evaluator, op, frame)) return Truth::kError;
  if (!texts.text || !texts.first) return Truth::kUnknown;
  const auto regex = Regex::Parse(*texts.first);
  if (!regex) return evaluator.FailTruth(op, kNoPattern);
  if (!CountSearch(evaluator, op, *texts.text)) return Truth::kError;
  return TruthOf(((*regex).*matches)(*texts.text));
}

bool RunReplaceMatches(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Texts texts;
  if (!texts.Read(evaluator, op, frame)) return false;
  if (!texts.text || !texts.first || !texts.second) return true;
  const auto regex = Regex::Parse(*texts.first);
  if (!regex) return evaluator.Fail(op, kNoPattern);
  if (!CountSearch(evaluator, op, *texts.text)) return false;
  const std::size_t limit = evaluator.environment().limits.string_bytes;
  auto replaced = regex->ReplaceIn(*texts.text, *texts.second, limit);
  if (!replaced) return evaluator.NewText(op, limit + 1);
  return evaluator.AddText(op, out, *std::move(replaced));
}

using Coding = std::optional<std::string> (*)(std::string_view);

struct NamedCoding {
  std::string_view name;
  Coding coding;
};

template <std::string (*encode)(std::string_view)>
std::optional<std::string> Always(std::string_view text) {
  return encode(text);
}

// Bytes that are no text cannot be an item.
template <std::optional<std::string> (*decode)(std::string_view)>
std::optional<std::string> Text(std::string_view text) {
  auto decoded = decode(text);
  return decoded && IsUtf8(*decoded) ? decoded : std::nullopt;
}

constexpr NamedCoding kEncode[] = {{"base64", Always<internal::ToBase64>},
                                   {"urlbase64", Always<internal::ToUrlBase64>},
                                   {"hex", Always<internal::ToHex>}};
constexpr NamedCoding kDecode[] = {{"base64", Text<internal::FromBase64>},
                                   {"urlbase64", Text<internal::FromUrlBase64>},
                                   {"hex", Text<internal::FromHex>}};
constexpr NamedCoding kEscape[] = {{"html", Always<internal::EscapeHtml>},
                                   {"json", Always<internal::EscapeJson>}};
constexpr NamedCoding kUnescape[] = {{"html", Always<internal::UnescapeHtml>},
                                     {"json", Text<internal::UnescapeJson>}};

// Nothing for a name that is no coding, and for text that is not in it.
template <const auto& codings>
bool RunCoding(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Texts texts;
  if (!texts.Read(evaluator, op, frame)) return false;
  if (!texts.text || !texts.first) return true;
  // The result is at most six times as long ("&quot;").
  if (!evaluator.NewText(op, texts.text->size())) return false;
  for (const NamedCoding& candidate : codings) {
    if (candidate.name != *texts.first) continue;
    auto result = candidate.coding(*texts.text);
    return !result || evaluator.AddText(op, out, *std::move(result));
  }
  return true;
}

constexpr Function kFunctions[] = {
    {.name = "trim", .run = RunTrim},
    {.name = "split", .arguments = "v", .required = 1, .run = RunSplit},
    {.name = "join", .arguments = "v", .run = RunJoinTexts},
    {.name = "toChars", .run = RunToChars},
    {.name = "lastIndexOf", .arguments = "v", .required = 1, .run = RunLastIndexOf},
    {.name = "matches", .arguments = "v", .required = 1, .test = TestMatches<&Regex::IsFoundIn>},
    {.name = "matchesFull",
     .arguments = "v",
     .required = 1,
     .test = TestMatches<&Regex::MatchesAll>},
    {.name = "replaceMatches", .arguments = "vv", .required = 2, .run = RunReplaceMatches},
    {.name = "encode", .arguments = "v", .required = 1, .run = RunCoding<kEncode>},
    {.name = "decode", .arguments = "v", .required = 1, .run = RunCoding<kDecode>},
    {.name = "escape", .arguments = "v", .required = 1, .run = RunCoding<kEscape>},
    {.name = "unescape", .arguments = "v", .required = 1, .run = RunCoding<kUnescape>},
};

}  // namespace

std::span<const Function> ExtraTextFunctions() { return kFunctions; }

}  // namespace renal::fhir::fhirpath
