// A page as a screen reader has it: Chromium's accessibility tree, what is wrong in it, and what is read aloud.

const LANDMARKS = new Set(["banner", "main", "contentinfo", "navigation", "region", "search", "form", "complementary"]);
const ONCE = ["banner", "main", "contentinfo"];
const CONTROLS = new Set(["button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "listbox", "option", "slider", "DisclosureTriangle"]);
const PICTURES = new Set(["img", "image", "graphics-document", "graphics-symbol", "SvgRoot"]);
const HEADS = new Set(["columnheader", "rowheader"]);
const SILENT = new Set(["StaticText", "InlineTextBox", "generic", "none", "RootWebArea", "LineBreak"]);

/** The tree of a page: nodes in reading order, each with role, name, level, path of roles, children. */
export async function tree(page) {
  const session = await page.createCDPSession();
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const read = (node) => ({
    role: node.ignored ? "none" : (node.role?.value ?? "none"),
    name: (node.name?.value ?? "").replace(/\s+/g, " ").trim(),
    level: node.properties?.find((one) => one.name === "level")?.value.value ?? 0,
    children: (node.childIds ?? []).map((id) => byId.get(id)).filter(Boolean).map(read),
  });
  return read(nodes[0]);
}

function* walk(node) {
  yield node;
  for (const child of node.children) yield* walk(child);
}

/** What a reader with a screen reader would stumble over. */
export function faults(root) {
  const all = [...walk(root)];
  const found = [];
  const headings = all.filter((node) => node.role === "heading");
  const first = headings.filter((node) => node.level === 1);
  if (first.length !== 1) found.push(`${first.length} headings of level 1`);
  headings.forEach((node, n) => {
    if (!node.name) found.push(`a heading of level ${node.level} without text`);
    const before = n ? headings[n - 1].level : 0;
    if (node.level > before + 1) found.push(`heading “${node.name}” of level ${node.level} after level ${before}`);
  });
  for (const role of ONCE) {
    const number = all.filter((node) => node.role === role).length;
    if (number !== 1) found.push(`${number} × ${role}`);
  }
  for (const role of LANDMARKS) {
    const names = all.filter((node) => node.role === role).map((node) => node.name);
    if (names.length > 1 && names.includes("")) found.push(`one of ${names.length} × ${role} has no name`);
    const again = names.filter((name, n) => name && names.indexOf(name) !== n);
    if (again.length) found.push(`two × ${role} are called “${again[0]}”`);
  }
  for (const node of all) {
    if (CONTROLS.has(node.role) && !node.name) found.push(`${node.role} without a name`);
    if (HEADS.has(node.role) && !node.name) found.push(`${node.role} without text`);
    if (PICTURES.has(node.role) && !node.name) found.push(`${node.role} without a name`);
    if (["table", "LayoutTable"].includes(node.role)) found.push(...tableFaults(node));
  }
  return found;
}

function tableFaults(table) {
  const parts = [...walk(table)];
  const what = table.name || parts.find((node) => node.name)?.name || "";
  const found = [];
  if (!table.name) found.push(`table “${what}” without caption or label`);
  if (!parts.some((node) => HEADS.has(node.role))) found.push(`table “${what}” without headers`);
  return found;
}

/** What is read aloud, a line each: role and name, without what only repeats it. */
export function spoken(root) {
  const lines = [];
  const say = (node, depth, above) => {
    const isText = node.role === "StaticText";
    const says = isText ? node.name : SILENT.has(node.role) ? "" : `${node.role}${node.level ? ` ${node.level}` : ""}${node.name ? ` “${node.name}”` : ""}`;
    if (says && !(isText && above.includes(node.name))) lines.push("  ".repeat(depth) + says);
    for (const child of node.children) say(child, depth + (says && !isText ? 1 : 0), node.name || above);
  };
  say(root, 0, "");
  return lines.join("\n") + "\n";
}
