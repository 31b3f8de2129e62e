/* Imports libpcap into Swift, and the C library's streams that it writes to. Only the target Capture may use this module. */
#ifndef BTCSHARK_CPCAP_SHIM_H
#define BTCSHARK_CPCAP_SHIM_H

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdio_ext.h>
/* Needs types of those above. stdio.h includes it only under _GNU_SOURCE, see below. */
#include <bits/types/cookie_io_functions_t.h>

/*
 * The C library declares this only under _GNU_SOURCE, which Swift does not define when it imports the C library, and
 * which a package can define only by flags that SwiftPM refuses in dependencies.
 */
FILE *fopencookie(void *cookie, const char *mode, cookie_io_functions_t functions);

#endif
