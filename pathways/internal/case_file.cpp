#include "pathways/hooks.h"
#include "pathways/internal/case_file.h"

#include <algorithm>
#include <set>

#include "pathways/internal/case_expect.h"

namespace renal::pathways::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

constexpr std::size_t kMaxCases = 10'000;

bool IsMerged(std::string_view member) {
  return member == "inputs" || member == "parameters" || member == "expect";
}

// Members of `node` in place of, or beside, those of `target`.
void Overlay(OwnJson& target, const OwnJson& node) {
  for (const auto& [name, value] : node.members) {
    const auto place =
        std::ranges::find(target.members, name, &std::pair<std::string, OwnJson>::first);
    if (place == target.members.end()) {
      target.members.emplace_back(name, value);
    } else {
      place->second = value;
    }
  }
}

class CaseReader {
 public:
  CaseReader(const Pathway& pathway, Problems& problems) : pathway_(pathway), problems_(problems) {}

  Case Read(const OwnJson& node, const OwnJson& merged,
            const std::optional<fhir::DateTime>& file_now);
  std::optional<fhir::DateTime> TimeOf(const OwnJson* node);

 private:
  void ReadInputs(Fields& fields, Case& one);
  void AddInput(const std::string& name, const OwnJson& node, PreparedInputs& inputs);
  void Spread(PreparedInputs& inputs) const;
  void ReadBundle(Fields& fields, Case& one);
  void ReadOrders(Fields& fields, Case& one);
  void ReadParameters(Fields& fields, Case& one);

  const Pathway& pathway_;
  Problems& problems_;
};

std::optional<fhir::DateTime> CaseReader::TimeOf(const OwnJson* node) {
  if (node == nullptr) return std::nullopt;
  const auto time = fhir::DateTime::Parse(node->text);
  const bool whole = time && time->kind == fhir::DateTime::Kind::kDateTime &&
                     time->precision >= fhir::Precision::kSecond && time->offset_minutes;
  if (whole) return time;
  problems_.Error(*node, "L101",
                  Quoted(node->text) +
                      " is no full time. Write it with seconds and an offset, as "
                      "\"2026-03-02T09:00:00+01:00\".");
  return std::nullopt;
}

void CaseReader::AddInput(const std::string& name, const OwnJson& node, PreparedInputs& inputs) {
  const auto found = FindInputName(pathway_, name);
  if (!found) {
    std::vector<std::string> names;
    for (const Input& input : pathway_.inputs) names.push_back(input.name);
    const std::string hint = problems_.Suggestion(name.substr(0, name.find('@')), names);
    problems_.Error(
        node.name_at, "L102",
        Quoted(name) + " is no input of the pathway, or no focus of it." +
            (hint.empty() ? " Write its name, with @ and the focus where it has one." : hint));
    return;
  }
  const Input& input = pathway_.inputs[found->input];
  GivenInput given;
  given.input = found->input;
  given.focus = found->focus;
  const Written written = WrittenIn(node);
  given.state = StateOf(input, written);
  given.settled = !given.state.value;
  if (given.state.reason == UnknownReason::kUnusable) {
    problems_.Error(node, "L208",
                    Quoted(written.text) + " is no value of input " + Quoted(name) +
                        ". Write one of its type, with its unit, or null for unknown.");
    return;
  }
  inputs.inputs.push_back(std::move(given));
}

// An input of a focus that is given without a key holds for every focus that the case names,
// besides those that have a value of their own.
void CaseReader::Spread(PreparedInputs& inputs) const {
  std::vector<GivenInput> spread;
  for (const GivenInput& given : inputs.inputs) {
    const Index kind = pathway_.inputs[given.input].focus;
    const bool common = kind != kNone && given.focus.empty();
    std::vector<std::string> keys;
    for (const GivenInput& other : inputs.inputs) {
      if (common && pathway_.inputs[other.input].focus == kind && !other.focus.empty() &&
          std::ranges::find(keys, other.focus) == keys.end()) {
        keys.push_back(other.focus);
      }
    }
    if (keys.empty()) spread.push_back(given);
    for (const std::string& key : keys) {
      const bool own = std::ranges::any_of(inputs.inputs, [&](const GivenInput& other) {
        return other.input == given.input && other.focus == key;
      });
      if (own) continue;
      spread.push_back(given);
      spread.back().focus = key;
    }
  }
  inputs.inputs = std::move(spread);
  inputs.AddFoci(pathway_);
}

void CaseReader::ReadInputs(Fields& fields, Case& one) {
  PreparedInputs inputs;
  for (const auto& [name, node] : fields.Members("inputs")) AddInput(name, node, inputs);
  Spread(inputs);
  one.inputs = std::move(inputs);
}

bool IsFileName(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 128 && name.front() != '.' &&
         std::ranges::all_of(name, plain);
}

void CaseReader::ReadBundle(Fields& fields, Case& one) {
  const OwnJson* bundle = fields.Any("bundle");
  if (bundle == nullptr) {
    problems_.Error(fields.node(), "L101",
                    "the case has neither \"inputs\" nor \"bundle\". Add one of them.");
  } else if (bundle->type == JsonType::kObject) {
    one.bundle = *bundle;
  } else if (bundle->type == JsonType::kString && IsFileName(bundle->text)) {
    one.bundle_file = bundle->text;
  } else {
    problems_.Error(*bundle, "L101",
                    "\"bundle\" must be a FHIR Bundle, or the name of a file beside the test file. "
                    "Names hold letters, digits, \".\", \"_\" and \"-\".");
  }
}

void CaseReader::ReadOrders(Fields& fields, Case& one) {
  for (const OwnJson& order : fields.Items("orders")) {
    if (order.Find("resourceType") == nullptr) {
      problems_.Error(order, "L101", "an order must be a FHIR resource. Add its \"resourceType\".");
    }
    one.orders.push_back(order);
  }
  one.hook = fields.Text("hook");
  if (one.hook.empty()) one.hook = one.orders.empty() ? "patient-view" : "order-sign";
  if (one.orders.empty() || IsOrderHook(one.hook)) return;
  problems_.Error(
      fields.At("hook"), "L101",
      "hook " + Quoted(one.hook) +
          " has no draft orders. Write \"order-sign\" or \"order-select\", or leave the "
          "orders out.");
}

void CaseReader::ReadParameters(Fields& fields, Case& one) {
  for (const auto& [name, node] : fields.Members("parameters")) {
    const bool known = std::ranges::any_of(
        pathway_.parameters, [&](const Parameter& parameter) { return parameter.name == name; });
    if (!known) {
      problems_.Error(node.name_at, "L102",
                      Quoted(name) + " is no parameter of the pathway. Correct its name.");
    } else if (const std::string* text = TextOf(node, "a parameter", problems_)) {
      one.parameters.emplace_back(name, *text);
    }
  }
}

Case CaseReader::Read(const OwnJson& node, const OwnJson& merged,
                      const std::optional<fhir::DateTime>& file_now) {
  Fields fields(merged, "the case", problems_);
  Case one;
  one.at = node.at;
  one.name = fields.Text("name", Need::kRequired);
  one.confirmed = fields.Flag("confirmed", true);
  const OwnJson* now = fields.String("now");
  const auto time = now != nullptr ? TimeOf(now) : file_now;
  if (time) one.now = *time;
  if (fields.Has("inputs")) {
    ReadInputs(fields, one);
    if (const OwnJson* bundle = fields.Any("bundle")) {
      problems_.Error(*bundle, "L101",
                      "the case has both \"inputs\" and \"bundle\". Remove one of them.");
    }
  } else {
    ReadBundle(fields, one);
  }
  ReadOrders(fields, one);
  ReadParameters(fields, one);
  if (const OwnJson* expect = fields.Object("expect", Need::kRequired)) {
    one.expect = ReadExpectation(pathway_, *expect, problems_);
  }
  return one;
}

void CheckSubject(const Pathway& pathway, Fields& fields) {
  const OwnJson* subject = fields.String("pathway", Need::kRequired);
  if (subject == nullptr || subject->text == pathway.url || subject->text == pathway.id) return;
  fields.problems().Error(*subject, "L102",
                          "the file tests " + Quoted(subject->text) + ", not " +
                              Quoted(pathway.url) +
                              ". Correct the URL, or name the other pathway.");
}

// Defaults are read with each case; without one their names would never be looked at.
void ReadCases(const Pathway& pathway, Fields& fields, Problems& problems, CaseFile& file) {
  CaseReader reader(pathway, problems);
  const auto now = reader.TimeOf(fields.String("now", Need::kRequired));
  const OwnJson* defaults = fields.Object("defaults");
  const auto items = fields.Items("cases", Need::kRequired);
  if (items.size() > kMaxCases) {
    problems.Error(fields.At("cases"), "L101", "more than 10,000 cases. Split the file.");
    return;
  }
  std::set<std::string, std::less<>> names;
  for (const OwnJson& node : items) {
    file.cases.push_back(reader.Read(node, WithDefaults(defaults, node), now));
    const std::string& name = file.cases.back().name;
    if (name.empty() || names.insert(name).second) continue;
    problems.Error(node, "L101", "two cases are named " + Quoted(name) + ". Rename one of them.");
  }
}

}  // namespace

OwnJson WithDefaults(const OwnJson* defaults, const OwnJson& node) {
  OwnJson merged = node;
  if (defaults == nullptr || node.type != JsonType::kObject) return merged;
  const bool has_bundle = node.Find("bundle") != nullptr;
  const bool has_inputs = node.Find("inputs") != nullptr;
  for (const auto& [name, value] : defaults->members) {
    if ((has_bundle && name == "inputs") || (has_inputs && name == "bundle")) continue;
    const auto place =
        std::ranges::find(merged.members, name, &std::pair<std::string, OwnJson>::first);
    if (place == merged.members.end()) {
      merged.members.emplace_back(name, value);
    } else if (IsMerged(name)) {
      OwnJson both = value;
      Overlay(both, place->second);
      both.at = place->second.at;
      place->second = std::move(both);
    }
  }
  return merged;
}

CaseFile ReadCaseFile(const Pathway& pathway, std::string_view text, Problems& problems) {
  CaseFile file;
  auto parsed = fhir::ReadOwnJson(text);
  if (const auto* error = std::get_if<fhir::OwnJsonError>(&parsed)) {
    problems.Error(error->at, "L101", error->message);
    return file;
  }
  file.root = std::get<OwnJson>(std::move(parsed));
  Fields fields(file.root, "the test file", problems);
  CheckSubject(pathway, fields);
  ReadCases(pathway, fields, problems, file);
  return file;
}

}  // namespace renal::pathways::internal
