#include "fhir/fhirpath_batch.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace renal::fhir::fhirpath {
namespace {

std::string Answer(const std::string& line, bool conformance = true) {
  std::istringstream in(line + "\n");
  std::ostringstream out;
  EXPECT_EQ(RunBatch(in, out, std::filesystem::path(testing::TempDir()), conformance), 0);
  return out.str();
}

TEST(RunBatchTest, AnswersWithTypesAndValues) {
  EXPECT_EQ(
      Answer(
          R"j({"id": 1, "file": null, "expression": "1 | 'a' | true | 2.50 | @2026 | 7 'cm' | @T10"})j"),
      R"j({"id":1,"ok":true,"result":[{"type":"integer","value":"1"},{"type":"string","value":"a"},)j"
      R"j({"type":"boolean","value":true},{"type":"decimal","value":"2.50"},{"type":"date","value":"2026"},)j"
      R"j({"type":"Quantity","value":"7 'cm'"},{"type":"time","value":"10"}]})j"
      "\n");
}

TEST(RunBatchTest, NamesThePhaseOfAFailure) {
  EXPECT_EQ(
      Answer(R"j({"id": "a", "expression": "1 +"})j"),
      R"j({"id":"a","ok":false,"phase":"syntax","message":"the expression ends too early (line 1, column 4)"})j"
      "\n");
  EXPECT_EQ(
      Answer(R"j({"id": 2, "expression": "%x"})j"),
      R"j({"id":2,"ok":false,"phase":"semantic","message":"there is no variable %x (line 1, column 1)"})j"
      "\n");
  EXPECT_NE(Answer(R"j({"id": 3, "expression": "(1|2) < 3"})j").find(R"("phase":"execution")"),
            std::string::npos);
}

TEST(RunBatchTest, ReadsFilesFromTheBaseDirectory) {
  std::ofstream(std::filesystem::path(testing::TempDir()) / "patient.json")
      << R"({"resourceType": "Patient", "id": "p", "active": true, "birthDate": "1951"})";
  EXPECT_EQ(
      Answer(R"j({"id": 1, "file": "patient.json", "expression": "Patient.active | birthDate"})j"),
      R"j({"id":1,"ok":true,"result":[{"type":"boolean","value":true},{"type":"date","value":"1951"}]})j"
      "\n");
  EXPECT_NE(
      Answer(R"j({"id": 1, "file": "absent.json", "expression": "1"})j").find("cannot be read"),
      std::string::npos);
}

TEST(RunBatchTest, RefusesMoreInStrictMode) {
  std::ofstream(std::filesystem::path(testing::TempDir()) / "strict.json")
      << R"({"resourceType": "Patient", "id": "p", "name": [{"family": "A"}]})";
  const auto answer = [](const std::string& expression, bool strict) {
    return Answer(R"({"id": 1, "file": "strict.json", "expression": ")" + expression +
                  R"(", "strict": )" + (strict ? "true" : "false") + "}");
  };
  const std::string none = "{\"id\":1,\"ok\":true,\"result\":[]}\n";
  EXPECT_EQ(answer("name.given1", false), none);
  EXPECT_EQ(
      answer("name.given1", true),
      R"j({"id":1,"ok":false,"phase":"semantic","message":"HumanName has no element 'given1' (line 1, column 6)"})j"
      "\n");
  EXPECT_NE(answer("Encounter.name", true).find("semantic"), std::string::npos);
  EXPECT_NE(answer("Patient.children().skip(1)", true).find("semantic"), std::string::npos);
  // Constants and several items are careless, but no error of the standard.
  EXPECT_NE(answer("1 = 1 and name.given = 'A'", true).find("\"ok\":true"), std::string::npos);
}

TEST(RunBatchTest, AnswersBrokenLinesAndGoesOn) {
  EXPECT_EQ(
      Answer("{\n{\"id\": 2, \"expression\": \"1\"}"),
      R"j({"id":null,"ok":false,"phase":"syntax","message":"the line is no JSON object with an expression"})j"
      "\n"
      R"j({"id":2,"ok":true,"result":[{"type":"integer","value":"1"}]})j"
      "\n");
}

TEST(RunBatchTest, TellsWhenTheOutputIsGone) {
  std::istringstream in("{}\n");
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  EXPECT_EQ(RunBatch(in, out, std::nullopt, true), 1);
}

}  // namespace
}  // namespace renal::fhir::fhirpath
