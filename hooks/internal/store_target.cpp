#include "hooks/store_target.h"

#include <memory>
#include <utility>

#include <libpq-fe.h>

namespace renal::hooks {
namespace {

using fhir::Issue;
using fhir::IssueCode;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

std::string_view ValueOf(const PQconninfoOption* options, std::string_view name) {
  for (const PQconninfoOption* each = options; each->keyword != nullptr; ++each) {
    if (name == each->keyword) return each->val == nullptr ? "" : each->val;
  }
  return {};
}

}  // namespace

StoreTarget StoreTarget::InFolder(const std::filesystem::path& folder) {
  StoreTarget target;
  target.folder_ = std::filesystem::absolute(folder);
  target.shown_ = (target.folder_ / kFileName).string();
  return target;
}

fhir::Result<StoreTarget> StoreTarget::AtUrl(std::string url) {
  const bool named = url.starts_with("postgresql://") || url.starts_with("postgres://");
  // libpq's own message repeats the URL, and with it a password.
  char* message = nullptr;
  const Options options(named ? PQconninfoParse(url.c_str(), &message) : nullptr);
  PQfreemem(message);
  if (!options || url.find('\0') != std::string::npos) {
    return Issue{IssueCode::kValue,
                 "the URL of the store must be like postgresql://user@host:5432/database",
                 {}};
  }
  StoreTarget target;
  target.url_ = std::move(url);
  target.has_password_ = !ValueOf(options.get(), "password").empty();
  target.shown_ = "postgresql://" + std::string(ValueOf(options.get(), "host")) + "/" +
                  std::string(ValueOf(options.get(), "dbname"));
  return target;
}

}  // namespace renal::hooks
