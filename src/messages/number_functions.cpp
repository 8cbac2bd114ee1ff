#include <cmath>
#include <string>

#include "messages/functions.h"

// The math functions, and `ordinalize`.

namespace rapport::messages {

namespace {

Result<double> number_of(const Value& value) {
  if (const auto number = to_number(value)) return *number;
  return fail(ErrorKind::kInvalid, "a math function takes numbers, not: " + to_text(value));
}

Result<Value> add(const Arguments& a) { return Value(TRY(number_of(a.values[0])) + TRY(number_of(a.values[1]))); }
Result<Value> subtract(const Arguments& a) { return Value(TRY(number_of(a.values[0])) - TRY(number_of(a.values[1]))); }
Result<Value> multiply(const Arguments& a) { return Value(TRY(number_of(a.values[0])) * TRY(number_of(a.values[1]))); }

Result<double> divisor_of(const Value& value) {
  const double divisor = TRY(number_of(value));
  if (divisor == 0) return fail(ErrorKind::kInvalid, "division by zero in a template");
  return divisor;
}

Result<Value> divide(const Arguments& a) { return Value(TRY(number_of(a.values[0])) / TRY(divisor_of(a.values[1]))); }
Result<Value> modulo(const Arguments& a) {
  return Value(std::fmod(TRY(number_of(a.values[0])), TRY(divisor_of(a.values[1]))));
}
Result<Value> ceiling(const Arguments& a) { return Value(std::ceil(TRY(number_of(a.values[0])))); }
Result<Value> floor(const Arguments& a) { return Value(std::floor(TRY(number_of(a.values[0])))); }
Result<Value> round(const Arguments& a) { return Value(std::round(TRY(number_of(a.values[0])))); }

// 1st, 2nd, 3rd, 4th, 11th, 21st.
Result<Value> ordinalize(const Arguments& a) {
  const double number = std::trunc(TRY(number_of(a.values[0])));
  const int hundred = static_cast<int>(std::fmod(std::fabs(number), 100));
  const bool teen = hundred / 10 == 1;
  const int digit = teen ? 0 : hundred % 10;
  const char* ending = digit == 1 ? "st" : digit == 2 ? "nd" : digit == 3 ? "rd" : "th";
  return Value(format_number(number) + ending);
}

constexpr Function kFunctions[] = {
    {"add", 2, 2, add},
    {"ceiling", 1, 1, ceiling},
    {"divide", 2, 2, divide},
    {"floor", 1, 1, floor},
    {"modulo", 2, 2, modulo},
    {"multiply", 2, 2, multiply},
    {"ordinalize", 1, 1, ordinalize},
    {"round", 1, 1, round},
    {"subtract", 2, 2, subtract},
};

}  // namespace

std::span<const Function> number_functions() { return kFunctions; }

}  // namespace rapport::messages
