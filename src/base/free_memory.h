#pragma once

namespace rapport {

// Gives memory that is free now back to the system, where the allocator (jemalloc) can: after work that needed much
// more of it than what comes next. Takes milliseconds per gigabyte.
void return_free_memory();

}  // namespace rapport
