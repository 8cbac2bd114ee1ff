#include "messages/email.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "messages/mime_encoding.h"

namespace rapport::messages {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Email example() {
  return {.from = "Bingewatch <news@bingewatch.example>",
          .to = "ana@example.com",
          .subject = "Films for you",
          .text = "Hello Ana\nSee you",
          .html = "<p>Hello Ana</p>",
          .headers = {{"List-Unsubscribe", "<https://bingewatch.example/u/1>"}},
          .message_id = "m-1@bingewatch.example",
          .date = {1'570'560'049LL * kMicrosPerSecond}};
}

TEST(Email, IsWrittenAsMultipartAlternative) {
  const std::string mime = to_mime(example()).value();
  EXPECT_TRUE(
      mime.starts_with("From: Bingewatch <news@bingewatch.example>\r\nTo: ana@example.com\r\n"
                       "Subject: Films for you\r\nDate: Tue, 08 Oct 2019 18:40:49 +0000\r\n"
                       "Message-ID: <m-1@bingewatch.example>\r\n"
                       "List-Unsubscribe: <https://bingewatch.example/u/1>\r\nMIME-Version: 1.0\r\n"
                       "Content-Type: multipart/alternative; boundary=\"=_"))
      << mime;
  EXPECT_THAT(mime, HasSubstr("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
                              "Hello Ana\r\nSee you\r\n--=_"));
  EXPECT_THAT(mime, HasSubstr("\r\n\r\n<p>Hello Ana</p>\r\n--=_"));
  EXPECT_TRUE(mime.ends_with("--\r\n"));
}

TEST(Email, WithOnePartIsNotMultipart) {
  Email email = example();
  email.text.clear();
  EXPECT_THAT(to_mime(email).value(), Not(HasSubstr("multipart")));
  email.html.clear();
  EXPECT_EQ(to_mime(email).error().field, "HtmlPart");
}

TEST(Email, EncodesWhatIsNotAscii) {
  Email email = example();
  email.subject = "Größe: 映画";
  email.from = "Müller <m@example.com>";
  email.text = "Grüße an alle, die das hier lesen können";
  email.html = "映画映画映画";
  const std::string mime = to_mime(email).value();
  EXPECT_THAT(mime, HasSubstr("Subject: =?UTF-8?B?" + to_base64("Größe: 映画") + "?=\r\n"));
  EXPECT_THAT(mime, HasSubstr("From: =?UTF-8?B?" + to_base64("Müller") + "?= <m@example.com>\r\n"));
  EXPECT_THAT(mime, HasSubstr("quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe an alle, die das hier lesen k=C3=B6nnen\r\n"));
  EXPECT_THAT(mime, HasSubstr("base64\r\n\r\n" + to_base64("映画映画映画\r\n") + "\r\n"));
}

TEST(Email, RefusesHeaderInjection) {
  for (const std::string_view text : {"a\r\nBcc: x@example.com", "a\nb", "a\rb", "a|b"}) {
    std::string bad(text);
    std::ranges::replace(bad, '|', '\0');
    Email email = example();
    email.subject = bad;
    EXPECT_EQ(to_mime(email).error().field, "Subject");
    email = example();
    email.from = bad + " <news@bingewatch.example>";
    EXPECT_EQ(to_mime(email).error().field, "FromAddress");
    email = example();
    email.to = "ana@example.com" + bad;
    EXPECT_EQ(to_mime(email).error().field, "Address");
    email = example();
    email.headers = {{"X-A", bad}};
    EXPECT_EQ(to_mime(email).error().field, "Headers");
    email.headers = {{"X-A" + bad, "v"}};
    EXPECT_EQ(to_mime(email).error().field, "Headers");
    email = example();
    email.message_id = bad + "@example.com";
    EXPECT_FALSE(to_mime(email));
  }
}

TEST(Email, RefusesHeadersItWritesItself) {
  for (const char* name : {"from", "Content-Type", "BCC", "subject", "", "X Y", "X:"}) {
    Email email = example();
    email.headers = {{name, "v"}};
    EXPECT_EQ(to_mime(email).error().field, "Headers") << name;
  }
}

TEST(Email, RefusesBadUtf8) {
  Email email = example();
  email.text = "\xff";
  EXPECT_EQ(to_mime(email).error().field, "TextPart");
}

TEST(Email, FoldsLongHeadersAndKeepsTheirWords) {
  Email email = example();
  email.subject.clear();
  for (int i = 0; i < 60; ++i) email.subject += "word" + std::to_string(i) + " ";
  email.subject += "end";
  const std::string mime = to_mime(email).value();
  for (const std::string_view line : split(mime, '\n')) EXPECT_LE(line.size(), 79u) << line;
  EXPECT_THAT(replace_all(mime, "\r\n ", " "), HasSubstr("Subject: " + email.subject + "\r\n"));
}

TEST(Mailbox, AcceptsTheUsualForms) {
  EXPECT_EQ(parse_mailbox(" ana@example.com ")->address, "ana@example.com");
  EXPECT_EQ(parse_mailbox("<ana@example.com>")->address, "ana@example.com");
  EXPECT_EQ(parse_mailbox("\"Silva, \\\"A\\\"\" <ana@example.com>")->name, "Silva, \"A\"");
  EXPECT_EQ(parse_mailbox("Ana <ana+tag@sub.example.com>")->address, "ana+tag@sub.example.com");
  EXPECT_TRUE(is_address("root@localhost"));
  EXPECT_TRUE(is_address("a@[127.0.0.1]"));
}

TEST(Mailbox, RefusesOthers) {
  for (const char* text :
       {"", "ana", "@example.com", "ana@", "a..b@example.com", ".a@example.com", "a@-x.com", "a@x..com",
        "a b@example.com", "a@b@", "Ana <ana@example.com", "a,b@example.com", "a@exa mple.com", "a@[::1", "<>"}) {
    EXPECT_FALSE(parse_mailbox(text)) << text;
  }
}

std::string decode_quoted_printable(std::string_view encoded) {
  const std::string joined = replace_all(encoded, "=\r\n", "");
  std::string text;
  for (std::size_t i = 0; i < joined.size(); ++i) {
    if (joined[i] != '=') {
      text += joined[i];
      continue;
    }
    text += from_hex(to_lower(std::string_view(joined).substr(i + 1, 2))).value();
    i += 2;
  }
  return text;
}

std::string random_text(Random& random) {
  static constexpr std::string_view kPieces[] = {"a", "=", " ", "\t", "\n", "é", "映", "word ", "--=_", ".", "\x01"};
  std::string text;
  for (std::uint64_t n = random.below(400); n > 0; --n) text += kPieces[random.below(std::size(kPieces))];
  return text;
}

TEST(MimeEncoding, GivesTheTextBack) {
  const std::uint64_t seed = 20191008;
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int round = 0; round < 2000; ++round) {
    const std::string text = random_text(random);
    std::string lines = replace_all(text, "\n", "\r\n");
    if (!lines.empty() && !lines.ends_with("\r\n")) lines += "\r\n";
    std::string quoted;
    append_encoded(quoted, text, TransferEncoding::kQuotedPrintable);
    EXPECT_EQ(decode_quoted_printable(quoted), lines);
    EXPECT_THAT(quoted, Not(HasSubstr("=_")));
    for (const std::string_view line : split(quoted, '\n')) ASSERT_LE(line.size(), 77u);
    std::string base64;
    append_encoded(base64, text, TransferEncoding::kBase64);
    EXPECT_EQ(from_base64(replace_all(base64, "\r\n", "")), lines);
    const TransferEncoding chosen = choose_encoding(text);
    EXPECT_FALSE(chosen == TransferEncoding::k7Bit && text.contains("--=_"));
  }
}

TEST(MimeEncoding, NeverCutsACharacterInEncodedWords) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += i % 3 == 0 ? "映" : "é";
  const std::string words = encoded_words(text);
  std::string back;
  for (const std::string_view word : split(words, ' ')) {
    ASSERT_LE(word.size(), 75u);
    const std::string part = from_base64(word.substr(10, word.size() - 12)).value();
    EXPECT_TRUE(is_valid_utf8(part));
    back += part;
  }
  EXPECT_EQ(back, text);
}

TEST(ToMime, CompletesARawMessage) {
  Email email = example();
  email.raw = "From: raw@example.com\nSubject: Raw\n\nHello";
  const std::string mime = to_mime(email).value();
  EXPECT_THAT(mime, ::testing::HasSubstr("\r\nFrom: raw@example.com\r\nSubject: Raw\r\n\r\nHello\r\n"));
  EXPECT_THAT(mime, ::testing::StartsWith("To: "));
  EXPECT_THAT(mime, ::testing::HasSubstr("Message-ID: <"));
  EXPECT_THAT(mime, ::testing::Not(::testing::HasSubstr("From: Ana")));
  email.raw = "From: raw@example.com\n\n" + std::string(1001, 'x');
  EXPECT_EQ(to_mime(email).error().field, "RawEmail");
}

}  // namespace
}  // namespace rapport::messages
