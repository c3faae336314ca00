#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

const std::vector<std::string> kTiers = {"preferred", "acceptable", "info", "avoid"};
const std::vector<std::string> kSeverities = {"critical"};

void LoadStrength(Loader& loader, Fields& then, Check& check) {
  if (const auto tier = then.Word("tier", kTiers)) check.strength = static_cast<Tier>(*tier);
  const OwnJson* node = then.String("strength");
  if (node == nullptr) return;
  const Index strength = loader.strengths.Resolve(*node, loader.problems);
  if (strength == kNone) return;
  // Nothing comes besides in order to be avoided: such a word speaks of the options themselves.
  const bool avoid = loader.pathway.strengths[strength].tier == Tier::kAvoid;
  if (avoid && !check.strength) {
    check.strength = Tier::kAvoid;
  } else {
    check.with_strength = strength;
  }
}

// A check restricts what the tables chose; treatments are theirs to choose.
void CheckWith(Loader& loader, Fields& then, const Check& check) {
  for (const Index action : check.with) {
    const Action& brought = loader.pathway.actions[action];
    if (brought.kind != ActionKind::kTreatment) continue;
    loader.problems.Error(then.At("with"), "L101",
                          then.what() + " brings the treatment " + Quoted(brought.id) +
                              ". A check never adds one: offer it in a table.");
  }
}

void LoadThen(Loader& loader, Fields& fields, Check& check) {
  const OwnJson* node = fields.Object("then", Need::kRequired);
  if (node == nullptr) return;
  Fields then(*node, "\"then\" of " + fields.what(), loader.problems);
  check.suppress = then.Flag("suppress");
  check.conditional = then.Flag("conditional");
  check.mdt_required = then.Flag("mdtRequired");
  check.with = ResolveList(loader, then, "with", loader.actions);
  CheckWith(loader, then, check);
  LoadStrength(loader, then, check);
  check.caution = FilledText(loader, then, "caution", Keep::kInputsAndRules);
  check.emphasis = FilledText(loader, then, "emphasis", Keep::kInputs);
  check.fact = then.Flag("fact");
  check.critical = then.Word("severity", kSeverities).has_value();
  const bool acts = check.suppress || check.conditional || check.mdt_required || check.critical ||
                    check.strength || then.Has("with") || then.Has("caution") ||
                    then.Has("emphasis");
  if (acts) return;
  loader.problems.Error(*node, "L101", then.what() + " changes nothing. Say what it does.");
}

void LoadTargets(Loader& loader, Fields& fields, Check& check) {
  check.for_actions = ResolveList(loader, fields, "for", loader.actions);
  check.for_rules = NameList(loader, fields, "rules", loader.rules);
  if (!fields.Has("for") || !fields.Has("rules")) return;
  loader.problems.Error(fields.node(), "L101",
                        fields.what() + " has \"for\" and \"rules\". Keep one of them.");
}

void LoadCheck(Loader& loader, const OwnJson& node) {
  Fields fields(node, "check", loader.problems);
  Check check;
  check.id = fields.Text("id", Need::kRequired);
  fields.Rename("check " + Quoted(check.id));
  if (loader.rules.Find(check.id) != kNone) {
    loader.problems.Error(fields.At("id"), "L101",
                          fields.what() + " has the id of a rule. Rename one of them.");
  }
  check.title = fields.Text("title", Need::kRequired);
  check.rule = fields.Has("rule") ? fields.Text("rule") : check.id;
  const Scope scope{.what = fields.what(), .any_focus = true};
  check.cells = CellsOf(loader, fields.Object("if", Need::kRequired), scope);
  LoadTargets(loader, fields, check);
  LoadThen(loader, fields, check);
  check.because = FilledText(loader, fields, "because");
  check.cite = Citations(loader, fields);
  check.not_verified = fields.Flag("notVerified");
  check.policy = fields.Flag("policy");
  for (const char* name : {"because", "cite"}) {
    if (fields.Has(name)) continue;
    loader.problems.Error(node, "L501",
                          fields.what() + " acts without " + Quoted(name) + ". Add it.");
  }
  loader.pathway.checks.push_back(std::move(check));
}

}  // namespace

void LoadChecks(Loader& loader, Fields& root) {
  for (const OwnJson& node : root.Items("checks")) LoadCheck(loader, node);
}

}  // namespace renal::pathways::internal
