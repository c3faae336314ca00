#include "fhir/internal/fhir_r4_elements.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <utility>

namespace renal::fhir::r4 {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\n'; }
bool EndsWord(char c) {
  return IsSpace(c) || c == '<' || c == '{' || c == '}' || c == ':' || c == '\0';
}

}  // namespace

// Reads kDefinitions. They are part of the program, so a fault in them is a broken invariant: it
// ends the program at the first use, and the first test.
class TableReader {
 public:
  explicit TableReader(Table& table) : table_(table) {}

  void Read() {
    Names();
    text_ = kDefinitions;
    Bodies();
    for (const auto& [owner, element, path] : repeats_) Repeat(*owner, element, path);
  }

 private:
  struct Repeated {
    Type* owner;
    std::size_t element;
    std::string path;
  };

  void Skip() {
    while (IsSpace(*text_)) ++text_;
  }
  std::string_view Word() {
    Skip();
    const char* start = text_;
    while (!EndsWord(*text_)) ++text_;
    return {start, static_cast<std::size_t>(text_ - start)};
  }
  bool Take(char c) {
    Skip();
    if (*text_ != c) return false;
    ++text_;
    return true;
  }

  bool IsSection(std::string_view word) {
    if (word != "primitives" && word != "datatypes" && word != "resources") return false;
    section_ = word;
    return true;
  }

  // First the names, since elements may name types that stand further down.
  void Names() {
    text_ = kDefinitions;
    for (std::string_view word = Word(); !word.empty(); word = Word()) {
      if (IsSection(word)) continue;
      Type& type = table_.Add(word, Take('<') ? Word() : std::string_view());
      type.primitive = section_ == "primitives" && word != "Element";
      type.resource = section_ == "resources";
      SkipBody();
    }
  }

  void SkipBody() {
    if (!Take('{')) return;
    for (int open = 1; open > 0; ++text_) open += *text_ == '{' ? 1 : *text_ == '}' ? -1 : 0;
  }

  void Bodies() {
    for (std::string_view word = Word(); !word.empty(); word = Word()) {
      if (IsSection(word)) continue;
      Type& type = *table_.by_name_.at(word);
      if (Take('<')) Word();
      if (type.base != nullptr) type.elements = type.base->elements;
      type.described = type.primitive;
      if (Take('{')) Body(type);
    }
  }

  void Body(Type& type) {
    type.described = true;
    while (!Take('}')) {
      std::string_view name = Word();
      if (name.empty() || !Take(':')) std::abort();
      Element element;
      element.choice = name.ends_with("[x]");
      if (element.choice) name.remove_suffix(3);
      element.name = name;
      if (Take('{')) {
        Group(type, element);
      } else {
        Types(type, element, Word());
      }
      type.elements.push_back(std::move(element));
    }
  }

  void Group(Type& owner, Element& element) {
    Type& group = table_.Add(owner.name + "." + element.name, "BackboneElement");
    group.elements = group.base->elements;
    Body(group);
    element.many = *text_ == '*' && Take('*');
    element.types = {&group};
  }

  void Types(Type& owner, Element& element, std::string_view text) {
    element.many = text.ends_with('*');
    if (element.many) text.remove_suffix(1);
    if (text.starts_with('=')) {
      repeats_.push_back({&owner, owner.elements.size(), std::string(text.substr(1))});
    } else if (text == "any") {
      element.types = Any();
    } else {
      for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(end + 1)) {
        end = text.find('|');
        element.types.push_back(table_.by_name_.at(text.substr(0, end)));
        if (end == std::string_view::npos) break;
      }
    }
  }

  void Repeat(Type& owner, std::size_t element, const std::string& path) {
    owner.elements[element].types = {table_.by_name_.at(path)};
  }

  // What an Extension's value may have: every primitive but xhtml, every datatype for general use.
  std::vector<const Type*> Any() const {
    std::vector<const Type*> all;
    for (const Type& type : table_.types_) {
      const bool abstract = type.name == "Element" || type.name == "BackboneElement" ||
                            type.name == "xhtml" || type.name == "Extension" ||
                            type.name == "Narrative";
      const bool group = type.name.find('.') != std::string::npos;
      if (!type.resource && !abstract && !group) all.push_back(&type);
    }
    return all;
  }

  Table& table_;
  const char* text_ = kDefinitions;
  std::string_view section_;
  std::vector<Repeated> repeats_;
};

const Element* Type::Find(std::string_view element) const {
  const auto found =
      std::find_if(elements.begin(), elements.end(),
                   [element](const Element& candidate) { return candidate.name == element; });
  return found == elements.end() ? nullptr : &*found;
}

bool Type::IsA(const Type& other) const {
  for (const Type* type = this; type != nullptr; type = type->base) {
    if (type == &other) return true;
  }
  return false;
}

void NamedElements::Add(const char* owner, const Element& element) {
  if (2 * (count_ + 1) > entries_.size()) {
    const std::vector<Entry> before =
        std::exchange(entries_, std::vector<Entry>(std::max<std::size_t>(2, 2 * entries_.size())));
    count_ = 0;
    for (const Entry& entry : before) {
      if (entry.owner != nullptr) Add(entry.owner, *entry.element);
    }
  }
  std::size_t at = HashOf(owner);
  while (entries_[at].owner != nullptr) at = (at + 1) & (entries_.size() - 1);
  entries_[at] = {owner, &element};
  ++count_;
}

Type& Table::Add(std::string_view name, std::string_view base) {
  Type& type = types_.emplace_back();
  type.name = name;
  if (!base.empty()) type.base = by_name_.at(base);
  by_name_.emplace(type.name, &type);
  return type;
}

Table::Table() {
  TableReader(*this).Read();
  for (const Type& type : types_) {
    if (!type.resource && type.name.find('.') == std::string::npos) {
      std::string suffix = type.name;
      if (suffix[0] >= 'a' && suffix[0] <= 'z')
        suffix[0] = static_cast<char>(suffix[0] - 'a' + 'A');
      by_suffix_.emplace(std::move(suffix), &type);
    }
    for (const Element& element : type.elements) {
      by_element_[element.name].Add(type.name.data(), element);
    }
  }
  for (auto& [suffix, type] : by_suffix_) {
    for (const Type& owner : types_) {
      const auto add = [&, named = type, &text = suffix](const Element& element) {
        const auto& types = element.types;
        const bool allowed = std::find(types.begin(), types.end(), named) != types.end();
        if (element.choice && allowed) by_json_name_.emplace(element.name + text, &element);
      };
      std::for_each(owner.elements.begin(), owner.elements.end(), add);
    }
  }
}

const Table& Table::Instance() {
  static const Table kTable;
  return kTable;
}

const Type* Table::Find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

const NamedElements& Table::Named(std::string_view element) const {
  static const NamedElements kNone;
  const auto found = by_element_.find(element);
  return found == by_element_.end() ? kNone : found->second;
}

const Type* Table::OfSuffix(std::string_view suffix) const {
  const auto found = by_suffix_.find(suffix);
  return found == by_suffix_.end() ? nullptr : found->second;
}

const Element* Table::ChoiceOfJsonName(std::string_view json_name) const {
  const auto found = by_json_name_.find(std::string(json_name));
  return found == by_json_name_.end() ? nullptr : found->second;
}

}  // namespace renal::fhir::r4
