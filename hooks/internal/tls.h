#pragma once

#include <memory>

#include "fhir/result.h"
#include "hooks/http_server.h"
#include "hooks/internal/asio.h"
// clang-format off
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
// clang-format on

/// TLS as security.md section 9 asks for: 1.2 and 1.3, ECDHE with AES-GCM or ChaCha20 alone, no
/// renegotiation, no compression.
namespace renal::hooks::internal {

/// A certificate with its key, and how clients are asked for theirs. Never changed once loaded; a
/// connection keeps what it began with.
struct TlsContext {
  std::shared_ptr<asio::ssl::context> context;
};

/// A stream over a socket that it does not own.
using TlsStream = asio::ssl::stream<tcp::socket&>;

/// Reads the files. Fails with kValue and a sentence for the operator that names the file: it
/// cannot be read, is no PEM, or key and certificate do not belong together.
fhir::Result<TlsContext> LoadTls(const HttpTls& files);

}  // namespace renal::hooks::internal
