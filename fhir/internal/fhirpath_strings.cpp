#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_text.h"

namespace renal::fhir::fhirpath {
namespace {

// The text before the dot; nothing if there is none.
bool TextInput(Evaluator& evaluator, const Op& op, const Frame& frame, Scratch& scratch,
               std::optional<std::string_view>& text) {
  if (op.input != nullptr) return evaluator.TextArgument(*op.input, frame, scratch, text);
  return evaluator.TextOfItems(op, frame.focus, text);
}

// The text before the dot and the text of the first argument.
struct Texts {
  Scratch scratch, other_scratch;
  std::optional<std::string_view> text, other;

  bool Read(Evaluator& evaluator, const Op& op, const Frame& frame) {
    return TextInput(evaluator, op, frame, scratch, text) &&
           evaluator.TextArgument(*op.args[0], frame, other_scratch, other);
  }
  bool Both() const { return text && other; }
};

template <bool (*holds)(std::string_view, std::string_view)>
Truth TestTexts(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Texts texts;
  if (!texts.Read(evaluator, op, frame)) return Truth::kError;
  return texts.Both() ? TruthOf(holds(*texts.text, *texts.other)) : Truth::kUnknown;
}

bool StartsWith(std::string_view text, std::string_view part) { return text.starts_with(part); }
bool EndsWith(std::string_view text, std::string_view part) { return text.ends_with(part); }
bool HasPart(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

template <std::string (*map)(std::string_view)>
bool RunMap(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  std::optional<std::string_view> text;
  if (!TextInput(evaluator, op, frame, scratch, text)) return false;
  return !text || evaluator.AddText(op, out, map(*text));
}

bool RunLength(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  std::optional<std::string_view> text;
  if (!TextInput(evaluator, op, frame, scratch, text)) return false;
  return !text || evaluator.Add(op, out, static_cast<std::int64_t>(CountCharacters(*text)));
}

bool RunIndexOf(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Texts texts;
  if (!texts.Read(evaluator, op, frame)) return false;
  if (!texts.Both()) return true;
  const std::size_t at = texts.text->find(*texts.other);
  const std::int64_t index =
      at == std::string_view::npos
          ? -1
          : static_cast<std::int64_t>(CountCharacters(texts.text->substr(0, at)));
  return evaluator.Add(op, out, index);
}

// A start outside of the text gives nothing; a length below one gives the empty text.
std::optional<std::string_view> Part(std::string_view text, std::int64_t start,
                                     std::optional<std::int64_t> length) {
  if (start < 0) return std::nullopt;
  const std::size_t begin = OffsetOfCharacter(text, static_cast<std::size_t>(start));
  if (begin == text.size()) return std::nullopt;
  const std::string_view rest = text.substr(begin);
  if (!length) return rest;
  const auto count = static_cast<std::size_t>(std::max<std::int64_t>(*length, 0));
  return rest.substr(0, OffsetOfCharacter(rest, count));
}

bool RunSubstring(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  std::optional<std::string_view> text;
  std::optional<std::int64_t> start, length;
  if (!TextInput(evaluator, op, frame, scratch, text)) return false;
  if (!evaluator.IntegerArgument(*op.args[0], frame, start)) return false;
  if (op.args.size() > 1 && !evaluator.IntegerArgument(*op.args[1], frame, length)) return false;
  if (!text || !start) return true;
  const auto part = Part(*text, *start, length);
  return !part || evaluator.AddText(op, out, std::string(*part));
}

// An empty pattern stands before each character and at the end: 'abc' and 'x' give 'xaxbxcx'.
std::string Interleave(std::string_view text, std::string_view with) {
  std::string out(with);
  while (!text.empty()) {
    const std::size_t length = OffsetOfCharacter(text, 1);
    out.append(text.substr(0, length)).append(with);
    text.remove_prefix(length);
  }
  return out;
}

std::size_t CountParts(std::string_view text, std::string_view part) {
  if (part.empty()) return CountCharacters(text) + 1;
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size()))
    ++count;
  return count;
}

std::string ReplaceAll(std::string_view text, std::string_view part, std::string_view with) {
  if (part.empty()) return Interleave(text, with);
  std::string out;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part)) {
    out.append(text.substr(0, at)).append(with);
    text.remove_prefix(at + part.size());
  }
  return out.append(text);
}

// The size is counted before the text is made: a short expression must not fill the memory.
bool RunReplace(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Texts texts;
  Scratch with_scratch;
  std::optional<std::string_view> with;
  if (!texts.Read(evaluator, op, frame)) return false;
  if (!evaluator.TextArgument(*op.args[1], frame, with_scratch, with)) return false;
  if (!texts.Both() || !with) return true;
  const std::size_t parts = CountParts(*texts.text, *texts.other);
  if (!evaluator.NewText(op, texts.text->size() + parts * with->size())) return false;
  return evaluator.Add(op, out, ReplaceAll(*texts.text, *texts.other, *with));
}

constexpr Function kFunctions[] = {
    {.name = "startsWith", .arguments = "v", .required = 1, .test = TestTexts<StartsWith>},
    {.name = "endsWith", .arguments = "v", .required = 1, .test = TestTexts<EndsWith>},
    {.name = "contains", .arguments = "v", .required = 1, .test = TestTexts<HasPart>},
    {.name = "length", .run = RunLength},
    {.name = "upper", .run = RunMap<ToUpper>},
    {.name = "lower", .run = RunMap<ToLower>},
    {.name = "substring", .arguments = "vv", .required = 1, .run = RunSubstring},
    {.name = "indexOf", .arguments = "v", .required = 1, .run = RunIndexOf},
    {.name = "replace", .arguments = "vv", .required = 2, .run = RunReplace},
};

}  // namespace

std::span<const Function> StringFunctions() { return kFunctions; }

}  // namespace renal::fhir::fhirpath
