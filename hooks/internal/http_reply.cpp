#include "hooks/internal/http_reply.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "hooks/internal/http_framing.h"

namespace renal::hooks::internal {
namespace {

struct Phrase {
  int status;
  const char* words;
};

constexpr Phrase kPhrases[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

constexpr std::string_view kOurs[] = {"connection", "content-length", "transfer-encoding",
                                      "keep-alive", "date",           "server"};

bool MayBeSent(const std::pair<std::string, std::string>& field) {
  const std::string& name = field.first;
  const std::string& value = field.second;
  if (name.empty() || !std::all_of(name.begin(), name.end(), IsTokenCharacter)) return false;
  if (std::any_of(value.begin(), value.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
      })) {
    return false;
  }
  return std::none_of(std::begin(kOurs), std::end(kOurs),
                      [&](std::string_view ours) { return EqualsIgnoringCase(ours, name); });
}

void AppendField(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// Written once a second and thread, not once an answer.
const std::string& DateNow() {
  thread_local long long written = -1;
  thread_local std::string text;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const long long seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  if (std::exchange(written, seconds) != seconds) text = HttpDate(seconds);
  return text;
}

}  // namespace

void FormatHead(const HttpReply& reply, const ReplyFrame& frame, std::string& out) {
  out.assign("HTTP/1.1 ");
  out.append(std::to_string(reply.status)).append(" ").append(ReasonPhrase(reply.status));
  out.append("\r\n");
  AppendField(out, "Date", DateNow());
  AppendField(out, "Server", "renalpath");
  if (StatusHasBody(reply.status)) {
    if (!reply.body.empty()) AppendField(out, "Content-Type", reply.content_type);
    AppendField(out, "Content-Length", std::to_string(reply.body.size()));
  }
  AppendField(out, "Cache-Control", "no-store");
  AppendField(out, "X-Content-Type-Options", "nosniff");
  bool retry_after = reply.status != 503;
  for (const auto& field : reply.headers) {
    if (!MayBeSent(field)) continue;
    retry_after = retry_after || EqualsIgnoringCase(field.first, "retry-after");
    AppendField(out, field.first, field.second);
  }
  if (!retry_after) AppendField(out, "Retry-After", "1");
  if (frame.close) {
    AppendField(out, "Connection", "close");
  } else if (!frame.http_1_1) {
    AppendField(out, "Connection", "keep-alive");
  }
  out.append("\r\n");
}

bool StatusHasBody(int status) { return status >= 200 && status != 204 && status != 304; }

const char* ReasonPhrase(int status) {
  const auto* const found = std::find_if(std::begin(kPhrases), std::end(kPhrases),
                                         [&](const Phrase& row) { return row.status == status; });
  return found == std::end(kPhrases) ? "Status" : found->words;
}

std::string HttpDate(long long seconds) {
  using namespace std::chrono;
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds time{std::chrono::seconds(seconds)};
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace renal::hooks::internal
