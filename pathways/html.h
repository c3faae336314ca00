#pragma once

#include <string>
#include <string_view>

/// What every page of ours is written with.
namespace renal::pathways {

/// A text of one line for XML content and quoted attributes: markup characters as references,
/// characters that XML 1.0 does not know left out.
std::string EscapeXml(std::string_view text);

/// The source expression that lets a content security policy admit exactly this inline style or
/// script: "'sha256-...'".
std::string PolicyHash(std::string_view text);

}  // namespace renal::pathways
