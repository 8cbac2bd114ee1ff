#pragma once

#include <expected>
#include <string>
#include <utility>

namespace rapport {

// What went wrong, for the caller to act on. A service maps each kind to its wire error once.
enum class ErrorKind {
  kInvalid,        // the request is wrong; `field` names the member
  kNotFound,       // the thing addressed does not exist
  kAlreadyExists,  // a thing with this name exists
  kConflict,       // the thing is in a state that forbids this now
  kForbidden,      // the caller may not do this
  kTooLarge,       // a size limit was passed
  kLimited,        // a rate or count limit was passed; later may work
  kUnavailable,    // a dependency failed in a way that may pass; retry
  kUnsupported,    // known, but not built or not configured
  kInternal,       // a bug or a broken machine
};

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;  // fixed text first, run-time value last, says what to do
  std::string field;    // the request's member at fault, in its wire spelling; empty when none is
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

inline std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string field = {}) {
  return std::unexpected(Error{kind, std::move(message), std::move(field)});
}

}  // namespace rapport

// Evaluates to the value of a Result, or returns its error from the enclosing function. May be nested. Not for
// coroutines.
#define TRY(...) RAPPORT_TRY_COUNTED(__COUNTER__, __VA_ARGS__)
#define RAPPORT_TRY_COUNTED(counter, ...) RAPPORT_TRY_NAMED(counter, __VA_ARGS__)
#define RAPPORT_TRY_NAMED(counter, ...)                                                         \
  __extension__({                                                                               \
    auto&& try_result_##counter = (__VA_ARGS__);                                                \
    if (!try_result_##counter) return std::unexpected(std::move(try_result_##counter).error()); \
    *std::move(try_result_##counter);                                                           \
  })
