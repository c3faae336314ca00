#include "cards/build.h"

#include <algorithm>
#include <utility>

#include "cards/internal/draft.h"
#include "cards/invariants.h"
#include "cards/markdown.h"
#include "fhir/own_json.h"

namespace renal::cards {
namespace {

using pathways::Outcome;
using pathways::OutcomeKind;

fhir::WrittenJson CardExtension(const Scene& scene, const Subject& subject, const Topic& topic) {
  fhir::JsonWriter writer;
  writer.BeginObject();
  const auto member = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) writer.Member(name, value);
  };
  member("pathway", scene.pathway.url);
  member("version", scene.pathway.version);
  member("hash", scene.pathway.hash);
  member("rule", topic.code);
  member("focus", subject.focus.key);
  member("traceId", scene.outcome.trace_id);
  writer.EndObject();
  return writer.TakeWritten();
}

Source SourceOf(const Scene& scene, const std::vector<Index>& citations, const Topic& topic) {
  Source source{.label = scene.pathway.title};
  if (!citations.empty()) {
    const pathways::Source& first = scene.pathway.sources[citations.front()];
    if (!first.label.empty()) source.label = first.label;
    if (IsHttps(first.url)) source.url = first.url;
  }
  source.label = CleanLine(source.label);
  source.topic = Coding{scene.pathway.url, topic.code, CleanLine(topic.display)};
  return source;
}

std::vector<Link> LinksOf(const Scene& scene, const std::vector<Index>& citations) {
  std::vector<Link> links;
  links.reserve(citations.size());
  for (const Index index : citations) {
    const pathways::Source& source = scene.pathway.sources[index];
    const bool there = std::ranges::find(links, source.url, &Link::url) != links.end();
    if (!IsHttps(source.url) || there) continue;
    const std::string& label = source.label.empty() ? source.id : source.label;
    links.push_back({.label = CleanLine(label), .url = source.url});
  }
  return links;
}

std::vector<Coding> OverrideReasons(const pathways::CardSettings& settings) {
  std::vector<Coding> reasons;
  reasons.reserve(settings.override_reasons.size());
  for (const fhir::Concept& reason : settings.override_reasons) {
    reasons.push_back({reason.system, reason.code, CleanLine(reason.display)});
  }
  return reasons;
}

bool SaysNothing(const Outcome& outcome) {
  return outcome.pathway == nullptr || !outcome.gate.empty() ||
         outcome.kind == OutcomeKind::kNotApplicable || outcome.kind == OutcomeKind::kError;
}

std::size_t MaxCards(const Scene& scene) {
  std::size_t max = std::min(scene.pathway.cards.max, kMaxCards);
  const std::size_t asked = scene.request.options.max_cards;
  return asked == 0 ? max : std::min(max, asked);
}

const Catalogue& WordsFor(const pathways::Pathway& pathway, const BuildRequest& request) {
  const Catalogue* words =
      request.catalogue != nullptr ? request.catalogue : Catalogue::Of(pathway.language);
  return words == nullptr ? Catalogue::English() : *words;
}

void GiveUuids(std::vector<Card>& cards, UuidSource& uuids) {
  for (Card& card : cards) {
    card.uuid = uuids.Next();
    for (Suggestion& suggestion : card.suggestions) suggestion.uuid = uuids.Next();
  }
}

}  // namespace

void Finish(const Scene& scene, const Subject& subject, const Topic& topic, Prose prose,
            Card& card) {
  WriteProvenance(scene, subject.results, prose);
  card.summary = Shorten(Capitalised(card.summary));
  for (Suggestion& suggestion : card.suggestions) suggestion.label = Capitalised(suggestion.label);
  card.detail = CutAtLine(prose.Take(), kMaxDetailBytes);
  const std::vector<Index> citations = Citations(scene, subject.results);
  card.source = SourceOf(scene, citations, topic);
  card.rule = topic.code;
  card.override_reasons = OverrideReasons(scene.pathway.cards);
  card.links = LinksOf(scene, citations);
  card.focus = subject.focus.key;
  card.extension.push_back({"org.renalpath.card", CardExtension(scene, subject, topic)});
}

Response BuildCards(const Outcome& outcome, const BuildRequest& request, UuidSource& uuids) {
  Response response;
  if (SaysNothing(outcome)) return response;
  const Catalogue& words = WordsFor(*outcome.pathway, request);
  const Scene scene{outcome, *outcome.pathway, request, words};
  std::vector<Draft> drafts = scene.OnOrders() ? OrderCards(scene) : ResultCards(scene);
  std::ranges::stable_sort(drafts, {}, &Draft::rank);
  if (drafts.size() > MaxCards(scene)) drafts.resize(MaxCards(scene));
  for (Draft& draft : drafts) response.cards.push_back(std::move(draft.card));
  GiveUuids(response.cards, uuids);
  return response;
}

}  // namespace renal::cards
