#pragma once

// The names of ExecutionMetrics: whom a run found, and why some of them get no message.

#include <array>
#include <string_view>

namespace rapport::campaigns {

inline constexpr std::string_view kProduced = "ENDPOINT_PRODUCED";
inline constexpr std::string_view kFromUser = "ENDPOINTS_FROM_USER";
inline constexpr std::string_view kInactive = "ENDPOINT_INACTIVE";
inline constexpr std::string_view kOptOut = "ENDPOINT_OPT_OUT";
inline constexpr std::string_view kFilteredOut = "FILTERED_OUT_BY_SEGMENT";  // gone since the run was planned
inline constexpr std::string_view kMissingAddress = "ENDPOINT_MISSING_ADDRESS";
inline constexpr std::string_view kMissingChannel = "ENDPOINT_MISSING_CHANNEL";
inline constexpr std::string_view kMissingTimezone = "ENDPOINT_MISSING_TIMEZONE";
inline constexpr std::string_view kTimezoneMismatch = "ENDPOINT_TIMEZONE_MISMATCH";
inline constexpr std::string_view kChannelMismatch = "ENDPOINT_CHANNEL_MISMATCH";
inline constexpr std::string_view kDuplicateEndpoint = "DUPLICATE_ENDPOINT";
inline constexpr std::string_view kDuplicateUser = "DUPLICATE_USER";
inline constexpr std::string_view kTreatmentHoldout = "TREATMENT_HOLDOUT";

// The documented ones: an activity shows each of them, also those nobody fell under.
inline constexpr std::array kDocumentedMetrics = {
    kProduced,          kFromUser,       kOptOut,          kInactive,         kFilteredOut,
    kMissingAddress,    kMissingChannel, kMissingTimezone, kTimezoneMismatch, kChannelMismatch,
    kDuplicateEndpoint, kDuplicateUser,  kTreatmentHoldout};

// Ours.
inline constexpr std::string_view kQuietTime = "QUIET_TIME";
inline constexpr std::string_view kDailyCap = "DAILY_CAP";
inline constexpr std::string_view kCampaignCap = "CAMPAIGN_CAP";  // Limits.Total
inline constexpr std::string_view kExpired = "EXPIRED";           // past MaximumDuration, or too late for its event
inline constexpr std::string_view kHookFiltered = "FILTERED_OUT_BY_HOOK";
inline constexpr std::string_view kHookFailure = "HOOK_FAILURE";
inline constexpr std::string_view kRecommenderFiltered = "FILTERED_OUT_BY_RECOMMENDER";
inline constexpr std::string_view kRecommendationFailure = "RECOMMENDATION_FAILURE";
inline constexpr std::string_view kRenderingFailure = "RENDERING_FAILURE";
inline constexpr std::string_view kUnsupportedChannel = "UNSUPPORTED_CHANNEL";  // no provider is set up for it

}  // namespace rapport::campaigns
