#include "access/keys.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "json/json.h"
#include "server/engines.h"

namespace rapport::cli {
namespace {

// The keys of a data directory; a server may run on it at the same time.
template <class Use>
Status with_keys(const Flags& flags, Use use) {
  const server::Config config = TRY(configure(flags));
  const auto database = TRY(server::open_database(config));
  const SystemClock clock;
  const auto keys = TRY(access::KeyStore::open(*database, config.data, clock));
  return use(*keys);
}

Status create(const Flags& flags, const std::string& note) {
  return with_keys(flags, [&](access::KeyStore& keys) -> Status {
    const access::NewKey key = TRY(keys.create(note));
    std::cout << json::serialize(json::object{{"AccessKeyId", key.access_key}, {"SecretAccessKey", key.secret_key}})
              << "\n";
    return {};
  });
}

Status list(const Flags& flags) {
  return with_keys(flags, [](access::KeyStore& keys) -> Status {
    for (const auto& key : TRY(keys.list())) {
      std::cout << key.access_key << "  " << format_iso8601(key.created) << "  "
                << (key.enabled ? "active" : "disabled") << "  " << key.note << "\n";
    }
    return {};
  });
}

Status disable(const Flags& flags, const std::string& access_key) {
  return with_keys(flags, [&](access::KeyStore& keys) { return keys.enable(access_key, access::Enabled::kNo); });
}

}  // namespace

void add_keys(CLI::App& app, int& status) {
  auto flags = std::make_shared<Flags>();
  auto text = std::make_shared<std::string>();
  CLI::App* keys = app.add_subcommand("keys", "Make, list and disable access keys");
  keys->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, auto run) {
    CLI::App* command = keys->add_subcommand(name, help);
    command->add_option("--data", flags->data, "The server's data directory (default rapport-data)");
    command->add_option("--config", flags->config_file, "The server's TOML file");
    command->callback([run, flags, text, &status] {
      const Status done = run(*flags, *text);
      status = done ? 0 : report(done.error());
    });
    return command;
  };
  add("create", "Make a key; prints JSON with AccessKeyId and SecretAccessKey, the secret this once",
      [](const Flags& f, const std::string& note) { return create(f, note); })
      ->add_option("--note", *text, "What the key is for");
  add("list", "List the keys, without their secrets", [](const Flags& f, const std::string&) { return list(f); });
  add("disable", "Refuse a key from now on", [](const Flags& f, const std::string& key) { return disable(f, key); })
      ->add_option("access-key", *text, "The AccessKeyId")
      ->required();
}

}  // namespace rapport::cli
