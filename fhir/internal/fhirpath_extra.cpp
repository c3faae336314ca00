#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "fhir/internal/fhirpath_collections.h"
#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_text.h"
#include "fhir/internal/fhirpath_values.h"

// Functions that recurse or build lists without bound in the data. A pathway cannot use them; the
// limits of the evaluation hold for them too.
namespace renal::fhir::fhirpath {
namespace {

// Every member of a node, as navigation by its name would give it.
bool AddChildren(Evaluator& evaluator, const Op& op, const Item& item, Collection& out) {
  const auto* node = std::get_if<Node>(&item);
  if (node == nullptr) return true;
  for (const Json::Entry entry : node->json) {
    if (entry.name.starts_with('_') || entry.name == "resourceType") continue;
    Op member;
    member.name = entry.name;
    member.elements = &r4::Table::Instance().Named(member.name);
    member.at = op.at;
    if (!RunNavigate(evaluator, member, Frame{.focus = Items(&item, 1)}, out)) return false;
  }
  return true;
}

bool RunChildren(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  return std::all_of(items.begin(), items.end(),
                     [&](const Item& item) { return AddChildren(evaluator, op, item, out); });
}

bool RunDescendants(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  std::size_t next = out.size();
  if (!RunChildren(evaluator, op, frame, out)) return false;
  for (; next < out.size(); ++next) {
    const Item parent = out[next];
    if (!AddChildren(evaluator, op, parent, out)) return false;
  }
  return true;
}

bool RunRepeat(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch, found;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  DistinctItems distinct(evaluator, op, out);
  std::size_t next = out.size();
  for (std::size_t i = 0; i < items.size() || next < out.size(); ++i) {
    const Item item = i < items.size() ? items[i] : out[next++];
    found->clear();
    if (!evaluator.Run(*op.args[0], Frame{.focus = Items(&item, 1), .total = frame.total}, *found))
      return false;
    if (!distinct.AddAll(*found)) return false;
  }
  return true;
}

bool RunAggregate(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch, total, next;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  if (op.args.size() > 1 && !evaluator.Run(*op.args[1], frame, *total)) return false;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Frame inner{items.subspan(i, 1), static_cast<std::int64_t>(i), *total};
    next->clear();
    if (!evaluator.Run(*op.args[0], inner, *next)) return false;
    std::swap(*total, *next);
  }
  return evaluator.AddAll(op, out, *total);
}

// The text before the dot; nothing if there is none.
bool InputText(Evaluator& evaluator, const Op& op, const Frame& frame, Scratch& scratch,
               std::optional<std::string_view>& text) {
  Items items;
  return evaluator.Input(op, frame, scratch, items) && evaluator.TextOfItems(op, items, text);
}

bool RunTrim(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  Scratch scratch;
  std::optional<std::string_view> text;
  if (!InputText(evaluator, op, frame, scratch, text)) return false;
  if (!text) return true;
  const std::size_t begin = text->find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return evaluator.AddText(op, out, std::string());
  return evaluator.AddText(
      op, out, std::string(text->substr(begin, text->find_last_not_of(kSpace) + 1 - begin)));
}

bool RunSplit(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch, separator_scratch;
  std::optional<std::string_view> text, separator;
  if (!InputText(evaluator, op, frame, scratch, text)) return false;
  if (!evaluator.TextArgument(*op.args[0], frame, separator_scratch, separator)) return false;
  if (!text || !separator || separator->empty()) return true;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text->find(*separator);
    if (!evaluator.AddText(op, out, std::string(text->substr(0, end)))) return false;
    if (end != std::string_view::npos) text->remove_prefix(end + separator->size());
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
    if (i > 0) joined.append(separator.value_or(""));
    joined.append(text.value_or(""));
  }
  return evaluator.AddText(op, out, std::move(joined));
}

bool RunToChars(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  std::optional<std::string_view> text;
  if (!InputText(evaluator, op, frame, scratch, text)) return false;
  while (text && !text->empty()) {
    const std::size_t length = OffsetOfCharacter(*text, 1);
    if (!evaluator.AddText(op, out, std::string(text->substr(0, length)))) return false;
    text->remove_prefix(length);
  }
  return true;
}

std::optional<DateTime> TimeOf(const Item& item) {
  const Value value = Read(item);
  if (const auto* text = std::get_if<std::string_view>(&value)) return DateTime::ParseTime(*text);
  const auto* time = std::get_if<DateTime>(&value);
  return time == nullptr || time->kind != DateTime::Kind::kTime ? std::nullopt
                                                                : std::optional(*time);
}

bool RunToTime(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return false;
  const auto time = item == nullptr ? std::nullopt : TimeOf(*item);
  return !time || evaluator.Add(op, out, *time);
}

Truth TestConvertsToTime(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return Truth::kError;
  return item == nullptr ? Truth::kUnknown : TruthOf(TimeOf(*item).has_value());
}

constexpr Function kFunctions[] = {
    {.name = "children", .run = RunChildren},
    {.name = "descendants", .run = RunDescendants},
    {.name = "repeat", .arguments = "c", .required = 1, .run = RunRepeat},
    {.name = "aggregate", .arguments = "cv", .required = 1, .run = RunAggregate},
    {.name = "trim", .run = RunTrim},
    {.name = "split", .arguments = "v", .required = 1, .run = RunSplit},
    {.name = "join", .arguments = "v", .run = RunJoinTexts},
    {.name = "toChars", .run = RunToChars},
    {.name = "toTime", .run = RunToTime},
    {.name = "convertsToTime", .test = TestConvertsToTime},
};

// What the standard has and this engine has nowhere: regular expressions, terminology, floating
// point.
constexpr std::array<std::string_view, 25> kAbsent = {"matches",
                                                      "matchesFull",
                                                      "replaceMatches",
                                                      "repeatAll",
                                                      "defineVariable",
                                                      "sort",
                                                      "encode",
                                                      "decode",
                                                      "escape",
                                                      "unescape",
                                                      "lowBoundary",
                                                      "highBoundary",
                                                      "type",
                                                      "conformsTo",
                                                      "subsumes",
                                                      "subsumedBy",
                                                      "comparable",
                                                      "precision",
                                                      "sqrt",
                                                      "exp",
                                                      "ln",
                                                      "log",
                                                      "lastIndexOf",
                                                      "htmlChecks",
                                                      "elementDefinition"};

}  // namespace

const Function* FindExtraFunction(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kFunctions), std::end(kFunctions),
                   [name](const Function& function) { return function.name == name; });
  return found == std::end(kFunctions) ? nullptr : found;
}

bool IsOutsideProfile(std::string_view name) {
  return FindExtraFunction(name) != nullptr ||
         std::find(kAbsent.begin(), kAbsent.end(), name) != kAbsent.end();
}

}  // namespace renal::fhir::fhirpath
