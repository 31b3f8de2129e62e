#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdint.h>

/// Calls of malloc, calloc, realloc, aligned_alloc and posix_memalign since the program began.
uint64_t allocation_count(void);

#endif
