#include "accounts/permissions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "contract/tables.h"

namespace rapport::accounts {
namespace {

using access::Role;

// Who may call what: every operation of every contract below the least role that may call it. A new operation must be
// put into a line here, which is where somebody decides about it.
constexpr std::string_view kDecided = R"(
pinpoint: viewer
  GetAdmChannel GetApnsChannel GetApnsSandboxChannel GetApnsVoipChannel GetApnsVoipSandboxChannel GetApp
  GetApplicationDateRangeKpi GetApplicationSettings GetApps GetBaiduChannel GetCampaign GetCampaignActivities
  GetCampaignDateRangeKpi GetCampaignVersion GetCampaignVersions GetCampaigns GetChannels GetEmailChannel
  GetEmailTemplate GetEndpoint GetEventStream GetExportJob GetExportJobs GetGcmChannel GetImportJob GetImportJobs
  GetInAppMessages GetInAppTemplate GetJourney GetJourneyDateRangeKpi GetJourneyExecutionActivityMetrics
  GetJourneyExecutionMetrics GetJourneyRunExecutionActivityMetrics GetJourneyRunExecutionMetrics GetJourneyRuns
  GetPushTemplate GetRecommenderConfiguration GetRecommenderConfigurations GetSegment GetSegmentExportJobs
  GetSegmentImportJobs GetSegmentVersion GetSegmentVersions GetSegments GetSmsChannel GetSmsTemplate
  GetUserEndpoints GetVoiceChannel GetVoiceTemplate ListJourneys ListTagsForResource ListTemplateVersions
  ListTemplates PhoneNumberValidate
pinpoint: marketer
  CreateApp CreateCampaign CreateEmailTemplate CreateExportJob CreateImportJob CreateInAppTemplate CreateJourney
  CreatePushTemplate CreateSegment CreateSmsTemplate CreateVoiceTemplate DeleteCampaign DeleteEmailTemplate
  DeleteEndpoint DeleteInAppTemplate DeleteJourney DeletePushTemplate DeleteSegment DeleteSmsTemplate
  DeleteUserEndpoints DeleteVoiceTemplate PutEvents RemoveAttributes SendMessages SendOTPMessage SendUsersMessages
  TagResource UntagResource UpdateApplicationSettings UpdateCampaign UpdateEmailTemplate UpdateEndpoint
  UpdateEndpointsBatch UpdateInAppTemplate UpdateJourney UpdateJourneyState UpdatePushTemplate UpdateSegment
  UpdateSmsTemplate UpdateTemplateActiveVersion UpdateVoiceTemplate VerifyOTPMessage
pinpoint: developer
  CreateRecommenderConfiguration DeleteAdmChannel DeleteApnsChannel DeleteApnsSandboxChannel DeleteApnsVoipChannel
  DeleteApnsVoipSandboxChannel DeleteBaiduChannel DeleteEmailChannel DeleteEventStream DeleteGcmChannel
  DeleteRecommenderConfiguration DeleteSmsChannel DeleteVoiceChannel PutEventStream UpdateAdmChannel
  UpdateApnsChannel UpdateApnsSandboxChannel UpdateApnsVoipChannel UpdateApnsVoipSandboxChannel UpdateBaiduChannel
  UpdateEmailChannel UpdateGcmChannel UpdateRecommenderConfiguration UpdateSmsChannel UpdateVoiceChannel
pinpoint: administrator
  DeleteApp
personalize: viewer
  DescribeAlgorithm DescribeBatchInferenceJob DescribeBatchSegmentJob DescribeCampaign DescribeDataDeletionJob
  DescribeDataset DescribeDatasetExportJob DescribeDatasetGroup DescribeDatasetImportJob DescribeEventTracker
  DescribeFeatureTransformation DescribeFilter DescribeMetricAttribution DescribeRecipe DescribeRecommender
  DescribeSchema DescribeSolution DescribeSolutionVersion GetSolutionMetrics ListBatchInferenceJobs
  ListBatchSegmentJobs ListCampaigns ListDataDeletionJobs ListDatasetExportJobs ListDatasetGroups
  ListDatasetImportJobs ListDatasets ListEventTrackers ListFilters ListMetricAttributionMetrics
  ListMetricAttributions ListRecipes ListRecommenders ListSchemas ListSolutionVersions ListSolutions
  ListTagsForResource
personalize: marketer
  CreateCampaign CreateDataset CreateDatasetGroup CreateDatasetImportJob CreateFilter CreateRecommender CreateSchema
  CreateSolution CreateSolutionVersion StartRecommender StopRecommender StopSolutionVersionCreation TagResource
  UntagResource UpdateCampaign UpdateDataset UpdateRecommender UpdateSolution
personalize: developer
  CreateBatchInferenceJob CreateBatchSegmentJob CreateDataDeletionJob CreateDatasetExportJob CreateEventTracker
  CreateMetricAttribution DeleteCampaign DeleteDataset DeleteDatasetGroup DeleteEventTracker DeleteFilter
  DeleteMetricAttribution DeleteRecommender DeleteSchema DeleteSolution UpdateMetricAttribution
personalize-runtime: viewer
  GetActionRecommendations GetPersonalizedRanking GetRecommendations
personalize-events: developer
  PutActionInteractions PutActions PutEvents PutItems PutUsers
pinpoint-email: viewer
  GetAccount GetBlacklistReports GetConfigurationSet GetConfigurationSetEventDestinations GetDedicatedIp
  GetDedicatedIps GetDeliverabilityDashboardOptions GetDeliverabilityTestReport GetDomainDeliverabilityCampaign
  GetDomainStatisticsReport GetEmailIdentity ListConfigurationSets ListDedicatedIpPools
  ListDeliverabilityTestReports ListDomainDeliverabilityCampaigns ListEmailIdentities ListTagsForResource
pinpoint-email: marketer
  SendEmail
pinpoint-email: developer
  CreateConfigurationSet CreateConfigurationSetEventDestination CreateDedicatedIpPool CreateDeliverabilityTestReport
  CreateEmailIdentity DeleteConfigurationSet DeleteConfigurationSetEventDestination DeleteDedicatedIpPool
  DeleteEmailIdentity PutAccountDedicatedIpWarmupAttributes PutAccountSendingAttributes
  PutConfigurationSetDeliveryOptions PutConfigurationSetReputationOptions PutConfigurationSetSendingOptions
  PutConfigurationSetTrackingOptions PutDedicatedIpInPool PutDedicatedIpWarmupAttributes
  PutDeliverabilityDashboardOption PutEmailIdentityDkimAttributes PutEmailIdentityFeedbackAttributes
  PutEmailIdentityMailFromAttributes TagResource UntagResource UpdateConfigurationSetEventDestination
pinpoint-sms-voice: viewer
  GetConfigurationSetEventDestinations ListConfigurationSets
pinpoint-sms-voice: marketer
  SendVoiceMessage
pinpoint-sms-voice: developer
  CreateConfigurationSet CreateConfigurationSetEventDestination DeleteConfigurationSet
  DeleteConfigurationSetEventDestination UpdateConfigurationSetEventDestination
rapport: open
  AcceptInvitation CreateAdministrator CreateSession GetWelcome
rapport: viewer
  ChangePassword DeleteAllSessions DeleteSession DownloadExportFile DownloadFailedRows ExplainRecommendation
  ExplainSegmentDefinition ExplainSegmentMembership GetCampaignCalendar GetCampaignExpiry GetCampaignMonitor
  GetCampaignResults GetEndpointTimeline GetExport GetModelReport GetOverview GetPredictiveSegment GetSample
  GetSegmentExpiry GetSegmentFacets GetSegmentOverlap GetSegmentSize GetSegmentSizes GetServerSettings GetSession
  GetTrainingProgress GetUpload GetUserTimeline ListAlarms ListDeadLetters ListEndpointSegments ListExportFiles ListExports ListFields
  ListPredictiveSegmentRuns ListPredictiveSegments ListSegmentMembers ListUserSegments PreviewCampaignAudience
  PreviewSegment PreviewTemplate PreviewUpload SampleSegmentMembers SearchCampaigns SearchPeople SearchSegments
  SearchTemplates
rapport: marketer
  AppendToSegment CompleteUpload CreateExport CreatePredictiveSegment CreateSegmentFromSets CreateSegmentSnapshot
  CreateUpload DeleteCampaignExpiry DeleteCampaignMonitor DeletePredictiveSegment DeleteSegmentExpiry DeleteUpload
  ImportUpload LoadSample PutCampaignExpiry PutCampaignMonitor PutSegmentExpiry PutUploadPart
  RefreshPredictiveSegment UpdatePredictiveSegment
rapport: developer
  CreateAccessKey CreatePublishableKey DeleteAccessKey DeletePublishableKey ListAccessKeys ListPublishableKeys
  UpdateAccessKey
rapport: administrator
  CreatePasswordLink CreateUser DeleteUser ListAuditEntries ListUsers UpdateUser
)";

using Decisions = std::map<std::string, std::string, std::less<>>;  // "service operation" -> least role, or "open"

Decisions decisions() {
  Decisions decided;
  std::string service;
  std::string least;
  for (const std::string_view line : split(kDecided, '\n')) {
    if (const std::size_t colon = line.find(": "); colon != std::string_view::npos) {
      service = line.substr(0, colon);
      least = line.substr(colon + 2);
      continue;
    }
    for (const std::string_view operation : split(line, ' ')) {
      if (operation.empty()) continue;
      EXPECT_TRUE(decided.emplace(service + " " + std::string(operation), least).second)
          << operation << " stands twice";
    }
  }
  return decided;
}

std::string least_of(const Permission& permission) {
  return permission.way == Permission::Way::kOpen ? "open" : to_lower(access::name_of(permission.least));
}

TEST(Permissions, EveryOperationOfEveryContractIsDecided) {
  Decisions decided = decisions();
  for (const contract::Service* service : contract::services()) {
    for (const contract::Operation& operation : service->operations) {
      const std::string name = std::string(service->name) + " " + std::string(operation.name);
      const auto found = decided.find(name);
      ASSERT_NE(found, decided.end()) << "decide in this file who may call it: " << name;
      EXPECT_EQ(least_of(permission_of(service->name, operation.name)), found->second) << name;
      decided.erase(found);
    }
  }
  for (const auto& [name, least] : decided) ADD_FAILURE() << "no contract has " << name;
}

TEST(Permissions, WhatAViewerMayCallChangesNothingOfOthers) {
  for (const contract::Service* service : contract::services()) {
    for (const contract::Operation& operation : service->operations) {
      const Permission permission = permission_of(service->name, operation.name);
      if (permission.way == Permission::Way::kOpen || permission.least != Role::kViewer || !permission.changes)
        continue;
      EXPECT_TRUE(operation.name == "ChangePassword" || operation.name == "DeleteSession" ||
                  operation.name == "DeleteAllSessions")
          << operation.name;
    }
  }
}

TEST(Permissions, TheOperationsOfARoleAreThoseItMayCall) {
  for (const Role role : {Role::kViewer, Role::kMarketer, Role::kDeveloper, Role::kAdministrator}) {
    const std::vector<std::string> told = operations_of(role);
    for (const contract::Service* service : contract::services()) {
      for (const contract::Operation& operation : service->operations) {
        const Permission permission = permission_of(service->name, operation.name);
        const bool may = permission.way == Permission::Way::kOpen || role >= permission.least;
        const std::string name = std::string(service->name) + "." + std::string(operation.name);
        EXPECT_EQ(std::ranges::count(told, name), may ? 1 : 0) << name << " for " << access::name_of(role);
      }
    }
  }
}

// A GET that is no plain read would be let through without the console's proof against forgery, and not be audited.
TEST(Permissions, EveryGetIsARead) {
  for (const contract::Service* service : contract::services()) {
    for (const contract::Operation& operation : service->operations) {
      if (operation.route.method != "GET") continue;
      EXPECT_FALSE(permission_of(service->name, operation.name).changes) << operation.name;
    }
  }
}

TEST(Permissions, AnUnknownServiceNeedsADeveloper) {
  EXPECT_EQ(permission_of("new", "EraseEverything").least, Role::kDeveloper);
}

TEST(Permissions, APublishableKeyWritesAndReadsInAppMessagesOnly) {
  int allowed = 0;
  for (const contract::Service* service : contract::services()) {
    for (const contract::Operation& operation : service->operations) {
      allowed += is_publishable(service->name, operation.name) ? 1 : 0;
    }
  }
  EXPECT_EQ(allowed, 3);
  EXPECT_TRUE(is_publishable("pinpoint", "PutEvents"));
  EXPECT_FALSE(is_publishable("personalize-events", "PutEvents"));
  EXPECT_FALSE(is_publishable("pinpoint", "GetEndpoint"));
}

TEST(Permissions, StreamsAreOperationsThatChange) {
  EXPECT_TRUE(is_stream("pinpoint", "PutEvents"));
  EXPECT_TRUE(is_stream("personalize-events", "PutItems"));
  EXPECT_FALSE(is_stream("pinpoint", "CreateCampaign"));
  for (const contract::Service* service : contract::services()) {
    for (const contract::Operation& operation : service->operations) {
      if (is_stream(service->name, operation.name)) {
        EXPECT_TRUE(permission_of(service->name, operation.name).changes) << operation.name;
      }
    }
  }
}

}  // namespace
}  // namespace rapport::accounts
