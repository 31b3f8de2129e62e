// The keyboard. What each key does for the reader stands in the dialog of app.html, and nowhere else.

import { byId } from "./text.js";

/**
 * @param {object} page What keys act on: see app.js.
 */
export function listenToKeys(page) {
    const dialog = byId("keys");
    byId("show-keys").addEventListener("click", () => dialog.showModal());
    document.addEventListener("keydown", (event) => {
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
        const isInFilter = document.activeElement === byId("filter");
        if (isInFilter && event.key !== "Escape") return;
        const isInChoice = document.activeElement?.tagName === "SELECT";
        if (isInChoice && !["Escape", "s", "?", "/"].includes(event.key)) return;
        // Enter and the space bar press the button that has the focus.
        if (document.activeElement?.tagName === "BUTTON" && (event.key === "Enter" || event.key === " ")) return;
        const action = paneAction(page, event.key) ?? anywhereAction(page, event.key, dialog);
        if (!action) return;
        event.preventDefault();
        action();
    });
}

/** What a key does in the pane that has the focus. */
function paneAction(page, key) {
    const { list, message: { fields, bytes } } = page;
    const focused = document.activeElement;
    if (focused === fields.box) {
        return {
            ArrowDown: () => fields.move(1), j: () => fields.move(1),
            ArrowUp: () => fields.move(-1), k: () => fields.move(-1),
            PageDown: () => fields.move(fields.list.page), PageUp: () => fields.move(-fields.list.page),
            Home: () => fields.selectFirst(), End: () => fields.selectLast(),
            ArrowRight: () => fields.goIn(), ArrowLeft: () => fields.goOut(), Enter: () => page.showPane("bytes"),
        }[key];
    }
    if (focused === bytes.box) {
        const pageOfBytes = bytes.list.page * bytes.width;
        return {
            ArrowRight: () => bytes.move(1), ArrowLeft: () => bytes.move(-1),
            ArrowDown: () => bytes.move(bytes.width), j: () => bytes.move(bytes.width),
            ArrowUp: () => bytes.move(-bytes.width), k: () => bytes.move(-bytes.width),
            PageDown: () => bytes.move(pageOfBytes), PageUp: () => bytes.move(-pageOfBytes),
            Home: () => bytes.selectFirst(), End: () => bytes.selectLast(),
            Enter: () => page.showPane("fields"),
        }[key];
    }
    // The table scrolls by itself.
    if (page.isShowingStatistics) return undefined;
    return {
        ArrowDown: () => list.move(1), ArrowUp: () => list.move(-1), j: () => list.move(1), k: () => list.move(-1),
        PageDown: () => list.move(list.list.page), PageUp: () => list.move(-list.list.page),
        Home: () => list.selectFirst(), End: () => list.selectLast(), Enter: () => page.showPane("fields"),
    }[key];
}

/** What a key does everywhere. */
function anywhereAction(page, key, dialog) {
    const { navigation } = page;
    return {
        "/": () => page.filterBox.focus(), "?": () => dialog.showModal(),
        G: () => navigation.goToNewest(), n: () => navigation.goToRemark(false), N: () => navigation.goToRemark(true),
        p: () => navigation.goToPair(), l: () => page.toggleLadder(), s: () => page.toggleStatistics(),
        t: () => page.showPane("fields"), b: () => page.showPane("bytes"), m: () => page.showPane("messages"),
        i: () => page.timeline.picture.focus(), f: () => page.filterByField(), Escape: () => page.escape(),
    }[key];
}
