#include "pathways/render.h"

#include "pathways/internal/review.h"

namespace renal::pathways {

std::string RenderMarkdown(const Review& review) {
  return review::WriteMarkdown(review::ReviewDocument(review, review::Words::English()));
}

std::string RenderHtml(const Review& review) {
  return review::WriteHtml(review::ReviewDocument(review, review::Words::English()));
}

std::string RenderHtml(const Review& review, const ReviewFrame& frame) {
  return review::WriteHtml(review::ReviewDocument(review, review::Words::English()), frame);
}

std::string ReviewStyle() { return review::HtmlStyle(); }

}  // namespace renal::pathways
