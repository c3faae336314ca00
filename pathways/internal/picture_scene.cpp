#include "pathways/internal/picture_scene.h"

#include <algorithm>

#include "pathways/internal/review.h"
#include "pathways/markdown.h"

namespace renal::pathways::picture {
namespace {

using review::Prose;
using review::Words;

constexpr std::size_t kMaxText = 240;
constexpr std::size_t kMaxIds = 24;

constexpr Face kTitle{13.5, true};
constexpr Face kPlain{11.5, false};
constexpr Face kId{11.5, true};
constexpr Face kSoft{10.5, false};

Paragraph Of(std::string_view text, std::string kind, const Face& face) {
  return {Shorten(CleanLine(text, 4 * kMaxText), kMaxText), std::move(kind), face, {}};
}

/// What the parts work on.
struct Drawn {
  const Pathway& pathway;
  const PictureOptions& options;
  const Words& words;
  Prose prose;
};

std::string StateOf(const Drawn& drawn, const std::string& rule) {
  if (drawn.options.rules.empty()) return {};
  for (const auto& [id, truth] : drawn.options.rules) {
    if (id != rule || truth == Truth::kFalse) continue;
    return truth == Truth::kTrue ? "true" : "unknown";
  }
  return "off";
}

std::string Ids(const Words& words, std::vector<std::string> ids) {
  const bool more = ids.size() > kMaxIds;
  if (more) ids.resize(kMaxIds);
  std::string list;
  for (const std::string& id : ids) {
    list = list.empty() ? id : words("list.comma", {{"list", list}, {"last", id}});
  }
  return more ? list + " \u2026" : list;
}

std::string ChipText(const Drawn& drawn, const Rule& rule, const Option& option) {
  std::string what = option.action != kNone  ? drawn.prose.ActionTitle(option.action)
                     : !rule.summary.empty() ? drawn.prose.SentenceOf(rule.summary)
                                             : drawn.words("option.fact");
  if (option.strength == kNone) return what;
  return drawn.words("picture.option",
                     {{"option", what}, {"strength", drawn.prose.StrengthOf(option.strength)}});
}

std::vector<Chip> ChipsOf(const Drawn& drawn, const Rule& rule) {
  std::vector<Chip> chips;
  for (const Option& option : rule.options) {
    const Tier tier =
        option.strength == kNone ? Tier::kInfo : drawn.pathway.strengths.at(option.strength).tier;
    chips.push_back(
        {Spelling(tier), Of(ChipText(drawn, rule, option), "", kPlain)});
  }
  for (const Index table : rule.go) {
    chips.push_back({"go", Of(drawn.words("picture.go-table",
                                          {{"table", drawn.pathway.tables.at(table).title}}),
                              "", kId)});
  }
  return chips;
}

/// True for a check that takes something away; others only add a line to the card.
bool HoldsBack(const Check& check) {
  return check.suppress || check.strength || check.conditional || check.mdt_required;
}

/// The ids under which the checks that hold a rule back are listed, each once.
std::vector<std::string> ListedChecks(const Pathway& pathway, const Rule& rule) {
  std::vector<std::string> ids;
  for (const Check& check : pathway.checks) {
    if (ids.size() > kMaxIds || !HoldsBack(check) || !review::ActsOn(pathway, check, rule))
      continue;
    if (std::ranges::find(ids, check.rule) == ids.end()) ids.push_back(check.rule);
  }
  return ids;
}

std::vector<Paragraph> NotesOf(const Drawn& drawn, const Rule& rule) {
  const Words& words = drawn.words;
  std::vector<Paragraph> notes;
  if (!rule.with.empty()) {
    notes.push_back(Of(words("picture.with", {{"actions", drawn.prose.ActionTitles(rule.with)}}),
                       "soft", kSoft));
  }
  if (rule.mdt_required) notes.push_back(Of(words("picture.board"), "soft", kSoft));
  const auto checks = ListedChecks(drawn.pathway, rule);
  if (!checks.empty() && !drawn.options.way_only) {
    notes.push_back(Of(words("picture.checked", {{"checks", Ids(words, checks)}}), "soft", kSoft));
  }
  return notes;
}

Row RowOf(const Drawn& drawn, const Rule& rule) {
  Row row;
  row.state = StateOf(drawn, rule.id);
  row.head.push_back(Of(rule.id, "id", kId));
  if (row.state == "true") row.head.push_back(Of(drawn.words("picture.true"), "state", kSoft));
  if (row.state == "unknown")
    row.head.push_back(Of(drawn.words("picture.unknown"), "state", kSoft));
  if (rule.policy) row.head.push_back(Of(drawn.words("mark.policy"), "soft", kSoft));
  for (const Cell& cell : rule.cells) {
    row.tests.push_back(Of(drawn.prose.ConditionOf(cell), "", kPlain));
  }
  if (!rule.together.empty()) {
    row.tests.push_back(Of(
        drawn.words("picture.together", {{"rules", Ids(drawn.words, rule.together)}}), "", kPlain));
  }
  if (row.tests.empty()) row.tests.push_back(Of(drawn.words("condition.always"), "", kPlain));
  row.chips = ChipsOf(drawn, rule);
  row.notes = NotesOf(drawn, rule);
  row.go = rule.go;
  return row;
}

/// Everything is, but where only the way is drawn.
bool IsOnWay(const Drawn& drawn, const Rule& rule) {
  if (!drawn.options.way_only) return true;
  const bool offers = std::ranges::any_of(
      rule.options, [](const Option& option) { return option.action != kNone; });
  return !rule.background && (offers || !rule.go.empty()) && StateOf(drawn, rule.id) != "off";
}

bool IsOnWay(const Drawn& drawn, const Check& check) {
  if (!drawn.options.way_only) return true;
  return std::ranges::find(drawn.options.checks, std::pair(check.id, Truth::kTrue)) !=
         drawn.options.checks.end();
}

Card CardOf(const Drawn& drawn, Index index) {
  const Table& table = drawn.pathway.tables.at(index);
  Card card;
  card.kind = "table";
  card.table = index;
  card.head.push_back(Of(table.title, "title", kTitle));
  if (table.focus != kNone) {
    card.head.push_back(
        Of(drawn.words("picture.each", {{"focus", drawn.pathway.foci.at(table.focus).title}}),
           "soft", kSoft));
  }
  for (const Rule& rule : table.rules) {
    if (IsOnWay(drawn, rule)) card.rows.push_back(RowOf(drawn, rule));
  }
  return card;
}

Card GateOf(const Drawn& drawn) {
  const auto& [pathway, words] = std::tie(drawn.pathway, drawn.words);
  Card card;
  card.kind = "gate";
  const std::string disease =
      pathway.condition == nullptr ? std::string() : pathway.condition->title();
  if (pathway.gate.empty()) {
    card.head.push_back(Of(words("picture.everybody"), "title", kTitle));
  } else {
    card.head.push_back(Of(words("gate.title"), "title", kTitle));
  }
  if (!disease.empty()) {
    card.head.push_back(Of(words("picture.disease", {{"condition", disease}}), "soft", kSoft));
  }
  for (const GateRow& gate : pathway.gate) {
    Row row;
    row.head.push_back(Of(gate.id, "id", kId));
    row.tests.push_back(Of(drawn.prose.ConditionsOf(gate.cells), "", kPlain));
    card.rows.push_back(std::move(row));
  }
  return card;
}

std::string EffectsOf(const Drawn& drawn, const Check& check) {
  const Words& words = drawn.words;
  std::vector<std::string> effects;
  if (check.suppress) effects.push_back(words("effect.suppress"));
  if (check.strength) {
    effects.push_back(words("effect.tier", {{"tier", drawn.prose.TierName(*check.strength)}}));
  }
  if (check.conditional) effects.push_back(words("effect.conditional"));
  if (check.mdt_required) effects.push_back(words("picture.board"));
  if (!check.with.empty()) {
    effects.push_back(words("picture.with", {{"actions", drawn.prose.ActionTitles(check.with)}}));
  }
  std::string list;
  for (const std::string& effect : effects) {
    list = list.empty() ? effect : words("effect.list", {{"list", list}, {"last", effect}});
  }
  return list;
}

/// How much a check takes away, as the kind of its chip.
std::string EffectKind(const Check& check) {
  return check.suppress || check.strength == Tier::kAvoid ? "avoid" : "hold";
}

Row RowOf(const Drawn& drawn, const Check& check) {
  Row row;
  row.head.push_back(Of(check.rule, "id", kId));
  if (drawn.options.way_only) {
    row.state = "true";
    row.head.push_back(Of(drawn.words("picture.true"), "state", kSoft));
  }
  if (check.policy) row.head.push_back(Of(drawn.words("mark.policy"), "soft", kSoft));
  row.tests.push_back(Of(drawn.prose.ConditionsOf(check.cells), "", kPlain));
  row.chips.push_back({EffectKind(check), Of(EffectsOf(drawn, check), "", kPlain)});
  return row;
}

void AddChecks(const Drawn& drawn, Scene& scene) {
  Card card;
  card.kind = "checks";
  card.head.push_back(Of(drawn.words("picture.checks"), "title", kTitle));
  for (const Check& check : drawn.pathway.checks) {
    if (HoldsBack(check) && IsOnWay(drawn, check)) card.rows.push_back(RowOf(drawn, check));
  }
  if (!card.rows.empty()) scene.cards.push_back(std::move(card));
}

void AddLegend(const Drawn& drawn, Scene& scene) {
  for (const Tier tier : {Tier::kPreferred, Tier::kAcceptable, Tier::kInfo, Tier::kAvoid}) {
    scene.legend.push_back(
        {Spelling(tier),
         Of(tier == Tier::kAvoid ? drawn.words("legend.avoid") : drawn.prose.TierName(tier), "",
            kSoft)});
  }
  scene.legend.push_back({"hold", Of(drawn.words("legend.hold"), "", kSoft)});
}

}  // namespace

void Paragraph::Break(double width) { lines = WrapText(text, width, face); }

Scene SceneOf(const Pathway& pathway, const PictureOptions& options, const Words& words) {
  const Drawn drawn{pathway, options, words, Prose(pathway, words)};
  Scene scene;
  scene.width = std::max(options.width, kLeastWidth);
  scene.label = words("picture.label", {{"title", Shorten(pathway.title, kMaxText)}});
  if (!options.way_only) scene.cards.push_back(GateOf(drawn));
  for (Index i = 0; i < pathway.tables.size(); ++i) {
    Card card = CardOf(drawn, i);
    if (!options.way_only || !card.rows.empty()) scene.cards.push_back(std::move(card));
  }
  AddChecks(drawn, scene);
  if (!options.way_only) AddLegend(drawn, scene);
  return scene;
}

}  // namespace renal::pathways::picture
