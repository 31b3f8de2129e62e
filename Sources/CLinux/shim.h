/* Calls of Linux that Swift cannot make by itself. Only the targets System and Capture may use this module. */
#ifndef BTCSHARK_CSYSTEM_SHIM_H
#define BTCSHARK_CSYSTEM_SHIM_H

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <spawn.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>

/*
 * The C library declares these only under _GNU_SOURCE, which Swift does not define when it imports the C library,
 * and which a package can define only by flags that SwiftPM refuses in dependencies.
 */
int pipe2(int ends[2], int flags);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
ssize_t tee(int from, int to, size_t count, unsigned int flags);
int memfd_create(const char *name, unsigned int flags);
int setresuid(uid_t real, uid_t effective, uid_t saved);
int setresgid(gid_t real, gid_t effective, gid_t saved);
int getresuid(uid_t *real, uid_t *effective, uid_t *saved);
int getresgid(gid_t *real, gid_t *effective, gid_t *saved);

/* Of unistd.h, whose types Swift is to have from the C library's own module. */
long syscall(long number, ...);

/* The C library has these, and declares them nowhere. */
int capget(cap_user_header_t header, cap_user_data_t data);
int capset(cap_user_header_t header, const cap_user_data_t data);

/* Swift does not call functions of a variable number of arguments. */
static inline int linux_prctl(int option, unsigned long first) {
    return prctl(option, first, 0UL, 0UL, 0UL);
}

/* The C library has no functions for these. */
static inline int linux_seccomp(unsigned int operation, unsigned int flags, void *argument) {
    return (int)syscall(SYS_seccomp, operation, flags, argument);
}
static inline int linux_landlock_create_ruleset(const void *attributes, size_t size, unsigned int flags) {
    return (int)syscall(444, attributes, size, flags);
}
static inline int linux_landlock_add_rule(int ruleset, unsigned int type, const void *attributes) {
    return (int)syscall(445, ruleset, type, attributes, 0U);
}
static inline int linux_landlock_restrict_self(int ruleset) {
    return (int)syscall(446, ruleset, 0U);
}

/* The function of the C library, hidden for the reason above, has a set of fixed size. Returns how many bytes are set. */
static inline int linux_sched_getaffinity(void *set, size_t size) {
    return (int)syscall(SYS_sched_getaffinity, 0, size, set);
}

/* The macro O_PATH, hidden for the reason above. */
static const int LINUX_O_PATH = 010000000;

/*
 * Which of two modules has a member of an enumeration depends on the order in which Swift reads them; so the members
 * that sys/socket.h has are named here only.
 */

/* Makes two connected sockets whose messages stay apart, and which are not inherited. */
static inline int linux_packet_sockets(int ends[2]) {
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

/* Ends a connection in both directions, also where other processes have this socket open. */
static inline void linux_shut_down(int socket) {
    (void)shutdown(socket, SHUT_RDWR);
}

/* What is sent beside a message is laid out by macros. */

/* Sends bytes, and with them an open file, if its number is not negative. */
static inline ssize_t linux_send_with_descriptor(int socket, const void *bytes, size_t count, int descriptor) {
    struct iovec part = {(void *)bytes, count};
    union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int))]; } control;
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor >= 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

/* Receives bytes, and the open file that came with them, which is not inherited; else its number is -1. */
static inline ssize_t linux_receive_with_descriptor(int socket, void *bytes, size_t count, int *descriptor) {
    struct iovec part = {bytes, count};
    union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int))]; } control;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room,
        /* Without padding, in which the kernel would put a second one. */
        .msg_controllen = CMSG_LEN(sizeof(int))};
    *descriptor = -1;
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *header = received < 0 ? NULL : CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS
        && header->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(descriptor, CMSG_DATA(header), sizeof(int));
    return received;
}

/* The macros MFD_CLOEXEC, F_SETPIPE_SZ and SEEK_HOLE, hidden for the same reason; numbers of the kernel's interface. */
static const unsigned int LINUX_MFD_CLOEXEC = 0x1;
static const int LINUX_F_SETPIPE_SZ = 1031;
static const int LINUX_SEEK_HOLE = 4;

/* Macros and members of an enumeration that Swift does not import as numbers of one type. */
static const int LINUX_EFD_CLOEXEC = EFD_CLOEXEC;
static const int LINUX_EFD_NONBLOCK = EFD_NONBLOCK;
static const unsigned int LINUX_CAPABILITY_VERSION = _LINUX_CAPABILITY_VERSION_3;

#endif
