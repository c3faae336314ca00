#include "hooks/internal/text_reader.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "hooks/internal/request_texts.h"

namespace renal::hooks::internal {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatch = std::size_t{1} << 20;
constexpr std::size_t kMaxLine = std::size_t{64} << 20;
constexpr std::size_t kMaxFile = std::size_t{1} << 30;

fs::path Unpacked(const fs::path& path) {
  return path.extension() == ".gz" ? fs::path(path).replace_extension() : path;
}

bool IsJsonFile(const fs::path& path) {
  const fs::path plain = Unpacked(path);
  return plain.extension() == ".json" || HasLines(plain);
}

bool IsHidden(const fs::path& path) { return path.filename().native().starts_with('.'); }

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

std::optional<std::vector<fs::path>> JsonFilesOf(const fs::path& from, const fs::path& but) {
  std::error_code error;
  if (!fs::is_directory(from, error)) {
    if (!fs::is_regular_file(from, error)) return std::nullopt;
    return std::vector{from};
  }
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator at(from, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code ignored;
    const bool out = fs::is_directory(*at, ignored) && fs::equivalent(at->path(), but, ignored);
    if (out || IsHidden(at->path())) {
      if (at->is_directory(ignored)) at.disable_recursion_pending();
    } else if (at->is_regular_file(ignored) && IsJsonFile(at->path())) {
      files.push_back(at->path());
    }
  }
  if (error) return std::nullopt;
  std::ranges::sort(files);
  return files;
}

TextReader::TextReader(std::vector<fs::path> files, TextStore& store)
    : files_(files.begin(), files.end()), store_(store) {
  for (const fs::path& file : files) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    if (!error) bytes_total_ += size;
  }
}

std::optional<TextBatch> TextReader::Next() {
  while (!open_) {
    if (files_.empty()) return std::nullopt;
    if (std::optional<TextBatch> trouble = OpenNext()) return trouble;
  }
  return open_->lines ? ReadLines() : ReadWhole();
}

// A batch only where the file cannot be opened.
std::optional<TextBatch> TextReader::OpenNext() {
  const fs::path path = std::move(files_.front());
  files_.pop_front();
  Open open{.file = PackedFile::Open(path), .lines = HasLines(Unpacked(path))};
  if (open.file == nullptr)
    return TextBatch{.problem = path.string() + ": the file cannot be read"};
  open.number = store_.AddFile(path);
  open_ = std::move(open);
  return std::nullopt;
}

void TextReader::Close() {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(store_.PathOf(open_->number), error);
  if (!error) bytes_done_ += size;
  open_.reset();
}

TextBatch TextReader::ReadLines() {
  TextBatch batch;
  batch.bytes = std::move(open_->rest);
  open_->rest.clear();
  const std::size_t had = batch.bytes.size();
  batch.bytes.resize(had + kBatch);
  const auto got = open_->file->Read(batch.bytes.data() + had, kBatch);
  batch.bytes.resize(had + got.value_or(0));
  const bool at_end = got.value_or(0) < kBatch;
  CutLines(batch, at_end);
  if (!got) batch.problem = store_.PathOf(open_->number).string() + ": the file is damaged";
  if (at_end) {
    Close();
  } else if (open_->rest.size() > kMaxLine) {
    SkipLine(batch);
  }
  return batch;
}

/// Lines that have ended go into the batch; what follows waits for the next one.
void TextReader::CutLines(TextBatch& batch, bool at_end) {
  const std::size_t last = batch.bytes.rfind('\n');
  const std::size_t end = at_end ? batch.bytes.size() : (last == std::string::npos ? 0 : last + 1);
  open_->rest = batch.bytes.substr(end);
  batch.bytes.resize(end);
  const bool packed = open_->file->packed();
  const TextPlace kept = packed ? store_.Keep(batch.bytes) : TextPlace{};
  for (std::size_t start = 0; start < end; ++open_->line) {
    const std::size_t stop = std::min(batch.bytes.find('\n', start), end);
    const std::string_view line = std::string_view(batch.bytes).substr(start, stop - start);
    const auto before = static_cast<std::int64_t>(start);
    if (!IsBlank(line)) {
      batch.texts.push_back({.start = start,
                             .place = {.file = packed ? kept.file : open_->number,
                                       .start = (packed ? kept.start : open_->start) + before,
                                       .length = static_cast<std::int64_t>(line.size()),
                                       .origin = open_->number,
                                       .line = open_->line}});
    }
    start = stop + 1;
  }
  open_->start += static_cast<std::int64_t>(end);
}

/// Reads on to the end of a line that is too long to be looked at.
void TextReader::SkipLine(TextBatch& batch) {
  batch.texts.push_back(
      {.place = {.origin = open_->number, .line = open_->line}, .too_long = true});
  std::string& rest = open_->rest;
  std::size_t skipped = rest.size();
  bool ended = false;
  while (!ended) {
    rest.resize(kBatch);
    const auto got = open_->file->Read(rest.data(), kBatch);
    rest.resize(got.value_or(0));
    const std::size_t stop = rest.find('\n');
    ended = stop != std::string::npos || rest.size() < kBatch;
    const std::size_t cut = stop == std::string::npos ? rest.size() : stop + 1;
    skipped += cut;
    rest.erase(0, cut);
  }
  open_->start += static_cast<std::int64_t>(skipped);
  ++open_->line;
}

TextBatch TextReader::ReadWhole() {
  TextBatch batch;
  const std::string name = store_.PathOf(open_->number).string();
  std::optional<std::size_t> got = kBatch;
  while (got && *got == kBatch && batch.bytes.size() <= kMaxFile) {
    const std::size_t had = batch.bytes.size();
    batch.bytes.resize(had + kBatch);
    got = open_->file->Read(batch.bytes.data() + had, kBatch);
    batch.bytes.resize(had + got.value_or(0));
  }
  TextPlace place{.file = open_->number, .length = static_cast<std::int64_t>(batch.bytes.size())};
  if (!got) {
    batch.problem = name + ": the file is damaged";
  } else if (batch.bytes.size() > kMaxFile) {
    batch.problem = name + ": larger than 1 GiB; export it as one resource a line (.ndjson)";
  } else {
    if (open_->file->packed()) place = store_.Keep(batch.bytes);
    place.origin = open_->number;
    batch.texts.push_back({.place = place});
  }
  Close();
  return batch;
}

}  // namespace renal::hooks::internal
