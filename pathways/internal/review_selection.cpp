#include <algorithm>

#include "pathways/internal/review.h"

namespace renal::pathways::review {
namespace {

void Add(std::vector<Line>& lines, std::string text) {
  if (!text.empty()) lines.push_back({Text(std::move(text))});
}

std::string MergeWords(const Reviewed& reviewed, const Input& input) {
  if (input.sources.size() < 2) return {};
  if (RankedByHand(input)) return reviewed.words("select.ranked");
  return input.sources[1].rank == input.sources[0].rank ? reviewed.words("select.all")
                                                        : reviewed.words("select.first");
}

std::string PickWords(const Reviewed& reviewed, const Input& input) {
  const Words& words = reviewed.words;
  const bool code = input.type == Type::kCode || input.type == Type::kBoolean;
  const std::string last =
      input.values.empty() ? std::string() : reviewed.prose.CodeOf(input, input.values.size() - 1);
  switch (input.pick) {
    case Pick::kLatest:
      return words("select.latest");
    case Pick::kEarliest:
      return words("select.earliest");
    case Pick::kMax:
      return code ? words("select.last-code", {{"value", last}}) : words("select.max");
    case Pick::kMin:
      return code ? words("select.first-code", {{"value", reviewed.prose.CodeOf(input, 0)}})
                  : words("select.min");
    case Pick::kAnyTrue:
      return words("select.any-true");
    case Pick::kAllTrue:
      return words("select.all-true");
  }
  return {};
}

std::string PreferWords(const Reviewed& reviewed, const Input& input) {
  if (!input.prefer) return {};
  std::vector<std::string> titles;
  for (const Preference::Class& entry : input.prefer->order) titles.push_back(entry.title);
  return reviewed.words("select.prefer",
                        {{"days", reviewed.prose.DaysOf(input.prefer->within_days)},
                         {"order", reviewed.words.And(titles)}});
}

/// What makes two values a contradiction.
std::string DifferenceWords(const Reviewed& reviewed, const Input& input) {
  const auto& [words, prose] = std::tie(reviewed.words, reviewed.prose);
  std::vector<std::string> parts;
  for (const fhir::Quantity& limit : input.conflict->limits) {
    parts.push_back(prose.QuantityOf(input, limit));
  }
  if (!parts.empty()) return words("conflict.sides", {{"limits", words.Or(parts)}});
  for (const auto& [one, other] : input.conflict->pairs) {
    parts.push_back(words("conflict.pair", {{"one", prose.CodeOf(input, one)},
                                            {"other", prose.CodeOf(input, other)}}));
  }
  if (!parts.empty()) return words("conflict.pairs", {{"pairs", words.Or(parts)}});
  return words("conflict.any");
}

std::string ConflictWords(const Reviewed& reviewed, const Input& input) {
  if (!input.conflict) return {};
  const Words& words = reviewed.words;
  std::string text =
      words("select.conflict", {{"days", reviewed.prose.DaysOf(input.conflict->within_days)},
                                {"difference", DifferenceWords(reviewed, input)}});
  if (input.conflict->per_source) text += " " + words("select.per-source");
  return text;
}

std::string TiesWords(const Reviewed& reviewed, const Input& input) {
  // Only what is picked by time can have rivals of the same time.
  if (input.pick != Pick::kLatest && input.pick != Pick::kEarliest) return {};
  const bool code = input.type == Type::kCode || input.type == Type::kBoolean;
  switch (input.ties) {
    case Ties::kConflict:
      return reviewed.words("ties.conflict");
    case Ties::kMax:
      return code && !input.values.empty()
                 ? reviewed.words(
                       "ties.code",
                       {{"value", reviewed.prose.CodeOf(input, input.values.size() - 1)}})
                 : reviewed.words("ties.max");
    case Ties::kMin:
      return code ? reviewed.words("ties.code", {{"value", reviewed.prose.CodeOf(input, 0)}})
                  : reviewed.words("ties.min");
  }
  return {};
}

std::string StatusWords(const Reviewed& reviewed, const Input& input) {
  if (!input.prefer_status) return {};
  if (input.status_note.empty()) return reviewed.words("select.status");
  return reviewed.words("select.status-note", {{"note", input.status_note}});
}

std::string AgeWords(const Reviewed& reviewed, const AgeLimit& limit) {
  const auto& [words, prose] = std::tie(reviewed.words, reviewed.prose);
  if (limit.fresh_days && limit.limit_days) {
    return words("age.both", {{"fresh", prose.DaysOf(*limit.fresh_days)},
                              {"limit", prose.DaysOf(*limit.limit_days)}});
  }
  if (limit.limit_days) return words("age.limit", {{"limit", prose.DaysOf(*limit.limit_days)}});
  if (limit.fresh_days) return words("age.fresh", {{"fresh", prose.DaysOf(*limit.fresh_days)}});
  return words("age.none");
}

}  // namespace

std::vector<Line> SelectionLines(const Reviewed& reviewed, const Input& input) {
  std::vector<Line> lines;
  if (input.sources.empty()) return lines;
  Add(lines, MergeWords(reviewed, input));
  Add(lines, StatusWords(reviewed, input));
  Add(lines, PickWords(reviewed, input));
  Add(lines, PreferWords(reviewed, input));
  Add(lines, ConflictWords(reviewed, input));
  Add(lines, TiesWords(reviewed, input));
  return lines;
}

std::vector<Line> AgeLines(const Reviewed& reviewed, const Input& input) {
  std::vector<Line> lines;
  if (input.sources.empty()) return lines;
  for (const AgeLimit& limit : input.age) {
    const std::string text = AgeWords(reviewed, limit);
    const bool otherwise = limit.when.empty() && !lines.empty();
    Add(lines,
        limit.when.empty()
            ? (otherwise ? reviewed.words("age.otherwise", {{"age", text}}) : text)
            : reviewed.words("age.where", {{"conditions", reviewed.prose.ConditionsOf(limit.when)},
                                           {"age", text}}));
  }
  if (lines.empty()) Add(lines, reviewed.words("age.none"));
  return lines;
}

std::vector<Line> NothingDocumentedLines(const Reviewed& reviewed, const Input& input) {
  const auto& [words, prose] = std::tie(reviewed.words, reviewed.prose);
  std::vector<Line> lines;
  if (!input.if_none) {
    if (!input.sources.empty()) Add(lines, words("none.unknown"));
    if (!input.when_unknown.empty()) {
      Add(lines, words("none.shown", {{"text", input.when_unknown}}));
    }
    return lines;
  }
  const IfNone& none = *input.if_none;
  Add(lines, words("none.assumed", {{"value", prose.ValueOf(input, none.value)}}));
  if (!none.assumption.empty()) Add(lines, words("none.says", {{"text", none.assumption}}));
  if (!none.unless.empty()) {
    Add(lines, words("none.unless", {{"conditions", prose.ConditionsOf(none.unless)}}));
  }
  if (!none.why.empty()) Add(lines, words("none.why", {{"why", none.why}}));
  return lines;
}

}  // namespace renal::pathways::review
