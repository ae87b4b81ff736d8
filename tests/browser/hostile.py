"""Texts that would harm a careless page. Each is shown as a prompt, a response and a guideline.
A script that runs would set `window.ran`; an address that is loaded would leave the origin."""

RUN = "window.ran=1"
AWAY = "https://evil.invalid"

SCRIPTS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}><animate onbegin={RUN} attributeName=x></svg>",
    f"<iframe srcdoc='<script>parent.ran=1</script>' src='javascript:{RUN}'></iframe>",
    f"<details open ontoggle={RUN}>x</details><body onload={RUN}>",
    f"<a href='javascript:{RUN}' autofocus onfocus={RUN} tabindex=1>x</a>",
    f"[click](javascript:{RUN}) [click](JaVaScRiPt:{RUN}) [click](&#106;avascript:{RUN})",
    f"[data](data:text/html;base64,PHNjcmlwdD53aW5kb3cucmFuPTE8L3NjcmlwdD4=) <javascript:{RUN}>",
    f"```html\n</code></pre><script>{RUN}</script>\n```",
    f"<math><mtext><style><img src=x onerror={RUN}></style></mtext></math>",
    f"<form action='{AWAY}'><button>Send</button><input name=q></form>",
    f"<meta http-equiv=refresh content='0;url={AWAY}'><base href='{AWAY}'>",
    "{{constructor.constructor('window.ran=1')()}} ${window.ran=1} <%= ran %>",
    '"><script>window.ran=1</script><x y="',
]

LOADS = [
    f"![pixel]({AWAY}/pixel.png) ![][ref]\n\n[ref]: {AWAY}/ref.png",
    f"<img src='{AWAY}/a.png' srcset='{AWAY}/b.png 2x'><video src='{AWAY}/v.mp4' autoplay></video>",
    f"<link rel=stylesheet href='{AWAY}/a.css'><style>@import '{AWAY}/b.css';</style>",
    f"<object data='{AWAY}/o'></object><embed src='{AWAY}/e'>",
    f"[link]({AWAY}/?q=secret) {AWAY} www.evil.invalid someone@evil.invalid",
    "![x](//evil.invalid/x.png) ![x](\\\\evil.invalid\\x.png) ![x](data:image/svg+xml,<svg/>)",
]

DIRECTIONS = [
    "Invoice \u202efdp.exe\u202c and \u2067right\u2069 \u2066left\u2069 \u200f\u200e.",
    "\u202e" * 500 + "never ended",
    "zero\u200bwidth\u200c\u200d\u2060\ufeff joiners, so\u00adft, tags \U000e0041\U000e0042",
    "שלום עולם (abc) 123. مرحبا [link](https://evil.invalid) **bold** `code`",
    "Z" + "\u0300\u0301\u0302\u0303" * 300 + "algo",
    "e\u0301 \ud7ff \ufffd \U0001f469\u200d\U0001f4bb \U0001f3f4\U000e0067\U000e0062\U000e007f ﷽"
    * 20,
]

TEX = [
    r"$\def\a{\a\a}\a$ and $\newcommand{\b}{\b\b}\b$",
    r"$$\def\x#1{#1#1}\x{\x{\x{\x{\x{\x{\x{\x{\x{\x{a}}}}}}}}}}$$",
    r"$\href{javascript:window.ran=1}{x} \url{javascript:window.ran=1} \includegraphics{https://evil.invalid/x}$",
    r"$\rule{99999em}{99999em}$ and $\htmlStyle{position:fixed;inset:0}{x}$",
    "$" + "{" * 2_000 + "x" + "}" * 2_000 + "$",
]

SIZES = [
    "a" * 100_000,
    "| " + " | ".join(f"column {n}" for n in range(60)) + " |\n|" + "---|" * 60 + "\n"
    + ("| " + " | ".join(["cell"] * 60) + " |\n") * 100,
    "\n".join("  " * depth + f"- level {depth}" for depth in range(60)),
    ">" * 200 + " quoted deep",
    "[" * 3_000 + "](" * 500,
    "*a **b " * 2_000,
    "\n\n".join(["# heading", "* * *", "1. one", "    code"] * 100),
    "`" * 5_000 + " \\" * 2_000,
]  # fmt: skip

HOSTILE = [*SCRIPTS, *LOADS, *DIRECTIONS, *TEX, *SIZES]
