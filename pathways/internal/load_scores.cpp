#include <algorithm>
#include <charconv>

#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;
using Row = ScoreItem::Row;

constexpr std::int64_t kMostPoints = 1000;

std::optional<std::int64_t> PointsIn(std::string_view text) {
  std::int64_t points = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), points);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  const bool fits = whole && points >= -kMostPoints && points <= kMostPoints;
  return fits ? std::optional(points) : std::nullopt;
}

// "2", or "[0 .. 1]" for points that the row leaves open.
bool ReadPoints(std::string_view text, Row& row) {
  const std::size_t dots = text.find(" .. ");
  if (dots == std::string_view::npos || !text.starts_with('[') || !text.ends_with(']')) {
    const auto points = PointsIn(text);
    row.low = row.high = points.value_or(0);
    return points.has_value();
  }
  const auto low = PointsIn(text.substr(1, dots - 1));
  const auto high = PointsIn(text.substr(dots + 4, text.size() - dots - 5));
  row.low = low.value_or(0);
  row.high = high.value_or(0);
  return low && high && *low < *high;
}

Row LoadRow(Loader& loader, Fields& fields, const Scope& scope) {
  Row row;
  row.cells = CellsOf(loader, fields.Object("if"), scope);
  row.mark = fields.Text("mark");
  const OwnJson* add = fields.String("add", Need::kRequired);
  if (add == nullptr || ReadPoints(add->text, row)) return row;
  loader.problems.Error(*add, "L101",
                        Quoted(add->text) +
                            " are no points. Write a whole number as \"1\", or \"[0 .. 1]\" where "
                            "the row leaves them open.");
  return row;
}

// Rows after one that fits always would never be reached.
void CheckLast(Loader& loader, std::span<const OwnJson> items) {
  for (std::size_t i = 0; i + 1 < items.size(); ++i) {
    if (items[i].Find("if") != nullptr) continue;
    loader.problems.Error(items[i], "L101",
                          "a row without \"if\" fits always, so those after it are never reached. "
                          "Put it last.");
  }
}

ScoreItem LoadItem(Loader& loader, const OwnJson& node, const Scope& scope) {
  Fields fields(node, "an item of " + scope.what, loader.problems);
  ScoreItem item;
  item.title = fields.Text("title", Need::kRequired);
  if (fields.Has("rows")) {
    const auto rows = fields.Items("rows");
    for (const OwnJson& each : rows) {
      Fields row(each, "a row of " + Quoted(item.title), loader.problems);
      item.rows.push_back(LoadRow(loader, row, scope));
    }
    CheckLast(loader, rows);
  } else {
    fields.Object("if", Need::kRequired);
    item.rows = {LoadRow(loader, fields, scope), Row{}};
  }
  if (item.rows.empty()) {
    loader.problems.Error(node, "L101", fields.what() + " has no rows. Write one.");
  }
  return item;
}

// What the items add up to at least and at most is what min and max must say.
void CheckSum(Loader& loader, Fields& fields, Input& input) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  for (const ScoreItem& item : input.points) {
    if (item.rows.empty()) return;
    const auto less = [](const Row& a, const Row& b) { return a.low < b.low; };
    const auto less_high = [](const Row& a, const Row& b) { return a.high < b.high; };
    low += std::min_element(item.rows.begin(), item.rows.end(), less)->low;
    high += std::max_element(item.rows.begin(), item.rows.end(), less_high)->high;
  }
  const auto check = [&](std::string_view name, std::optional<fhir::Quantity>& end,
                         std::int64_t sum) {
    const fhir::Quantity right{fhir::Decimal(sum), fhir::Unit()};
    if (end && end->value != right.value) {
      loader.problems.Error(fields.At(name), "L101",
                            "the points of " + fields.what() + " add up to " + std::to_string(low) +
                                " to " + std::to_string(high) + ". Correct them, or " +
                                Quoted(name) + ".");
    }
    end = right;
  };
  check("min", input.min, low);
  check("max", input.max, high);
}

void LoadPoints(Loader& loader, Fields& fields, Input& input, const Scope& scope) {
  const auto items = fields.Items("points");
  if (!fields.Has("points")) return;
  const std::size_t errors = loader.problems.errors();
  for (const OwnJson& item : items) input.points.push_back(LoadItem(loader, item, scope));
  if (input.type != Type::kInteger || items.empty()) {
    loader.problems.Error(fields.At("points"), "L101",
                          fields.what() +
                              " is a sum of points: it needs items, and the type "
                              "Integer. Add them.");
  }
  if (errors == loader.problems.errors()) CheckSum(loader, fields, input);
}

Index ClassCode(Loader& loader, Fields& fields, const Input& input) {
  const OwnJson* value = fields.String("value");
  if (value == nullptr) {
    fields.Any("because", Need::kRequired);  // why there is no class
    return kNone;
  }
  std::vector<std::string> known;
  for (Index i = 0; i < input.values.size(); ++i) {
    if (input.values[i].first == value->text) return i;
    known.push_back(input.values[i].first);
  }
  loader.problems.Error(*value, "L102",
                        Quoted(value->text) + " is none of the values." +
                            loader.problems.Suggestion(value->text, known));
  return kNone;
}

void LoadClasses(Loader& loader, Fields& fields, Input& input, const Scope& scope) {
  const auto rows = fields.Items("classes");
  if (!fields.Has("classes")) return;
  for (const OwnJson& node : rows) {
    Fields row(node, "a class of " + scope.what, loader.problems);
    ClassRow read;
    read.cells = CellsOf(loader, row.Object("if", Need::kRequired), scope);
    read.code = ClassCode(loader, row, input);
    read.because = FilledText(loader, row, "because");
    input.classes.push_back(std::move(read));
  }
  if (input.type == Type::kCode && !rows.empty()) return;
  loader.problems.Error(fields.At("classes"), "L101",
                        fields.what() + " is a class: it needs rows, and the type Code. Add them.");
}

// Members that belong to one kind of input and were written on another.
void CheckPlace(Loader& loader, Fields& fields, const Input& input) {
  const bool counts = !input.points.empty() || !input.classes.empty();
  const auto misplaced = [&](std::string_view name, std::string_view where) {
    if (!fields.Has(name)) return;
    loader.problems.Error(fields.At(name), "L101",
                          fields.what() + " has " + Quoted(name) + ", which belongs to " +
                              std::string(where) + ". Remove it.");
  };
  if (!counts) misplaced("onlyIf", "sums of points and classes");
  if (counts) misplaced("ifNone", "inputs that are found or derived by an expression");
  if (!input.IsDerived()) misplaced("score", "derived inputs");
  if (!IsOrdered(input.type) || input.type == Type::kDate) misplaced("places", "numbers");
}

// Remarks and what decides whether to show may read every input, also this one and what is worked
// out from it: they are read once all is known.
ScoreView LoadView(Loader& loader, const OwnJson& node, const Scope& input_scope) {
  Fields fields(node, "\"score\" of " + input_scope.what, loader.problems);
  const Scope scope{.what = input_scope.what, .focus = input_scope.focus};
  ScoreView view;
  for (const OwnJson& cells : fields.Items("showWhen")) {
    if (cells.type != fhir::JsonType::kObject || cells.members.empty()) {
      loader.problems.Error(cells, "L101",
                            "an entry of \"showWhen\" is an object of cells. Write one as "
                            "{\"input\": \"known\"}.");
    }
    view.show_when.push_back(CellsOf(loader, &cells, scope));
  }
  for (const OwnJson& item : fields.Items("remarks")) {
    Fields remark(item, "a remark of " + input_scope.what, loader.problems);
    ScoreView::Remark read;
    read.when = CellsOf(loader, remark.Object("if"), scope);
    remark.Any("text", Need::kRequired);
    read.text = FilledText(loader, remark, "text");
    view.remarks.push_back(std::move(read));
  }
  return view;
}

// The inputs that something reads which decides.
class Deciding {
 public:
  explicit Deciding(const Pathway& pathway) : pathway_(pathway), found_(pathway.inputs.size()) {}

  std::vector<bool> Run() {
    for (const GateRow& row : pathway_.gate) Add(row.cells);
    for (const Check& check : pathway_.checks) Add(check.cells);
    for (const Table& table : pathway_.tables) {
      for (const Rule& rule : table.rules) {
        Add(rule.cells);
        Add(rule.when);
        for (const Index input : rule.needs) Add(input);
      }
    }
    Add(pathway_.applies);
    for (std::size_t i = 0; i < open_.size(); ++i) {  // grows while it is walked
      const Input& input = pathway_.inputs[open_[i]];
      for (const Index other : input.depends_on) Add(other);
      Add(input.ask_unless);
    }
    return std::move(found_);
  }

 private:
  void Add(Index input) {
    if (input >= found_.size() || found_[input]) return;
    found_[input] = true;
    open_.push_back(input);
  }
  void Add(const std::vector<Cell>& cells) {
    for (const Cell& cell : cells) Add(cell.input);
  }
  void Add(const std::optional<fhir::fhirpath::Expression>& expression) {
    if (!expression) return;
    for (const std::size_t slot : expression->variables_used()) Add(slot);
  }

  const Pathway& pathway_;
  std::vector<bool> found_;
  std::vector<Index> open_;
};

}  // namespace

void LoadScore(Loader& loader, Fields& fields, Input& input, const Scope& scope) {
  LoadPoints(loader, fields, input, scope);
  LoadClasses(loader, fields, input, scope);
  input.only_if = CellsOf(loader, fields.Object("onlyIf"), scope);
  input.cite = Citations(loader, fields);
  if (const auto places = fields.Integer("places", 0, 6)) {
    input.places = static_cast<int>(*places);
  }
  if (const OwnJson* node = fields.Object("score")) input.score = LoadView(loader, *node, scope);
  CheckPlace(loader, fields, input);
}

void MarkInformation(Pathway& pathway) {
  const std::vector<bool> decides = Deciding(pathway).Run();
  for (Index i = 0; i < pathway.inputs.size(); ++i) pathway.inputs[i].information = !decides[i];
}

}  // namespace renal::pathways::internal
