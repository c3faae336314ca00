#include "cards/document.h"

#include <string_view>
#include <vector>

#include "cards/board_words.h"
#include "cards/internal/focus_title.h"
#include "cards/internal/view.h"
#include "cards/markdown.h"
#include "fhir/own_json.h"
#include "pathways/apply.h"
#include "pathways/html.h"

namespace renal::cards {
namespace {

using fhir::JsonWriter;
using pathways::Determination;
using pathways::EscapeXml;
using pathways::Outcome;
using pathways::OutcomeKind;

/// Entries of the document, by what they are called in it.
struct Names {
  std::string composition, patient, author, response, plan;
};

std::string Urn(UuidSource& uuids) { return "urn:uuid:" + uuids.Next(); }

void Refer(JsonWriter& writer, std::string_view member, std::string_view target) {
  writer.Key(member).BeginObject().Member("reference", target).EndObject();
}

/// A narrative: a list of lines.
void Narrative(JsonWriter& writer, const std::vector<std::string>& lines) {
  std::string div = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><ul>";
  for (const std::string& line : lines) div += "<li>" + EscapeXml(line) + "</li>";
  writer.Key("text").BeginObject().Member("status", "generated");
  writer.Member("div", div + "</ul></div>").EndObject();
}

std::vector<std::string> ResultLines(const Scene& scene) {
  std::vector<std::string> lines;
  for (const pathways::Recommendation& result : scene.outcome.recommendations) {
    std::string line = Capitalised(ResultTitle(scene, result));
    if (!result.focus.empty()) line += " – " + FocusTitle(scene, FocusOf(result));
    const bool open = result.determination == Determination::kConditional;
    if (open) line += " (" + scene.words.Text(Phrase::kHeadingConditional) + ")";
    for (const std::string& reason : result.because) line += ". " + reason;
    AddOnce(lines, line + " [" + result.rule + "]");
  }
  AddOnce(lines, scene.outcome.gate_because);
  if (lines.empty()) lines.push_back(scene.words.Text(Phrase::kDetailOutOfScope));
  return lines;
}

std::vector<std::string> QuestionLines(const Scene& scene) {
  std::vector<std::string> lines;
  for (const pathways::Question& question : scene.outcome.ask) {
    if (question.input >= scene.pathway.inputs.size()) continue;
    AddOnce(lines, InputTitle(scene, question.input, FindFocus(scene, question.focus)) + ": " +
                       scene.pathway.inputs[question.input].question);
  }
  return lines;
}

class DocumentWriter {
 public:
  DocumentWriter(const Scene& scene, const fhir::Json& patient, const Person& person,
                 UuidSource& uuids)
      : scene_(scene),
        patient_(patient),
        person_(person),
        id_(uuids.Next()),
        names_{Urn(uuids), Urn(uuids), Urn(uuids), Urn(uuids), Urn(uuids)} {}

  std::string Write() {
    writer_.BeginObject().Member("resourceType", "Bundle");
    writer_.Key("identifier").BeginObject().Member("system", "urn:ietf:rfc:3986");
    writer_.Member("value", "urn:uuid:" + id_).EndObject();
    writer_.Member("type", "document").Member("timestamp", scene_.outcome.evaluated_at);
    writer_.Key("entry").BeginArray();
    Entry(names_.composition, [this] { Composition(); });
    Entry(names_.patient, [this] { Patient(); });
    Entry(names_.author, [this] { Author(); });
    Entry(names_.response, [this] { Response(); });
    Entry(names_.plan, [this] { Plan(); });
    return writer_.EndArray().EndObject().Take() + "\n";
  }

 private:
  template <class Body>
  void Entry(const std::string& url, Body body) {
    writer_.BeginObject().Member("fullUrl", url).Key("resource");
    body();
    writer_.EndObject();
  }

  void Composition() {
    const pathways::Phrases& words = BoardWords(scene_.pathway.language);
    const std::string title = words.Text(
        BoardPhrase("brief.kind"),
        {{"pathway", scene_.pathway.title}, {"date", Day(scene_, scene_.outcome.evaluated_at)}});
    writer_.BeginObject().Member("resourceType", "Composition");
    writer_.Member("language", scene_.pathway.language);
    Narrative(writer_, ResultLines(scene_));
    writer_.Member("status", "preliminary").Key("type").BeginObject();
    writer_.Member("text", title).EndObject();
    Refer(writer_, "subject", names_.patient);
    writer_.Member("date", scene_.outcome.evaluated_at).Key("author").BeginArray();
    writer_.BeginObject().Member("reference", names_.author).EndObject().EndArray();
    writer_.Member("title", title).Key("section").BeginArray();
    Section(scene_.words.Text(Phrase::kHeadingRecommended), ResultLines(scene_), names_.plan);
    const std::vector<std::string> questions = QuestionLines(scene_);
    if (!questions.empty()) {
      Section(words.Text(BoardPhrase("brief.missing")), questions, names_.response);
    }
    writer_.EndArray().EndObject();
  }

  void Section(const std::string& title, const std::vector<std::string>& lines,
               const std::string& entry) {
    writer_.BeginObject().Member("title", title);
    Narrative(writer_, lines);
    writer_.Key("entry").BeginArray().BeginObject().Member("reference", entry).EndObject();
    writer_.EndArray().EndObject();
  }

  void Patient() {
    if (patient_) {
      writer_.Value(patient_);
      return;
    }
    writer_.BeginObject().Member("resourceType", "Patient").Member("id", person_.id).EndObject();
  }

  void Author() {
    writer_.BeginObject().Member("resourceType", "Device").Key("deviceName").BeginArray();
    writer_.BeginObject().Member("name", "renalpath").Member("type", "model-name").EndObject();
    writer_.EndArray().EndObject();
  }

  const char* ResponseStatus() const {
    if (scene_.outcome.kind == OutcomeKind::kError) return "failure";
    return scene_.outcome.ask.empty() ? "success" : "data-required";
  }

  void Response() {
    writer_.BeginObject().Member("resourceType", "GuidanceResponse");
    writer_.Key("requestIdentifier").BeginObject().Member("system", "urn:ietf:rfc:3986");
    writer_.Member("value", "urn:uuid:" + scene_.outcome.trace_id).EndObject();
    writer_.Member("moduleCanonical", scene_.pathway.url + "|" + scene_.pathway.version);
    writer_.Member("status", ResponseStatus());
    Refer(writer_, "subject", names_.patient);
    writer_.Member("occurrenceDateTime", scene_.outcome.evaluated_at);
    Refer(writer_, "performer", names_.author);
    Refer(writer_, "result", names_.plan);
    writer_.EndObject();
  }

  // In a document a reference names an entry.
  void Plan() {
    std::string plan = pathways::ApplyAnswer(scene_.outcome, {.patient_id = person_.id});
    const std::string relative = "\"Patient/" + person_.id + "\"";
    const std::string entry = "\"" + names_.patient + "\"";
    for (std::size_t at = plan.find(relative); at != std::string::npos;
         at = plan.find(relative, at + entry.size())) {
      plan.replace(at, relative.size(), entry);
    }
    const auto document = fhir::JsonDocument::Parse(plan);
    if (document) {
      writer_.Value(document->root());
    } else {
      writer_.Null();
    }
  }

  const Scene& scene_;
  const fhir::Json& patient_;
  const Person& person_;
  const std::string id_;
  const Names names_;
  JsonWriter writer_;
};

}  // namespace

std::string BoardDocument(const Outcome& outcome, const fhir::Json& patient, const Person& person,
                          UuidSource& uuids) {
  const pathways::Pathway& pathway = *outcome.pathway;
  const Catalogue* words = Catalogue::Of(pathway.language);
  const BuildRequest build;
  const Scene scene{outcome, pathway, build, words == nullptr ? Catalogue::English() : *words};
  return DocumentWriter(scene, patient, person, uuids).Write();
}

}  // namespace renal::cards
