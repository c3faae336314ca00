#include <algorithm>
#include <charconv>

#include "pathways/internal/json_tree.h"
#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::Concept;
using fhir::JsonType;
using fhir::OwnJson;

constexpr std::size_t kMaxConcepts = 200'000;

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
  if (list == nullptr || TextAt(include, "system").empty()) {
    problems.Error(include, "L101",
                   "an include has no system or no concepts. List the codes of one system.");
    return;
  }
  for (const OwnJson& node : list->items) {
    concepts.push_back({TextAt(include, "system"), TextAt(node, "code"), TextAt(node, "display")});
    if (concepts.back().code.empty()) {
      problems.Error(node, "L101", "a concept has no code. Write one.");
    }
  }
}

// Entries may hold entries; one without a code is a heading. Gives the number of all.
std::int64_t ReadContains(const OwnJson& holder, std::vector<Concept>& concepts) {
  std::int64_t count = 0;
  for (const OwnJson& node : MemberAt(holder, "contains").items) {
    if (!TextAt(node, "code").empty()) {
      concepts.push_back({TextAt(node, "system"), TextAt(node, "code"), TextAt(node, "display")});
    }
    count += 1 + ReadContains(node, concepts);  // as deep as the file at most
  }
  return count;
}

void ReadExpansion(const OwnJson& expansion, std::vector<Concept>& concepts, Problems& problems) {
  const std::int64_t listed = ReadContains(expansion, concepts);
  const OwnJson& total = MemberAt(expansion, "total");
  std::int64_t all = 0;
  std::from_chars(total.text.data(), total.text.data() + total.text.size(), all);
  if (total.type != JsonType::kInteger || all <= listed) return;
  problems.Error(total, "L101",
                 "the expansion lists " + std::to_string(listed) + " of its " + total.text +
                     " entries. Expand the set whole.");
}

std::vector<Concept> ReadCompose(const OwnJson& set, Problems& problems) {
  std::vector<Concept> concepts;
  if (const OwnJson* expansion = set.Find("expansion")) {
    ReadExpansion(*expansion, concepts, problems);
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
    const std::string wanted = TextAt(fields.node(), name);
    const std::string found = TextAt(set, name);
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
    if (title.empty()) title = TextAt(set, "title");
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

// `total`: concepts of all sets so far. Beyond the limit none is read any more.
void LoadValueSet(Loader& loader, const std::string& alias, const OwnJson& node,
                  std::size_t& total) {
  Fields fields(node, "value set " + Quoted(alias), loader.problems);
  const std::size_t errors = loader.problems.errors();
  std::string url = fields.Text("url", Need::kRequired);
  std::string version = fields.Text("version");
  std::string title = fields.Text("title");
  std::vector<Concept> concepts;
  if (total > kMaxConcepts) {
    fields.LeaveOpen();
  } else {
    concepts = ReadConcepts(loader, fields, title);
    if (concepts.empty() && errors == loader.problems.errors()) {
      loader.problems.Warn(node, "L405", fields.what() + " is empty. Add its codes, or remove it.");
    }
  }
  total += concepts.size();
  loader.pathway.value_sets.emplace_back(
      alias, std::make_unique<fhir::ValueSet>(std::move(url), std::move(version), std::move(title),
                                              std::move(concepts)));
}

}  // namespace

void LoadValueSets(Loader& loader, Fields& root) {
  std::size_t total = 0;
  for (const auto& [alias, node] : root.Members("valueSets", Need::kRequired)) {
    LoadValueSet(loader, alias, node, total);
  }
  if (total <= kMaxConcepts) return;
  loader.problems.Error(root.At("valueSets"), "L101",
                        "the value sets hold more than 200000 concepts. Make them smaller.");
}

}  // namespace renal::pathways::internal
