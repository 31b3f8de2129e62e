#include "include/web.h"

// Of C23, which the compiler has in all its languages.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char address_js[] = {
#embed "assets/address.js"
};
static const unsigned char api_js[] = {
#embed "assets/api.js"
};
static const unsigned char app_css[] = {
#embed "assets/app.css"
};
static const unsigned char app_html[] = {
#embed "assets/app.html"
};
static const unsigned char app_js[] = {
#embed "assets/app.js"
};
static const unsigned char bytes_pane_js[] = {
#embed "assets/bytes-pane.js"
};
static const unsigned char fields_pane_js[] = {
#embed "assets/fields-pane.js"
};
static const unsigned char filter_box_js[] = {
#embed "assets/filter-box.js"
};
static const unsigned char keys_js[] = {
#embed "assets/keys.js"
};
static const unsigned char ladder_rows_js[] = {
#embed "assets/ladder-rows.js"
};
static const unsigned char list_pane_js[] = {
#embed "assets/list-pane.js"
};
static const unsigned char list_words_js[] = {
#embed "assets/list-words.js"
};
static const unsigned char live_js[] = {
#embed "assets/live.js"
};
static const unsigned char message_rows_js[] = {
#embed "assets/message-rows.js"
};
static const unsigned char message_view_js[] = {
#embed "assets/message-view.js"
};
static const unsigned char pages_js[] = {
#embed "assets/pages.js"
};
static const unsigned char statistics_js[] = {
#embed "assets/statistics.js"
};
static const unsigned char text_js[] = {
#embed "assets/text.js"
};
static const unsigned char timeline_js[] = {
#embed "assets/timeline.js"
};
static const unsigned char virtual_list_js[] = {
#embed "assets/virtual-list.js"
};

// Each once here and once above.
static const web_file files[] = {
    {"address.js", address_js, sizeof address_js},
    {"api.js", api_js, sizeof api_js},
    {"app.css", app_css, sizeof app_css},
    {"app.html", app_html, sizeof app_html},
    {"app.js", app_js, sizeof app_js},
    {"bytes-pane.js", bytes_pane_js, sizeof bytes_pane_js},
    {"fields-pane.js", fields_pane_js, sizeof fields_pane_js},
    {"filter-box.js", filter_box_js, sizeof filter_box_js},
    {"keys.js", keys_js, sizeof keys_js},
    {"ladder-rows.js", ladder_rows_js, sizeof ladder_rows_js},
    {"list-pane.js", list_pane_js, sizeof list_pane_js},
    {"list-words.js", list_words_js, sizeof list_words_js},
    {"live.js", live_js, sizeof live_js},
    {"message-rows.js", message_rows_js, sizeof message_rows_js},
    {"message-view.js", message_view_js, sizeof message_view_js},
    {"pages.js", pages_js, sizeof pages_js},
    {"statistics.js", statistics_js, sizeof statistics_js},
    {"text.js", text_js, sizeof text_js},
    {"timeline.js", timeline_js, sizeof timeline_js},
    {"virtual-list.js", virtual_list_js, sizeof virtual_list_js},
};

size_t web_file_count(void) { return sizeof files / sizeof *files; }
web_file web_file_at(size_t place) { return files[place]; }
