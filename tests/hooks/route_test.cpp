#include "hooks/internal/route.h"

#include <string>

#include <gtest/gtest.h>

namespace renal::hooks::internal {
namespace {

struct Row {
  std::string path;
  RouteKind kind;
  std::string profile;
  std::string id;
};

class RouteTest : public testing::TestWithParam<Row> {};

TEST_P(RouteTest, IsTakenApart) {
  const Row& row = GetParam();
  const Route route = FindRoute(row.path);
  EXPECT_EQ(route.kind, row.kind);
  EXPECT_EQ(route.profile, row.profile);
  EXPECT_EQ(route.id, row.id);
}

constexpr RouteKind kNone = RouteKind::kNone;

INSTANTIATE_TEST_SUITE_P(
    Paths, RouteTest,
    testing::Values(
        Row{"/cds-services", RouteKind::kDiscovery, "", ""},
        Row{"/cds-services/", RouteKind::kDiscovery, "", ""}, Row{"/cds-services//", kNone, "", ""},
        Row{"/Cds-services", kNone, "", ""}, Row{"/cds-services/x", RouteKind::kCall, "", "x"},
        Row{"/cds-services/x/", RouteKind::kCall, "", "x"},
        Row{"/cds-services//x", RouteKind::kCall, "", "x"}, Row{"/cds-services///x", kNone, "", ""},
        Row{"/cds-services/x//feedback", kNone, "", ""},
        Row{"/cds-services/x/feedback", RouteKind::kFeedback, "", "x"},
        Row{"/cds-services//x/feedback", RouteKind::kFeedback, "", "x"},
        Row{"/cds-services/x/Feedback", kNone, "", ""},
        Row{"/cds-services/x/feedback/y", kNone, "", ""},
        Row{"/epic/cds-services", RouteKind::kDiscovery, "epic", ""},
        Row{"/epic/cds-services/x", RouteKind::kCall, "epic", "x"},
        Row{"/epic/cds-services//x", RouteKind::kCall, "epic", "x"},
        Row{"/epic/cds-services/x/feedback", RouteKind::kFeedback, "epic", "x"},
        Row{"//cds-services", kNone, "", ""}, Row{"/epic//cds-services", kNone, "", ""},
        Row{"/a/b/cds-services", kNone, "", ""}, Row{"/cds-services/a/b/c/d", kNone, "", ""},
        Row{"/fhir/metadata", RouteKind::kCapabilities, "", ""},
        Row{"/fhir/ValueSet/v", RouteKind::kResource, "", "v"},
        Row{"/fhir/PlanDefinition/p", RouteKind::kResource, "", "p"},
        Row{"/fhir/PlanDefinition/p/$apply", RouteKind::kApply, "", "p"},
        Row{"/fhir/PlanDefinition/p/$Apply", kNone, "", ""},
        Row{"/fhir/ValueSet/v/$apply", kNone, "", ""}, Row{"/fhir", kNone, "", ""},
        Row{"/fhir/ValueSet", kNone, "", ""}, Row{"/epic/fhir/metadata", kNone, "", ""},
        Row{"/health/live", RouteKind::kLive, "", ""},
        Row{"/health/ready", RouteKind::kReady, "", ""}, Row{"/health", kNone, "", ""},
        Row{"/health/else", kNone, "", ""}, Row{"/epic/health/live", kNone, "", ""},
        Row{"/measures", RouteKind::kMeasures, "", ""},
        Row{"/measures/", RouteKind::kMeasures, "", ""}, Row{"/measures/x", kNone, "", ""},
        Row{"/epic/measures", kNone, "", ""}, Row{"/", RouteKind::kConsole, "", ""},
        Row{"/console", kNone, "", ""}, Row{"/console/a.js", RouteKind::kAsset, "", "a.js"},
        Row{"/console/a.js/", RouteKind::kAsset, "", "a.js"}, Row{"/console/a/b", kNone, "", ""},
        Row{"/console/setup", RouteKind::kSetup, "", ""},
        Row{"/console/picture", RouteKind::kPicture, "", ""},
        Row{"/console/history", RouteKind::kHistory, "", ""},
        Row{"/console/samples/s", RouteKind::kSample, "", "s"},
        Row{"/console/samples/s/t", kNone, "", ""},
        Row{"/console/cards/c", RouteKind::kStored, "", "c"},
        Row{"/console/cds-services", RouteKind::kDiscovery, "console", ""},
        Row{"/pathways", RouteKind::kPathways, "", ""}, Row{"/pathways/", RouteKind::kPathways, "", ""},
        Row{"/pathways/p", RouteKind::kPathwayPage, "", "p"}, Row{"/pathways/p/q", kNone, "", ""},
        Row{"/pathways/cds-services", RouteKind::kDiscovery, "pathways", ""},
        Row{"", kNone, "", ""}, Row{"cds-services", kNone, "", ""}, Row{"*", kNone, "", ""}));

}  // namespace
}  // namespace renal::hooks::internal
