#include "fhir/internal/encodings.h"

#include <string>

#include <gtest/gtest.h>

namespace renal::fhir::internal {
namespace {

TEST(EncodingsTest, ReadsBackWhatItWrote) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(FromBase64(ToBase64(bytes)), bytes);
    EXPECT_EQ(FromUrlBase64(ToUrlBase64(bytes)), bytes);
    EXPECT_EQ(FromHex(ToHex(bytes)), bytes);
    bytes += static_cast<char>(i);
  }
}

TEST(EncodingsTest, RefusesWhatHasNotTheForm) {
  for (const char* text : {"dGVzd", "dGVzdA=", "dGVz dA=", "d=Vz", "====", "dGVz\n"}) {
    EXPECT_EQ(FromBase64(text), std::nullopt) << text;
  }
  EXPECT_EQ(FromUrlBase64("c3+/"), std::nullopt);
  EXPECT_EQ(FromBase64("c3-_"), std::nullopt);
  for (const char* text : {"0", "0g", "-1", " 1"}) EXPECT_EQ(FromHex(text), std::nullopt) << text;
}

TEST(EncodingsTest, EscapesHtml) {
  EXPECT_EQ(EscapeHtml("<a b='\"&'>"), "&lt;a b=&#39;&quot;&amp;&#39;&gt;");
  EXPECT_EQ(UnescapeHtml("&lt;&apos;&#39;&#x41;&#8364;&gt;"), "<''A\u20AC>");
  EXPECT_EQ(UnescapeHtml("&nbsp;&#;&#0;&#xD800;&#x110000;&"), "&nbsp;&#;&#0;&#xD800;&#x110000;&");
}

TEST(EncodingsTest, EscapesJson) {
  EXPECT_EQ(EscapeJson("\"\\\n"), R"(\"\\\n)");
  EXPECT_EQ(UnescapeJson(R"(a"\"\u0041\n)"), "a\"\"A\n");
  EXPECT_EQ(UnescapeJson(R"(\q)"), std::nullopt);
  EXPECT_EQ(UnescapeJson("\\"), std::nullopt);
}

}  // namespace
}  // namespace renal::fhir::internal
