#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Which language an answer is in.
namespace renal::hooks {

/// A language that answers can be in.
struct OfferedLanguage {
  std::string tag;  ///< "nb": a primary subtag in lower case
  std::vector<std::string>
      also;  ///< languages whose readers get this one rather than another: "nn"
};

/// What a call says about the language of its reader, the most telling first.
struct LanguageWishes {
  std::string_view profile;          ///< language of the client's profile, or empty
  std::string_view accept_language;  ///< value of the header, or empty
};

/// One element of an Accept-Language header.
struct LanguageRange {
  std::string language;  ///< primary subtag in lower case, or "*"
  int weight = 1'000;    ///< the q-value in thousandths
  friend bool operator==(const LanguageRange&, const LanguageRange&) = default;
};

/// Bounds of a header that is looked at; a browser sends less than a tenth of this.
inline constexpr std::size_t kMaxAcceptLanguageBytes = 1'024;
inline constexpr std::size_t kMaxLanguageRanges = 64;

/// The ranges of an Accept-Language header (RFC 9110 section 12.5.4), in its order; further subtags
/// are dropped. Nothing for a header that is malformed or beyond the bounds.
std::optional<std::vector<LanguageRange>> ReadAcceptLanguage(std::string_view header);

/// Place in `offered`, which must not be empty, of the language of an answer: that of the profile
/// where it is offered; else the one that the header rates best, `otherwise` where it names none or cannot be read. Of equal ones, that named
/// first; for "*", `otherwise`.
///
/// A range for the language itself counts before one for a language of `also`, and that before "*".
std::size_t DecideLanguage(const std::vector<OfferedLanguage>& offered, std::size_t otherwise,
                           const LanguageWishes& wishes);

}  // namespace renal::hooks
