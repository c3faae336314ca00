#include "pathways/internal/fhir_form_extract.h"

#include <vector>

#include "pathways/internal/fhir_form_cells.h"
#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

constexpr const char* kNothing = "{}";

std::string Choice(const std::string& condition, const std::string& then,
                   const std::string& otherwise) {
  return "iif(" + condition + ", " + then + ", " + otherwise + ")";
}

std::string Known(const std::string& condition) { return "(" + condition + ").exists()"; }

class Extraction {
 public:
  Extraction(const OwnJson& input, const ExpressionNames& names, const char* sources,
             std::function<std::string(const OwnJson&)> condition)
      : input_(input),
        names_(names),
        sources_(MemberAt(input, sources).items),
        condition_(std::move(condition)) {}

  std::string Run() const {
    std::string value = Value();
    const OwnJson* only_if = input_.Find("onlyIf");
    return only_if == nullptr ? value : Choice(condition_(*only_if), value, kNothing);
  }

  std::string Value() const {
    if (const OwnJson* classes = input_.Find("classes")) return Chosen(classes->items, "value");
    if (const OwnJson* points = input_.Find("points")) return Sum(*points);
    const bool pooled = TextAt(input_, "merge") == "all-sources" && sources_.size() > 1;
    std::string whole = pooled ? OfAll() : OfEach();
    const OwnJson* none = input_.Find("ifNone");
    if (none == nullptr) return whole;
    const std::string value = ConstantExpression(TextAt(input_, "type"), TextAt(*none, "value"));
    return whole + ".combine(" + value + ").first()";
  }

  std::string Text(const OwnJson& source, const char* name) const {
    return names_.ToFhir(TextAt(source, name));
  }

  // The first of rows that is true, nothing where one before it is unknown; what is no one value
  // gives none.
  std::string Chosen(const std::vector<OwnJson>& rows, const char* member) const {
    const std::string type = std::string_view(member) == "add" ? "Integer" : TextAt(input_, "type");
    std::string chosen = kNothing;
    for (std::size_t i = rows.size(); i-- > 0;) {
      const std::string& text = TextAt(rows[i], member);
      const bool one = !text.empty() && text[0] != '[' && text[0] != '(';
      const std::string value = one ? ConstantExpression(type, text) : kNothing;
      if (rows[i].Find("if") == nullptr) {
        chosen = value;
        continue;
      }
      const std::string condition = condition_(MemberAt(rows[i], "if"));
      chosen = Choice(Known(condition), Choice(condition, value, chosen), kNothing);
    }
    return chosen;
  }

  // Unknown as soon as one part is. A part without rows is one row, and zero otherwise.
  std::string Sum(const OwnJson& parts) const {
    std::string sum;
    for (const OwnJson& part : parts.items) {
      std::vector<OwnJson> rows = MemberAt(part, "rows").items;
      if (rows.empty()) rows = {part, JsonObject({{"add", JsonText("0")}})};
      sum += (sum.empty() ? "" : " + ") + Chosen(rows, "add");
    }
    return sum.empty() ? kNothing : sum;
  }

  // Everything that any of the sources gives, each value once.
  std::string Values() const {
    std::string values;
    for (const OwnJson& source : sources_) {
      for (const OwnJson& entry : MemberAt(source, "map").items) {
        const std::string when = Text(entry, "when");
        const std::string some = Candidates(source) + (when.empty() ? "" : ".where(" + when + ")");
        const std::string key =
            "iif(" + some + ".exists(), " + Literal(TextAt(entry, "to")) + ", {})";
        values += values.empty() ? key : ".combine(" + key + ")";
      }
    }
    return values.empty() ? kNothing : values;
  }

  // The resources of all sources.
  std::string Resources() const {
    std::string resources;
    for (const OwnJson& source : sources_) {
      resources += resources.empty() ? Candidates(source) : ".combine(" + Candidates(source) + ")";
    }
    return resources;
  }

 private:
  // What makes a resource of the source's type a candidate.
  std::string Criterion(const OwnJson& source) const {
    std::string criterion;
    const auto add = [&](const std::string& part) {
      if (!part.empty()) criterion += (criterion.empty() ? "" : " and ") + part;
    };
    const std::string& set = TextAt(source, "code");
    if (!set.empty()) add(CodeElement(source) + names_.ToFhir(".memberOf(" + Literal(set) + ")"));
    if (!Text(source, "where").empty()) add("(" + Text(source, "where") + ")");
    if (const OwnJson* cells = source.Find("if")) add("(" + condition_(*cells) + ")");
    const std::string age = AgeLimit();
    const bool ageless = MemberAt(source, "ageless").boolean;
    if (!age.empty() && !ageless && !Text(source, "time").empty()) {
      add("(" + Text(source, "time") + ") >= today() - " + age);
    }
    return criterion;
  }

  static std::string CodeElement(const OwnJson& source) {
    const std::string& type = TextAt(source, "from");
    if (type == "Encounter") return "type";
    return type.starts_with("Medication") && type != "Medication" ? "medication" : "code";
  }

  // "12 weeks" is a quantity of FHIRPath as it stands.
  std::string AgeLimit() const {
    const OwnJson& age = MemberAt(input_, "maxAge");
    if (age.type == fhir::JsonType::kString) return age.text;
    const bool one = age.items.size() == 1 && age.items[0].Find("if") == nullptr;
    return one ? TextAt(age.items[0], "limit") : std::string();
  }

  std::string ValueOf(const OwnJson& source) const {
    const OwnJson& map = MemberAt(source, "map");
    if (map.items.empty()) return Text(source, "value");
    std::string value = kNothing;
    for (std::size_t i = map.items.size(); i-- > 0;) {
      const OwnJson& entry = map.items[i];
      const std::string to = ConstantExpression(TextAt(input_, "type"), TextAt(entry, "to"));
      const std::string when = Text(entry, "when");
      value = when.empty() ? to : Choice(when, to, value);
    }
    return value;
  }

  std::string Candidates(const OwnJson& source) const {
    const std::string all = "%context.entry.resource.ofType(" + TextAt(source, "from") + ")";
    const std::string criterion = Criterion(source);
    return criterion.empty() ? all : all + ".where(" + criterion + ")";
  }

  // The resource that comes last (or first) among several.
  std::string ByTime(const std::string& resources, const std::string& time) const {
    if (time.empty()) return resources + ".first()";
    const char* const sign = TextAt(input_, "pick") == "earliest" ? " < " : " > ";
    return resources + ".aggregate(iif($total.empty() or ($this.select(" + time + ")" + sign +
           "$total.select(" + time + ")), $this, $total))";
  }

  bool PicksByTime() const {
    const std::string& pick = TextAt(input_, "pick");
    return pick.empty() || pick == "latest" || pick == "earliest";
  }

  // The value that `pick` means among several.
  std::string ByValue(const std::string& values) const {
    const std::string& pick = TextAt(input_, "pick");
    const auto fold = [&](const std::string& better) {
      return values + ".aggregate(iif($total.empty(), $this, " + better + "))";
    };
    if (pick == "any-true") return fold("$total or $this");
    if (pick == "all-true") return fold("$total and $this");
    const std::string sign = pick == "min" ? " < " : " > ";
    if (TextAt(input_, "type") != "Code")
      return fold("iif($this" + sign + "$total, $this, $total)");
    std::string order = "|";
    for (const auto& [code, title] : MemberAt(input_, "values").members) order += code + "|";
    const auto place = [&](const char* code) {
      return Literal(order) + ".indexOf('|' & " + code + " & '|')";
    };
    return fold("iif(" + place("$this") + sign + place("$total") + ", $this, $total)");
  }

  std::string OfOne(const OwnJson& source) const {
    const std::string resources = Candidates(source);
    const std::string value = ".select(" + ValueOf(source) + ")";
    return PicksByTime() ? ByTime(resources, Text(source, "time")) + value
                         : ByValue(resources + value);
  }

  // Sources in their order: the first that has a candidate decides.
  std::string OfEach() const {
    std::string whole;
    for (const OwnJson& source : sources_) {
      whole += whole.empty() ? OfOne(source) : ".combine(" + OfOne(source) + ")";
    }
    return sources_.size() > 1 ? whole + ".first()" : whole;
  }

  std::string OfAll() const {
    if (!PicksByTime()) {
      std::string values;
      for (const OwnJson& source : sources_) {
        const std::string one = Candidates(source) + ".select(" + ValueOf(source) + ")";
        values += values.empty() ? one : ".combine(" + one + ")";
      }
      return ByValue(values);
    }
    return ByTime(Resources(), Dispatch("time")) + ".select(" + Dispatch("") + ")";
  }

  // An expression for a resource of whichever source: `name`, or the value where it is empty.
  std::string Dispatch(const char* name) const {
    std::string whole = kNothing;
    for (std::size_t i = sources_.size(); i-- > 0;) {
      const OwnJson& source = sources_[i];
      const std::string part = *name == '\0' ? ValueOf(source) : Text(source, name);
      if (part.empty() || part == whole) continue;
      const std::string criterion = Criterion(source);
      std::string here = std::string("$this is ").append(TextAt(source, "from"));
      if (!criterion.empty()) here.append(" and ").append(criterion);
      whole = i + 1 == sources_.size() && SameForAll(name) ? part : Choice(here, part, whole);
    }
    return whole;
  }

  bool SameForAll(const char* name) const {
    if (*name == '\0') return false;
    for (const OwnJson& source : sources_) {
      if (TextAt(source, name) != TextAt(sources_[0], name)) return false;
    }
    return true;
  }

  const OwnJson& input_;
  const ExpressionNames& names_;
  const std::vector<OwnJson>& sources_;
  const std::function<std::string(const OwnJson&)> condition_;
};

}  // namespace

std::string ExtractionOf(const OwnJson& input, const ExpressionNames& names,
                         const std::function<std::string(const OwnJson&)>& condition) {
  return Extraction(input, names, "sources", condition).Run();
}

std::string CountOf(const OwnJson& focus, const ExpressionNames& names) {
  // Sources of a focus have no condition on inputs.
  const Extraction instances(focus, names, "instances", [](const OwnJson&) { return "true"; });
  if (focus.Find("keys") != nullptr) return "(" + instances.Resources() + ").count()";
  return "(" + instances.Values() + ").distinct().count()";
}

}  // namespace renal::pathways::internal
