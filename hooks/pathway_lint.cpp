#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cards/catalogue.h"
#include "fhir/own_json.h"
#include "hooks/evaluation.h"
#include "hooks/internal/case_tools.h"
#include "hooks/pathway_source.h"
#include "hooks/pathway_tools.h"
#include "pathways/lint.h"

namespace renal::hooks {
namespace {

using pathways::LoadProblem;
using Level = LoadProblem::Level;

// The least level that is shown, in the problems' own words.
Level LeastOf(LintOptions::Level level) {
  switch (level) {
    case LintOptions::Level::kError:
      return Level::kError;
    case LintOptions::Level::kWarning:
      return Level::kWarning;
    case LintOptions::Level::kInfo:
      return Level::kInfo;
  }
  return Level::kInfo;
}

// Line `number` of a text, without its end.
std::string_view LineOf(std::string_view text, int number) {
  for (int line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

bool StartsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// The offending line with a mark under its column. Of a long line the part around the mark;
// control characters of a hostile file do not reach the terminal.
void ShowPlace(std::ostream& out, std::string_view line, int column) {
  constexpr std::size_t kBefore = 60;
  constexpr std::size_t kWidth = 100;
  const std::size_t at = std::min(line.size(), static_cast<std::size_t>(std::max(column, 1) - 1));
  std::size_t from = at > kBefore ? at - kBefore : 0;
  std::size_t to = std::min(line.size(), from + kWidth);
  while (from < at && (!StartsCharacter(line[from]) || line[from] == ' ')) ++from;
  while (to < line.size() && to > at && !StartsCharacter(line[to])) --to;
  std::string shown;
  std::string mark;
  for (std::size_t i = from; i < to; ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    shown += byte < 0x20 || byte == 0x7F ? ' ' : line[i];
    if (i < at && StartsCharacter(line[i])) mark += ' ';
  }
  const bool cut =
      from > 0 && line.substr(0, from).find_first_not_of(' ') != std::string_view::npos;
  const std::string_view more = cut ? "... " : "";
  out << "    " << more << shown << (to < line.size() ? " ..." : "") << "\n    "
      << std::string(more.size(), ' ') << mark << "^\n";
}

class Linter {
 public:
  Linter(const LintOptions& options, const Streams& streams)
      : options_(options), streams_(streams), least_(LeastOf(options.level)) {}

  void Add(const std::string& name);
  int Finish();

 private:
  bool Prepare(const PathwayText& pathway, pathways::LintRequest& request);
  void AddTranslation(const pathways::LintRequest& original, NamedText translation);
  void Report(const LoadProblem& problem, const pathways::LintRequest& request);
  void Print(const LoadProblem& problem, const pathways::LintRequest& request);
  void PrintJson(const LoadProblem& problem);
  std::string_view TextOf(const std::string& file, const pathways::LintRequest& request) const;

  const LintOptions& options_;
  const Streams& streams_;
  const Level least_;
  std::size_t errors_ = 0, warnings_ = 0, infos_ = 0;
  bool failed_ = false;
};

bool Linter::Prepare(const PathwayText& pathway, pathways::LintRequest& request) {
  request.file_name = pathway.name;
  request.text = pathway.text;
  request.options = pathway.options;
  request.today = Determinism{.now = options_.now}.Now();
  if (options_.site) {
    auto site = ReadNamed(*options_.site, streams_.messages);
    if (!site) return false;
    request.options.site = {std::move(site->name), std::move(site->text)};
  }
  if (options_.previous) {
    auto previous = ReadNamed(*options_.previous, streams_.messages);
    if (!previous) return false;
    request.previous = std::move(previous->text);
  }
  const auto folder = options_.cases ? options_.cases->parent_path() : pathway.folder;
  request.read_case_file =
      internal::CaseToolsOf(pathway, options_.site, folder.empty() && options_.cases ? "." : folder)
          .read_file;
  auto cases =
      options_.cases ? ReadNamed(*options_.cases, streams_.messages) : ReadBeside(pathway, "cases");
  if (!cases) return !options_.cases;
  request.cases_name = std::move(cases->name);
  request.cases = std::move(cases->text);
  return true;
}

void Linter::Add(const std::string& name) {
  const auto pathway = ReadPathwayText(name, streams_.messages);
  pathways::LintRequest request;
  if (!pathway || !Prepare(*pathway, request)) {
    failed_ = true;
    return;
  }
  for (const LoadProblem& problem : pathways::Lint(request)) Report(problem, request);
  // A server reads what there is in the languages of the cards, and does not start with a defect.
  for (const std::string& language : cards::Catalogue::Languages()) {
    if (auto beside = ReadBeside(*pathway, language)) AddTranslation(request, *std::move(beside));
  }
}

// What the file says in its own language has been reported.
void Linter::AddTranslation(const pathways::LintRequest& original, NamedText translation) {
  pathways::LintRequest request = original;
  request.options.translation = {std::move(translation.name), std::move(translation.text)};
  const auto loaded = pathways::LoadPathway(request.file_name, request.text, request.options);
  for (const LoadProblem& problem : loaded.problems) {
    const bool own = problem.file == request.options.translation->name || problem.id == "L801";
    if (own) Report(problem, request);
  }
}

void Linter::Report(const LoadProblem& problem, const pathways::LintRequest& request) {
  ++(problem.level == Level::kError     ? errors_
     : problem.level == Level::kWarning ? warnings_
                                        : infos_);
  if (problem.level > least_) return;
  options_.json ? PrintJson(problem) : Print(problem, request);
}

std::string_view Linter::TextOf(const std::string& file,
                                const pathways::LintRequest& request) const {
  if (file == request.file_name) return request.text;
  if (file == request.cases_name && request.cases) return *request.cases;
  const auto& site = request.options.site;
  if (site && file == site->name) return site->text;
  const auto& translation = request.options.translation;
  if (translation && file == translation->name) return translation->text;
  return {};  // a value set: its place alone must do
}

void Linter::Print(const LoadProblem& problem, const pathways::LintRequest& request) {
  streams_.out << problem.ToString() << '\n';
  const std::string_view line = LineOf(TextOf(problem.file, request), problem.line);
  if (!line.empty()) ShowPlace(streams_.out, line, problem.column);
}

void Linter::PrintJson(const LoadProblem& problem) {
  fhir::JsonWriter writer;
  writer.BeginObject();
  writer.Member("file", problem.file);
  writer.Key("line").Integer(problem.line).Key("column").Integer(problem.column);
  writer.Member("level", pathways::Spelling(problem.level)).Member("id", problem.id);
  writer.Member("message", problem.message).EndObject();
  streams_.out << writer.Take() << '\n';
}

int Linter::Finish() {
  if (!options_.json) {
    streams_.out << errors_ << (errors_ == 1 ? " error, " : " errors, ") << warnings_
                 << (warnings_ == 1 ? " warning, " : " warnings, ") << infos_ << " info\n";
  }
  streams_.out << std::flush;
  if (!streams_.out) streams_.messages << "renalpath: the standard output cannot be written\n";
  return errors_ > 0 || failed_ || !streams_.out ? 1 : 0;
}

}  // namespace

int RunPathwayTool(const LintOptions& options, const Streams& streams) {
  Linter linter(options, streams);
  for (const std::string& pathway : options.pathways) linter.Add(pathway);
  return linter.Finish();
}

}  // namespace renal::hooks
