#pragma once

// The encodings of RFC 2045 and 2047 that `to_mime` is made of.

#include <string>
#include <string_view>

namespace rapport::messages {

// Appends `Name: value` and CRLF, folded at blanks near column 76; what is not plain ASCII becomes encoded words.
// REQUIRES a value without CR, LF and NUL, in UTF-8.
void append_header(std::string& out, std::string_view name, std::string_view value);

// Appends `Name: value` and CRLF for a value that is already in wire form; folds at blanks only.
void append_folded(std::string& out, std::string_view name, std::string_view value);

// The text as encoded words of RFC 2047, separated by blanks.
std::string encoded_words(std::string_view text);

enum class TransferEncoding { k7Bit, kQuotedPrintable, kBase64 };

// What fits a text best: as it is when it is plain ASCII with short lines, else the smaller of the two others. A text
// that is left as it is holds no "--=_", with which every boundary starts.
TransferEncoding choose_encoding(std::string_view text);
std::string_view name_of(TransferEncoding encoding);

// Appends the text with CRLF line ends in that encoding, ending with CRLF.
void append_encoded(std::string& out, std::string_view text, TransferEncoding encoding);

}  // namespace rapport::messages
