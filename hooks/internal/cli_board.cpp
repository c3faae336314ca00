#include "hooks/internal/cli_board.h"

#include <charconv>
#include <string>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>

#include "hooks/internal/cli_words.h"

namespace renal::hooks {
namespace {

constexpr const char* kAbout =
    "Prepares a tumour board: evaluates every patient and writes a worklist, the outcomes and\n"
    "counts into a folder. Texts that cannot be used are reported and skipped.";

/// "2/8": part 2 of 8, counted from 0. Empty: it is one.
std::string ReadShard(const std::string& text, BoardShard& shard) {
  constexpr std::size_t kMostParts = 10'000;
  BoardShard read;
  const char* const end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, read.index);
  const bool split = index.ec == std::errc() && index.ptr != end && *index.ptr == '/';
  if (split) {
    const auto count = std::from_chars(index.ptr + 1, end, read.count);
    if (count.ec == std::errc() && count.ptr == end && read.index < read.count &&
        read.count <= kMostParts) {
      shard = read;
      return {};
    }
  }
  return "is no part: give INDEX/COUNT, where INDEX counts from 0 and COUNT is at most 10000";
}

/// Exactly one of them: what is evaluated, or whose results are added up.
void AddSources(CLI::App* board, BoardOptions& options) {
  CLI::Option_group* source = board->add_option_group("source");
  source->require_option(1);
  source
      ->add_option_function<std::string>(
          "--from", [&options](const std::string& text) { options.from = text; },
          "Bundle, request, or a folder of these or of FHIR Bulk Data (.ndjson), also with .gz; "
          "or\n"
          "an address of a FHIR server: https://host/fhir/Patient?... or https://host/fhir/Group/1")
      ->type_name("PATH|URL");
  source
      ->add_option_function<std::vector<std::string>>(
          "--merge",
          [&options](const std::vector<std::string>& folders) {
            options.merge.assign(folders.begin(), folders.end());
          },
          "Folders of boards over the parts of one list: add up their measures.json")
      ->expected(1, -1)
      ->type_name("DIR");
}

}  // namespace

CLI::App* AddBoard(CLI::App& app, BoardCommand& command) {
  CLI::App* board = app.add_subcommand("board", kAbout);
  BoardOptions& options = command.options;
  AddSources(board, options);
  board
      ->add_option_function<std::string>(
          "--shard",
          [&options](const std::string& text) {
            const std::string problem = ReadShard(text, options.shard);
            if (!problem.empty()) throw CLI::ValidationError("--shard", text + ' ' + problem);
          },
          "One part of the patients, for several processes at once: 2/8 is the third of eight.\n"
          "Give all of them the same --now")
      ->type_name("INDEX/COUNT");
  AddPath(board, "--config", options.config,
          "Configuration whose [[fhir]] list says which server may be asked, and where its token\n"
          "is; without it the token is that of RENALPATH_FHIR_TOKEN");
  board
      ->add_option_function<std::string>(
          "--out", [&options](const std::string& text) { options.out = text; },
          "Folder of the results; those of an earlier board there are replaced")
      ->required()
      ->type_name("DIR");
  AddPath(board, "--pseudonymise", options.pseudonym_key,
          "File with a key: no names, ids and recorded words but in briefs and documents");
  board->add_flag("!--no-briefs", options.briefs, "Leave the pages of single patients out");
  board->add_flag("--pdf", options.pdf, "Also print the briefs to PDF, which needs Chromium");
  board
      ->add_option_function<std::string>(
          "--compare-with", [&options](const std::string& text) { options.compare_with = text; },
          "Hold the choices against another pathway version, or against what was done: the\n"
          "procedures after the evaluation in a folder of records")
      ->type_name("PATHWAY|DIR");
  board->add_flag("--fhir", options.fhir, "Also write a FHIR document for each patient");
  AddPath(board, "--pathway", command.files.pathway, "Pathway file instead of the shipped one");
  AddPath(board, "--site", command.files.site, "Overlay of the site: <id>.site.json");
  AddLanguage(board, command.language, "Language of the words in the results");
  AddDeterminism(board, options.determinism);
  return board;
}

}  // namespace renal::hooks
