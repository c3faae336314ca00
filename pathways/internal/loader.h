#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/fhirpath.h"
#include "fhir/own_json.h"
#include "pathways/internal/reader.h"
#include "pathways/load.h"
#include "pathways/pathway.h"

/// The parts of LoadPathway: one function for each section of the file, in the order of the calls.
/// Names of all sections are declared first, so that sections may refer to each other in any order.
namespace renal::pathways::internal {

/// The names of one kind, in file order, and which of them something refers to.
class Names {
 public:
  explicit Names(std::string kind) : kind_(std::move(kind)) {}

  /// False if the name is there already.
  bool Add(std::string_view name);
  Index Find(std::string_view name) const;
  /// Find, and it counts as used. An unknown name is reported (L102).
  Index Resolve(const fhir::OwnJson& name, Problems& problems);
  void Use(Index index) { used_[index] = true; }
  bool used(Index index) const { return used_[index]; }
  const std::string& kind() const { return kind_; }
  const std::vector<std::string>& list() const { return list_; }

 private:
  std::string kind_;
  std::vector<std::string> list_;
  std::vector<bool> used_;
  std::unordered_map<std::string, Index> index_;
};

/// What all parts work on.
struct Loader {
  Loader(std::string_view file, std::string_view text, const LoadOptions& load_options);
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  Problems problems;
  const LoadOptions& options;
  Pathway pathway;
  Names inputs{"input"}, parameters{"parameter"}, value_sets{"value set"}, sources{"source"};
  Names actions{"action"}, foci{"focus"}, tables{"table"}, rules{"rule"}, strengths{"strength"};
  Names checks{"check"};
  std::vector<bool> input_ready;              ///< type, unit and values could be read
  std::vector<bool> parameter_ready;          ///< value could be read
  std::vector<std::string> parameter_titles;  ///< as sentences show them
  std::vector<std::vector<Index>> reads;  ///< of each input: the inputs it must be computed after
  fhir::fhirpath::CompileOptions compile;
  /// Values in place of those of the file, by parameter.
  std::map<std::string, std::string, std::less<>> values;
  std::unique_ptr<Loader> site;           ///< what an overlay says, and what is wrong with it
  fhir::OwnJson site_cards;               ///< of an overlay
  bool orders_hooked = false;  ///< a hook with orders is among the hooks
};

/// Where an expression or a group of cells stands: which inputs it may read.
struct Scope {
  std::string what;        ///< for messages: `input "age"`
  Index focus = kNone;     ///< inputs of this focus may be read, besides those of the patient
  bool any_focus = false;  ///< inputs of every focus may be read
  bool inputs = true;      ///< false: no input at all
  std::vector<Index>* reads = nullptr;  ///< inputs read are added here
};

// ---- names.cpp
/// Reads the names of every section into the tables of names; bad and double ones are reported.
/// False beyond the limits of the format: then nothing else is worth reading.
bool DeclareNames(Loader& loader, const fhir::OwnJson& root);

// ---- translate.cpp
inline constexpr std::string_view kDefaultLanguage = "en";  ///< of a file that names none
/// A copy of the file with the texts of a translation; what is wrong with these is reported.
fhir::OwnJson Translated(Loader& loader, const fhir::OwnJson& root, const TranslationFile& file);

// ---- load_site.cpp
/// Reads the overlay of the options: values of parameters, approvals. Before the sections.
void ReadSite(Loader& loader, const fhir::OwnJson& root);
/// Card settings of the overlay, and what was wrong with it. After the sections.
void ApplySite(Loader& loader);

// ---- load_header.cpp
/// The people of `list`; of "approvals" those whose hash is that of the pathway are kept.
std::set<std::string> ReadPeople(Loader& loader, Fields& root, std::string_view list);
void LoadHeader(Loader& loader, Fields& root);
void LoadScope(Loader& loader, Fields& root);
void LoadCards(Loader& loader, Fields& root);
/// A check with `notVerified` needs words that name it: reported at `at`, where there are none.
void RequireNotVerified(const std::vector<Check>& checks, const CardSettings& cards,
                        const fhir::OwnJson& at, Problems& problems);

// ---- load_constants.cpp
/// Sources, strengths, parameters.
void LoadConstants(Loader& loader, Fields& root);
/// Gives the variables of the parameters their values, which a site may have changed.
void SetConstants(Pathway& pathway);
/// A constant of an ordered type, in a unit convertible to `unit`; dates count in days. Nothing,
/// with the sentence for the author in `why`, where the text does not fit.
std::optional<fhir::Quantity> ReadConstant(std::string_view text, Type type,
                                           const std::optional<fhir::Unit>& unit, std::string& why);
/// As ReadConstant for a node of the file; reported as L101.
std::optional<fhir::Quantity> ConstantOf(Loader& loader, const fhir::OwnJson& node, Type type,
                                         const std::optional<fhir::Unit>& unit);
/// "30 days", "12 weeks" in days; "24 hours" in hours where `hours`. Reported as L101.
std::optional<std::int64_t> DurationOf(Loader& loader, const fhir::OwnJson& node,
                                       bool hours = false);
/// The constant as the file writes it: "7 'cm'", "75", "@2026-03-01".
std::string ConstantText(Type type, const fhir::Quantity& value);
/// The parameter as sentences show it: "4 cm", "75", titles joined by ", ". Numbers have `decimal_sign`.
std::string ShownInText(const Parameter& parameter,
                        const std::vector<std::pair<std::string, std::string>>& titles,
                        std::string_view decimal_sign = ".");
bool IsOrdered(Type type);
/// The codes of a list "a, b".
std::vector<std::string> SplitCodes(std::string_view text);

// ---- load_value_sets.cpp
void LoadValueSets(Loader& loader, Fields& root);

// ---- load_texts.cpp
/// Placeholders that a text keeps, since only an evaluation can fill them.
enum class Keep : std::uint8_t { kNone, kInputs, kInputsAndRules };
/// Text of a member with {parameter} put in.
std::string FilledText(Loader& loader, Fields& fields, std::string_view name,
                       Keep keep = Keep::kNone);
/// Byte of an expression that a line and a column (in characters) of it name.
std::size_t OffsetOf(std::string_view text, fhir::fhirpath::Position at);
/// Indices of the citations in `cite`.
std::vector<Index> Citations(Loader& loader, Fields& fields);
/// What an expression is evaluated on, and what it must give (L202 to L204).
struct Form {
  std::vector<std::string> context;  ///< types of the resource; empty: not known
  fhir::fhirpath::StaticType result;
  bool variables_only = false;  ///< there is no resource
};
/// A Boolean asked of a resource of these types.
Form Condition(std::vector<std::string> context);
/// A Boolean asked of variables alone.
Form ConditionOnVariables();
/// Compiles a member; nothing where it is absent or wrong.
std::optional<fhir::fhirpath::Expression> ExpressionOf(Loader& loader, Fields& fields,
                                                       std::string_view name, const Scope& scope,
                                                       const Form& form,
                                                       Need need = Need::kOptional);
/// What is known of the variables before they have values, by slot: all of them once the types of inputs
/// are read; those of inputs that could not be read are not known.
std::vector<fhir::fhirpath::StaticType> TypesOfVariables(const Loader& loader);
/// What an expression must give to be a value of the input.
fhir::fhirpath::StaticType TypeOfValues(const Input& input);
/// Resolves every element of a list of names.
std::vector<Index> ResolveList(Loader& loader, Fields& fields, std::string_view name, Names& names);
/// As ResolveList, keeping the names.
std::vector<std::string> NameList(Loader& loader, Fields& fields, std::string_view name,
                                  Names& names);

/// Codes with their titles, in file order; at most 64, one bit each in a cell.
std::vector<std::pair<std::string, std::string>> TitlesOf(Loader& loader, Fields& fields,
                                                          std::string_view name,
                                                          Need need = Need::kOptional);

// ---- load_cells.cpp
/// Cells of an object {input: cell}; "-" is left out. With `columns`, only these inputs, in their
/// order.
std::vector<Cell> CellsOf(Loader& loader, const fhir::OwnJson* cells, const Scope& scope,
                          const std::vector<Index>* columns = nullptr);
/// One cell on a known input; nothing for "-" and where it is wrong (L208).
std::optional<Cell> CompileCell(Loader& loader, Index input, const fhir::OwnJson& node);

// ---- load_focus.cpp
void LoadFoci(Loader& loader, Fields& root);

// ---- load_sources.cpp
/// What a source is there for: values, instances with a key, instances named by reference.
enum class SourceKind : std::uint8_t { kInput, kKeyed, kReference };
/// The resource types that expressions know, and sources may be of.
const std::vector<std::string>& ResourceTypes();
/// One source of an input or of a focus. `codes`: what `to` may name. `values`: what "value" must give; null
/// where only a map is allowed.
SourceOfInput LoadSource(Loader& loader, const fhir::OwnJson& node, const Scope& scope,
                         const std::vector<std::pair<std::string, std::string>>& codes,
                         SourceKind kind, const fhir::fhirpath::StaticType* values);

// ---- load_inputs.cpp
/// Types, units and values of all inputs: what cells need to know.
void LoadInputTypes(Loader& loader, const fhir::OwnJson& root);
/// Everything else of the inputs.
void LoadInputs(Loader& loader, Fields& root);

// ---- load_input_history.cpp
/// How candidates become a value: merge, pick, ties, preferences, conflicts, age, what holds
/// without any.
void LoadHistory(Loader& loader, Fields& fields, Input& input, const Scope& scope);

// ---- load_scores.cpp
/// How an input is worked out as a sum of points or as a class, and how it is shown as a score.
void LoadScore(Loader& loader, Fields& fields, Input& input, const Scope& scope);
/// Marks the inputs that nothing reads which decides: they only inform.
void MarkInformation(Pathway& pathway);

// ---- load_actions.cpp
void LoadActions(Loader& loader, Fields& root);

// ---- load_tables.cpp
void LoadGate(Loader& loader, Fields& root);
void LoadTables(Loader& loader, Fields& root);

// ---- load_checks.cpp
void LoadChecks(Loader& loader, Fields& root);

// ---- graph.cpp
/// Order of the inputs and the way through the tables; cycles are errors (L103).
void OrderInputs(Loader& loader, const fhir::OwnJson& root);
void CheckGo(Loader& loader, const fhir::OwnJson& root);
/// Definitions that nothing refers to (L104).
void ReportUnused(Loader& loader, const fhir::OwnJson& root);

// ---- readers.cpp
/// Finds what reads each input, what each score rests on, and what each check is about.
void FindReaders(Pathway& pathway);
/// Sorts the sources by the types and codes that they look for.
void SortSources(Pathway& pathway);

// ---- segments.cpp
/// Cuts every input at the constants of all cells on it.
void CutSegments(Pathway& pathway);
/// True if a whole number lies in the interval.
bool HoldsInteger(const Interval& interval);

}  // namespace renal::pathways::internal
