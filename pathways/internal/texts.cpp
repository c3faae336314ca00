#include "pathways/internal/texts.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "pathways/internal/reader.h"
#include "pathways/translation.h"

namespace renal::pathways {
namespace {

using fhir::JsonType;
using fhir::OwnJson;
using internal::TextPlace;

/// Where texts stand: `*` is any member or element, `**` any way down.
struct Pattern {
  std::string_view path;
  bool name = false;
};

constexpr std::array kPatterns = {
    Pattern{"title"},
    Pattern{"description"},
    Pattern{"purpose"},
    Pattern{"copyright"},
    Pattern{"sources.*.label", true},
    Pattern{"sources.*.edition", true},
    Pattern{"sources.*.section", true},
    Pattern{"strengths.*.word"},
    Pattern{"strengths.*.text"},
    Pattern{"parameters.*.why"},
    Pattern{"parameters.*.values.*"},
    Pattern{"valueSets.*.title"},
    Pattern{"focus.*.title"},
    Pattern{"focus.*.values.*"},
    Pattern{"focus.*.unlinked"},
    Pattern{"focus.*.resource.**.text"},
    Pattern{"inputs.*.title"},
    Pattern{"inputs.*.question"},
    Pattern{"inputs.*.unitText"},
    Pattern{"inputs.*.statusNote"},
    Pattern{"inputs.*.values.*"},
    Pattern{"inputs.*.whenUnknown"},
    Pattern{"inputs.*.prefer.order.*.title"},
    Pattern{"inputs.*.sources.*.assumption"},
    Pattern{"inputs.*.points.*.title"},
    Pattern{"inputs.*.classes.*.because"},
    Pattern{"inputs.*.score.remarks.*.text"},
    Pattern{"inputs.*.ifNone.assumption"},
    Pattern{"inputs.*.ifNone.why"},
    Pattern{"actions.*.title"},
    Pattern{"actions.*.text"},
    Pattern{"actions.*.resource.**.text"},
    Pattern{"gate.*.because"},
    Pattern{"tables.*.title"},
    Pattern{"tables.*.why"},
    Pattern{"tables.*.rules.*.because"},
    Pattern{"tables.*.rules.*.then.summary"},
    Pattern{"checks.*.title"},
    Pattern{"checks.*.because"},
    Pattern{"checks.*.then.caution"},
    Pattern{"checks.*.then.emphasis"},
    Pattern{"cards.disclaimer"},
    Pattern{"cards.notVerified"},
    Pattern{"cards.overrideReasons.*.display"},
};

std::string NameOf(const OwnJson& element, std::size_t place) {
  for (const char* member : {"id", "word", "name", "code"}) {
    const OwnJson* name = element.Find(member);
    if (name != nullptr && name->type == JsonType::kString) return name->text;
  }
  return std::to_string(place);
}

std::string Under(const std::string& key, std::string_view name) {
  return key.empty() ? std::string(name) : key + "." + std::string(name);
}

template <class Node>
class Walker {
 public:
  std::vector<TextPlace<Node>> Run(Node& root) {
    for (const Pattern& pattern : kPatterns) {
      name_ = pattern.name;
      Walk(root, pattern.path, {});
    }
    std::ranges::stable_sort(found_, {}, [](const TextPlace<Node>& place) {
      return std::make_tuple(place.node->at.line, place.node->at.column);
    });
    return std::move(found_);
  }

 private:
  void Walk(Node& node, std::string_view path, const std::string& key) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string_view head = path.substr(0, dot);
    const std::string_view rest = path.substr(std::min(dot + 1, path.size()));
    if (head == "**") Walk(node, rest, key);
    for (auto& [name, child] : node.members) {
      if (head == "**") {
        Walk(child, path, Under(key, name));
      } else if (head == "*" || head == name) {
        Reach(node, name, child, rest, Under(key, name));
      }
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const std::string below = Under(key, NameOf(node.items[i], i));
      if (head == "**") Walk(node.items[i], path, below);
      if (head == "*") Reach(node, {}, node.items[i], rest, below);
    }
  }

  void Reach(Node& owner, const std::string& member, Node& node, std::string_view rest,
             const std::string& key) {
    if (!rest.empty()) return Walk(node, rest, key);
    if (node.type != JsonType::kString || node.text.empty()) return;
    found_.push_back({key, &owner, &node, member, name_});
  }

  std::vector<TextPlace<Node>> found_;
  bool name_ = false;
};

}  // namespace

namespace internal {

std::vector<TextPlace<const OwnJson>> TextsOf(const OwnJson& root) {
  return Walker<const OwnJson>().Run(root);
}

std::vector<TextPlace<OwnJson>> TextsOf(OwnJson& root) { return Walker<OwnJson>().Run(root); }

std::set<std::string> PlaceholdersOf(std::string_view text) {
  std::set<std::string> names;
  for (std::size_t open = text.find('{'); open != std::string_view::npos;
       open = text.find('{', open + 1)) {
    const std::size_t close = text.find('}', open);
    if (close == std::string_view::npos) break;
    const std::string_view inner = text.substr(open + 1, close - open - 1);
    if (IsName(inner, false)) names.emplace(inner);
  }
  return names;
}

}  // namespace internal

std::vector<ReadableText> ReadableTexts(const OwnJson& pathway_file) {
  std::vector<ReadableText> texts;
  for (const auto& place : internal::TextsOf(pathway_file)) {
    texts.push_back({place.key, place.node->text, place.node->at, place.name});
  }
  return texts;
}

}  // namespace renal::pathways
