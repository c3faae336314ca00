#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>

#include "cards/board_words.h"
#include "cards/internal/brief_parts.h"
#include "cards/markdown.h"
#include "fhir/date_time.h"
#include "pathways/html.h"
#include "pathways/picture.h"

namespace renal::cards {
namespace {

using pathways::EscapeXml;
using pathways::Input;
using pathways::Truth;

/// One measured value.
struct Point {
  std::int64_t day = 0;
  double value = 0;
  std::string label, date;
  bool used = false;
};

/// The measurements of one thing.
struct Series {
  Index input = kNone;
  std::string title;
  std::vector<Point> points;
};

std::optional<double> NumberOf(const Input& input, const pathways::Value& value) {
  if (value.IsCode() || !value.interval().IsPoint()) return std::nullopt;
  fhir::Quantity quantity = value.interval().low->value;
  if (input.unit) {
    const auto converted = Convert(quantity, *input.unit);
    if (!converted) return std::nullopt;
    quantity = *converted;
  }
  return std::strtod(quantity.value.ToShortString().c_str(), nullptr);
}

/// The first quantity of the thing is its size: what a summary names beside it, too.
std::vector<Series> SeriesOf(const BriefScene& brief) {
  const Scene& scene = brief.scene;
  std::vector<Series> all;
  for (const pathways::Measurement& measured : scene.outcome.measurements) {
    const Input& input = scene.pathway.inputs[measured.input];
    const auto time = fhir::DateTime::Parse(measured.evidence.time);
    const auto number = NumberOf(input, measured.value);
    if (!time || !number) continue;
    if (!all.empty() && all.front().input != measured.input) continue;  // another scale
    const std::string title = BriefFocus(brief, measured.focus);
    auto series = std::ranges::find(all, title, &Series::title);
    if (series == all.end()) series = all.insert(all.end(), {measured.input, title, {}});
    series->points.push_back({time->Day(0), *number, ValueShown(scene, input, measured.value),
                              Day(scene, measured.evidence.time), measured.used});
  }
  for (Series& series : all) {
    std::ranges::stable_sort(series.points, {}, &Point::day);
  }
  return all;
}

/// Where the cells of the pathway cut the values: the limits of its rules.
std::vector<std::pair<double, std::string>> LimitsOf(const Scene& scene, Index index) {
  const Input& input = scene.pathway.inputs[index];
  std::vector<std::pair<double, std::string>> limits;
  for (const pathways::Value& segment : input.segments) {
    const auto number = NumberOf(input, segment);
    if (number) limits.emplace_back(*number, ValueShown(scene, input, segment));
  }
  return limits;
}

std::string Number(double value) {
  const long long tenths = std::llround(value * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(std::abs(tenths % 10));
}

class Chart {
 public:
  static constexpr double kWidth = 340;

  Chart(const Scene& scene, const std::vector<Series>& all) : scene_(scene), all_(all) {
    first_ = last_ = all.front().points.front().day;
    for (const Series& series : all) {
      for (const Point& point : series.points) {
        first_ = std::min(first_, point.day);
        last_ = std::max(last_, point.day);
        most_ = std::max(most_, point.value);
      }
    }
    const double value = most_;
    most_ *= 1.2;
    // The limit that comes next is what growth is held against.
    for (const auto& [limit, text] : LimitsOf(scene, all.front().input)) {
      if (limit <= value) continue;
      most_ = std::max(most_, limit * 1.06);
      break;
    }
    // Values of one day are no curve.
    if (first_ == last_) bottom_ = 76;
  }

  double height() const { return bottom_ + 20; }

  std::string Draw(const std::string& label) {
    out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" aria-label=\"" +
           EscapeXml(label) + "\" viewBox=\"0 0 340 " + Number(height()) + "\">\n";
    DrawLimits();
    Line("axis", kLeft, bottom_, kRight, bottom_);
    for (std::size_t i = 0; i < all_.size(); ++i) DrawSeries(all_[i], i);
    const Point& first = FirstOf(true);
    Words(X(first.day), bottom_ + 11, first.day == last_ ? "middle" : "start", first.date);
    if (first_ != last_) Words(X(last_), bottom_ + 11, "end", FirstOf(false).date);
    return out_ + "</svg>";
  }

 private:
  static constexpr double kLeft = 10, kRight = 290, kTop = 12;

  const Point& FirstOf(bool first) const {
    for (const Series& series : all_) {
      for (const Point& point : series.points) {
        if (point.day == (first ? first_ : last_)) return point;
      }
    }
    return all_.front().points.front();
  }
  double X(std::int64_t day) const {
    if (first_ == last_) return (kLeft + kRight) / 2;
    const double share = static_cast<double>(day - first_) / static_cast<double>(last_ - first_);
    return kLeft + 14 + share * (kRight - kLeft - 28);
  }
  double Y(double value) const { return bottom_ - value / most_ * (bottom_ - kTop); }

  void Line(const char* kind, double x1, double y1, double x2, double y2) {
    out_ += "<line class=\"" + std::string(kind) + "\" x1=\"" + Number(x1) + "\" y1=\"" +
            Number(y1) + "\" x2=\"" + Number(x2) + "\" y2=\"" + Number(y2) + "\"/>";
  }
  void Words(double x, double y, const char* anchor, const std::string& text) {
    out_ += "<text x=\"" + Number(x) + "\" y=\"" + Number(y) + "\" text-anchor=\"" + anchor +
            "\">" + EscapeXml(text) + "</text>\n";
  }

  void DrawLimits() {
    double above = bottom_;
    for (const auto& [value, text] : LimitsOf(scene_, all_.front().input)) {
      if (value <= 0 || value > most_) continue;
      Line("limit", kLeft, Y(value), kRight, Y(value));
      // Limits close to each other share one place for words: the lower one has it.
      if (above - Y(value) < 9) continue;
      above = Y(value);
      Words(kRight + 4, Y(value) + 3, "start", text);
    }
  }

  void DrawSeries(const Series& series, std::size_t number) {
    const std::string kind = "series s" + std::to_string(number % 3);
    std::string way;
    for (const Point& point : series.points) {
      way += (way.empty() ? "M" : "L") + Number(X(point.day)) + " " + Number(Y(point.value));
    }
    out_ += "<path class=\"" + kind + "\" d=\"" + way + "\"/>";
    for (const Point& point : series.points) {
      out_ += "<circle class=\"" + kind + (point.used ? " used" : "") + "\" cx=\"" +
              Number(X(point.day)) + "\" cy=\"" + Number(Y(point.value)) + "\" r=\"3\"/>";
    }
    // First and last value: those between would lie on each other.
    const Point& last = series.points.back();
    const std::string name = all_.size() > 1 ? series.title + ": " : std::string();
    Words(X(last.day), Y(last.value) - 6, first_ == last_ ? "middle" : "end", name + last.label);
    const Point& first = series.points.front();
    if (first.day != last.day && X(last.day) - X(first.day) > 90) {
      Words(X(first.day), Y(first.value) - 6, "start", first.label);
    }
  }

  const Scene& scene_;
  const std::vector<Series>& all_;
  std::int64_t first_ = 0, last_ = 0;
  double most_ = 0, bottom_ = 112;
  std::string out_;
};

/// How each rule came out over all things: what is true for one of them counts.
std::vector<std::pair<std::string, Truth>> TruthsOf(const pathways::Outcome& outcome) {
  std::map<std::string, Truth> truths;
  for (const pathways::TableTrace& table : outcome.tables) {
    for (const pathways::RuleTrace& rule : table.rules) {
      if (rule.waits) continue;
      Truth& truth = truths.try_emplace(rule.rule->id, Truth::kFalse).first->second;
      truth = std::max(truth, rule.verdict);
    }
  }
  return {truths.begin(), truths.end()};
}

}  // namespace

Box ChartPart(const BriefScene& brief, const Setting& setting, double width) {
  const std::vector<Series> all = SeriesOf(brief);
  if (all.empty()) return {};
  BoxWriter box(setting, width);
  const std::string title = brief.words.Text(
      BoardPhrase("brief.chart"), {{"input", brief.scene.pathway.inputs[all.front().input].title}});
  box.Heading(title);
  constexpr double kWidest = 84;  // mm, as the style sheet has it
  const double drawn = std::min(width, kWidest);
  Chart chart(brief.scene, all);
  box.Drawing(chart.Draw(title), drawn * chart.height() / Chart::kWidth);
  return box.Take();
}

Box WayPart(const BriefScene& brief, const Setting& setting, double width) {
  const auto truths = TruthsOf(brief.scene.outcome);
  if (truths.empty() || brief.scene.outcome.recommendations.empty()) return {};
  // So wide that its text is as large as that around it, or a little smaller.
  constexpr double kTextPx = 11.5, kTextShare = 0.92, kMmPerPt = 25.4 / 72;
  pathways::PictureOptions options{
      .rules = truths,
      .way_only = true,
      .width = std::round(width * kTextPx / (setting.size * kTextShare * kMmPerPt)),
      .own_style = false};
  for (const pathways::CheckTrace& check : brief.scene.outcome.checks) {
    options.checks.emplace_back(check.check->id, check.verdict);
  }
  const pathways::DrawnPicture drawn = pathways::Draw(brief.scene.pathway, options);
  if (drawn.rows == 0) return {};
  BoxWriter box(setting, width);
  box.Heading(brief.words.Text(BoardPhrase("brief.way")));
  box.Drawing(drawn.svg, drawn.height / drawn.width * width);
  return box.Take();
}

}  // namespace renal::cards
