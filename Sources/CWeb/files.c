#include "include/web.h"

#include <string.h>

// Of C23, which the compiler has in all its languages.
#pragma clang diagnostic ignored "-Wc23-extensions"

// All of them are texts: each ends before the zero that is appended to it.
static const struct {
    const char *name;
    const unsigned char *bytes;
} files[] = {
    {"address.js", (const unsigned char[]) {
#embed "assets/address.js" suffix(, 0)
    }},
    {"api.js", (const unsigned char[]) {
#embed "assets/api.js" suffix(, 0)
    }},
    {"app.css", (const unsigned char[]) {
#embed "assets/app.css" suffix(, 0)
    }},
    {"app.html", (const unsigned char[]) {
#embed "assets/app.html" suffix(, 0)
    }},
    {"app.js", (const unsigned char[]) {
#embed "assets/app.js" suffix(, 0)
    }},
    {"bytes-pane.js", (const unsigned char[]) {
#embed "assets/bytes-pane.js" suffix(, 0)
    }},
    {"capture-facts.js", (const unsigned char[]) {
#embed "assets/capture-facts.js" suffix(, 0)
    }},
    {"fields-pane.js", (const unsigned char[]) {
#embed "assets/fields-pane.js" suffix(, 0)
    }},
    {"filter-box.js", (const unsigned char[]) {
#embed "assets/filter-box.js" suffix(, 0)
    }},
    {"keys.js", (const unsigned char[]) {
#embed "assets/keys.js" suffix(, 0)
    }},
    {"ladder-rows.js", (const unsigned char[]) {
#embed "assets/ladder-rows.js" suffix(, 0)
    }},
    {"list-contents.js", (const unsigned char[]) {
#embed "assets/list-contents.js" suffix(, 0)
    }},
    {"list-pane.js", (const unsigned char[]) {
#embed "assets/list-pane.js" suffix(, 0)
    }},
    {"list-words.js", (const unsigned char[]) {
#embed "assets/list-words.js" suffix(, 0)
    }},
    {"live-updates.js", (const unsigned char[]) {
#embed "assets/live-updates.js" suffix(, 0)
    }},
    {"live.js", (const unsigned char[]) {
#embed "assets/live.js" suffix(, 0)
    }},
    {"message-rows.js", (const unsigned char[]) {
#embed "assets/message-rows.js" suffix(, 0)
    }},
    {"message-view.js", (const unsigned char[]) {
#embed "assets/message-view.js" suffix(, 0)
    }},
    {"navigation.js", (const unsigned char[]) {
#embed "assets/navigation.js" suffix(, 0)
    }},
    {"newer-button.js", (const unsigned char[]) {
#embed "assets/newer-button.js" suffix(, 0)
    }},
    {"pages.js", (const unsigned char[]) {
#embed "assets/pages.js" suffix(, 0)
    }},
    {"statistics.js", (const unsigned char[]) {
#embed "assets/statistics.js" suffix(, 0)
    }},
    {"text.js", (const unsigned char[]) {
#embed "assets/text.js" suffix(, 0)
    }},
    {"timeline.js", (const unsigned char[]) {
#embed "assets/timeline.js" suffix(, 0)
    }},
    {"trouble.js", (const unsigned char[]) {
#embed "assets/trouble.js" suffix(, 0)
    }},
    {"views.js", (const unsigned char[]) {
#embed "assets/views.js" suffix(, 0)
    }},
    {"virtual-list.js", (const unsigned char[]) {
#embed "assets/virtual-list.js" suffix(, 0)
    }},
};

size_t web_file_count(void) { return sizeof files / sizeof *files; }

web_file web_file_at(size_t place) {
    const unsigned char *bytes = files[place].bytes;
    return (web_file){files[place].name, bytes, strlen((const char *)bytes)};
}
