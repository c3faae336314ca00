#include <algorithm>
#include <functional>

#include "fhir/internal/fhirpath_eval.h"
#include "fhir/internal/fhirpath_values.h"
#include "fhir/internal/json_access.h"

namespace renal::fhir::fhirpath {
namespace {

// The element of that name in the type of the node; null if the type or the element is not known.
const r4::Element* ElementOf(const Op& op, const Node& node) {
  if (node.type.empty()) return nullptr;
  const auto below = [](const r4::NamedElement& entry, const char* owner) {
    return std::less<const char*>()(entry.owner, owner);
  };
  const auto& all = *op.elements;
  const auto found = std::lower_bound(all.begin(), all.end(), node.type.data(), below);
  return found == all.end() || found->owner != node.type.data() ? nullptr : found->element;
}

// What one look through the members of an object finds.
struct Found {
  Json value;
  Json sibling;           // the value of "_name"
  std::string_view type;  // static text
};

bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }

bool MayCarryExtensions(const Json& value) {
  if (!value.is_array()) return !value.is_object();
  return value.size() != 0 && !(*value.begin()).value.is_object();
}

// Finds `name`, or the choice `name` + type, and the sibling with an underscore, in one pass.
class Search {
 public:
  Search(const Op& op, const Node& node) : name_(op.name), element_(ElementOf(op, node)) {
    choices_ = element_ != nullptr ? element_->choice : node.type.empty();
    if (element_ != nullptr && !element_->choice) {
      found_.type = element_->types[0]->name;
      primitive_ = element_->types[0]->primitive;
    }
  }

  Found Run(const Json& object) {
    if (choices_) {
      VisitMembers(object, [this](std::string_view name, const Json& value) {
        return TakeChoice(name, value);
      });
    } else {
      VisitMembers(object, [this](std::string_view name, const Json& value) {
        return TakeExact(name, value);
      });
    }
    return found_;
  }

 private:
  // True if nothing more is to be found. Only primitives have a sibling.
  bool TakeExact(std::string_view name, const Json& value) {
    if (name.size() == name_.size()) {
      if (name != name_) return false;
      found_.value = value;
      return !primitive_ || found_.sibling;
    }
    if (!primitive_ || name.size() != name_.size() + 1) return false;
    if (name[0] != '_' || name.substr(1) != name_) return false;
    found_.sibling = value;
    return !found_.value.absent();
  }

  bool TakeChoice(std::string_view name, const Json& value) {
    if (!name.empty() && name[0] == '_' && Fits(name.substr(1))) {
      found_.sibling = value;
      return false;
    }
    if (!Fits(name)) return false;
    Take(name, value);
    return !MayCarryExtensions(value);
  }

  bool Fits(std::string_view name) {
    if (name.size() < name_.size() || name[0] != name_[0] || !name.starts_with(name_)) return false;
    if (name.size() == name_.size()) return true;
    if (!choices_ || exact_ || !IsCapital(name[name_.size()])) return false;
    choice_ = r4::Table::Instance().OfSuffix(name.substr(name_.size()));
    return choice_ != nullptr;
  }

  void Take(std::string_view name, const Json& value) {
    found_.value = value;
    exact_ = name.size() == name_.size();
    if (!exact_) found_.type = choice_->name;
  }

  std::string_view name_;
  const r4::Element* element_;
  bool choices_ = false;
  bool primitive_ = true;  // or not known to be none
  bool exact_ = false;
  const r4::Type* choice_ = nullptr;
  Found found_;
};

bool IsNothing(JsonType type) { return type == JsonType::kAbsent || type == JsonType::kNull; }

bool AddOne(Evaluator& evaluator, const Op& op, const Json& value, JsonType kind,
            const Json& sibling, std::string_view type, Collection& out) {
  if (IsNothing(kind)) {
    if (!sibling.is_object()) return true;
    return evaluator.Add(op, out, Node{.json = {}, .type = type, .sibling = sibling});
  }
  if (kind == JsonType::kObject && (type.empty() || type == "Resource")) {
    return evaluator.Add(op, out, ResourceNode(value));
  }
  return evaluator.Add(op, out, Node{.json = value, .type = type, .sibling = sibling});
}

bool AddFound(Evaluator& evaluator, const Op& op, const Found& found, Collection& out) {
  const JsonType kind = found.value.type();
  const bool array = kind == JsonType::kArray || (IsNothing(kind) && found.sibling.is_array());
  if (!array) return AddOne(evaluator, op, found.value, kind, found.sibling, found.type, out);
  // Values and siblings run side by side; each list may be the longer one.
  auto value = found.value.begin(), values_end = found.value.end();
  auto sibling = found.sibling.begin(), siblings_end = found.sibling.end();
  while (!(value == values_end) || (found.sibling.is_array() && !(sibling == siblings_end))) {
    Json one, beside;
    if (!(value == values_end)) {
      one = (*value).value;
      ++value;
    }
    if (found.sibling.is_array() && !(sibling == siblings_end)) {
      beside = (*sibling).value;
      ++sibling;
    }
    if (!AddOne(evaluator, op, one, one.type(), beside, found.type, out)) return false;
  }
  return true;
}

bool NavigateFrom(Evaluator& evaluator, const Op& op, const Item& item, Collection& out) {
  const auto* node = std::get_if<Node>(&item);
  if (node == nullptr) return true;
  const bool object = node->json.is_object();
  const Json& holder = object ? node->json : node->sibling;
  if (!holder.is_object()) return true;
  return AddFound(evaluator, op, Search(op, *node).Run(holder), out);
}

bool Navigate(Evaluator& evaluator, const Op& op, Items items, Collection& out) {
  for (const Item& item : items) {
    if (!evaluator.Step(op) || !NavigateFrom(evaluator, op, item, out)) return false;
  }
  return true;
}

bool IsResourceOf(const Op& op, const Item& item) {
  const auto* node = std::get_if<Node>(&item);
  return node != nullptr && node->json["resourceType"].is_string() &&
         MatchesType(op.type, item, false);
}

}  // namespace

bool RunNavigate(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  return evaluator.Input(op, frame, scratch, items) && Navigate(evaluator, op, items, out);
}

bool RunTypeOrNavigate(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  if (frame.focus.size() == 1 && IsResourceOf(op, frame.focus[0])) {
    return evaluator.AddAll(op, out, frame.focus);
  }
  return Navigate(evaluator, op, frame.focus, out);
}

}  // namespace renal::fhir::fhirpath
