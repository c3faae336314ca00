#include "hooks/internal/junit.h"

#include <algorithm>

namespace renal::hooks::internal {
namespace {

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\n':
        escaped += "&#10;";
        break;
      case '\t':
        escaped += "&#9;";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          escaped += "\xEF\xBF\xBD";
        } else {
          escaped += c;
        }
    }
  }
  return escaped;
}

std::string CaseText(const JunitSuite& suite, const pathways::CaseResult& one) {
  std::string text = "    <testcase classname=\"" + Escaped(suite.name) + "\" name=\"" +
                     Escaped(one.name) + "\" file=\"" + Escaped(suite.file) + "\" line=\"" +
                     std::to_string(one.at.line) + "\"";
  if (one.passed) return text + "/>\n";
  std::string differences;
  for (const std::string& difference : one.differences) {
    differences += (differences.empty() ? "" : "\n") + difference;
  }
  return text + ">\n      <failure message=\"" + Escaped(differences) + "\"/>\n    </testcase>\n";
}

}  // namespace

std::string JunitText(const std::vector<JunitSuite>& suites) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const JunitSuite& suite : suites) {
    const auto failed = std::ranges::count(suite.cases, false, &pathways::CaseResult::passed);
    text += "  <testsuite name=\"" + Escaped(suite.name) + "\" tests=\"" +
            std::to_string(suite.cases.size()) + "\" failures=\"" + std::to_string(failed) +
            "\">\n";
    for (const pathways::CaseResult& one : suite.cases) text += CaseText(suite, one);
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

}  // namespace renal::hooks::internal
