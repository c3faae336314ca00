#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/outgoing.h"

namespace renal::fhir {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPatience{60'000};  // what no test should ever wait for

/// A folder with two authorities, and certificates for servers made by the first.
class Certificates {
 public:
  Certificates() {
    std::string name = (std::filesystem::temp_directory_path() / "renal-tls-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    Authority("ca");
    Authority("other");
    Issue("good", "DNS:localhost", "-days 2");
    Issue("address", "IP:127.0.0.1", "-days 2");
    Issue("named", "DNS:ehr.example", "-days 2");
    Issue("expired", "DNS:localhost", "-not_before 20200101000000Z -not_after 20200102000000Z");
  }
  ~Certificates() { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& name) const { return (folder_ / name).string(); }

 private:
  void Run(const std::string& command) const {
    const std::string all = "cd '" + folder_.string() + "' && " + command + " >/dev/null 2>log";
    if (std::system(all.c_str()) != 0) throw std::runtime_error(command);
  }
  void Authority(const std::string& name) const {
    Run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout " +
        name + ".key -out " + name + ".pem -subj '/CN=" + name + "'");
  }
  // "openssl x509" of Debian 12 cannot make a certificate of the past, "openssl ca" can.
  void Issue(const std::string& name, const std::string& names, const std::string& when) const {
    Run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + name +
        ".key -out " + name + ".csr -subj '/CN=" + name + "'");
    const bool past = when.find("not_before") != std::string::npos;
    Run("printf 'subjectAltName=" + names + "\\n' > " + name +
        ".ext && : > index.txt && mkdir -p new && printf '" +
        "[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index.txt\\nnew_certs_dir=new\\nrand_serial="
        "yes\\npolicy=p\\n" +
        "default_md=sha256\\n[p]\\ncommonName=supplied\\n' > ca.conf && openssl ca -batch -config "
        "ca.conf " +
        "-cert ca.pem -keyfile ca.key -in " + name + ".csr -out " + name + ".pem -extfile " + name +
        ".ext " + (past ? "-startdate 20200101000000Z -enddate 20200102000000Z" : when));
  }

  std::filesystem::path folder_;
};

const Certificates& Files() {
  static const Certificates kFiles;
  return kFiles;
}

/// Answers every request with "{}", over TLS.
class TlsServer {
 public:
  TlsServer(const std::string& certificate, long most) : context_(asio::ssl::context::tls_server) {
    context_.use_certificate_file(Files().File(certificate + ".pem"), asio::ssl::context::pem);
    context_.use_private_key_file(Files().File(certificate + ".key"), asio::ssl::context::pem);
    SSL_CTX_set_min_proto_version(context_.native_handle(), TLS1_VERSION);
    if (most != 0) SSL_CTX_set_max_proto_version(context_.native_handle(), static_cast<int>(most));
    SSL_CTX_set_cipher_list(context_.native_handle(), "DEFAULT@SECLEVEL=0");
    SSL_CTX_set_tlsext_servername_callback(context_.native_handle(), &TlsServer::OnName);
    SSL_CTX_set_tlsext_servername_arg(context_.native_handle(), this);
    thread_ = std::thread([this] { Serve(); });
  }
  ~TlsServer() {
    ending_ = true;
    boost::system::error_code ignored;
    tcp::socket last(service_);
    last.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
    for (std::thread& thread : threads_) thread.join();
  }

  std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
  /// That clients asked for, each once.
  std::set<std::string> names() {
    const std::lock_guard lock(mutex_);
    return names_;
  }
  int connections() const { return connections_; }

 private:
  static int OnName(SSL* ssl, int*, void* self) {
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    auto& server = *static_cast<TlsServer*>(self);
    const std::lock_guard lock(server.mutex_);
    server.names_.insert(name == nullptr ? "" : name);
    return SSL_TLSEXT_ERR_OK;
  }
  void Serve() {
    while (true) {
      tcp::socket socket = acceptor_.accept();
      if (ending_) return;
      ++connections_;
      threads_.emplace_back([this](tcp::socket accepted) { Answer(std::move(accepted)); },
                            std::move(socket));
    }
  }
  // The client closes the connection when it has failed, or is done.
  void Answer(tcp::socket socket) {
    asio::ssl::stream<tcp::socket> stream(std::move(socket), context_);
    boost::system::error_code error;
    stream.handshake(asio::ssl::stream_base::server, error);
    asio::streambuf in;
    while (!error) {
      const std::size_t size = asio::read_until(stream, in, "\r\n\r\n", error);
      if (error) return;
      in.consume(size);
      const std::string_view reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
      asio::write(stream, asio::buffer(reply), error);
    }
  }

  asio::io_context service_;
  tcp::acceptor acceptor_{service_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  asio::ssl::context context_;
  std::atomic<bool> ending_{false};
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::set<std::string> names_;
  std::vector<std::thread> threads_;
  std::thread thread_;
};

struct Row {
  std::string_view name;
  std::string certificate;
  std::string host;
  std::string authority;  // file of the entry
  std::string_view fault;
  long most = 0;  // version of TLS
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

class OutgoingTlsTest : public testing::TestWithParam<Row> {};

TEST_P(OutgoingTlsTest, VerifiesChainNameAndVersion) {
  const Row& row = GetParam();
  TlsServer server(row.certificate, row.most);
  {
    Outgoing outgoing({.connect = kPatience});
    const std::string url = "https://" + row.host + ":" + server.port() + "/r4";
    const std::string authority = row.authority.empty() ? "" : Files().File(row.authority + ".pem");
    const auto entry = AllowedServer::Read(url, {"127.0.0.0/8", "::1/128"}, authority, false);
    ASSERT_TRUE(entry);
    const auto ask = [&] {
      const auto answer = outgoing.Get({.server = *entry,
                                        .url = entry->base,
                                        .token = "t",
                                        .accept = "*/*",
                                        .deadline = steady_clock::now() + kPatience});
      EXPECT_EQ(answer ? "" : answer.error().diagnostics, row.fault);
    };
    int calls = 2;
    ask();
    ask();
    if (!row.fault.empty()) return;
    // Kept; but an answer may come a moment before its connection can be used again.
    const auto end = steady_clock::now() + kPatience;
    for (; calls == server.connections() && steady_clock::now() < end; ++calls) ask();
    EXPECT_LT(server.connections(), calls) << "none was kept";
  }
  EXPECT_THAT(server.names(), testing::ElementsAre(row.host)) << "without the port";
}

INSTANTIATE_TEST_SUITE_P(Servers, OutgoingTlsTest,
                         testing::ValuesIn<Row>({
                             {"Good", "good", "localhost", "ca", ""},
                             {"GoodByAddress", "address", "127.0.0.1", "ca", ""},
                             {"OldestVersion", "good", "localhost", "ca", "", TLS1_2_VERSION},
                             {"TooOldVersion", "good", "localhost", "ca", call_fault::kTls,
                              TLS1_1_VERSION},
                             {"OtherName", "named", "localhost", "ca", call_fault::kTls},
                             {"NameForAddress", "good", "127.0.0.1", "ca", call_fault::kTls},
                             {"Expired", "expired", "localhost", "ca", call_fault::kTls},
                             {"OtherAuthority", "good", "localhost", "other", call_fault::kTls},
                             {"AuthoritiesOfTheSystem", "good", "localhost", "", call_fault::kTls},
                             {"ItsOwnAuthority", "other", "localhost", "ca", call_fault::kTls},
                             {"NoSuchFile", "good", "localhost", "missing", call_fault::kBroken},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace renal::fhir
