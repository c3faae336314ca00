#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace renal::cards {

/// Writes the detail of a card, as Markdown or as plain text. Own() and Foreign() make a text ready
/// for it; what Heading(), Paragraph() and List() take must have gone through them.
class Prose {
 public:
  explicit Prose(bool markdown) : markdown_(markdown) {}

  std::string Own(std::string_view text) const;      ///< a sentence of the pathway or the catalogue
  std::string Own(std::string&& text) const;         ///< the same, without a copy where it can be
  std::string Inside(std::string_view text) const;   ///< as Own(), never at the start of a line
  std::string Foreign(std::string_view text) const;  ///< anything from the record
  std::string Strong(std::string_view ready) const;

  void Heading(std::string_view ready);
  void Paragraph(std::string_view ready);  ///< nothing for an empty one
  void List(const std::vector<std::string>& ready);
  /// Heading and list; nothing for an empty list.
  void Section(std::string_view heading, const std::vector<std::string>& ready);

  std::string Take() { return std::move(text_); }

 private:
  void BeginParagraph();

  bool markdown_;
  std::string text_;
};

}  // namespace renal::cards
