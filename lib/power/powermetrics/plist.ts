import { XMLParser } from "fast-xml-parser";
import { InputError } from "../../errors.ts";

/** A value of a property list. Numbers and dates stay text: whoever asks for one knows its kind. */
export type Plist = string | boolean | null | Plist[] | PlistDict;

/** A dictionary. Of a key that stands twice the first value counts: some records repeat one. */
export type PlistDict = Map<string, Plist>;

interface XmlNode {
  [name: string]: XmlNode[] | string;
}

// Entities are left alone: a record needs only the five of XML itself, decoded below, and a document
// that declares its own ones may grow without bound.
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  parseTagValue: false,
  processEntities: false,
  // Else it writes out the path of every tag for callbacks that are not there.
  jPath: false,
});

const REMEDY = "pass one record as powermetrics -f plist writes it";

/** Reads an XML property list whose root is a dictionary. Throws `InputError` for anything else. */
export function readPlist(xml: string): PlistDict {
  if (xml.indexOf("</plist>") !== xml.lastIndexOf("</plist>")) {
    throw new InputError("Cannot read the power record: the text holds several", {
      remedy: "read the stream with readPowermetrics",
    });
  }
  let nodes: XmlNode[];
  try {
    // A NUL stands before each record but the first.
    nodes = parser.parse(xml.replace(/^[\0\s]+/, "")) as XmlNode[];
  } catch (cause) {
    // One line, without the part of the record that it quotes.
    const found =
      (cause instanceof Error ? cause.message : String(cause)).split(/\.? Context:|\n/)[0];
    throw new InputError(`Cannot read the power record as XML: ${found}`, {
      remedy: REMEDY,
      cause,
    });
  }
  const list = nodes.find((node) => nameOf(node) === "plist");
  const root = childrenOf(list ?? {}).filter((node) => nameOf(node) !== "#text").map(valueOf)[0];
  if (!(root instanceof Map)) {
    throw new InputError("Cannot read the power record: it is no <plist> with a <dict>", {
      remedy: REMEDY,
    });
  }
  return root;
}

function valueOf(node: XmlNode): Plist {
  switch (nameOf(node)) {
    case "dict": {
      const dict: PlistDict = new Map();
      let key: string | null = null;
      for (const child of childrenOf(node)) {
        const name = nameOf(child);
        if (name === "#text") continue;
        if (name === "key") key = textOf(child);
        else if (key !== null) {
          if (!dict.has(key)) dict.set(key, valueOf(child));
          key = null;
        }
      }
      return dict;
    }
    case "array":
      return childrenOf(node).filter((child) => nameOf(child) !== "#text").map(valueOf);
    case "true":
      return true;
    case "false":
      return false;
    case "string":
    case "integer":
    case "real":
    case "date":
      return textOf(node);
    default:
      return null;
  }
}

function nameOf(node: XmlNode): string {
  for (const name in node) return name;
  return "";
}

function childrenOf(node: XmlNode): XmlNode[] {
  const children = node[nameOf(node)];
  return Array.isArray(children) ? children : [];
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function textOf(node: XmlNode): string {
  let text = "";
  for (const child of childrenOf(node)) text += child["#text"] ?? "";
  return text.includes("&") ? decoded(text) : text;
}

function decoded(text: string): string {
  return text.replace(/&(#x?[\da-f]+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
    const code = Number(name.replace("#x", "0x").replace("#X", "0x").replace("#", ""));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
