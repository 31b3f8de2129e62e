// What -z counts, as a table.

import { noteAddress, seen } from "./address.js";
import { getJSON, isAbort } from "./api.js";
import { byId, count, element, visible } from "./text.js";

/** More rows than these make a page slow; the program itself writes all. */
const mostRows = 1000;
/** They are the same in all rows: what was asked for, and the version of its form. */
const isSame = new Set(["statistic", "schema"]);
/** Units that are worth words; of text and of what is counted the title says enough. */
const shownUnits = { bytes: "bytes", seconds: "s", percent: "%", "per second": "/s" };

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
        this.ending?.abort();
        const { signal } = this.ending = new AbortController();
        // Rows of the one before would be taken for those of this one.
        this.table.replaceChildren();
        const meaning = visible(kind.meaning ?? "");
        this.about.textContent = `counting … ${meaning}`;
        try {
            const answer = await getJSON(`/api/stats/${kind.name}`, {}, { signal });
            if (!signal.aborted) this.#draw(answer, kind);
        } catch (error) {
            if (signal.aborted || isAbort(error)) return;
            this.about.textContent = meaning;
            this.failed(error);
        }
    }

    #draw(answer, kind) {
        const summaries = answer.rows.filter((row) => row.row === "summary" && valuesOf(row).length > 0);
        const all = answer.rows.filter((row) => row.row !== "summary");
        const rows = all.slice(0, mostRows);
        const words = [visible(kind.meaning ?? "")];
        if (!answer.complete) words.push("so far");
        if (all.length > rows.length) words.push(`the first ${count(rows.length)} of ${count(all.length)} rows`);
        if (answer.cut) words.push("there are more rows than the server keeps: -z of the program has all");
        if (answer.rows.length === 0) words.push("no rows");
        this.about.textContent = words.filter(Boolean).join(" · ");
        const declared = answer.columns ?? [];
        const tables = summaries.map((row) => summaryTable(row, declared, kind));
        if (rows.length > 0) tables.push(rowsTable(rows, declared, kind));
        this.table.replaceChildren(...tables);
    }
}

/** What is said of the capture as a whole: a line for each value. */
function summaryTable(row, declared, kind) {
    const table = element("table", "summary");
    table.append(element("caption", "unseen", `${visible(kind.name)}: summary`));
    const body = element("tbody");
    for (const [key, value] of valuesOf(row)) {
        const line = element("tr");
        const head = headCell(declared.find((column) => column.key === key) ?? { key }, "row");
        line.append(head, cellOf(value));
        body.append(line);
    }
    table.append(body);
    return table;
}

/** What a summary says: its keys and values, without those that are empty. */
function valuesOf(row) {
    return Object.entries(row).filter(([key, value]) => !isSame.has(key) && key !== "row" && !isEmpty(value));
}

function rowsTable(rows, declared, kind) {
    const columns = columnsOf(rows, declared);
    const table = element("table");
    table.append(element("caption", "unseen", visible(kind.name)));
    const line = element("tr");
    for (const column of columns) {
        const isOnly = columns.filter((other) => other.title === column.title).length === 1;
        const cell = headCell(isOnly ? column : { ...column, title: "" }, "col");
        if (rows.some((row) => typeof row[column.key] === "number")) cell.className = "number";
        line.append(cell);
    }
    const head = element("thead");
    head.append(line);
    const body = element("tbody");
    for (const row of rows) {
        const cells = element("tr");
        for (const { key } of columns) cells.append(cellOf(row[key]));
        body.append(cells);
    }
    table.append(head, body);
    return table;
}

/** A title, and its unit. */
function headCell({ key, title, unit: declared }, scope) {
    const [, bare, ending] = /^(.*?)(?:_(bytes|seconds|percent))?$/.exec(key);
    const name = declared ?? ending;
    const unit = shownUnits[name];
    // The key of a value ends in its unit, which then stands beside it; some are called by it alone.
    const words = title || (unit && bare ? bare : key).replaceAll("_", " ");
    const cell = element("th", "", visible(words));
    cell.scope = scope;
    const isSaid = words.toLowerCase().includes(name) || /%|\/s/.test(words);
    if (unit && !isSaid) cell.append(" ", element("small", "unit", unit));
    return cell;
}

/** The declared columns, then whatever else rows have; without those that no row has a value of. */
function columnsOf(rows, declared) {
    const columns = new Map(declared.map((column) => [column.key, column]));
    for (const row of rows) for (const key of Object.keys(row)) if (!columns.has(key)) columns.set(key, { key });
    return [...columns.values()].filter(({ key }) => !isSame.has(key) && rows.some((row) => !isEmpty(row[key])));
}

function isEmpty(value) {
    if (value === null || value === undefined || value === "") return true;
    return typeof value === "object" && Object.keys(value).length === 0;
}

function cellOf(value) {
    const cell = element("td", typeof value === "number" ? "number" : "");
    cell.append(element("bdi", "", wordsOf(value)));
    return cell;
}

function wordsOf(value) {
    if (isEmpty(value)) return "";
    if (Number.isInteger(value)) return count(value);
    if (Array.isArray(value)) return value.map(wordsOf).join(", ");
    if (typeof value !== "object") return visible(value);
    return Object.entries(value).map(([key, part]) => `${visible(key)} ${wordsOf(part)}`).join(", ");
}
