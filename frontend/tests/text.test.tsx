import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { piecesOf } from "../src/ui/text/controls";
import { Markdown, RawText } from "../src/ui/text/Markdown";

// KaTeX draws only in standards mode, which the test's document does not name.
Object.defineProperty(document, "compatMode", { value: "CSS1Compat" });

afterEach(cleanup);

const shown = (text: string) => render(<Markdown text={text} />).container;

describe("text of others", () => {
  it("shows HTML as text", () => {
    const page = shown('<script>alert(1)</script> and <img src=x onerror="alert(1)">');
    expect(page.querySelector("script, img")).toBeNull();
    expect(page.textContent).toContain("<script>alert(1)</script>");
  });

  it("never loads an image, and says so with its address", () => {
    const page = shown("![a plot](https://example.org/p.png)");
    expect(page.querySelector("img")).toBeNull();
    expect(page.textContent).toContain("a plot");
    expect(page.textContent).toContain("https://example.org/p.png");
  });

  it("opens links without opener, referrer or credit", () => {
    shown("[here](https://example.org)");
    const link = screen.getByRole("link", { name: "here" });
    expect(link.getAttribute("rel")).toBe("noopener noreferrer nofollow");
    expect(link.getAttribute("target")).toBe("_blank");
  });

  it("drops addresses that would run a script", () => {
    const page = shown("[x](javascript:alert(1)) [y](data:text/html,<b>)");
    for (const link of page.querySelectorAll("a")) expect(link.getAttribute("href") ?? "").toBe("");
  });

  it("puts headings under those of the page without skipping a level", () => {
    const page = shown("### deep\n\n# top\n\n#### deeper");
    expect([...page.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((each) => each.tagName)).toEqual([
      "H3",
      "H3",
      "H4",
    ]);
  });

  it("keeps the backslashes of patterns, and those that keep a sign from acting away", () => {
    const page = shown("\\d{1,3}\\.\\d \\{x\\} \\*not bold\\* [a](https://x.org/a_\\(b\\))");
    expect(page.textContent).toBe("\\d{1,3}\\.\\d \\{x\\} *not bold* a");
    expect(screen.getByRole("link").getAttribute("href")).toBe("https://x.org/a_(b)");
  });

  it("follows the direction of each paragraph", () => {
    const page = shown("שלום\n\nhello");
    expect([...page.querySelectorAll("p")].map((each) => each.dir)).toEqual(["auto", "auto"]);
  });

  it("renders formulas of every spelling and leaves money alone", async () => {
    const page = shown("It costs $5 and then $10. Take $n$, \\(m\\) and\n\n\\[x^2\\]");
    await waitFor(() => expect(page.querySelectorAll(".katex").length).toBe(3), { timeout: 5_000 });
    expect(page.textContent).toContain("It costs $5 and then $10.");
    expect(page.querySelectorAll(".katex-display").length).toBe(1);
  });

  it("shows the source of a formula that cannot be read", async () => {
    const page = shown("$\\frac{$ x");
    await waitFor(() => expect(page.textContent).toContain("\\frac{"));
  });
});

describe("code", () => {
  const fenced = (language: string, code: string) => shown(`\`\`\`${language}\n${code}\n\`\`\``);
  const colours = (page: Element) => page.querySelectorAll("pre code span[class]");

  it("is coloured by its language, and its text stays as it was", async () => {
    const source = 'def f(x):\n    return "a\u202eb"  # <b>no</b>';
    const page = fenced("Python", source);
    await waitFor(() => expect(colours(page).length).toBeGreaterThan(3), { timeout: 5_000 });
    expect(page.querySelector("pre")!.textContent).toBe(`${source.replace("\u202e", "U+202E")}\n`);
    expect(page.querySelector("b")).toBeNull();
  });

  it("stays plain without a language, in one that is not known, and when it is very long", async () => {
    const long = "x = 1\n".repeat(4_000);
    const plain = [fenced("", "if x: y"), fenced("brainfuck", "+[-]"), fenced("python", long)];
    await import("../src/ui/text/Code");
    await waitFor(() => expect(plain[1]!.textContent).toContain("+[-]"));
    expect(plain.map((page) => colours(page).length)).toEqual([0, 0, 0]);
  });
});

describe("invisible characters", () => {
  it("are marked where they change what is read", () => {
    expect(piecesOf("a\u202eb\u200bc")).toEqual(["a", { code: "U+202E" }, "b", { code: "U+200B" }, "c"]);
  });

  it("are left alone inside emoji and joined scripts", () => {
    expect(piecesOf("👩‍💻")).toEqual(["👩‍💻"]);
    expect(piecesOf("می\u200cخواهم")).toEqual(["می\u200cخواهم"]);
  });

  it("are boxes in rendered and raw text", () => {
    expect(shown("end\u202e.").textContent).toContain("U+202E");
    expect(render(<RawText text={"a\ufeffb"} />).container.textContent).toContain("U+FEFF");
  });

  it("raw text shows blanks at line ends and tabs", () => {
    const raw = render(<RawText text={"a  \nb\tc"} />).container.textContent;
    expect(raw).toContain("a··");
    expect(raw).toContain("→");
  });
});
