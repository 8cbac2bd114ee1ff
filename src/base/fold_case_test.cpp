#include "base/fold_case.h"

#include <gtest/gtest.h>

namespace rapport {
namespace {

TEST(FoldCase, MakesLettersOfManyAlphabetsSmall) {
  EXPECT_EQ(fold_case("Äpfel ÉCLAIR Škoda ŽIVOT × ÷ ΩMEGA Привет ЁЛКА 日本 ß"),
            "äpfel éclair škoda život × ÷ ωmega привет ёлка 日本 ß");
  EXPECT_EQ(fold_case("ĀāŁłĲ"), "āāłłĳ");
}

TEST(FoldCase, KeepsWhatIsNoText) { EXPECT_EQ(fold_case("A\xC3"), "a\xC3"); }

}  // namespace
}  // namespace rapport
