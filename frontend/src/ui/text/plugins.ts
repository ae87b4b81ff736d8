/** What happens to the tree between Markdown and React: headings fit under those of the page,
 *  invisible characters are marked, and dollars that are money stay money. */
import type { Element, ElementContent, Root, RootContent } from "hast";
import type { Root as MarkdownRoot, Text } from "mdast";
import type { CompileContext, Token } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { mathFromMarkdown } from "mdast-util-math";
import { gfm } from "micromark-extension-gfm";
import { math } from "micromark-extension-llm-math";
import type { Processor } from "unified";
import { piecesOf } from "./controls";

type Parent = { children: (RootContent | ElementContent)[] };

/** Tables, lists of tasks and so on: what remark-gfm does, without its way back to Markdown, which
 *  is as large. */
export function remarkGfm(this: Processor) {
  const data = this.data() as Record<string, unknown[] | undefined>;
  (data.micromarkExtensions ??= []).push(gfm());
  (data.fromMarkdownExtensions ??= []).push(gfmFromMarkdown());
}

/** A backslash goes only where it keeps a sign of Markdown from acting: patterns and code without a
 *  fence have backslashes that are their own. */
export function remarkBackslashes(this: Processor) {
  const data = this.data() as Record<string, unknown[] | undefined>;
  (data.fromMarkdownExtensions ??= []).push({ exit: { characterEscapeValue: restoreBackslash } });
}

const ACTS = /[*_#~`>+\-![\]<$]/;

function restoreBackslash(this: CompileContext, token: Token): void {
  const text = this.stack.pop() as Text;
  const value = this.sliceSerialize(token);
  const acts = ACTS.test(value) || this.stack.at(-1)?.type === "fragment";
  text.value += acts ? value : `\\${value}`;
  text.position!.end = token.end;
}

/** TeX in `\( \)`, `\[ \]`, `$` and `$$`. */
export function remarkTex(this: Processor) {
  const data = this.data() as Record<string, unknown[] | undefined>;
  (data.micromarkExtensions ??= []).push(math());
  (data.fromMarkdownExtensions ??= []).push(mathFromMarkdown());
  return (tree: MarkdownRoot, file: { value: unknown }) => {
    restoreMoney(tree as MathNode, String(file.value));
  };
}

interface MathNode {
  type: string;
  value?: string;
  children?: MathNode[];
  data?: { hProperties?: { className?: string[] }; [key: string]: unknown };
  position?: { start: { offset?: number }; end: { offset?: number } };
}

/** `$5 and $10` is no formula: a pair of single dollars with a blank inside at an end, or with a
 *  digit right after, goes back to text. A `$$` or `\[` within a line is shown as display. */
function restoreMoney(node: MathNode, source: string): void {
  if (node.type === "inlineMath") {
    const start = node.position?.start.offset ?? 0;
    const end = node.position?.end.offset ?? 0;
    const written = source.slice(start, end);
    if (/^\$[^$]/.test(written) && (/^\$\s|\s\$$/.test(written) || /\d/.test(source[end] ?? ""))) {
      node.type = "text";
      node.value = written;
      delete node.data;
    } else if (/^(\$\$|\\\[)/.test(written) && node.data?.hProperties) {
      node.data.hProperties.className = ["language-math", "math-display"];
    }
  }
  for (const child of node.children ?? []) restoreMoney(child, source);
}

/** The page has an h1 and each response an h2: its own headings begin at h3 and skip no level. */
export function rehypeHeadings() {
  return (tree: Root) => {
    const open: number[] = [];
    walk(tree, (element) => {
      const depth = /^h([1-6])$/.exec(element.tagName)?.[1];
      if (!depth) return;
      while (open.length > 0 && open.at(-1)! >= Number(depth)) open.pop();
      open.push(Number(depth));
      element.properties.dataDepth = depth;
      element.tagName = `h${Math.min(6, 2 + open.length)}`;
    });
  };
}

/** Code marks its own, once it is coloured. */
export function rehypeControls() {
  return (tree: Root) => mark(tree);
}

function mark(parent: Parent): void {
  parent.children = parent.children.flatMap((child): (RootContent | ElementContent)[] => {
    if (child.type === "element" && child.tagName !== "pre") mark(child);
    if (child.type !== "text") return [child];
    const pieces = piecesOf(child.value);
    if (pieces.length === 1 && typeof pieces[0] === "string") return [child];
    return pieces.map((piece) =>
      typeof piece === "string"
        ? { type: "text", value: piece }
        : {
            type: "element",
            tagName: "span",
            properties: { dataControl: piece.code },
            children: [],
          },
    );
  });
}

function walk(parent: Parent, visit: (element: Element) => void): void {
  for (const child of parent.children) {
    if (child.type !== "element") continue;
    visit(child);
    walk(child, visit);
  }
}
