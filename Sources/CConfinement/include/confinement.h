/* A child process with less than its parent has. Only the target System may use this module. */
#ifndef BTCSHARK_CONFINEMENT_H
#define BTCSHARK_CONFINEMENT_H

#include <sys/types.h>

/* What a child is left with. Sizes are bytes. */
struct linux_confinement {
    /* Of its data, and of all that it maps. */
    unsigned long data, address_space;
    /* Of each file that it writes; a pipe is none. */
    unsigned long file_size;
    /* Whom it becomes where it is root. */
    uid_t user;
    gid_t group;
};

/*
 * Starts the program at a path with less than we have, in a process group of its own. The
 * descriptors are 3 or higher. Returns 0, or what errno was where it could not be started.
 */
int linux_spawn_confined(
    pid_t *pid, const char *program, char *const arguments[], int input, int output, int errors,
    const struct linux_confinement *limits);

#endif
