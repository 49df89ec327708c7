// What a result on the page at /sparql can do with a script: columns that sort, an address to copy.

const collator = new Intl.Collator("mn", { numeric: true });

/** Make the tables and links of an answer active. `copied` is said when the address has been copied. */
export function enliven(answer, copied) {
  for (const table of answer.querySelectorAll("table.sortable")) sortable(table);
  answer.querySelector("[data-share]")?.addEventListener("click", (event) => share(event, copied));
}

async function share(event, copied) {
  event.preventDefault();
  const link = event.currentTarget;
  try {
    await navigator.clipboard.writeText(link.href);
    link.textContent = copied;
  } catch {
    location.assign(link.href); // then the URL is in the address bar
  }
}

function sortable(table) {
  table.querySelectorAll("th").forEach((head, column) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(table, head, column));
  });
}

function sort(table, head, column) {
  const upwards = head.getAttribute("aria-sort") !== "ascending";
  const [body] = table.tBodies;
  const value = (row) => row.cells[column].firstElementChild?.textContent ?? "";
  const numbers = [...body.rows].every((row) => !value(row) || Number.isFinite(Number(value(row))));
  const order = numbers ? (a, b) => Number(a) - Number(b) : collator.compare;
  const rows = [...body.rows].sort((a, b) => order(value(a), value(b)) * (upwards ? 1 : -1));
  for (const other of table.querySelectorAll("th")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", upwards ? "ascending" : "descending");
  body.append(...rows);
}
