#include "fhir/fhirpath_batch.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <istream>
#include <iterator>
#include <memory>
#include <ostream>
#include <string>
#include <unordered_map>
#include <utility>

#include "fhir/fhirpath.h"
#include "fhir/internal/fhirpath_type_names.h"
#include "fhir/internal/fhirpath_values.h"
#include "fhir/json.h"
#include "fhir/own_json.h"

namespace renal::fhir::fhirpath {
namespace {

// The present moment, to the second, in UTC.
DateTime Now() {
  using namespace std::chrono;  // NOLINT: calendar types only
  const auto now = floor<seconds>(system_clock::now());
  const auto day = floor<days>(now);
  const year_month_day date(day);
  const hh_mm_ss time(now - day);
  DateTime moment{.kind = DateTime::Kind::kDateTime, .precision = Precision::kSecond};
  moment.year = static_cast<std::int16_t>(static_cast<int>(date.year()));
  moment.month = static_cast<std::int8_t>(static_cast<unsigned>(date.month()));
  moment.day = static_cast<std::int8_t>(static_cast<unsigned>(date.day()));
  moment.hour = static_cast<std::int8_t>(time.hours().count());
  moment.minute = static_cast<std::int8_t>(time.minutes().count());
  moment.second = static_cast<std::int8_t>(time.seconds().count());
  moment.offset_minutes = std::int16_t{0};
  return moment;
}

// A document with the record of its resources, so that references within a Bundle resolve.
struct Input {
  JsonDocument document;
  Record record{std::string()};
};

std::string_view TypeOf(const Item& item) {
  const std::string_view name = SystemTypeName(item);
  if (std::holds_alternative<Node>(item)) {
    const std::string_view known = TypeNameOf(item);
    return known.empty() ? "Element" : known;
  }
  struct Spelling {
    std::string_view system, fhir;
  };
  constexpr Spelling kSpellings[] = {{"Boolean", "boolean"}, {"String", "string"},
                                     {"Integer", "integer"}, {"Decimal", "decimal"},
                                     {"Date", "date"},       {"DateTime", "dateTime"},
                                     {"Time", "time"}};
  for (const Spelling& spelling : kSpellings) {
    if (spelling.system == name) return spelling.fhir;
  }
  return name;
}

void WriteValue(const Item& item, JsonWriter& writer) {
  if (const auto* node = std::get_if<Node>(&item); node != nullptr && !node->json.absent()) {
    writer.Value(node->json);
  } else if (const auto* boolean = std::get_if<bool>(&item)) {
    writer.Boolean(*boolean);
  } else if (const auto* quantity = std::get_if<Quantity>(&item);
             quantity != nullptr && quantity->unit.IsOne()) {
    writer.String(quantity->value.ToString() + " '1'");
  } else if (const auto text = Describe(Read(item))) {
    writer.String(*text);
  } else {
    writer.Null();
  }
}

class Batch {
 public:
  Batch(std::optional<std::filesystem::path> base_dir, bool conformance)
      : base_dir_(std::move(base_dir)), conformance_(conformance) {}

  std::string Answer(const std::string& line) {
    JsonWriter writer;
    writer.BeginObject().Key("id");
    const Result<JsonDocument> request = JsonDocument::Parse(line);
    const Json root = request ? request->root() : Json();
    if (root["id"]) {
      writer.Value(root["id"]);
    } else {
      writer.Null();
    }
    if (root["expression"].is_string()) {
      Evaluate(root, writer);
    } else {
      Fail(writer, "syntax", "the line is no JSON object with an expression");
    }
    writer.EndObject();
    return writer.Take();
  }

 private:
  static void Fail(JsonWriter& writer, std::string_view phase, std::string_view message) {
    writer.Key("ok").Boolean(false).Member("phase", phase).Member("message", message);
  }

  void Evaluate(const Json& request, JsonWriter& writer) {
    const std::string_view text = request["expression"].string();
    const auto compiled = Compile(text, CompileOptions{.conformance = conformance_});
    if (const auto* error = std::get_if<CompileError>(&compiled)) {
      return Fail(writer, error->syntax ? "syntax" : "semantic", Located(*error));
    }
    const Input* input = nullptr;
    if (request["file"].is_string()) {
      input = Load(std::string(request["file"].string()));
      if (input == nullptr) return Fail(writer, "execution", "the file cannot be read as JSON");
    }
    if (request["strict"].boolean() && input != nullptr) {
      const auto fault = StrictFault(text, input->document.root()["resourceType"].string());
      if (fault) return Fail(writer, "semantic", *fault);
    }
    const auto& expression = std::get<Expression>(compiled);
    const Environment environment{.record = input ? &input->record : nullptr, .now = Now()};
    const Result<Collection> result =
        input != nullptr ? expression.Evaluate(Node{.json = input->document.root()}, environment)
                         : expression.Evaluate(environment);
    if (!result) return Fail(writer, "execution", result.error().diagnostics);
    WriteResult(*result, writer);
  }

  // What the standard's strict mode refuses: elements that the type does not have, operators and
  // functions on types they cannot work on. What is only careless (constants, several items) is no
  // error there.
  std::optional<std::string> StrictFault(std::string_view text, std::string_view type) const {
    CompileOptions options{.conformance = conformance_};
    options.check.emplace().context.types = {std::string(type)};
    const auto compiled = Compile(text, options);
    const auto* error = std::get_if<CompileError>(&compiled);
    if (error == nullptr) return std::nullopt;
    const auto refused = [](const CompileError& finding) {
      const std::string_view id = finding.id;
      return id == "L201" || id == "L202";
    };
    if (refused(*error)) return Located(*error);
    const auto found = std::find_if(error->others.begin(), error->others.end(), refused);
    return found == error->others.end() ? std::nullopt : std::optional(Located(*found));
  }

  static std::string Located(const CompileError& error) {
    return error.message + " (line " + std::to_string(error.at.line) + ", column " +
           std::to_string(error.at.column) + ")";
  }

  static void WriteResult(const Collection& items, JsonWriter& writer) {
    writer.Key("ok").Boolean(true).Key("result").BeginArray();
    for (const Item& item : items) {
      writer.BeginObject().Member("type", TypeOf(item)).Key("value");
      WriteValue(item, writer);
      writer.EndObject();
    }
    writer.EndArray();
  }

  const Input* Load(const std::string& file) {
    const auto known = inputs_.find(file);
    if (known != inputs_.end()) return known->second.get();
    std::filesystem::path path(file);
    if (base_dir_ && path.is_relative()) path = *base_dir_ / path;
    std::ifstream stream(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream),
                           std::istreambuf_iterator<char>()};
    Result<JsonDocument> document = JsonDocument::Parse(text);
    if (!stream || !document) return nullptr;
    auto input = std::make_unique<Input>(Input{std::move(*document)});
    input->record.Add(input->document.root());
    return inputs_.emplace(file, std::move(input)).first->second.get();
  }

  std::optional<std::filesystem::path> base_dir_;
  bool conformance_;
  std::unordered_map<std::string, std::unique_ptr<Input>> inputs_;
};

}  // namespace

int RunBatch(std::istream& in, std::ostream& out,
             const std::optional<std::filesystem::path>& base_dir, bool conformance) {
  Batch batch(base_dir, conformance);
  for (std::string line; out && std::getline(in, line);) {
    if (!line.empty()) out << batch.Answer(line) << '\n' << std::flush;
  }
  return out ? 0 : 1;
}

}  // namespace renal::fhir::fhirpath
