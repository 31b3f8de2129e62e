// What -z counts, as a table.

import { noteAddress, seen } from "./address.js";
import { getJSON } from "./api.js";
import { byId, count, element, visible } from "./text.js";

/** More rows than these make a page slow; the program itself writes all. */
const mostRows = 1000;
/** They are the same in all rows: what was asked for, and the version of its form. */
const isSame = new Set(["statistic", "schema"]);

export class Statistics {
    /**
     * @param {{name: string, meaning: string}[]} kinds
     * @param {(error: Error) => void} failed
     */
    constructor(kinds, failed) {
        this.kinds = kinds;
        this.failed = failed;
        this.choice = byId("statistic");
        this.about = byId("statistic-about");
        this.table = byId("statistic-table");
        for (const kind of kinds) {
            const option = element("option", "", visible(kind.name));
            option.value = kind.name;
            this.choice.append(option);
        }
        this.choice.addEventListener("change", () => this.show(this.choice.value));
    }

    async show(name) {
        const kind = this.kinds.find((one) => one.name === name) ?? this.kinds[0];
        if (!kind) return;
        seen.statistic = this.choice.value = kind.name;
        noteAddress();
        this.about.textContent = visible(kind.meaning ?? "");
        try {
            const answer = await getJSON(`/api/stats/${kind.name}`);
            if (seen.statistic === kind.name) this.#draw(answer, kind);
        } catch (error) {
            this.table.replaceChildren();
            this.failed(error);
        }
    }

    #draw(answer, kind) {
        const rows = answer.rows.slice(0, mostRows);
        const hasValue = ({ key }) => rows.some((row) => row[key] !== undefined && row[key] !== null);
        const columns = (answer.columns ?? columnsOf(rows)).filter((one) => !isSame.has(one.key) && hasValue(one));
        const table = element("table");
        table.append(element("caption", "unseen", visible(kind.name)));
        const head = element("tr");
        for (const column of columns) {
            const title = column.title || column.key.replaceAll("_", " ");
            const cell = element("th", isNumeric(rows, column.key) ? "number" : "", visible(title));
            cell.scope = "col";
            if (column.unit) cell.title = visible(column.unit);
            head.append(cell);
        }
        const header = element("thead");
        header.append(head);
        const body = element("tbody");
        for (const row of rows) body.append(rowOf(row, columns));
        table.append(header, body);
        const words = [visible(kind.meaning ?? "")];
        if (!answer.complete) words.push("so far");
        if (answer.rows.length > rows.length) {
            words.push(`the first ${count(rows.length)} of ${count(answer.rows.length)} rows`);
        }
        if (rows.length === 0) words.push("no rows");
        this.about.textContent = words.filter(Boolean).join(" · ");
        this.table.replaceChildren(table);
    }
}

/** All keys of the rows, in the order in which they come. */
function columnsOf(rows) {
    const keys = new Set();
    for (const row of rows) for (const key of Object.keys(row)) keys.add(key);
    return [...keys].map((key) => ({ key }));
}

function isNumeric(rows, key) {
    return rows.some((row) => typeof row[key] === "number");
}

function rowOf(row, columns) {
    const line = element("tr");
    for (const { key } of columns) {
        const value = row[key];
        const cell = element("td", typeof value === "number" ? "number" : "");
        cell.append(element("bdi", "", wordsOf(value)));
        line.append(cell);
    }
    return line;
}

function wordsOf(value) {
    if (value === null || value === undefined) return "";
    if (Number.isInteger(value)) return count(value);
    if (Array.isArray(value)) return value.map(wordsOf).join(", ");
    if (typeof value === "object") return visible(JSON.stringify(value));
    return visible(value);
}
