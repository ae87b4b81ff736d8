/** Code in colours. lowlight makes a tree, never HTML text, and is loaded with the first code. */
import type { RootContent } from "hast";
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import { createLowlight } from "lowlight";
import { Fragment, type ReactNode } from "react";
import look from "./code.module.css";

const languages = { bash, cpp, css, diff, go, java, json, python, rust, sql, typescript, xml };
const lowlight = createLowlight(languages);
// What these name is a part of the language that they stand for.
lowlight.registerAlias({ cpp: ["c"], typescript: ["javascript", "js", "jsx", "mjs", "cjs"] });
lowlight.registerAlias({ bash: ["shell", "console"], css: ["scss", "less"] });

/** Which look the scopes of highlight.js get; those without one stay as they are. */
const LOOKS: Record<string, string | undefined> = {
  ...named(look.word, "keyword", "literal", "selector-pseudo", "template-tag", "doctag"),
  ...named(look.name, "title", "type", "built_in", "class", "section", "name", "selector-class"),
  ...named(look.name, "selector-tag", "selector-id", "attr", "attribute", "property", "meta"),
  ...named(look.value, "string", "regexp", "char", "addition", "number", "symbol", "link"),
  ...named(look.aside, "comment", "quote"),
  ...named(look.gone, "deletion"),
};

function named(className: string | undefined, ...scopes: string[]) {
  return Object.fromEntries(scopes.map((scope) => [scope, className]));
}

type Show = (text: string) => ReactNode;

/** `show` makes what is seen of each stretch of one colour. */
export default function Code({ text, language, show }: { text: string; language: string; show: Show }) {
  const nodes = coloured(text, language);
  return <code dir="ltr">{nodes ? <Nodes nodes={nodes} show={show} /> : show(text)}</code>;
}

function coloured(text: string, language: string): RootContent[] | null {
  if (!lowlight.registered(language)) return null;
  try {
    return lowlight.highlight(language, text, { prefix: "" }).children;
  } catch {
    // It gives up on a text that it would read for ever.
    return null;
  }
}

function Nodes({ nodes, show }: { nodes: readonly RootContent[]; show: Show }) {
  return nodes.map((node, place) => {
    if (node.type === "text") return <Fragment key={place}>{show(node.value)}</Fragment>;
    if (node.type !== "element") return null;
    const [scope] = node.properties.className as string[];
    return (
      <span key={place} className={LOOKS[scope ?? ""]}>
        <Nodes nodes={node.children} show={show} />
      </span>
    );
  });
}
