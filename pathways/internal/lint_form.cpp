#include "pathways/internal/fhir_form_export.h"
#include "pathways/internal/fhir_form_import.h"
#include "pathways/internal/json_tree.h"
#include "pathways/internal/lint.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

// Where two files part: the path of the first member that differs; empty where none does.
std::string FirstDifference(const OwnJson& a, const OwnJson& b) {
  for (const auto& [name, value] : a.members) {
    const OwnJson* other = b.Find(name);
    if (other == nullptr || !SameJson(value, *other)) return name;
  }
  for (const auto& [name, value] : b.members) {
    if (a.Find(name) == nullptr) return name;
  }
  return {};
}

// What is lost on the way to FHIR and back; empty for nothing. As trees: what the text of a tree
// is, the tests of export and import look after.
std::string Lost(const LintFile& file) {
  const auto bundle = BundleOf(file.root(), file.pathway());
  if (!bundle) return bundle.error().diagnostics;
  Problems problems("bundle.json", {});
  const ReadBundle back = ReadFile(*bundle, problems);
  for (const LoadProblem& problem : problems.Take()) {
    if (problem.level == LoadProblem::Level::kError) return problem.message;
  }
  const std::string name = FirstDifference(file.root(), back.file);
  return name.empty() ? name : Quoted(name) + " reads back otherwise.";
}

void WarnOfCql(LintFile& file, const OwnJson& node, const std::string& what) {
  const OwnJson* cql = node.Find("x-cql");
  if (cql == nullptr) return;
  file.found.Warn(*cql, "L702",
                  what + " was imported with CQL, which is not executed. Write it as " +
                      "cells or FHIRPath, then remove \"x-cql\".");
}

}  // namespace

void LintForm(LintFile& file) {
  const std::string lost = Lost(file);
  if (lost.empty()) return;
  file.found.Error(MemberOr(file.root(), "url"), "L701",
                   "the FHIR form of the file does not read back equal: " + lost +
                       " Write it in another way, and report this.");
}

void LintImported(LintFile& file) {
  for (const auto& [name, input] : MemberOr(file.root(), "inputs").members) {
    WarnOfCql(file, input, "input " + Quoted(name));
  }
  for (const auto& [id, action] : MemberOr(file.root(), "actions").members) {
    WarnOfCql(file, action, "action " + Quoted(id));
  }
  for (const OwnJson& table : MemberOr(file.root(), "tables").items) {
    for (const OwnJson& rule : MemberOr(table, "rules").items) {
      const OwnJson* id = rule.Find("id");
      WarnOfCql(file, rule, "rule " + Quoted(id == nullptr ? "" : id->text));
    }
  }
}

}  // namespace renal::pathways::internal
