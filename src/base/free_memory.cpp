#include "base/free_memory.h"

#include <cstddef>

// Of jemalloc; null in a program without it.
extern "C" __attribute__((weak)) int mallctl(const char* name, void* old_value, std::size_t* old_size, void* new_value,
                                             std::size_t new_size);

namespace rapport {

void return_free_memory() {
  if (mallctl == nullptr) return;
  constexpr const char* kPurgeEveryArena = "arena.4096.purge";  // 4096: MALLCTL_ARENAS_ALL
  static_cast<void>(mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0));
  static_cast<void>(mallctl(kPurgeEveryArena, nullptr, nullptr, nullptr, 0));
}

}  // namespace rapport
