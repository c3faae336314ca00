#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace renal::hooks::internal {

/// Prints pages to PDF through a Chromium of the machine.
class PdfPrinter {
 public:
  /// Nothing if no Chromium is found where programs are looked for. `profiles`: a folder in which
  /// the browser keeps what it needs while it runs.
  static std::optional<PdfPrinter> Find(const std::filesystem::path& profiles);

  /// Prints one page; why not, if not. Takes a minute at most. Any thread.
  std::optional<std::string> Print(const std::filesystem::path& page,
                                   const std::filesystem::path& pdf) const;

 private:
  PdfPrinter(std::filesystem::path program, std::filesystem::path profiles)
      : program_(std::move(program)), profiles_(std::move(profiles)) {}
  std::filesystem::path program_, profiles_;
};

}  // namespace renal::hooks::internal
