#include "fhir/internal/fhirpath_navigate.h"

#include "fhir/internal/fhirpath_eval.h"
#include "fhir/internal/fhirpath_values.h"
#include "fhir/internal/json_access.h"

namespace renal::fhir::fhirpath {
namespace {

bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }

bool MayCarryExtensions(const Json& value) {
  if (!value.is_array()) return !value.is_object();
  return value.size() != 0 && !(*value.begin()).value.is_object();
}

// Finds `name`, or the choice `name` + type, and the sibling with an underscore, in one pass.
class Finder {
 public:
  Finder(const Op& op, const Node& node, const r4::Element* element) : op_(op), name_(op.name) {
    choices_ = element != nullptr ? element->choice : node.type.empty();
    if (element != nullptr && !element->choice) found_.type = element->types[0]->name;
  }

  Found Run(const Json& object) {
    siblings_ = JsonAccess::TapeOf(object).underscored;
    if (choices_ && siblings_) {
      VisitMembers(object, [this](std::string_view name, const Json& value) {
        return TakeSibling(name, value) || TakeChoice(name, value);
      });
    } else if (choices_) {
      VisitMembersFrom(object, op_.member, [this](std::string_view name, const Json& value) {
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
  // True if nothing more is to be found.
  bool TakeExact(std::string_view name, const Json& value) {
    if (SameName(name, name_)) {
      found_.value = value;
      return !found_.sibling.absent();
    }
    if (name.size() != name_.size() + 1 || name[0] != '_' || name.substr(1) != name_) return false;
    found_.sibling = value;
    return !found_.value.absent();
  }

  // Never all: the value of a choice may be of another type than its sibling.
  bool TakeSibling(std::string_view name, const Json& value) {
    if (name.starts_with('_') && Fits(name.substr(1))) found_.sibling = value;
    return false;
  }

  bool TakeChoice(std::string_view name, const Json& value) {
    if (!Fits(name)) return false;
    Take(name, value);
    return !MayCarryExtensions(value);
  }

  bool Fits(std::string_view name) {
    if (name.size() < name_.size() || !SameName(name.substr(0, name_.size()), name_)) return false;
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

  const Op& op_;
  std::string_view name_;
  bool choices_ = false;
  bool exact_ = false;
  bool siblings_ = true;  // there may be some in the document
  const r4::Type* choice_ = nullptr;
  Found found_;
};

bool NavigateFrom(Evaluator& evaluator, const Op& op, const Item& item, Collection& out) {
  const auto* node = std::get_if<Node>(&item);
  return node == nullptr || VisitFound(Look(op, *node), [&](const Node& found) {
           return evaluator.Add(op, out, found);
         });
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

Found Search(const Op& op, const Node& node, const Json& holder, const r4::Element* element) {
  return Finder(op, node, element).Run(holder);
}

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
