import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { App } from "./app";
import { askAround } from "./lib/leaving";
import "./ui/tokens.css";
import "./ui/base.css";

createRoot(document.getElementById("root")!).render(
  <Router aroundNav={askAround}>
    <App />
  </Router>,
);
