#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace rapport {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// One line of structured text to stderr: time, level, area, message. Thread-safe. Never pass a secret.
void log_line(LogLevel level, std::string_view area, std::string_view message);
void set_log_level(LogLevel lowest);

template <class... Arguments>
void log_info(std::string_view area, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  log_line(LogLevel::kInfo, area, fmt::format(format, std::forward<Arguments>(arguments)...));
}
template <class... Arguments>
void log_warning(std::string_view area, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  log_line(LogLevel::kWarning, area, fmt::format(format, std::forward<Arguments>(arguments)...));
}
template <class... Arguments>
void log_error(std::string_view area, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  log_line(LogLevel::kError, area, fmt::format(format, std::forward<Arguments>(arguments)...));
}

}  // namespace rapport
