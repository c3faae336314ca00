#include "tests/pathways/random_table.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iterator>

namespace renal::pathways::testing {
namespace {

using Type = ModelColumn::Type;
using Kind = ModelTest::Kind;
using Cell = std::vector<ModelTest>;

class Builder {
 public:
  explicit Builder(std::mt19937_64& random) : random_(random) {}

  std::int64_t Below(std::int64_t n) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n));
  }
  bool Chance(int percent) { return Below(100) < percent; }

  ModelColumn Column(int number) {
    ModelColumn column;
    column.name = "c" + std::to_string(number);
    column.type = static_cast<Type>(Below(6));
    if (column.type == Type::kBoolean) column.codes = 2;
    if (column.type == Type::kCode) column.codes = 1 + Below(5);
    if (column.codes > 0) return column;
    column.bounded = Chance(80);
    const std::int64_t step = StepOf(column.type);
    column.min = Below(3) * step;
    column.max = column.min + (column.type == Type::kInteger ? Below(9) : 1 + Below(9)) * step;
    const std::int64_t cuts = 1 + Below(4);
    for (std::int64_t i = 0; i < cuts; ++i) column.cuts.push_back(Constant(column));
    std::sort(column.cuts.begin(), column.cuts.end());
    column.cuts.erase(std::unique(column.cuts.begin(), column.cuts.end()), column.cuts.end());
    return column;
  }

  // A cell at random, out of the column's constants.
  Cell RandomCell(ModelColumn& column, bool presence) {
    Cell cell;
    if (presence && Chance(10)) {
      column.missing = true;
      return {ModelTest{Chance(50) ? Kind::kKnown : Kind::kUnknown}};
    }
    const std::int64_t tests = Chance(25) ? 2 : 1;
    for (std::int64_t i = 0; i < tests; ++i) cell.push_back(RandomTest(column));
    return cell;
  }

  // Two cells that share a column between them.
  std::pair<Cell, Cell> Split(const ModelColumn& column) {
    if (column.codes > 0) {
      ModelTest in{Kind::kCodes}, out{Kind::kCodes};
      for (std::int64_t code = 0; code < column.codes; ++code) {
        (Chance(50) ? in : out).codes.push_back(code);
      }
      if (in.codes.empty()) std::swap(in, out);
      if (out.codes.empty() && in.codes.size() > 1) {
        out.codes.push_back(in.codes.back());
        in.codes.pop_back();
      }
      return {{in}, {out}};
    }
    const std::int64_t cut =
        column.cuts[static_cast<std::size_t>(Below(static_cast<std::int64_t>(column.cuts.size())))];
    const bool closed = Chance(50);
    ModelTest low{Kind::kRange, true, false, 0, cut, true, closed, {}};
    ModelTest high{Kind::kRange, false, true, cut, 0, !closed, true, {}};
    return {{low}, {high}};
  }

 private:
  static std::int64_t StepOf(Type type) {
    return type == Type::kDecimal ? 500 : type == Type::kQuantity ? 5'000 : 1;
  }

  std::int64_t Constant(const ModelColumn& column) {
    const std::int64_t step = StepOf(column.type);
    const std::int64_t width = column.max - column.min + 4 * step;
    return column.min - 2 * step + Below(width / step) * step;
  }

  ModelTest RandomTest(const ModelColumn& column) {
    if (column.codes > 0) {
      ModelTest test{Kind::kCodes};
      const std::int64_t chosen = Below(column.codes);
      if (Chance(70)) {
        test.codes.push_back(chosen);
      } else {
        for (std::int64_t code = 0; code < column.codes; ++code) {
          if (code != chosen) test.codes.push_back(code);
        }
        if (test.codes.empty()) test.codes.push_back(chosen);
      }
      return test;
    }
    const auto cut = [&] {
      return column
          .cuts[static_cast<std::size_t>(Below(static_cast<std::int64_t>(column.cuts.size())))];
    };
    ModelTest test{Kind::kRange};
    test.low = cut();
    test.high = test.low;
    switch (Below(5)) {
      case 0:
        test.low_open = true;
        test.high_closed = Chance(50);
        break;
      case 1:
        test.high_open = true;
        test.low_closed = Chance(50);
        break;
      case 2:
        break;  // equal
      default: {
        test.high = cut();
        if (test.high < test.low) std::swap(test.low, test.high);
        if (test.high == test.low) break;
        test.low_closed = Chance(50);
        test.high_closed = Chance(50);
        // The loader refuses a range of whole numbers without one in it.
        if (test.high == test.low + 1) test.low_closed = true;
      }
    }
    return test;
  }

  std::mt19937_64& random_;
};

bool Passes(const ModelTest& test, std::int64_t value) {
  if (test.kind == Kind::kKnown) return value != kMissing;
  if (test.kind == Kind::kUnknown) return value == kMissing;
  if (test.kind == Kind::kCodes) {
    return std::find(test.codes.begin(), test.codes.end(), value) != test.codes.end();
  }
  const bool above = test.low_open || value > test.low || (test.low_closed && value == test.low);
  const bool below =
      test.high_open || value < test.high || (test.high_closed && value == test.high);
  return above && below;
}

// ---- the file

std::string Fraction(std::int64_t value, std::int64_t scale) {
  const std::string sign = value < 0 ? "-" : "";
  const std::int64_t size = value < 0 ? -value : value;
  std::string rest = std::to_string(size % scale);
  std::string zeros(std::to_string(scale).size() - 1 - rest.size(), '0');
  return sign + std::to_string(size / scale) + "." + zeros + rest;
}

std::string DateText(std::int64_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  char text[16];
  std::snprintf(text, sizeof text, "@%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

// Micrometres in one of several units, so that constants must be converted before they meet.
std::string Length(std::int64_t micrometres) {
  switch (micrometres % 3) {
    case 0:
      return Fraction(micrometres, 1'000) + " 'mm'";
    case 1:
    case -1:
      return Fraction(micrometres, 10'000) + " 'cm'";
    default:
      return std::to_string(micrometres) + " 'um'";
  }
}

std::string ValueText(Type type, std::int64_t value) {
  switch (type) {
    case Type::kDecimal:
      return Fraction(value, 1'000);
    case Type::kQuantity:
      return Length(value);
    case Type::kDate:
      return DateText(value);
    default:
      return std::to_string(value);
  }
}

std::string CodeText(const ModelColumn& column, std::int64_t code) {
  if (column.type == Type::kBoolean) return code == 1 ? "true" : "false";
  return "v" + std::to_string(code);
}

std::string TestText(const ModelColumn& column, const ModelTest& test) {
  if (test.kind == Kind::kKnown) return "known";
  if (test.kind == Kind::kUnknown) return "unknown";
  if (test.kind == Kind::kCodes) {
    std::string text;
    for (const std::int64_t code : test.codes) {
      text += (text.empty() ? "" : " or ") + CodeText(column, code);
    }
    return text;
  }
  const std::string low = ValueText(column.type, test.low);
  const std::string high = ValueText(column.type, test.high);
  if (test.low_open) return (test.high_closed ? "<= " : "< ") + high;
  if (test.high_open) return (test.low_closed ? ">= " : "> ") + low;
  if (test.low == test.high) return "= " + low;
  return (test.low_closed ? "[" : "(") + low + " .. " + high + (test.high_closed ? "]" : ")");
}

std::string CellText(const ModelColumn& column, const Cell& cell) {
  std::string text;
  for (const ModelTest& test : cell) text += (text.empty() ? "" : " or ") + TestText(column, test);
  return text;
}

std::string InputText(const ModelColumn& column) {
  static const char* const kTypes[] = {"Code", "Boolean", "Integer", "Decimal", "Quantity", "Date"};
  std::string text = "\"" + column.name + "\": {\"title\": \"t\", \"type\": \"" +
                     kTypes[static_cast<int>(column.type)] +
                     "\", \"question\": \"q\", \"sources\": [{\"name\": \"n\", \"from\": "
                     "\"Observation\", \"value\": \"value\"}]";
  if (column.type == Type::kCode) {
    text += ", \"values\": {";
    for (std::int64_t i = 0; i < column.codes; ++i) {
      text += (i == 0 ? "\"" : ", \"") + CodeText(column, i) + "\": \"t\"";
    }
    text += "}";
  }
  if (column.type == Type::kQuantity) text += ", \"unit\": \"cm\"";
  if (column.bounded) {
    text += ", \"min\": \"" + ValueText(column.type, column.min) + "\", \"max\": \"" +
            ValueText(column.type, column.max) + "\"";
  }
  return text + "}";
}

std::string RuleText(const ModelTable& table, std::size_t index) {
  const ModelRule& rule = table.rules[index];
  std::string cells;
  for (std::size_t i = 0; i < rule.cells.size(); ++i) {
    if (rule.cells[i].empty()) continue;
    cells += (cells.empty() ? "\"" : ", \"") + table.columns[i].name + "\": \"" +
             CellText(table.columns[i], rule.cells[i]) + "\"";
  }
  return "{\"id\": \"R" + std::to_string(index) + "\", \"if\": {" + cells +
         "}, \"then\": {\"options\": [{\"action\": \"a" + std::to_string(rule.then) +
         "\", \"strength\": \"info\"}]}, \"because\": \"b\", \"cite\": [\"S\"]}";
}

std::string FileText(const ModelTable& table) {
  static const char* const kHits[] = {"unique", "first", "collect"};
  std::string text = R"({"pathwayFormat": "1.0", "id": "random", "url": "u", "version": "1.0.0",
    "title": "t", "status": "draft", "date": "2026-01-01", "publisher": "p",
    "scope": {"condition": "v"}, "hooks": ["patient-view"], "sources": {"S": {"label": "l"}},
    "valueSets": {"v": {"url": "v", "concepts": [{"system": "s", "code": "c"}]}},
    "actions": {)";
  for (int i = 0; i < 4; ++i) {
    text += (i == 0 ? "\"a" : ", \"a") + std::to_string(i) +
            "\": {\"title\": \"t\", \"kind\": \"referral\"}";
  }
  text += "}, \"inputs\": {";
  std::string columns;
  for (const ModelColumn& column : table.columns) {
    text += (columns.empty() ? "" : ", ") + InputText(column);
    columns += (columns.empty() ? "\"" : ", \"") + column.name + "\"";
  }
  text += "}, \"start\": \"t\", \"tables\": [{\"id\": \"t\", \"title\": \"t\", \"hit\": \"" +
          std::string(kHits[static_cast<int>(table.hit)]) + "\", \"columns\": [" + columns +
          "], \"rules\": [";
  for (std::size_t i = 0; i < table.rules.size(); ++i) {
    text += (i == 0 ? "\n" : ",\n") + RuleText(table, i);
  }
  return text + "]}]}";
}

// Rules as the leaves of a tree of cuts.
std::vector<ModelRule> TreeRules(Builder& build, ModelTable& table, std::size_t count) {
  std::vector<ModelRule> rules{ModelRule{std::vector<Cell>(table.columns.size()), 0}};
  for (int tries = 0; rules.size() < count && tries < 1'000; ++tries) {
    const auto at = static_cast<std::size_t>(build.Below(static_cast<std::int64_t>(rules.size())));
    const auto column =
        static_cast<std::size_t>(build.Below(static_cast<std::int64_t>(table.columns.size())));
    if (!rules[at].cells[column].empty()) continue;
    const auto [first, second] = build.Split(table.columns[column]);
    if (second.front().kind == Kind::kCodes && second.front().codes.empty()) continue;
    ModelRule other = rules[at];
    rules[at].cells[column] = first;
    other.cells[column] = second;
    rules.push_back(std::move(other));
  }
  return rules;
}

void Disturb(Builder& build, ModelTable& table) {
  for (std::int64_t change = build.Below(3); change > 0; --change) {
    const auto at =
        static_cast<std::size_t>(build.Below(static_cast<std::int64_t>(table.rules.size())));
    const auto column =
        static_cast<std::size_t>(build.Below(static_cast<std::int64_t>(table.columns.size())));
    switch (build.Below(4)) {
      case 0:
        if (table.rules.size() > 1) {
          table.rules.erase(table.rules.begin() + static_cast<std::ptrdiff_t>(at));
        }
        break;
      case 1:
        table.rules.push_back(table.rules[at]);
        break;
      case 2:
        table.rules[at].cells[column].clear();
        break;
      default:
        table.rules[at].cells[column] = build.RandomCell(table.columns[column], true);
    }
  }
}

}  // namespace

int TruthOf(const ModelTable& table, const ModelRule& rule,
            const std::vector<std::int64_t>& patient) {
  int truth = 2;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Cell& cell = rule.cells[i];
    if (cell.empty()) continue;
    const bool presence = cell.front().kind == Kind::kKnown || cell.front().kind == Kind::kUnknown;
    if (patient[i] == kMissing && !presence) {
      truth = std::min(truth, 1);
      continue;
    }
    const bool passes = std::any_of(
        cell.begin(), cell.end(), [&](const ModelTest& test) { return Passes(test, patient[i]); });
    if (!passes) truth = 0;
  }
  return truth;
}

std::vector<std::int64_t> Representatives(const ModelColumn& column) {
  std::vector<std::int64_t> values;
  if (column.codes > 0) {
    for (std::int64_t code = 0; code < column.codes; ++code) values.push_back(code);
  } else {
    std::vector<std::int64_t> points = column.cuts;
    if (column.bounded) points.insert(points.end(), {column.min, column.max});
    for (const std::int64_t point : points) {
      for (const std::int64_t value : {point - 1, point, point + 1}) {
        const bool plausible = !column.bounded || (column.min <= value && value <= column.max);
        if (plausible) values.push_back(value);
      }
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }
  if (column.missing) values.push_back(kMissing);
  return values;
}

ModelTable RandomTable(std::mt19937_64& random, bool loose) {
  Builder build(random);
  ModelTable table;
  table.hit = static_cast<ModelTable::Hit>(build.Below(10) < 5 ? 0 : build.Below(10) < 8 ? 1 : 2);
  const std::int64_t columns = 1 + build.Below(4);
  for (int i = 0; i < columns; ++i) table.columns.push_back(build.Column(i));
  const std::int64_t rules = 1 + build.Below(loose ? 7 : 12);
  if (loose) {
    for (std::int64_t i = 0; i < rules; ++i) {
      ModelRule rule;
      for (ModelColumn& column : table.columns) {
        rule.cells.push_back(build.Chance(35) ? Cell{} : build.RandomCell(column, true));
      }
      table.rules.push_back(std::move(rule));
    }
  } else {
    table.rules = TreeRules(build, table, static_cast<std::size_t>(rules));
    Disturb(build, table);
  }
  for (ModelRule& rule : table.rules) rule.then = static_cast<int>(build.Below(4));
  table.file = FileText(table);
  return table;
}

std::string CompleteTable(std::uint64_t seed, int columns, int rules) {
  std::mt19937_64 random(seed);
  Builder build(random);
  ModelTable table;
  for (int i = 0; i < columns; ++i) {
    do {
      if (static_cast<std::size_t>(i) < table.columns.size()) table.columns.pop_back();
      table.columns.push_back(build.Column(i));
    } while (table.columns.back().codes == 1);
  }
  table.rules = TreeRules(build, table, static_cast<std::size_t>(rules));
  for (std::size_t i = 0; i < table.rules.size(); ++i) {
    table.rules[i].then = static_cast<int>(i % 4);
  }
  table.file = FileText(table);
  return table.file;
}

}  // namespace renal::pathways::testing
