/** Text that a person or a model wrote, shown safely: Markdown becomes React elements, HTML stays
 *  text, images are never loaded, links lead out without a referrer. */
import { Fragment, lazy, memo, Suspense, type ComponentProps, type ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import { t } from "../../words";
import { CopyButton } from "../CopyButton";
import { piecesOf } from "./controls";
import { rehypeControls, rehypeHeadings, remarkBackslashes, remarkGfm, remarkTex } from "./plugins";
import css from "./text.module.css";

// When these cannot be loaded, as without a network, the source is shown.
const Formula = lazy(() => import("./Formula").catch(() => ({ default: Source })));
const Code = lazy(() => import("./Code").catch(() => ({ default: Source })));
/** Longer code, in characters, stays plain: colouring it may take a time that grows with the square
 *  of its length. */
const LONGEST_COLOURED = 10_000;

const remarkPlugins = [remarkGfm, remarkBackslashes, remarkTex];
const rehypePlugins = [rehypeHeadings, rehypeControls];

function plainText(node: ReactNode): string {
  if (typeof node === "string") return node;
  if (Array.isArray(node)) return node.map(plainText).join("");
  const props = (node as { props?: { children?: ReactNode } } | null)?.props;
  return props ? plainText(props.children) : "";
}

/** An element whose direction follows its own text. */
function ownDirection<Tag extends "p" | "ul" | "ol" | "blockquote" | "td" | "th">(Name: Tag) {
  return function Directed({ node: _, ...props }: ComponentProps<Tag> & { node?: unknown }) {
    const Element = Name as string;
    return <Element dir="auto" {...props} />;
  };
}

const components: Components = {
  p: ownDirection("p"),
  ul: ownDirection("ul"),
  ol: ownDirection("ol"),
  blockquote: ownDirection("blockquote"),
  td: ownDirection("td"),
  th: ownDirection("th"),
  a: ({ href, children }) => (
    <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <span className={css.image}>
      <span>{t.text.image}</span>
      {alt && <strong>{alt}</strong>}
      <span dir="ltr">{String(src ?? "")}</span>
    </span>
  ),
  span: ({ node, children, ...rest }) => {
    const code = node?.properties.dataControl;
    return code ? <ControlCharacter code={String(code)} /> : <span {...rest}>{children}</span>;
  },
  table: ({ node: _, ...props }) => (
    <div className={css.scroll} role="group" aria-label={t.text.table} tabIndex={0} data-scrolls>
      <table {...props} />
    </div>
  ),
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  code: ({ className, children }) =>
    className?.includes("language-math") ? (
      <Tex text={plainText(children)} display={className.includes("math-display")} />
    ) : (
      <code dir="ltr" className={className}>
        {children}
      </code>
    ),
  input: ({ node: _, ...props }) => (
    <input {...props} aria-label={props.checked ? t.text.checked : t.text.unchecked} />
  ),
};

function Tex({ text, display }: { text: string; display: boolean }) {
  return (
    <Suspense fallback={<Source text={text} />}>
      <Formula text={text} display={display} />
    </Suspense>
  );
}

function CodeBlock({ children }: { children: ReactNode }) {
  const props = (children as { props?: { className?: string; children?: ReactNode } }).props;
  const language = /language-([\w+#-]+)/.exec(props?.className ?? "")?.[1];
  if (language === "math") return children;
  const text = plainText(props?.children);
  return (
    <div className={css.block}>
      <div className={css.head}>
        <span>{language ?? t.text.code}</span>
        <CopyButton text={text} />
      </div>
      <pre dir="ltr" tabIndex={0} aria-label={t.text.code} role="group" data-scrolls>
        {language && text.length <= LONGEST_COLOURED ? (
          <Suspense fallback={<Source text={text} />}>
            <Code text={text} language={language} show={marked} />
          </Suspense>
        ) : (
          <Source text={text} />
        )}
      </pre>
    </div>
  );
}

function ControlCharacter({ code }: { code: string }) {
  return (
    <span className={css.control} title={t.text.control(code)}>
      {code}
    </span>
  );
}

function Source({ text }: { text: string }) {
  return <code dir="ltr">{marked(text)}</code>;
}

/** A text in which invisible characters are seen; `show` makes the rest of it. */
function marked(text: string, show: (piece: string) => ReactNode = String): ReactNode {
  return piecesOf(text).map((piece, place) => (
    <Fragment key={place}>
      {typeof piece === "string" ? show(piece) : <ControlCharacter code={piece.code} />}
    </Fragment>
  ));
}

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className={css.text} dir="auto">
      <ReactMarkdown
        remarkPlugins={remarkPlugins}
        rehypePlugins={rehypePlugins}
        components={components}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
});

/** The exact text, blanks and invisible characters included. */
export function RawText({ text }: { text: string }) {
  return (
    <div className={css.text}>
      <pre className={css.raw} dir="auto">
        {marked(text, blanks)}
      </pre>
    </div>
  );
}

/** Shows what a reader would miss: blanks at the end of a line, tabs, and several in a row. */
function blanks(text: string): ReactNode {
  return text.split(/( +(?=\n|$)| {2,}|\t)/).map((part, place) =>
    /^[ \t]+$/.test(part) ? (
      <span key={place} className={css.blank}>
        {part.replaceAll(" ", "·").replaceAll("\t", "→\t")}
      </span>
    ) : (
      part
    ),
  );
}
