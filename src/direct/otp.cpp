#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/random.h"
#include "channels/delivery_events.h"
#include "direct/direct.h"
#include "direct/sending.h"

namespace rapport::direct {
namespace {

constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;

constexpr std::string_view kKeepCode =
    "INSERT INTO one_time_passwords (application, destination, reference, salt, digest, attempts_left, expires) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (application, destination, reference) DO UPDATE SET "
    "salt = excluded.salt, digest = excluded.digest, attempts_left = excluded.attempts_left, "
    "expires = excluded.expires";
// A try is counted before it is looked at, so that tries side by side are no more than were allowed.
constexpr std::string_view kTryCode =
    "UPDATE one_time_passwords SET attempts_left = attempts_left - 1 "
    "WHERE application = $1 AND destination = $2 AND reference = $3 AND attempts_left > 0 AND expires > $4 "
    "RETURNING salt, digest";
constexpr std::string_view kDropCode =
    "DELETE FROM one_time_passwords WHERE application = $1 AND destination = $2 AND reference = $3";
constexpr std::string_view kDropExpired = "DELETE FROM one_time_passwords WHERE expires <= $1";

// A bound on a number of the request, and what it is when it is not given.
struct Range {
  std::string_view member;
  std::int64_t least;
  std::int64_t most;
  std::int64_t usual;
};
constexpr Range kCodeLength = {"CodeLength", 5, 8, 6};
constexpr Range kValidityPeriod = {"ValidityPeriod", 5, 60, 15};
constexpr Range kAllowedAttempts = {"AllowedAttempts", 1, 5, 3};
constexpr std::size_t kBrandCharactersMax = 20;
constexpr std::size_t kReferenceCharactersMax = 48;

struct Wording {
  std::string_view language;
  std::string_view text;  // of the code and the brand
};
constexpr std::array kWordings = {
    Wording{"en-US", "This is your One Time Password: {} from {}"},
    Wording{"en-GB", "This is your One Time Password: {} from {}"},
    Wording{"de-DE", "Ihr Einmalkennwort lautet: {} von {}"},
    Wording{"es-419", "Su contraseña de un solo uso es: {} de {}"},
    Wording{"es-ES", "Su contraseña de un solo uso es: {} de {}"},
    Wording{"fr-CA", "Votre mot de passe à usage unique est : {} de {}"},
    Wording{"fr-FR", "Votre mot de passe à usage unique est : {} de {}"},
    Wording{"it-IT", "La tua password monouso è: {} da {}"},
    Wording{"ja-JP", "ワンタイムパスワード: {} ({})"},
    Wording{"ko-KR", "일회용 비밀번호: {} ({})"},
    Wording{"pt-BR", "Sua senha de uso único é: {} de {}"},
    Wording{"zh-CN", "您的一次性密码: {} ({})"},
    Wording{"zh-TW", "您的一次性密碼: {} ({})"},
};

Result<std::int64_t> number_of(const json::object& request, const Range& range) {
  const std::int64_t number = json::find_integer(request, range.member).value_or(range.usual);
  if (number >= range.least && number <= range.most) return number;
  return fail(ErrorKind::kInvalid, fmt::format("Must be from {} to {}: {}", range.least, range.most, number),
              std::string(range.member));
}

Status check_length(const json::object& request, std::string_view member, std::size_t most) {
  const std::string text = json::string_or(request, member);
  if (!text.empty() && text.size() <= most) return {};
  return fail(ErrorKind::kInvalid, fmt::format("Must have from 1 to {} characters", most), std::string(member));
}

Status check_number(const json::object& request) {
  const std::string number = json::string_or(request, "DestinationIdentity");
  constexpr std::size_t kShortest = 8;
  constexpr std::size_t kLongest = 16;
  const bool digits = number.starts_with('+') &&
                      std::all_of(number.begin() + 1, number.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits && number.size() >= kShortest && number.size() <= kLongest) return {};
  return fail(ErrorKind::kInvalid, "Give the number in E.164 form, as +12065550142: " + number, "DestinationIdentity");
}

struct Wanted {
  std::string destination;
  std::string reference;
  std::int64_t length = 0;
  std::int64_t minutes = 0;
  std::int64_t attempts = 0;
  std::string_view text;
};

Result<Wanted> read(const json::object& request) {
  if (json::string_or(request, "Channel") != "SMS") {
    return fail(ErrorKind::kInvalid, "One-time passwords go by SMS", "Channel");
  }
  TRY(check_number(request));
  TRY(check_length(request, "BrandName", kBrandCharactersMax));
  TRY(check_length(request, "ReferenceId", kReferenceCharactersMax));
  const std::string language = json::string_or(request, "Language", kWordings.front().language);
  const auto* wording = std::ranges::find(kWordings, language, &Wording::language);
  if (wording == kWordings.end()) {
    return fail(ErrorKind::kInvalid, "There is no wording in this language: " + language, "Language");
  }
  return Wanted {
    .destination = json::string_or(request, "DestinationIdentity"),
    .reference = json::string_or(request, "ReferenceId"), .length = TRY(number_of(request, kCodeLength))
    , .minutes = TRY(number_of(request, kValidityPeriod))
    , .attempts = TRY(number_of(request, kAllowedAttempts))
    , .text = wording->text
  };
}

std::string new_code(std::int64_t length) {
  constexpr std::size_t kRandomBytes = 7;
  std::uint64_t bound = 1;
  for (std::int64_t i = 0; i < length; ++i) bound *= 10;
  const std::uint64_t number = std::stoull(random_hex(kRandomBytes), nullptr, 16) % bound;
  return fmt::format("{:0{}}", number, length);
}

channels::Outgoing message_of(const std::string& app, const json::object& request, std::string body) {
  channels::Outgoing message;
  message.id = random_id();
  message.app_id = app;
  message.channel = "SMS";
  message.to = json::string_or(request, "DestinationIdentity");
  messages::TextMessage text;
  text.body = std::move(body);
  text.origination_number = json::string_or(request, "OriginationIdentity");
  text.entity_id = json::string_or(request, "EntityId");
  text.template_id = json::string_or(request, "TemplateId");
  message.content = std::move(text);
  return message;
}

}  // namespace

std::string OneTimePasswords::digest_of(const std::string& salt, std::string_view code) const {
  return to_hex(hmac_sha256(with_.secret, fmt::format("{}/{}", salt, code)));
}

Result<json::object> OneTimePasswords::send(const std::string& app, const json::object& request,
                                            const std::string& request_id) {
  const Wanted wanted = TRY(read(request));
  const auto respond = [&](json::object result) {
    return json::object{{"ApplicationId", app},
                        {"RequestId", request_id},
                        {"Result", json::object{{wanted.destination, std::move(result)}}}};
  };
  const auto channel = with_.providers.find(app, "SMS");
  if (!channel) return respond(failure("PERMANENT_FAILURE", 400, channel.error().message));
  const std::string code = new_code(wanted.length);
  const std::string salt = random_id();
  const Timestamp now = with_.clock.now();
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kDropExpired, {now.micros}));
    TRY(session.execute(kKeepCode, {app, wanted.destination, wanted.reference, salt, digest_of(salt, code),
                                    wanted.attempts, now.micros + wanted.minutes * kMicrosPerMinute}));
    return {};
  }));
  const channels::Outgoing message =
      message_of(app, request, fmt::format(fmt::runtime(wanted.text), code, json::string_or(request, "BrandName")));
  const channels::Receipt receipt = (*channel)->send({&message, 1}).front();
  const auto told =
      channels::delivery_events(message, receipt, {.user = {}, .context = {}, .sent = now, .now = with_.clock.now()});
  TRY(with_.events.publish(told));
  return respond(result_of(message, receipt));
}

Result<bool> OneTimePasswords::verify(const std::string& app, const json::object& request) {
  const std::string destination = json::string_or(request, "DestinationIdentity");
  const std::string reference = json::string_or(request, "ReferenceId");
  const std::string code = json::string_or(request, "Otp");
  const std::int64_t now = with_.clock.now().micros;
  bool valid = false;
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    valid = false;
    const sql::Answer tried = TRY(session.execute(kTryCode, {app, destination, reference, now}));
    if (tried.rows.empty()) return {};
    valid = equal_in_constant_time(tried.rows.front().text(1), digest_of(tried.rows.front().text(0), code));
    if (valid) TRY(session.execute(kDropCode, {app, destination, reference}));
    return {};
  }));
  return valid;
}

}  // namespace rapport::direct
