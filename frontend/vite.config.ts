import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = "http://127.0.0.1:8000";

export default defineConfig({
  base: "/static/app/",
  plugins: [react()],
  resolve: {
    // Markdown brings its own; every browser that is served has one.
    alias: { "@ungap/structured-clone": fileURLToPath(new URL("src/ui/text/clone.ts", import.meta.url)) },
  },
  build: {
    manifest: true,
    // A font inlined as a data: URL would break the content security policy.
    assetsInlineLimit: 0,
    target: ["chrome123", "firefox123", "safari17.5"],
    cssTarget: ["chrome123", "firefox123", "safari17.5"],
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": server, "^/sign-in/.+": server } },
  // The tests share a browser: to make one for each file took most of the time.
  test: { isolate: false, environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"] },
});
