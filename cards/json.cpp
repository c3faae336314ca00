#include "cards/json.h"

#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace renal::cards {
namespace {

using fhir::JsonWriter;
using fhir::OwnJson;

void WriteText(std::string_view name, std::string_view value, JsonWriter& writer) {
  if (!value.empty()) writer.Member(name, value);
}

std::optional<OwnJson> Read(std::string_view json) {
  auto read = fhir::ReadOwnJson(json);
  if (OwnJson* value = std::get_if<OwnJson>(&read)) return std::move(*value);
  return std::nullopt;
}

void WriteJson(std::string_view name, std::string_view json, JsonWriter& writer) {
  if (const std::optional<OwnJson> value = Read(json)) writer.Key(name).Value(*value);
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
    const std::optional<OwnJson> value = Read(member.json);
    if (!value) continue;
    if (!open) writer.Key("extension").BeginObject();
    open = true;
    writer.Key(member.name).Value(*value);
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
  if (!action.resource.empty()) WriteJson("resource", action.resource, writer);
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

}  // namespace

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
