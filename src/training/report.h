#pragma once

// What a trained model is made of and how good it is, for people: as JSON, and as one HTML file that needs nothing
// else.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "learn/action_training.h"
#include "learn/item_recipe.h"
#include "learn/recipe.h"
#include "training/tuning.h"

namespace rapport::training {

// {recipe, data (data_profile.h), metrics, baselines: {name: metrics}, learningCurve, calibration, calibrationError,
// influence, hyperparameters, tuning, modelBytes, trainingSeconds}; parts that a recipe does not have are left out.
struct ReportSubject {
  std::string recipe;
  std::map<std::string, std::string> hyperparameters = {};
  std::vector<Trial> trials = {};
  std::size_t model_bytes = 0;
};

json::object report_of(const ReportSubject& subject, const learn::Dataset& dataset, const learn::TrainedItems& trained);
json::object report_of(const ReportSubject& subject, const learn::Dataset& dataset,
                       const learn::TrainedSegmentModel& trained);

json::object report_of(const ReportSubject& subject, const learn::ActionDataset& dataset,
                       const learn::TrainedActionModel& trained);

// REQUIRES a report of report_of; parts that are missing are left out.
std::string report_html(const json::object& report, std::string_view title);

// What a baseline of a report is called for people.
std::string baseline_title(std::string_view name);

// The metrics' values as the API gives them, rounded to four decimals.
std::vector<std::pair<std::string, double>> metrics_of(const learn::TrainedItems& trained);
std::vector<std::pair<std::string, double>> metrics_of(const learn::TrainedSegmentModel& trained);
std::vector<std::pair<std::string, double>> metrics_of(const learn::TrainedActionModel& trained);

}  // namespace rapport::training
