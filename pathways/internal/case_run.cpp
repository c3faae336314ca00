#include "pathways/internal/case_run.h"

#include <utility>

#include "pathways/evaluate.h"

namespace renal::pathways::internal {
namespace {

using fhir::Json;
using fhir::JsonDocument;

// A Bundle of an author's own may be larger than what a stranger may send.
constexpr fhir::JsonLimits kLimits{.values = 20'000'000, .members = 100'000};

std::string TextOf(const fhir::OwnJson& node) {
  fhir::JsonWriter writer;
  writer.Value(node);
  return writer.Take();
}

class Runner {
 public:
  Runner(const Case& one, const CaseTools& tools) : case_(one), tools_(tools) {}

  RanCase Run(std::shared_ptr<const Pathway> pathway);

 private:
  std::shared_ptr<const Pathway> WithParameters(std::shared_ptr<const Pathway> pathway);
  std::optional<std::string> BundleText();
  Json Parse(const std::string& text);
  std::string PatientOf(const Json& bundle);

  const Case& case_;
  const CaseTools& tools_;
  RanCase ran_;
};

std::shared_ptr<const Pathway> Runner::WithParameters(std::shared_ptr<const Pathway> pathway) {
  if (case_.parameters.empty()) return pathway;
  if (!tools_.load_with) {
    ran_.failure = "its parameters cannot be set here, since the pathway file is not at hand";
    return nullptr;
  }
  LoadResult loaded = tools_.load_with(case_.parameters);
  if (!loaded.pathway) {
    ran_.failure = "with its parameters the pathway does not load";
    for (const LoadProblem& problem : loaded.problems) {
      if (problem.level == LoadProblem::Level::kError) ran_.failure += ": " + problem.ToString();
    }
  }
  return loaded.pathway;
}

std::optional<std::string> Runner::BundleText() {
  if (case_.bundle) return TextOf(*case_.bundle);
  auto text = tools_.read_file ? tools_.read_file(case_.bundle_file) : std::nullopt;
  if (!text)
    ran_.failure = "there is no file " + Quoted(case_.bundle_file) + " beside the test file";
  return text;
}

Json Runner::Parse(const std::string& text) {
  auto document = JsonDocument::Parse(text, kLimits);
  if (!document) {
    ran_.failure = document.error().diagnostics;
    return {};
  }
  ran_.documents.push_back(std::move(document.value()));
  return ran_.documents.back().root();
}

std::string Runner::PatientOf(const Json& bundle) {
  std::string id;
  for (const Json::Entry entry : bundle["entry"]) {
    const Json resource = entry.value["resource"];
    if (resource["resourceType"].string() != "Patient") continue;
    if (!id.empty() && id != resource["id"].string()) {
      ran_.failure = "the Bundle has more than one Patient";
    }
    id = resource["id"].string();
  }
  if (id.empty()) ran_.failure = "the Bundle has no Patient with an id";
  return id;
}

RanCase Runner::Run(std::shared_ptr<const Pathway> pathway) {
  pathway = WithParameters(std::move(pathway));
  if (!pathway) return std::move(ran_);
  Json bundle;
  if (!case_.inputs) {
    const auto text = BundleText();
    if (text) bundle = Parse(*text);
    if (ran_.failure.empty()) ran_.patient_id = PatientOf(bundle);
    if (!ran_.failure.empty()) return std::move(ran_);
  }
  fhir::Record record(ran_.patient_id);
  record.Add(bundle);
  EvaluateRequest request;
  request.now = case_.now;
  request.record = &record;
  if (case_.inputs) request.prepared = &*case_.inputs;
  for (const fhir::OwnJson& order : case_.orders) {
    const Json resource = Parse(TextOf(order));
    if (!ran_.failure.empty()) return std::move(ran_);
    // Drugs stand beside the prescriptions that name them.
    const bool drug = resource["resourceType"].string() == "Medication";
    if (drug) record.Add(resource);
    if (!drug) request.orders.push_back(resource);
  }
  ran_.outcome = Evaluate(std::move(pathway), request);
  return std::move(ran_);
}

}  // namespace

RanCase RunCase(const Case& one, std::shared_ptr<const Pathway> pathway, const CaseTools& tools) {
  return Runner(one, tools).Run(std::move(pathway));
}

}  // namespace renal::pathways::internal
