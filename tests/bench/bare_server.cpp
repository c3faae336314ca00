// What an HTTP server costs that does nothing: Boost.Beast on one thread, with callbacks and a buffer of
// 16 KB, reads each body and answers with the same 2 KB. The measure of tests/bench/serve.
//
//   bare_server      prints its port and serves until it is ended

#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/http.hpp>

namespace renal {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::ip::tcp;
using beast::error_code;

constexpr std::size_t kBuffer = std::size_t{16} * 1024;
constexpr std::size_t kAnswer = std::size_t{2} * 1024;
constexpr std::uint64_t kBodyLimit = std::uint64_t{8} * 1024 * 1024;

/// One connection: reads a request, answers, and again.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(tcp::socket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
  }

  void Read() {
    parser_.emplace();
    parser_->body_limit(kBodyLimit);
    http::async_read(socket_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, std::size_t) {
                       if (!error) self->Answer();
                     });
  }

 private:
  void Answer() {
    answer_ = {};
    answer_.result(http::status::ok);
    answer_.set(http::field::content_type, "application/json");
    answer_.body() = std::string(kAnswer, ' ');
    answer_.keep_alive(parser_->get().keep_alive());
    answer_.prepare_payload();
    http::async_write(socket_, answer_,
                      [self = shared_from_this()](error_code error, std::size_t) {
                        if (!error && self->answer_.keep_alive()) self->Read();
                      });
  }

  tcp::socket socket_;
  beast::flat_static_buffer<kBuffer> buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> answer_;
};

void Accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](error_code error, tcp::socket socket) {
    if (!error) std::make_shared<Connection>(std::move(socket))->Read();
    Accept(acceptor);
  });
}

int Serve() {
  boost::asio::io_context io(1);
  tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
  std::cout << acceptor.local_endpoint().port() << std::endl;
  Accept(acceptor);
  io.run();
  return 0;
}

}  // namespace
}  // namespace renal

int main() { return renal::Serve(); }
