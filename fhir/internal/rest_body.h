#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include <cpprest/astreambuf.h>

namespace renal::fhir::internal {

/// The body of an answer as it comes in: what is more than its limit fails. The library hands on
/// the length of a chunk as the peer wrote it, also a negative one, so nothing may be copied
/// unjudged.
///
/// A fault must come as a failed task: an exception thrown here would end the library's thread.
class BoundedBody : public concurrency::streams::details::streambuf_state_manager<std::uint8_t> {
 public:
  explicit BoundedBody(std::size_t limit)
      : streambuf_state_manager(std::ios_base::out), limit_(limit) {}

  bool over() const { return over_; }
  std::string Take() { return std::move(text_); }

  bool can_seek() const override { return false; }
  bool has_size() const override { return false; }
  std::size_t buffer_size(std::ios_base::openmode) const override { return 0; }
  void set_buffer_size(std::size_t, std::ios_base::openmode) override {}
  std::size_t in_avail() const override { return 0; }
  pos_type getpos(std::ios_base::openmode) const override { return traits::eof(); }
  pos_type seekpos(pos_type, std::ios_base::openmode) override { return traits::eof(); }
  pos_type seekoff(off_type, std::ios_base::seekdir, std::ios_base::openmode) override {
    return traits::eof();
  }
  bool acquire(std::uint8_t*&, std::size_t&) override { return false; }
  void release(std::uint8_t*, std::size_t) override {}

 protected:
  pplx::task<int_type> _putc(std::uint8_t byte) override {
    return _putn(&byte, 1).then([byte](std::size_t) { return int_type{byte}; });
  }
  pplx::task<std::size_t> _putn(const std::uint8_t* bytes, std::size_t count) override {
    try {
      if (count > limit_ - text_.size()) {
        over_ = true;
        throw std::length_error("the answer is too long");
      }
      text_.append(reinterpret_cast<const char*>(bytes), count);
      return pplx::task_from_result(count);
    } catch (...) {
      return pplx::task_from_exception<std::size_t>(std::current_exception());
    }
  }
  pplx::task<int_type> _bumpc() override { return pplx::task_from_result(traits::eof()); }
  int_type _sbumpc() override { return traits::eof(); }
  pplx::task<int_type> _getc() override { return pplx::task_from_result(traits::eof()); }
  int_type _sgetc() override { return traits::eof(); }
  pplx::task<int_type> _nextc() override { return pplx::task_from_result(traits::eof()); }
  pplx::task<int_type> _ungetc() override { return pplx::task_from_result(traits::eof()); }
  pplx::task<std::size_t> _getn(std::uint8_t*, std::size_t) override {
    return pplx::task_from_result(std::size_t{0});
  }
  std::size_t _scopy(std::uint8_t*, std::size_t) override { return 0; }
  pplx::task<bool> _sync() override { return pplx::task_from_result(true); }
  std::uint8_t* _alloc(std::size_t) override { return nullptr; }
  void _commit(std::size_t) override {}

 private:
  const std::size_t limit_;
  std::string text_;
  bool over_ = false;
};

}  // namespace renal::fhir::internal
