#include "serving/campaigns.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/random.h"
#include "serving/campaign_settings.h"

namespace rapport::serving {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

constexpr std::string_view kLatest = "/$LATEST";
constexpr std::string_view kUpdate = "latestCampaignUpdate";
constexpr std::string_view kMembers[] = {"solutionVersionArn", "minProvisionedTPS", "campaignConfig"};

bool follows_latest(const json::object& details) {
  const json::object* config = json::find_object(details, "campaignConfig");
  return config != nullptr && json::find_bool(*config, "syncWithLatestSolutionVersion").value_or(false);
}

// What an update under way wants, or nullptr.
json::object* pending_update(Resource& campaign) {
  json::value* update = campaign.details.if_contains(kUpdate);
  if (update == nullptr || !update->is_object()) return nullptr;
  json::object& wanted = update->get_object();
  return datasets::is_being_created(json::string_or(wanted, "status")) ? &wanted : nullptr;
}

Status check_is_idle(Resource& campaign) {
  const bool busy = datasets::is_being_created(campaign.status) || pending_update(campaign) != nullptr;
  if (!busy) return {};
  return fail(ErrorKind::kConflict, fmt::format("The campaign is being created or updated: {}", campaign.arn));
}

void touch(json::object& update, std::string_view status, const Clock& clock) {
  update["status"] = status;
  update["lastUpdatedDateTime"] = clock.now().seconds();
}

Status check_config(const json::object& details, const training::Recipe& recipe, bool names_latest) {
  const json::object* config = json::find_object(details, "campaignConfig");
  if (config != nullptr) TRY(check_campaign_config(*config, recipe));
  if (follows_latest(details) && !names_latest) {
    return fail(ErrorKind::kInvalid,
                "A campaign with syncWithLatestSolutionVersion names its version as <solution ARN>/$LATEST",
                "solutionVersionArn");
  }
  return {};
}

Result<const training::Recipe*> recipe_of(const Resource& version) {
  const std::string arn = json::string_or(version.details, "recipeArn");
  const training::Recipe* recipe = training::find_recipe(arn);
  if (recipe == nullptr) return datasets::no_such_resource(arn);
  if (recipe->type != "USER_SEGMENTATION") return recipe;
  return fail(ErrorKind::kInvalid,
              fmt::format("The recipe {} makes segments, not recommendations; use a batch segment job", recipe->name),
              "solutionVersionArn");
}

}  // namespace

// The ARN of the version itself, which is ACTIVE and may have what the details say.
Result<std::string> Campaigns::wanted_version(sql::Session& session, const std::string& arn,
                                              const json::object& details) {
  const bool names_latest = arn.ends_with(kLatest);
  Resource version;
  if (names_latest) {
    const std::string solution = arn.substr(0, arn.size() - kLatest.size());
    TRY(catalog().get(session, ResourceKind::kSolution, solution));
    for (Resource& one : TRY(catalog().children(session, ResourceKind::kSolutionVersion, solution))) {
      if (one.status == datasets::kActive) version = std::move(one);
    }
  } else {
    version = TRY(catalog().get(session, ResourceKind::kSolutionVersion, arn));
  }
  if (version.status != datasets::kActive) {
    return fail(ErrorKind::kConflict, fmt::format("The solution version must be ACTIVE: {}", arn),
                "solutionVersionArn");
  }
  TRY(check_config(details, *TRY(recipe_of(version)), names_latest));
  return version.arn;
}

Status Campaigns::submit(sql::Session& session, Resource& campaign) {
  campaign.job = random_id();
  TRY(queue().submit(
      session,
      {.kind = std::string(kDeployJob), .owner = campaign.arn, .input = {{"arn", campaign.arn}}, .id = campaign.job}));
  return {};
}

Result<Resource> Campaigns::create(const NewCampaign& campaign) {
  Resource created;
  TRY(catalog().database().write([&](sql::Session& session) -> Status {
    const std::string version = TRY(wanted_version(session, campaign.version_arn, campaign.details));
    const std::string solution = version.substr(0, version.rfind('/'));
    Resource resource{
        .arn = datasets::make_arn(datasets::scope_of_arn(solution), ResourceKind::kCampaign, campaign.name),
        .kind = ResourceKind::kCampaign,
        .name = campaign.name,
        .parent = solution,
        .status = std::string(datasets::kCreatePending),
        .details = campaign.details};
    resource.details["solutionVersionArn"] = version;
    if (!resource.details.contains("minProvisionedTPS")) resource.details["minProvisionedTPS"] = 1;
    TRY(submit(session, resource));
    created = TRY(catalog().create(session, resource, campaign.tags));
    return {};
  }));
  queue().wake();
  return created;
}

Status Campaigns::update(std::string_view arn, const json::object& changes) {
  TRY(catalog().database().write([&](sql::Session& session) -> Status {
    Resource campaign = TRY(catalog().get(session, ResourceKind::kCampaign, arn));
    TRY(check_is_idle(campaign));
    json::object wanted;
    for (const std::string_view member : kMembers) {
      const json::value* value = json::find(changes, member);
      if (value == nullptr) value = json::find(campaign.details, member);
      if (value != nullptr) wanted[member] = *value;
    }
    const bool still_follows = follows_latest(campaign.details) && !changes.contains("solutionVersionArn");
    const std::string named =
        still_follows ? campaign.parent + std::string(kLatest) : json::string_or(wanted, "solutionVersionArn");
    wanted["solutionVersionArn"] = TRY(wanted_version(session, named, wanted));
    wanted["creationDateTime"] = catalog().clock().now().seconds();
    touch(wanted, datasets::kCreatePending, catalog().clock());
    campaign.details[kUpdate] = std::move(wanted);
    TRY(submit(session, campaign));
    return catalog().update(session, campaign);
  }));
  queue().wake();
  return {};
}

Status Campaigns::remove(std::string_view arn) {
  return catalog().database().write([&](sql::Session& session) -> Status {
    Resource campaign = TRY(catalog().get(session, ResourceKind::kCampaign, arn));
    TRY(check_is_idle(campaign));
    return catalog().remove(session, arn);
  });
}

Status Campaigns::follow_latest() {
  std::vector<std::string> behind;
  TRY(catalog().database().read([&](sql::Session& session) -> Status {
    behind.clear();
    for (Resource& campaign : TRY(catalog().children(session, ResourceKind::kCampaign, ""))) {
      if (!follows_latest(campaign.details) || !check_is_idle(campaign)) continue;
      std::string newest;
      for (const Resource& version :
           TRY(catalog().children(session, ResourceKind::kSolutionVersion, campaign.parent))) {
        if (version.status == datasets::kActive) newest = version.arn;
      }
      const json::object* tried = json::find_object(campaign.details, kUpdate);
      const bool was_tried = tried != nullptr && json::string_or(*tried, "solutionVersionArn") == newest;
      const bool is_newest = newest == json::string_or(campaign.details, "solutionVersionArn");
      if (!newest.empty() && !is_newest && !was_tried) behind.push_back(campaign.arn);
    }
    return {};
  }));
  for (const std::string& arn : behind) {
    const Status begun = update(arn, {});
    if (!begun && begun.error().kind != ErrorKind::kConflict) return begun;
  }
  return {};
}

Result<Resource> Campaigns::begin(const std::string& arn) {
  Resource campaign;
  TRY(catalog().database().write([&](sql::Session& session) -> Status {
    campaign = TRY(catalog().get(session, ResourceKind::kCampaign, arn));
    if (json::object* update = pending_update(campaign)) {
      touch(*update, datasets::kCreateInProgress, catalog().clock());
    } else if (datasets::is_being_created(campaign.status)) {
      campaign.status = datasets::kCreateInProgress;
    }
    return catalog().update(session, campaign);
  }));
  return campaign;
}

Status Campaigns::run(jobs::Context& context) {
  Resource begun = TRY(begin(json::string_or(context.job().input, "arn")));
  const json::object* update = pending_update(begun);
  const json::object& wanted = update == nullptr ? begun.details : *update;
  const auto deployment = TRY(deployments_.of_version(json::string_or(wanted, "solutionVersionArn"), wanted));
  TRY(deployments_.features().view(deployment->group_arn));
  return catalog().database().write([&](sql::Session& session) -> Status {
    Resource campaign = TRY(catalog().get(session, ResourceKind::kCampaign, begun.arn));
    if (json::object* done = pending_update(campaign)) {
      touch(*done, datasets::kActive, catalog().clock());
      const json::object values = *done;
      for (const std::string_view member : kMembers) {
        if (const json::value* value = json::find(values, member)) campaign.details[member] = *value;
      }
    }
    campaign.status = datasets::kActive;
    campaign.failure_reason.clear();
    TRY(catalog().update(session, campaign));
    return context.save(session, {}, {});
  });
}

void Campaigns::register_jobs(jobs::Workers& workers) {
  workers.handle(std::string(kDeployJob), [this](jobs::Context& context) { return run(context); });
  workers.on_failure(std::string(kDeployJob), [this](sql::Session& session, const jobs::Job& job) -> Status {
    Resource campaign = TRY(catalog().get(session, ResourceKind::kCampaign, json::string_or(job.input, "arn")));
    if (json::object* update = pending_update(campaign)) {
      touch(*update, datasets::kCreateFailed, catalog().clock());
      (*update)["failureReason"] = job.failure;
    } else {
      campaign.status = datasets::kCreateFailed;
      campaign.failure_reason = job.failure;
    }
    return catalog().update(session, campaign);
  });
}

}  // namespace rapport::serving
