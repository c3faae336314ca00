#include <algorithm>

#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::Concept;
using fhir::JsonType;
using fhir::OwnJson;

constexpr std::size_t kMaxConcepts = 200'000;

std::string TextIn(const OwnJson& object, std::string_view name) {
  const OwnJson* member = object.Find(name);
  return member != nullptr && member->type == JsonType::kString ? member->text : std::string();
}

// A concept of the pathway file itself.
Concept InlineConcept(const OwnJson& node, Problems& problems) {
  Fields fields(node, "a concept", problems);
  return {fields.Text("system", Need::kRequired), fields.Text("code", Need::kRequired),
          fields.Text("display")};
}

// One `include` of a FHIR ValueSet. A filter or an imported set would make the list depend on a
// server.
void ReadInclude(const OwnJson& include, std::vector<Concept>& concepts, Problems& problems) {
  for (const char* name : {"filter", "valueSet"}) {
    if (const OwnJson* found = include.Find(name)) {
      problems.Error(*found, "L101",
                     "the value set uses " + Quoted(name) + ". List its codes under \"concept\".");
    }
  }
  const OwnJson* list = include.Find("concept");
  if (list == nullptr || TextIn(include, "system").empty()) {
    problems.Error(include, "L101",
                   "an include has no system or no concepts. List the codes of one system.");
    return;
  }
  for (const OwnJson& node : list->items) {
    concepts.push_back({TextIn(include, "system"), TextIn(node, "code"), TextIn(node, "display")});
    if (concepts.back().code.empty()) {
      problems.Error(node, "L101", "a concept has no code. Write one.");
    }
  }
}

void ReadExpansion(const OwnJson& expansion, std::vector<Concept>& concepts) {
  const OwnJson* list = expansion.Find("contains");
  if (list == nullptr) return;
  for (const OwnJson& node : list->items) {
    if (TextIn(node, "code").empty()) continue;  // a heading
    concepts.push_back({TextIn(node, "system"), TextIn(node, "code"), TextIn(node, "display")});
  }
}

std::vector<Concept> ReadCompose(const OwnJson& set, Problems& problems) {
  std::vector<Concept> concepts;
  if (const OwnJson* expansion = set.Find("expansion")) {
    ReadExpansion(*expansion, concepts);
    return concepts;
  }
  const OwnJson* compose = set.Find("compose");
  const OwnJson* includes = compose == nullptr ? nullptr : compose->Find("include");
  if (includes == nullptr || compose->Find("exclude") != nullptr) {
    problems.Error(set, "L101",
                   "the value set has no enumerated \"compose\". List its codes under "
                   "\"include\", without \"exclude\".");
    return concepts;
  }
  for (const OwnJson& include : includes->items) ReadInclude(include, concepts, problems);
  return concepts;
}

// What the file says about itself must be what the pathway asks for.
void CompareIdentity(const OwnJson& set, Fields& fields, Problems& problems) {
  for (const char* name : {"url", "version"}) {
    const std::string wanted = TextIn(fields.node(), name);
    const std::string found = TextIn(set, name);
    if (wanted.empty() || wanted == found) continue;
    const OwnJson* at = set.Find(name);
    problems.Error(at == nullptr ? set : *at, "L101",
                   "the pathway asks for the " + std::string(name) + " " + Quoted(wanted) +
                       ", the file has " + Quoted(found) + ". Make them equal.");
  }
}

std::vector<Concept> ReadFile(Loader& loader, Fields& fields, const OwnJson& file,
                              std::string& title) {
  const bool plain = std::all_of(file.text.begin(), file.text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
  const auto text = plain && loader.options.read_file ? loader.options.read_file(file.text)
                                                      : std::optional<std::string>();
  if (!text) {
    loader.problems.Error(file, "L102",
                          "there is no value-set file " + Quoted(file.text) +
                              ". Add it, or write the concepts here.");
    return {};
  }
  Problems problems(file.text, *text);
  const auto parsed = fhir::ReadOwnJson(*text);
  std::vector<Concept> concepts;
  if (const auto* error = std::get_if<fhir::OwnJsonError>(&parsed)) {
    problems.Error(error->at, "L101", error->message);
  } else {
    const OwnJson& set = std::get<OwnJson>(parsed);
    CompareIdentity(set, fields, problems);
    concepts = ReadCompose(set, problems);
    if (title.empty()) title = TextIn(set, "title");
  }
  loader.problems.Append(problems.Take());
  return concepts;
}

std::vector<Concept> ReadConcepts(Loader& loader, Fields& fields, std::string& title) {
  const OwnJson* file = fields.String("file");
  const OwnJson* list = fields.Array("concepts");
  if ((file == nullptr) == (list == nullptr)) {
    loader.problems.Error(
        fields.node(), "L101",
        fields.what() + " needs one of \"concepts\" and \"file\". Write one of them.");
    return {};
  }
  if (file != nullptr) return ReadFile(loader, fields, *file, title);
  std::vector<Concept> concepts;
  for (const OwnJson& node : list->items) concepts.push_back(InlineConcept(node, loader.problems));
  return concepts;
}

}  // namespace

void LoadValueSets(Loader& loader, Fields& root) {
  std::size_t total = 0;
  for (const auto& [alias, node] : root.Members("valueSets", Need::kRequired)) {
    Fields fields(node, "value set " + Quoted(alias), loader.problems);
    const std::size_t errors = loader.problems.errors();
    std::string url = fields.Text("url", Need::kRequired);
    std::string version = fields.Text("version");
    std::string title = fields.Text("title");
    std::vector<Concept> concepts = ReadConcepts(loader, fields, title);
    total += concepts.size();
    if (concepts.empty() && errors == loader.problems.errors()) {
      loader.problems.Warn(node, "L405", fields.what() + " is empty. Add its codes, or remove it.");
    }
    loader.pathway.value_sets.emplace_back(
        alias, std::make_unique<fhir::ValueSet>(std::move(url), std::move(version),
                                                std::move(title), std::move(concepts)));
  }
  if (total <= kMaxConcepts) return;
  loader.problems.Error(root.At("valueSets"), "L101",
                        "the value sets hold more than 200000 concepts. Make them smaller.");
}

}  // namespace renal::pathways::internal
