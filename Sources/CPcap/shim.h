/* Imports libpcap into Swift, and a few calls of Linux. Only the target Capture may use this module. */
#ifndef BTCSHARK_CPCAP_SHIM_H
#define BTCSHARK_CPCAP_SHIM_H

#include <linux/capability.h>
#include <malloc.h>
#include <pcap/pcap.h>
#include <stdio_ext.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/types.h>

/*
 * The C library declares these only under _GNU_SOURCE, which Swift does not define when it imports the C library,
 * and which a package can define only by flags that SwiftPM refuses in dependencies.
 */
int pipe2(int ends[2], int flags);
ssize_t tee(int from, int to, size_t count, unsigned int flags);
int memfd_create(const char *name, unsigned int flags);
int setresuid(uid_t real, uid_t effective, uid_t saved);
int setresgid(gid_t real, gid_t effective, gid_t saved);
int getresuid(uid_t *real, uid_t *effective, uid_t *saved);
int getresgid(gid_t *real, gid_t *effective, gid_t *saved);

/* The C library has these, and declares them nowhere. */
int capget(cap_user_header_t header, cap_user_data_t data);
int capset(cap_user_header_t header, const cap_user_data_t data);

/* Swift does not call functions of a variable number of arguments. */
static inline int linux_prctl(int option, unsigned long first) {
    return prctl(option, first, 0UL, 0UL, 0UL);
}

/* The macros MFD_CLOEXEC and F_SETPIPE_SZ, hidden for the same reason; numbers of the kernel's interface. */
static const unsigned int LINUX_MFD_CLOEXEC = 0x1;
static const int LINUX_F_SETPIPE_SZ = 1031;

/* Macros and members of an enumeration that Swift does not import as numbers of one type. */
static const int LINUX_EFD_CLOEXEC = EFD_CLOEXEC;
static const int LINUX_EFD_NONBLOCK = EFD_NONBLOCK;
static const unsigned int LINUX_CAPABILITY_VERSION = _LINUX_CAPABILITY_VERSION_3;

#endif
