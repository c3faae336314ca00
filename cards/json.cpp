#include "cards/json.h"

#include <initializer_list>
#include <string_view>

namespace renal::cards {
namespace {

using fhir::JsonWriter;

void WriteText(std::string_view name, std::string_view value, JsonWriter& writer) {
  if (!value.empty()) writer.Member(name, value);
}

template <class Items, class Write>
void WriteList(std::string_view name, const Items& items, JsonWriter& writer, Write write) {
  if (items.empty()) return;
  writer.Key(name).BeginArray();
  for (const auto& item : items) write(item, writer);
  writer.EndArray();
}

void WriteExtension(const std::vector<Extension>& extension, JsonWriter& writer) {
  bool open = false;
  for (const Extension& member : extension) {
    if (member.json.absent()) continue;
    if (!open) writer.Key("extension").BeginObject();
    open = true;
    writer.Key(member.name).Value(member.json);
  }
  if (open) writer.EndObject();
}

void WriteCoding(const Coding& coding, JsonWriter& writer) {
  writer.BeginObject();
  WriteText("system", coding.system, writer);
  WriteText("code", coding.code, writer);
  WriteText("display", coding.display, writer);
  writer.EndObject();
}

void WriteSource(const Source& source, JsonWriter& writer) {
  writer.Key("source").BeginObject();
  WriteText("label", source.label, writer);
  WriteText("url", source.url, writer);
  WriteText("icon", source.icon, writer);
  if (source.topic) {
    writer.Key("topic");
    WriteCoding(*source.topic, writer);
  }
  writer.EndObject();
}

void WriteAction(const Action& action, JsonWriter& writer) {
  writer.BeginObject();
  writer.Member("type", Spelling(action.type));
  WriteText("description", action.description, writer);
  if (!action.resource.absent()) writer.Key("resource").Value(action.resource);
  WriteText("resourceId", action.resource_id, writer);
  writer.EndObject();
}

void WriteSuggestion(const Suggestion& suggestion, JsonWriter& writer) {
  writer.BeginObject();
  WriteText("label", suggestion.label, writer);
  WriteText("uuid", suggestion.uuid, writer);
  if (suggestion.is_recommended) writer.Key("isRecommended").Boolean(true);
  WriteList("actions", suggestion.actions, writer, WriteAction);
  writer.EndObject();
}

void WriteLink(const Link& link, JsonWriter& writer) {
  writer.BeginObject();
  WriteText("label", link.label, writer);
  WriteText("url", link.url, writer);
  writer.Member("type", Spelling(link.type));
  WriteText("appContext", link.app_context, writer);
  writer.EndObject();
}

void WriteCard(const Card& card, JsonWriter& writer) {
  writer.BeginObject();
  WriteText("uuid", card.uuid, writer);
  WriteText("summary", card.summary, writer);
  WriteText("detail", card.detail, writer);
  writer.Member("indicator", Spelling(card.indicator));
  WriteSource(card.source, writer);
  WriteList("suggestions", card.suggestions, writer, WriteSuggestion);
  // Belongs to suggestions: required with them, meaningless without.
  if (!card.suggestions.empty()) {
    WriteText("selectionBehavior", Spelling(card.selection), writer);
  }
  WriteList("overrideReasons", card.override_reasons, writer, WriteCoding);
  WriteList("links", card.links, writer, WriteLink);
  WriteExtension(card.extension, writer);
  writer.EndObject();
}

/// Sums up what values can become at most.
class Bound {
 public:
  std::size_t bytes() const { return bytes_; }

  void Add(const Coding& coding) { Texts({&coding.system, &coding.code, &coding.display}); }
  void Add(const Extension& member) {
    Texts({&member.name});
    bytes_ += member.json.text().size();
  }
  void Add(const Link& link) { Texts({&link.label, &link.url, &link.app_context}); }
  void Add(const Action& action) {
    Texts({&action.description, &action.resource_id});
    bytes_ += action.resource.text().size();
  }
  void Add(const Suggestion& suggestion) {
    Texts({&suggestion.label, &suggestion.uuid});
    All(suggestion.actions);
  }
  void Add(const Card& card) {
    Texts({&card.uuid, &card.summary, &card.detail, &card.source.label, &card.source.url,
           &card.source.icon});
    if (card.source.topic) Add(*card.source.topic);
    All(card.suggestions);
    All(card.override_reasons);
    All(card.links);
    All(card.extension);
  }
  template <class Items>
  void All(const Items& items) {
    for (const auto& item : items) Add(item);
  }

 private:
  static constexpr std::size_t kEscape = 6;     // \u001F
  static constexpr std::size_t kMembers = 256;  // names and punctuation of one object

  void Texts(std::initializer_list<const std::string*> texts) {
    bytes_ += kMembers;
    for (const std::string* text : texts) bytes_ += kEscape * text->size();
  }

  std::size_t bytes_ = kMembers;
};

}  // namespace

std::size_t MostBytes(const Response& response) {
  Bound bound;
  bound.All(response.cards);
  bound.All(response.extension);
  return bound.bytes();
}

void WriteResponse(const Response& response, JsonWriter& writer) {
  writer.BeginObject();
  writer.Key("cards").BeginArray();
  for (const Card& card : response.cards) WriteCard(card, writer);
  writer.EndArray();
  if (response.empty_system_actions) writer.Key("systemActions").BeginArray().EndArray();
  WriteExtension(response.extension, writer);
  writer.EndObject();
}

std::string ResponseText(const Response& response) {
  JsonWriter writer;
  WriteResponse(response, writer);
  return writer.Take();
}

}  // namespace renal::cards
