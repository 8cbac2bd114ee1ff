#include "demo/progress.h"

#include <gtest/gtest.h>

#include <string>

namespace rapport::demo {
namespace {

TEST(Progress, WritesOnePlainLineAStepWhereThereIsNoTerminal) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  Progress progress(file);
  progress.begin("Counting");
  progress.update(0.5);
  progress.finish("three");
  std::rewind(file);
  std::string text(200, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  EXPECT_TRUE(text.starts_with("  Counting  ")) << text;
  EXPECT_NE(text.find("three ("), std::string::npos);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

}  // namespace
}  // namespace rapport::demo
