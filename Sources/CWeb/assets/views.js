// Which view is seen, and which pane where there is room for one only.

import { noteAddress, seen } from "./address.js";
import { byId } from "./text.js";

/** @param {string} view `messages`, `ladder` or `statistics`. */
export function showView(view) {
    seen.view = view;
    noteAddress();
    byId("panes").dataset.view = view;
    byId("statistics").hidden = view !== "statistics";
    byId("show-ladder").setAttribute("aria-pressed", view === "ladder");
    byId("show-statistics").setAttribute("aria-pressed", view === "statistics");
}

/** Shows a pane, and gives it the keys. */
export function showPane(pane) {
    byId("panes").dataset.pane = pane;
    for (const button of document.querySelectorAll(".tabs button")) {
        if (button.dataset.pane === pane) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
    }
    byId(pane).focus({ preventScroll: true });
}
