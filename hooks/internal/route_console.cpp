#include "hooks/internal/route_console.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "fhir/json.h"
#include "hooks/internal/console_assets.h"
#include "hooks/internal/console_setup.h"
#include "hooks/internal/reply.h"
#include "hooks/store_history.h"
#include "pathways/picture.h"

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using fhir::Json;
using pathways::Truth;

using Verdicts = std::vector<std::pair<std::string, Truth>>;

HttpReply NotHere() {
  return ErrorReply({IssueCode::kNotFound, "There is nothing at this path.", {}});
}

/// Whether the caller has the asset already.
bool HasIt(const HttpRequest& request, const ConsoleAsset& asset) {
  return request.header("if-none-match").find(asset.tag) != std::string_view::npos;
}

HttpReply AnswerAsset(const HttpRequest& request, std::string_view name, const Console& console) {
  const ConsoleAsset* asset = FindAsset(name);
  if (asset == nullptr) return NotHere();
  HttpReply reply{.content_type = std::string(asset->content_type),
                  .headers = {{"ETag", asset->tag}}};
  if (HasIt(request, *asset)) {
    reply.status = 304;
  } else {
    reply.body = name.ends_with(".html") ? PageText(*asset, console.root()) : asset->text;
  }
  return reply;
}

/// The verdicts of a trace, by id: true, false, or null for unknown.
Verdicts ReadVerdicts(const Json& object) {
  Verdicts verdicts;
  for (const Json::Entry entry : object) {
    Truth truth = Truth::kUnknown;
    if (entry.value.type() == fhir::JsonType::kBoolean) {
      truth = entry.value.boolean() ? Truth::kTrue : Truth::kFalse;
    }
    verdicts.emplace_back(entry.name, truth);
  }
  return verdicts;
}

/// As wide as is asked for, within reason.
double WidthOf(const Json& width) {
  if (width.type() != fhir::JsonType::kInteger) return pathways::PictureOptions().width;
  return static_cast<double>(std::clamp<std::int64_t>(width.integer(), 320, 2'000));
}

HttpReply AnswerPicture(const Call& call) {
  const auto document = fhir::JsonDocument::ParsePadded(call.request.body);
  if (!document) return ErrorReply(OfBody(document.error()));
  const Json root = document->root();
  if (!root["rules"].is_object() || !root["checks"].is_object()) {
    return ErrorReply({IssueCode::kRequired, "The verdicts of rules and checks are needed.", {}});
  }
  HttpReply reply = InLanguage(pathways::DrawPathway(call.edition.evaluator.pathway(),
                                                     {.rules = ReadVerdicts(root["rules"]),
                                                      .checks = ReadVerdicts(root["checks"]),
                                                      .way_only = root["wayOnly"].boolean(),
                                                      .width = WidthOf(root["width"]),
                                                      .own_style = false}),
                               call);
  reply.content_type = "image/svg+xml";
  return reply;
}

HttpReply AnswerHistory(const ServiceOptions& options) {
  if (options.store == nullptr) {
    return ErrorReply({IssueCode::kTransient, "There is no store to look in.", {}});
  }
  const auto versions = options.store->Versions();
  return versions ? HttpReply{.body = VersionsJson(*versions)} : ErrorReply(versions.error());
}

HttpReply AnswerStored(const Call& call, const ServiceOptions& options) {
  if (options.store == nullptr) {
    return ErrorReply({IssueCode::kTransient, "There is no store to look in.", {}});
  }
  const auto stored = options.store->StoredOf(std::string(call.route.id));
  return stored ? HttpReply{.body = StoredCardJson(*stored)} : ErrorReply(stored.error());
}

HttpReply AnswerPathwayPage(const Call& call, const Console& console) {
  const auto page = console.ReviewPage(call.set.pathway());
  if (!page) return ErrorReply(page.error());
  return {.content_type = "text/html; charset=utf-8", .body = **page};
}

HttpReply AnswerSample(const Call& call, const Console& console) {
  const ConsoleSample* sample = console.FindSample(call.route.id);
  return sample == nullptr ? NotHere() : HttpReply{.body = sample->text};
}

HttpReply AnswerPage(Call& call, const ServiceOptions& options) {
  const Console& console = *options.console;
  switch (call.route.kind) {
    case RouteKind::kConsole:
      return AnswerAsset(call.request, "index.html", console);
    case RouteKind::kPathways:
      return AnswerAsset(call.request, "pathways.html", console);
    case RouteKind::kAsset:
      return AnswerAsset(call.request, call.route.id, console);
    case RouteKind::kSetup:
      return InLanguage(SetupText(call, console, options), call);
    case RouteKind::kSample:
      return AnswerSample(call, console);
    case RouteKind::kPicture:
      return AnswerPicture(call);
    case RouteKind::kHistory:
      return AnswerHistory(options);
    case RouteKind::kStored:
      return AnswerStored(call, options);
    case RouteKind::kPathwayPage:
      return AnswerPathwayPage(call, console);
    default:
      return NotHere();
  }
}

}  // namespace

bool HasConsoleRoute(const Route& route, const Console& console, std::string_view served) {
  switch (route.kind) {
    case RouteKind::kAsset:
      return FindAsset(route.id) != nullptr;
    case RouteKind::kSample:
      return console.FindSample(route.id) != nullptr;
    case RouteKind::kPathwayPage:
      return route.id == served;
    default:
      return true;
  }
}

void Confine(HttpReply& reply) {
  reply.headers.insert(
      reply.headers.end(),
      {{"Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
       {"Cross-Origin-Opener-Policy", "same-origin"},
       {"Cross-Origin-Resource-Policy", "same-origin"},
       {"Referrer-Policy", "no-referrer"}});
}

HttpReply AnswerConsole(Call& call, const ServiceOptions& options) {
  HttpReply reply = AnswerPage(call, options);
  Confine(reply);
  return reply;
}

}  // namespace renal::hooks::internal
