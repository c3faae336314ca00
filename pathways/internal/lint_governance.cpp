#include <algorithm>
#include <chrono>
#include <tuple>

#include "fhir/date_time.h"
#include "pathways/diff.h"
#include "pathways/internal/lint.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

std::int64_t DayOf(const fhir::DateTime& date) {
  return fhir::DaysFromCivil(date.year, date.month, date.day);
}

std::optional<fhir::DateTime> DateIn(const OwnJson& node, std::string_view name) {
  const OwnJson* member = node.Find(name);
  return member == nullptr ? std::nullopt : fhir::DateTime::Parse(member->text);
}

// Days since 1970 of the last day of a date, which may be a month or a year.
std::int64_t LastDayOf(const fhir::DateTime& date) {
  const std::chrono::milliseconds last(date.LastMillisecond(0));
  return std::chrono::floor<std::chrono::days>(last).count();
}

void LintReviewDate(LintFile& file) {
  const auto reviewed = DateIn(file.root(), "lastReviewDate");
  if (!reviewed) return;
  const auto& today = file.request.today;
  // Of a month or a year, the first day counts.
  const auto due = std::tuple(reviewed->year + 1, std::max<int>(1, reviewed->month),
                              std::max<int>(1, reviewed->day));
  if (std::tuple<int, int, int>(today.year, today.month, today.day) <= due) return;
  file.found.Warn(MemberOr(file.root(), "lastReviewDate"), "L503",
                  "the last review is older than 12 months. Review the pathway again.");
}

void LintPeriod(LintFile& file) {
  constexpr std::int64_t kNotice = 60;
  const OwnJson& period = MemberOr(file.root(), "effectivePeriod");
  const auto end = &period == &file.root() ? std::nullopt : DateIn(period, "end");
  if (!end) return;
  const std::int64_t left = LastDayOf(*end) - DayOf(file.request.today);
  if (left > kNotice) return;
  file.found.Warn(MemberOr(period, "end"), "L503",
                  left < 0 ? "the effective period is over. Review the pathway, or retire it."
                           : "the effective period ends in " + std::to_string(left) +
                                 " days. Review the pathway, or prepare its successor.");
}

void LintEditions(LintFile& file) {
  for (const auto& [id, node] : MemberOr(file.root(), "sources").members) {
    if (node.Find("edition") != nullptr) continue;
    file.found.Warn(node, "L503",
                    "source " + Quoted(id) +
                        " has no \"edition\", so nobody can tell whether it was replaced. Add it.");
  }
}

std::tuple<long, long, long> NumbersOf(const std::string& version) {
  const std::size_t first = version.find('.');
  const std::size_t second = version.find('.', first + 1);
  return {std::stol(version.substr(0, first)), std::stol(version.substr(first + 1, second)),
          std::stol(version.substr(second + 1))};
}

// What could not be compared is not promised either.
void WarnUnverified(LintFile& file, const std::string& versions, const PathwayDiff& diff) {
  std::string notes;
  for (const std::string& note : diff.notes) notes += (notes.empty() ? "" : "; ") + note;
  file.found.Warn(MemberOr(file.root(), "version"), "L504",
                  versions + " promises that no outcome differs, which cannot be verified: " +
                      notes + ". Compare these by hand, or give it the next MAJOR version.");
}

// MINOR and PATCH promise that no outcome differs (pathway-format 14.1); before the first release
// (0.x) nothing is promised.
void LintPromise(LintFile& file, const LoadResult& previous) {
  const std::string& before = previous.pathway->version;
  const std::string& now = file.pathway().version;
  const long major = std::get<0>(NumbersOf(now));
  if (major == 0 || major != std::get<0>(NumbersOf(before))) return;
  const PathwayDiff diff = Diff(previous, file.loaded);
  const std::string versions = "version " + now + " after " + before;
  if (diff.decisions.empty()) {
    if (!diff.complete) WarnUnverified(file, versions, diff);
    return;
  }
  const DecisionChange& change = diff.decisions.front();
  std::string patients;
  for (const std::string& test : change.patients) {
    patients += (patients.empty() ? "" : ", ") + test;
  }
  file.found.Error(MemberOr(file.root(), "version"), "L504",
                   versions + " promises that no outcome differs, but it does, first in " +
                       Quoted(change.table) + " for " +
                       (patients.empty() ? "every patient" : patients) +
                       ". Give it the next MAJOR version.");
}

}  // namespace

void LintReview(LintFile& file) {
  LintReviewDate(file);
  LintPeriod(file);
  LintEditions(file);
}

void LintVersion(LintFile& file) {
  if (!file.request.previous) return;
  const OwnJson& at = MemberOr(file.root(), "version");
  LoadOptions options = file.request.options;
  options.site.reset();  // made for this version
  const LoadResult previous =
      LoadPathway("the last active version", *file.request.previous, options);
  if (!previous.pathway) {
    file.found.Error(at, "L504",
                     "the last active version cannot be read, so nothing can be said about this "
                     "one. Name its file.");
    return;
  }
  const Pathway& now = file.pathway();
  const Pathway& before = *previous.pathway;
  if (before.id != now.id) {
    file.found.Error(at, "L504",
                     "the last active version is of " + Quoted(before.id) + ", not of " +
                         Quoted(now.id) + ". Name its file.");
  } else if (NumbersOf(now.version) < NumbersOf(before.version)) {
    file.found.Error(at, "L504",
                     "version " + now.version + " is below the last active one, " + before.version +
                         ". Raise it.");
  } else if (now.version == before.version) {
    if (now.hash == before.hash) return;
    file.found.Error(at, "L504",
                     "version " + now.version +
                         " is the last active one, but the content differs. Raise the version.");
  } else {
    LintPromise(file, previous);
  }
}

}  // namespace renal::pathways::internal
