/* Imports libpcap into Swift, and a few calls of Linux. Only the target Capture may use this module. */
#ifndef BTCSHARK_CPCAP_SHIM_H
#define BTCSHARK_CPCAP_SHIM_H

#include <pcap/pcap.h>
#include <stdio_ext.h>
#include <sys/types.h>

/*
 * The C library declares these only under _GNU_SOURCE, which Swift does not define when it imports the C library,
 * and which a package can define only by flags that SwiftPM refuses in dependencies.
 */
int pipe2(int ends[2], int flags);
ssize_t tee(int from, int to, size_t count, unsigned int flags);
int memfd_create(const char *name, unsigned int flags);

/* The macros MFD_CLOEXEC and F_SETPIPE_SZ, hidden for the same reason; numbers of the kernel's interface. */
static const unsigned int LINUX_MFD_CLOEXEC = 0x1;
static const int LINUX_F_SETPIPE_SZ = 1031;

#endif
