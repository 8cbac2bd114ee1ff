#pragma once

// What the data that a model learned from look like: part of its report.

#include "json/json.h"
#include "learn/action_dataset.h"
#include "learn/action_model.h"
#include "learn/dataset.h"

namespace rapport::training {

// {users, items, interactions, density, firstTime, lastTime (Unix seconds), periods: [{time, count}],
// interactionsPerUser: {mean, p10...}, itemColumns: [{column, values, top: [{value, count}]}], ...}
json::object profile_of(const learn::Dataset& dataset);
// The same, and {actions, actionsWithScores, actionInteractions, actionPeriods, actionColumns,
// answers: [{action, viewed, taken, notTaken, hasScores}]}, the actions with most rows.
json::object profile_of(const learn::ActionDataset& dataset, const learn::ActionModel& model);

}  // namespace rapport::training
