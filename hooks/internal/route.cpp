#include "hooks/internal/route.h"

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace renal::hooks::internal {
namespace {

constexpr std::size_t kMaxSegments = 4;
constexpr std::string_view kServices = "cds-services";

struct Segments {
  std::array<std::string_view, kMaxSegments> list;
  std::size_t count = 0;
};

/// The segments of a path; nothing where there are too many, or an empty one that is not tolerated.
std::optional<Segments> Split(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  Segments segments;
  bool skipped = false;
  while (true) {
    const std::size_t end = path.find('/');
    const std::string_view segment = path.substr(0, end);
    if (!segment.empty()) {
      if (segments.count == kMaxSegments) return std::nullopt;
      segments.list[segments.count++] = segment;
    } else if (skipped || segments.count == 0 || segments.list[segments.count - 1] != kServices) {
      return std::nullopt;
    } else {
      skipped = true;
    }
    if (end == std::string_view::npos) {
      if (segment.empty()) return std::nullopt;
      return segments;
    }
    path.remove_prefix(end + 1);
  }
}

Route ServiceRoute(std::span<const std::string_view> rest, std::string_view profile) {
  if (rest.empty()) return {RouteKind::kDiscovery, profile, {}, {}};
  if (rest.size() == 1) return {RouteKind::kCall, profile, rest[0], {}};
  if (rest.size() == 2 && rest[1] == "feedback") {
    return {RouteKind::kFeedback, profile, rest[0], {}};
  }
  return {};
}

Route FhirRoute(std::span<const std::string_view> rest) {
  if (rest.size() == 1 && rest[0] == "metadata") return {.kind = RouteKind::kCapabilities};
  if (rest.size() == 2) {
    return {.kind = RouteKind::kResource, .profile = {}, .id = rest[1], .type = rest[0]};
  }
  if (rest.size() == 3 && rest[0] == "PlanDefinition" && rest[2] == "$apply") {
    return {.kind = RouteKind::kApply, .profile = {}, .id = rest[1], .type = rest[0]};
  }
  return {};
}

Route ConsoleRoute(std::span<const std::string_view> rest) {
  if (rest.size() == 2 && rest[0] == "samples") return {.kind = RouteKind::kSample, .id = rest[1]};
  if (rest.size() == 2 && rest[0] == "cards") return {.kind = RouteKind::kStored, .id = rest[1]};
  if (rest.size() != 1) return {};
  if (rest[0] == "setup") return {.kind = RouteKind::kSetup};
  if (rest[0] == "picture") return {.kind = RouteKind::kPicture};
  if (rest[0] == "history") return {.kind = RouteKind::kHistory};
  return {.kind = RouteKind::kAsset, .id = rest[0]};
}

Route PathwayRoute(std::span<const std::string_view> rest) {
  if (rest.empty()) return {.kind = RouteKind::kPathways};
  if (rest.size() == 1) return {.kind = RouteKind::kPathwayPage, .id = rest[0]};
  return {};
}

}  // namespace

Route FindRoute(std::string_view path) {
  if (path == "/") return {.kind = RouteKind::kConsole};
  const auto segments = Split(path);
  if (!segments || segments->count == 0) return {};
  const std::span<const std::string_view> parts(segments->list.data(), segments->count);
  if (parts[0] == kServices) return ServiceRoute(parts.subspan(1), {});
  if (parts[0] == "fhir") return FhirRoute(parts.subspan(1));
  // A client profile may have one of these names.
  if (parts.size() == 1 || parts[1] != kServices) {
    if (parts[0] == "console") return ConsoleRoute(parts.subspan(1));
    if (parts[0] == "pathways") return PathwayRoute(parts.subspan(1));
  }
  if (parts.size() == 2 && parts[0] == "health") {
    if (parts[1] == "live") return {.kind = RouteKind::kLive};
    if (parts[1] == "ready") return {.kind = RouteKind::kReady};
    return {};
  }
  if (parts.size() == 1 && parts[0] == "measures") return {.kind = RouteKind::kMeasures};
  if (parts.size() > 1 && parts[1] == kServices) return ServiceRoute(parts.subspan(2), parts[0]);
  return {};
}

bool IsConsole(RouteKind kind) {
  return kind >= RouteKind::kConsole && kind <= RouteKind::kPathwayPage;
}

std::string_view NameOf(RouteKind kind) {
  switch (kind) {
    case RouteKind::kDiscovery:
      return "/cds-services";
    case RouteKind::kCall:
      return "/cds-services/{id}";
    case RouteKind::kFeedback:
      return "/cds-services/{id}/feedback";
    case RouteKind::kCapabilities:
      return "/fhir/metadata";
    case RouteKind::kResource:
      return "/fhir/{type}/{id}";
    case RouteKind::kApply:
      return "/fhir/PlanDefinition/{id}/$apply";
    case RouteKind::kMeasures:
      return "/measures";
    case RouteKind::kConsole:
      return "/";
    case RouteKind::kAsset:
      return "/console/{id}";
    case RouteKind::kSetup:
      return "/console/setup";
    case RouteKind::kSample:
      return "/console/samples/{id}";
    case RouteKind::kPicture:
      return "/console/picture";
    case RouteKind::kHistory:
      return "/console/history";
    case RouteKind::kStored:
      return "/console/cards/{id}";
    case RouteKind::kPathways:
      return "/pathways";
    case RouteKind::kPathwayPage:
      return "/pathways/{id}";
    case RouteKind::kLive:
      return "/health/live";
    case RouteKind::kReady:
      return "/health/ready";
    case RouteKind::kNone:
      break;
  }
  return {};
}

}  // namespace renal::hooks::internal
