#include "fhir/internal/fhirpath_shared.h"

#include <algorithm>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace renal::fhir::fhirpath {
namespace {

// What is written into the output of trace(), or seen by what follows.
bool LeavesSomething(const Ast& ast) {
  return ast.kind == Ast::Kind::kFunction && (ast.text == "trace" || ast.text == "defineVariable");
}

// $index and $total are not those of every place.
bool DependsOnPlace(const Ast& ast) {
  return ast.kind == Ast::Kind::kSpecial && ast.text != "this";
}

bool DefinesVariables(const Ast& ast) {
  if (ast.kind == Ast::Kind::kFunction && ast.text == "defineVariable") return true;
  return std::any_of(ast.children.begin(), ast.children.end(), DefinesVariables);
}

void AppendText(std::string_view text, std::string& out) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

// Adds a text that only trees of the same meaning have; false where `ast` cannot be shared.
bool AppendForm(const Ast& ast, std::string& out) {
  if (LeavesSomething(ast) || DependsOnPlace(ast)) return false;
  out += static_cast<char>('A' + static_cast<int>(ast.kind));
  out += static_cast<char>('A' + static_cast<int>(ast.op));
  out += ast.has_input ? '.' : ' ';
  out += ast.calendar_unit ? 'c' : ' ';
  AppendText(ast.text, out);
  AppendText(ast.unit, out);
  out += '(';
  for (const Ast& child : ast.children) {
    if (!AppendForm(child, out)) return false;
  }
  out += ')';
  return true;
}

}  // namespace

struct SharedCriteria::Known {
  std::deque<Criterion> criteria;  // expressions hold their addresses
  std::unordered_map<std::string, Criterion*> by_form;
};

SharedCriteria::SharedCriteria() : known_(std::make_unique<Known>()) {}
SharedCriteria::~SharedCriteria() = default;

void SharedCriteria::Settle() {
  for (Criterion& criterion : known_->criteria) {
    if (criterion.occurrences > 1) criterion.place = size_++;
  }
  known_->by_form = {};  // much text, for compiling alone
}

CriteriaOfText::CriteriaOfText(SharedCriteria* shared, const Ast& tree)
    : shared_(shared == nullptr || DefinesVariables(tree) ? nullptr : shared) {}

Criterion* CriteriaOfText::Of(const Ast& ast) {
  std::string form;
  if (shared_ == nullptr || !AppendForm(ast, form)) return nullptr;
  SharedCriteria::Known& known = *shared_->known_;
  Criterion*& criterion = known.by_form[std::move(form)];
  if (criterion == nullptr) criterion = &known.criteria.emplace_back();
  return criterion;
}

}  // namespace renal::fhir::fhirpath
