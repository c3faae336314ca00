#include "cards/comparison.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "cards/board_words.h"
#include "cards/internal/view.h"
#include "fhir/own_json.h"
#include "pathways/html.h"

extern "C" {
extern const char renal_board_css[];
extern const char renal_board_css_end[];
}

namespace renal::cards {
namespace {

using pathways::Determination;
using pathways::EscapeXml;
using pathways::FocusInstance;
using pathways::Input;
using pathways::Outcome;
using pathways::Phrases;

/// The first quantity of a kind of thing is its size.
Index SizeOf(const pathways::Pathway& pathway, Index focus_kind) {
  for (Index i = 0; i < pathway.inputs.size(); ++i) {
    const Input& input = pathway.inputs[i];
    if (input.focus == focus_kind && input.type == pathways::Type::kQuantity) return i;
  }
  return kNone;
}

std::string Fixed(double value, int places) {
  const double scale = std::pow(10, places);
  const auto whole = static_cast<long long>(std::llround(std::abs(value) * scale));
  std::string digits = std::to_string(whole);
  const auto wanted = static_cast<std::size_t>(places) + 1;
  if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - static_cast<std::size_t>(places), ".");
  return value < 0 && whole != 0 ? "-" + digits : digits;
}

std::string Percent(const Agreement& agreement) {
  const auto total = static_cast<double>(std::max<std::int64_t>(agreement.total(), 1));
  return Fixed(static_cast<double>(agreement.same()) * 100 / total, 0) + " %";
}

std::string KappaText(const Phrases& words, const Agreement& agreement) {
  const auto kappa = agreement.kappa();
  if (!kappa) return words.Text(BoardPhrase("compare.no-kappa"));
  return words.Text(BoardPhrase("compare.kappa"), {{"value", Fixed(kappa->value, 2)},
                                                   {"low", Fixed(kappa->low, 2)},
                                                   {"high", Fixed(kappa->high, 2)}});
}

void WriteAgreement(const Agreement& agreement, fhir::JsonWriter& writer) {
  writer.BeginObject().Key("pairs").Integer(agreement.total());
  writer.Key("same").Integer(agreement.same());
  if (const auto kappa = agreement.kappa()) {
    writer.Key("kappa").BeginObject().Key("value").Number(Fixed(kappa->value, 4));
    writer.Key("low").Number(Fixed(kappa->low, 4)).Key("high").Number(Fixed(kappa->high, 4));
    writer.EndObject();
  }
  writer.Key("confusion").BeginArray();
  for (const auto& [pair, count] : agreement.counts()) {
    writer.BeginObject().Member("one", pair.first).Member("other", pair.second);
    writer.Key("count").Integer(count).EndObject();
  }
  writer.EndArray().EndObject();
}

std::string Element(std::string_view name, std::string_view kind, const std::string& content) {
  std::string out = "<" + std::string(name);
  if (!kind.empty()) out += " class=\"" + std::string(kind) + "\"";
  return out + ">" + content + "</" + std::string(name) + ">";
}

std::int64_t CountOf(const Agreement& agreement, const std::string& one, const std::string& other) {
  const auto found = agreement.counts().find({one, other});
  return found == agreement.counts().end() ? 0 : found->second;
}

/// Rows: what the first chooses; columns: what the second does.
std::string ConfusionTable(const Phrases& words, const Agreement& agreement, const std::string& one,
                           const std::string& other) {
  std::set<std::string> names;
  for (const auto& [pair, count] : agreement.counts()) {
    names.insert(pair.first);
    names.insert(pair.second);
  }
  const std::string corner =
      words.Text(BoardPhrase("compare.corner"), {{"one", one}, {"other", other}});
  std::string head = Element("th", "", EscapeXml(corner));
  for (const std::string& name : names) head += Element("th", "", EscapeXml(name));
  std::string rows;
  for (const std::string& row : names) {
    std::string cells = Element("th", "", EscapeXml(row));
    for (const std::string& column : names) {
      const std::int64_t count = CountOf(agreement, row, column);
      cells += Element("td", row == column ? "number same" : "number",
                       count == 0 ? std::string() : std::to_string(count));
    }
    rows += Element("tr", "", cells) + "\n";
  }
  return "<div class=\"wide\"><table class=\"confusion\"><thead>" + Element("tr", "", head) +
         "</thead>\n<tbody>" + rows + "</tbody></table></div>\n";
}

using Bands = std::map<std::pair<std::size_t, std::string>, Agreement>;

/// A bar a band: how many agree, and kappa.
std::string BandPicture(const Phrases& words, const Bands& bands) {
  constexpr int kRow = 30, kBar = 190, kLeft = 270;
  const int height = kRow * static_cast<int>(bands.size()) + 8;
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bands\" role=\"img\" "
      "aria-label=\"" +
      EscapeXml(words.Text(BoardPhrase("compare.bands"))) + "\" viewBox=\"0 0 960 " +
      std::to_string(height) + "\">\n";
  int y = 4;
  for (const auto& [band, agreement] : bands) {
    const auto total = static_cast<double>(std::max<std::int64_t>(agreement.total(), 1));
    const std::string width = Fixed(kBar * static_cast<double>(agreement.same()) / total, 1);
    const auto box = [&](const char* kind, const std::string& size) {
      svg += "<rect class=\"" + std::string(kind) + "\" x=\"" + std::to_string(kLeft) + "\" y=\"" +
             std::to_string(y) + "\" width=\"" + size + "\" height=\"20\"/>";
    };
    const auto text = [&](int x, const char* anchor, const std::string& content) {
      svg += "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y + 15) +
             "\" text-anchor=\"" + anchor + "\">" + EscapeXml(content) + "</text>\n";
    };
    const std::string title =
        band.second.empty() ? words.Text(BoardPhrase("compare.no-band")) : band.second;
    text(kLeft - 8, "end", title);
    box("whole", std::to_string(kBar));
    box("part", width);
    text(kLeft + kBar + 8, "start",
         words.Text(BoardPhrase("compare.share"), {{"share", Percent(agreement)},
                                                   {"same", std::to_string(agreement.same())},
                                                   {"pairs", std::to_string(agreement.total())},
                                                   {"kappa", KappaText(words, agreement)}}));
    y += kRow;
  }
  return "<figure>" + svg + "</svg></figure>\n";
}

}  // namespace

bool HasSize(const pathways::Pathway& pathway, Index focus_kind) {
  return SizeOf(pathway, focus_kind) != kNone;
}

Choice ChoiceOf(const Outcome& outcome, const FocusInstance& thing,
                const pathways::Pathway& titles) {
  const pathways::Pathway& pathway = *outcome.pathway;
  bool open = false;
  for (const pathways::Recommendation& result : outcome.recommendations) {
    const bool treatment = result.action < pathway.actions.size() && !result.frame &&
                           !result.background && result.focus == thing.key &&
                           result.focus_kind == thing.kind &&
                           result.tier <= pathways::Tier::kAcceptable &&
                           pathway.actions[result.action].kind == pathways::ActionKind::kTreatment;
    if (!treatment) continue;
    if (result.determination == Determination::kRecommended) {
      const pathways::Action& action = pathway.actions[result.action];
      const Index known = titles.FindAction(action.id);
      return {Choice::Kind::kTreatment,
              known == kNone ? action.title : titles.actions[known].title};
    }
    open = true;
  }
  return {open ? Choice::Kind::kOpen : Choice::Kind::kNothing, {}};
}

std::pair<std::size_t, std::string> BandOf(const Outcome& outcome, const FocusInstance& thing) {
  const pathways::Pathway& pathway = *outcome.pathway;
  const Index index = SizeOf(pathway, thing.kind);
  if (index == kNone) return {};
  const Input& input = pathway.inputs[index];
  const auto& state = outcome.State(index, outcome.Instance(thing.key));
  std::pair<std::size_t, std::string> none{input.segments.size(), std::string()};
  if (!state.value || state.value->IsCode()) return none;
  const BuildRequest request;
  const Catalogue* words = Catalogue::Of(pathway.language);
  const Scene scene{outcome, pathway, request, words == nullptr ? Catalogue::English() : *words};
  for (std::size_t i = 0; i < input.segments.size(); ++i) {
    if (input.segments[i].IsCode()) continue;
    const auto cover = Covers(input.segments[i].interval(), state.value->interval());
    if (cover == pathways::Cover::kInside) return {i, ValueShown(scene, input, input.segments[i])};
  }
  return none;
}

std::string Comparison::Words(const Choice& choice) const {
  const Phrases& words = BoardWords(language_);
  if (choice.kind == Choice::Kind::kTreatment) return choice.treatment;
  return words.Text(choice.kind == Choice::Kind::kOpen ? BoardPhrase("compare.open")
                                                       : BoardPhrase("compare.nothing"));
}

void Comparison::Add(const std::pair<std::size_t, std::string>& band, const Choice& one,
                     const Choice& other) {
  const std::string first = Words(one);
  const std::string second = Words(other);
  all_.Add(first, second);
  const bool decided =
      one.kind == Choice::Kind::kTreatment && other.kind == Choice::Kind::kTreatment;
  if (!decided) return;
  decided_.Add(first, second);
  bands_[band].Add(first, second);
}

std::string Comparison::Json() const {
  fhir::JsonWriter writer;
  writer.BeginObject().Member("one", one_).Member("other", other_).Key("all");
  WriteAgreement(all_, writer);
  writer.Key("decided");
  WriteAgreement(decided_, writer);
  writer.Key("bands").BeginArray();
  for (const auto& [band, agreement] : bands_) {
    writer.BeginObject().Member("size", band.second).Key("agreement");
    WriteAgreement(agreement, writer);
    writer.EndObject();
  }
  return writer.EndArray().EndObject().Take() + "\n";
}

std::string Comparison::Page() const {
  const Phrases& words = BoardWords(language_);
  const std::string_view style(renal_board_css,
                               static_cast<std::size_t>(renal_board_css_end - renal_board_css));
  const std::string title =
      EscapeXml(words.Text(BoardPhrase("compare.title"), {{"one", one_}, {"other", other_}}));
  std::string page = "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"" +
                     EscapeXml(language_) + "\">\n<head>\n<meta charset=\"utf-8\" />\n";
  page +=
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri "
      "'none'; form-action 'none'; style-src " +
      pathways::PolicyHash(style) + "\" />\n";
  page +=
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
      "<meta name=\"color-scheme\" content=\"light dark\" />\n";
  page += Element("title", "", title) + "\n<style>";
  page.append(style).append("</style>\n</head>\n<body class=\"compare\">\n");
  page += Element("h1", "", title) + "\n<main>\n";
  const std::string sentence =
      words.Text(BoardPhrase("compare.sentence"), {{"share", Percent(decided_)},
                                                   {"same", std::to_string(decided_.same())},
                                                   {"pairs", std::to_string(decided_.total())},
                                                   {"kappa", KappaText(words, decided_)}});
  page += Element("p", "lead", EscapeXml(sentence)) + "\n";
  page += Element("h2", "", EscapeXml(words.Text(BoardPhrase("compare.bands")))) + "\n";
  page += BandPicture(words, bands_);
  page += Element("h2", "", EscapeXml(words.Text(BoardPhrase("compare.table")))) + "\n";
  page += ConfusionTable(words, all_, one_, other_);
  page += Element("p", "note", EscapeXml(words.Text(BoardPhrase("compare.note")))) + "\n";
  return page + "</main>\n</body>\n</html>\n";
}

}  // namespace renal::cards
