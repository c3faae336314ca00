#include "cards/internal/focus_title.h"

#include <algorithm>

#include "cards/markdown.h"

namespace renal::cards {
namespace {

using pathways::FocusInstance;
using pathways::FocusKind;

const std::string* TitleOf(const FocusKind& kind, std::string_view key) {
  for (const auto& [name, title] : kind.values) {
    if (name == key) return &title;
  }
  return nullptr;
}

const FocusInstance* InstanceOf(const Scene& scene, const Focus& focus) {
  const auto& foci = scene.outcome.foci;
  const auto found = std::ranges::find_if(foci, [&](const FocusInstance& instance) {
    return instance.kind == focus.kind && instance.key == focus.key;
  });
  return found == foci.end() ? nullptr : &*found;
}

// What the record calls a thing, as it stands there.
const std::string& WordsOf(const FocusInstance& thing) {
  return thing.site.empty() ? thing.text : thing.site;
}

bool CalledTheSame(const FocusInstance& a, const FocusInstance& b) {
  return a.kind == b.kind && WordsOf(a) == WordsOf(b);
}

bool IsOfSameDay(const FocusInstance& a, const FocusInstance& b) {
  return a.time.substr(0, a.time.find('T')) == b.time.substr(0, b.time.find('T'));
}

// Texts for a title, escaped or not: ours, and what others wrote.
class Titles {
 public:
  Titles(const Scene& scene, const Prose* prose) : scene_(scene), prose_(prose) {}

  std::string Own(const std::string& text) const { return prose_ ? prose_->Own(text) : text; }

  std::string OfFocus(const Focus& focus) const {
    if (focus.key.empty() || focus.kind >= scene_.pathway.foci.size()) return Foreign(focus.key);
    const FocusKind& kind = scene_.pathway.foci[focus.kind];
    if (const std::string* title = TitleOf(kind, focus.key)) return Own(*title);
    const FocusInstance* thing = InstanceOf(scene_, focus);
    const std::string title = thing == nullptr ? std::string() : OfThing(*thing, Own(kind.title));
    return title.empty() ? WithReference(Own(kind.title), focus.key) : title;
  }

 private:
  std::string Foreign(const std::string& text) const {
    return prose_ ? prose_->Foreign(text) : text;
  }
  std::string WithReference(const std::string& kind, const std::string& key) const {
    return scene_.words.Text(Phrase::kFocusReference,
                             {{"kind", kind}, {"reference", Foreign(key)}});
  }
  bool Another(const FocusInstance& thing, bool of_same_day) const {
    return std::ranges::any_of(scene_.outcome.foci, [&](const FocusInstance& other) {
      return &other != &thing && CalledTheSame(other, thing) &&
             (!of_same_day || IsOfSameDay(other, thing));
    });
  }

  // Empty where the record says nothing of the thing, or the same of another one.
  std::string OfThing(const FocusInstance& thing, const std::string& kind) const {
    const std::string day = Foreign(Day(scene_, thing.time));
    const bool twin = Another(thing, true);
    if (WordsOf(thing).empty()) {
      if (day.empty() || twin) return {};
      return scene_.words.Text(Phrase::kFocusDated, {{"kind", kind}, {"day", day}});
    }
    std::string words = Foreign(WordsOf(thing));
    if (!day.empty() && Another(thing, false)) AddComma(words, day);
    if (twin) AddComma(words, Foreign(thing.key));
    return scene_.words.Text(Phrase::kFocusDescribed, {{"kind", kind}, {"words", words}});
  }

  void AddComma(std::string& words, const std::string& more) const {
    words = scene_.words.Text(Phrase::kListComma, {{"list", words}, {"last", more}});
  }

  const Scene& scene_;
  const Prose* prose_;
};

std::string TitleOfInput(const Scene& scene, Index input, const Focus& focus, const Prose* prose) {
  const Titles titles(scene, prose);
  const pathways::Input& what = scene.pathway.inputs[input];
  const auto count = std::ranges::count(scene.outcome.foci, what.focus, &FocusInstance::kind);
  if (what.focus == kNone || count < 2) return titles.Own(what.title);
  return scene.words.Text(Phrase::kInputFocus,
                          {{"title", titles.Own(what.title)}, {"focus", titles.OfFocus(focus)}});
}

}  // namespace

std::string FocusTitle(const Scene& scene, const Focus& focus) {
  return Titles(scene, nullptr).OfFocus(focus);
}

std::string FocusTitle(const Scene& scene, const Focus& focus, const Prose& prose) {
  return Titles(scene, &prose).OfFocus(focus);
}

std::string ShortFocusTitle(const Scene& scene, const Focus& focus) {
  std::string title = CleanLine(FocusTitle(scene, focus));
  if (focus.kind >= scene.pathway.foci.size()) return title;
  const std::string& kind = scene.pathway.foci[focus.kind].title;
  const std::string before =
      scene.words.Text(Phrase::kFocusDescribed, {{"kind", kind}, {"words", ""}});
  if (kind.empty() || !title.starts_with(before)) return title;
  const std::string words = title.substr(before.size());
  // Or another form of the word, as a plural.
  constexpr std::size_t kEnding = 2;
  const std::string stem =
      Decapitalised(kind.substr(0, kind.size() - std::min(kEnding, kind.size() / 3)));
  return Decapitalised(words).starts_with(stem) ? words : title;
}

std::string ShortAbout(const Scene& scene, const Focus& focus, const std::vector<Index>& inputs) {
  std::string text = CleanLine(About(scene, focus, inputs));
  const std::string title = Capitalised(CleanLine(FocusTitle(scene, focus)));
  if (focus.key.empty() || !text.starts_with(title)) return text;
  return Capitalised(ShortFocusTitle(scene, focus)) + text.substr(title.size());
}

std::string FocusTitle(const Scene& scene, std::string_view key) {
  for (const FocusKind& kind : scene.pathway.foci) {
    if (const std::string* title = TitleOf(kind, key)) return *title;
  }
  const Focus focus = FindFocus(scene, key);
  return focus.key.empty() ? std::string(key) : FocusTitle(scene, focus);
}

std::string InputTitle(const Scene& scene, Index input, const Focus& focus) {
  return TitleOfInput(scene, input, focus, nullptr);
}

std::string InputTitle(const Scene& scene, Index input, const Focus& focus, const Prose& prose) {
  return TitleOfInput(scene, input, focus, &prose);
}

}  // namespace renal::cards
