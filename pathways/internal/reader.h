#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "fhir/own_json.h"
#include "pathways/load.h"

/// Typed access to the nodes of a file of ours. What does not fit is reported with its place, and
/// the answer is then empty, so that reading goes on and the author sees all problems at once.
namespace renal::pathways::internal {

/// Everything found wrong in one file so far.
class Problems {
 public:
  static constexpr std::size_t kShown = 200;

  /// `text` must outlive this object; positions inside strings are looked up in it. Only the first
  /// `most` problems are kept; the same of the same place counts once.
  Problems(std::string_view file, std::string_view text, std::size_t most = kShown);

  void Error(fhir::TextPosition at, std::string_view id, std::string message);
  void Error(const fhir::OwnJson& at, std::string_view id, std::string message);
  void Warn(const fhir::OwnJson& at, std::string_view id, std::string message);
  void Info(const fhir::OwnJson& at, std::string_view id, std::string message);
  void Add(fhir::TextPosition at, LoadProblem::Level level, std::string_view id,
           std::string message);

  /// Place of the byte `offset` of the value of a string; escapes in the file are taken into
  /// account.
  fhir::TextPosition Inside(const fhir::OwnJson& string, std::size_t offset) const;

  /// ` Did you mean "x"?` for the closest candidate, else ` Known: a, b.` for a few, else empty.
  std::string Suggestion(std::string_view word, std::span<const std::string> candidates) const;

  bool has_errors() const { return errors_ > 0; }
  std::size_t errors() const { return errors_; }
  /// Takes over what was found in another file.
  void Append(std::vector<LoadProblem> problems);
  /// The problems kept, by file in the order of the first one, then by place.
  std::vector<LoadProblem> Take();

 private:
  std::string file_;
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
  std::vector<LoadProblem> list_;
  std::set<std::tuple<int, int, std::string, std::string>> said_;  // places, ids and messages in it
  std::size_t most_;
  std::size_t errors_ = 0;
};

/// `"text"`, cut at 60 bytes.
std::string Quoted(std::string_view text);

/// The text with its full stop, where it has no end yet.
std::string Sentence(std::string text);

/// True for a name of the format; `hyphen`: `-` may occur.
bool IsName(std::string_view text, bool hyphen = true);

enum class Need : bool { kOptional, kRequired };

/// The members of one object. Every member must be asked for: those left over are reported as
/// unknown when the reader goes, except `note` and names that start with `x-`.
class Fields {
 public:
  /// `what` names the object in messages: `input "age"`.
  Fields(const fhir::OwnJson& node, std::string what, Problems& problems);
  ~Fields();
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  const fhir::OwnJson& node() const { return node_; }
  const std::string& what() const { return what_; }
  void LeaveOpen() { open_ = true; }  ///< members left over are not reported: another reader does
  void Rename(std::string what) { what_ = std::move(what); }  ///< once the id is known
  Problems& problems() const { return problems_; }

  /// The member, of any type; null if absent.
  const fhir::OwnJson* Any(std::string_view name, Need need = Need::kOptional);
  /// The member if it has that type; else null, and a problem where it is present or required.
  const fhir::OwnJson* Object(std::string_view name, Need need = Need::kOptional);
  const fhir::OwnJson* Array(std::string_view name, Need need = Need::kOptional);
  const fhir::OwnJson* String(std::string_view name, Need need = Need::kOptional);
  /// Elements of an array; none where it is absent.
  std::span<const fhir::OwnJson> Items(std::string_view name, Need need = Need::kOptional);
  /// Members of an object; none where it is absent.
  std::span<const std::pair<std::string, fhir::OwnJson>> Members(std::string_view name,
                                                                 Need need = Need::kOptional);
  std::string Text(std::string_view name, Need need = Need::kOptional);
  bool Flag(std::string_view name, bool otherwise = false);
  /// A JSON integer from `low` to `high`.
  std::optional<std::int64_t> Integer(std::string_view name, std::int64_t low, std::int64_t high);
  /// Index of the member's text in `words`; nothing where it is absent or another word.
  std::optional<std::size_t> Word(std::string_view name, std::span<const std::string> words,
                                  Need need = Need::kOptional);

  bool Has(std::string_view name) const { return node_.Find(name) != nullptr; }
  /// The member where present, else the object: where to point at.
  const fhir::OwnJson& At(std::string_view name) const;

 private:
  const fhir::OwnJson* Typed(std::string_view name, Need need, fhir::JsonType type,
                             std::string_view form);

  const fhir::OwnJson& node_;
  std::string what_;
  Problems& problems_;
  std::set<std::string, std::less<>> known_;
  bool open_ = false;
};

/// Text of a node that must be a string: null and a problem where it is not.
const std::string* TextOf(const fhir::OwnJson& node, std::string_view what, Problems& problems);

}  // namespace renal::pathways::internal
