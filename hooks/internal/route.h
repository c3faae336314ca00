#pragma once

#include <cstdint>
#include <string_view>

/// Which of our paths a path is.
namespace renal::hooks::internal {

enum class RouteKind : std::uint8_t {
  kNone,          ///< no path of ours
  kDiscovery,     ///< [/{profile}]/cds-services
  kCall,          ///< [/{profile}]/cds-services/{id}
  kFeedback,      ///< [/{profile}]/cds-services/{id}/feedback
  kCapabilities,  ///< /fhir/metadata
  kResource,      ///< /fhir/{type}/{id}
  kApply,         ///< /fhir/PlanDefinition/{id}/$apply
  kMeasures,      ///< /measures
  kConsole,       ///< /: the console page
  kAsset,         ///< /console/{id}: a file of the console
  kSetup,         ///< /console/setup
  kSample,        ///< /console/samples/{id}
  kPicture,       ///< /console/picture
  kHistory,       ///< /console/history
  kStored,        ///< /console/cards/{id}: what is stored about a card
  kPathways,      ///< /pathways
  kPathwayPage,   ///< /pathways/{id}
  kLive,          ///< /health/live
  kReady,         ///< /health/ready
};

/// A path taken apart; the views point into the path.
struct Route {
  RouteKind kind = RouteKind::kNone;
  std::string_view profile;  ///< name of a client profile that the path begins with, or empty
  std::string_view id;       ///< of the service or the resource, or empty
  std::string_view type;     ///< of the resource, or empty
};

/// Takes a decoded path apart, without judging whether profile, type and id exist. One slash at the
/// end is tolerated, and one empty segment after /cds-services, which a known client sends.
Route FindRoute(std::string_view path);

/// Whether a route belongs to the console: pages for people, and what only they ask for.
bool IsConsole(RouteKind kind);

/// The route as logs and metrics name it; the same for all ids.
std::string_view NameOf(RouteKind kind);

}  // namespace renal::hooks::internal
