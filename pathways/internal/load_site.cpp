#include <algorithm>

#include "fhir/digest.h"
#include "pathways/internal/json_tree.h"
#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

/// A value that a site chose for a parameter of the file.
class Choice {
 public:
  Choice(Problems& problems, const std::string& name, const OwnJson& node, const OwnJson& parameter)
      : problems_(problems), name_(name), node_(node), parameter_(parameter) {}

  bool IsAllowed() const {
    if (node_.text == TextAt(parameter_, "value")) return true;
    const std::string& type = TextAt(parameter_, "type");
    if (type == "Boolean") return IsBoolean();
    if (type == "Code" || type == "CodeSet") return AreCodes();
    return IsInRange(type);
  }

 private:
  bool Refuse(const std::string& why) const {
    problems_.Error(node_, "L101", "parameter " + Quoted(name_) + " " + why);
    return false;
  }

  bool IsBoolean() const {
    const std::string& min = TextAt(parameter_, "min");
    if (!min.empty() && min == TextAt(parameter_, "max")) {
      return Refuse("is fixed: its min is its max. Leave it out.");
    }
    const bool good = node_.text == "true" || node_.text == "false";
    return good || Refuse("is a Boolean. Write \"true\" or \"false\".");
  }

  bool AreCodes() const {
    std::vector<std::string> known;
    for (const auto& [code, title] : MemberAt(parameter_, "values").members) known.push_back(code);
    if (known.empty()) return Refuse("cannot be changed by a site: it has no \"values\".");
    for (const std::string& code : SplitCodes(node_.text)) {
      if (std::find(known.begin(), known.end(), code) != known.end()) continue;
      return Refuse("has no code " + Quoted(code) + "." + problems_.Suggestion(code, known));
    }
    return true;
  }

  bool IsInRange(const std::string& word) const {
    const Type type = word == "Integer"    ? Type::kInteger
                      : word == "Quantity" ? Type::kQuantity
                      : word == "Date"     ? Type::kDate
                                           : Type::kDecimal;
    std::string why;
    const auto own = ReadConstant(TextAt(parameter_, "value"), type, std::nullopt, why);
    if (!own) return true;  // the file's own value is wrong, and reported there
    const auto value = ReadConstant(node_.text, type, own->unit, why);
    if (!value) return Refuse("has a wrong value: " + why + ".");
    Interval range;
    const auto low = ReadConstant(TextAt(parameter_, "min"), type, own->unit, why);
    const auto high = ReadConstant(TextAt(parameter_, "max"), type, own->unit, why);
    if (!low || !high) return Refuse("cannot be changed by a site: it has no range.");
    range.low = Bound{*low, true};
    range.high = Bound{*high, true};
    if (Covers(range, Interval::Point(*value)) == Cover::kInside) return true;
    return Refuse("may be " + TextAt(parameter_, "min") + " to " + TextAt(parameter_, "max") +
                  ", not " + Quoted(node_.text) + ". Choose a value in that range.");
  }

  Problems& problems_;
  const std::string& name_;
  const OwnJson& node_;
  const OwnJson& parameter_;
};

// An overlay is one of a version: what another one asks may be something else.
void CompareIdentity(Fields& fields, const OwnJson& root) {
  for (const auto& [member, own] : {std::pair("pathway", "url"), {"version", "version"}}) {
    const OwnJson* node = fields.String(member, Need::kRequired);
    if (node == nullptr || node->text == TextAt(root, own)) continue;
    fields.problems().Error(*node, "L101",
                            "the overlay is for the " + std::string(own) + " " +
                                Quoted(node->text) + ", the pathway has " +
                                Quoted(TextAt(root, own)) + ". Make a new overlay for it.");
  }
}

void ReadValues(Loader& loader, Fields& fields, const OwnJson& root) {
  Problems& problems = fields.problems();
  const OwnJson& parameters = MemberAt(root, "parameters");
  std::vector<std::string> known;
  for (const auto& [name, parameter] : parameters.members) known.push_back(name);
  for (const auto& [name, node] : fields.Members("parameters")) {
    const OwnJson* parameter = parameters.Find(name);
    if (parameter == nullptr) {
      OwnJson at;
      at.at = node.name_at;
      problems.Error(
          at, "L102",
          "the pathway has no parameter " + Quoted(name) + "." + problems.Suggestion(name, known));
      continue;
    }
    if (TextOf(node, "the value of a parameter", problems) == nullptr) continue;
    if (Choice(problems, name, node, *parameter).IsAllowed()) {
      loader.values.emplace(name, node.text);  // a value of the options stays
    }
  }
}

void ReadOverlay(Loader& loader, const OwnJson& overlay, const OwnJson& root) {
  Loader& site = *loader.site;
  Fields fields(overlay, "the overlay", site.problems);
  CompareIdentity(fields, root);
  ReadValues(loader, fields, root);
  ReadPeople(site, fields, "approvals");
  if (const OwnJson* cards = fields.Object("cards")) {
    site.site_cards = *cards;
  }
}

/// The name of a file without its folder: the trace must not tell where a server keeps its files.
std::string NameOf(std::string_view path) {
  return std::string(path.substr(path.find_last_of('/') + 1));
}

}  // namespace

void ReadSite(Loader& loader, const OwnJson& root) {
  if (!loader.options.site) return;
  const SiteFile& file = *loader.options.site;
  loader.site = std::make_unique<Loader>(file.name, file.text, loader.options);
  Loader& site = *loader.site;
  site.pathway.hash = loader.pathway.hash;
  const auto parsed = fhir::ReadOwnJson(file.text);
  if (const auto* error = std::get_if<fhir::OwnJsonError>(&parsed)) {
    site.problems.Error(error->at, "L101", error->message);
    return;
  }
  const OwnJson& overlay = std::get<OwnJson>(parsed);
  ReadOverlay(loader, overlay, root);
  Pathway& pathway = loader.pathway;
  pathway.site_name = NameOf(file.name);
  pathway.site_hash = "sha256:" + fhir::Sha256Hex(fhir::CanonicalText(overlay));
  pathway.approvals = std::move(site.pathway.approvals);
}

void ApplySite(Loader& loader) {
  if (loader.site == nullptr) return;
  Loader& site = *loader.site;
  if (site.site_cards.type == fhir::JsonType::kObject) {
    site.pathway.cards = loader.pathway.cards;
    if (site.site_cards.Find("overrideReasons") != nullptr) {
      site.pathway.cards.override_reasons.clear();
    }
    const OwnJson holder = JsonObject({{"cards", site.site_cards}});
    Fields fields(holder, "the overlay", site.problems);
    LoadCards(site, fields);
    if (site.site_cards.Find("notVerified") != nullptr) {
      RequireNotVerified(loader.pathway.checks, site.pathway.cards, site.site_cards, site.problems);
    }
    loader.pathway.cards = std::move(site.pathway.cards);
  }
  loader.problems.Append(site.problems.Take());
}

}  // namespace renal::pathways::internal
