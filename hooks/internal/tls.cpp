#include "hooks/internal/tls.h"

#include <string>

#include <openssl/ssl.h>

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;

constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";  // of TLS 1.2
constexpr unsigned char kProtocols[] = "\x08http/1.1";
constexpr unsigned char kSessions[] = "renalpath";

Issue CannotUse(const char* what, const std::string& file) {
  return {IssueCode::kValue,
          std::string("the ") + what + " cannot be used: " + file +
              " must be a readable PEM file of this kind",
          {}};
}

// Other protocols that a client offers are passed over: this server speaks no other.
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* size,
                   const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, size, kProtocols, sizeof kProtocols - 1, offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void Restrict(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cipher_list(context, kCiphers);
  SSL_CTX_set_session_id_context(context, kSessions, sizeof kSessions - 1);
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
}

}  // namespace

fhir::Result<TlsContext> LoadTls(const HttpTls& files) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  Restrict(context->native_handle());
  error_code error;
  context->use_certificate_chain_file(files.certificate, error);
  if (error) return CannotUse("certificate", files.certificate);
  context->use_private_key_file(files.key, asio::ssl::context::pem, error);
  if (error || SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return Issue{IssueCode::kValue,
                 "the key cannot be used: " + files.key +
                     " must be a readable PEM file with the key of " + files.certificate,
                 {}};
  }
  if (files.client_ca.empty()) return TlsContext{std::move(context)};
  context->load_verify_file(files.client_ca, error);
  if (error) return CannotUse("file of client authorities", files.client_ca);
  auto mode = asio::ssl::verify_peer;
  if (files.clients_required) mode |= asio::ssl::verify_fail_if_no_peer_cert;
  context->set_verify_mode(mode);
  return TlsContext{std::move(context)};
}

}  // namespace renal::hooks::internal
