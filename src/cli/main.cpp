// The program: subcommands over the composition root.

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "server/config.h"

namespace {

constexpr const char* kDescription = R"(Rapport: a self-hosted customer-engagement server.

It speaks the APIs of Amazon Pinpoint, Amazon Personalize and S3: point an AWS SDK or the AWS CLI at it with an endpoint
URL and keys, and existing code works.

  rapport demo                     see the whole loop on a generated world of films, in a minute
  rapport serve                    run the server on ./rapport-data and http://127.0.0.1:8080
  rapport keys create              make an access key for the AWS tools
  rapport console-link             print a link that lets you into the console
  rapport evaluate                 train a recipe on files and say how good it is, without a server
  rapport recommend                recommend items from a model file
  rapport check                    hold a server's records against each other; --repair rebuilds

  export AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=... AWS_DEFAULT_REGION=us-east-1
  aws --endpoint-url http://127.0.0.1:8080 pinpoint create-app --create-application-request Name=First
)";

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(kDescription, "rapport");
  app.require_subcommand(1);
  app.formatter(std::make_shared<CLI::Formatter>());
  app.set_version_flag("--version", "rapport " + std::string(rapport::server::kVersion));
  int status = 0;
  rapport::cli::add_serve(app, status);
  rapport::cli::add_keys(app, status);
  rapport::cli::add_console_link(app, status);
  rapport::cli::add_check(app, status);
  rapport::cli::add_demo(app, status);
  rapport::cli::add_contract(app, status);
  rapport::cli::add_evaluate(app, status);
  rapport::cli::add_recommend(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  return status;
}
