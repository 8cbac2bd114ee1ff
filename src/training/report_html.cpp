// The report as one HTML file: tables, and plots as inline SVG; no script, no network.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "training/report.h"

namespace rapport::training {
namespace {

constexpr std::string_view kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse}"
    "td,th{padding:.2rem .8rem .2rem 0;text-align:left;border-bottom:1px solid #dde2e8}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}"
    "p.note{color:#5b6675}@media(prefers-color-scheme:dark){body{background:#14181e;color:#dfe5ec}"
    "td,th{border-color:#333c47}}";
constexpr double kWidth = 640;
constexpr double kHeight = 220;
constexpr double kMargin = 44;

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    switch (letter) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      default: safe += letter;
    }
  }
  return safe;
}

double number_in(const json::object& from, std::string_view member) {
  return json::find_number(from, member).value_or(0);
}

std::vector<const json::object*> objects_in(const json::object& from, std::string_view member) {
  std::vector<const json::object*> objects;
  const json::array* list = json::find_array(from, member);
  if (list == nullptr) return objects;
  for (const json::value& one : *list) {
    if (one.is_object()) objects.push_back(&one.get_object());
  }
  return objects;
}

std::string figure(double value) {
  if (value == std::round(value) && std::abs(value) < 1e15) return fmt::format("{:.0f}", value);
  return fmt::format("{:.4g}", value);
}

struct Point {
  double x = 0;
  double y = 0;
};

struct Plot {
  std::string_view x_name;
  std::string_view y_name;
  std::vector<Point> points;
  bool diagonal = false;  // where x equals y
};

// The plot's frame, with the largest values at the axes' ends.
std::string frame(const Plot& plot, double x_max, double y_max) {
  return fmt::format(
      R"(<svg viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{4} by {3}" font-size="11">)"
      R"(<path d="M{2} 10V{5}H{6}" fill="none" stroke="#8894a3"/>)"
      R"(<text x="{6}" y="{7}" text-anchor="end" fill="#5b6675">{3} (to {8})</text>)"
      R"(<text x="4" y="20" fill="#5b6675">{4} (to {9})</text>)",
      kWidth, kHeight, kMargin, escaped(plot.x_name), escaped(plot.y_name), kHeight - kMargin, kWidth - 10,
      kHeight - kMargin + 16, figure(x_max), figure(y_max));
}

std::string drawn(const Plot& plot) {
  double x_max = 0;
  double y_max = 0;
  for (const Point& point : plot.points) {
    x_max = std::max(x_max, point.x);
    y_max = std::max(y_max, point.y);
  }
  if (x_max <= 0) x_max = 1;
  if (y_max <= 0) y_max = 1;
  const auto x = [&](double value) { return kMargin + value / x_max * (kWidth - kMargin - 20); };
  const auto y = [&](double value) { return kHeight - kMargin - value / y_max * (kHeight - kMargin - 30); };
  std::string svg = frame(plot, x_max, y_max);
  if (plot.diagonal) {
    const double end = std::min(x_max, y_max);
    svg += fmt::format(R"(<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}" stroke="#8894a3" stroke-dasharray="4 4"/>)", x(0),
                       y(0), x(end), y(end));
  }
  std::string path;
  for (const Point& point : plot.points) {
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x(point.x), y(point.y));
  }
  svg += fmt::format(R"(<path d="{}" fill="none" stroke="#2f6fdb" stroke-width="2"/>)", path);
  for (const Point& point : plot.points) {
    svg += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="#2f6fdb"><title>{}, {}</title></circle>)",
                       x(point.x), y(point.y), figure(point.x), figure(point.y));
  }
  return svg + "</svg>";
}

struct Bar {
  std::string name;
  double value = 0;
};

std::string drawn(const std::vector<Bar>& bars) {
  double most = 0;
  for (const Bar& bar : bars) most = std::max(most, bar.value);
  const double height = 22 * static_cast<double>(bars.size()) + 8;
  std::string svg =
      fmt::format(R"(<svg viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" font-size="12">)", kWidth, height);
  double top = 4;
  for (const Bar& bar : bars) {
    const double width = most > 0 ? bar.value / most * (kWidth - 300) : 0;
    svg += fmt::format(R"(<text x="230" y="{:.0f}" text-anchor="end" fill="#5b6675">{}</text>)"
                       R"(<rect x="238" y="{:.0f}" width="{:.1f}" height="16" fill="#2f6fdb"/>)"
                       R"(<text x="{:.1f}" y="{:.0f}" fill="#5b6675">{}</text>)",
                       top + 13, escaped(bar.name.substr(0, 36)), top, width, 244 + width, top + 13, figure(bar.value));
    top += 22;
  }
  return svg + "</svg>";
}

std::string section(std::string_view title, std::string_view content) {
  return fmt::format("<h2>{}</h2>\n{}\n", escaped(title), content);
}

std::string facts_table(const json::object& data) {
  std::string html = "<table>";
  for (const auto& [name, value] : data) {
    if (!value.is_number()) continue;
    const double number = number_in(data, std::string_view(name));
    const bool is_moment = name == "firstTime" || name == "lastTime";
    const auto moment = Timestamp{static_cast<std::int64_t>(number) * kMicrosPerSecond};
    html += fmt::format("<tr><td>{}</td><td class=n>{}</td></tr>", escaped(std::string_view(name)),
                        is_moment ? format_iso8601(moment) : figure(number));
  }
  for (const std::string_view spread : {"interactionsPerUser", "interactionsPerItem"}) {
    const json::object* values = json::find_object(data, spread);
    if (values == nullptr) continue;
    std::string text;
    for (const auto& [name, value] : *values) {
      text += fmt::format("{} {} ", std::string_view(name), figure(number_in(*values, std::string_view(name))));
    }
    html += fmt::format("<tr><td>{}</td><td class=n>{}</td></tr>", spread, text);
  }
  return html + "</table>";
}

std::string periods_plot(const json::object& data, std::string_view member, std::string_view title) {
  Plot plot{"period", "rows", {}};
  for (const json::object* period : objects_in(data, member)) {
    plot.points.push_back({static_cast<double>(plot.points.size()), number_in(*period, "count")});
  }
  if (plot.points.empty()) return {};
  return fmt::format("<p class=note>{}</p>{}", title, drawn(plot));
}

std::string columns_plots(const json::object& data, std::string_view member, std::string_view whose) {
  std::string html;
  for (const json::object* column : objects_in(data, member)) {
    std::vector<Bar> bars;
    for (const json::object* value : objects_in(*column, "top")) {
      bars.push_back({json::string_or(*value, "value"), number_in(*value, "count")});
    }
    html += fmt::format("<p class=note>{} of {}: {} values</p>{}", escaped(json::string_or(*column, "column")), whose,
                        figure(number_in(*column, "values")), drawn(bars));
  }
  return html;
}

std::string answers_table(const json::object& data) {
  std::string rows;
  for (const json::object* one : objects_in(data, "answers")) {
    rows += fmt::format("<tr><td>{}</td>", escaped(json::string_or(*one, "action")));
    for (const std::string_view kind : {"viewed", "taken", "notTaken"}) {
      rows += fmt::format("<td class=n>{}</td>", figure(number_in(*one, kind)));
    }
    rows += json::find_bool(*one, "hasScores").value_or(false) ? "<td>yes</td></tr>" : "<td>too few rows</td></tr>";
  }
  if (rows.empty()) return {};
  return "<p class=note>What users answered</p><table><tr><th>action</th><th class=n>viewed</th><th class=n>taken</th>"
         "<th class=n>not taken</th><th>scores</th></tr>" +
         rows + "</table>";
}

std::string data_section(const json::object& report) {
  const json::object* data = json::find_object(report, "data");
  if (data == nullptr) return {};
  return section("Data",
                 facts_table(*data) + answers_table(*data) + periods_plot(*data, "periods", "Interactions over time") +
                     periods_plot(*data, "actionPeriods", "Interactions with actions over time") +
                     columns_plots(*data, "itemColumns", "items") + columns_plots(*data, "userColumns", "users") +
                     columns_plots(*data, "actionColumns", "actions"));
}

std::string metrics_section(const json::object& report) {
  const json::object* metrics = json::find_object(report, "metrics");
  if (metrics == nullptr) return {};
  const json::object none;
  const json::object* given = json::find_object(report, "baselines");
  const json::object& baselines = given == nullptr ? none : *given;
  std::vector<const json::object*> columns = {metrics};
  std::string html = "<table><tr><th>metric</th><th class=n>model</th>";
  for (const auto& [name, values] : baselines) {
    html += fmt::format("<th class=n>{}</th>", escaped(baseline_title(std::string_view(name))));
    columns.push_back(&values.as_object());
  }
  html += "</tr>";
  for (const auto& [name, value] : *metrics) {
    html += fmt::format("<tr><td>{}</td>", escaped(std::string_view(name)));
    for (const json::object* column : columns) {
      const auto cell = json::find_number(*column, std::string_view(name));
      html += fmt::format("<td class=n>{}</td>", cell ? fmt::format("{:.4f}", *cell) : std::string());
    }
    html += "</tr>";
  }
  return section("Quality on what was held out", html + "</table>");
}

std::string curve_section(const json::object& report) {
  Plot plot{"share of the users learned from", "NDCG at 10", {}};
  for (const json::object* point : objects_in(report, "learningCurve")) {
    const json::object* metrics = json::find_object(*point, "metrics");
    if (metrics == nullptr) continue;
    plot.points.push_back(
        {number_in(*point, "share"), number_in(*metrics, "normalized_discounted_cumulative_gain_at_10")});
  }
  return plot.points.empty() ? std::string() : section("Learning curve", drawn(plot));
}

std::string calibration_section(const json::object& report) {
  Plot plot{"predicted probability", "observed share", {}, true};
  std::string table = "<table><tr><th class=n>predicted</th><th class=n>observed</th><th class=n>scores</th></tr>";
  for (const json::object* bin : objects_in(report, "calibration")) {
    plot.points.push_back({number_in(*bin, "predicted"), number_in(*bin, "observed")});
    table += fmt::format("<tr><td class=n>{:.3g}</td><td class=n>{:.3g}</td><td class=n>{}</td></tr>",
                         number_in(*bin, "predicted"), number_in(*bin, "observed"), figure(number_in(*bin, "count")));
  }
  if (plot.points.empty()) return {};
  std::string error;
  if (const auto mean = json::find_number(report, "calibrationError")) {
    error = fmt::format("<p class=note>Scores lie {:.3f} beside what came true, on average</p>", *mean);
  }
  return section("Calibration", error + drawn(plot) + table + "</table>");
}

std::string influence_section(const json::object& report) {
  std::vector<Bar> bars;
  for (const json::object* one : objects_in(report, "influence")) {
    bars.push_back({json::string_or(*one, "name"), number_in(*one, "share")});
  }
  return bars.empty() ? std::string() : section("What the recommendations go by", drawn(bars));
}

std::string parameters_section(const json::object& report) {
  std::string html;
  const auto row = [&](const json::object& parameters, std::string_view result) {
    html += "<tr><td>";
    for (const auto& [name, value] : parameters) {
      html += fmt::format("{} = {} ", escaped(std::string_view(name)),
                          escaped(json::string_or(parameters, std::string_view(name))));
    }
    html += fmt::format("</td><td class=n>{}</td></tr>", result);
  };
  if (const json::object* own = json::find_object(report, "hyperparameters"); own != nullptr && !own->empty())
    row(*own, "");
  for (const json::object* trial : objects_in(report, "tuning")) {
    if (const json::object* tried = json::find_object(*trial, "hyperparameters")) {
      row(*tried, fmt::format("{:.4f}", number_in(*trial, "value")));
    }
  }
  return html.empty() ? std::string() : section("Hyperparameters", "<table>" + html + "</table>");
}

}  // namespace

std::string report_html(const json::object& report, std::string_view title) {
  return fmt::format(
      "<!doctype html>\n<html lang=en><head><meta charset=utf-8><title>{0}</title><style>{1}</style></head><body>\n"
      "<h1>{0}</h1>\n<p>Recipe {2}, trained in {3} s, model of {4} bytes.</p>\n{5}{6}{7}{8}{9}{10}</body></html>\n",
      escaped(title), kStyle, escaped(json::string_or(report, "recipe")), figure(number_in(report, "trainingSeconds")),
      figure(number_in(report, "modelBytes")), metrics_section(report), curve_section(report),
      calibration_section(report), influence_section(report), parameters_section(report), data_section(report));
}

}  // namespace rapport::training
