/* The page of serve: its files as they stood in assets/ when the program was built. */
#ifndef BTCSHARK_WEB_H
#define BTCSHARK_WEB_H

#include <stddef.h>

typedef struct {
    const char *name;
    const unsigned char *bytes;
    size_t length;
} web_file;

size_t web_file_count(void);
/* The place is lower than the number of files. */
web_file web_file_at(size_t place);

#endif
