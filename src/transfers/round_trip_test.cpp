#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "formats/gzip.h"
#include "parquet/answer_test.h"
#include "transfers/export_lines.h"
#include "transfers/fixture_test.h"
#include "transfers/random_endpoints_test.h"

namespace rapport::transfers {
namespace {

constexpr int kEndpoints = 400;
constexpr std::uint64_t kSeeds = 3;

// Random endpoints out and in again, over small files and batches.
class RoundTripTest : public TransfersFixture {
 protected:
  using Documents = std::map<std::string, json::object>;  // by id

  Exports::Options small() const {
    return {.part_endpoints = 150,
            .part = {.threads = 2, .batch_endpoints = 7, .temporary_directory = directory_.path().string()}};
  }

  void fill(std::uint64_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomEndpoints random(seed);
    for (int i = 0; i < kEndpoints; i += 100) {
      json::array batch;
      while (batch.size() < 100) batch.emplace_back(random.next());
      const auto updated = endpoints().update_batch(app_, batch);
      ASSERT_TRUE(updated) << updated.error().message;
    }
  }

  void run_export(const ExportRequest& request) {
    Exports exports({*objects_, *queue_, *applications_, endpoints(), segments(), audience_->queries()}, small());
    const auto started = exports.start(app_, request).value();
    jobs::Workers workers(*queue_, {.threads = 1, .poll_ms = 5});
    exports.serve(workers);
    workers.start();
    while (!exports.get(app_, started.id)->over()) std::this_thread::yield();
    EXPECT_EQ(exports.get(app_, started.id)->status, "COMPLETED");
    EXPECT_EQ(exports.get(app_, started.id)->total_pieces, 3);
  }

  // What an application's endpoints are, but for what the server decides by the application.
  Documents documents_of(const std::string& app) {
    Documents documents;
    EXPECT_TRUE(endpoints().for_each(app, "", [&](const audience::Endpoint& endpoint) {
      auto document = endpoint.document();
      document.erase("ApplicationId");
      document.erase("CohortId");
      documents.emplace(endpoint.id(), std::move(document));
      return true;
    }));
    return documents;
  }
};

// With numbers as texts of twelve digits: the parser tells whole numbers from others, and its last digit may be wrong.
json::value with_texts(json::value value) {
  if (value.is_number()) return json::value(fmt::format("{:.12g}", value.to_number<double>()));
  if (auto* object = value.if_object()) {
    for (auto& member : *object) member.value() = with_texts(member.value());
  }
  return value;
}

TEST_P(RoundTripTest, ALineIsTheDocument) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    fill(seed);
    std::string line;
    EXPECT_TRUE(endpoints().for_each(app_, "", [&](const audience::Endpoint& endpoint) {
      line.clear();
      append_line(line, endpoint);
      EXPECT_EQ(line.back(), '\n');
      EXPECT_EQ(line.find('\n'), line.size() - 1);
      EXPECT_EQ(with_texts(json::parse(line).value()), with_texts(endpoint.document())) << line;
      return !HasFailure();
    }));
    ASSERT_TRUE(endpoints().erase_application(app_));
  }
}

TEST_P(RoundTripTest, AnExportImportsAsTheSameEndpoints) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    fill(seed);
    const std::string place = "s3://bucket/out" + std::to_string(seed);
    run_export({.s3_url_prefix = place});
    const auto other = applications_->create("other", {}).value().id;
    const auto job = imports().start(other, {.format = ImportFormat::kJsonLines, .s3_url = place + "/"}).value();
    run_jobs(job.id);
    const auto done = imports().get(other, job.id).value();
    EXPECT_EQ(done.status, "COMPLETED");
    EXPECT_EQ(done.total_processed, kEndpoints);
    EXPECT_TRUE(done.failures.empty()) << done.failures.front();
    const auto expected = documents_of(app_);
    const auto imported = documents_of(other);
    ASSERT_EQ(imported.size(), expected.size());
    for (const auto& [id, document] : expected) ASSERT_EQ(imported.at(id), document) << "seed " << seed;
    ASSERT_TRUE(endpoints().erase_application(app_));
  }
}

// The columns of a row as they are in a document: flat, the absent ones left out.
json::object flat(const json::object& document) {
  json::object row;
  for (const auto& [name, value] : document) {
    const bool is_group = name == "Demographic" || name == "Location" || name == "User";
    if (!is_group) {
      row[name] = value;
      continue;
    }
    for (const auto& [inner, field] : value.get_object()) row[inner] = field;
  }
  for (const auto* name : {"CreationDate", "EffectiveDate"}) {
    row[name] = parse_iso8601(json::string_or(row, name)).value().micros;
  }
  for (const auto* name : {"Attributes", "UserAttributes", "Metrics"}) row.emplace(name, json::object());
  return row;
}

TEST_P(RoundTripTest, ParquetHoldsEveryFieldInItsColumn) {
  fill(9);
  run_export({.s3_url_prefix = "s3://bucket/parquet", .format = ExportFormat::kParquet});
  const std::string files = "'" + directory_.file("objects/bucket/parquet/*.parquet") + "'";
  EXPECT_EQ(parquet::answer("SELECT count(*) || ' ' || count(DISTINCT filename) FROM read_parquet(" + files +
                            ", filename = true)"),
            std::to_string(kEndpoints) + " 3");
  const std::string rows = parquet::answer(
      "SELECT string_agg(to_json(t)::VARCHAR, chr(10) ORDER BY Id) FROM (SELECT * REPLACE (epoch_us(CreationDate) AS "
      "CreationDate, epoch_us(EffectiveDate) AS EffectiveDate, CohortId::VARCHAR AS CohortId) FROM " +
      files + ") t");
  std::map<std::string, json::object> by_id;
  for (std::size_t begin = 0; begin < rows.size();) {
    const auto end = std::min(rows.find('\n', begin), rows.size());
    auto row = object(std::string_view(rows).substr(begin, end - begin));
    json::object present;
    for (const auto& [name, value] : row) {
      if (!value.is_null()) present[name] = value;
    }
    by_id.emplace(json::string_or(row, "Id"), std::move(present));
    begin = end + 1;
  }
  ASSERT_EQ(by_id.size(), std::size_t{kEndpoints});
  EXPECT_TRUE(endpoints().for_each(app_, "", [&](const audience::Endpoint& endpoint) {
    auto document = endpoint.document();
    document.erase("ApplicationId");
    EXPECT_EQ(with_texts(by_id.at(std::string(endpoint.id()))), with_texts(flat(document)));
    return !HasFailure();
  }));
}

INSTANTIATE_TEST_SUITE_P(Engines, RoundTripTest, ::testing::Values(audience::Engines::kFiles), audience::name_of);

}  // namespace
}  // namespace rapport::transfers
