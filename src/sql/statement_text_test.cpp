#include "sql/statement_text.h"

#include <gmock/gmock.h>

namespace rapport::sql {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(StatementText, SplitsAtSemicolonsOutsideQuotesAndComments) {
  EXPECT_THAT(split_statements("SELECT ';'; -- a; b\nSELECT 2 ;;\n"), ElementsAre("SELECT ';'", "-- a; b\nSELECT 2"));
  EXPECT_THAT(split_statements("SELECT 'it''s; fine'"), ElementsAre("SELECT 'it''s; fine'"));
  EXPECT_THAT(split_statements(" ; \n"), IsEmpty());
}

TEST(StatementText, CreatesStrictTablesWithSqliteTypes) {
  EXPECT_EQ(to_sqlite("create table t (a BIGINT, b double precision, c JSON, bigint_note TEXT DEFAULT 'BIGINT')"),
            "create table t (a INTEGER, b REAL , c TEXT, bigint_note TEXT DEFAULT 'BIGINT')\nSTRICT");
}

TEST(StatementText, TranslatesTypesOfAddedColumnsOnly) {
  EXPECT_EQ(to_sqlite("ALTER TABLE t ADD COLUMN a BIGINT"), "ALTER TABLE t ADD COLUMN a INTEGER");
  EXPECT_EQ(to_sqlite("SELECT CAST(a AS BIGINT) FROM t"), "SELECT CAST(a AS BIGINT) FROM t");
  EXPECT_EQ(to_sqlite("CREATE INDEX t_a ON t (a)"), "CREATE INDEX t_a ON t (a)");
}

}  // namespace
}  // namespace rapport::sql
