#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/own_json.h"
#include "hooks/profile.h"

namespace renal::hooks::internal {

/// What was found wrong in one file so far.
struct FileProblems {
  std::string file;
  std::vector<ProfileProblem>& list;

  void Add(fhir::TextPosition at, std::string message);
};

/// A word in quotes, shortened where it is long.
std::string Quoted(std::string_view word);

/// The members of one object of a file of ours. Each that is there must be asked for: those left
/// over are reported as unknown when the reader goes. What does not fit is reported with its place
/// and read as absent, so that an author sees all problems at once.
class FileMembers {
 public:
  /// `what` names the object in messages: "the profile".
  FileMembers(const fhir::OwnJson& node, std::string what, FileProblems& problems);
  ~FileMembers();
  FileMembers(const FileMembers&) = delete;
  FileMembers& operator=(const FileMembers&) = delete;

  /// The member, if it has that type.
  const fhir::OwnJson* Find(std::string_view name, fhir::JsonType type);
  const fhir::OwnJson* Any(std::string_view name);
  void Text(std::string_view name, std::string& to);
  void Flag(std::string_view name, bool& to);
  /// Texts of a list.
  void Texts(std::string_view name, std::vector<std::string>& to);
  /// Members of an object of texts.
  void Pairs(std::string_view name, std::vector<Alias>& to);
  std::optional<std::int64_t> Integer(std::string_view name, std::int64_t low, std::int64_t high);
  /// Place of the member's text among `words`.
  std::optional<std::size_t> Word(std::string_view name, std::span<const std::string_view> words);

  bool IsType(const fhir::OwnJson& node, std::string_view name, fhir::JsonType type);
  FileProblems& problems() { return problems_; }

 private:
  const fhir::OwnJson& node_;
  std::string what_;
  FileProblems& problems_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace renal::hooks::internal
