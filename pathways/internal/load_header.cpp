#include <algorithm>
#include <charconv>
#include <set>

#include "fhir/date_time.h"
#include "pathways/hooks.h"
#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

const std::vector<std::string> kStatuses = {"draft", "active", "retired"};
// MAJOR.MINOR.PATCH, no leading zeros.
bool IsVersion(std::string_view text) {
  for (int part = 0; part < 3; ++part) {
    const std::size_t end = part < 2 ? text.find('.') : text.size();
    if (end == std::string_view::npos || end == 0 || end > 9) return false;
    const std::string_view number = text.substr(0, end);
    const bool digits =
        std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || (number.size() > 1 && number[0] == '0')) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return text.empty();
}

std::optional<fhir::DateTime> ReadDate(Loader& loader, Fields& fields, std::string_view name,
                                       Need need = Need::kOptional, std::string* to = nullptr) {
  const OwnJson* node = fields.String(name, need);
  if (node == nullptr) return std::nullopt;
  if (to != nullptr) *to = node->text;
  const auto date = fhir::DateTime::Parse(node->text);
  if (date && date->kind == fhir::DateTime::Kind::kDate) return date;
  loader.problems.Error(*node, "L101", Quoted(node->text) + " is no date. Write it as 2026-03-01.");
  return std::nullopt;
}

// An approval is one of a content: the hash tells which.
void KeepApproval(Loader& loader, Fields& person, Approval approval, const std::string& hash) {
  if (hash == loader.pathway.hash) {
    loader.pathway.approvals.push_back(std::move(approval));
    return;
  }
  loader.problems.Warn(
      person.At("hash"), "L502",
      "the approval of " + Quoted(approval.name) +
          (hash.empty() ? " names no content" : " names another content than this file's") +
          ". Have it approved, and write \"hash\": \"" + loader.pathway.hash + "\".");
}

// Author and reviewer must not be one person (pathway-format L502).
bool TwoPeople(const std::set<std::string>& authors, const std::set<std::string>& reviewers) {
  return !authors.empty() && std::any_of(reviewers.begin(), reviewers.end(), [&](const auto& name) {
    return !authors.contains(name) || authors.size() > 1;
  });
}

void ReadGovernance(Loader& loader, Fields& root) {
  ReadDate(loader, root, "approvalDate");
  ReadDate(loader, root, "lastReviewDate");
  if (const OwnJson* node = root.Object("effectivePeriod")) {
    Fields period(*node, "\"effectivePeriod\"", loader.problems);
    loader.pathway.effective_start = ReadDate(loader, period, "start", Need::kRequired);
    loader.pathway.effective_end = ReadDate(loader, period, "end");
  }
  const auto authors = ReadPeople(loader, root, "authors");
  const auto reviewers = ReadPeople(loader, root, "reviewers");
  ReadPeople(loader, root, "approvals");
  if (loader.pathway.status != "active") return;
  const OwnJson& at = root.At("status");
  for (const char* name : {"approvals", "approvalDate", "lastReviewDate", "effectivePeriod"}) {
    const bool by_site = name == std::string_view("approvals") && !loader.pathway.approvals.empty();
    if (root.Has(name) || by_site) continue;
    loader.problems.Warn(
        at, "L502",
        "the pathway is active without " + Quoted(name) + ". Add it, or have the site approve it.");
  }
  if (TwoPeople(authors, reviewers)) return;
  loader.problems.Warn(at, "L502",
                       "the pathway is active, but no second person reviewed it. Name an author "
                       "and another reviewer.");
}

// What the authors have looked at and leave as it is (README "Accepted findings"); lint applies it.
void ReadAccepted(Loader& loader, Fields& root) {
  for (const OwnJson& node : root.Items("accept")) {
    Fields entry(node, "an entry of \"accept\"", loader.problems);
    const OwnJson* id = entry.String("id", Need::kRequired);
    entry.Text("at", Need::kRequired);
    entry.Text("why", Need::kRequired);
    const bool known = id == nullptr ||
                       (id->text.size() == 4 && id->text[0] == 'L' &&
                        std::all_of(id->text.begin() + 1, id->text.end(),
                                    [](char c) { return c >= '0' && c <= '9'; }));
    if (known) continue;
    loader.problems.Error(*id, "L101",
                          Quoted(id->text) + " is no id of a finding. Write it as \"L402\".");
  }
}

std::vector<std::string> HookNames() {
  std::vector<std::string> names;
  for (const HookInfo& hook : KnownHooks()) names.emplace_back(hook.name);
  return names;
}

void ReadHooks(Loader& loader, Fields& root) {
  for (const OwnJson& node : root.Items("hooks", Need::kRequired)) {
    if (TextOf(node, "a hook", loader.problems) == nullptr) continue;
    const std::vector<std::string> known = HookNames();
    if (std::find(known.begin(), known.end(), node.text) == known.end()) {
      loader.problems.Error(node, "L101",
                            "no hook is named " + Quoted(node.text) + "." +
                                loader.problems.Suggestion(node.text, known));
      continue;
    }
    loader.orders_hooked |= IsOrderHook(node.text);
    loader.pathway.hooks.push_back(node.text);
  }
}

void ReadIdentity(Loader& loader, Fields& root) {
  Pathway& pathway = loader.pathway;
  const OwnJson* format = root.String("pathwayFormat", Need::kRequired);
  if (format != nullptr && format->text != "1.0") {
    loader.problems.Error(*format, "L101",
                          "the format " + Quoted(format->text) + " is not known. Write \"1.0\".");
  }
  const OwnJson* id = root.String("id", Need::kRequired);
  if (id != nullptr) pathway.id = id->text;
  if (id != nullptr && !IsName(id->text)) {
    loader.problems.Error(*id, "L101",
                          Quoted(id->text) + " is no id. Use letters, digits, \"_\" and \"-\".");
  }
  pathway.url = root.Text("url", Need::kRequired);
  pathway.version = root.Text("version", Need::kRequired);
  if (!pathway.version.empty() && !IsVersion(pathway.version)) {
    loader.problems.Error(root.At("version"), "L101",
                          Quoted(pathway.version) + " is no version. Write MAJOR.MINOR.PATCH.");
  }
  pathway.title = root.Text("title", Need::kRequired);
  pathway.publisher = root.Text("publisher", Need::kRequired);
  pathway.description = root.Text("description");
}

void ReadLanguage(Loader& loader, Fields& root) {
  loader.pathway.language = kDefaultLanguage;
  if (const OwnJson* language = root.String("language")) {
    loader.pathway.language = language->text;
    if (!IsName(language->text)) {
      loader.problems.Error(*language, "L101",
                            Quoted(language->text) + " is no language. Write a tag as \"en\".");
    }
  }
  if (root.Has("decimalSign")) loader.pathway.decimal_sign = root.Text("decimalSign");
}

std::int64_t Duration(Loader& loader, Fields& fields, std::string_view name, bool hours,
                      std::int64_t otherwise) {
  const OwnJson* node = fields.String(name);
  return node == nullptr ? otherwise : DurationOf(loader, *node, hours).value_or(otherwise);
}

void ReadCards(Loader& loader, const OwnJson& node) {
  CardSettings& cards = loader.pathway.cards;
  Fields fields(node, "\"cards\"", loader.problems);
  if (fields.Has("disclaimer")) cards.disclaimer = fields.Text("disclaimer");
  for (const OwnJson& item : fields.Items("overrideReasons")) {
    Fields reason(item, "an override reason", loader.problems);
    cards.override_reasons.push_back({reason.Text("system", Need::kRequired),
                                      reason.Text("code", Need::kRequired),
                                      reason.Text("display", Need::kRequired)});
  }
  const auto max = fields.Integer("max", 1, 100);
  if (max) cards.max = static_cast<std::size_t>(*max);
  cards.quiet_hours = Duration(loader, fields, "quietFor", true, cards.quiet_hours);
  cards.duplicate_days = Duration(loader, fields, "duplicateWithin", false, cards.duplicate_days);
  if (fields.Has("notVerified")) cards.not_verified = fields.Text("notVerified");
  cards.show_acceptable = fields.Flag("showAcceptable", cards.show_acceptable);
  cards.show_out_of_scope = fields.Flag("showOutOfScope", cards.show_out_of_scope);
}

}  // namespace

std::set<std::string> ReadPeople(Loader& loader, Fields& root, std::string_view list) {
  std::set<std::string> names;
  for (const OwnJson& node : root.Items(list)) {
    Fields person(node, "an entry of " + Quoted(list), loader.problems);
    Approval approval{person.Text("name", Need::kRequired), person.Text("role"), {}};
    const std::string hash = person.Text("hash");
    ReadDate(loader, person, "date", Need::kOptional, &approval.date);
    names.insert(approval.name);
    if (list == "approvals") KeepApproval(loader, person, std::move(approval), hash);
  }
  return names;
}

void LoadHeader(Loader& loader, Fields& root) {
  Pathway& pathway = loader.pathway;
  ReadIdentity(loader, root);
  ReadLanguage(loader, root);
  if (const auto status = root.Word("status", kStatuses, Need::kRequired)) {
    pathway.status = kStatuses[*status];
  }
  ReadDate(loader, root, "date", Need::kRequired, &pathway.date);
  root.Text("purpose");
  root.Text("copyright");
  pathway.experimental = root.Flag("experimental");
  ReadGovernance(loader, root);
  ReadAccepted(loader, root);
  ReadHooks(loader, root);
}

void LoadScope(Loader& loader, Fields& root) {
  const OwnJson* node = root.Object("scope", Need::kRequired);
  if (node == nullptr) return;
  Fields fields(*node, "\"scope\"", loader.problems);
  if (const OwnJson* condition = fields.String("condition", Need::kRequired)) {
    const Index set = loader.value_sets.Resolve(*condition, loader.problems);
    if (set != kNone) loader.pathway.condition = loader.pathway.value_sets[set].second.get();
  }
  loader.pathway.applies = ExpressionOf(loader, fields, "applies", {.what = "\"scope\""}, ConditionOnVariables());
}

void RequireNotVerified(const std::vector<Check>& checks, const CardSettings& cards,
                        const OwnJson& at, Problems& problems) {
  const bool needed = std::any_of(checks.begin(), checks.end(),
                                  [](const Check& check) { return check.not_verified; });
  if (!needed || cards.not_verified.find("{check}") != std::string::npos) return;
  problems.Error(at, "L101",
                 "a check has \"notVerified\", but no words say so. Write \"notVerified\": "
                 "\"not verified: {check}\" in \"cards\".");
}

void LoadCards(Loader& loader, Fields& root) {
  const OwnJson* node = root.Object("cards");
  if (node != nullptr) ReadCards(loader, *node);
  RequireNotVerified(loader.pathway.checks, loader.pathway.cards, root.At("cards"),
                     loader.problems);
}

}  // namespace renal::pathways::internal
