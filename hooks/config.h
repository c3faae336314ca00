#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/limits.h"
#include "hooks/log.h"
#include "hooks/pathway_source.h"

/// The configuration of a server: one TOML file, `deploy/config.example.toml` shows every key.
namespace renal::hooks {

/// [listen]
struct ListenConfig {
  std::string address = "127.0.0.1";  ///< an IP address, or "localhost"
  std::uint16_t port = 8080;          ///< 0 takes a free one
  /// Base of our paths as clients know it, without a slash at its end: what tokens are made for.
  std::string public_url;
  std::filesystem::path control;  ///< socket for `renalpath reload`; empty: in the store's folder
  bool plain_ok = false;          ///< a proxy in front ends TLS
};

/// [tls]; off without a certificate.
struct TlsConfig {
  enum class Clients { kNone, kOptional, kRequired };
  std::filesystem::path certificate;  ///< PEM: the chain, our own first
  std::filesystem::path key;          ///< PEM
  std::filesystem::path client_ca;    ///< PEM: who signs the certificates of clients
  Clients clients = Clients::kNone;   ///< whether clients show certificates
  bool on() const { return !certificate.empty(); }
};

/// A server that may be called, and how (security.md section 7).
struct PeerConfig {
  std::string url;                      ///< of a FHIR server its base, of a JWK Set the whole
  std::vector<std::string> allow_cidr;  ///< private ranges that its name may lead to
  std::filesystem::path ca_file;        ///< PEM: instead of the system's authorities; may be empty
  /// Of [[fhir]]: the variable of the environment that has the bearer token with which
  /// `renalpath board` asks there; empty: RENALPATH_FHIR_TOKEN.
  std::string token_env;
  std::filesystem::path token_file;  ///< the file whose first line is that token, instead; or empty
};

/// [[client]]: one EHR, known by the issuer of its tokens.
struct ClientConfig {
  std::string name;                    ///< in logs and measures
  std::string issuer;                  ///< `iss`, byte for byte
  std::string profile;                 ///< empty: that of the server
  std::vector<PeerConfig> jwks;        ///< [[client.jwks]]
  std::filesystem::path jwks_file;     ///< a JWK Set without a fetch; may be empty
  std::vector<std::string> audiences;  ///< accepted beside the URL called
  std::vector<std::string> tenants;    ///< empty: any, or none
  std::vector<std::string> services;   ///< ids; empty: all
  std::vector<PeerConfig> fhir;        ///< [[client.fhir]]
};

/// [auth] and [jwks]
struct AuthConfig {
  enum class Mode { kDefault, kJwt, kNone };
  Mode mode = Mode::kDefault;
  bool insecure_sandbox = false;        ///< allows kNone beyond loopback
  bool open_discovery = false;          ///< discovery needs no token
  std::vector<std::string> algorithms;  ///< empty: all nine
  bool replay_strict = false;           ///< 503 while the shared store of token ids is away
  /// Lower case: names the exchange with a client, under which a proxy of `retry_proxies` sends it
  /// to another instance when one has gone: the same use of its token. Or empty.
  std::string retry_header;
  std::vector<std::string> retry_proxies;  ///< blocks of addresses whose `retry_header` is believed
  std::chrono::seconds jwks_cooldown{30};  ///< between fetches for unknown keys; at least 5
};

/// [store]
struct StoreConfig {
  std::filesystem::path folder = "renalpath-data";
  std::string url;                      ///< "postgresql://…"; empty: SQLite in the folder
  std::filesystem::path password_file;  ///< of the database's user; may be empty
  std::filesystem::path patient_key;    ///< shared by the instances of one database; may be empty
};

/// [metrics]: for Prometheus, on an address of their own, without TLS; no patient data is in them.
struct MetricsConfig {
  bool enabled = false;
  std::string address = "127.0.0.1";  ///< an IP address, or "localhost"
  std::uint16_t port = 9464;          ///< 0 takes a free one
};

/// [record]: outcomes for `pathway replay`; off without a folder.
struct RecordConfig {
  std::filesystem::path folder;
  std::filesystem::path key_file;                               ///< of the pseudonyms
  std::uint64_t most_bytes = std::uint64_t{256} * 1024 * 1024;  ///< beyond it nothing more is kept
};

/// [console]: the page at `/`, and the pages about the pathway.
struct ConsoleConfig {
  bool enabled = false;
  std::filesystem::path samples;  ///< folder of sample requests; empty: none are offered
  std::string user_header;        ///< lower case: names the user that a proxy has let in; or empty
  std::vector<std::string> proxies;  ///< blocks of addresses whose `user_header` is believed
};

/// All of it, with the defaults of a server on loopback.
struct Config {
  ListenConfig listen;
  TlsConfig tls;
  std::vector<std::string> cors_origins;
  AuthConfig auth;
  StoreConfig store;
  bool feedback_strict = false;  ///< feedback for an unknown card is 404
  PathwayFiles files;
  std::string profile;  ///< of clients that name none; empty: see ProfileOf()
  std::vector<std::filesystem::path> profile_files;  ///< further client profiles
  std::string language = "en";  ///< of answers whose reader names none that there is
  std::optional<bool> outcome;  ///< whether answers may carry it; else as the profile says
  std::string zone;             ///< IANA name of the zone of dates; empty: the system's
  LogLevel log_level = LogLevel::kInfo;
  bool allow_http = false;  ///< [dev]: plain http to loopback
  Limits limits;            ///< [limits]
  std::vector<ClientConfig> clients;
  std::vector<PeerConfig> fhir;  ///< [[fhir]]: of callers without authentication
  ConsoleConfig console;
  MetricsConfig metrics;
  std::filesystem::path audit_file;  ///< [audit]: AuditEvents, one a line; empty: none
  RecordConfig record;
};

/// Reads a file. Relative paths in it are relative to its folder. What is wrong goes to `messages`,
/// a line each with file, line and column: syntax, unknown keys, wrong types, values out of range.
/// Nothing then.
std::optional<Config> ReadConfig(const std::filesystem::path& file, std::ostream& messages);
/// The same of a text; `name` stands for the file in messages, `folder` for its folder.
std::optional<Config> ReadConfigText(std::string_view text, const std::string& name,
                                     const std::filesystem::path& folder, std::ostream& messages);

/// Every key of a file, tables too: "listen", "listen.port", "client.fhir.url"; sorted.
std::vector<std::string> ConfigKeys();

/// True for "localhost", 127.0.0.0/8 and ::1.
bool IsLoopback(const std::string& host);

/// The path of a public URL, "/renal"; empty where it has none.
std::string BasePath(const std::string& url);

/// Whether others than this machine's own programs can call: by the address, or through a proxy,
/// which a public URL that does not name loopback tells of.
bool ReachesBeyond(const Config& config);

/// Whether callers must show a token: as configured, else on loopback without public URL and
/// clients nobody, elsewhere everybody.
bool NeedsTokens(const Config& config);

/// Whether the console asks for a user: beyond loopback it always does, by the certificate that
/// every client must show, else by the header of a proxy.
bool ConsoleNeedsUser(const Config& config);

/// Why a server must not start so, a sentence each with what to do (security.md sections 6 and 9):
/// for example plain HTTP beyond loopback, or no authentication there.
std::vector<std::string> Objections(const Config& config);

}  // namespace renal::hooks
